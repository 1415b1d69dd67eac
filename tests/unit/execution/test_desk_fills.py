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
