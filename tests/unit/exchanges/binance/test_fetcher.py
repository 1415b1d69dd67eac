"""State is asked for page by page until it is whole, and told exactly."""

from __future__ import annotations

import json
from decimal import Decimal
from urllib.parse import parse_qs

import msgspec
import pytest

from tradecore.core import InputError
from tradecore.exchanges.base import (
    BalancesListed,
    ClockSample,
    ConnectorSettings,
    Failure,
    Fate,
    Faulted,
    FaultKind,
    FillsListed,
    InstrumentsListed,
    OpenOrdersListed,
    PositionsListed,
    RateRule,
    RateUsed,
)
from tradecore.exchanges.binance.fetcher import BinanceDataFetcher
from tradecore.exchanges.binance.filters import read_info, write_rules, write_terms
from tradecore.exchanges.binance.messages import ExchangeInfo

MS = 1_000_000
DAY = 86_400 * 1_000_000_000


@pytest.fixture
def state(settings, hand):
    """Return the role."""
    return hand(BinanceDataFetcher(settings))


def asked(request):
    """Return the parameters of a request."""
    return {name: one[0] for name, one in parse_qs(request.url.partition("?")[2]).items()}


def trade(number, **changed):
    """Return a row of `userTrades`."""
    return {
        "buyer": True, "commission": "0.1", "commissionAsset": "USDT", "id": number,
        "maker": True, "orderId": 7, "price": "5", "qty": "2", "realizedPnl": "0", "side": "BUY",
        "symbol": "BTCUSDT", "time": 1, **changed,
    }  # fmt: skip


def order(**changed):
    """Return a row of `openOrders`."""
    return {
        "orderId": 7, "symbol": "BTCUSDT", "status": "PARTIALLY_FILLED", "clientOrderId": "web_x",
        "price": "5.0", "origQty": "2", "executedQty": "1", "timeInForce": "GTX", "type": "LIMIT",
        "side": "SELL", "reduceOnly": True, "time": 3, "updateTime": 4, **changed,
    }  # fmt: skip


def test_the_clock_is_told_with_both_our_times(state, now):
    """When it was asked, when it was answered, and how much of the budget is used."""
    state.codec.fetch_clock(now)
    (request,) = state.requests()
    events = state.answer(request, {"serverTime": 5}, now=now + 9, x_mbx_used_weight_1m="12")

    assert events == [
        RateUsed(pool="weight", period_ns=60_000_000_000, used=12),
        ClockSample(venue_ns=5 * MS, sent_ns=now, received_ns=now + 9),
    ]


def test_open_orders_whoever_placed_them(state, now):
    """A stranger's id passes untouched; all symbols weigh 40, one weighs 1."""
    state.codec.fetch_open_orders(None, now_ns=now, venue_ns=now)
    state.codec.fetch_open_orders("BTCUSDT", now_ns=now, venue_ns=now)
    every, one = state.requests()
    (listed,) = state.answer(every, [order()])
    (fault,) = state.answer(one, [order(symbol="ETHUSDT")])

    assert (every.cost.weight, one.cost.weight) == (40, 1)
    assert isinstance(listed, OpenOrdersListed)
    (found,) = listed.orders
    assert (found.client_order_id, found.status, found.side) == (
        "web_x",
        "partially_filled",
        "sell",
    )
    assert (found.post_only, found.reduce_only, found.cumulative) == (True, True, Decimal(1))
    assert fault.fault.kind is FaultKind.MALFORMED


def test_fills_after_an_id_are_paged_until_a_page_is_short(state, now):
    """A full page asks for the next one, signed anew by the venue's clock as it was known."""
    state.codec.fetch_fills(
        "BTCUSDT", since_exec_id=10, since_ns=0, now_ns=now, venue_ns=now + 5 * MS
    )
    (first,) = state.requests()
    (page,) = state.answer(first, [trade(11 + n) for n in range(1_000)], now=now + 10 * MS)
    (second,) = state.requests()
    (last,) = state.answer(second, [trade(1_011)])

    assert asked(first)["fromId"] == "11"
    assert isinstance(page, FillsListed)
    assert (len(page.fills), page.is_whole) == (1_000, False)
    assert asked(second)["fromId"] == "1011"
    assert int(asked(second)["timestamp"]) == now // MS + 15
    assert last.is_whole
    assert {(one.asked_ns, one.since_ns) for one in (page, last)} == {(now, None)}
    assert (last.fills[0].exec_id, last.fills[0].fee, last.fills[0].liquidity) == (
        1_011, Decimal("0.1"), "maker",
    )  # fmt: skip
    assert state.requests() == []


