"""The desk: what it refuses, what it writes down, what it makes of lost answers and of gaps."""

from __future__ import annotations

from decimal import Decimal

import pytest

from support.desk_venue import SECOND, START_NS, SYMBOL, WINDOW_NS, DeskRig
from tradecore.exchanges.base import CancelOrder, NewOrder
from tradecore.execution import DeskAlert, DeskReconciled
from tradecore.execution.desk_orders import Stage
from tradecore.model import Refused


@pytest.fixture
def rig():
    """Return a desk that may trade."""
    return DeskRig().open()


def state(rig, name):
    """Return how far an order is, as the desk sees it."""
    return rig.desk.table.get(name).stage


def test_nothing_leaves_before_the_state_was_reconciled():
    """A new order is refused until the private stream is live and all lists came."""
    rig = DeskRig()

    refused = rig.buy()

    assert isinstance(refused, Refused)
    assert (refused.code, rig.venue.wire) == ("VENUE_UNAVAILABLE", rig.venue.wire)
    assert not rig.venue.wire
    assert "not live yet" in refused.text


def test_an_order_is_written_down_before_it_leaves(rig):
    """The journal has the intent when the request is on the wire."""
    name = rig.buy()

    (_, entry), *_ = rig.journal.kept
    assert entry.what.client_order_id == name
    assert len(rig.venue.wire) == 1


def test_what_cannot_be_written_down_does_not_leave(rig):
    """A full disk refuses the order; nothing is sent, nothing is held."""
    rig.journal.room = 0

    refused = rig.buy()

    assert refused.code == "VENUE_UNAVAILABLE"
    assert "No space left" in refused.text
    assert not rig.venue.wire


def test_the_same_command_twice_is_one_order(rig):
    """A trader that got no acknowledgement repeats its command: it is not sent again."""
    name = rig.buy()
    order = rig.desk.table.get(name).new

    assert rig.desk.submit("t1", order, now_ns=rig.venue.now_ns) is None
    assert len(rig.venue.wire) == 1


def test_one_id_names_one_order(rig):
    """The same id with other terms is refused, and the text names it."""
    name = rig.buy()
    other = NewOrder(
        client_order_id=name,
        symbol=SYMBOL,
        side="sell",
        type="limit",
        quantity=Decimal(2),
        price=Decimal(101),
    )

    refused = rig.desk.submit("t1", other, now_ns=rig.venue.now_ns)

    assert refused.code == "DUPLICATE_CLIENT_ORDER_ID"
    assert name in refused.text


def test_an_order_of_another_trader_is_not_touched(rig):
    """A cancel for somebody else's order is refused as unknown."""
    name = rig.buy()
    cancel = CancelOrder(client_order_id=name, symbol=SYMBOL)

    refused = rig.desk.cancel("t2", cancel, now_ns=rig.venue.now_ns)

    assert refused.code == "UNKNOWN_ORDER"


def test_a_life_without_trouble(rig):
    """Accepted, filled in two parts, done; the position is the sum of the fills."""
    name = rig.buy("3")
    rig.venue.arrive()
    rig.venue.trade(name, 1)
    rig.venue.trade(name, 2)
    rig.settle()

    assert rig.replies(name) == ["accepted", "filled", "filled"]
    assert state(rig, name) is Stage.DONE
    assert rig.limits.position(SYMBOL) == 3


@pytest.mark.parametrize("is_queued", [False, True], ids=["on-its-way", "queued"])
def test_a_change_that_came_too_late_is_answered_though_the_order_is_done(rig, is_queued):
    """It traded out before the change reached the venue: its trader waits for the answer."""
    name = rig.buy("3")
    rig.venue.arrive()
    rig.settle()
    rig.venue.can_send = not is_queued
    rig.modify(name, "101", "5")
    rig.venue.trade(name, 3)
    rig.settle()
    while rig.venue.wire:
        rig.venue.arrive()
    rig.settle()

    assert rig.replies(name) == ["accepted", "filled", "modify_rejected"]


def test_a_lost_answer_is_asked_about_and_never_sent_again(rig):
    """Executed, answer lost: the query finds the order; one order exists."""
    name = rig.buy()
    rig.venue.arrive(answer=False)
    rig.settle()
    assert rig.replies(name) == ["unknown"]

    rig.advance(1)

    assert rig.replies(name) == ["unknown", "accepted"]
    assert rig.venue.created == [name]
    assert not len(rig.desk.outcomes)


