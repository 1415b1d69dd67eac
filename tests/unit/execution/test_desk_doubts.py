"""A doubt ends for the trader too: what the desk concluded says how the order stands."""

from __future__ import annotations

from decimal import Decimal

import pytest

import tradecore as tc
from support.desk_venue import SECOND, SYMBOL, DeskRig
from support.local_host import btc
from tradecore.exchanges.base import OpenOrdersListed, OrderFound, OrderNotFound


@pytest.fixture
def rig():
    """Return a desk that may trade."""
    return DeskRig().open()


def as_its_trader_sees_it(rig, name, *, asked="101"):
    """Return an order's state at a trader that heard all that the desk told of it.

    What it had asked for when the doubt began: a change to a price, or a cancel (`None`).
    """
    trader = tc.Trader([btc()], run_id="t1", venue="binance-usdm")
    order = trader.submit(SYMBOL, "buy", "2", "100", now_ns=1)
    for update in rig.told:
        if update.client_order_id != name:
            continue
        if update.reply == "unknown" and asked is None:
            trader.cancel(order, now_ns=update.ts_recv_ns)
        elif update.reply == "unknown":
            trader.modify(order, price=asked, quantity="3", now_ns=update.ts_recv_ns)
        trader.apply(
            order.key,
            update.reply,
            ts_event_ns=update.ts_event_ns,
            ts_recv_ns=update.ts_recv_ns,
            exec_id=update.exec_id,
            price=update.price,
            quantity=update.quantity,
            reject_code=update.reject_code,
        )
    return str(order.state)


def live(rig):
    """Return the id of an order the venue has."""
    name = rig.buy("2", "100")
    rig.venue.arrive()
    rig.settle()
    return name


def test_a_change_that_never_arrived_leaves_no_doubt_with_the_trader(rig):
    """The change is refused, and the order stands: the trader may act on it again."""
    name = live(rig)
    rig.modify(name, "101", "3")
    rig.venue.arrive(lose=True)

    rig.advance(8)

    assert rig.replies(name) == ["accepted", "unknown", "modify_rejected", "accepted"]
    assert as_its_trader_sees_it(rig, name) == "ACCEPTED"


def test_a_cancel_that_never_works_leaves_no_doubt_with_the_trader(rig):
    """Sent as often as may be and refused: the order stands."""
    name = live(rig)
    rig.cancel(name)
    while rig.venue.wire:
        rig.venue.arrive(lose=True)
        rig.advance(10)

    assert rig.replies(name)[-2:] == ["cancel_rejected", "accepted"]
    assert as_its_trader_sees_it(rig, name, asked=None) == "ACCEPTED"


def test_a_late_refusal_by_the_venue_ends_the_traders_doubt(rig):
    """The answer came after the desk gave it up: it says the order stands as it was."""
    name = live(rig)
    rig.venue.is_silent = True
    rig.modify(name, "101", "3")
    rig.advance(6)
    rig.venue.arrive()
    rig.settle()

    assert rig.replies(name) == ["accepted", "unknown", "modify_rejected", "accepted"]
    assert as_its_trader_sees_it(rig, name) == "ACCEPTED"


@pytest.mark.parametrize("is_done", [True, False])
def test_desk_and_trader_agree_on_an_order_that_traded_whole_while_its_change_is_in_doubt(
    rig, is_done
):
    """Both keep it open until it is known whether it became larger."""
    name = live(rig)
    rig.modify(name, "100", "3")
    asked = rig.desk.table.get(name).change
    rig.venue.arrive(lose=not is_done)
    rig.venue.inbox.clear()
    rig.venue.doubt(asked)
    rig.settle()
    rig.venue.trade(name, "2")
    rig.settle()
    assert rig.desk.table.get(name).is_open
    assert as_its_trader_sees_it(rig, name, asked="100") == "PENDING_REPLACE"

    rig.advance(15)
    assert rig.desk.table.get(name).is_open is is_done
    ends = "PARTIALLY_FILLED" if is_done else "FILLED"
    assert as_its_trader_sees_it(rig, name, asked="100") == ends


