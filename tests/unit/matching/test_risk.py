"""Accounts, limits and trading states of an engine: what is checked before an order comes in."""

from __future__ import annotations

from decimal import Decimal

import pytest

import tradecore as tc

SPOT = tc.SymbolTerms(base="BTC", quote="USDT")
PERP = tc.SymbolTerms(base="BTC", quote="USDT", initial_margin="0.1")


@pytest.fixture
def venue() -> tc.MatchingEngine:
    """A spot and a linear symbol; accounts 1 and 2 have 10 000 USDT each, account 2 also 10 BTC."""
    spot = tc.Instrument("SPOT", tick_size="0.1", lot_size="0.001", taker_fee="0.001")
    perp = tc.Instrument("PERP", tick_size="0.1", lot_size="0.001", kind="linear")
    engine = tc.MatchingEngine([spot, perp])
    engine.risk.keep_accounts({"SPOT": SPOT, "PERP": PERP})
    for account in (1, 2):
        engine.risk.deposit(account, "USDT", 10_000)
    engine.risk.deposit(2, "BTC", "10")
    return engine


def order(engine, symbol="PERP", *, side="buy", quantity=1, price=100, account=1, **terms):
    """The first report of an order."""
    return engine.submit(
        symbol, side=side, quantity=quantity, price=price, account=account, **terms
    )[0]


def refusal(report):
    """Why and by whose limit an order was refused."""
    return report.reject_code, report.reject_scope


def test_a_spot_order_holds_its_price_and_its_fee(venue):
    """Canceled, it gives all of it back."""
    placed = order(venue, "SPOT", quantity="2", price="100")

    held = venue.risk.balance(1, "USDT")
    assert (held.total, held.held, held.free) == (10_000, Decimal("200.2"), Decimal("9799.8"))
    assert venue.risk.position(1, "SPOT").working_buy == 2
    assert venue.risk.open_orders(1) == 1

    venue.cancel("SPOT", order_id=placed.order_id)
    assert venue.risk.balance(1, "USDT").free == 10_000
    assert venue.risk.open_orders(1) == 0


def test_money_is_neither_made_nor_lost(venue):
    """What both accounts have and the fees are what was put in and not taken out."""
    order(venue, "SPOT", side="sell", quantity=3, price=100, account=2)
    order(venue, "SPOT", quantity=3, price=101)

    risk = venue.risk
    assert risk.position(1, "SPOT").quantity == 3
    assert risk.position(1, "SPOT").cost == 300
    for asset, put_in in (("USDT", 20_000), ("BTC", 10)):
        balances = sum(risk.balance(account, asset).total for account in (1, 2))
        assert balances + risk.fees(asset) == put_in
    assert risk.fees("USDT") == Decimal("0.3")


def test_what_is_held_cannot_be_taken_out(venue):
    """The free part can, to the last unit."""
    order(venue, "SPOT", quantity=10, price=100)

    assert not venue.risk.withdraw(1, "USDT", "8999.1")
    assert venue.risk.withdraw(1, "USDT", "8999")
    assert venue.risk.balance(1, "USDT").free == 0


def test_a_derivative_asks_for_margin(venue):
    """A tenth of its value here, of working orders too."""
    assert order(venue, quantity=900, price=100).exec_type == "new"
    assert venue.risk.balance(1, "USDT").margin == 9_000
    assert refusal(order(venue, quantity=200, price=100)) == ("INSUFFICIENT_MARGIN", None)


def test_a_mark_values_positions(venue):
    """Profit that is not realized counts, at the mark."""
    order(venue, side="sell", quantity=2, price=100, account=2)
    order(venue, quantity=2, price=100)
    venue.risk.set_mark("PERP", 150)

    assert venue.risk.balance(1, "USDT").unrealized == 100
    assert venue.risk.balance(2, "USDT").unrealized == -100
    assert venue.risk.position(2, "PERP").quantity == -2


@pytest.mark.parametrize(
    ("limits", "code"),
    [
        ({"max_order_lots": 999}, "MAX_ORDER_QTY"),
        ({"max_order_value": "99.9"}, "MAX_ORDER_VALUE"),
        ({"collar": "0.05"}, "PRICE_COLLAR"),
        ({"max_open_orders": 0}, "MAX_OPEN_ORDERS"),
        ({"max_position_lots": 999}, "MAX_POSITION_QTY"),
        ({"max_position_value": 89}, "MAX_POSITION_VALUE"),
        ({"max_leverage": "0.001"}, "MAX_LEVERAGE"),
    ],
)
def test_a_refusal_names_its_rule_and_its_scope(venue, limits, code):
    """The strictest scope decides; without the limit the order passes."""
    venue.risk.set_mark("PERP", 90)
    venue.risk.set_limits(tc.Limits(**limits), account=1)

    assert refusal(order(venue)) == (code, "account")

    venue.risk.set_limits(tc.Limits(), account=1)
    assert order(venue).exec_type == "new"


