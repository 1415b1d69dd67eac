"""Waits between tries, and the breaker that spares the other side."""

from __future__ import annotations

import random

import pytest

from tradecore.transport.backoff import Backoff, BackoffRules
from tradecore.transport.breaker import Breaker, BreakerState

MS = 1_000_000


def test_waits_double_up_to_the_cap_without_a_last():
    """With the highest jitter: a quarter of a second, doubling, thirty seconds for ever."""
    backoff = Backoff(lambda: 1.0)
    waits = [backoff.next_ns() // MS for _ in range(1_000)]
    assert waits[:9] == [250, 500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]
    assert waits[-1] == 30_000
    assert backoff.attempts == 1_000
    backoff.reset()
    assert backoff.next_ns() // MS == 250


def test_chance_takes_up_to_half():
    """Never less, so that nobody is run over; never more than the whole."""
    dice = random.Random(3)
    for _ in range(200):
        assert 125 * MS <= Backoff(dice.random).next_ns() <= 250 * MS


def test_somebody_is_called_once():
    """At the number of failures, not before or after."""
    backoff = Backoff(random.Random(1).random, BackoffRules(alarm_after=2))
    alarms = []
    for _ in range(4):
        backoff.next_ns()
        alarms.append(backoff.is_alarming)
    assert alarms == [False, True, False, False]


@pytest.mark.parametrize("wrong", [{"first_ns": 0}, {"cap_ns": 1}, {"alarm_after": 0}])
def test_bounds_must_make_sense(wrong):
    """The values stand in the message."""
    name, value = next(iter(wrong.items()))
    with pytest.raises(ValueError, match=f"{name}={value}"):
        BackoffRules(**wrong)


def test_a_breaker_opens_rests_and_lets_one_try():
    """Failures in a row open it; after the rest one passes, and what becomes of it decides."""
    breaker = Breaker(failures_max=2, rest_ns=10)
    breaker.fail(0)
    breaker.succeed()
    breaker.fail(1)
    assert breaker.admit(1)
    breaker.fail(2)
    assert breaker.state is BreakerState.OPEN
    assert not breaker.admit(11)
    assert breaker.admit(12)
    assert breaker.state is BreakerState.HALF_OPEN
    assert not breaker.admit(13)
    breaker.fail(14)
    assert not breaker.admit(23)
    assert breaker.admit(24)
    breaker.succeed()
    assert breaker.state is BreakerState.CLOSED
    assert breaker.admit(25)


def test_a_breaker_is_reset_by_hand():
    """Whatever it counted."""
    breaker = Breaker(failures_max=1)
    breaker.fail(0)
    assert not breaker.admit(0)
    breaker.reset()
    assert breaker.admit(0)


@pytest.mark.parametrize("wrong", [{"failures_max": 0}, {"rest_ns": 0}])
def test_a_breaker_needs_numbers(wrong):
    """The values stand in the message."""
    name, value = next(iter(wrong.items()))
    with pytest.raises(ValueError, match=f"{name}={value}"):
        Breaker(**wrong)
