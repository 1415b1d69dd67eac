"""How a run is played: from its recordings to its result."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING, TypeVar, cast

from tradecore.backtest.collect import Played, collect
from tradecore.backtest.host import BacktestHost
from tradecore.backtest.pauses import Pauses
from tradecore.backtest.recorded import Onlooker, begin_of, keeping
from tradecore.backtest.travel import delay_of
from tradecore.backtest.words import assumption_sentences
from tradecore.core import DataError, InputError, Simulation, Trader
from tradecore.strategy import StrategyContainer

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from os import PathLike

    from tradecore.backtest.host import Advance
    from tradecore.backtest.listings import Listing
    from tradecore.backtest.recorded import Kept
    from tradecore.backtest.result import BacktestResult
    from tradecore.strategy import AbstractStrategy

__all__ = ["Course", "played"]

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Course:
    """How far a run goes, and who looks on.

    Args:
        strict: Whether a record that cannot be read ends it.
        advance: Told how far it has come.
        stop_ns: When it stops.
        checkpoint: Where it goes then.
        resume: The file of a run that was stopped, to go on with.
        journal: Where it is kept.
    """

    strict: bool
    advance: Advance | None = None
    stop_ns: int | None = None
    checkpoint: str | PathLike[str] | None = None
    resume: str | PathLike[str] | None = None
    journal: str | PathLike[str] | Kept | None = None

    def check(self, listings: Sequence[Listing]) -> None:
        """Refuse what cannot be played so.

        Raises:
            InputError: If it is to be kept and is a run in two parts.
            DataError: If it is strict and a recording is damaged.
        """
        if self.journal is not None:
            parts = [name for name in ("stop_ns", "resume") if getattr(self, name) is not None]
            if parts:
                raise InputError(
                    "a journal keeps a run from its start to its end, not one that is stopped or "
                    f"resumed: {parts[0]}={getattr(self, parts[0])}, journal"
                )
        for recording in (listing.recording for listing in listings):
            if self.strict and recording.fault is not None:
                raise DataError(f"{recording.fault}: {recording.path}")


def played(
    strategy: AbstractStrategy, listings: Sequence[Listing], course: Course
) -> BacktestResult:
    """Play recordings, and gather what is left.

    Raises:
        InputError: As `Course.check`, and if the strategy's settings cannot be kept.
        DataError: If a record cannot be read and the course is strict, or a run that is resumed
            came another way.
        SimulationError: If the account does not add up to the last digit.
        OSError: If a file cannot be read, or the journal cannot be made.
    """
    course.check(listings)
    with keeping(course.journal) as kept:
        run = _run(strategy, listings, course, kept)
    return collect(
        run,
        strategy=type(strategy).__name__,
        listings=listings,
        assumptions=assumption_sentences(listings),
    )


def _run(
    strategy: AbstractStrategy, listings: Sequence[Listing], course: Course, kept: Kept | None
) -> Played:
    """Play to the end, seen by somebody where the run is kept."""
    trader = _trader(listings)
    simulation = _simulation(listings, trader)
    host = BacktestHost(simulation, trader, listings)
    container = StrategyContainer(strategy, trader, host)
    pauses = Pauses(
        strategy, listings, simulation, stop_ns=course.stop_ns, checkpoint=course.checkpoint
    )
    pause = pauses.at_stop() if course.resume is None else pauses.at_resume(course.resume)
    onlooker = None
    if kept is not None:
        begin = begin_of(strategy, trader, listings, strict=course.strict)
        onlooker = Onlooker(container, trader, simulation, kept=kept, begin=begin)
    # It has the face of a container, and hands everything on to one.
    told = container if onlooker is None else cast("StrategyContainer", onlooker)
    began = perf_counter()
    with _naming(listings, simulation):
        host.run(told, strict=course.strict, advance=course.advance, pause=pause)
    wall_s = perf_counter() - began
    pauses.finish()
    if onlooker is not None:
        onlooker.finish()
    return Played(simulation, trader, host, container, wall_s)


@contextmanager
def _naming(listings: Sequence[Listing], simulation: Simulation) -> Iterator[None]:
    """Say of which recording a record is that cannot be read."""
    try:
        yield
    except DataError as error:
        path = listings[simulation.woken].recording.path
        raise DataError(f"{error}: {path}") from error


def _trader(listings: Sequence[Listing]) -> Trader:
    return Trader(
        [listing.instrument for listing in listings],
        run_id="backtest",
        venue=listings[0].venue.name if len(listings) == 1 else None,
        order_types=_common(listing.venue.order_types for listing in listings),
        times_in_force=_common(listing.venue.times_in_force for listing in listings),
    )


def _simulation(listings: Sequence[Listing], trader: Trader) -> Simulation:
    parts = [
        Simulation(
            listing.recording.source,
            trader,
            symbol=listing.instrument.symbol,
            maker_fee=listing.fees.maker,
            taker_fee=listing.fees.taker,
            feed_latency_ns=delay_of(listing.latency.feed_ns),
            entry_latency_ns=delay_of(listing.latency.entry_ns),
            response_latency_ns=delay_of(listing.latency.response_ns),
            latency_seed=listing.demands.seed,
            queue=listing.queue,
            rules=listing.demands.of(listing.venue, listing.fees, listing.instrument),
        )
        for listing in listings
    ]
    return parts[0] if len(parts) == 1 else Simulation.join(parts)


def _common(each: Iterable[Sequence[T]]) -> list[T]:
    """Return the words that every venue knows, in the first one's order."""
    first, *others = each
    return [word for word in first if all(word in other for other in others)]
