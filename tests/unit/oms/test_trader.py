"""A trader from Python: what it refuses and how, what it shows, and what it merges."""

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


def buy(trader, quantity="0.01", price="50000", **words):
    """Send a buy order."""
    return trader.submit(BTC, "buy", quantity, price, now_ns=1, **words)


def hear(trader, order, reply, **terms):
    """Let the venue say something of an order."""
    return trader.apply(order.key, reply, ts_event_ns=2, ts_recv_ns=3, **terms)


def test_an_order_starts_pending_and_is_named_by_its_run(trader):
    """An order starts pending and is named by its run."""
    order = buy(trader, tag="probe")

    assert (order.key, order.client_order_id) == (1, "tc-a1-1")
    assert order.state is tc.OrderState.PENDING_NEW
    assert (order.symbol, order.side, order.type) == (BTC, "buy", "limit")
    assert (order.price, order.quantity) == (Decimal(50000), Decimal("0.01"))
    assert (order.price_ticks, order.quantity_lots) == (500_000, 10)
    assert order.tag == "probe"
    assert order.is_live
    assert trader.order("tc-a1-1") == order == trader.order(1)
    assert trader.order("tc-b7-1") is None
    assert repr(order) == "Order(tc-a1-1, BTCUSDT, buy 0/0.01 @ 50000, PENDING_NEW)"


@pytest.mark.parametrize(
    ("quantity", "price", "code", "text"),
    [
        pytest.param(
            "0.01",
            "50000.05",
            "OFF_TICK",
            "price must be a multiple of the tick: price=50000.05, tick_size=0.1, "
            "nearest valid 50000 and 50000.1, symbol=BTCUSDT",
            id="off-tick",
        ),
        pytest.param(
            "0.0105",
            "50000",
            "OFF_LOT",
            "quantity must be a multiple of the lot: quantity=0.0105, lot_size=0.001, "
            "nearest valid 0.01 and 0.011, symbol=BTCUSDT",
            id="off-lot",
        ),
        pytest.param(
            0,
            "50000",
            "QTY_NOT_POSITIVE",
            "quantity must be above 0: quantity=0, symbol=BTCUSDT",
            id="zero",
        ),
        pytest.param(
            -1,
            "50000",
            "QTY_NOT_POSITIVE",
            "quantity must be above 0: quantity=-1, symbol=BTCUSDT",
            id="negative",
        ),
        pytest.param(
            float("nan"),
            "50000",
            "QTY_NOT_POSITIVE",
            'quantity is not a decimal number: quantity="nan", symbol=BTCUSDT',
            id="nan",
        ),
        pytest.param(
            "1",
            float("inf"),
            "BAD_PRICE",
            'price is not a decimal number: price="inf", symbol=BTCUSDT',
            id="infinite",
        ),
        pytest.param(
            "1e30",
            "50000",
            "QTY_TOO_LARGE",
            "quantity is beyond what lot steps can count (|n| < 2^62): "
            "quantity=1000000000000000000000000000000, symbol=BTCUSDT",
            id="huge",
        ),
        pytest.param(
            "0.001",
            "4000",
            "MIN_NOTIONAL",
            "order value must be at least 5: value=4, price=4000, quantity=0.001, "
            "nearest valid quantity 0.002, symbol=BTCUSDT",
            id="too-small",
        ),
    ],
)
def test_a_bad_number_denies_the_order_with_rule_and_nearest_value(
    trader, quantity, price, code, text
):
    """A bad number denies the order with rule and nearest value."""
    order = buy(trader, quantity, price)

    assert order.state is tc.OrderState.DENIED
    assert (order.reject_code, order.reject_text) == (code, text)
    assert trader.take_commands() == []
    assert trader.denials() == {code: 1}
    [event] = trader.take_events()
    assert (event.name, event.order, event.reject_code) == ("denied", order, code)
    assert event.reject_text == text


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ({"type": "stop"}, "UNSUPPORTED"),
        ({"type": "iceberg"}, "UNSUPPORTED"),
        ({"time_in_force": "GTD"}, "UNSUPPORTED"),
        ({"unsupported": "algo=twap"}, "UNSUPPORTED"),
        ({"post_only": True, "time_in_force": "IOC"}, "BAD_COMBINATION"),
    ],
)
def test_what_cannot_be_sent_is_denied_and_never_sent_without_it(trader, words, code):
    """What cannot be sent is denied and never sent without it."""
    order = buy(trader, **words)

    assert (order.state, order.reject_code) == ("DENIED", code)
    assert trader.take_commands() == []


def test_an_unsupported_order_says_what_and_where(trader):
    """An unsupported order says what and where."""
    order = buy(trader, type="stop")

    assert order.reject_text == (
        "this host cannot do what the order asks for: type=stop, symbol=BTCUSDT"
    )


