"""How fast a desk asks: what the venue's limits allow beside the reserve, spread over time."""

from __future__ import annotations

import pytest

from support.desk_venue import SECOND, SYMBOL, DeskRig
from tradecore.exchanges.base import RateRule, RateUsed
from tradecore.execution.desk_lists import ASK_AGAIN_NS

MINUTE = 60 * SECOND
#: Three quarters of what is not kept for cancels of 2,400 a minute.
A_SECOND = 2_400 * 80 // 100 * 3 // 4 // 60
RULE = RateRule(pool="weight", capacity=2_400, period_ns=MINUTE)


@pytest.fixture
def rig():
    """Return a desk at a venue with a limit of weight, that may trade and hears nothing."""
    rig = DeskRig(rules=(RULE,)).open()
    rig.venue.is_deaf = True
    return rig


def doubted(rig, count, *, lose):
    """Send orders whose answers are lost, they too or not, and return their ids."""
    names = [rig.buy() for _ in range(count)]
    for _ in names:
        rig.venue.arrive(lose=lose, answer=False)
    rig.settle()
    return names


def asked_in_a_second(rig):
    """Return how many questions about single orders the desk asks in the next second."""
    before = len(rig.venue.asked)
    rig.advance(1)
    return len(rig.venue.asked) - before


def test_questions_are_spread_over_the_venues_period(rig):
    """Every order is lost and so asked about by itself; in no second more than its share."""
    names = doubted(rig, 60, lose=True)

    counts = [asked_in_a_second(rig) for _ in range(20)]

    assert max(counts) <= A_SECOND + A_SECOND // 4
    assert sum(counts) > 100
    assert {tuple(rig.replies(name)) for name in names} == {("unknown", "rejected")}


def test_after_a_gap_what_is_missing_is_not_asked_about_all_at_once(rig):
    """A hundred orders are in no list: the venue is asked about one after the other."""
    names = [rig.buy() for _ in range(100)]
    rig.venue.wire.clear()
    rig.open()
    rig.venue.is_deaf = True

    assert not rig.venue.asked
    assert 0 < asked_in_a_second(rig) <= A_SECOND + A_SECOND // 4
    rig.advance(30)
    assert {rig.replies(name)[-1] for name in names} == {"rejected"}


@pytest.mark.parametrize("how", ["used", "banned"])
def test_without_room_nothing_is_asked_and_cancels_leave(rig, how):
    """The reserve is theirs; what is due stays due until the venue's next period."""
    live = rig.buy()
    rig.venue.arrive()
    rig.settle()
    doubted(rig, 2, lose=False)
    now_ns = rig.venue.now_ns
    until_ns = now_ns - now_ns % MINUTE + MINUTE
    if how == "used":
        used = RateUsed(pool="weight", period_ns=MINUTE, used=1_920)
        rig.desk.hear(used, now_ns)
    else:
        rig.budget.block_until(until_ns)
    before = (len(rig.venue.asked), len(rig.venue.lists_asked))

    rig.advance((until_ns - now_ns) // SECOND - 1)
    assert (len(rig.venue.asked), len(rig.venue.lists_asked)) == before
    assert rig.cancel(live) is None
    assert len(rig.venue.wire) == 1

    rig.advance(3)
    assert len(rig.desk.outcomes) == 0


def test_one_list_answers_many_doubts_of_a_symbol(rig):
    """They are all there: nobody is asked about by itself."""
    names = doubted(rig, 300, lose=False)
    rig.venue.lists_asked.clear()

    rig.advance(2)

    assert rig.venue.lists_asked == [SYMBOL]
    assert rig.venue.asked == []
    assert {tuple(rig.replies(name)) for name in names} == {("unknown", "accepted")}


def test_few_doubts_of_a_symbol_are_asked_about_one_by_one(rig):
    """Twenty questions are no more than a list is worth."""
    names = doubted(rig, 20, lose=False)
    rig.venue.lists_asked.clear()

    rig.advance(2)

    assert sorted(rig.venue.asked) == sorted(names)
    assert rig.venue.lists_asked == []


def test_what_a_list_does_not_hold_is_asked_about_by_itself(rig):
    """It may have traded or been canceled: absent is not rejected."""
    there = doubted(rig, 15, lose=False)
    traded = doubted(rig, 15, lose=False)
    for name in traded:
        rig.venue.trade(name, 1)

    rig.advance(3)

    assert sorted(rig.venue.asked) == sorted(traded)
    assert {tuple(rig.replies(name)) for name in there} == {("unknown", "accepted")}
    assert {tuple(rig.replies(name)) for name in traded} == {("unknown", "filled")}
    assert not len(rig.desk.outcomes)


def test_a_list_that_was_lost_is_asked_for_again(rig):
    """Its doubts stay due like any other."""
    names = doubted(rig, 50, lose=False)
    rig.venue.lists_asked.clear()
    for _ in range(100):
        rig.venue.now_ns += SECOND // 100
        rig.desk.tick(rig.venue.now_ns)
        if rig.venue.lists_asked:
            break
    rig.venue.inbox.clear()

    rig.advance(ASK_AGAIN_NS // SECOND)

    assert 1 < len(rig.venue.lists_asked) < 4
    assert {tuple(rig.replies(name)) for name in names} == {("unknown", "accepted")}
