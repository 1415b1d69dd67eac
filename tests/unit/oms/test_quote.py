"""Quotes from Python: rounding, levels that cannot be quoted, and what is refused whole."""

from __future__ import annotations

from decimal import Decimal

import pytest

import tradecore as tc
from support.local_host import BTC, btc
from tradecore.core import InputError


@pytest.fixture
def trader():
    """Return a trader of one instrument."""
    return tc.Trader([btc()], run_id="a1", venue="binance-usdm")


def test_quotes_are_rounded_away_from_the_market_and_down_to_the_lot(trader):
    """Quotes are rounded away from the market and down to the lot."""
    sent = trader.quote(BTC, [(50000.19, 0.0129)], [("50000.11", Decimal("0.0129"))], now_ns=1)

    assert sent == 2
    bid, ask = trader.orders(BTC)
    assert (bid.price, bid.quantity) == (Decimal("50000.1"), Decimal("0.012"))
    assert (ask.price, ask.quantity) == (Decimal("50000.2"), Decimal("0.012"))
    assert bid.post_only
    assert bid.is_quote


def test_a_float_beside_a_tick_is_that_tick(trader):
    """A float beside a tick is that tick."""
    trader.quote(BTC, [(0.1 + 0.2, 100)], [(49_999.9 + 0.2, 0.3)], now_ns=1)

    bid, ask = trader.orders(BTC)
    assert (bid.price_ticks, ask.price_ticks, ask.quantity_lots) == (3, 500_001, 300)


@pytest.mark.parametrize(
    ("level", "code"),
    [
        ((float("nan"), 1), "BAD_PRICE"),
        ((0.04, 1), "BAD_PRICE"),
        ((-5, 1), "BAD_PRICE"),
        (("1e40", 1), "BAD_PRICE"),
        ((50000, "0.0004"), "QTY_NOT_POSITIVE"),
        ((50000, -1), "QTY_NOT_POSITIVE"),
        ((50000, "inf"), "QTY_NOT_POSITIVE"),
        ((50000, "1e30"), "QTY_TOO_LARGE"),
        ((1, "0.001"), "MIN_NOTIONAL"),
    ],
)
def test_a_level_that_cannot_be_quoted_is_denied_and_the_others_are_served(trader, level, code):
    """A level that cannot be quoted is denied and the others are served."""
    sent = trader.quote(BTC, [level], [(50001, 1)], now_ns=1)

    assert sent == 1
    assert trader.denials() == {code: 1}
    assert [order.side for order in trader.orders()] == ["sell"]


@pytest.mark.parametrize("level", [5, (1,), (1, 2, 3), None, [1, 2], ([1], 2)])
def test_a_level_is_a_pair_of_numbers(trader, level):
    """A level is a pair of numbers."""
    with pytest.raises(
        InputError, match=r"a level is a tuple of price and quantity|must be Decimal"
    ):
        trader.quote(BTC, [level], [], now_ns=1)

    assert trader.orders() == []


def test_a_quote_across_itself_is_denied_whole(trader):
    """A quote across itself is denied whole."""
    assert trader.quote(BTC, [(50001, 1)], [(50001, 1)], now_ns=1) == 0

    assert trader.denials() == {"SELF_CROSS": 1}
    assert trader.orders() == []
