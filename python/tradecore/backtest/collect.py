"""A finished simulation as a result."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from tradecore.backtest.performance import Performance
from tradecore.backtest.result import BacktestResult
from tradecore.backtest.summary import Percentiles, Pnl, QueueStats, Summary
from tradecore.backtest.tables import LATENCY_KINDS, Tables
from tradecore.backtest.words import period
from tradecore.core import reject_codes

if TYPE_CHECKING:
    from collections.abc import Mapping

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
    tables = Tables.of(simulation, played.host)
    recorder = container.recorder
    errors = list(simulation.errors)
    if recording.fault is not None:
        errors.append(recording.fault)
    return BacktestResult(
        fills=tables.fills,
        orders=tables.orders,
        equity=tables.equity,
        latency=tables.latency,
        records={name: recorder.series(name) for name in recorder.names},
        denials=played.trader.denials(),
        assumptions=assumptions,
        meta={
            "strategy": strategy,
            "data": recording.path.name,
            "venue": venue.title,
            "symbol": recording.instrument.symbol,
            "currency": venue.currency,
            "period": period(tables.equity["ts_ns"]),
        },
        errors=tuple(errors),
        exit_code=max(container.exit_code, int(container.is_halted)),
        _summary=_summed(played, totals, tables, recording),
    )


def _summed(
    played: Played, totals: Mapping[str, Any], tables: Tables, recording: Recording
) -> Summary:
    simulation, container = played.simulation, played.container
    counts = simulation.counts
    counts["corrupt"] += recording.fault is not None
    markouts = dict(zip(HORIZONS_S, totals["markouts"], strict=True))
    return Summary(
        events=counts["events"],
        counts=counts,
        orders=tables.orders.size,
        fills=tables.fills.size,
        maker_fills=int((tables.fills["liquidity"] == 0).sum()),
        volume=totals["volume"],
        position=totals["position"],
        pnl=Pnl(
            spread=totals["spread"],
            inventory=totals["inventory"],
            fees=totals["fees"],
            funding=totals["funding"],
        ),
        adverse_selection={seconds: gain for seconds, (gain, _) in markouts.items()},
        markout_fills={seconds: count for seconds, (_, count) in markouts.items()},
        denials=played.trader.denials(),
        rejections=_rejections(tables.orders["reject_code"]),
        callbacks=dict(container.counts),
        latency=_percentiles(tables.latency),
        queue=QueueStats.of(simulation.queue_stats, recording.instrument.lot_size),
        performance=Performance.of(
            equity=tables.equity,
            fills=tables.fills,
            orders=tables.orders,
            instrument=recording.instrument,
            volume=float(totals["volume"]),
        ),
        wall_s=played.wall_s,
        events_per_s=counts["events"] / played.wall_s,
        halted=container.is_halted,
        reason=container.reason,
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
        kind: Percentiles.of(latency["ns"][latency["kind"] == kind]) for kind in LATENCY_KINDS
    }
    return {kind: shape for kind, shape in shapes.items() if shape is not None}
