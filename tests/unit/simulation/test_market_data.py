"""Public questions: the form of each answer, its pages, and its refusals."""

from __future__ import annotations

import json
from itertools import pairwise

import pytest

from support.binance_desk import Desk


@pytest.fixture(scope="module")
def traded():
    """Return a desk whose market traded for some seconds."""
    desk = Desk(flow="synthetic")
    desk.wait(4_000, step=50)
    return desk


@pytest.mark.parametrize(
    ("path", "query", "status", "code"),
    [
        pytest.param("/fapi/v1/depth", "", 400, -1102, id="depth-no-symbol"),
        pytest.param("/fapi/v1/depth", "symbol=NONE", 400, -1121, id="depth-symbol"),
        pytest.param("/fapi/v1/depth", "symbol=BTCUSDT&limit=7", 400, -4021, id="depth-limit"),
        pytest.param("/fapi/v1/depth", "symbol=BTCUSDT&limit=x", 400, -1130, id="depth-text"),
        pytest.param("/fapi/v1/trades", "symbol=NONE", 400, -1121, id="trades-symbol"),
        pytest.param("/fapi/v1/aggTrades", "", 400, -1102, id="aggregates-no-symbol"),
        pytest.param("/fapi/v1/klines", "symbol=BTCUSDT", 400, -1102, id="klines-no-interval"),
        pytest.param(
            "/fapi/v1/klines", "symbol=BTCUSDT&interval=2s", 400, -1120, id="klines-interval"
        ),
        pytest.param("/fapi/v1/indexPriceKlines", "interval=1m", 400, -1102, id="index-no-pair"),
        pytest.param("/fapi/v1/premiumIndex", "symbol=NONE", 400, -1121, id="premium-symbol"),
        pytest.param("/fapi/v1/ticker/24hr", "symbol=btcusdt", 400, -1121, id="lower-case"),
        pytest.param("/fapi/v1/openInterest", "", 400, -1102, id="interest-no-symbol"),
        pytest.param("/fapi/v1/historicalTrades", "symbol=BTCUSDT", 401, -2014, id="needs-key"),
    ],
)
def test_a_bad_question_is_refused_with_its_code(traded, path, query, status, code):
    """What is missing, unknown or malformed each has its code."""
    answer = traded.raw("GET", path, query=query, key=None)
    assert (answer.status, json.loads(answer.body)["code"]) == (status, code)


@pytest.mark.parametrize(
    "path",
    [
        "/fapi/v1/ticker/24hr",
        "/fapi/v1/ticker/price",
        "/fapi/v2/ticker/price",
        "/fapi/v1/ticker/bookTicker",
        "/fapi/v1/premiumIndex",
    ],
)
def test_a_symbol_answers_a_row_and_none_answers_all(traded, path):
    """A list only where no symbol is named."""
    assert traded.public(path, "symbol=BTCUSDT")["symbol"] == "BTCUSDT"
    assert len(traded.public(path)) == 3


def test_trades_are_ascending_and_paged_from_a_number(traded):
    """The newest unless a number is named; then from it on."""
    rows = traded.public("/fapi/v1/trades", "symbol=BTCUSDT")
    ids = [row["id"] for row in rows]
    assert ids == sorted(ids)
    assert len(ids) > 5
    newest = traded.public("/fapi/v1/trades", "symbol=BTCUSDT&limit=2")
    assert [row["id"] for row in newest] == ids[-2:]
    body = traded.raw(
        "GET", "/fapi/v1/historicalTrades", query=f"symbol=BTCUSDT&fromId={ids[2]}&limit=2"
    ).body
    assert [row["id"] for row in json.loads(body)] == ids[2:4]


def test_aggregates_hold_every_trade_once(traded):
    """First and last numbers chain, quantities add up, times and numbers choose."""
    rows = traded.public("/fapi/v1/aggTrades", "symbol=BTCUSDT&limit=1000")
    trades = traded.public("/fapi/v1/trades", "symbol=BTCUSDT&limit=1000")
    assert all(before["l"] < after["f"] for before, after in pairwise(rows))
    assert rows[-1]["l"] == trades[-1]["id"]
    assert sum(float(row["q"]) for row in rows) == pytest.approx(
        sum(float(trade["qty"]) for trade in trades)
    )
    from_third = f"symbol=BTCUSDT&fromId={rows[2]['a']}&limit=1"
    assert traded.public("/fapi/v1/aggTrades", from_third) == rows[2:3]
    after = f"symbol=BTCUSDT&startTime={traded.now_ms + 1}"
    assert traded.public("/fapi/v1/aggTrades", after) == []
    assert traded.public("/fapi/v1/aggTrades", "symbol=BTCUSDT&endTime=1") == []


