"""A backtest again from its journal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tradecore.backtest.course import Course, played
from tradecore.backtest.recipe import listings_of
from tradecore.backtest.recorded import BreakReached, Kept
from tradecore.core import DataError
from tradecore.runs.code import digest_of, is_changed
from tradecore.runs.moment import Moment
from tradecore.runs.rerun import Beside, HaltRerun, Rerun

if TYPE_CHECKING:
    from collections.abc import Callable

    from tradecore.runs.journal import RunRecords
    from tradecore.runs.rerun import Ended
    from tradecore.strategy import AbstractStrategy

__all__ = ["rerun_backtest"]


def rerun_backtest(
    records: RunRecords,
    strategy: AbstractStrategy,
    *,
    break_at_ns: int | None = None,
    at_break: Callable[[], object] | None = None,
) -> Rerun:
    """Play a backtest again and hold each record against the one that was kept.

    Args:
        records: The run.
        strategy: Made with its settings, not used before.
        break_at_ns: Stop before the first thing at or behind this time.
        at_break: Called there instead, and the run goes on.

    Raises:
        DataError: If a recording has other bytes than it had, or cannot be read.
        FileNotFoundError: If a recording is gone.
    """
    begin = records.begin
    if not begin.recipes:
        raise DataError(f"a backtest's journal says what it was played from: {records.path}")
    for recipe in begin.recipes:
        if digest_of(recipe.data) != recipe.sha256:
            raise DataError(
                f"a rerun needs the same recording, this one has other bytes: file={recipe.data}, "
                f"journal={records.path}"
            )
    listings = listings_of(begin.recipes, begin.instruments)
    strict = any(recipe.strict for recipe in begin.recipes)
    beside = Beside(records)
    kept = Kept(beside, break_at_ns=break_at_ns, at_break=at_break)
    ended: Ended = "end"
    try:
        played(strategy, listings, Course(strict=strict, journal=kept))
        beside.next_told()
    except BreakReached:
        ended = "break"
    except HaltRerun as halt:
        ended = halt.ended
    return Rerun(
        journal=records.path,
        host=begin.host,
        strategy=type(strategy).__name__,
        told=0,
        compared=beside.compared,
        sha256=beside.sha256,
        difference=beside.difference,
        ended=ended,
        last=tuple(beside.last),
        moment=_moment(kept),
        is_changed=is_changed(begin.code),
    )


def _moment(kept: Kept) -> Moment | None:
    trader, simulation = kept.trader, kept.simulation
    if trader is None or simulation is None:
        return None
    return Moment.of(simulation.now_ns, trader, simulation.books)
