"""An order that waits for a trigger has one id with the venue there, and another afterwards."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import pytest

from support.desk_venue import SYMBOL
from tradecore.exchanges.base import ConditionalTold, ModifyOrder, NewOrder
from tradecore.execution.desk_admission import unchangeable, unfit
from tradecore.execution.desk_evidence import conditional_update, merge, trigger_of
from tradecore.execution.desk_orders import DeskOrder, OrderTable, Stage
from tradecore.execution.desk_swaps import heir_of, told_of
from tradecore.model.venue import OrderUpdate
from tradecore.risk import PositionsOnly

WAITING, WORKING = "9", "77"


def stop(**changes):
    """Return a stop as a strategy sends it."""
    terms = {
        "client_order_id": "a",
        "symbol": SYMBOL,
        "side": "buy",
        "type": "stop",
        "quantity": Decimal(1),
        "stop_price": Decimal(110),
    }
    return NewOrder(**terms | changes)


@dataclass
class Everything:
    """A venue that takes every order that waits, or none for one reason."""

    why: str | None = None

    def objection(self, order):
        """Say why not."""
        del order
        return self.why


class Kept:
    """A stop the venue has taken, and what is told of it."""

    def __init__(self):
        self.table, self.limits = OrderTable(10), PositionsOnly()
        new = stop()
        self.order = DeskOrder(
            trader="t", new=new, stage=Stage.SENT, price=None, quantity=new.quantity, sent_ns=1
        )
        self.table.add(self.order)
        self.limits.restore("t", new, now_ns=1)
        self.heard = []

    def hear(self, reply, name=None, **terms):
        """Take evidence in as a desk does."""
        update = OrderUpdate(
            client_order_id="a",
            symbol=SYMBOL,
            reply=reply,
            ts_event_ns=2,
            ts_recv_ns=2,
            venue_order_id=name,
            **terms,
        )
        for one in (trigger_of(self.order, update), update):
            if one is not None and merge(self.order, one, table=self.table, limits=self.limits):
                self.heard.append(one.reply)

    def told(self, status, order_id=None):
        """Take in what the venue tells of its stay with the trigger."""
        told = ConditionalTold(
            client_order_id="a",
            venue_order_id=WAITING,
            symbol=SYMBOL,
            status=status,
            order_id=order_id,
            reject_text=None,
            ts_event_ns=2,
            ts_recv_ns=2,
            source="stream",
        )
        update = conditional_update(told)
        if merge(self.order, update, table=self.table, limits=self.limits):
            self.heard.append(update.reply)

    def fill(self):
        """Take its fill in."""
        self.hear("filled", WORKING, exec_id=5, price=Decimal(111), quantity=Decimal(1))


STEPS = {
    "accepted": lambda kept: kept.hear("accepted", WORKING),
    "filled": Kept.fill,
    "triggering": lambda kept: kept.told("triggering"),
    "triggered": lambda kept: kept.told("triggered", WORKING),
    "finished": lambda kept: kept.told("finished", WORKING),
}


@pytest.mark.parametrize(
    "steps",
    [
        ("triggering", "triggered", "accepted", "filled", "finished"),
        ("triggering", "accepted", "filled", "triggered", "finished"),
        ("accepted", "triggering", "triggered", "filled", "finished"),
        ("filled", "accepted", "triggering", "triggered", "finished"),
        ("triggered", "finished", "filled", "accepted"),
    ],
    ids=",".join,
)
def test_in_whatever_order_it_is_told_it_was_triggered_once_and_then_traded(steps):
    """And its fills are found under the id it has now."""
    kept = Kept()
    kept.told("new")
    assert kept.order.waits
    for step in steps:
        STEPS[step](kept)

    assert kept.heard == ["accepted", "triggered", "filled"]
    assert kept.table.by_venue_id(SYMBOL, WORKING) is kept.order
    assert kept.table.by_venue_id(SYMBOL, WAITING) is kept.order
    assert kept.order.venue_order_id == WORKING
    assert not kept.order.waits


@pytest.mark.parametrize(
    ("status", "reply"),
    [("canceled", "canceled"), ("expired", "expired"), ("rejected", "expired")],
)
def test_one_that_never_was_triggered_ends_where_it_waits(status, reply):
    """What the venue had taken is not rejected afterwards."""
    kept = Kept()
    kept.told("new")
    kept.told(status)

    assert kept.heard == ["accepted", reply]
    assert not kept.order.is_open


def test_it_is_not_changed_before_the_venue_has_it():
    """Afterwards it may be, as long as nothing else of it is under way."""
    kept = Kept()
    assert unchangeable(kept.order).code == "REQUEST_IN_FLIGHT"
    kept.told("new")
    assert unchangeable(kept.order) is None


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        pytest.param({"stop_price": None}, "BAD_COMBINATION", id="no-trigger"),
        pytest.param({"price": Decimal(1)}, "BAD_COMBINATION", id="a-price-too-many"),
        pytest.param({"type": "stop_limit"}, "BAD_COMBINATION", id="no-price"),
        pytest.param(
            {"type": "trailing_stop", "price": Decimal(1)}, "BAD_COMBINATION", id="trailing-limit"
        ),
    ],
)
def test_a_stop_that_makes_no_sense_is_refused_before_it_is_written_down(changes, code):
    """With the values it has."""
    refused = unfit(stop(**changes), waiting=Everything())

    assert refused.code == code
    assert "client_order_id=a" in refused.text


def test_where_no_venue_keeps_them_none_is_sent():
    """A plain order is nobody's business here."""
    assert unfit(stop(), waiting=None).code == "UNSUPPORTED"
    assert unfit(stop(), waiting=Everything()) is None
    objecting = unfit(stop(type="trailing_stop", stop_price=None), waiting=Everything("too far"))
    assert (objecting.code, objecting.text[:7]) == ("UNSUPPORTED", "too far")
    assert unfit(stop(type="limit", price=Decimal(1), stop_price=None), waiting=None) is None