def test_fills_since_a_time_walk_over_weeks(state, now):
    """The venue answers seven days at most; an empty week is no end, ids lead on from a fill."""
    since = now - 10 * DAY
    state.codec.fetch_fills("BTCUSDT", since_exec_id=0, since_ns=since, now_ns=now, venue_ns=now)
    (first,) = state.requests()
    (page,) = state.answer(first, [])
    (second,) = state.requests()
    (found,) = state.answer(second, [trade(3)])
    (third,) = state.requests()
    (last,) = state.answer(third, [])

    assert int(asked(second)["startTime"]) == int(asked(first)["endTime"]) + 1
    assert int(asked(first)["endTime"]) - int(asked(first)["startTime"]) < 7 * DAY // MS
    assert (page.is_whole, found.is_whole, last.is_whole) == (False, False, True)
    assert {(one.asked_ns, one.since_ns) for one in (page, found, last)} == {(now, since)}
    assert asked(third)["fromId"] == "4"


def test_orders_since_a_time_are_paged_by_their_numbers(state, now):
    """Ended ones too; a full page leads on from its last number, the last one is short."""
    since = now - DAY
    state.codec.fetch_orders("BTCUSDT", since_ns=since, now_ns=now, venue_ns=now)
    (first,) = state.requests()
    rows = [order(orderId=n, clientOrderId=f"tc-{n}", status="CANCELED") for n in range(1, 1_001)]
    (page,) = state.answer(first, rows)
    (second,) = state.requests()
    (last,) = state.answer(second, [order(orderId=1_001)])

    assert (first.path, first.cost.weight) == ("/fapi/v1/allOrders", 5)
    assert int(asked(first)["startTime"]) == since // MS
    assert (asked(second)["orderId"], "startTime" in asked(second)) == ("1001", False)
    assert (len(page.orders), page.is_whole, last.is_whole) == (1_000, False, True)
    assert (page.orders[0].client_order_id, page.orders[0].status) == ("tc-1", "canceled")
    assert {(one.asked_ns, one.since_ns) for one in (page, last)} == {(now, since)}
    assert state.requests() == []


def test_a_list_of_orders_holds_what_was_asked_for(state, now):
    """One of another symbol is no answer."""
    state.codec.fetch_orders("BTCUSDT", since_ns=now - DAY, now_ns=now, venue_ns=now)
    (request,) = state.requests()
    (fault,) = state.answer(request, [order(symbol="ETHUSDT")])
    assert fault.fault.kind is FaultKind.MALFORMED


def test_positions_and_balances(state, now):
    """Long and short held apart are one position; numbers are exact."""
    row = {
        "symbol": "BTCUSDT", "positionSide": "LONG", "positionAmt": "3", "entryPrice": "5",
        "markPrice": "5", "unRealizedProfit": "1", "liquidationPrice": "0", "updateTime": 2,
    }  # fmt: skip
    short = {**row, "positionSide": "SHORT", "positionAmt": "-1"}
    money = {
        "accountAlias": "a", "asset": "USDT", "balance": "10.5", "crossWalletBalance": "1",
        "crossUnPnl": "0", "availableBalance": "9", "maxWithdrawAmount": "9", "updateTime": 2,
    }  # fmt: skip
    state.codec.fetch_positions(now_ns=now, venue_ns=now)
    state.codec.fetch_balances(now_ns=now, venue_ns=now)
    first, second = state.requests()
    (positions,) = state.answer(first, [row, short])
    (balances,) = state.answer(second, [money])

    assert isinstance(positions, PositionsListed)
    assert [one.quantity for one in positions.positions] == [Decimal(2)]
    assert isinstance(balances, BalancesListed)
    assert (balances.balances[0].total, balances.balances[0].free) == (Decimal("10.5"), Decimal(9))


def test_terms_survive_the_venues_list(state, terms, now):
    """What a venue of ours lists, a connector reads as it was; limits as well."""
    rules = (
        RateRule(pool="weight", capacity=2_400, period_ns=60_000_000_000),
        RateRule(pool="orders", capacity=300, period_ns=10_000_000_000),
    )
    info = ExchangeInfo(
        rate_limits=write_rules(rules), symbols=tuple(write_terms(one) for one in terms)
    )
    state.codec.fetch_instruments(now)
    (request,) = state.requests()
    (listed,) = state.answer(request, info.encode())

    assert isinstance(listed, InstrumentsListed)
    assert listed.rules == rules
    assert listed.terms == tuple(terms)


def test_one_strange_instrument_does_not_hide_the_others(state, terms, now):
    """It is left out, and told."""
    good = write_terms(terms[0])
    bare = msgspec.structs.replace(good, filters=())
    info = ExchangeInfo(rate_limits=(), symbols=(bare, good))
    state.codec.fetch_instruments(now)
    (request,) = state.requests()
    listed, fault = state.answer(request, info.encode())

    assert len(listed.terms) == 1
    assert "a price and a lot filter: symbol='BTCUSDT'" in fault.fault.text