@pytest.mark.parametrize(
    ("arguments", "words", "error", "text"),
    [
        (("ETHUSDT", "buy", 1, 1), {}, UnknownSymbolError, "symbol must be one the trader was"),
        (("DERIBIT:BTCUSDT", "buy", 1, 1), {}, UnknownSymbolError, "DERIBIT:BTCUSDT"),
        ((BTC, "long", 1, 1), {}, InputError, "side must be 'buy' or 'sell'"),
        ((BTC, "buy", 1, 1), {"type": "lmt"}, InputError, "type must be limit, market, stop"),
        ((BTC, "buy", 1, 1), {"type": "market"}, InputError, "a market order takes no price"),
        ((BTC, "buy", 1), {"type": "limit"}, InputError, "a limit order needs a price"),
        ((BTC, "buy", 1, 1), {"time_in_force": "gtc"}, InputError, "time_in_force must be GTC"),
        ((BTC, "buy", 1, 1), {"client_order_id": "x"}, InputError, "a client order id is tc-"),
        ((BTC, "buy", [1], 1), {}, InputError, "quantity must be Decimal, str, int or float"),
        ((BTC, "buy", 1, object()), {}, InputError, "price must be Decimal, str, int or float"),
    ],
)
def test_a_call_that_makes_no_sense_raises_and_changes_nothing(
    trader, arguments, words, error, text
):
    """A call that makes no sense raises and changes nothing."""
    with pytest.raises(error, match=text):
        trader.submit(*arguments, now_ns=1, **words)

    assert trader.take_commands() == []
    assert trader.take_events() == []
    assert trader.order(1) is None


def test_a_client_order_id_is_used_once(trader):
    """A client order id is used once."""
    first = buy(trader, client_order_id="tc-a1-7")
    again = buy(trader, client_order_id="tc-a1-7")

    assert (first.key, again.key) == (7, 8)
    assert again.reject_code == "DUPLICATE_CLIENT_ORDER_ID"
    assert "client_order_id=tc-a1-7" in again.reject_text


def test_fills_in_any_order_and_twice_end_the_same(trader):
    """Fills in any order and twice end the same."""
    order = buy(trader, "0.03")
    fill = {"price": "49999.9", "quantity": "0.01", "fee": "0.5", "liquidity": "taker"}

    assert hear(trader, order, "filled", exec_id=1, **fill) == "applied"
    assert hear(trader, order, "filled", exec_id=1, **fill) == "stale"
    assert hear(trader, order, "accepted") == "stale"
    assert hear(trader, order, "filled", exec_id=2, **fill) == "applied"

    assert order.state is tc.OrderState.PARTIALLY_FILLED
    assert (order.cumulative_quantity, order.leaves_quantity) == (Decimal("0.02"), Decimal("0.01"))
    assert (order.average_price, order.fees) == (Decimal("49999.9"), Decimal("1.0"))
    assert (order.cumulative_lots, order.leaves_lots, order.fill_count) == (20, 10, 2)
    names = [event.name for event in trader.take_events()]
    assert names == ["submitted", "accepted", "filled", "filled"]
    assert trader.counters()["stale"] == 2


def test_a_fill_tells_everything(trader):
    """A fill tells everything."""
    order = buy(trader)
    hear(trader, order, "filled", exec_id=9, price="50000", quantity="0.01", fee="-0.1")

    event = trader.take_events()[-1]
    fill = event.fill

    assert event.state is tc.OrderState.FILLED
    assert (fill.order, fill.symbol, fill.side) == (order, BTC, "buy")
    assert (fill.price, fill.quantity, fill.fee) == (50000, Decimal("0.01"), Decimal("-0.1"))
    assert (fill.price_ticks, fill.quantity_lots, fill.exec_id) == (500_000, 10, 9)
    assert (fill.liquidity, fill.is_unexpected) == ("maker", False)
    assert (fill.ts_event_ns, fill.ts_recv_ns) == (2, 3)
    assert repr(fill) == "Fill(BTCUSDT, buy 0.01 @ 50000, maker)"


def test_a_cancel_of_a_filled_order_is_refused_by_value_and_event(trader):
    """A cancel of a filled order is refused by value and event."""
    order = buy(trader)
    hear(trader, order, "filled", exec_id=1, price="50000", quantity="0.01")
    trader.take_events()

    assert trader.cancel(order, now_ns=4) is False

    [event] = trader.take_events()
    assert (event.name, event.reject_code) == ("cancel_rejected", "ORDER_NOT_LIVE")
    assert event.reject_text == "an order must be live: client_order_id=tc-a1-1, state=FILLED"
    assert order.state is tc.OrderState.FILLED


@pytest.mark.parametrize(
    ("terms", "code"),
    [
        ({"price": "50000.05"}, "OFF_TICK"),
        ({"quantity": "0.0005"}, "OFF_LOT"),
        ({"quantity": 0}, "QTY_NOT_POSITIVE"),
        ({"quantity": "0.004"}, "TOTAL_BELOW_FILLED"),
        ({"quantity": float("nan")}, "QTY_NOT_POSITIVE"),
    ],
)
def test_a_change_that_breaks_a_rule_is_refused_by_value_and_event(trader, terms, code):
    """A change that breaks a rule is refused by value and event."""
    order = buy(trader)
    hear(trader, order, "filled", exec_id=1, price="50000", quantity="0.005")
    trader.take_events(), trader.take_commands()

    assert trader.modify(order, **terms, now_ns=4) is False

    [event] = trader.take_events()
    assert (event.name, event.reject_code) == ("modify_rejected", code)
    assert order.quantity == Decimal("0.01")
    assert trader.take_commands() == []


