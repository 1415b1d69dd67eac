"""Accounts whose margin is used up: what is closed, at which price, and who pays."""

from __future__ import annotations

import random
from decimal import Decimal

import pytest

from tradecore.venue.events import AccountChanged, MarginWarned, OrderChanged
from tradecore.venue.liquidation import INSURANCE

SYMBOL = "BTCUSDT"


def marked(floor, price):
    """Let index and last trade say that a bitcoin is worth this."""
    floor.now_ns += 1_000
    floor.service.state.last_prices[SYMBOL] = Decimal(price)
    floor.service.set_index(SYMBOL, Decimal(price), now_ns=floor.now_ns)


def forced(floor, account=1):
    """Return the forced orders of an account as they ended."""
    listed = floor.service.state.histories.orders(account, SYMBOL)
    return [one for one in listed if one.request.is_forced]


@pytest.mark.parametrize(
    ("side", "mark"),
    [pytest.param("buy", "57000", id="long"), pytest.param("sell", "63000", id="short")],
)
def test_an_account_at_its_maintenance_margin_is_closed_by_the_book(floor, side, mark):
    """Open orders are canceled, then a forced order takes what the book offers near the mark."""
    buyer, seller = (1, 2) if side == "buy" else (2, 1)
    floor.service.deposit(2, Decimal(10_000_000))
    floor.trade("30", "60000", buyer=buyer, seller=seller)
    order = floor.place(1, side, "0.1", "59000" if side == "buy" else "61000")
    floor.place(2, side, "30", mark)
    marked(floor, mark)
    assert order.status == "canceled"
    (closing,) = forced(floor)
    assert (closing.status, closing.average_price) == ("filled", Decimal(mark))
    assert closing.client_order_id.startswith("autoclose-")
    state = floor.service.state
    assert not state.held(1, SYMBOL)
    assert state.ledger.wallet(1) >= 0
    assert floor.residue() == 0
    assert floor.service.engine.verify()


def test_what_the_book_does_not_take_the_fund_takes_at_the_bankruptcy_price(floor):
    """Nothing is left of the account, and nothing is missing."""
    floor.trade("30", "60000")
    wallet = floor.service.state.ledger.wallet(1)
    marked(floor, "57000")
    state = floor.service.state
    assert abs(forced(floor)[-1].average_price - (60_000 - wallet / 30)) <= Decimal("0.1")
    assert state.ledger.position(INSURANCE, SYMBOL).quantity == 30
    assert state.ledger.wallet(1) == 0
    assert floor.residue() == 0


def test_a_market_that_jumps_past_bankruptcy_leaves_the_loss_to_the_fund(floor):
    """The account ends at 0, never below."""
    floor.trade("30", "60000")
    marked(floor, "50000")
    state = floor.service.state
    assert not state.held(1, SYMBOL)
    assert state.ledger.wallet(1) == 0
    kinds = [one.kind for one in state.histories.incomes(1)]
    assert kinds[-1] == "insurance"
    assert floor.residue() == 0


def test_orders_that_bind_margin_are_all_that_goes_if_that_helps(floor):
    """A warning comes before; what is covered is left alone."""
    floor.trade("30", "60000")
    floor.service.take_events()
    marked(floor, "57100")
    assert forced(floor) == []
    told = floor.service.take_events()
    assert [type(one) for one in told if isinstance(one, MarginWarned)] == [MarginWarned]


def test_an_isolated_position_loses_its_own_money_only(floor):
    """The rest of the account is not touched, nor its other orders."""
    state = floor.service.state
    assert floor.service.modes.set_isolated(1, SYMBOL, is_isolated=True) is None
    floor.trade("1", "60000")
    aside = state.ledger.position(1, SYMBOL).set_aside
    assert aside == 3_000
    before = state.ledger.wallet(1)
    marked(floor, "57000")
    assert not state.held(1, SYMBOL)
    assert state.ledger.set_aside(1) == 0
    assert before - state.ledger.wallet(1) == aside
    assert floor.residue() == 0


def test_the_forced_order_and_the_settlement_are_told(floor):
    """Orders as any order is told, money with its reason."""
    floor.trade("30", "60000")
    floor.service.take_events()
    marked(floor, "57000")
    told = floor.service.take_events()
    changes = [
        one.change for one in told if isinstance(one, OrderChanged) and one.order.request.is_forced
    ]
    assert changes == ["new", "expired", "new", "trade"]
    reasons = [one.reason for one in told if isinstance(one, AccountChanged) and one.account == 1]
    assert reasons[0] == "order"
    assert set(reasons) <= {"order", "insurance"}


@pytest.mark.parametrize("seed", range(6))
def test_no_account_ends_below_nothing_in_any_market(floor, seed):
    """Random trades, leverages and jumps: wallets stay whole, books stay even, nobody is due."""
    chance, service, state = random.Random(seed), floor.service, floor.service.state
    for account in (1, 2):
        service.modes.set_leverage(account, SYMBOL, 50)
        if chance.random() < 0.5:
            service.modes.set_isolated(account, SYMBOL, is_isolated=True)
        if chance.random() < 0.5:
            service.modes.set_hedged(account, is_hedged=True)
    mark = 60_000
    for _ in range(60):
        for account in (1, 2):
            side = chance.choice(("buy", "sell"))
            leg = chance.choice(state.legs(account))
            price = mark + chance.randrange(-50, 50)
            floor.place(account, side, Decimal(chance.randrange(1, 9)), price, leg=leg)
        mark = max(int(mark * (1 + chance.gauss(0, 0.02))), 20_000)
        marked(floor, mark)
        assert floor.residue() == 0
        for account in (1, 2):
            margins = [one.margin() for one in state.exposures(account)]
            assert not any(one.is_due for one in margins)
            assert not state.margin(account).is_due
            held = state.held(account, SYMBOL)
            assert held or state.ledger.wallet(account) >= 0
            legs = [(one.leg, one.quantity > 0) for one in held if one.leg != "both"]
            assert all((leg == "long") is is_long for leg, is_long in legs)
            flat = [one for one in state.ledger.positions(account) if not one.quantity]
            assert not any(one.set_aside for one in flat)
    assert service.engine.verify()
