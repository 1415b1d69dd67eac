"""Many doubts of a symbol that rest nowhere: one list of all its orders answers for each."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from support.desk_venue import SECOND, SYMBOL, DeskRig, DeskVenue
from tradecore.exchanges.base import OrdersListed, RateRule

RULE = RateRule(pool="weight", capacity=2_400, period_ns=60 * SECOND)
PAGE = 100


@dataclass
class StoriedVenue(DeskVenue):
    """A venue that lists orders that ended, too, page by page."""

    histories_asked: list[int] = field(default_factory=list)
    has_history: bool = True

    def fetch_orders(self, symbol, *, since_ns, now_ns, venue_ns):
        """List every order."""
        del venue_ns
        self.histories_asked.append(since_ns)
        if not self.has_history:
            return
        listed = [order.listed(now_ns) for order in self.orders.values()]
        pages = [listed[at : at + PAGE] for at in range(0, len(listed), PAGE)] or [[]]
        for number, page in enumerate(pages, 1):
            self.inbox.append(
                OrdersListed(
                    symbol=symbol,
                    orders=tuple(page),
                    is_whole=number == len(pages),
                    asked_ns=now_ns,
                    since_ns=since_ns,
                )
            )


@pytest.fixture
def rig():
    """Return a desk at such a venue, that may trade and hears nothing."""
    rig = DeskRig(venue=StoriedVenue(), rules=(RULE,)).open()
    rig.venue.is_deaf = True
    return rig


def doubted(rig, count, *, lose):
    """Send orders whose answers are lost, they too or not, and return their ids."""
    names = [rig.buy() for _ in range(count)]
    for _ in names:
        rig.venue.arrive(lose=lose, answer=False)
        rig.settle()
    return names


def test_a_thousand_orders_that_never_arrived_are_settled_in_time(rig):
    """Nobody is asked about by itself, and no symbol is halted."""
    names = doubted(rig, 1_000, lose=True)

    rig.advance(8)

    assert {tuple(rig.replies(name)) for name in names} == {("unknown", "rejected")}
    assert rig.venue.asked == []
    assert len(rig.venue.histories_asked) < 10


def test_absent_counts_twice_and_only_once_the_request_can_no_longer_arrive(rig):
    """As it does of single questions."""
    names = doubted(rig, 50, lose=True)
    sent_ns = rig.venue.now_ns

    rig.advance(3)
    assert {tuple(rig.replies(name)) for name in names} == {("unknown",)}
    rig.advance(3)

    assert {tuple(rig.replies(name)) for name in names} == {("unknown", "rejected")}
    assert min(rig.venue.histories_asked) == sent_ns - 5 * SECOND


def test_what_traded_or_ended_is_found_there(rig):
    """Over several pages."""
    names = doubted(rig, 250, lose=False)
    for name in names[:150]:
        rig.venue.trade(name, 1)
    for name in names[150:]:
        rig.venue.orders[name].status = "canceled"

    rig.advance(3)

    assert {tuple(rig.replies(name)) for name in names[:150]} == {("unknown", "filled")}
    assert {tuple(rig.replies(name)) for name in names[150:]} == {("unknown", "canceled")}
    assert rig.venue.asked == []


def test_a_cancel_in_doubt_is_not_ended_by_a_list_that_does_not_hold_its_order(rig):
    """It may be older than the list: then it is asked about by itself."""
    names = [rig.buy() for _ in range(30)]
    for _ in names:
        rig.venue.arrive()
    rig.settle()
    for name in names:
        rig.cancel(name)
        rig.venue.arrive(answer=False)
    rig.settle()
    kept = dict(rig.venue.orders)
    rig.venue.orders.clear()
    rig.advance(1)
    assert rig.venue.histories_asked
    rig.venue.orders.update(kept)

    rig.advance(20)

    assert sorted(set(rig.venue.asked)) == sorted(names)
    assert {rig.replies(name)[-1] for name in names} == {"canceled"}


def test_few_are_asked_about_one_by_one(rig):
    """Twenty questions are no more than a list is worth."""
    names = doubted(rig, 20, lose=True)

    rig.advance(10)

    assert rig.venue.histories_asked == []
    assert sorted(set(rig.venue.asked)) == sorted(names)


def test_a_list_that_was_lost_is_asked_for_again(rig):
    """Its doubts stay due like any other."""
    rig.venue.has_history = False
    names = doubted(rig, 50, lose=True)
    rig.advance(8)
    assert {tuple(rig.replies(name)) for name in names} == {("unknown",)}
    assert 1 < len(rig.venue.histories_asked) < 4

    rig.venue.has_history = True
    rig.advance(12)

    assert {tuple(rig.replies(name)) for name in names} == {("unknown", "rejected")}


def test_part_of_a_list_ends_nothing(rig):
    """What is on no page is known only once all of them came."""
    names = doubted(rig, 50, lose=True)
    rig.advance(4)
    rig.venue.has_history = False
    rig.advance(1)
    part = OrdersListed(
        symbol=SYMBOL, orders=(), is_whole=False, asked_ns=rig.venue.now_ns, since_ns=0
    )
    for _ in range(3):
        rig.desk.hear(part, rig.venue.now_ns)

    rig.advance(5)

    assert {tuple(rig.replies(name)) for name in names} == {("unknown",)}
