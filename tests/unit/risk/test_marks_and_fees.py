"""What an account is valued at, and what it paid: both count against its limits."""

from __future__ import annotations

from decimal import Decimal

import msgspec
import pytest

import tradecore as tc
from support.toy_exchange import TERMS
from tradecore.exchanges.base import NewOrder
from tradecore.model import Approved, Refused
from tradecore.risk import AccountLimits, LimitRules

DAY = 86_400 * 10**9
NOW = 20_000 * DAY
SYMBOL = TERMS.instrument.symbol


def limits(terms=TERMS, **rules):
    """Return limits by some rules."""
    return AccountLimits([terms], LimitRules(**{name: Decimal(v) for name, v in rules.items()}))


def market(name, quantity="1", side="buy", **more):
    """Return a new market order."""
    return NewOrder(
        client_order_id=name,
        symbol=SYMBOL,
        side=side,
        type="market",
        quantity=Decimal(quantity),
        **more,
    )


def fill(made, name, fee="0", price="100", quantity="1"):
    """Book a fill."""
    made.filled(
        name,
        price=Decimal(price),
        quantity=Decimal(quantity),
        fee=Decimal(fee),
        liquidity="taker",
    )


def test_a_market_order_without_any_price_is_refused():
    """Nobody knows what it would be worth."""
    said = limits().check("a", market("a-1"), now_ns=NOW)

    assert isinstance(said, Refused)
    assert said.code == "NO_REFERENCE_PRICE"


@pytest.mark.parametrize("side", ["buy", "sell"])
def test_a_market_order_is_valued_at_the_mark(side):
    """The price that came last, whoever told it."""
    made = limits(order_value="1000")
    made.see_price(SYMBOL, Decimal("100.0"))
    fits = made.check("a", market("a-1", "10", side), now_ns=NOW)
    made.see_price(SYMBOL, Decimal("200.0"))
    large = made.check("a", market("a-2", "6", side), now_ns=NOW)

    assert isinstance(fits, Approved)
    assert isinstance(large, Refused)
    assert large.code == "MAX_ORDER_VALUE"


@pytest.mark.parametrize("mark", ["100.04999999", "99.95000001", "100.1", "0.00000001"])
def test_a_mark_between_ticks_is_no_fault(mark):
    """A venue's mark is an average: finer than any tick."""
    made = limits()
    made.see_price(SYMBOL, Decimal(mark))

    assert isinstance(made.check("a", market("a-1"), now_ns=NOW), Approved)


@pytest.mark.parametrize("mark", ["0", "-1", "NaN", "Infinity"])
def test_a_mark_that_is_none_changes_nothing(mark):
    """It came from a network."""
    made = limits()
    made.see_price(SYMBOL, Decimal(100))
    made.see_price(SYMBOL, Decimal(mark))

    assert isinstance(made.check("a", market("a-1"), now_ns=NOW), Approved)


def test_a_mark_of_another_symbol_values_nothing_here():
    """Nor does it end anything."""
    made = limits()
    made.see_price("DOGEUSDT", Decimal(1))

    assert isinstance(made.check("a", market("a-1"), now_ns=NOW), Refused)


def test_a_fill_between_ticks_is_booked():
    """The venue changed its tick: what traded has traded."""
    made = limits()
    made.see_price(SYMBOL, Decimal(100))
    made.check("a", market("a-1"), now_ns=NOW)
    fill(made, "a-1", price="100.0123")

    assert made.position(SYMBOL) == 1


def spend(made, *fees):
    """Trade there and back at one price, for these fees."""
    for at, fee in enumerate(fees):
        side = "sell" if at % 2 else "buy"
        one = market(f"f-{at}", side=side, reduce_only=side == "sell")
        assert isinstance(made.check("a", one, now_ns=NOW), Approved)
        fill(made, f"f-{at}", fee)
        made.closed(f"f-{at}")


def test_fees_are_a_loss_of_the_day():
    """As told with each fill; and the next day starts anew."""
    made = limits(daily_loss="10")
    made.see_price(SYMBOL, Decimal(100))
    spend(made, "5", "5")
    said = made.check("a", market("a-1"), now_ns=NOW)
    codes = {alert.code for alert in made.alerts(NOW)}
    next_day = made.check("a", market("a-2"), now_ns=NOW + DAY)

    assert isinstance(said, Refused)
    assert said.code == "MAX_DAILY_LOSS"
    assert codes == {"DAILY_LOSS"}
    assert isinstance(next_day, Approved)


def test_a_rebate_is_no_loss():
    """It gives room back."""
    made = limits(daily_loss="10")
    made.see_price(SYMBOL, Decimal(100))
    spend(made, "9", "-5", "5")
    made.closed("f-2")

    assert isinstance(made.check("a", market("a-1"), now_ns=NOW), Approved)


def test_fees_the_instrument_names_are_not_counted_twice():
    """The core takes them with each fill; what the fill says then adds nothing."""
    one = tc.Instrument(SYMBOL, tick_size="0.1", lot_size="0.001", kind="linear", taker_fee="0.06")
    made = limits(msgspec.structs.replace(TERMS, instrument=one), daily_loss="13")
    made.see_price(SYMBOL, Decimal(100))
    spend(made, "6", "6")

    assert isinstance(made.check("a", market("a-1"), now_ns=NOW), Approved)


def test_what_was_won_beside_dear_fees_counts():
    """Fees above the limit leave trading open only while profits keep the day within it."""
    made = limits(daily_loss="10")
    made.see_price(SYMBOL, Decimal(100))
    made.check("a", market("a-1"), now_ns=NOW)
    fill(made, "a-1", "12")
    made.closed("a-1")
    made.see_price(SYMBOL, Decimal(105))
    won = made.check("a", market("a-2", "0.1"), now_ns=NOW)
    made.closed("a-2")
    made.see_price(SYMBOL, Decimal(102))
    lost = made.check("a", market("a-3", "0.1"), now_ns=NOW)
    reducing = made.check("a", market("a-4", side="sell", reduce_only=True), now_ns=NOW)

    assert isinstance(won, Approved)
    assert isinstance(lost, Refused)
    assert isinstance(reducing, Approved)
