"""The columns of a simulation as structured arrays. All times are int64 nanoseconds since 1970."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Self

import numpy as np

if TYPE_CHECKING:
    from array import array
    from collections.abc import Mapping

    import numpy.typing as npt

    from tradecore.backtest.host import BacktestHost
    from tradecore.core import Simulation

__all__ = [
    "EQUITY_DTYPE",
    "FILL_DTYPE",
    "LATENCY_DTYPE",
    "LATENCY_KINDS",
    "ORDER_DTYPE",
    "Tables",
    "latency_table",
    "table",
]

FILL_DTYPE: Final = np.dtype(
    [
        ("ts_ns", "i8"),
        ("order_key", "u8"),
        ("symbol", "u4"),
        ("side", "i1"),
        ("price", "f8"),
        ("quantity", "f8"),
        ("fee", "f8"),
        ("liquidity", "u1"),
        ("mid", "f8"),
        ("mid_1s", "f8"),
        ("mid_5s", "f8"),
        ("mid_30s", "f8"),
    ]
)
"""One fill at the venue's time. `side` +1 bought, -1 sold; `liquidity` 0 maker, 1 taker; a later
mid is NaN where the recording ended before."""

ORDER_DTYPE: Final = np.dtype(
    [
        ("key", "u8"),
        ("ts_submit_ns", "i8"),
        ("ts_accept_ns", "i8"),
        ("ts_done_ns", "i8"),
        ("symbol", "u4"),
        ("side", "i1"),
        ("price", "f8"),
        ("quantity", "f8"),
        ("filled", "f8"),
        ("state", "u1"),
        ("reject_code", "u2"),
    ]
)
"""One order that was sent, by our clock; a time is 0 for what did not happen. `price` 0 is a market
order; `state` counts the members of `OrderState` from 0; `reject_code` 0 is none."""

EQUITY_DTYPE: Final = np.dtype(
    [
        ("ts_ns", "i8"),
        ("equity", "f8"),
        ("cash", "f8"),
        ("position", "f8"),
        ("mid", "f8"),
        ("fees", "f8"),
        ("funding", "f8"),
    ]
)
"""Once a second and after each fill. `equity` is cash, less fees, plus funding received, plus the
position at the mid."""

LATENCY_KINDS: Final = ("new", "modify", "cancel", "callback")
LATENCY_DTYPE: Final = np.dtype([("ts_ns", "i8"), ("kind", "U8"), ("ns", "i8")])
"""`new`, `modify`, `cancel`: simulated, from our command to its answer. `callback`: measured on
this machine, what one delivery to the strategy took."""


def table(
    columns: Mapping[str, npt.NDArray[np.generic]], dtype: np.dtype[np.void]
) -> npt.NDArray[np.void]:
    """Return columns of one length as one array; what `columns` does not have is zero.

    Shape: `(n,)` of `dtype`.
    """
    size = next(iter(columns.values())).size
    rows = np.zeros(size, dtype=dtype)
    for name, values in columns.items():
        rows[name] = values
    return rows


@dataclass(frozen=True, slots=True, eq=False)
class Tables:
    """The four arrays of a run."""

    fills: npt.NDArray[np.void]
    orders: npt.NDArray[np.void]
    equity: npt.NDArray[np.void]
    latency: npt.NDArray[np.void]

    @classmethod
    def of(cls, simulation: Simulation, host: BacktestHost) -> Self:
        """Return what a simulation recorded, and its host measured."""
        return cls(
            table(simulation.fills(), FILL_DTYPE),
            table(simulation.orders(), ORDER_DTYPE),
            table(simulation.equity(), EQUITY_DTYPE),
            latency_table(simulation, host.callback_ts, host.callback_ns),
        )


def latency_table(
    simulation: Simulation, callback_ts: array[int], callback_ns: array[int]
) -> npt.NDArray[np.void]:
    """Return the answers of the venue, then the callbacks, each in order of time.

    Shape: `(n,)` of `LATENCY_DTYPE`.
    """
    trips = simulation.round_trips()
    answered = trips["ns"].size
    rows = np.zeros(answered + len(callback_ns), dtype=LATENCY_DTYPE)
    rows["ts_ns"][:answered] = trips["ts_ns"]
    rows["ns"][:answered] = trips["ns"]
    rows["kind"][:answered] = np.array(LATENCY_KINDS)[trips["request"]]
    rows["ts_ns"][answered:] = callback_ts
    rows["ns"][answered:] = callback_ns
    rows["kind"][answered:] = "callback"
    return rows