def test_orders_come_no_faster_than_their_rate_and_not_twice(venue):
    """The clock is the one the engine is told."""
    venue.risk.set_limits(tc.Limits(order_rate=(2, 1_000)))
    venue.risk.set_limits(tc.Limits(duplicate_window_ns=10), symbol="PERP")

    assert order(venue, timestamp_ns=100).exec_type == "new"
    assert refusal(order(venue, timestamp_ns=105)) == ("DUPLICATE_ORDER", "symbol")
    assert order(venue, timestamp_ns=110).exec_type == "new"
    assert refusal(order(venue, timestamp_ns=200)) == ("RATE_LIMIT", "global")
    assert order(venue, timestamp_ns=1_100).exec_type == "new"


def test_a_daily_loss_ends_with_the_day(venue):
    """Then only what reduces passes, until the next day starts."""
    order(venue, side="sell", quantity=2, price=100, account=2)
    order(venue, quantity=2, price=100)
    venue.risk.set_mark("PERP", 50)
    venue.risk.set_limits(tc.Limits(max_daily_loss=100), account=1)

    assert refusal(order(venue, price=49)) == ("MAX_DAILY_LOSS", "account")
    assert order(venue, side="sell", price=60).exec_type == "new"

    venue.risk.start_day()
    assert order(venue, price=49).exec_type == "new"


def test_the_kill_switch_stops_an_account_and_lets_it_go_on(venue):
    """Reducing is less than halted: what brings a position nearer to zero passes."""
    order(venue, side="sell", quantity=2, price=100, account=2)
    order(venue, quantity=2, price=100)

    venue.risk.set_trading_state("halted", account=1)
    assert refusal(order(venue, side="sell")) == ("TRADING_HALTED", "account")
    venue.risk.set_trading_state("reducing", account=1)
    assert refusal(order(venue)) == ("REDUCE_ONLY_STATE", "account")
    assert order(venue, side="sell", price=120).exec_type == "new"
    venue.risk.set_trading_state("active", account=1)
    assert order(venue, price=90).exec_type == "new"


def test_owners_share_limits_and_do_not_trade_with_each_other(venue):
    """A user's limit is for each account of the user; a group is one party to every trade."""
    for account in (1, 2):
        venue.risk.set_owner(account, user=7, group=9)
    order(venue, side="sell", quantity=1, price=100, account=2)
    own = venue.submit(
        "PERP",
        side="buy",
        quantity=1,
        price=100,
        account=1,
        self_trade_prevention="cancel_newest",
    )
    assert own[-1].reject_code == "SELF_TRADE_PREVENTED"

    venue.risk.set_limits(tc.Limits(max_order_lots=1), user=7)
    assert refusal(order(venue)) == ("MAX_ORDER_QTY", "user")


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (lambda risk: risk.deposit(1, "DOGE", 1), "asset must be one the kept accounts trade"),
        (lambda risk: risk.deposit(1, "USDT", 0), "amount must be above 0"),
        (lambda risk: risk.deposit(1, "USDT", "1e30"), "amount is beyond what is counted"),
        (lambda risk: risk.set_limits(tc.Limits(), user=1, account=1), "a scope is one of"),
        (lambda risk: risk.set_trading_state("off"), "a trading state is 'active'"),
        (lambda risk: risk.set_mark("PERP", "0.05"), "multiple of the tick"),
        (lambda risk: risk.keep_accounts({"SPOT": SPOT, "PERP": PERP}), "accounts are kept once"),
        (lambda risk: risk.keep_accounts({"SPOT": SPOT}), "terms must be given for every symbol"),
        (lambda _: tc.Limits(collar="1e-10"), "collar must be a multiple of"),
        (lambda _: tc.Limits(max_order_lots=-1), "limits are not below 0"),
        (lambda _: tc.SymbolTerms(base="A", quote="B", initial_margin=2), "a margin is from 0 to"),
    ],
)
def test_a_call_that_makes_no_sense_changes_nothing(venue, call, text):
    """And says which rule it broke."""
    before = venue.state_hash()
    with pytest.raises(tc.core.InputError, match=text):
        call(venue.risk)
    assert venue.state_hash() == before
