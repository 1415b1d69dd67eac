"""`tc.sweep`: a strategy with many settings on one recorded market."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from tradecore.backtest.assumptions import DEFAULT_QUEUE
from tradecore.backtest.listings import listed
from tradecore.backtest.sweep.compiled import COMPILED, run_compiled
from tradecore.backtest.sweep.points import grid_points
from tradecore.backtest.sweep.pooled import run_pooled
from tradecore.backtest.sweep.table import SweepResult, table_of
from tradecore.backtest.sweep.told import Told
from tradecore.backtest.words import assumption_sentences
from tradecore.core import InputError

if TYPE_CHECKING:
    from tradecore.backtest.assumptions import QueueModel
    from tradecore.backtest.listings import Data
    from tradecore.backtest.naming import FeesLike, LatencyLike
    from tradecore.backtest.sweep.points import Params
    from tradecore.backtest.sweep.told import Advance
    from tradecore.core import Instrument
    from tradecore.strategy import AbstractStrategy

__all__ = ["WORKERS_MAX", "sweep"]

WORKERS_MAX = 1_024


def sweep(
    strategy: type[AbstractStrategy],
    *,
    data: Data,
    params: Params,
    venue: str = "binance-usdm",
    fees: FeesLike | None = None,
    latency: LatencyLike | None = None,
    queue: QueueModel = DEFAULT_QUEUE,
    instrument: Instrument | None = None,
    workers: int | None = None,
    compiled: bool = True,
    advance: Advance | None = None,
) -> SweepResult:
    """Run a strategy once for each of many settings, over every core.

    A sample strategy runs as its compiled twin, which sends the same orders: the recording is
    decoded once for many runs, and no interpreter is entered. Any other class runs in processes,
    so a script that calls this stands under `if __name__ == "__main__":`. Settings that are
    refused are a row of the table, and the others go on.

    Args:
        strategy: The class.
        data: As `backtest` has it.
        params: A grid (name to the values it takes) or a list of settings; see `grid_points`.
        venue: As `backtest` has it.
        fees: As `backtest` has it; must be named.
        latency: As `backtest` has it; must be named.
        queue: As `backtest` has it.
        instrument: As `backtest` has it.
        workers: Threads, or processes, at once; as many as there are cores unless given. The
            result is the same for any number.
        compiled: Whether the compiled twin runs where there is one.
        advance: Told now and then how much is done of how much.

    Raises:
        InputError: If fees, latency, venue, queue, `params` or `workers` are not as above.
        DataError: If the recording cannot be read.
        OSError: If the file cannot be read; `FileNotFoundError` if it is not there.
        BrokenProcessPool: If a process of the pool was lost.
    """
    points = grid_points(params)
    listings = listed(
        data, venue=venue, fees=fees, latency=latency, queue=queue, instrument=instrument
    )
    if len(listings) > 1:
        raise InputError(f"a sweep plays one recording: data={len(listings)}")
    listing = listings[0]
    recording, assumed = listing.recording, (listing.fees, listing.latency, listing.queue)
    at_once = min(_workers(workers), len(points))
    told = Told(advance)
    is_compiled = compiled and strategy in COMPILED
    if is_compiled:
        outcomes = run_compiled(strategy, points, listing=listing, workers=at_once, told=told)
    else:
        outcomes = run_pooled(
            strategy,
            points,
            recording=recording,
            venue=venue,
            assumed=assumed,
            workers=at_once,
            told=told,
        )
    table, settings = table_of(outcomes)
    return SweepResult(table, settings, assumption_sentences(listings), is_compiled)


def _workers(workers: int | None) -> int:
    if workers is None:
        seen = getattr(os, "sched_getaffinity", None)
        return len(seen(0)) if seen is not None else os.cpu_count() or 1
    if isinstance(workers, bool) or not 1 <= workers <= WORKERS_MAX:
        raise InputError(f"a sweep has 1 to {WORKERS_MAX} workers: workers={workers!r}")
    return workers
