"""Limits that are carried into a new file say the same as those that saw every fill."""

from __future__ import annotations

from decimal import Decimal

import msgspec
import pytest

import tradecore as tc
from support.toy_exchange import TERMS
from tradecore.exchanges.base import NewOrder
from tradecore.model import Approved, Refused
from tradecore.risk import AccountLimits, CarriedLimits, LimitRules, PositionsOnly

DAY = 86_400 * 10**9
NOW = 20_000 * DAY
OTHER = msgspec.structs.replace(
    TERMS,
    instrument=tc.Instrument("ETHUSDT", tick_size="0.1", lot_size="0.001", kind="linear"),
    base="ETH",
)
SYMBOLS = (TERMS.instrument.symbol, "ETHUSDT")


def make():
    """Return limits of 1,000 lost a day."""
    return AccountLimits([TERMS, OTHER], LimitRules(daily_loss=Decimal(1_000)))


def order(name, side="buy", quantity="2", price="100", symbol=SYMBOLS[0]):
    """Return a new order."""
    return NewOrder(
        client_order_id=name,
        symbol=symbol,
        side=side,
        type="limit",
        quantity=Decimal(quantity),
        price=Decimal(price),
    )


def trade(limits, name, side, quantity, price, *, symbol=SYMBOLS[0], fee="0"):
    """Trade an order in full."""
    limits.restore("t1", order(name, side, quantity, price, symbol), now_ns=NOW)
    limits.filled(
        name,
        price=Decimal(price),
        quantity=Decimal(quantity),
        fee=Decimal(fee),
        liquidity="taker",
    )
    limits.closed(name)


def heir(limits, *, at_ns=NOW):
    """Return limits that know only what another carries, by way of a file's form."""
    raw = msgspec.json.encode(limits.carry())
    made = make()
    made.take_over(msgspec.json.decode(raw, type=CarriedLimits), now_ns=at_ns)
    return made


def refuses(limits, now_ns=NOW):
    """Return whether a day's loss speaks against a new order."""
    said = limits.check("t1", order("asked", quantity="1", price="1"), now_ns=now_ns)
    limits.closed("asked")
    return isinstance(said, Refused)


def test_positions_and_their_price_are_carried():
    """The average of what is held lies between ticks: it is taken at the next one above."""
    limits = make()
    trade(limits, "a", "buy", "1", "100")
    trade(limits, "b", "buy", "2", "100.1")
    trade(limits, "c", "sell", "3", "50", symbol=SYMBOLS[1])

    made = heir(limits)

    assert [made.position(symbol) for symbol in SYMBOLS] == [3, -3]
    assert [held.price for held in made.carry().positions] == [Decimal("100.1"), Decimal(50)]


@pytest.mark.parametrize(
    ("lost_on_closed", "mark", "is_refused"),
    [
        pytest.param("400", "100", False, id="realized-below-the-limit"),
        pytest.param("999", "100", False, id="just-below"),
        pytest.param("1000", "100", True, id="realized-all-of-it"),
        pytest.param("400", "39", True, id="with-what-is-held-now-worth-less"),
        pytest.param("400", "41", False, id="almost"),
    ],
)
def test_a_days_loss_is_not_forgotten_with_its_fills(lost_on_closed, mark, is_refused):
    """What was realized and what is open count together, before and after."""
    limits = make()
    trade(limits, "a", "buy", "10", "200", symbol=SYMBOLS[1])
    trade(limits, "b", "sell", "10", str(200 - Decimal(lost_on_closed) / 10), symbol=SYMBOLS[1])
    trade(limits, "c", "buy", "10", "100")

    for judged in (limits, heir(limits), heir(heir(limits))):
        judged.see_price(SYMBOLS[0], Decimal(mark))
        assert refuses(judged) is is_refused


def test_fees_paid_are_carried_too():
    """They count against the day's loss where the instrument names none."""
    limits = make()
    trade(limits, "a", "buy", "1", "100", fee="1000")

    assert refuses(heir(limits))
    assert not refuses(heir(limits), NOW + DAY)


def test_what_was_won_keeps_trading_open():
    """A profit of the morning is still there after the fills are forgotten."""
    limits = make()
    trade(limits, "a", "buy", "10", "100", symbol=SYMBOLS[1])
    trade(limits, "b", "sell", "10", "150", symbol=SYMBOLS[1])
    made = heir(limits)
    trade(made, "c", "buy", "10", "200")
    trade(made, "d", "sell", "10", "60")

    assert not refuses(made)
    trade(made, "e", "buy", "10", "200")
    trade(made, "f", "sell", "10", "180")
    assert refuses(made)


def test_two_symbols_of_one_currency_count_their_profit_once():
    """The core counts what settles in a currency together."""
    limits = make()
    for number, symbol in enumerate(SYMBOLS):
        trade(limits, f"a{number}", "buy", "10", "100", symbol=symbol)
        trade(limits, f"b{number}", "sell", "10", "55", symbol=symbol)

    (alert,) = limits.alerts(NOW)

    assert alert.text == "profit=-900, limit=1000"


def test_orders_are_restored_after_a_take_over():
    """What is open counts again once it is told."""
    limits = AccountLimits([TERMS], LimitRules(position=Decimal(2)))
    limits.take_over(CarriedLimits(), now_ns=NOW)
    limits.restore("t1", order("a"), now_ns=NOW)

    assert isinstance(limits.check("t1", order("b"), now_ns=NOW), Refused)
    limits.closed("a")
    assert isinstance(limits.check("t1", order("c"), now_ns=NOW), Approved)


def test_positions_without_limits_are_carried_as_well():
    """Who switches the checks off still knows what is held."""
    limits = PositionsOnly()
    limits.set_position(SYMBOLS[0], Decimal("1.5"), None)
    made = PositionsOnly()
    made.set_position("ETHUSDT", Decimal(9), None)

    made.take_over(limits.carry(), now_ns=NOW)

    assert [made.position(symbol) for symbol in SYMBOLS] == [Decimal("1.5"), 0]