def test_no_doubt_of_the_trader_ends_while_something_is_open(rig):
    """The venue repeats that it has the order: of the change that says nothing."""
    name = live(rig)
    rig.modify(name, "101", "3")
    rig.venue.arrive(lose=True)
    rig.settle()
    number = str(rig.venue.orders[name].number)
    rig.venue.inbox.append(rig.venue._update(name, "accepted", venue_order_id=number))
    rig.settle()

    assert rig.replies(name) == ["accepted", "unknown"]


def test_an_order_that_was_never_in_doubt_is_told_of_once(rig):
    """A change the venue refuses at once leads to one answer."""
    name = live(rig)
    rig.venue.trade(name, 1)
    rig.settle()
    rig.modify(name, "101", "1")
    rig.venue.arrive()
    rig.settle()

    assert rig.replies(name) == ["accepted", "filled", "modify_rejected"]


def test_a_doubt_told_twice_is_not_begun_again(rig):
    """Of one request: what was asked since the first word of it counts."""
    name = rig.buy()
    _, asked = rig.venue.wire[0]
    rig.venue.arrive(lose=True)
    rig.advance(4)
    before = list(rig.desk.outcomes.doubt(name).absences)
    rig.venue.doubt(asked)
    rig.settle()

    assert before
    assert rig.desk.outcomes.doubt(name).absences == before


def new(rig):
    """Return the id of an order that never arrived, and how its trader hears of the end."""
    return rig.buy("2", "100"), "rejected"


def change(rig):
    """The same of a change."""
    name = live(rig)
    rig.modify(name, "101", "3")
    return name, "modify_rejected"


@pytest.mark.parametrize("request_of", [new, change])
def test_what_never_arrived_is_known_two_seconds_after_it_cannot_arrive(rig, request_of):
    """Three seconds after it was sent, twice, a second apart: no back-off comes on top of it."""
    name, end = request_of(rig)
    rig.venue.arrive(lose=True)
    rig.advance(5)

    assert end in rig.replies(name)


@pytest.mark.parametrize("request_of", [new, change])
@pytest.mark.parametrize("deaf_s", [1, 4, 9, 40])
def test_unanswered_questions_do_not_hold_back_the_ones_after_them(rig, request_of, deaf_s):
    """The venue answers again: the last question is four seconds old at most, and two follow."""
    name, end = request_of(rig)
    rig.venue.is_silent = True
    rig.venue.arrive(lose=True)
    rig.advance(deaf_s)
    rig.venue.is_silent = False
    rig.advance(6)

    assert end in rig.replies(name)


def test_a_late_answer_is_as_old_as_its_question(rig):
    """Asked when the order could still arrive: that it was not there then says nothing."""
    name = rig.buy()
    rig.venue.is_silent = True
    rig.venue.arrive(lose=True)
    rig.advance(1)
    asked_ns = rig.venue.now_ns
    rig.advance(4)
    late = OrderNotFound(
        client_order_id=name, symbol=SYMBOL, asked_ns=asked_ns, ts_recv_ns=rig.venue.now_ns
    )
    rig.venue.inbox.append(late)
    rig.settle()

    assert not rig.desk.outcomes.doubt(name).absences


def test_a_change_may_come_after_an_answer_that_does_not_have_it(rig):
    """Asked when the change could still arrive, and answered when it no longer could."""
    name = live(rig)
    rig.venue.is_silent = True
    rig.modify(name, "101", "3")
    rig.venue.doubt(rig.desk.table.get(name).change)
    rig.advance(1)
    then = OrderFound(
        order=rig.venue.orders[name].listed(rig.venue.now_ns), asked_ns=rig.venue.now_ns
    )
    rig.venue.is_deaf = True
    rig.venue.arrive()
    rig.venue.inbox.clear()
    rig.advance(4)
    rig.venue.inbox.append(then)
    rig.settle()
    assert rig.replies(name) == ["accepted", "unknown"]

    rig.venue.is_silent = False
    rig.advance(5)
    assert rig.replies(name) == ["accepted", "unknown", "replaced"]


def late_answer(rig, name):
    """Return what the venue says of an order now, to be heard later."""
    now_ns = rig.venue.now_ns
    return OrderFound(order=rig.venue.orders[name].listed(now_ns), asked_ns=now_ns)


