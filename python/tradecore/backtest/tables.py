"""The columns of a simulation as structured arrays. All times are int64 nanoseconds since 1970."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Self

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt

    from tradecore.core import Simulation

__all__ = [
    "EQUITY_DTYPE",
    "FILL_DTYPE",
    "LATENCY_DTYPE",
    "LATENCY_KINDS",
    "ORDER_DTYPE",
    "SYMBOL_EQUITY_DTYPE",
    "Tables",
    "latency_table",
    "table",
    "times_of",
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
position at the mid. Of several symbols money is added up, and `position` and `mid` are NaN: see
`SYMBOL_EQUITY_DTYPE`."""

SYMBOL_EQUITY_DTYPE: Final = np.dtype([("symbol", "u4"), *EQUITY_DTYPE.descr])
"""The same of each symbol alone."""

LATENCY_KINDS: Final = ("new", "modify", "cancel", "callback")
LATENCY_DTYPE: Final = np.dtype([("ts_ns", "i8"), ("symbol", "u4"), ("kind", "U8"), ("ns", "i8")])
"""`new`, `modify`, `cancel`: simulated, from our command to its answer. `callback`: measured on
this machine, what one delivery to the strategy took, whichever symbol it was about: its is 0."""


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
    """The arrays of a run."""

    fills: npt.NDArray[np.void]
    orders: npt.NDArray[np.void]
    equity: npt.NDArray[np.void]
    symbol_equity: npt.NDArray[np.void]
    latency: npt.NDArray[np.void]

    @classmethod
    def of(cls, simulation: Simulation, counted: Sequence[int] = (0,)) -> Self:
        """Return what a simulation recorded.

        Args:
            simulation: What was played.
            counted: The symbols whose money is added up.
        """
        places = range(len(simulation.books))
        equity = [table(simulation.equity(place), EQUITY_DTYPE) for place in places]
        return cls(
            _merged([simulation.fills(place) for place in places], FILL_DTYPE, "ts_ns"),
            _merged([simulation.orders(place) for place in places], ORDER_DTYPE, "key"),
            equity[0] if len(equity) == 1 else _added([equity[place] for place in counted]),
            _merged([columns_of(rows) for rows in equity], SYMBOL_EQUITY_DTYPE, "ts_ns"),
            latency_table(simulation),
        )


def columns_of(rows: npt.NDArray[np.void]) -> dict[str, npt.NDArray[np.generic]]:
    """Return the columns of a structured array by name."""
    return {name: rows[name] for name in rows.dtype.names or ()}


def times_of(each: Sequence[npt.NDArray[np.void]]) -> npt.NDArray[np.int64]:
    """Return the times at which one of the curves has a point, each once, in order."""
    times = np.sort(np.concatenate([curve["ts_ns"] for curve in each]), kind="stable")
    # The times of a curve rise, so this is quicker than `np.unique`, which takes them as they come.
    return times[np.diff(times, prepend=times[:1] - 1) > 0]


def _added(each: Sequence[npt.NDArray[np.void]]) -> npt.NDArray[np.void]:
    """Return the money of several curves at every time at which one has a point."""
    times = times_of(each)
    rows = np.zeros(times.size, dtype=EQUITY_DTYPE)
    rows["ts_ns"] = times
    rows["position"] = rows["mid"] = np.nan
    for curve in each:
        # The last point up to each time; there is none before a curve begins.
        last = np.searchsorted(curve["ts_ns"], times, side="right") - 1
        for name in ("equity", "cash", "fees", "funding"):
            rows[name][last >= 0] += curve[name][last[last >= 0]]
    return rows


def _merged(
    each: Sequence[Mapping[str, npt.NDArray[np.generic]]], dtype: np.dtype[np.void], order: str
) -> npt.NDArray[np.void]:
    """Return the rows of every symbol in one order; of equals the symbol named first."""
    tables = [table(columns, dtype) for columns in each]
    if len(tables) == 1:
        return tables[0]
    for place, rows in enumerate(tables):
        rows["symbol"] = place
    rows = np.concatenate(tables)
    return rows[np.argsort(rows[order], kind="stable")]


def latency_table(simulation: Simulation) -> npt.NDArray[np.void]:
    """Return the answers of the venue, then the callbacks, each in order of time.

    Shape: `(n,)` of `LATENCY_DTYPE`.
    """
    each = [simulation.round_trips(place) for place in range(len(simulation.books))]
    trips = {name: np.concatenate([trip[name] for trip in each]) for name in each[0]}
    symbols = np.repeat(np.arange(len(each)), [trip["ns"].size for trip in each])
    order = np.argsort(trips["ts_ns"], kind="stable")
    answered = order.size
    callbacks = simulation.callbacks()
    rows = np.zeros(answered + callbacks["ns"].size, dtype=LATENCY_DTYPE)
    rows["ts_ns"][:answered] = trips["ts_ns"][order]
    rows["symbol"][:answered] = symbols[order]
    rows["ns"][:answered] = trips["ns"][order]
    rows["kind"][:answered] = np.array(LATENCY_KINDS)[trips["request"][order]]
    rows["ts_ns"][answered:] = callbacks["ts_ns"]
    rows["ns"][answered:] = callbacks["ns"]
    rows["kind"][answered:] = "callback"
    return rows
