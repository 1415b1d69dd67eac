"""A finished simulation as a result."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from tradecore.backtest import tables
from tradecore.backtest.result import BacktestResult
from tradecore.backtest.summary import Percentiles, Pnl, QueueStats, Summary
from tradecore.backtest.words import period
from tradecore.core import reject_codes

if TYPE_CHECKING:
    import numpy.typing as npt

    from tradecore.backtest.host import BacktestHost
    from tradecore.backtest.venues import VenueProfile
    from tradecore.core import Simulation, Trader
    from tradecore.marketdata import Recording
    from tradecore.strategy import StrategyContainer

__all__ = ["HORIZONS_S", "Played", "collect"]

HORIZONS_S: Final = (1, 5, 30)
"""Seconds after a fill at which the mid is looked at again."""


@dataclass(frozen=True, slots=True)
class Played:
    """A run that has ended."""

    simulation: Simulation
    trader: Trader
    host: BacktestHost
    container: StrategyContainer
    wall_s: float


def collect(
    played: Played,
    *,
    strategy: str,
    recording: Recording,
    venue: VenueProfile,
    assumptions: tuple[str, ...],
) -> BacktestResult:
    """Close the account and gather what the run left.

    Raises:
        SimulationError: If the account does not add up to the last digit.
    """
    simulation, container = played.simulation, played.container
    totals = simulation.close()
    fills = tables.table(simulation.fills(), tables.FILL_DTYPE)
    orders = tables.table(simulation.orders(), tables.ORDER_DTYPE)
    equity = tables.table(simulation.equity(), tables.EQUITY_DTYPE)
    host = played.host
    latency = tables.latency_table(simulation, host.callback_ts, host.callback_ns)
    counts = simulation.counts
    errors = simulation.errors
    if recording.fault is not None:
        counts["corrupt"] += 1
        errors = [*errors, recording.fault]
    recorder = container.recorder
    summary = Summary(
        events=counts["events"],
        counts=counts,
        orders=orders.size,
        fills=fills.size,
        maker_fills=int((fills["liquidity"] == 0).sum()),
        volume=totals["volume"],
        position=totals["position"],
        pnl=Pnl(
            spread=totals["spread"],
            inventory=totals["inventory"],
            fees=totals["fees"],
            funding=totals["funding"],
        ),
        adverse_selection={
            s: gain for s, (gain, _) in zip(HORIZONS_S, totals["markouts"], strict=True)
        },
        markout_fills={
            s: count for s, (_, count) in zip(HORIZONS_S, totals["markouts"], strict=True)
        },
        denials=played.trader.denials(),
        rejections=_rejections(orders["reject_code"]),
        callbacks=dict(container.counts),
        latency=_percentiles(latency),
        queue=QueueStats.of(simulation.queue_stats, recording.instrument.lot_size),
        wall_s=played.wall_s,
        events_per_s=counts["events"] / played.wall_s,
        halted=container.is_halted,
        reason=container.reason,
    )
    return BacktestResult(
        fills=fills,
        orders=orders,
        equity=equity,
        latency=latency,
        records={name: recorder.series(name) for name in recorder.names},
        denials=summary.denials,
        assumptions=assumptions,
        meta={
            "strategy": strategy,
            "data": recording.path.name,
            "venue": venue.title,
            "symbol": recording.instrument.symbol,
            "currency": venue.currency,
            "period": period(equity["ts_ns"]),
        },
        errors=tuple(errors),
        exit_code=max(container.exit_code, int(container.is_halted)),
        _summary=summary,
    )


def _rejections(codes: npt.NDArray[np.uint16]) -> dict[str, int]:
    names = {number: name for number, name, _ in reject_codes()}
    numbers, counts = np.unique(codes[codes > 0], return_counts=True)
    return {
        names[number]: count
        for number, count in zip(numbers.tolist(), counts.tolist(), strict=True)
    }


def _percentiles(latency: npt.NDArray[np.void]) -> dict[str, Percentiles]:
    shapes = {
        kind: Percentiles.of(latency["ns"][latency["kind"] == kind])
        for kind in tables.LATENCY_KINDS
    }
    return {kind: shape for kind, shape in shapes.items() if shape is not None}
