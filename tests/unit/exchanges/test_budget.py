"""What a venue lets us send."""

from __future__ import annotations

import pytest

from tradecore.exchanges.base import Cost, RateRule, RateUsed
from tradecore.exchanges.base.budget import VenueBudget
from tradecore.model import Budget
from tradecore.model.errors import InputError

MINUTE, TEN = 60_000_000_000, 10_000_000_000
RULES = (
    RateRule(pool="weight", capacity=100, period_ns=MINUTE),
    RateRule(pool="orders", capacity=10, period_ns=TEN),
)
ORDER = Cost(weight=1, orders=1)
CANCEL = Cost(weight=1, is_cancel=True)


def test_a_fifth_of_each_limit_is_kept_for_cancels():
    """Orders stop at eight of ten; a cancel may go on to the end of the weight."""
    budget = VenueBudget(RULES)
    assert [budget.acquire(ORDER, MINUTE) for _ in range(8)] == [0] * 8
    assert budget.acquire(ORDER, MINUTE) == TEN
    assert [budget.acquire(CANCEL, MINUTE) for _ in range(92)] == [0] * 92
    assert budget.acquire(CANCEL, MINUTE) == MINUTE


def test_waiting_as_told_admits():
    """Periods are aligned to the clock: the wait ends with the present one."""
    budget = VenueBudget(RULES)
    now_ns = MINUTE + 3
    while not (wait_ns := budget.acquire(ORDER, now_ns)):
        pass
    assert wait_ns == TEN - 3
    assert budget.acquire(ORDER, now_ns + wait_ns - 1) == 1
    assert budget.acquire(ORDER, now_ns + wait_ns) == 0


def test_what_the_venue_counted_is_taken_over_if_it_is_more():
    """Others spend from the same limit; only the limit it names is touched."""
    budget = VenueBudget(RULES)
    budget.observe(RateUsed(pool="weight", period_ns=MINUTE, used=80), MINUTE)
    budget.observe(RateUsed(pool="weight", period_ns=MINUTE, used=3), MINUTE)
    budget.observe(RateUsed(pool="weight", period_ns=TEN, used=100), MINUTE)
    assert budget.view(MINUTE) == Budget(used=80, capacity=100, period_ns=MINUTE)
    assert budget.view(MINUTE, "orders") == Budget(used=0, capacity=10, period_ns=TEN)
    assert budget.acquire(ORDER, MINUTE) == MINUTE
    assert budget.acquire(CANCEL, MINUTE) == 0


def test_a_block_stops_all_but_cancels_and_a_ban_those_too():
    """Until the time the venue named, or until it is lifted by hand."""
    budget = VenueBudget(RULES)
    budget.block_until(MINUTE + 100)
    assert budget.acquire(ORDER, MINUTE) == 100
    assert budget.acquire(CANCEL, MINUTE) == 0
    budget.block_until(MINUTE + 50, is_ban=True)
    assert budget.acquire(CANCEL, MINUTE) == 50
    assert budget.blocked_ns(MINUTE) == 100
    assert budget.blocked_ns(MINUTE, is_cancel=True) == 50
    assert budget.acquire(CANCEL, MINUTE + 50) == 0
    assert budget.acquire(ORDER, MINUTE + 100) == 0
    budget.block_until(2 * MINUTE)
    budget.block_until(MINUTE)
    assert budget.acquire(ORDER, MINUTE + 100) > 0
    budget.unblock()
    assert budget.acquire(ORDER, MINUTE + 100) == 0


def test_a_refused_cost_takes_nothing():
    """All limits or none are charged."""
    budget = VenueBudget(RULES)
    assert budget.acquire(Cost(weight=5, orders=8), MINUTE) == 0
    assert budget.acquire(Cost(weight=5, orders=8), MINUTE) > 0
    assert budget.view(MINUTE).used == 5


def test_a_venue_without_limits_admits_everything():
    """But a block still blocks."""
    budget = VenueBudget(())
    assert budget.acquire(Cost(weight=10**9), 0) == 0
    assert budget.view(0) == Budget(used=0, capacity=0, period_ns=0)


def test_a_cost_above_the_limit_can_never_be_admitted():
    """It is refused at once, not told to wait."""
    with pytest.raises(InputError, match="101"):
        VenueBudget(RULES).acquire(Cost(weight=101), 0)


@pytest.mark.parametrize("percent", [-1, 100])
def test_a_reserve_is_a_part(percent):
    """Not all, and not less than nothing."""
    with pytest.raises(InputError, match=f"reserve_percent={percent}"):
        VenueBudget(RULES, reserve_percent=percent)


def test_limits_that_are_learned_later_count_from_then_on():
    """What was counted by those that were known stays; one that is stated twice is one."""
    budget = VenueBudget(RULES[:1])
    assert [budget.acquire(ORDER, MINUTE) for _ in range(20)] == [0] * 20
    for _ in range(2):
        budget.learn(RULES)
        assert tuple(budget.rules) == RULES
    assert budget.view(MINUTE).used == 20
    assert [budget.acquire(ORDER, MINUTE) for _ in range(8)] == [0] * 8
    assert budget.acquire(ORDER, MINUTE) == TEN


def test_room_is_what_may_still_be_asked_without_the_reserve():
    """Orders are no questions; a block leaves no room, no limit leaves what is wanted."""
    budget = VenueBudget(RULES)
    assert [budget.acquire(ORDER, MINUTE) for _ in range(8)] == [0] * 8
    assert [budget.room(MINUTE, most=most) for most in (100, 5)] == [72, 5]
    budget.block_until(MINUTE + 10)
    assert [budget.room(now, most=100) for now in (MINUTE, MINUTE + 10)] == [0, 72]
    assert VenueBudget(()).room(MINUTE, most=7) == 7