def test_a_change_takes_one_term_or_both(trader):
    """A change takes one term or both."""
    order = buy(trader)
    hear(trader, order, "accepted")
    trader.take_commands()

    assert trader.modify(order, price="50000.1", now_ns=4) is True

    assert order.state is tc.OrderState.PENDING_REPLACE
    assert trader.take_commands() == [("modify", order, (500_001, 10))]


def test_cancel_all_takes_a_symbol_and_a_side(trader):
    """`cancel_all` takes a symbol and a side."""
    buy(trader)
    trader.submit(BTC, "sell", 1, 60000, now_ns=1)

    assert trader.cancel_all(BTC, "sell", now_ns=2) == 1
    assert trader.cancel_all(now_ns=2) == 1
    assert trader.cancel_all(now_ns=2) == 0


def test_a_retired_order_says_so():
    """A retired order says so."""
    trader = tc.Trader([btc()], run_id="a1", retained=2)
    first = buy(trader, 0)
    for _ in range(2):
        buy(trader, 0)

    assert repr(first) == "Order(tc-a1-1, retired)"
    assert trader.order(1) is None
    assert trader.cancel(first, now_ns=1) is False
    assert trader.modify(first, price=1, now_ns=1) is False
    with pytest.raises(InputError, match="readable until it is retired: client_order_id=tc-a1-1"):
        _ = first.state


@pytest.mark.parametrize(
    ("reply", "terms", "text"),
    [
        ("gone", {}, "a reply is accepted, rejected"),
        ("filled", {}, "this reply needs price and quantity"),
        ("filled", {"price": 1, "quantity": 1, "liquidity": "both"}, "liquidity must be maker or"),
        ("filled", {"price": 1, "quantity": 1, "fee": "1e30"}, "fee is beyond counting"),
        ("rejected", {"reject_code": "NO"}, "no such reject code"),
    ],
)
def test_evidence_that_says_nothing_raises(trader, reply, terms, text):
    """Evidence that says nothing raises."""
    order = buy(trader)

    with pytest.raises(InputError, match=text):
        hear(trader, order, reply, **terms)

    assert order.state is tc.OrderState.PENDING_NEW


def test_evidence_for_a_stranger_is_answered_counted_and_told(trader):
    """Evidence for an order that is not known changes nothing and is not lost from sight."""
    assert trader.apply(99, "accepted", ts_event_ns=1, ts_recv_ns=1) == "unknown_order"

    [event] = trader.take_events()
    assert (event.name, event.symbol, event.fill) == ("illegal", None, None)
    assert trader.counters()["unknown_order"] == 1


def test_an_order_is_acted_on_by_the_trader_that_made_it(trader):
    """Two traders use the same keys, so the order of one is refused by the other."""
    order = buy(tc.Trader([btc()], run_id="b2"))
    buy(trader)

    for action in (trader.cancel, trader.modify):
        with pytest.raises(InputError, match=r"by the trader that made it: Order\(tc-b2-1"):
            action(order, now_ns=2)


def test_a_contradiction_is_an_event_with_its_word(trader):
    """A contradiction is an event with its word."""
    order = buy(trader)
    hear(trader, order, "filled", exec_id=1, price="50000", quantity="0.005")
    trader.take_events()

    assert hear(trader, order, "rejected") == "illegal"

    [event] = trader.take_events()
    assert repr(event) == "OrderEvent(tc-a1-1, illegal, PARTIALLY_FILLED, reject was said)"


def test_only_wanted_events_wait_and_the_journal_has_all(trader):
    """Only wanted events wait and the journal has all."""
    trader.want_events(["accepted"])
    trader.keep_journal()
    order = buy(trader)
    hear(trader, order, "accepted")

    assert [event.name for event in trader.take_events()] == ["accepted"]
    assert [event.name for event in trader.take_journal()] == ["submitted", "accepted"]
    with pytest.raises(InputError, match="an order event is one of submitted, denied"):
        trader.want_events(["accept"])


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ({"run_id": "A-1"}, "a run id is 1 to 12 lower case letters or digits"),
        ({"run_id": ""}, "a run id is 1 to 12"),
    ],
)
def test_a_trader_needs_a_run_id_that_every_venue_takes(words, text):
    """A trader needs a run id that every venue takes."""
    with pytest.raises(InputError, match=text):
        tc.Trader([btc()], **words)


def test_a_symbol_is_registered_once():
    """A symbol is registered once."""
    with pytest.raises(InputError, match="a symbol is registered once: symbol=BTCUSDT"):
        tc.Trader([btc(), btc()], run_id="a1")


def test_two_views_of_one_order_are_equal(trader):
    """Two views of one order are equal."""
    order = buy(trader)
    other = tc.Trader([btc()], run_id="a1")

    assert order == trader.orders()[0]
    assert len({order, trader.orders()[0]}) == 1
    assert order != buy(other)
    assert order != 1
