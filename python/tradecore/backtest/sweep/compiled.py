"""Runs of a sample strategy without its Python: the makers of the core, on every core."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from threading import Event
from typing import TYPE_CHECKING, Final

from tradecore.backtest.sweep.measures import Outcome, measures_of_arrays
from tradecore.backtest.travel import delay_of
from tradecore.core import InputError, Maker, MakerGroup, SimulationError
from tradecore.model.errors import StrategyError
from tradecore.strategy.samples import AvellanedaStoikov, TwoSidedQuoter

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from tradecore.backtest.listings import Listing
    from tradecore.backtest.sweep.points import Point
    from tradecore.backtest.sweep.told import Told
    from tradecore.core import Instrument
    from tradecore.strategy import AbstractStrategy

__all__ = ["COMPILED", "run_compiled"]

COMPILED: Final[Mapping[type[AbstractStrategy], Callable[..., Maker]]] = {
    TwoSidedQuoter: Maker.two_sided,
    AvellanedaStoikov: Maker.avellaneda_stoikov,
}
"""The sample strategies, and what makes their compiled twins."""

GROUP_MAX: Final = 16
"""Runs that share one decoding: more would not stay in a core's cache."""


@dataclass(frozen=True, slots=True)
class _Made:
    """A run that can begin."""

    number: int
    maker: Maker
    settings: Mapping[str, object]


def run_compiled(
    strategy: type[AbstractStrategy],
    points: Sequence[Point],
    *,
    listing: Listing,
    workers: int,
    told: Told,
) -> list[Outcome]:
    """Run the compiled twin of `strategy` with each of `points`."""
    outcomes: dict[int, Outcome] = {}
    made: list[_Made] = []
    for number, point in enumerate(points):
        try:
            made.append(_made(strategy, number, point, listing.instrument))
        except (InputError, StrategyError) as error:
            outcomes[number] = Outcome("refused", str(error), point, {})
    size = max(1, min(GROUP_MAX, -(-len(made) // workers)))
    groups = [made[at : at + size] for at in range(0, len(made), size)]
    told.begin(listing.recording.source.byte_count * len(made))
    go, stop = Event(), Event()
    with ThreadPoolExecutor(workers, thread_name_prefix="sweep") as pool:
        try:
            waiting = [pool.submit(_play, group, listing, told, (go, stop)) for group in groups]
            # A key that is pressed from here on finds every thread known to the pool.
            go.set()
            for future in as_completed(waiting):
                outcomes.update(future.result())
        except BaseException:
            # A key, or a fault: the threads end at their next block.
            stop.set()
            go.set()
            pool.shutdown(cancel_futures=True)
            raise
    return [outcomes[number] for number in range(len(points))]


def _made(
    strategy: type[AbstractStrategy], number: int, point: Point, instrument: Instrument
) -> _Made:
    config = strategy.from_params(point).config.model_dump()
    symbol = config.pop("symbol")
    if symbol.rpartition(":")[2] != instrument.symbol:
        raise InputError(
            f"a strategy trades what the recording has: symbol={symbol}, "
            f"recorded={instrument.symbol}"
        )
    maker = COMPILED[strategy](instrument, **config)
    return _Made(number, maker, {name: config.get(name, point[name]) for name in point})


def _play(
    group: Sequence[_Made],
    listing: Listing,
    told: Told,
    signals: tuple[Event, Event],
) -> dict[int, Outcome]:
    go, stop = signals
    go.wait()
    fees, latency = listing.fees, listing.latency
    runs = MakerGroup(
        listing.recording.source,
        [one.maker for one in group],
        maker_fee=fees.maker,
        taker_fee=fees.taker,
        feed_latency_ns=delay_of(latency.feed_ns),
        entry_latency_ns=delay_of(latency.entry_ns),
        response_latency_ns=delay_of(latency.response_ns),
        queue=listing.queue,
        latency_seed=listing.demands.seed,
        rules=listing.demands.of(listing.venue, fees, listing.instrument),
    )
    done = 0
    while not stop.is_set():
        is_done = runs.advance()
        # What stands behind the last record is done with it.
        here = listing.recording.source.byte_count if is_done else runs.offset
        told.add((here - done) * len(group))
        done = here
        if is_done:
            break
    return {one.number: _outcome(one, runs, at) for at, one in enumerate(group)}


def _outcome(one: _Made, runs: MakerGroup, at: int) -> Outcome:
    try:
        totals = runs.close(at)
    except SimulationError as error:
        return Outcome("failed", str(error), one.settings, {})
    measures = measures_of_arrays(
        totals,
        runs.fills(at),
        runs.orders(at),
        runs.equity(at),
        denials=runs.denials(at),
        events=runs.counts(at)["events"],
    )
    return Outcome("ok", "", one.settings, measures)