def test_recorded_lists_of_instruments_are_read(shared_dir):
    """The venue's lists of three years, whole."""
    base = shared_dir / "protocols/fixtures/binance_usdm"
    roq = json.loads((base / "roq_test_payloads.json").read_text())
    live = (base / "nautilus_py/http_responses/http_futures_market_exchange_info.json").read_text()
    first = (base / "cryptofeed/BINANCE_FUTURES.0").read_text().splitlines()[0]
    bodies = [
        json.dumps(roq["exchange_info_ack"]["usd_m"]),
        live,
        first.partition(": ")[2],
    ]
    for body in bodies:
        terms, rules, wrong = read_info(ExchangeInfo.decode(body.encode()))
        assert len(terms) >= 1
        assert len(rules) == 3
        assert wrong == ()


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"null", b"[1]", b'[{"id":"x"}]', b"[" * 9_999],
)
def test_hostile_answers_are_faults(state, now, body):
    """Nothing is told of the account."""
    state.codec.fetch_positions(now_ns=now, venue_ns=now)
    state.codec.fetch_balances(now_ns=now, venue_ns=now)
    state.codec.fetch_open_orders(None, now_ns=now, venue_ns=now)
    state.codec.fetch_fills("BTCUSDT", since_exec_id=1, since_ns=0, now_ns=now, venue_ns=now)
    state.codec.fetch_clock(now)
    state.codec.fetch_instruments(now)
    for request in state.requests():
        (fault,) = state.answer(request, body)
        assert fault.fault.kind is FaultKind.MALFORMED


def test_a_failure_is_a_fault(state, now):
    """Told once; asking again is decided above."""
    state.codec.fetch_clock(now)
    (request,) = state.requests()
    failure = Failure(request=request, fate=Fate.UNKNOWN, reason="reset")

    assert [type(one) for one in state.codec.receive(failure, now)] == [Faulted]
    assert state.codec.receive(failure, now) == []


def test_private_state_needs_a_key(settings, now):
    """Without one only public state can be asked for."""
    public = BinanceDataFetcher(ConnectorSettings(endpoints=settings.endpoints))
    public.fetch_clock(now)
    with pytest.raises(InputError, match="a private request needs credentials"):
        public.fetch_balances(now_ns=now, venue_ns=now)


def algo(**changed):
    """Return a row of `openAlgoOrders`."""
    return {
        "algoId": 9, "clientAlgoId": "tc-1-1", "algoType": "CONDITIONAL",
        "orderType": "STOP_MARKET", "symbol": "BTCUSDT", "side": "SELL", "positionSide": "BOTH",
        "timeInForce": "GTC", "quantity": "0.010", "algoStatus": "NEW", "triggerPrice": "59000.0",
        "price": "0", "createTime": 1, "updateTime": 1, "selfTradePreventionMode": "NONE",
        "workingType": "CONTRACT_PRICE", "priceMatch": "NONE", "closePosition": False,
        "priceProtect": False, "reduceOnly": False, "triggerTime": 0, "goodTillDate": 0, **changed,
    }  # fmt: skip


@pytest.mark.parametrize("became", [False, True], ids=["waits", "triggered-between"])
def test_orders_that_wait_are_listed_first_where_they_are_wanted(state, now, became):
    """One that was triggered between the two lists is in the second: it is told of once."""
    state.codec.lists_waiting = True
    state.codec.fetch_open_orders("BTCUSDT", now_ns=now, venue_ns=now)
    (first,) = state.requests()
    assert state.answer(first, [algo()]) == []
    (second,) = state.requests()
    (listed,) = state.answer(second, [order(clientOrderId="tc-1-1")] if became else [])

    assert [one.path for one in (first, second)] == [
        "/fapi/v1/openAlgoOrders",
        "/fapi/v1/openOrders",
    ]
    assert isinstance(listed, OpenOrdersListed)
    assert listed.asked_ns == now
    assert [(one.client_order_id, one.type) for one in listed.orders] == [
        ("tc-1-1", "limit" if became else "stop")
    ]


def test_those_that_wait_are_listed_with_their_terms(state, now):
    """Of all symbols that costs as much as forty of one."""
    state.codec.lists_waiting = True
    state.codec.fetch_open_orders(None, now_ns=now, venue_ns=now)
    (first,) = state.requests()
    state.answer(first, [algo(), algo(orderType="STOP", price="58990.0", clientAlgoId="tc-1-2")])
    (second,) = state.requests()
    (listed,) = state.answer(second, [])

    assert first.cost.weight == 40
    assert [(one.type, one.price) for one in listed.orders] == [
        ("stop", None),
        ("stop_limit", Decimal("58990.0")),
    ]


def test_a_list_of_those_that_wait_holds_what_was_asked_for(state, now):
    """Else nothing is concluded from it."""
    state.codec.lists_waiting = True
    state.codec.fetch_open_orders("BTCUSDT", now_ns=now, venue_ns=now)
    (first,) = state.requests()
    (fault,) = state.answer(first, [algo(symbol="ETHUSDT")])

    assert isinstance(fault, Faulted)
    assert state.requests() == []
