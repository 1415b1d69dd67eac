"""The keys of `[RISK_MANAGEMENT]`: what each lets through, refuses, or tells somebody."""

from __future__ import annotations

from decimal import Decimal

import pytest

from support.toy_exchange import TERMS
from tradecore.exchanges.base import NewOrder
from tradecore.model import Approved, VenuePosition
from tradecore.processes.account_desk import limits_of
from tradecore.processes.limit_watch import breaches
from tradecore.processes.settings import KINDS, load_process

NOW = 20_000 * 86_400 * 10**9
SYMBOL = TERMS.instrument.symbol


def settings(kind, *overrides):
    """Return settings of a kind with some keys set."""
    named = (f"risk_management.{text}" for text in overrides)
    exchange = "BINANCE"
    return load_process(
        KINDS[kind], None, exchange=exchange, environ={}, overrides=[*named]
    ).settings


def order(name, quantity, *, side="buy", price="100"):
    """Return a new order."""
    return NewOrder(
        client_order_id=name,
        symbol=SYMBOL,
        side=side,
        type="limit",
        quantity=Decimal(quantity),
        price=Decimal(price),
    )


def verdict(limits, new):
    """Return the code of a refusal; nothing if it was approved."""
    said = limits.check("maker", new, now_ns=NOW)
    return None if isinstance(said, Approved) else said.code


@pytest.mark.parametrize(
    ("override", "fits", "too_much", "code"),
    [
        ("max_position_size=2", "2.0", "2.1", "MAX_POSITION_QTY"),
        ("max_position_per_symbol=2", "2.0", "2.1", "MAX_POSITION_QTY"),
        ("max_order_notional=200", "2.0", "2.1", "MAX_ORDER_VALUE"),
    ],
)
def test_an_order_over_a_limit_is_refused_and_one_at_it_is_not(override, fits, too_much, code):
    """At 100 a unit; the same order passes where the key is not set."""
    limits = limits_of(settings("trading_engine", override), [TERMS])
    free = limits_of(settings("trading_engine"), [TERMS])

    assert verdict(limits, order("a", too_much)) == code
    assert verdict(limits, order("b", fits)) is None
    assert verdict(free, order("c", too_much)) is None


def test_after_a_days_loss_only_what_reduces_passes():
    """`MAX_DAILY_LOSS`: bought at 100, worth 40 now."""
    limits = limits_of(settings("trading_engine", "max_daily_loss=50"), [TERMS])
    assert verdict(limits, order("a", "1.0")) is None
    limits.filled("a", price=Decimal(100), quantity=Decimal(1), fee=Decimal(0), liquidity="maker")
    limits.closed("a")
    limits.see_price(SYMBOL, Decimal(40))

    assert verdict(limits, order("b", "1.0", price="40")) is not None
    assert verdict(limits, order("c", "1.0", side="sell", price="40")) is None


def test_checks_that_are_off_refuse_nothing():
    """`ENABLE_PRE_TRADE_CHECKS=false`, which production refuses."""
    off = settings("trading_engine", "max_position_size=1", "enable_pre_trade_checks=false")

    assert verdict(limits_of(off, [TERMS]), order("a", "50")) is None


@pytest.mark.parametrize(
    ("part", "held", "told"),
    [("0.8", "3.9", False), ("0.8", "4.0", True), ("0.5", "2.5", True), ("1", "4.9", False)],
)
def test_a_limit_is_told_from_the_threshold_on(part, held, told):
    """`RISK_ALERT_THRESHOLD` of `MAX_POSITION_PER_SYMBOL=5`, by the desk."""
    keys = ("max_position_per_symbol=5", f"risk_alert_threshold={part}")
    limits = limits_of(settings("trading_engine", *keys), [TERMS])
    limits.set_position(SYMBOL, Decimal(held), Decimal(100))

    assert [alert.code for alert in limits.alerts(NOW)] == ["POSITION_LIMIT"] * told


def held(quantity):
    """Return what an account holds."""
    return {
        SYMBOL: VenuePosition(
            symbol=SYMBOL, quantity=Decimal(quantity), entry_price=None, ts_event_ns=NOW
        )
    }


@pytest.mark.parametrize(
    ("keys", "quantity", "net", "found"),
    [
        (["max_position_per_symbol=5"], "3.9", None, []),
        (["max_position_per_symbol=5"], "-4.0", None, [("POSITION_LIMIT", False)]),
        (["max_position_per_symbol=5"], "5.1", None, [("POSITION_LIMIT", True)]),
        (["max_position_size=5"], "5.1", None, [("POSITION_LIMIT", True)]),
        (
            ["max_position_size=5", "risk_alert_threshold=0.5"],
            "2.5",
            None,
            [("POSITION_LIMIT", False)],
        ),
        (["max_daily_loss=100"], "0", "-79", []),
        (["max_daily_loss=100"], "0", "-80", [("DAILY_LOSS", False)]),
        (["max_daily_loss=100"], "0", "-101", [("DAILY_LOSS", True)]),
        (["max_daily_loss=100"], "0", None, []),
        ([], "1000", "-1000", []),
    ],
)
def test_what_is_held_is_judged_without_an_order(keys, quantity, net, found):
    """By the position server, near a limit and past it."""
    risk = settings("position_server", *keys).risk_management
    profit = None if net is None else Decimal(net)

    told = breaches(held(quantity), risk, net=profit)

    assert [(one.code, one.is_over) for one in told] == found
