"""Nouns are frozen values; what they show is exact."""

from __future__ import annotations

import dataclasses
from decimal import Decimal

import pytest

import tradecore as tc
from support.local_host import BTC, btc
from tradecore.model import Approved, OrderRequest, Quote, Refused, Trade, errors


def test_a_trade_shows_exact_values_of_its_steps():
    """A trade shows exact values of its steps."""
    trade = Trade(
        instrument=btc(),
        trade_id=7,
        price_ticks=500_001,
        quantity_lots=3,
        aggressor="sell",
        ts_event_ns=1,
        ts_recv_ns=2,
    )

    assert (trade.symbol, trade.price) == (BTC, Decimal("50000.1"))
    assert trade.quantity == Decimal("0.003")
    with pytest.raises(AttributeError, match="immutable"):
        trade.trade_id = 8


def test_a_quote_shows_both_sides():
    """A quote shows both sides."""
    quote = Quote(
        instrument=btc(),
        bid_ticks=10,
        bid_lots=2,
        ask_ticks=11,
        ask_lots=4,
        ts_event_ns=1,
        ts_recv_ns=2,
    )

    assert (quote.symbol, quote.bid, quote.ask) == (BTC, 1, Decimal("1.1"))
    assert (quote.bid_quantity, quote.ask_quantity) == (Decimal("0.002"), Decimal("0.004"))


def test_a_request_names_what_no_host_can_do():
    """A request names what no host can do."""
    plain = OrderRequest(symbol=BTC, side="buy", quantity=1, price=2)
    asking = dataclasses.replace(plain, stop_price="3", algo="twap")

    assert plain.unsupported() is None
    assert asking.unsupported() == "algo=twap"
    with pytest.raises(dataclasses.FrozenInstanceError, match="quantity"):
        plain.quantity = 2


def test_a_check_answers_with_one_of_two_types():
    """A check answers with one of two types."""
    assert Approved(5, check="limits").value == 5
    assert Refused(code="MIN_NOTIONAL", text="too small").code == "MIN_NOTIONAL"


@pytest.mark.parametrize("name", errors.__all__)
def test_every_error_is_under_one_root_and_in_the_tree_drawn(name):
    """Every error is under one root and in the tree drawn."""
    assert issubclass(getattr(errors, name), tc.TradecoreError)
    assert name in errors.__doc__
