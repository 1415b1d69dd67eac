"""Runs drills: start, fault, recovery, a market that stands still, the end; then the verdict."""

from __future__ import annotations

import asyncio
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tradecore.core import TradecoreError
from tradecore.drills.faults_rig import FaultRig
from tradecore.drills.verdict import DrillFacts, DrillVerdict, judge

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence

    from tradecore.drills.faults import FaultDrill
    from tradecore.strategy import AbstractStrategy
    from tradecore.telemetry import Clock

__all__ = ["DrillLimits", "run_drills"]

LOOK_S: Final = 0.02
MS: Final = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class DrillLimits:
    """How long is waited for what, in milliseconds.

    Args:
        start_ms: Until the strategy runs.
        first_order_ms: For the strategy's first order.
        steady_ms: After it, before the fault.
        recovery_ms: From the end of a fault until all is well again.
        agreement_ms: For venue and strategy to agree once the market stands still.
    """

    start_ms: int = 20_000
    first_order_ms: int = 10_000
    steady_ms: int = 300
    recovery_ms: int = 30_000
    agreement_ms: int = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """What the stretch from the fault to its recovery showed."""

    hits: int | None
    recovery_ms: int | None
    missing: str
    actions_after: int


async def run_drills(
    drills: Sequence[FaultDrill],
    make: Callable[[], AbstractStrategy],
    *,
    clock: Clock,
    limits: DrillLimits | None = None,
    jobs: int = 4,
    seed: int = 1,
) -> AsyncIterator[DrillVerdict]:
    """Run drills, a few beside each other, and yield each verdict as it is reached.

    Args:
        drills: What happens.
        make: Makes the strategy, once for each drill.
        clock: Time.
        limits: How long is waited.
        jobs: How many run at once.
        seed: Chooses what is left to chance.
    """
    turn = asyncio.Semaphore(jobs)
    waits = DrillLimits() if limits is None else limits

    async def one(drill: FaultDrill) -> DrillVerdict:
        async with turn:
            with tempfile.TemporaryDirectory(prefix="tradecore-drill-") as folder:
                rig = FaultRig(make(), Path(folder), clock, seed)
                return judge(drill.name, await _run(rig, drill, waits))

    tasks = [asyncio.create_task(one(drill)) for drill in drills]
    try:
        for task in asyncio.as_completed(tasks):
            yield await task
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _run(rig: FaultRig, drill: FaultDrill, limits: DrillLimits) -> DrillFacts:
    try:
        try:
            async with asyncio.timeout(limits.start_ms / 1e3):
                await rig.start()
        except (TradecoreError, TimeoutError) as error:
            failure = f"the strategy did not start: {type(error).__name__}: {error}"
            return DrillFacts(orders_before=0, hits=None, failure=failure)
        if await _until(rig, lambda: bool(rig.taken()), limits.first_order_ms):
            await asyncio.sleep(limits.steady_ms / 1e3)
        before = len(rig.taken())
        if not before:
            return DrillFacts(orders_before=0, hits=None, failure=rig.failure())
        seen = await _fault(rig, drill, limits)
        return await _truth(rig, before, seen, limits)
    finally:
        await rig.aclose()


async def _fault(rig: FaultRig, drill: FaultDrill, limits: DrillLimits) -> _Seen:
    """Let the fault happen, take it away, and wait until all is well."""
    clock = rig.clock
    already = rig.faults.counts.get(drill.counted, 0)
    rig.faults.switch_all(drill.spec)
    await asyncio.sleep(drill.lasts_ms / 1e3)
    if drill.counted:
        await _until(
            rig, lambda: rig.faults.counts.get(drill.counted, 0) > already, limits.first_order_ms
        )
    rig.faults.clear()
    hits = rig.faults.counts.get(drill.counted, 0) - already if drill.counted else None
    began_ns, known = clock.monotonic_ns(), rig.actions()

    def is_well() -> bool:
        return not rig.not_well() and rig.actions() > known

    is_good = await _until(rig, is_well, limits.recovery_ms)
    took_ms = (clock.monotonic_ns() - began_ns) // MS
    return _Seen(
        hits=hits,
        recovery_ms=took_ms if is_good else None,
        missing=rig.not_well() or "the strategy does nothing",
        actions_after=rig.actions() - known,
    )


async def _truth(rig: FaultRig, before: int, seen: _Seen, limits: DrillLimits) -> DrillFacts:
    """Stop the market, compare, stop the strategy, compare again."""
    rig.exchange.flow = None
    failure = rig.failure()
    await _until(rig, lambda: not (rig.differences() or rig.unresolved()), limits.agreement_ms)
    differences, unresolved = rig.differences(), rig.unresolved()
    stopped = rig.stopped()
    late = await rig.stop()
    taken = rig.taken()
    names = Counter(order.client_order_id for order in taken)
    table = rig.service.account_desk.desk.table
    rejected = {
        order.client_order_id
        for order in table
        if any(update.reply == "rejected" for update in order.evidence)
    }
    return DrillFacts(
        orders_before=before,
        hits=seen.hits,
        failure=failure or late,
        stopped=stopped,
        recovery_ms=seen.recovery_ms,
        missing=seen.missing,
        actions_after=seen.actions_after,
        differences=differences,
        doubled=tuple(name for name, count in names.items() if count > 1),
        orphans=tuple(
            order.client_order_id
            for order in taken
            if order.is_open or table.get(order.client_order_id) is None
        ),
        falsely_rejected=tuple(sorted(rejected & names.keys())),
        unresolved=unresolved,
    )


async def _until(rig: FaultRig, holds: Callable[[], bool], limit_ms: int) -> bool:
    """Wait until something holds, the strategy has failed, or time is over."""
    clock = rig.clock
    end_ns = clock.monotonic_ns() + limit_ms * MS
    while not holds():
        if clock.monotonic_ns() >= end_ns or rig.failure() is not None:
            return False
        await asyncio.sleep(LOOK_S)
    return True
