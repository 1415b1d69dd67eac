"""A strategy on the real way: what it hears, when, and what leaves of what it does."""

from __future__ import annotations

from decimal import Decimal

import pytest

import tradecore as tc
from support.local_host import BTC, START_NS, TopOfBook, btc
from tradecore.exchanges.base import CancelOrder, ModifyOrder, NewOrder
from tradecore.model import ConnectionChange, OrderUpdate
from tradecore.model.errors import UnsupportedError
from tradecore.processes.strategy_host import LiveHost
from tradecore.strategy import StrategyContainer
from tradecore.telemetry import ManualClock

S = 1_000_000_000


class Market:
    """One book, changed by hand."""

    def __init__(self):
        self.now = TopOfBook()
        self.wanted = []

    def book(self, symbol):
        """Return it."""
        assert symbol == BTC
        return self.now

    def subscribe(self, subscription):
        """Note it."""
        self.wanted.append(subscription)


class Way:
    """Keeps what is sent."""

    def __init__(self):
        self.sent = []

    def submit(self, order):
        """Keep it."""
        self.sent.append(order)

    modify = cancel = submit


class Quoter(tc.AbstractStrategy):
    """Buys below the market once, and notes all it hears."""

    def __init__(self):
        super().__init__()
        self.heard = []

    def on_start(self):
        """Follow the best level, wake each second."""
        self.subscribe(f"BINANCE:{BTC}", book=1)
        self.set_timer("beat", "1s")

    def on_book(self, book):
        """Buy once."""
        self.heard.append(("book", book.bid_price))
        if not self.orders():
            self.buy(BTC, "0.010", "49000.0", post_only=True)

    def on_timer(self, name):
        """Note it."""
        self.heard.append((name, self.now_ns))

    def on_fill(self, fill):
        """Note it."""
        self.heard.append(("fill", fill.quantity))

    def on_connection(self, change):
        """Note it."""
        self.heard.append((change.channel, change.state))

    def on_reconcile(self, difference):
        """Note it."""
        self.heard.append(("reconcile", len(difference.orders), difference.position_after))


@pytest.fixture
def live():
    """Return a started host with its parts beside it."""

    class Live:
        clock = ManualClock(wall_ns=START_NS)
        market = Market()
        way = Way()
        strategy = Quoter()

    parts = Live()
    trader = tc.Trader([btc()], run_id="r1", venue="binance")
    parts.host = LiveHost(trader, feed=parts.market, orders=parts.way, clock=parts.clock)
    parts.host.start(StrategyContainer(parts.strategy, trader, parts.host))
    return parts


def said(live, reply, **terms):
    """Let the venue say something of the one order."""
    order = live.way.sent[0]
    live.host.hear(
        OrderUpdate(
            client_order_id=order.client_order_id,
            symbol=BTC,
            reply=reply,
            ts_event_ns=START_NS,
            ts_recv_ns=START_NS,
            **terms,
        )
    )


def test_an_order_leaves_within_the_callback_that_made_it(live):
    """With everything a venue needs to know."""
    live.host.hear_book(BTC)

    (sent,) = live.way.sent
    assert isinstance(sent, NewOrder)
    assert (sent.side, sent.quantity, sent.price) == ("buy", Decimal("0.010"), Decimal(49000))
    assert (sent.type, sent.time_in_force, sent.post_only) == ("limit", "GTC", True)


def test_a_book_is_heard_only_when_the_subscribed_depth_changed(live):
    """The same best level twice is once; a stale book is never shown, the first after it is."""
    for changes in ({}, {}, {"bid_price": 49_999.5}, {"is_stale": True}, {"is_stale": False}):
        for name, value in changes.items():
            setattr(live.market.now, name, value)
        live.host.hear_book(BTC)

    assert live.strategy.heard == [("book", 49_999.0), ("book", 49_999.5), ("book", 49_999.5)]


def test_a_change_and_a_cancel_leave_with_the_id_of_the_order(live):
    """New totals, not differences."""
    live.host.hear_book(BTC)
    said(live, "accepted", venue_order_id="9")
    (order,) = live.strategy.orders()
    live.strategy.modify(order, price="48000.0", quantity="0.020")
    said(live, "accepted", venue_order_id="9")
    said(live, "replaced", price=Decimal(48000), quantity=Decimal("0.020"))
    live.strategy.cancel(order)
    said(live, "replaced", price=Decimal(48000), quantity=Decimal("0.020"))

    change, cancel = live.way.sent[1:]
    assert isinstance(change, ModifyOrder)
    assert (change.price, change.quantity) == (Decimal(48000), Decimal("0.020"))
    assert isinstance(cancel, CancelOrder)
    assert cancel.client_order_id == change.client_order_id == live.way.sent[0].client_order_id


def test_a_fill_told_twice_is_one(live):
    """Position and callback count it once."""
    live.host.hear_book(BTC)
    fill = {"exec_id": 5, "price": Decimal(49000), "quantity": Decimal("0.004"), "fee": Decimal(0)}
    said(live, "filled", **fill)
    said(live, "filled", **fill)

    assert live.strategy.heard.count(("fill", Decimal("0.004"))) == 1
    assert live.strategy.position(BTC).quantity == Decimal("0.004")


def test_evidence_of_an_order_that_is_not_ours_is_counted(live):
    """An earlier run's order is the engine's to look after."""
    live.host.hear_book(BTC)
    live.way.sent[0] = NewOrder(
        client_order_id="other-1", symbol=BTC, side="buy", type="market", quantity=Decimal(1)
    )
    said(live, "canceled")

    assert live.host.strangers == 1


def test_timers_ring_on_the_wall_clock_and_not_for_what_was_slept_through(live):
    """Ten seconds asleep are one ring, and the next is on the beat."""
    live.clock.advance(10 * S + 1)
    following = live.host.ring()

    assert [name for name, _ in live.strategy.heard] == ["beat"]
    assert following == START_NS + 11 * S


def test_a_lost_connection_takes_resting_orders_out(live):
    """The strategy hears of it first."""
    live.host.hear_book(BTC)
    said(live, "accepted", venue_order_id="9")
    change = ConnectionChange(
        peer="market_server", channel="market", state="silent", ts_recv_ns=START_NS
    )
    live.host.hear_connection(change)

    assert live.strategy.heard[-1] == ("market", "silent")
    assert isinstance(live.way.sent[-1], CancelOrder)


def test_a_reconciliation_names_the_orders_by_what_they_are_here(live):
    """Ids on the wire are orders in the callback; unknown ids are left out."""
    live.host.hear_book(BTC)
    names = (live.way.sent[0].client_order_id, "gone-1")
    live.host.hear_reconciled(BTC, names, before=Decimal(0), after=Decimal(1), ts_recv_ns=START_NS)

    assert live.strategy.heard[-1] == ("reconcile", 1, Decimal(1))


def test_a_stop_cancels_what_rests(live):
    """Nothing is left behind."""
    live.host.hear_book(BTC)
    said(live, "accepted", venue_order_id="9")
    live.host.stop()

    assert isinstance(live.way.sent[-1], CancelOrder)


def test_time_never_runs_back(live):
    """A step of the wall clock does not reach the strategy."""
    live.clock.step_wall(START_NS - S)
    live.host.hear_book(BTC)

    assert live.strategy.now_ns == START_NS


def test_past_bars_are_not_to_be_had(live):
    """It is said, not ignored."""
    with pytest.raises(UnsupportedError, match="a live host has no past bars: symbol=BTCUSDT"):
        live.strategy.request_bars(BTC, period="1m", count=10)
