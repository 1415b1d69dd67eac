"""What a venue says in its own words, and positions that it reports and no fill explains."""

from __future__ import annotations

from decimal import Decimal

import pytest

import tradecore as tc
from support.local_host import BTC, btc
from tradecore.core import InputError, UnknownSymbolError


@pytest.fixture
def trader():
    """Return a trader of one instrument."""
    return tc.Trader([btc()], run_id="a1", venue="binance-usdm")


def buy(trader):
    """Send a buy order."""
    return trader.submit(BTC, "buy", "0.01", "50000", now_ns=1)


def hear(trader, order, reply, **terms):
    """Let the venue say something of an order."""
    return trader.apply(order.key, reply, ts_event_ns=2, ts_recv_ns=3, **terms)


@pytest.mark.parametrize(
    ("before", "reply", "name"),
    [
        pytest.param(lambda *_: None, "rejected", "rejected", id="order"),
        pytest.param(
            lambda trader, order: trader.cancel(order, now_ns=2),
            "cancel_rejected",
            "cancel_rejected",
            id="cancel",
        ),
        pytest.param(
            lambda trader, order: trader.modify(order, price="50001", now_ns=2),
            "modify_rejected",
            "modify_rejected",
            id="modify",
        ),
    ],
)
def test_a_venue_s_own_words_are_kept(trader, before, reply, name):
    """In the event, and on the order when it was refused itself."""
    order = buy(trader)
    if reply != "rejected":
        hear(trader, order, "accepted")
    before(trader, order)
    words = "Margin is insufficient."

    assert hear(trader, order, reply, reject_text=words) == "applied"

    event = trader.take_events()[-1]
    assert (event.name, event.reject_code, event.reject_text) == (name, "VENUE_REJECTED", words)
    assert order.reject_text == (words if reply == "rejected" else None)


def test_long_words_are_cut_and_none_are_the_codes(trader):
    """256 characters, whatever bytes they take; where the venue says nothing, the code's."""
    first, second = buy(trader), buy(trader)

    hear(trader, first, "rejected", reject_text="ü" * 1000)
    hear(trader, second, "rejected", reject_text="")

    assert first.reject_text == "ü" * 256
    assert second.reject_text
    assert second.reject_code == "VENUE_REJECTED"


def test_what_waits_and_the_next_name_can_be_read(trader):
    """Both before and after an order."""
    assert (trader.pending_commands, trader.next_client_order_id) == (0, "tc-a1-1")
    buy(trader)
    assert (trader.pending_commands, trader.next_client_order_id) == (1, "tc-a1-2")
    trader.take_commands()
    assert trader.pending_commands == 0


@pytest.mark.parametrize("quantity", ["0.25", Decimal("-0.25"), -1, "0"])
def test_a_position_nobody_explains_is_adopted(trader, quantity):
    """At a price off the tick; the account adds up, and no event is told."""
    position = trader.adopt_position(
        BTC, quantity=quantity, average_price="50000.123456", ts_event_ns=7
    )

    assert position.quantity == Decimal(quantity)
    assert position.adopted_at_ns == 7
    assert position.average_price == (Decimal("50000.123456") if position.quantity else None)
    assert position.fees == position.realized == 0
    for mark in ("49000", "50000.123456", "51000.05"):
        assert position.unrealized(mark) == position.cash_flow + position.value(mark)
    assert trader.take_events() == []


def test_fills_go_on_from_an_adopted_position(trader):
    """What closes it realizes the difference to its average price."""
    trader.adopt_position(BTC, quantity="-0.01", average_price="50100.05", ts_event_ns=7)
    order = buy(trader)
    hear(trader, order, "filled", exec_id=1, price="50000", quantity="0.01")

    position = trader.position(BTC)
    assert position.is_flat
    assert position.realized == Decimal("1.0005")


@pytest.mark.parametrize(
    ("quantity", "price", "text"),
    [
        pytest.param("0.0001", "50000", "multiple of the lot", id="off-lot"),
        pytest.param("0.1", "0", "an average price is above 0", id="price-zero"),
        pytest.param("0.1", "-5", "an average price is above 0", id="price-below-zero"),
        pytest.param("0.1", "NaN", "average_price is not a decimal number", id="no-number"),
        pytest.param("1e30", "50000", "quantity is beyond", id="beyond"),
    ],
)
def test_a_position_that_cannot_be_is_not_adopted(trader, quantity, price, text):
    """Nothing is changed."""
    with pytest.raises(InputError, match=text):
        trader.adopt_position(BTC, quantity=quantity, average_price=price, ts_event_ns=7)
    assert trader.position(BTC).is_flat
    assert trader.position(BTC).adopted_at_ns is None
    with pytest.raises(UnknownSymbolError, match="symbol must be one the trader was given"):
        trader.adopt_position("X", quantity="1", average_price="1", ts_event_ns=7)
