"""Ratios of a run: return, risk, turnover; floats, while the totals beside them are exact."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from tradecore.backtest.tables import times_of
from tradecore.core import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt

    from tradecore.core import Instrument

__all__ = ["Performance"]

_NS: Final = 1_000_000_000
_YEAR_S: Final = 365 * 86_400
_SAMPLES_MIN: Final = 30
"""Fewer returns than this have no ratio."""
_STEPS_S: Final = (86_400, 3_600, 60, 1)
_MIDS: Final = {1: "mid_1s", 5: "mid_5s", 30: "mid_30s"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Performance:
    """What a run earned for what it risked. `None` where there is too little to say.

    A backtest starts with nothing, so a return needs a capital: what the caller names, or the
    largest value that was held.

    Args:
        net: The profit at the end of the equity, in the settlement currency.
        volume: What was traded, in the same.
        capital: What returns are of, in the same.
        capital_is_named: Whether the caller said so.
        total_return: Net profit as a part of the capital.
        sharpe: Mean over standard deviation of the profit of each step, times the root of the
            steps in a year; no rate without risk is taken off.
        sortino: The same over the root mean square of the losses alone.
        step_s: Seconds of a step: the longest of a day, an hour, a minute and a second of which
            there are thirty.
        steps: How many there are.
        drawdown: The deepest fall of the equity below its highest before, as a positive amount.
        drawdown_part: The same as a part of the capital.
        drawdown_from_ns: When the equity was at that height.
        drawdown_to_ns: When it was at that depth.
        turnover: What was traded as a multiple of the capital.
        fill_ratio: Quantity filled as a part of the quantity ordered; `None` of several symbols,
            whose units differ.
        markout_bps: Seconds after a fill to what the fills had gained by then against their price,
            in basis points, on average.

    Source: W. F. Sharpe, *The Sharpe Ratio*, 1994; F. A. Sortino and R. van der Meer, *Downside
    Risk*, 1991.
    """

    net: float = 0.0
    volume: float = 0.0
    capital: float | None = None
    capital_is_named: bool = False
    total_return: float | None = None
    sharpe: float | None = None
    sortino: float | None = None
    step_s: int = _STEPS_S[-1]
    steps: int = 0
    drawdown: float = 0.0
    drawdown_part: float | None = None
    drawdown_from_ns: int = 0
    drawdown_to_ns: int = 0
    turnover: float | None = None
    fill_ratio: float | None = None
    markout_bps: Mapping[int, float | None] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        *,
        equity: npt.NDArray[np.void],
        fills: npt.NDArray[np.void],
        orders: npt.NDArray[np.void],
        curves: Sequence[tuple[npt.NDArray[np.void], Instrument]],
        volume: float,
    ) -> Performance:
        """Return the ratios of a run's tables.

        Args:
            equity: Of `EQUITY_DTYPE`, added up over the symbols.
            fills: Of `FILL_DTYPE`.
            orders: Of `ORDER_DTYPE`.
            curves: The equity of each symbol, and what was traded.
            volume: What was traded, in the settlement currency.
        """
        values = equity["equity"]
        known = np.isfinite(values)
        times, values = equity["ts_ns"][known], values[known]
        step_s, changes = _changes(times, values)
        depth, top, bottom = _deepest(times, values)
        net = float(values[-1]) if values.size else 0.0
        ordered, filled = float(orders["quantity"].sum()), float(orders["filled"].sum())
        basis = _held(curves)
        return cls(
            net=net,
            volume=volume,
            capital=basis,
            total_return=_over(net, basis),
            sharpe=_sharpe(changes, step_s),
            sortino=_sortino(changes, step_s),
            step_s=step_s,
            steps=changes.size,
            drawdown=depth,
            drawdown_part=_over(depth, basis),
            drawdown_from_ns=top,
            drawdown_to_ns=bottom,
            turnover=_over(volume, basis),
            fill_ratio=_over(filled, ordered) if len(curves) == 1 else None,
            markout_bps={seconds: _markout(fills, name) for seconds, name in _MIDS.items()},
        )

    def on(self, capital: float) -> Performance:
        """Return the same run's ratios of a capital that is named.

        Raises:
            InputError: If it is not above 0.
        """
        if not (np.isfinite(capital) and capital > 0):
            raise InputError(f"a capital is above 0: capital={capital!r}")
        return replace(
            self,
            capital=capital,
            capital_is_named=True,
            total_return=self.net / capital,
            drawdown_part=self.drawdown / capital,
            turnover=self.volume / capital,
        )


def _over(part: float, whole: float | None) -> float | None:
    return part / whole if whole else None


def _held(curves: Sequence[tuple[npt.NDArray[np.void], Instrument]]) -> float | None:
    """Return the largest value that was held at once, in the settlement currency."""
    curves = [curve for curve in curves if curve[0]["position"].any()]
    if not curves:
        return None
    times = times_of([rows for rows, _ in curves])
    held = np.zeros(times.size)
    for rows, instrument in curves:
        value = _value(rows, instrument)
        # The last one known up to each time; nothing is held before a curve begins.
        known = np.isfinite(value)
        last = np.searchsorted(rows["ts_ns"][known], times, side="right") - 1
        held[last >= 0] += value[known][last[last >= 0]]
    return float(held.max()) if held.size and held.max() > 0 else None


def _value(rows: npt.NDArray[np.void], instrument: Instrument) -> npt.NDArray[np.float64]:
    with np.errstate(divide="ignore", invalid="ignore"):
        price = 1 / rows["mid"] if instrument.kind == "inverse" else rows["mid"]
        value: npt.NDArray[np.float64] = np.abs(rows["position"] * price)
    return value * float(instrument.multiplier)


def _changes(
    times_ns: npt.NDArray[np.int64], equity: npt.NDArray[np.float64]
) -> tuple[int, npt.NDArray[np.float64]]:
    """Return the step in seconds, and the profit of each whole step."""
    changes: npt.NDArray[np.float64] = np.empty(0)
    if times_ns.size == 0:
        return _STEPS_S[-1], changes
    for step_s in _STEPS_S:
        ends = np.arange(times_ns[0], times_ns[-1] + 1, step_s * _NS)
        if ends.size > _SAMPLES_MIN:
            at = np.searchsorted(times_ns, ends, side="right") - 1
            changes = np.diff(equity[at])
            return step_s, changes
    return _STEPS_S[-1], changes


def _sharpe(changes: npt.NDArray[np.float64], step_s: int) -> float | None:
    if changes.size < _SAMPLES_MIN:
        return None
    spread = float(changes.std(ddof=1))
    return _a_year(float(changes.mean()), spread, step_s)


def _sortino(changes: npt.NDArray[np.float64], step_s: int) -> float | None:
    if changes.size < _SAMPLES_MIN:
        return None
    losses = float(np.sqrt(np.mean(np.minimum(changes, 0.0) ** 2)))
    return _a_year(float(changes.mean()), losses, step_s)


def _a_year(mean: float, spread: float, step_s: int) -> float | None:
    if not spread > 0 or not np.isfinite(spread):
        return None
    return mean / spread * float(np.sqrt(_YEAR_S / step_s))


def _deepest(
    times_ns: npt.NDArray[np.int64], equity: npt.NDArray[np.float64]
) -> tuple[float, int, int]:
    """Return the deepest fall, and when it began and was deepest; a run begins at 0."""
    if equity.size == 0:
        return 0.0, 0, 0
    highest = np.maximum.accumulate(np.maximum(equity, 0.0))
    fall = highest - equity
    bottom = int(fall.argmax())
    # None where the equity was never above 0: then it fell from the start.
    reached = np.flatnonzero(equity[: bottom + 1] >= highest[bottom])
    top = int(reached[-1]) if reached.size else 0
    return float(fall[bottom]), int(times_ns[top]), int(times_ns[bottom])


def _markout(fills: npt.NDArray[np.void], name: str) -> float | None:
    with np.errstate(divide="ignore", invalid="ignore"):
        gains = fills["side"] * (fills[name] - fills["price"]) / fills["price"] * 1e4
    gains = gains[np.isfinite(gains)]
    return float(gains.mean()) if gains.size else None
