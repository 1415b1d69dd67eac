"""Time: read in one place, moved by hand in tests."""

from __future__ import annotations

import pytest

from tradecore.telemetry import ManualClock, SystemClock


def test_a_manual_clock_moves_only_when_told():
    """Both readings stand still between two advances."""
    clock = ManualClock(wall_ns=100)

    assert (clock.now_ns(), clock.monotonic_ns()) == (100, 0)
    clock.advance(5)
    assert (clock.now_ns(), clock.monotonic_ns()) == (105, 5)


def test_a_stepped_wall_clock_leaves_the_monotonic_one():
    """An NTP step changes what time it is, not how long it has been."""
    clock = ManualClock(wall_ns=100, uptime_ns=7)

    clock.step_wall(3)

    assert (clock.now_ns(), clock.monotonic_ns()) == (3, 7)


def test_time_does_not_run_backwards():
    """A negative advance is refused and moves nothing."""
    clock = ManualClock()

    with pytest.raises(ValueError, match=r"^time passes forward only: by_ns=-1$"):
        clock.advance(-1)

    assert clock.monotonic_ns() == 0


def test_the_machine_clock_is_in_nanoseconds_since_1970():
    """Readings lie after 2020 and before 2100, and the monotonic one does not go back."""
    clock = SystemClock()

    first, second = clock.monotonic_ns(), clock.monotonic_ns()

    assert first <= second
    assert 1_577_836_800 * 10**9 < clock.now_ns() < 4_102_444_800 * 10**9
