"""What is measured of each run: the columns of a sweep's table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt

    from tradecore.backtest.result import BacktestResult

__all__ = ["MEASURES", "Outcome", "measures_of_arrays", "measures_of_result"]

MEASURES: Final[Mapping[str, str]] = {
    "net": "f8",
    "spread": "f8",
    "inventory": "f8",
    "fees": "f8",
    "funding": "f8",
    "volume": "f8",
    "orders": "i8",
    "fills": "i8",
    "maker_fills": "i8",
    "fill_ratio": "f8",
    "position": "f8",
    "position_max": "f8",
    "drawdown": "f8",
    "markout_1s": "f8",
    "markout_5s": "f8",
    "markout_30s": "f8",
    "denials": "i8",
    "rejections": "i8",
    "events": "i8",
}
"""Columns with their types. `net` is `spread + inventory - fees + funding`, in the settlement
currency like `volume`, `drawdown` (the deepest fall of the equity below its highest, from 0 on) and
the markouts (what the fills had gained by then against their mid). `fill_ratio` is the quantity
filled of that ordered; `position_max` the largest held, either way."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one run.

    Args:
        status: `ok`, `halted` (a callback raised, or the strategy stopped itself), `refused` (its
            settings were not taken) or `failed` (it could not be run).
        error: Why, where it is not `ok`.
        settings: The settings it ran with, as its `Config` took them; as given when refused.
        measures: By the names of `MEASURES`; none when it did not run.
    """

    status: str
    error: str
    settings: Mapping[str, object]
    measures: Mapping[str, float]


def measures_of_result(result: BacktestResult) -> dict[str, float]:
    """Return the columns of a run of a Python strategy."""
    told = result.summary()
    totals = {
        "spread": told.pnl.spread,
        "inventory": told.pnl.inventory,
        "fees": told.pnl.fees,
        "funding": told.pnl.funding,
        "total": told.pnl.net,
        "volume": told.volume,
        "position": told.position,
        "markouts": [(gain, 0) for gain in told.adverse_selection.values()],
    }
    tables = (result.fills, result.orders, result.equity)
    return measures_of_arrays(
        totals, *tables, denials=sum(told.denials.values()), events=told.events
    )


def measures_of_arrays(
    totals: Mapping[str, Any],
    fills: Mapping[str, npt.NDArray[Any]] | npt.NDArray[np.void],
    orders: Mapping[str, npt.NDArray[Any]] | npt.NDArray[np.void],
    equity: Mapping[str, npt.NDArray[Any]] | npt.NDArray[np.void],
    *,
    denials: int,
    events: int,
) -> dict[str, float]:
    """Return the columns of a run.

    Args:
        totals: As `Simulation.close` answers.
        fills: Columns as `FILL_DTYPE` names them.
        orders: The same of `ORDER_DTYPE`.
        equity: The same of `EQUITY_DTYPE`.
        denials: Orders denied before they were sent.
        events: Messages of the recording.
    """
    ordered = float(np.sum(orders["quantity"]))
    markouts = [float(gain) for gain, _ in totals["markouts"]]
    return {
        "net": float(totals["total"]),
        **{
            name: float(totals[name])
            for name in ("spread", "inventory", "fees", "funding", "volume", "position")
        },
        "orders": orders["key"].size,
        "fills": fills["ts_ns"].size,
        "maker_fills": int(np.sum(fills["liquidity"] == 0)),
        "fill_ratio": float(np.sum(orders["filled"])) / ordered if ordered else 0.0,
        "position_max": float(np.max(np.abs(equity["position"]), initial=0.0)),
        "drawdown": _drawdown(equity["equity"]),
        **dict(zip(("markout_1s", "markout_5s", "markout_30s"), markouts, strict=True)),
        "denials": denials,
        "rejections": int(np.sum(orders["reject_code"] > 0)),
        "events": events,
    }


def _drawdown(equity: npt.NDArray[np.float64]) -> float:
    known = equity[np.isfinite(equity)]
    if known.size == 0:
        return 0.0
    highest = np.maximum.accumulate(np.maximum(known, 0.0))
    return float(np.max(highest - known))
