"""What a strategy can do and ask."""

from __future__ import annotations

from decimal import Decimal

import pytest

import tradecore as tc
from support.local_host import BTC, START_NS, LocalHost
from tradecore.core import InputError, UnknownSymbolError
from tradecore.model import Budget, OrderRequest
from tradecore.model.errors import StrategyError, UnsupportedError


class Idle(tc.AbstractStrategy):
    """Does nothing by itself."""


@pytest.fixture
def host():
    """Return a host that runs nothing yet."""
    return LocalHost()


@pytest.fixture
def strategy(host):
    """Return a strategy that the host runs."""
    strategy = Idle()
    host.run(strategy)
    return strategy


def test_buy_and_sell_give_an_order_at_once(host, strategy):
    """Buy and sell give an order at once."""
    bid = strategy.buy("BINANCE:BTCUSDT", Decimal("0.01"), "49000", post_only=True, tag="probe")
    ask = strategy.sell(BTC, 0.01, 51_000)
    market = strategy.buy(BTC, "0.01")

    assert [order.state for order in (bid, ask, market)] == ["PENDING_NEW"] * 3
    assert (bid.side, bid.post_only, bid.tag, bid.symbol) == ("buy", True, "probe", BTC)
    assert (ask.side, market.type, market.price) == ("sell", "market", None)
    assert bid.submitted_at_ns == START_NS

    host.exchange()

    assert {order.state for order in (bid, ask, market)} == {"ACCEPTED"}
    assert strategy.orders() == [bid, ask, market]
    assert strategy.orders(BTC, "sell") == [ask]
    assert strategy.order(ask.client_order_id) == ask


@pytest.mark.parametrize(
    "words",
    [
        {"stop_price": "48000"},
        {"display_quantity": "0.001"},
        {"algo": "twap"},
        {"venue": "DERIBIT"},
        {"type": "stop_limit"},
        {"time_in_force": "DAY"},
    ],
)
def test_what_no_host_can_do_yet_is_denied_not_ignored(host, strategy, words):
    """What no host can do yet is denied not ignored."""
    order = strategy.sell(BTC, "0.01", "51000", **words)

    [(name, value)] = words.items()
    assert (order.state, order.reject_code) == ("DENIED", "UNSUPPORTED")
    assert f"{name}={value}, symbol=BTCUSDT" in order.reject_text
    assert host.trader.take_commands() == []


def test_a_request_is_submitted_as_it_stands(strategy):
    """A request is submitted as it stands."""
    request = OrderRequest(
        symbol=BTC, side="buy", quantity=1, price=10, client_order_id="tc-t1-5", tag="x"
    )

    order = strategy.submit(request)
    again = strategy.submit(request)

    assert (order.client_order_id, order.tag) == ("tc-t1-5", "x")
    assert again.reject_code == "DUPLICATE_CLIENT_ORDER_ID"


def test_an_off_tick_price_is_denied_with_its_neighbours_and_round_price_helps(strategy):
    """An off tick price is denied with its neighbours and `round_price` helps."""
    order = strategy.buy(BTC, "0.01", "49000.07")
    rounded = strategy.instrument(BTC).round_price("49000.07", "buy")

    assert "nearest valid 49000 and 49000.1" in order.reject_text
    assert strategy.buy(BTC, "0.01", rounded).state == "PENDING_NEW"


def test_modify_and_cancel_answer_whether_they_were_asked(host, strategy):
    """Modify and cancel answer whether they were asked."""
    order = strategy.buy(BTC, "0.01", "49000")
    host.exchange()

    assert strategy.modify(order, price="49000.1", quantity="0.02") is True
    assert strategy.modify(order, price="49000.2") is False
    host.exchange()
    assert (order.price, order.quantity) == (Decimal("49000.1"), Decimal("0.02"))
    assert strategy.cancel(order) is True
    host.exchange()
    assert order.state == "CANCELED"
    assert strategy.cancel(order) is False
    assert strategy.modify(order, quantity="0.03") is False


def test_cancel_all_counts_what_it_took(host, strategy):
    """`cancel_all` counts what it took."""
    strategy.buy(BTC, "0.01", "49000")
    strategy.quote(BTC, bids=[(48_000, "0.01")], asks=[(52_000, "0.01")])
    host.exchange()

    assert strategy.cancel_all(BTC, "sell") == 1
    assert strategy.cancel_all() == 2
    host.exchange()
    assert strategy.orders() == []


def test_close_position_sends_what_brings_it_to_zero(host, strategy):
    """Close position sends what brings it to zero."""
    assert strategy.close_position(BTC) is None
    order = strategy.buy(BTC, "0.03", "49000")
    host.exchange()
    host.fill(order, "0.02")

    closing = strategy.close_position(BTC)

    assert (closing.side, closing.quantity, closing.type) == ("sell", Decimal("0.02"), "market")
    assert closing.reduce_only
    host.exchange()
    host.fill(closing, "0.02", liquidity="taker")
    assert strategy.position(BTC).is_flat