def late_list(rig, name):
    """Return what the venue lists now, to be heard later as the answer to an audit."""
    now_ns = rig.venue.now_ns
    return OpenOrdersListed(
        symbol=None,
        orders=(rig.venue.orders[name].listed(now_ns),),
        asked_ns=now_ns,
        ts_recv_ns=now_ns,
    )


def audit_is_lost(rig):
    """Have an audit asked for, to which no answer comes."""
    rig.venue.now_ns += 10 * SECOND
    rig.desk.tick(rig.venue.now_ns)
    rig.venue.inbox.clear()


@pytest.mark.parametrize("asked", [late_answer, late_list])
def test_terms_from_before_a_change_do_not_undo_it(rig, asked):
    """Asked before the change was done and heard after: the fill in it counts, its terms do not."""
    name = live(rig)
    rig.venue.is_deaf = True
    rig.venue.trade(name, "0.5")
    late = asked(rig, name)
    rig.venue.now_ns += 1_000
    rig.modify(name, "101", "3")
    rig.venue.arrive()
    rig.settle()
    audit_is_lost(rig)
    rig.venue.inbox.append(late)
    rig.settle()

    order = rig.desk.table.get(name)
    assert (order.price, order.quantity) == (Decimal(101), Decimal(3))
    assert order.cumulative == Decimal("0.5")
    assert rig.replies(name) == ["accepted", "replaced", "filled"]


def test_an_answer_from_before_a_change_does_not_confirm_the_way_back(rig):
    """The order is changed there and back; what it was at first is no answer to the second."""
    name = live(rig)
    late = late_answer(rig, name)
    rig.venue.now_ns += 1_000
    rig.modify(name, "101", "3")
    rig.venue.arrive()
    rig.settle()
    rig.modify(name, "100", "2")
    rig.venue.inbox.append(late)
    rig.settle()

    assert rig.desk.table.get(name).change is not None
    assert rig.replies(name) == ["accepted", "replaced"]


def test_a_change_made_by_hand_is_found_after_one_of_ours(rig):
    """Asked after the last change: what the venue says then are the terms."""
    name = live(rig)
    rig.modify(name, "101", "3")
    rig.venue.arrive()
    rig.settle()
    rig.venue.now_ns += 1_000
    rig.venue.orders[name].price = Decimal(99)
    rig.venue.inbox.append(late_answer(rig, name))
    rig.settle()

    assert rig.desk.table.get(name).price == Decimal(99)


def test_a_list_from_before_an_order_does_not_miss_it(rig):
    """Asked before it was sent and heard after, twice: that it is not listed says nothing."""
    lists = []
    for _ in range(2):
        audit_is_lost(rig)
        now_ns = rig.venue.now_ns
        empty = OpenOrdersListed(symbol=None, orders=(), asked_ns=now_ns, ts_recv_ns=now_ns)
        lists.append(empty)
    name = live(rig)
    for late in lists:
        audit_is_lost(rig)
        rig.venue.inbox.append(late)
        rig.settle()

    assert rig.venue.asked == []
    assert rig.desk.table.get(name).absences == 0


def test_an_unfinished_life_resumes_with_the_traders_doubt(rig):
    """Killed between the doubt and its end: the next life tells the end all the same."""
    name = live(rig)
    rig.modify(name, "101", "3")
    rig.venue.arrive(lose=True)
    rig.settle()
    rig.start()
    rig.open()
    rig.advance(15)

    assert rig.replies(name)[-1] == "accepted"
    assert as_its_trader_sees_it(rig, name) == "ACCEPTED"
    assert rig.desk.table.get(name).quantity == Decimal(2)


def test_a_cancel_lost_with_the_process_is_sent_again(rig):
    """Written down, and never at the venue: the next life asks, and cancels."""
    name = live(rig)
    rig.cancel(name)
    rig.venue.wire.clear()
    rig.start()
    rig.open()
    for _ in range(10):
        rig.advance(1)
        while rig.venue.wire:
            rig.venue.arrive()
            rig.settle()

    assert not rig.venue.open_ids()
    assert rig.replies(name)[-1] == "canceled"