def change(**terms):
    """Return a change of the stop."""
    named = {"price": None, "quantity": Decimal(2), "stop_price": Decimal(120), **terms}
    return ModifyOrder(client_order_id="a", symbol=SYMBOL, side="buy", **named)


def follow(kept):
    """Take the stop back for a change, and have the next one wait in its stead."""
    kept.told("new")
    heir = heir_of(kept.order, change())
    kept.told("canceled")
    order = DeskOrder(
        trader="t", new=heir, stage=Stage.SENT, price=None, quantity=heir.quantity, sent_ns=2
    )
    kept.table.add(order)
    return order


def test_the_next_one_has_an_id_of_its_own_and_the_terms_asked_for():
    """What was not asked for stays; its trader knows it by the first one's id."""
    kept = Kept()
    order = follow(kept)

    assert (order.client_order_id, order.told_as, order.generation) == ("a:1", "a", 1)
    assert (order.new.quantity, order.new.stop_price, order.new.type) == (2, 120, "stop")
    assert kept.table.current("a") is order
    assert heir_of(order, change(stop_price=None)) == NewOrder(
        client_order_id="a:2",
        symbol=SYMBOL,
        side="buy",
        type="stop",
        quantity=Decimal(2),
        stop_price=Decimal(120),
    )


@pytest.mark.parametrize(
    ("new", "asked", "code"),
    [
        ({"type": "trailing_stop", "trailing_distance": Decimal(1)}, {}, "UNSUPPORTED"),
        ({}, {"price": Decimal(1)}, "BAD_COMBINATION"),
        ({"type": "stop_limit", "price": Decimal(1)}, {}, "BAD_COMBINATION"),
        ({"client_order_id": "a" * 35}, {}, "UNSUPPORTED"),
    ],
)
def test_some_changes_make_no_next_one(new, asked, code):
    """Nothing is taken back for them."""
    order = DeskOrder.queued("t", stop(**new), 1)
    assert heir_of(order, change(**asked)).code == code


def test_a_trader_that_comes_back_is_told_of_one_order():
    """That the first was taken back is nothing to it; the next is its change, done."""
    kept = Kept()
    order = follow(kept)
    evidence = [("a", "accepted"), ("a", "canceled"), ("a:1", "unknown"), ("a:1", "accepted")]
    for name, reply in [*evidence, ("a:1", "triggered")]:
        kept.table.get(name).note(
            OrderUpdate(
                client_order_id=name, symbol=SYMBOL, reply=reply, ts_event_ns=3, ts_recv_ns=3
            )
        )

    told = [*told_of(kept.order, kept.table), *told_of(order, kept.table)]

    assert {one.client_order_id for one in told} == {"a"}
    replies = ["accepted", "unknown", "replaced", "accepted", "triggered"]
    assert [one.reply for one in told] == replies
    assert (told[2].price, told[2].quantity, told[2].stop_price) == (None, 2, 120)


def test_an_id_that_only_looks_so_follows_nobody():
    """A colon alone makes no next one."""
    for name in ("a:", ":1", "a:b"):
        order = DeskOrder.queued("t", stop(client_order_id=name), 1)
        assert (order.told_as, order.generation) == (name, 0)
