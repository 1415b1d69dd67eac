"""Doubts of a desk whose orders keep coming: each ends, however much happens beside it."""

from __future__ import annotations

from decimal import Decimal

from support.desk_venue import SYMBOL, DeskRig


def test_a_doubt_ends_while_other_orders_trade():
    """At each look there are fills of an order nobody knows yet; they are not the lost one's."""
    rig = DeskRig().open()
    lost = rig.buy()
    rig.venue.arrive(lose=True)
    rig.settle()
    rig.venue.is_deaf = True

    for _ in range(80):
        name = rig.buy()
        rig.venue.arrive(answer=False)
        rig.venue.trade(name, 1)
        rig.advance(0.25)

    assert rig.replies(lost) == ["unknown", "rejected"]


def test_lists_asked_for_one_doubt_serve_an_older_one():
    """An order lost long ago is not kept waiting by younger ones that ask first."""
    rig = DeskRig().open()
    rig.venue.is_deaf = True
    lost = []

    for _ in range(80):
        lost.append(rig.buy())
        rig.venue.arrive(lose=True)
        rig.advance(0.25)

    ended = [name for name in lost if rig.replies(name) == ["unknown", "rejected"]]
    assert ended == lost[: len(ended)]
    assert len(ended) >= 40


def test_fills_of_many_orders_are_asked_for_by_symbol():
    """A hundred orders traded while the stream was deaf: one question, not one for each."""
    rig = DeskRig().open()
    rig.venue.is_deaf = True
    names = [rig.buy() for _ in range(100)]
    for name in names:
        rig.venue.arrive(answer=False)
        rig.venue.trade(name, 1)
    asked = rig.venue.fills_asked

    rig.advance(2)

    assert rig.limits.position(SYMBOL) == Decimal(100)
    assert rig.venue.fills_asked - asked <= 10


def test_fills_are_not_asked_for_once_they_came():
    """An order that stays open after its fills were told is complete."""
    rig = DeskRig().open()
    rig.venue.is_deaf = True
    name = rig.buy("2")
    rig.venue.arrive(answer=False)
    rig.venue.trade(name, 1)
    rig.advance(3)
    asked = rig.venue.fills_asked

    rig.advance(3)

    assert rig.replies(name).count("filled") == 1
    assert rig.venue.fills_asked == asked


def test_of_many_orders_that_are_in_no_list_some_are_asked_about_at_a_time():
    """The rest waits for the answers, and none is asked about twice before its answer came."""
    rig = DeskRig().open()
    rig.venue.is_deaf = True
    names = [rig.buy() for _ in range(300)]
    for _ in names:
        rig.venue.arrive(lose=True)
    rig.settle()
    rig.venue.is_silent = True

    rig.advance(0.75)

    assert len(rig.venue.asked) == len(set(rig.venue.asked)) == 100
    rig.venue.is_silent = False
    rig.advance(12)
    assert not len(rig.desk.outcomes)
