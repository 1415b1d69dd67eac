"""Books follow the venue's, are stale when they do not, and streams are asked for in measure."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from tradecore.core import InputError
from tradecore.exchanges.base import (
    BookChanged,
    BookStale,
    ChannelDown,
    ChannelUp,
    Connect,
    Failure,
    Fate,
    Faulted,
    FaultKind,
    Frame,
)
from tradecore.exchanges.binance.filters import read_info
from tradecore.exchanges.binance.messages import ExchangeInfo
from tradecore.exchanges.binance.streams import Controls
from tradecore.exchanges.binance.subscriber import BinanceSubscriber
from tradecore.model import Bar, FundingRate, MarkPrice, Quote, Subscription, Ticker, Trade

SECOND = 1_000_000_000


def delta(first, last, prev, bids=(), asks=()):
    """Return a change of the book."""
    return {
        "e": "depthUpdate", "E": 5, "T": 4, "s": "BTCUSDT", "U": first, "u": last, "pu": prev,
        "b": list(bids), "a": list(asks),
    }  # fmt: skip


def snapshot(last, bid="100.0", ask="101.0"):
    """Return a whole book."""
    return {"lastUpdateId": last, "E": 5, "T": 4, "bids": [[bid, "1"]], "asks": [[ask, "2"]]}


def up(made, channel, generation, now):
    """Open a connection."""
    return made.codec.receive(ChannelUp(channel=channel, generation=generation), now)


def asked(frames):
    """Return what the frames ask: method, streams, and of which connection."""
    bodies = [(json.loads(one.text), one) for one in frames if isinstance(one, Frame)]
    return [(b["method"], b["params"], one.channel, one.generation) for b, one in bodies]


@pytest.fixture
def market(settings, terms, hand, now):
    """Return the role, connected, with everything of one symbol subscribed."""
    made = hand(BinanceSubscriber(settings, terms))
    made.codec.subscribe(
        Subscription(
            symbol="BTCUSDT",
            book=5,
            quotes=True,
            trades=True,
            ticker=True,
            mark_price=True,
            funding_rate=True,
            bars=("1m",),
        )
    )
    made.codec.start(now)
    connects = [one for one in made.take() if isinstance(one, Connect)]
    assert [one.channel for one in connects] == ["public", "market"]
    up(made, "public", 1, now)
    up(made, "market", 1, now)
    return made


def synced(made, now):
    """Bring the book in step at id 10."""
    made.take()
    assert made.say("public", delta(9, 10, 8, bids=[["100.1", "3"]]), now) == []
    (request,) = made.requests()
    assert (request.path, request.cost.weight) == ("/fapi/v1/depth", 20)
    assert made.answer(request, snapshot(10), now=now) == [BookChanged("BTCUSDT")]


def test_streams_go_to_the_route_that_serves_them(market):
    """Books, quotes and trades are public; the rest is of the market route."""
    assert asked(market.take()) == [
        (
            "SUBSCRIBE",
            ["btcusdt@bookTicker", "btcusdt@depth@100ms", "btcusdt@trade"],
            "public",
            1,
        ),
        (
            "SUBSCRIBE",
            ["btcusdt@kline_1m", "btcusdt@markPrice@1s", "btcusdt@ticker"],
            "market",
            1,
        ),
    ]


def test_a_book_joins_its_snapshot(market, now):
    """What waited is applied on top of the snapshot, and the next change follows."""
    synced(market, now)
    book = market.codec.book("BTCUSDT")
    assert book.best_bid == (Decimal("100.1"), Decimal(3))

    assert market.say("public", delta(12, 15, 10, asks=[["100.9", "4"]])) == [
        BookChanged("BTCUSDT")
    ]
    assert book.best_ask == (Decimal("100.9"), Decimal(4))
    assert not book.is_stale


def test_a_gap_makes_a_book_stale_once_and_asks_again(market, now):
    """One notice, one request; the second gap within a minute waits before it asks."""
    synced(market, now)
    (stale,) = market.say("public", delta(30, 31, 25), now)
    assert isinstance(stale, BookStale)
    assert market.say("public", delta(40, 41, 35), now) == []
    assert market.requests() == []
    market.codec.tick(now + SECOND)
    (request,) = market.requests()
    market.say("public", delta(42, 43, 41), now + SECOND)
    events = market.answer(request, snapshot(43), now=now + SECOND)
    assert events == [BookChanged("BTCUSDT")]
    assert not market.codec.book("BTCUSDT").is_stale


def test_a_late_snapshot_is_asked_for_again(market, now):
    """One older than all that waits does not join it."""
    market.take()
    market.say("public", delta(100, 110, 90), now)
    (request,) = market.requests()
    assert market.answer(request, snapshot(50), now=now) == []
    assert market.codec.book("BTCUSDT").is_stale
    market.codec.tick(now + SECOND)
    (request,) = market.requests()
    assert market.answer(request, snapshot(110), now=now + SECOND) == [BookChanged("BTCUSDT")]


@pytest.mark.parametrize(
    ("status", "body"),
    [
        pytest.param(200, b"{", id="truncated"),
        pytest.param(200, b'{"lastUpdateId":1,"bids":[["NaN","1"]],"asks":[]}', id="nan"),
        pytest.param(429, b'{"code":-1003,"msg":"Too many"}', id="too-many"),
        pytest.param(503, b"", id="server-fault"),
    ],
)
def test_a_failed_snapshot_is_a_fault_and_is_asked_for_later(market, now, status, body):
    """The book stays stale, and the venue is left alone for as long as it says."""
    market.take()
    market.say("public", delta(9, 10, 8), now)
    (request,) = market.requests()
    events = market.answer(request, body, status=status, now=now, retry_after="7")

    assert [type(one) for one in events] == [Faulted]
    assert market.requests() == []
    market.codec.tick(now + 8 * SECOND)
    assert len(market.requests()) == 1


def test_a_snapshot_without_answer_is_asked_for_later(market, now):
    """A failure ends the request."""
    market.take()
    market.say("public", delta(9, 10, 8), now)
    (request,) = market.requests()
    failure = Failure(request=request, fate=Fate.UNKNOWN, reason="reset")
    assert [type(one) for one in market.codec.receive(failure, now)] == [Faulted]
    market.codec.tick(now + SECOND)
    assert len(market.requests()) == 1


def test_a_lost_connection_makes_books_stale_and_the_next_subscribes_anew(market, now):
    """Everything is subscribed on the new connection, and the book begins from a snapshot."""
    synced(market, now)
    lost = ChannelDown(channel="public", generation=1, reason="reset")
    assert market.codec.receive(lost, now) == [BookStale("BTCUSDT", "reset")]
    assert market.codec.book("BTCUSDT").is_stale
    up(market, "public", 2, now)
    assert [(one[0], one[3]) for one in asked(market.take())] == [("SUBSCRIBE", 2)]
    market.say("public", delta(60, 61, 59), now + SECOND)
    market.codec.tick(now + 2 * SECOND)
    assert len(market.requests()) == 1


def test_a_roll_over_keeps_the_book(market, now):
    """The second connection is subscribed while the first serves; twice told is once applied."""
    synced(market, now)
    up(market, "public", 2, now)
    assert asked(market.take())[0][3] == 2
    step = delta(12, 15, 10)
    assert market.say("public", step, generation=1) == [BookChanged("BTCUSDT")]
    assert market.say("public", step, generation=2) == []
    old = ChannelDown(channel="public", generation=1, reason="retired")
    assert market.codec.receive(old, now) == []
    following = delta(16, 17, 15)
    assert market.say("public", following, generation=2) == [BookChanged("BTCUSDT")]


def test_market_events_in_our_words(market):
    """Trades, quotes, marks, funding, tickers and closed bars; each exact."""
    (trade,) = market.say(
        "public",
        {"e": "trade", "E": 3, "T": 2, "s": "BTCUSDT", "t": 8, "p": "100.1", "q": "0.002",
         "X": "MARKET", "m": True},
    )  # fmt: skip
    (quote,) = market.say(
        "public",
        {"e": "bookTicker", "u": 1, "E": 3, "T": 2, "s": "BTCUSDT", "b": "1.0", "B": "2",
         "a": "1.1", "A": "3"},
    )  # fmt: skip
    mark, funding = market.say(
        "market",
        {"e": "markPriceUpdate", "E": 3, "s": "BTCUSDT", "p": "10.5", "i": "10.4", "P": "1",
         "r": "-0.0001", "T": 9},
    )  # fmt: skip
    candle = {
        "t": 0, "T": 59_999, "s": "BTCUSDT", "i": "1m", "f": 1, "L": 2, "o": "1", "c": "2",
        "h": "3", "l": "0.5", "v": "7", "n": 2, "x": True, "q": "9", "V": "1", "Q": "1", "B": "0",
    }  # fmt: skip
    (bar,) = market.say("market", {"e": "kline", "E": 3, "s": "BTCUSDT", "k": candle})
    growing = {"e": "kline", "E": 3, "s": "BTCUSDT", "k": {**candle, "x": False}}
    (ticker,) = market.say(
        "market",
        {"e": "24hrTicker", "E": 3, "s": "BTCUSDT", "p": "0", "P": "0", "w": "1", "c": "5",
         "Q": "1", "o": "1", "h": "6", "l": "4", "v": "70", "q": "1", "O": 0, "C": 1, "F": 0,
         "L": 1, "n": 2},
    )  # fmt: skip

    assert isinstance(trade, Trade)
    assert (trade.trade_id, trade.aggressor, trade.price) == (8, "sell", Decimal("100.1"))
    assert isinstance(quote, Quote)
    assert (quote.bid, quote.ask_quantity) == (Decimal(1), Decimal(3))
    assert mark == MarkPrice(
        symbol="BTCUSDT", mark=Decimal("10.5"), index=Decimal("10.4"), ts_event_ns=3_000_000
    )
    assert isinstance(funding, FundingRate)
    assert funding.rate == Decimal("-0.0001")
    assert isinstance(bar, Bar)
    assert (bar.period_ns, bar.ts_event_ns, bar.low) == (60 * SECOND, 60 * SECOND, Decimal("0.5"))
    assert market.say("market", growing) == []
    assert isinstance(ticker, Ticker)


@pytest.mark.parametrize("channel", ["public", "market"])
@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b'{"e":"depthUpdate","s":"BTCUSDT"', id="truncated"),
        pytest.param(b'{"e":"trade","s":"BTCUSDT","p":"x"}', id="wrong-type"),
        pytest.param(b'{"e":' * 3_000, id="nested"),
        pytest.param(b"\xff\xff", id="not-utf8"),
    ],
)
def test_hostile_frames_are_faults_and_touch_no_book(market, now, channel, body):
    """The next change applies as if nothing had been."""
    synced(market, now)
    (fault,) = market.say(channel, body)

    assert fault.fault.kind is FaultKind.MALFORMED
    assert market.say("public", delta(12, 15, 10)) == [BookChanged("BTCUSDT")]


def test_a_strange_symbol_and_a_strange_event_are_passed_over(market):
    """Neither is a fault."""
    assert market.say("public", {**delta(1, 2, 0), "s": "ETHUSDT"}) == []
    assert market.say("market", {"e": "unheardOf", "s": "BTCUSDT"}) == []


def test_a_refused_subscription_is_told(market):
    """In either form of the refusal."""
    market.take()
    for body in ({"error": {"code": 2, "msg": "Invalid"}, "id": 1}, {"code": 2, "msg": "Invalid"}):
        (fault,) = market.say("public", body)
        assert fault.fault.kind is FaultKind.PARAMETER


def test_a_subscription_without_answer_is_asked_for_again(market, now):
    """After ten seconds; one that was answered is left alone."""
    market.take()
    assert market.say("market", {"result": None, "id": 1}) == []
    events = market.codec.tick(now + 11 * SECOND)

    assert [one.fault.where for one in events] == ["SUBSCRIBE public"]
    assert [(one[0], one[2]) for one in asked(market.take())] == [("SUBSCRIBE", "public")]


def test_unsubscribing_ends_what_was_heard(market, now):
    """The streams are given back, and frames on their way are passed over."""
    synced(market, now)
    market.codec.unsubscribe("BTCUSDT")
    market.codec.tick(now + 2 * SECOND)

    assert {one[0] for one in asked(market.take())} == {"UNSUBSCRIBE"}
    assert market.say("public", delta(12, 15, 10)) == []


def test_controls_keep_to_eight_a_second(now):
    """A thousand streams are five requests, and no second has more than eight."""
    controls = Controls("public")
    controls.want(f"s{number}@trade" for number in range(1_000))
    controls.up(1)
    assert len(controls.frames(now)) == 5
    controls.wanted = {f"t{number}@trade" for number in range(1_000)}
    assert len(controls.frames(now)) == 3
    assert controls.frames(now + SECOND - 1) == []
    assert len(controls.frames(now + SECOND)) == 7


def test_a_connection_carries_at_most_1024_streams():
    """One more is refused, and nothing is changed."""
    controls = Controls("public")
    controls.want(f"s{number}@trade" for number in range(1_024))
    with pytest.raises(InputError, match="at most 1024 streams: channel=public, streams=1025"):
        controls.want(["x@trade"])
    assert len(controls.wanted) == 1_024


@pytest.mark.parametrize(
    ("subscription", "text"),
    [
        (Subscription(symbol="NOPE", book=1), "a symbol is one of the terms"),
        (Subscription(symbol="BTCUSDT", bars=("7m",)), "a period of bars is one of"),
    ],
)
def test_what_cannot_be_subscribed_is_refused(market, subscription, text):
    """At once, by rule and value."""
    with pytest.raises(InputError, match=text):
        market.codec.subscribe(subscription)


def recorded(path, mark):
    """Return what a recording holds: when in seconds, and the body."""
    for line in path.read_text().splitlines():
        head, _, body = line.partition(": ")
        if mark in head or not head.startswith("http"):
            yield head.rpartition(" ")[2], body.encode()


def test_a_recorded_session_stays_in_step(settings, shared_dir, hand, now):
    """Frames and snapshots of the venue as they came: no gap, and every book stands.

    The fourth has resting orders off its present tick, which are passed over.
    """
    base = shared_dir / "protocols/fixtures/binance_usdm/cryptofeed"
    info = next(recorded(base / "BINANCE_FUTURES.0", "exchangeInfo"))[1]
    terms, _, wrong = read_info(ExchangeInfo.decode(info))
    symbols = ["SUSHIUSDT", "AKROUSDT", "KEEPUSDT", "CTKUSDT"]
    made = hand(BinanceSubscriber(settings, [t for t in terms if t.instrument.symbol in symbols]))
    for symbol in symbols:
        made.codec.subscribe(Subscription(symbol=symbol, book=5, quotes=True))
    made.codec.start(now)
    up(made, "public", 1, now)
    answers = list(recorded(base / "BINANCE_FUTURES.http.0.0", "/depth?"))[:4]
    waiting, events = {}, []
    for at, body in list(recorded(base / "BINANCE_FUTURES.ws.1.0", "no mark"))[1:]:
        moment = int(float(at) * 1e9)
        while answers and float(answers[0][0]) <= float(at):
            symbol = symbols[-len(answers)]
            events += made.answer(waiting.pop(symbol), answers.pop(0)[1], now=moment)
        events += made.say("public", body, moment)
        for request in made.requests():
            waiting[request.url.partition("symbol=")[2].partition("&")[0]] = request

    assert wrong == ()
    assert not [one for one in events if isinstance(one, (Faulted, BookStale))]
    assert sum(isinstance(one, BookChanged) for one in events) > 300
    assert not any(made.codec.book(symbol).is_stale for symbol in symbols)


def test_old_orders_off_the_tick_do_not_keep_a_book_from_standing(market, now):
    """They are left out of snapshot and changes; a new one off the tick is a fault by its value."""
    market.take()
    market.say("public", delta(9, 10, 8, bids=[["100.1", "3"]]), now)
    (request,) = market.requests()
    body = snapshot(10)
    body["bids"] = [["100.1", "3"], ["100.0", "1"], ["99.9", "1"], ["90.05", "7"]]
    assert market.answer(request, body, now=now) == [BookChanged("BTCUSDT")]
    change = delta(12, 15, 10, bids=[["90.05", "5"], ["99.9", "2"]])
    assert market.say("public", change) == [BookChanged("BTCUSDT")]
    (fault,) = market.say("public", delta(16, 17, 15, bids=[["90.07", "5"]]))

    assert fault.fault.kind is FaultKind.MALFORMED
    assert "90.07" in fault.fault.text
    assert market.codec.book("BTCUSDT").best_bid == (Decimal("100.1"), Decimal(3))
    (stale,) = market.say("public", delta(18, 19, 17))
    assert isinstance(stale, BookStale)