def test_silence_is_an_answer_only_after_the_window(rig):
    """Never arrived: rejected, but not before the request could not arrive any more."""
    name = rig.buy()
    rig.venue.arrive(lose=True)
    rig.settle()

    rig.advance(2.5)
    assert rig.replies(name) == ["unknown"]
    rig.advance(12)

    assert rig.replies(name) == ["unknown", "rejected"]
    assert not len(rig.desk.outcomes)


def test_a_request_that_arrives_late_is_found(rig):
    """Unknown for more than a second, then executed: it is accepted, not rejected."""
    name = rig.buy()
    rig.venue.doubt(rig.desk.table.get(name).new)
    rig.settle()
    rig.advance(1.5)

    rig.venue.arrive(answer=False)
    rig.advance(3)

    assert rig.replies(name)[:2] == ["unknown", "accepted"]
    assert rig.venue.created == [name]


def test_a_fill_that_only_a_list_knows_is_counted_once(rig):
    """Filled while the answer was lost and the stream deaf: found by query, booked by list."""
    name = rig.buy("2")
    rig.venue.is_deaf = True
    rig.venue.arrive(answer=False)
    rig.venue.trade(name, 2)

    rig.advance(3)

    assert rig.replies(name).count("filled") == 1
    assert rig.limits.position(SYMBOL) == 2
    assert state(rig, name) is Stage.DONE


def test_a_cancel_whose_answer_was_lost_ends_as_the_venue_says(rig):
    """Executed, answer lost: the query says canceled."""
    name = rig.buy()
    rig.venue.arrive()
    rig.settle()
    rig.cancel(name)
    rig.venue.arrive(answer=False)

    rig.advance(1)

    assert rig.replies(name)[-1] == "canceled"


def test_a_cancel_that_never_arrived_is_sent_again(rig):
    """A cancel twice does no harm, so it is repeated once the first cannot arrive any more."""
    name = rig.buy()
    rig.venue.arrive()
    rig.settle()
    rig.cancel(name)
    rig.venue.arrive(lose=True)
    rig.settle()

    while not rig.venue.wire:
        rig.advance(0.25)
    rig.venue.arrive()
    rig.settle()

    assert rig.venue.now_ns - START_NS > WINDOW_NS
    assert rig.venue.open_ids() == set()
    assert rig.replies(name)[-1] == "canceled"


def test_cancels_are_not_repeated_for_ever(rig):
    """After the third cancel without effect the trader is told that it was refused."""
    name = rig.buy()
    rig.venue.arrive()
    rig.settle()
    rig.cancel(name)
    for _ in range(3):
        rig.venue.arrive(lose=True)
        rig.advance(10)

    assert "cancel_rejected" in rig.replies(name)
    assert not rig.venue.wire


@pytest.mark.parametrize(
    ("lose", "ends"),
    [pytest.param(True, "modify_rejected", id="lost"), pytest.param(False, "replaced", id="done")],
)
def test_a_change_whose_answer_was_lost(rig, lose, ends):
    """The order as it stands says whether the change was made."""
    name = rig.buy("2", "100")
    rig.venue.arrive()
    rig.settle()
    rig.modify(name, "101", "3")
    rig.venue.arrive(lose=lose, answer=False)

    rig.advance(8)

    assert rig.replies(name)[2] == ends
    order = rig.desk.table.get(name)
    booked = rig.venue.orders[name]
    assert (order.price, order.quantity) == (booked.price, booked.quantity)


def test_an_end_waits_for_the_fills_before_it(rig):
    """Canceled after a fill that was not told: the fill is fetched and told first."""
    name = rig.buy("5")
    rig.venue.arrive()
    rig.settle()
    rig.venue.is_deaf = True
    rig.venue.trade(name, 2)
    rig.venue.is_deaf = False
    rig.cancel(name)
    rig.venue.arrive()
    rig.settle()

    assert rig.replies(name) == ["accepted", "filled", "canceled"]


def test_after_a_gap_trading_waits_for_the_lists(rig):
    """Filled and canceled while deaf: all is known before the next order may leave."""
    first, second = rig.buy("2"), rig.buy("1")
    rig.venue.arrive()
    rig.venue.arrive()
    rig.settle()
    rig.venue.lose_stream()
    rig.settle()
    assert isinstance(rig.buy(), Refused)
    rig.venue.trade(first, 2)
    rig.venue.orders[second].status = "canceled"

    rig.open()
    rig.advance(1)

    assert rig.replies(first)[-1] == "filled"
    assert rig.replies(second)[-1] == "canceled"
    assert rig.limits.position(SYMBOL) == 2
    assert isinstance(rig.buy(), str)
    (told,) = {o.symbol for o in rig.others if isinstance(o, DeskReconciled)}
    assert told == SYMBOL