@pytest.mark.parametrize(
    ("path", "query", "has_volume"),
    [
        pytest.param("/fapi/v1/klines", "symbol=BTCUSDT", True, id="symbol"),
        pytest.param(
            "/fapi/v1/continuousKlines", "pair=BTCUSDT&contractType=PERPETUAL", True, id="pair"
        ),
        pytest.param("/fapi/v1/indexPriceKlines", "pair=BTCUSDT", False, id="index"),
        pytest.param("/fapi/v1/markPriceKlines", "symbol=BTCUSDT", False, id="mark"),
        pytest.param("/fapi/v1/premiumIndexKlines", "symbol=BTCUSDT", False, id="premium"),
    ],
)
def test_candles_are_rows_of_twelve(traded, path, query, has_volume):
    """Low ≤ open, close ≤ high; a price alone has no volume; the close is the last millisecond."""
    rows = traded.public(path, f"{query}&interval=1m")
    assert rows
    for row in rows:
        assert len(row) == 12
        low, high = float(row[3]), float(row[2])
        assert low <= float(row[1]) <= high
        assert low <= float(row[4]) <= high
        assert row[6] - row[0] == 59_999
        assert (float(row[5]) > 0) is has_volume
    late = f"{query}&interval=1m&startTime={traded.now_ms + 60_000}"
    assert traded.public(path, late) == []
    assert traded.public(path, f"{query}&interval=1m&endTime=1") == []


def test_the_listing_is_what_orders_are_held_to(traded):
    """Every symbol has every filter, and the digits of its steps."""
    info = traded.public("/fapi/v1/exchangeInfo")
    assert {limit["rateLimitType"] for limit in info["rateLimits"]} == {"REQUEST_WEIGHT", "ORDERS"}
    for symbol in info["symbols"]:
        kinds = {one["filterType"]: one for one in symbol["filters"]}
        assert set(kinds) == {
            "PRICE_FILTER",
            "LOT_SIZE",
            "MARKET_LOT_SIZE",
            "MAX_NUM_ORDERS",
            "MAX_NUM_ALGO_ORDERS",
            "MIN_NOTIONAL",
            "PERCENT_PRICE",
        }
        assert (symbol["status"], symbol["contractType"]) == ("TRADING", "PERPETUAL")
        assert float(kinds["PRICE_FILTER"]["tickSize"]) > 0


def test_the_day_and_the_touch_agree_with_the_book(traded):
    """Last price within the day, best prices those of the book."""
    day = traded.public("/fapi/v1/ticker/24hr", "symbol=BTCUSDT")
    assert float(day["lowPrice"]) <= float(day["lastPrice"]) <= float(day["highPrice"])
    assert day["count"] == day["lastId"] - day["firstId"] + 1
    touch = traded.public("/fapi/v1/ticker/bookTicker", "symbol=BTCUSDT")
    book = traded.public("/fapi/v1/depth", "symbol=BTCUSDT&limit=5")
    assert [touch["bidPrice"], touch["bidQty"]] == book["bids"][0]
    assert [touch["askPrice"], touch["askQty"]] == book["asks"][0]
    assert float(touch["bidPrice"]) < float(touch["askPrice"])


def test_before_the_first_trade_the_mark_stands_for_the_price(desk):
    """A quiet market has a price, a day without volume, no touch and no trades."""
    assert desk.public("/fapi/v2/ticker/price", "symbol=BTCUSDT")["price"] == "60000.00"
    day = desk.public("/fapi/v1/ticker/24hr", "symbol=BTCUSDT")
    assert (day["lastPrice"], day["volume"]) == ("60000.00", "0.000")
    touch = desk.public("/fapi/v1/ticker/bookTicker", "symbol=BTCUSDT")
    assert touch["bidQty"] == "0.000"
    assert desk.public("/fapi/v1/trades", "symbol=BTCUSDT") == []
    assert desk.public("/fapi/v1/openInterest", "symbol=BTCUSDT")["openInterest"] == "0.000"


def test_figures_of_the_venue(traded):
    """Index, fund, takers: each in the venue's form."""
    made = traded.public("/fapi/v1/constituents", "symbol=BTCUSDT")
    assert made["constituents"][0]["weight"] == "1.00000000"
    fund = traded.public("/fapi/v1/insuranceBalance")
    assert fund["assets"][0]["asset"] == "USDT"
    assert traded.public("/fapi/v1/symbolAdlRisk", "symbol=BTCUSDT")["adlRisk"] == "low"
    assert len(traded.public("/fapi/v1/symbolAdlRisk")) == 3
    assert traded.public("/fapi/v1/indexInfo") == []
    assert traded.ask("GET", "/fapi/v1/apiTradingStatus")["indicators"] == {}
    path, query = "/futures/data/takerlongshortRatio", "symbol=BTCUSDT&period="
    (row,) = traded.public(path, f"{query}5m")
    (bar,) = traded.public("/fapi/v1/klines", "symbol=BTCUSDT&interval=5m")
    assert float(row["buyVol"]) + float(row["sellVol"]) == pytest.approx(float(bar[5]))
    assert traded.public(path, f"{query}5m&endTime=1") == []
    assert traded.public(path, f"{query}1m")["code"] == -1130
