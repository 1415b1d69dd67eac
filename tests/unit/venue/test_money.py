"""Money: profit, fees, funding and margin add up to what was put in."""

from __future__ import annotations

import random
from decimal import Decimal

import pytest

from tradecore.simulation.catalog import perpetuals
from tradecore.venue import Reason, Refused
from tradecore.venue.events import AccountChanged, MarginWarned
from tradecore.venue.instruments import brackets_of
from tradecore.venue.ledger import PositionState
from tradecore.venue.margin import liquidation_price

BTC = perpetuals()[0]


def test_opening_costs_the_fee_and_closing_takes_the_profit(floor):
    """Profit is (exit - entry) x quantity, beside the fees."""
    floor.trade("0.1", "60000")
    floor.trade("0.1", "61000", buyer=2, seller=1)
    ledger = floor.service.state.ledger
    fees = Decimal("0.1") * (60_000 * Decimal("0.0005") + 61_000 * Decimal("0.0002"))
    assert ledger.wallet(1) == 100_000 + 100 - fees
    assert ledger.position(1, "BTCUSDT").quantity == 0
    assert floor.residue() == 0


def test_a_turned_position_begins_at_the_price_it_turned_at(floor):
    """What closes takes profit, what opens has the new price as its entry."""
    floor.trade("0.1", "60000")
    floor.trade("0.3", "60600", buyer=2, seller=1)
    position = floor.service.state.ledger.position(1, "BTCUSDT")
    assert (position.quantity, position.entry_price) == (Decimal("-0.2"), 60_600)
    assert position.realized == 60


def test_nothing_is_lost_or_made_in_any_run(floor):
    """Wallets + unrealized + collected = deposited, to the last digit, after every step."""
    chance = random.Random(11)
    for _ in range(300):
        account, other = chance.sample((1, 2), 2)
        price = Decimal(chance.randrange(590_000, 610_000)) / 10
        quantity = Decimal(chance.randrange(1, 40)) / 1_000
        floor.trade(quantity, price, buyer=account, seller=other)
        assert floor.residue() == 0
    ledger = floor.service.state.ledger
    core = floor.service.engine.risk
    for account in (1, 2):
        mine = ledger.position(account, "BTCUSDT").quantity
        assert core.position(account, "BTCUSDT").quantity == mine
    assert floor.service.engine.verify()


def test_a_position_says_what_funding_it_was_paid(floor):
    """Since it was opened: a part that is closed takes nothing of it away, the rest all."""
    floor.trade("0.1", "60000")
    state = floor.service.state
    floor.service.advance(state.marks["BTCUSDT"].next_funding_ns)
    both = [state.ledger.position(account, "BTCUSDT").funding for account in (1, 2)]
    floor.trade("0.04", "60000", buyer=2, seller=1)
    part = [state.ledger.position(account, "BTCUSDT").funding for account in (1, 2)]
    floor.trade("0.06", "60000", buyer=2, seller=1)
    flat = [state.ledger.position(account, "BTCUSDT").funding for account in (1, 2)]
    assert both == part == [Decimal("-0.6"), Decimal("0.6")]
    assert flat == [0, 0]


def test_longs_pay_shorts_at_the_funding_time(floor):
    """Payment is position x mark x rate, once, and told as a funding."""
    floor.trade("0.1", "60000")
    floor.service.take_events()
    before = [floor.service.state.ledger.wallet(account) for account in (1, 2)]
    due_ns = floor.service.state.marks["BTCUSDT"].next_funding_ns
    floor.service.advance(due_ns)
    floor.service.advance(due_ns + 1)
    after = [floor.service.state.ledger.wallet(account) for account in (1, 2)]
    assert [b - a for a, b in zip(before, after, strict=True)] == [Decimal("-0.6"), Decimal("0.6")]
    told = [event for event in floor.service.take_events() if isinstance(event, AccountChanged)]
    assert [(event.reason, event.delta) for event in told] == [
        ("funding", Decimal("-0.6")),
        ("funding", Decimal("0.6")),
    ]
    assert floor.residue() == 0


def test_margin_is_that_of_the_larger_side(floor):
    """Orders that reduce bind nothing until they would turn the position."""
    floor.trade("0.1", "60000")
    margin = floor.service.state.margin(1)
    assert (margin.position_initial, margin.orders_initial) == (300, 0)
    floor.place(1, "sell", "0.1", "61000")
    assert floor.service.state.margin(1).orders_initial == 0
    floor.place(1, "buy", "0.1", "59000")
    assert floor.service.state.margin(1).orders_initial == 295


def test_leverage_bounds_what_an_account_can_hold(floor):
    """Less leverage binds more; beyond the bracket's cap nothing is taken."""
    service = floor.service
    assert service.modes.set_leverage(1, "BTCUSDT", 1) is None
    refused = floor.place(1, "buy", "1.7", "60000")
    assert isinstance(refused, Refused)
    assert refused.reason is Reason.INSUFFICIENT_MARGIN
    assert service.modes.set_leverage(1, "BTCUSDT", 125) is None
    refused = floor.place(1, "buy", "1", "60000")
    assert isinstance(refused, Refused)
    assert refused.reason is Reason.LEVERAGE_TOO_HIGH
    bad = service.modes.set_leverage(1, "BTCUSDT", 126)
    assert bad is not None
    assert bad.reason is Reason.LEVERAGE_INVALID


def test_an_account_near_its_margin_is_warned_once(floor):
    """A mark that eats the equity warns; it does not warn again until it was well."""
    floor.trade("30", "60000")
    floor.service.take_events()
    for price in ("57100", "57100.1", "57099.9"):
        floor.service.state.last_prices["BTCUSDT"] = Decimal(price)
        floor.service.set_index("BTCUSDT", Decimal(price), now_ns=floor.now_ns)
    warned = [event for event in floor.service.take_events() if isinstance(event, MarginWarned)]
    assert [event.account for event in warned] == [1]


def test_maintenance_margin_is_continuous_at_each_bracket():
    """The deduction makes both sides of a boundary equal."""
    for lower, upper in zip(BTC.brackets, BTC.brackets[1:], strict=False):
        at = lower.cap
        assert at * lower.maintenance_rate - lower.deduction == (
            at * upper.maintenance_rate - upper.deduction
        )
    rows = brackets_of(((125, "50000", "0.004"), (100, "250000", "0.005")))
    assert rows[1].deduction == 50


@pytest.mark.parametrize("side", [1, -1])
def test_at_the_liquidation_price_equity_is_the_maintenance_margin(side):
    """The price is the root of equity less maintenance margin, in the bracket that holds it."""
    quantity = Decimal(10) * side
    position = PositionState(symbol="BTCUSDT", quantity=quantity, cost=quantity * 60_000)
    wallet = Decimal(60_000)
    price = liquidation_price(
        BTC, position, wallet=wallet, other_maintenance=Decimal(0), other_unrealized=Decimal(0)
    )
    equity = wallet + position.unrealized(price)
    assert abs(equity - BTC.maintenance(abs(quantity) * price)) < Decimal("1e-15")
    assert (price < 60_000) is (side > 0)


def test_a_position_with_money_enough_has_no_liquidation_price():
    """0 says that there is none."""
    position = PositionState(symbol="BTCUSDT", quantity=Decimal(1), cost=Decimal(60_000))
    none = liquidation_price(
        BTC,
        position,
        wallet=Decimal(70_000),
        other_maintenance=Decimal(0),
        other_unrealized=Decimal(0),
    )
    assert none == 0
