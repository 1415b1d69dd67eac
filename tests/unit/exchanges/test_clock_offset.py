"""How far a venue's clock is from ours."""

from __future__ import annotations

import pytest

from tradecore.exchanges.base import ClockSample
from tradecore.exchanges.base.clock_offset import ClockHealth, ClockOffset

MS = 1_000_000


def sample(offset_ms, round_trip_ms, skew=0.5):
    """Make a sample of a clock that is off, whose question took `skew` of the round trip."""
    there = int(round_trip_ms * MS * skew)
    return ClockSample(venue_ns=there + offset_ms * MS, sent_ns=0, received_ns=round_trip_ms * MS)


def test_the_fastest_answer_is_believed():
    """A slow answer may be off by half its round trip; it does not count beside a fast one."""
    clock = ClockOffset()
    assert clock.observe(sample(20, 400, skew=1.0))
    assert clock.offset_ns == 220 * MS
    assert clock.observe(sample(20, 10))
    assert clock.observe(sample(20, 300, skew=0.0))
    assert (clock.offset_ns, clock.round_trip_ns) == (20 * MS, 10 * MS)
    assert clock.venue_ns(5) == 20 * MS + 5


def test_old_samples_are_forgotten():
    """The last sixteen are kept, so that a drift is followed."""
    clock = ClockOffset()
    clock.observe(sample(0, 1))
    for _ in range(16):
        clock.observe(sample(30, 5))
    assert clock.offset_ns == 30 * MS
    clock.forget()
    assert clock.offset_ns == 0


@pytest.mark.parametrize(
    ("offset_ms", "health"),
    [
        (0, ClockHealth.GOOD),
        (250, ClockHealth.GOOD),
        (-251, ClockHealth.OFF),
        (1_000, ClockHealth.OFF),
        (1_001, ClockHealth.REFUSE),
        (-1_001, ClockHealth.REFUSE),
    ],
)
def test_an_offset_is_judged_either_way(offset_ms, health):
    """Above a quarter of a second it is told, above a second nothing may be stamped."""
    clock = ClockOffset()
    assert clock.health is ClockHealth.UNKNOWN
    clock.observe(sample(offset_ms, 2))
    assert clock.health is health


def test_a_sample_that_ran_backwards_is_not_used():
    """Our clock was set in between."""
    clock = ClockOffset()
    assert not clock.observe(ClockSample(venue_ns=0, sent_ns=5, received_ns=4))
    assert clock.health is ClockHealth.UNKNOWN


def test_limits_must_be_in_order():
    """The values stand in the message."""
    with pytest.raises(ValueError, match="samples_max=0, warn_ns=250000000"):
        ClockOffset(samples_max=0)
