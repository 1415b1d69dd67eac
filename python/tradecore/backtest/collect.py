"""A finished simulation as a result."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from tradecore.backtest.performance import Performance
from tradecore.backtest.result import BacktestResult
from tradecore.backtest.summary import Percentiles, Pnl, QueueStats, Summary, SymbolSummary
from tradecore.backtest.tables import LATENCY_KINDS, Tables
from tradecore.backtest.words import period
from tradecore.core import reject_codes

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import numpy.typing as npt

    from tradecore.backtest.host import BacktestHost
    from tradecore.backtest.listings import Listing
    from tradecore.core import Simulation, Trader
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
    listings: Sequence[Listing],
    assumptions: tuple[str, ...],
) -> BacktestResult:
    """Close the account and gather what the run left.

    Raises:
        SimulationError: If the account does not add up to the last digit.
    """
    simulation, container = played.simulation, played.container
    totals = [simulation.close(place) for place in range(len(listings))]
    venue = listings[0].venue
    counted = [
        place for place, listing in enumerate(listings) if listing.venue.currency == venue.currency
    ]
    tables = Tables.of(simulation, counted)
    recorder = container.recorder
    errors = list(simulation.errors)
    errors.extend(_faults(listings))
    summary = _summed(played, totals, tables, listings, counted)
    return BacktestResult(
        fills=tables.fills,
        orders=tables.orders,
        equity=tables.equity,
        latency=tables.latency,
        symbol_equity=tables.symbol_equity,
        symbols=tuple(listing.instrument.symbol for listing in listings),
        records={name: recorder.series(name) for name in recorder.names},
        denials=played.trader.denials(),
        assumptions=assumptions,
        meta={
            "strategy": strategy,
            "data": _joined(listing.recording.path.name for listing in listings),
            "venue": _joined(listing.venue.title for listing in listings),
            "symbol": _joined(listing.instrument.symbol for listing in listings),
            "currency": venue.currency,
            "period": period(tables.equity["ts_ns"]),
        },
        errors=tuple(errors),
        exit_code=max(container.exit_code, int(not summary.is_whole)),
        _summary=summary,
    )


def _joined(names: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(names))


def _faults(listings: Sequence[Listing]) -> list[str]:
    faults = (listing.recording.fault for listing in listings)
    return [fault for fault in faults if fault is not None]


def _summed(
    played: Played,
    totals: Sequence[Mapping[str, Any]],
    tables: Tables,
    listings: Sequence[Listing],
    counted: Sequence[int],
) -> Summary:
    simulation, container = played.simulation, played.container
    counts = simulation.counts
    counts["corrupt"] += len(_faults(listings))
    symbols = tuple(
        _symbol(simulation, place, told, tables, listing)
        for place, (told, listing) in enumerate(zip(totals, listings, strict=True))
    )
    first, *others = (symbols[place].pnl for place in counted)
    markouts = [
        [totals[place]["markouts"][at] for place in counted] for at in range(len(HORIZONS_S))
    ]
    queues = [
        QueueStats.of(simulation.queue_stats(place), listing.instrument.lot_size)
        for place, listing in enumerate(listings)
    ]
    volume = _sum(totals[place]["volume"] for place in counted)
    return Summary(
        events=counts["events"],
        counts=counts,
        orders=tables.orders.size,
        fills=tables.fills.size,
        maker_fills=int((tables.fills["liquidity"] == 0).sum()),
        volume=volume,
        position=symbols[0].position if len(symbols) == 1 else Decimal("NaN"),
        pnl=sum(others, start=first),
        adverse_selection={
            seconds: _sum(gain for gain, _ in sums)
            for seconds, sums in zip(HORIZONS_S, markouts, strict=True)
        },
        markout_fills={
            seconds: sum(count for _, count in sums)
            for seconds, sums in zip(HORIZONS_S, markouts, strict=True)
        },
        denials=played.trader.denials(),
        rejections=_rejections(tables.orders["reject_code"]),
        callbacks=dict(container.counts),
        latency=_percentiles(tables.latency),
        queue=QueueStats.over(queues),
        performance=_performance(tables, listings, counted, volume),
        wall_s=played.wall_s,
        events_per_s=counts["events"] / played.wall_s,
        halted=container.is_halted,
        reason=container.reason,
        stopped_ns=simulation.now_ns if played.host.is_stopped else None,
        faults=tuple(_faults(listings)),
        symbols=symbols,
    )


def _performance(
    tables: Tables, listings: Sequence[Listing], counted: Sequence[int], volume: Decimal
) -> Performance:
    """Return the ratios over the symbols whose money is counted."""
    rows = tables.symbol_equity
    return Performance.of(
        equity=tables.equity,
        fills=tables.fills[np.isin(tables.fills["symbol"], counted)],
        orders=tables.orders[np.isin(tables.orders["symbol"], counted)],
        curves=[
            (rows.compress(rows["symbol"] == place), listings[place].instrument)
            for place in counted
        ],
        volume=float(volume),
    )


def _sum(amounts: Iterable[Decimal]) -> Decimal:
    first, *others = amounts
    return sum(others, start=first)


def _symbol(
    simulation: Simulation,
    place: int,
    totals: Mapping[str, Any],
    tables: Tables,
    listing: Listing,
) -> SymbolSummary:
    return SymbolSummary(
        symbol=listing.instrument.symbol,
        venue=listing.venue.name,
        currency=listing.venue.currency,
        events=simulation.events(place),
        orders=int((tables.orders["symbol"] == place).sum()),
        fills=int((tables.fills["symbol"] == place).sum()),
        volume=totals["volume"],
        position=totals["position"],
        pnl=Pnl(
            spread=totals["spread"],
            inventory=totals["inventory"],
            fees=totals["fees"],
            funding=totals["funding"],
        ),
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