def test_quotes_follow_their_targets_without_a_second_call(host, strategy):
    """Quotes follow their targets without a second call."""
    strategy.quote(BTC, bids=[(49_000, "0.01")], asks=[(51_000, "0.01")])
    strategy.quote(BTC, bids=[(49_001, "0.01")], asks=[(51_001, "0.02")])
    host.exchange()

    shown = [(o.side, o.price, o.leaves_quantity) for o in strategy.orders()]
    assert shown == [("buy", 49_001, Decimal("0.01")), ("sell", 51_001, Decimal("0.02"))]
    assert strategy.quote(BTC, bids=[(49_001, 0.01)], asks=[(51_001, 0.02)]) == 0


def test_min_life_is_in_milliseconds(host, strategy):
    """`min_life_ms` is in milliseconds."""
    strategy.quote(BTC, bids=[(49_000, "0.01")], asks=[], min_life_ms=5)
    host.exchange()
    host.now_ns = START_NS + 4_000_000
    assert strategy.quote(BTC, bids=[(49_001, "0.01")], asks=[], min_life_ms=5) == 0
    host.now_ns = START_NS + 5_000_000
    assert strategy.quote(BTC, bids=[(49_001, "0.01")], asks=[], min_life_ms=5) == 1


def test_questions_are_answered(host, strategy):
    """Questions are answered."""
    assert strategy.now_ns == START_NS
    assert strategy.book(BTC) is host.book_now
    assert strategy.balances() == {"USDT": Decimal(1000)}
    assert strategy.budget("binance") == Budget(used=1, capacity=10, period_ns=60)
    assert strategy.budget("deribit") is None
    assert strategy.positions() == {}
    order = strategy.buy(BTC, "0.01", "49000")
    host.exchange()
    host.fill(order, "0.01")
    assert list(strategy.positions()) == [BTC]
    assert strategy.positions()[BTC].quantity == Decimal("0.01")


def test_a_subscription_names_the_symbol_alone(host, strategy):
    """A subscription names the symbol alone."""
    strategy.subscribe("BINANCE:BTCUSDT", book=5, trades=True)

    [wanted] = host.subscriptions
    assert (wanted.symbol, wanted.book, wanted.trades, wanted.quotes) == (BTC, 5, True, False)


@pytest.mark.parametrize(
    ("action", "error", "text"),
    [
        pytest.param(
            lambda s: s.subscribe("ETHUSDT", book=1),
            UnknownSymbolError,
            "symbol must be one the trader",
            id="subscribe-symbol",
        ),
        pytest.param(
            lambda s: s.subscribe(BTC, bars=("1m",)),
            UnsupportedError,
            "no bars here",
            id="subscribe-channel",
        ),
        pytest.param(
            lambda s: s.request_bars(BTC, period="1m", count=9),
            UnsupportedError,
            "no bars here",
            id="bars",
        ),
        pytest.param(
            lambda s: s.buy("ETHUSDT", 1, 1),
            UnknownSymbolError,
            "symbol must be one the trader",
            id="buy-symbol",
        ),
        pytest.param(
            lambda s: s.position("ETHUSDT"),
            UnknownSymbolError,
            "symbol must be one the trader",
            id="position-symbol",
        ),
        pytest.param(
            lambda s: s.quote("ETHUSDT", [], []),
            UnknownSymbolError,
            "symbol must be one the trader",
            id="quote-symbol",
        ),
        pytest.param(
            lambda s: s.cancel_all(side="long"), InputError, "side must be 'buy'", id="side"
        ),
        pytest.param(lambda s: s.quote(BTC, 5, []), TypeError, "not iterable", id="levels"),
        pytest.param(lambda s: s.cancel("tc-t1-1"), TypeError, "Order", id="no-order"),
        pytest.param(lambda s: s.record("x", "wide"), ValueError, "could not convert", id="text"),
    ],
)
def test_a_call_that_makes_no_sense_raises(host, strategy, action, error, text):
    """A call that makes no sense raises."""
    with pytest.raises(error, match=text):
        action(strategy)

    assert host.trader.take_commands() == []


def test_numbers_are_recorded_with_the_time(host, strategy):
    """Numbers are recorded with the time."""
    strategy.record("spread", 2)

    assert host.container.recorder.series("spread").tolist() == [(START_NS, 2.0)]


@pytest.mark.parametrize(
    "action",
    [
        pytest.param(lambda s: s.buy(BTC, 1, 1), id="buy"),
        pytest.param(lambda s: s.now_ns, id="now"),
        pytest.param(lambda s: s.set_timer("x", every="1s"), id="timer"),
        pytest.param(lambda s: s.record("x", 1), id="record"),
        pytest.param(lambda s: s.halt("no"), id="halt"),
        pytest.param(lambda s: s.position(BTC), id="position"),
    ],
)
def test_a_strategy_that_does_not_run_can_do_nothing(action):
    """A strategy that does not run can do nothing."""
    with pytest.raises(StrategyError, match="from on_start on, when a host runs it"):
        action(Idle())
