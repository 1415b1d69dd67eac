"""Limits of memory and processor time, and the alerts that tell of them."""

from __future__ import annotations

import pytest

from tradecore.processes.alerts import AlertQueue
from tradecore.processes.resources import MIB, ResourceWatch, Usage, Verdict, usage_now

S = 1_000_000_000


@pytest.mark.parametrize(
    ("memory_mb", "verdicts"),
    [
        (89, []),
        (90, [Verdict.MEMORY_NEAR]),
        (99, [Verdict.MEMORY_NEAR]),
        (100, [Verdict.MEMORY_OVER]),
    ],
)
def test_memory_is_told_near_its_limit_and_over_it(memory_mb, verdicts):
    """Nine tenths are near."""
    watch = ResourceWatch(100, None)

    assert watch.see(Usage(memory_mb * MIB, 0), 0) == verdicts


def test_an_excess_is_told_once_until_it_has_passed():
    """One message, not one a second."""
    watch = ResourceWatch(100, None)
    told = [len(watch.see(Usage(mb * MIB, 0), n)) for n, mb in enumerate([95, 95, 50, 95])]

    assert told == [1, 0, 0, 1]


def test_processor_time_is_judged_over_ten_seconds():
    """A short effort is none; a long one is the share of the last ten seconds."""
    watch = ResourceWatch(None, 80)
    verdicts = [watch.see(Usage(0, n * 9 * S // 10), n * S) for n in range(12)]

    assert verdicts[:10] == [[]] * 10
    assert verdicts[10] == [Verdict.CPU_OVER]
    assert watch.cpu_percent == pytest.approx(90)


def test_without_limits_nothing_is_told():
    """An empty key is no limit."""
    watch = ResourceWatch(None, None)

    assert not any(watch.see(Usage(10**15, n * 10 * S), n * S) for n in range(20))


def test_this_process_takes_something():
    """The measurement itself works on this machine."""
    usage = usage_now()

    assert usage.memory_bytes > MIB
    assert usage.cpu_ns > 0


def test_an_alert_is_told_once_a_minute_with_its_count():
    """What was kept back is counted in the next."""
    queue = AlertQueue()
    first = queue.add("p", "AUTH", "wrong key", ts_ns=0)
    kept = [queue.add("p", "AUTH", "wrong key", ts_ns=n * S) for n in (1, 2)]
    other = queue.add("p", "CLOCK", "too far", ts_ns=3 * S)
    again = queue.add("p", "AUTH", "wrong key", ts_ns=60 * S)

    assert kept == [None, None]
    assert (first.repeats, other.repeats, again.repeats) == (0, 0, 2)
    assert list(queue.take()) == [first, other, again]
    assert len(queue) == 0


def test_alerts_that_nobody_takes_are_bounded():
    """The newest stay, the lost are counted."""
    queue = AlertQueue()
    for n in range(150):
        queue.add("p", f"CODE_{n}", "", ts_ns=0)

    assert (len(queue), queue.dropped) == (100, 50)
