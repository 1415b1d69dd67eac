"""Fills that nobody told: asked for less and less, and counted once in the position."""

from __future__ import annotations

from decimal import Decimal

import pytest

from support.desk_venue import SYMBOL, DeskRig


@pytest.fixture
def rig():
    """Return a desk that may trade."""
    return DeskRig().open()


def live(rig, quantity="2"):
    """Return the id of an order the venue has."""
    name = rig.buy(quantity)
    rig.venue.arrive()
    rig.settle()
    return name


def test_fills_that_no_list_holds_are_asked_for_less_and_less(rig):
    """The venue says more traded than its list of fills has, while the order rests."""
    name = live(rig)
    rig.venue.orders[name].filled = Decimal(1)
    rig.advance(30)
    before = rig.venue.fills_asked
    rig.advance(60)

    assert 0 < rig.venue.fills_asked - before <= 60 / 3


def test_a_fill_found_by_asking_counts_once_in_the_position(rig):
    """Where the list of positions had it already: right at once, not only after another audit."""
    name = live(rig)
    rig.venue.is_deaf = True
    rig.venue.trade(name, 2)
    order = rig.desk.table.get(name)
    for _ in range(200):
        rig.advance(0.25)
        if order.cumulative == 2:
            break
    rig.advance(0.25)

    assert order.cumulative == rig.venue.position
    assert rig.limits.position(SYMBOL) == rig.venue.position


def test_a_fill_told_late_counts_once_in_the_position(rig):
    """Also where the stream tells of it, after the list of positions did."""
    name = live(rig)
    rig.venue.trade(name, 2)
    late = rig.venue.inbox.popleft()
    rig.advance(11)
    rig.venue.inbox.append(late)
    rig.settle()
    rig.advance(0.25)

    assert rig.limits.position(SYMBOL) == rig.venue.position


def test_an_end_that_waits_for_a_fill_is_told_with_it(rig):
    """The stream brings what was missing before the list that was asked for does."""
    name = live(rig)
    rig.venue.trade(name, 1)
    late = rig.venue.inbox.popleft()
    rig.cancel(name)
    rig.venue.arrive()
    rig.desk.hear(rig.venue.inbox.popleft(), rig.venue.now_ns)
    rig.venue.inbox.clear()
    rig.venue.inbox.append(late)
    rig.settle()

    assert rig.replies(name) == ["accepted", "filled", "canceled"]
    assert not rig.desk.table.get(name).is_open


def test_more_than_an_order_was_means_that_its_change_was_done(rig):
    """A fill comes before the change's answer: the order goes on, and its last fill is found."""
    name = live(rig)
    rig.modify(name, "100", "3")
    rig.venue.arrive()
    answer = rig.venue.inbox.popleft()
    rig.venue.trade(name, "2.5")
    rig.settle()
    assert rig.desk.table.get(name).is_open

    rig.venue.inbox.append(answer)
    rig.settle()
    rig.venue.is_deaf = True
    rig.venue.trade(name, "0.5")
    rig.advance(30)

    assert rig.replies(name) == ["accepted", "filled", "replaced", "filled"]
    assert rig.desk.table.get(name).cumulative == 3
    assert not rig.desk.table.get(name).is_open


@pytest.mark.parametrize("how", ["silent", "unknown", "restart"])
def test_as_much_as_an_order_was_is_not_all_where_a_larger_change_was_done(rig, how):
    """Nobody told of the change: the order is kept, asked about, and trades on."""
    name = live(rig)
    rig.modify(name, "100", "3")
    rig.venue.arrive()
    change = rig.desk.table.get(name).change
    rig.venue.inbox.clear()
    if how == "unknown":
        rig.venue.doubt(change)
    rig.venue.trade(name, "2")
    rig.settle()
    assert rig.desk.table.get(name).is_open

    if how == "restart":
        rig.start()
        rig.open()
    rig.advance(15)
    order = rig.desk.table.get(name)
    assert (order.is_open, order.quantity, order.change) == (True, Decimal(3), None)

    rig.venue.trade(name, "1")
    rig.settle()
    assert not rig.desk.table.get(name).is_open
    assert rig.limits.position(SYMBOL) == rig.venue.position == 3
    assert not len(rig.desk.outcomes)


@pytest.mark.parametrize("answer", [True, False])
@pytest.mark.parametrize("how", ["lost", "late"])
def test_an_order_that_traded_out_before_its_change_came_is_done(rig, how, answer):
    """The change found nothing to change: answered or asked about, the order ends with it."""
    name = live(rig)
    rig.modify(name, "100", "3")
    if how == "lost":
        rig.venue.arrive(lose=True)
    rig.venue.trade(name, "2")
    if how == "late":
        rig.venue.arrive(answer=answer)
    rig.settle()
    rig.advance(15)

    assert not rig.desk.table.get(name).is_open
    assert rig.replies(name)[-1] == "modify_rejected"
    assert rig.replies(name).count("filled") == 1
    assert not len(rig.desk.outcomes)


def test_a_change_whose_whole_quantity_traded_is_found_by_asking(rig):
    """The change and the last fill were not told of: both are found, and the order ends."""
    name = live(rig)
    rig.modify(name, "100", "3")
    rig.venue.arrive()
    rig.venue.inbox.clear()
    rig.venue.trade(name, "2")
    rig.settle()
    rig.venue.is_deaf = True
    rig.venue.trade(name, "1")
    rig.advance(15)

    order = rig.desk.table.get(name)
    assert (order.is_open, order.cumulative) == (False, Decimal(3))
    assert not len(rig.desk.outcomes)
