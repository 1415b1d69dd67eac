"""Timers: durations in words, names used once, rung in a fixed order."""

from __future__ import annotations

import pytest

import tradecore as tc
from support.local_host import START_NS, LocalHost
from tradecore.core import InputError
from tradecore.strategy import Timers, duration_ns
from tradecore.strategy.timers import TIMERS_MAX

S = 1_000_000_000


class Clockwork(tc.AbstractStrategy):
    """Notes what rang and when, in seconds."""

    def on_start(self):
        """Begin with nothing."""
        self.rang = []

    def on_timer(self, name):
        """Note it."""
        self.rang.append((name, (self.now_ns - START_NS) / S))


@pytest.fixture
def running():
    """Return a host and the strategy it runs."""
    host = LocalHost()
    strategy = Clockwork()
    host.run(strategy)
    return host, strategy


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("1s", S),
        ("250ms", 250_000_000),
        ("1.5s", 1_500_000_000),
        ("0.25us", 250),
        ("5m", 300 * S),
        ("2h", 7_200 * S),
        ("1d", 86_400 * S),
        (" 7ns ", 7),
        (42, 42),
    ],
)
def test_a_duration_is_a_number_and_a_unit_or_nanoseconds(given, expected):
    """A duration is a number and a unit or nanoseconds."""
    assert duration_ns(given) == expected


@pytest.mark.parametrize(
    "given", [0, -1, "0s", "-1s", "1", "s", "1 s", "1w", 1.5, True, None, 1 << 62, "0.1ns"]
)
def test_what_is_no_duration_above_zero_is_refused(given):
    """What is no duration above zero is refused."""
    with pytest.raises(InputError, match="a duration is above 0: nanoseconds, or a number and one"):
        duration_ns(given)


def test_a_timer_rings_each_period_and_an_alert_once(running):
    """A timer rings each period and an alert once."""
    host, strategy = running
    strategy.set_timer("tick", every="2s")
    strategy.set_alert("once", START_NS + 3 * S)

    host.advance(7 * S)

    assert strategy.rang == [("tick", 2), ("once", 3), ("tick", 4), ("tick", 6)]


def test_timers_due_together_ring_in_the_order_they_were_set(running):
    """Timers due together ring in the order they were set."""
    host, strategy = running
    strategy.set_timer("b", every="2s")
    strategy.set_timer("a", every="1s")

    host.advance(2 * S)

    assert strategy.rang == [("a", 1), ("b", 2), ("a", 2)]


def test_an_alert_in_the_past_rings_at_once(running):
    """An alert in the past rings at once."""
    host, strategy = running
    strategy.set_alert("late", START_NS - S)

    host.advance(0)

    assert strategy.rang == [("late", 0)]


def test_a_name_is_free_again_after_its_alert_rang_or_its_timer_was_canceled(running):
    """A name is free again after its alert rang or its timer was canceled."""
    host, strategy = running
    strategy.set_alert("x", START_NS)
    host.advance(1)
    strategy.set_timer("x", every="1s")
    assert strategy.cancel_timer("x") is True
    assert strategy.cancel_timer("x") is False
    strategy.set_timer("x", every="1s")

    host.advance(S)

    assert [name for name, _ in strategy.rang] == ["x", "x"]


@pytest.mark.parametrize(
    ("action", "text"),
    [
        pytest.param(
            lambda s: s.set_timer("used", every="1s"),
            "a timer name is used once .* name='used'",
            id="timer-name",
        ),
        pytest.param(
            lambda s: s.set_alert("used", START_NS),
            "a timer name is used once .* name='used'",
            id="alert-name",
        ),
        pytest.param(lambda s: s.set_timer("", every="1s"), "a timer has a name", id="no-name"),
        pytest.param(
            lambda s: s.set_timer("new", every=0), "a duration is above 0.* every=0", id="zero"
        ),
        pytest.param(
            lambda s: s.set_timer("new", every="-1s"),
            "a duration is above 0.* every='-1s'",
            id="negative",
        ),
        pytest.param(
            lambda s: s.set_alert("new", -1),
            "an alert is at a count of nanoseconds",
            id="before-1970",
        ),
        pytest.param(
            lambda s: s.set_alert("new", 1.5), "an alert is at a count of nanoseconds", id="float"
        ),
    ],
)
def test_a_timer_that_makes_no_sense_is_refused_and_nothing_set(running, action, text):
    """A timer that makes no sense is refused and nothing set."""
    host, strategy = running
    strategy.set_timer("used", every="1h")

    with pytest.raises(InputError, match=text):
        action(strategy)

    assert len(host.timers) == 1


def test_timers_are_limited():
    """Timers are limited."""
    timers = Timers(LocalHost())
    for n in range(TIMERS_MAX):
        timers.set_timer(str(n), every=1)

    with pytest.raises(InputError, match="at most 1024 timers: name='one more'"):
        timers.set_timer("one more", every=1)

    timers.cancel_all()
    assert timers.names == []


def test_a_timer_canceled_while_it_rings_is_not_heard(running):
    """A timer canceled while it rings is not heard."""
    host, strategy = running
    strategy.set_timer("tick", every="1s")
    [number] = host.timers
    strategy.cancel_timer("tick")

    host.container.deliver_timer(number)

    assert strategy.rang == []
