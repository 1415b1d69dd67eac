"""Runs of a Python strategy, in a process for each core."""

from __future__ import annotations

import multiprocessing
import signal
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from tradecore.backtest.run import backtest
from tradecore.backtest.sweep.measures import Outcome, measures_of_result
from tradecore.core import InputError, Instrument, TradecoreError
from tradecore.marketdata import TapeReader, open_recording
from tradecore.model.errors import StrategyError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from multiprocessing.synchronize import Event

    from tradecore.backtest.assumptions import Fees, Latency, QueueModel
    from tradecore.backtest.listings import Listing
    from tradecore.backtest.rules import Demands
    from tradecore.backtest.sweep.points import Point
    from tradecore.backtest.sweep.told import Told
    from tradecore.marketdata import Recording
    from tradecore.strategy import AbstractStrategy

__all__ = ["run_pooled"]


@dataclass(frozen=True, slots=True)
class _Facts:
    """A recording, as another process finds it again; frames need their instrument."""

    path: str
    instrument: tuple[tuple[str, Any], ...] | None

    def opened(self) -> Recording:
        told = None if self.instrument is None else Instrument(**dict(self.instrument))
        return open_recording(Path(self.path), instrument=told)


@dataclass(frozen=True, slots=True)
class _Job:
    """What every run of a sweep shares."""

    strategy: type[AbstractStrategy]
    recording: _Facts
    venue: str
    fees: Fees
    latency: Latency
    queue: QueueModel
    demands: Demands

    @classmethod
    def of(cls, strategy: type[AbstractStrategy], recording: _Facts, listing: Listing) -> _Job:
        return cls(
            strategy,
            recording,
            listing.venue.name,
            listing.fees,
            listing.latency,
            listing.queue,
            listing.demands,
        )


def run_pooled(
    strategy: type[AbstractStrategy],
    points: Sequence[Point],
    *,
    listing: Listing,
    workers: int,
    told: Told,
) -> list[Outcome]:
    """Run `strategy` with each of `points`; one worker runs them here, more in processes.

    Raises:
        InputError: If another process could not find the class.
    """
    told.begin(len(points))
    if workers == 1:
        job = _Job.of(strategy, _Facts("", None), listing)
        outcomes = []
        for point in points:
            outcomes.append(_outcome(job, listing.recording, point))
            told.add(1)
        return outcomes
    job = _Job.of(_findable(strategy), _facts(listing.recording), listing)
    context = multiprocessing.get_context("spawn")
    stop = context.Event()
    found: dict[int, Outcome] = {}
    pool = ProcessPoolExecutor(workers, mp_context=context, initializer=_begin, initargs=(stop,))
    with pool:
        waiting = {pool.submit(_elsewhere, job, point): at for at, point in enumerate(points)}
        try:
            for future in as_completed(waiting):
                found[waiting[future]] = future.result()
                told.add(1)
        except BaseException:
            # A key, or a lost process: the others end at their next look.
            stop.set()
            pool.shutdown(cancel_futures=True)
            raise
    return [found[at] for at in range(len(points))]


def _findable(strategy: type[AbstractStrategy]) -> type[AbstractStrategy]:
    if "<locals>" in strategy.__qualname__:
        raise InputError(
            "a process finds a strategy by its name: define it at the top of a module, or use "
            f"workers=1: {strategy.__qualname__}"
        )
    return strategy


_FACTS: Final = (
    "symbol",
    "tick_size",
    "lot_size",
    "kind",
    "multiplier",
    "min_notional",
    "maker_fee",
    "taker_fee",
)


def _facts(recording: Recording) -> _Facts:
    path = str(recording.path.absolute())
    if isinstance(recording.source, TapeReader):
        return _Facts(path, None)
    instrument = recording.instrument
    return _Facts(path, tuple((name, getattr(instrument, name)) for name in _FACTS))


# In a process of the pool

_STOP: Final[list[Event]] = []


class _Stopped(Exception):  # noqa: N818 - no error: the sweep was given up
    pass


def _begin(stop: Event) -> None:
    """Leave a key that is pressed to the process that began the sweep."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _STOP.append(stop)


def _look(_done: int) -> None:
    if _STOP and _STOP[0].is_set():
        raise _Stopped


@lru_cache(maxsize=1)
def _opened(facts: _Facts) -> Recording:
    return facts.opened()


def _elsewhere(job: _Job, point: Point) -> Outcome:
    return _outcome(job, _opened(job.recording), point)


def _outcome(job: _Job, recording: Recording, point: Point) -> Outcome:
    try:
        made = job.strategy.from_params(point)
    except StrategyError as error:
        return Outcome("refused", str(error), point, {})
    config = made.config.model_dump()
    settings = {name: config.get(name, point[name]) for name in point}
    try:
        result = backtest(
            made,
            data=recording,
            venue=job.venue,
            fees=job.fees,
            latency=job.latency,
            queue=job.queue,
            **job.demands.named(),
            advance=_look,
        )
    except TradecoreError as error:
        return Outcome("failed", str(error), settings, {})
    reason = result.summary().reason
    status = "ok" if result.exit_code == 0 else "halted"
    return Outcome(status, reason or "", settings, measures_of_result(result))
