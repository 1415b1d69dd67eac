"""An order that waits for a trigger has one id with the venue there, and another afterwards."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import pytest

from support.desk_venue import SYMBOL
from tradecore.exchanges.base import ConditionalTold, NewOrder
from tradecore.execution.desk_admission import unchangeable, unfit
from tradecore.execution.desk_evidence import conditional_update, merge, trigger_of
from tradecore.execution.desk_orders import DeskOrder, OrderTable, Stage
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
