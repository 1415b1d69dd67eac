"""What one piece of evidence does to an order with a change under way."""

from __future__ import annotations

from decimal import Decimal

import pytest
from msgspec.structs import replace

import tradecore as tc
from support.desk_venue import SYMBOL, DeskRig
from support.local_host import btc
from tradecore.exchanges.base import ModifyOrder, NewOrder
from tradecore.execution.desk_evidence import merge
from tradecore.execution.desk_orders import DeskOrder, OrderTable, Stage
from tradecore.model.venue import OrderUpdate
from tradecore.risk import PositionsOnly


class Known:
    """An order that rests at 100, with a change to 102 that was sent."""

    def __init__(self):
        self.table, self.limits = OrderTable(10), PositionsOnly()
        one, price = Decimal(1), Decimal(100)
        new = NewOrder(
            client_order_id="a",
            symbol=SYMBOL,
            side="buy",
            type="limit",
            quantity=one,
            price=price,
        )
        self.order = DeskOrder(
            trader="t", new=new, stage=Stage.LIVE, price=price, quantity=one, sent_ns=1
        )
        self.table.add(self.order)
        self.limits.restore("t", new, now_ns=1)
        self.order.change = ModifyOrder(
            client_order_id="a", symbol=SYMBOL, side="buy", price=Decimal(102), quantity=one
        )

    def hear(self, reply, *, at_ns=2, **terms):
        """Take evidence in, and return whether it was news."""
        update = OrderUpdate(
            client_order_id="a",
            symbol=SYMBOL,
            reply=reply,
            ts_event_ns=at_ns,
            ts_recv_ns=2,
            source="stream",
            **terms,
        )
        return merge(self.order, update, table=self.table, limits=self.limits)


@pytest.fixture
def known():
    """Return such an order."""
    return Known()


def test_what_is_said_twice_of_one_change_does_not_end_the_next(known):
    """The response told of it, the next change was sent, then the stream tells of the first."""
    assert not known.hear("replaced", price=Decimal(100), quantity=Decimal(1))
    assert known.order.change is not None

    assert known.hear("replaced", price=Decimal(102), quantity=Decimal(1))
    assert known.order.change is None
    assert known.order.price == Decimal(102)


@pytest.mark.parametrize(
    ("told", "is_post_only", "is_answer"),
    [
        pytest.param(("102", "1"), False, True, id="what-was-asked"),
        pytest.param(("101", "1"), True, True, id="moved-away"),
        pytest.param(("101", "1"), False, False, id="other-terms"),
        pytest.param(("103", "1"), True, False, id="moved-closer"),
        pytest.param(("101", "2"), True, False, id="another-quantity"),
        pytest.param(("100", "1"), True, False, id="as-it-was"),
    ],
)
def test_the_core_and_the_desk_agree_on_what_answers_a_change(told, is_post_only, is_answer):
    """A strategy and its desk wait for the same message."""
    price, quantity = Decimal(told[0]), Decimal(told[1])
    known = Known()
    known.order.new = replace(known.order.new, post_only=is_post_only)
    known.hear("replaced", at_ns=5, price=price, quantity=quantity)
    trader = tc.Trader([btc()], run_id="t1", venue="binance-usdm")
    order = trader.submit(SYMBOL, "buy", 1, "100", post_only=is_post_only, now_ns=1)
    trader.apply(order.key, "accepted", ts_event_ns=2, ts_recv_ns=2)
    trader.modify(order, price="102", now_ns=3)
    at = {"ts_event_ns": 5, "ts_recv_ns": 5}
    trader.apply(order.key, "replaced", price=price, quantity=quantity, **at)

    assert (known.order.change is None) == is_answer
    assert (str(order.state) == "ACCEPTED") == is_answer


def test_an_answer_that_comes_after_later_terms_ends_its_change(known):
    """The venue cut the order meanwhile, and said that first."""
    one = Decimal(1)
    assert known.hear("replaced", at_ns=5, price=Decimal(102), quantity=Decimal("0.5"))
    assert known.order.change is not None
    assert known.hear("replaced", at_ns=4, price=Decimal(102), quantity=one)
    assert known.order.change is None
    assert known.order.quantity == Decimal("0.5")


def test_news_of_a_change_before_the_last_does_not_undo_it(known):
    """The stream tells of the first when the second is done: not the order's terms any more."""
    one = Decimal(1)
    assert known.hear("replaced", at_ns=3, price=Decimal(101), quantity=one)
    assert known.hear("replaced", at_ns=4, price=Decimal(102), quantity=one)

    assert not known.hear("replaced", at_ns=3, price=Decimal(101), quantity=one)
    assert known.order.price == Decimal(102)


def test_a_refused_change_is_told_though_the_order_has_filled(known):
    """Who asked for it waits for its answer: more could have been open by it."""
    fill = {"exec_id": 7, "price": Decimal(100), "quantity": Decimal(1), "liquidity": "maker"}
    assert known.hear("filled", **fill)
    assert not known.order.is_open

    assert known.hear("modify_rejected", reject_code="UNKNOWN_ORDER")
    assert not known.hear("modify_rejected", reject_code="UNKNOWN_ORDER")


def test_an_audit_finds_the_fill_that_was_not_told_of():
    """While the order still rests: nothing else would say so before it ends."""
    rig = DeskRig().open()
    name = rig.buy()
    rig.venue.arrive()
    rig.settle()
    rig.venue.is_deaf = True
    rig.venue.trade(name, "0.4")
    rig.venue.is_deaf = False

    rig.advance(25)

    assert [one.quantity for one in rig.told if one.reply == "filled"] == [Decimal("0.4")]
    assert rig.limits.position(SYMBOL) == rig.venue.position == Decimal("0.4")


def test_a_change_in_doubt_is_answered_though_its_order_has_filled():
    """The change was lost on its way and the order filled as it was: the trader is told."""
    rig = DeskRig().open()
    name = rig.buy()
    rig.venue.arrive()
    rig.settle()
    rig.modify(name, "101", "2")
    rig.venue.arrive(lose=True)
    rig.settle()
    rig.venue.trade(name, "1")

    rig.advance(10)

    assert rig.replies(name) == ["accepted", "unknown", "filled", "modify_rejected"]
    assert len(rig.desk.outcomes) == 0