def test_a_desk_that_was_killed_goes_on_where_it_stood(rig):
    """One order open, one filled meanwhile, one never sent: after the crash all is true."""
    kept, filled = rig.buy("1"), rig.buy("2")
    rig.venue.arrive()
    rig.venue.arrive()
    lost = rig.buy("4")
    rig.venue.wire.clear()
    rig.venue.trade(filled, 2)

    rig.start()
    rig.open()
    rig.advance(12)

    assert {o.client_order_id for o in rig.desk.table.open_orders()} == {kept}
    assert rig.replies(lost)[-1] == "rejected"
    assert rig.limits.position(SYMBOL) == 2
    assert rig.venue.created == [kept, filled]


def test_a_position_nobody_can_explain_is_the_venues(rig):
    """What was held before is adopted, once the same difference was seen twice, and told."""
    rig.venue.position = Decimal(7)
    rig.venue.lose_stream()
    rig.open()

    assert rig.limits.position(SYMBOL) == 7
    (told,) = [o for o in rig.others if isinstance(o, DeskReconciled)]
    assert (told.position_before, told.position_after) == (0, 7)


def test_an_orphan_of_ours_is_canceled_and_a_persons_order_is_not(rig):
    """An open order with our prefix that no journal knows is canceled; another is left alone."""
    for name in ("tc-old-1", "by-hand"):
        order = NewOrder(
            client_order_id=name,
            symbol=SYMBOL,
            side="buy",
            type="limit",
            quantity=Decimal(1),
            price=Decimal(90),
        )
        rig.venue.wire.append((rig.venue.now_ns, order))
        rig.venue.arrive()
    rig.venue.inbox.clear()
    rig.venue.lose_stream()
    rig.open()
    while rig.venue.wire:
        rig.venue.arrive()
    rig.settle()

    assert rig.venue.open_ids() == {"by-hand"}


def test_a_doubt_that_stays_calls_somebody_and_stops_the_symbol(rig):
    """A venue that answers nothing: after half a minute an alarm, and no further orders there."""
    name = rig.buy()
    rig.venue.doubt(rig.desk.table.get(name).new)
    rig.settle()
    rig.venue.query = lambda *_a, **_k: None

    rig.advance(31)

    codes = [o.alert.code for o in rig.others if isinstance(o, DeskAlert)]
    assert codes.count("UNKNOWN_ORDER_STATE") == 1
    refused = rig.buy()
    assert isinstance(refused, Refused)
    assert "in doubt" in refused.text
    assert state(rig, name) is Stage.SENT


def test_an_order_that_waits_too_long_was_provably_not_sent(rig):
    """With the way to the venue shut, an order is given up after its time, and was never sent."""
    rig.venue.can_send = False
    name = rig.buy()

    rig.advance(6)

    assert rig.replies(name) == ["rejected"]
    assert rig.told[-1].reject_code == "VENUE_UNAVAILABLE"
    assert not rig.venue.wire


def test_a_cancel_takes_back_what_was_not_sent(rig):
    """An order that still waits is canceled here, without a word to the venue."""
    rig.venue.can_send = False
    name = rig.buy()
    rig.cancel(name)
    rig.collect()
    rig.venue.can_send = True
    rig.advance(1)

    assert rig.replies(name) == ["canceled"]
    assert not rig.venue.wire


def test_cancels_leave_while_new_orders_may_not(rig):
    """With the private stream lost an order can still be canceled."""
    name = rig.buy()
    rig.venue.arrive()
    rig.settle()
    rig.venue.lose_stream()
    rig.settle()

    assert rig.cancel(name) is None
    assert isinstance(rig.venue.wire[-1][1], CancelOrder)


def test_a_wrong_clock_stops_new_orders(rig):
    """Who cannot tell the venue's time does not sign orders; the reason is told."""
    rig.desk.set_clock(2 * SECOND, refused="the clock is 2 s off")

    refused = rig.buy()

    assert (refused.code, "2 s off" in refused.text) == ("VENUE_UNAVAILABLE", True)
