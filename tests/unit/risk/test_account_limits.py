"""Limits of an account: what is refused, what counts, and when somebody is told."""

from __future__ import annotations

from decimal import Decimal

import pytest

from support.toy_exchange import TERMS
from tradecore.exchanges.base import ModifyOrder, NewOrder
from tradecore.model import Approved, Refused
from tradecore.risk import AccountLimits, LimitRules

DAY = 86_400 * 10**9
NOW = 20_000 * DAY
SYMBOL = TERMS.instrument.symbol


@pytest.fixture
def limits():
    """Return limits of 5 a symbol and in all, 1,000 a day, told at eight tenths."""
    rules = LimitRules(position=Decimal(5), position_total=Decimal(5), daily_loss=Decimal(1_000))
    return AccountLimits([TERMS], rules)


def order(name, quantity, side="buy", price="100", **more):
    """Return a new order."""
    return NewOrder(
        client_order_id=name,
        symbol=more.pop("symbol", SYMBOL),
        side=side,
        type="limit",
        quantity=Decimal(quantity),
        price=Decimal(price),
        **more,
    )


def fill(limits, name, quantity, price="100"):
    """Book a fill."""
    limits.filled(
        name,
        price=Decimal(price),
        quantity=Decimal(quantity),
        fee=Decimal(0),
        liquidity="maker",
    )


def test_open_orders_of_all_strategies_count_together(limits):
    """An order that may exist is exposure, whoever sent it."""
    first = limits.check("a", order("a-1", "3"), now_ns=NOW)
    second = limits.check("b", order("b-1", "3"), now_ns=NOW)
    third = limits.check("b", order("b-2", "2"), now_ns=NOW)

    assert isinstance(first, Approved)
    assert isinstance(second, Refused)
    assert second.code == "MAX_POSITION_QTY"
    assert isinstance(third, Approved)


def test_what_is_closed_counts_no_more(limits):
    """A canceled order frees its room; twice is harmless."""
    limits.check("a", order("a-1", "5"), now_ns=NOW)
    limits.closed("a-1")
    limits.closed("a-1")

    assert isinstance(limits.check("a", order("a-2", "5"), now_ns=NOW), Approved)


@pytest.mark.parametrize(
    ("bad", "code"),
    [
        ({"price": "100.05"}, "OFF_TICK"),
        ({"quantity": "0.0001"}, "OFF_LOT"),
        ({"symbol": "DOGE"}, "UNKNOWN_SYMBOL"),
    ],
)
def test_an_order_that_makes_no_sense_is_a_refusal(limits, bad, code):
    """It came from another process: it must not end this one."""
    said = limits.check("a", order("a-1", bad.pop("quantity", "1"), **bad), now_ns=NOW)

    assert isinstance(said, Refused)
    assert said.code == code


def test_orders_of_the_account_do_not_meet(limits):
    """Self-trade prevention is a limit like any other."""
    limits.check("a", order("a-1", "1", price="100"), now_ns=NOW)
    said = limits.check("b", order("b-1", "1", side="sell", price="99"), now_ns=NOW)

    assert isinstance(said, Refused)
    assert said.code == "SELF_CROSS"


def test_a_fill_is_a_position_also_after_the_order_was_closed(limits):
    """A late fill happened all the same."""
    limits.check("a", order("a-1", "2"), now_ns=NOW)
    fill(limits, "a-1", "1")
    limits.closed("a-1")
    fill(limits, "a-1", "0.5")

    assert limits.position(SYMBOL) == Decimal("1.5")


def test_a_change_counts_by_its_larger_part(limits):
    """Until it is answered either may trade."""
    limits.check("a", order("a-1", "2"), now_ns=NOW)
    change = ModifyOrder(
        client_order_id="a-1",
        symbol=SYMBOL,
        side="buy",
        price=Decimal(100),
        quantity=Decimal(6),
    )
    said = limits.check_change("a", change, open_quantity=Decimal(6), now_ns=NOW)

    assert isinstance(said, Refused)
    assert said.code == "MAX_POSITION_QTY"


def test_a_limit_that_is_near_is_told_once(limits):
    """From eight tenths on, and again only after it was left."""
    limits.check("a", order("a-1", "4"), now_ns=NOW)
    first, second = limits.alerts(NOW), limits.alerts(NOW)
    limits.closed("a-1")
    limits.alerts(NOW)
    limits.check("a", order("a-2", "4"), now_ns=NOW)

    assert {alert.code for alert in first} == {"POSITION_LIMIT"}
    assert second == []
    assert limits.alerts(NOW)


def test_a_day_that_lost_too_much_lets_only_reducing_orders_through(limits):
    """And the next day starts anew."""
    limits.check("a", order("a-1", "4", price="1000"), now_ns=NOW)
    fill(limits, "a-1", "4", price="1000")
    limits.closed("a-1")
    limits.see_price(SYMBOL, Decimal(700))
    refused = limits.check("a", order("a-2", "1", price="600"), now_ns=NOW)
    reducing = limits.check(
        "a", order("a-3", "1", side="sell", price="800", reduce_only=True), now_ns=NOW
    )
    alerts = {alert.code for alert in limits.alerts(NOW)}
    next_day = limits.check("a", order("a-4", "1", price="600"), now_ns=NOW + DAY)

    assert isinstance(refused, Refused)
    assert refused.code == "MAX_DAILY_LOSS"
    assert isinstance(reducing, Approved)
    assert "DAILY_LOSS" in alerts
    assert isinstance(next_day, Approved)


def test_the_venues_word_on_a_position_is_taken(limits):
    """Reconciliation sets it."""
    limits.set_position(SYMBOL, Decimal(-3), Decimal(100))

    assert limits.position(SYMBOL) == -3
    assert isinstance(limits.check("a", order("a-1", "3", side="sell"), now_ns=NOW), Refused)


def test_the_venues_average_price_may_lie_between_ticks(limits):
    """An average of fills is on no step; it is taken at the next tick that makes nobody richer."""
    limits.set_position(SYMBOL, Decimal(2), Decimal("100.0004"))
    limits.set_position(SYMBOL, Decimal(-3), Decimal("99.99995"))

    assert limits.position(SYMBOL) == -3


def test_an_order_of_an_earlier_run_counts_whatever_the_limits_say(limits):
    """It exists already."""
    limits.restore("a", order("a-1", "9"), now_ns=NOW)

    assert isinstance(limits.check("a", order("a-2", "1"), now_ns=NOW), Refused)
