"""Messages that came together: the same books and events as one by one, and a body for each."""

from __future__ import annotations

import json
import random

import pytest

from tradecore.core import WireBook
from tradecore.exchanges.base import (
    BookChanged,
    BookStale,
    ChannelUp,
    ExchangeBatchSubscriber,
    Faulted,
    HttpRequest,
    HttpResponse,
    Message,
)
from tradecore.exchanges.binance.subscriber import BinanceSubscriber
from tradecore.model import MarkPrice, Quote, Subscription, Trade


def delta(update, price="100.0", quantity="1", prev=None):
    """Return a change of one bid."""
    return {
        "e": "depthUpdate", "E": 5, "T": 4, "s": "BTCUSDT", "U": update, "u": update,
        "pu": update - 1 if prev is None else prev, "b": [[price, quantity]], "a": [],
    }  # fmt: skip


def trade(number):
    """Return a trade."""
    return {
        "e": "trade", "E": 5, "T": 4, "s": "BTCUSDT", "t": number, "p": "100.0", "q": "1",
        "X": "MARKET", "m": True,
    }  # fmt: skip


QUOTE = {"e": "bookTicker", "u": 1, "E": 5, "T": 4, "s": "BTCUSDT", "b": "100.0", "B": "1"}
QUOTE |= {"a": "101.0", "A": "1"}
MARK = {"e": "markPriceUpdate", "E": 5, "s": "BTCUSDT", "p": "100.5", "i": "100.4", "r": ""}
MARK |= {"P": "100.5", "T": 9}
SNAPSHOT = {"lastUpdateId": 10, "E": 5, "T": 4, "bids": [["99.0", "1"]], "asks": [["101.0", "2"]]}


@pytest.fixture
def market(settings, terms, now):
    """Return a function that makes the role, its book in step at id 10."""

    def make():
        made = BinanceSubscriber(settings, terms)
        wanted = Subscription(symbol="BTCUSDT", book=5, quotes=True, trades=True, mark_price=True)
        made.subscribe(wanted)
        made.start(now)
        for channel in ("public", "market"):
            made.receive(ChannelUp(channel=channel, generation=1), now)
        made.receive(Message("public", json.dumps(delta(10)).encode(), 1), now)
        (request,) = [one for one in made.pending() if isinstance(one, HttpRequest)]
        body = json.dumps(SNAPSHOT).encode()
        answer = HttpResponse(request=request, status=200, headers={}, body=body)
        assert BookChanged("BTCUSDT") in made.receive(answer, now)
        made.tells_updates = True
        return made

    return make


def together(made, frames, now, channel="public"):
    """Let messages arrive at once."""
    data = [one if isinstance(one, bytes) else json.dumps(one).encode() for one in frames]
    return list(made.receive_many(channel, data, 1, now))


def follow(made, book, events):
    """Apply what a market server would publish."""
    for event in events:
        if isinstance(event, BookChanged | BookStale):
            updates = getattr(event, "updates", ())
            book.apply_many(updates)
            body = made.take_update("BTCUSDT")
            if body is not None:
                book.apply(body)


def test_each_change_has_a_body_of_its_own(market, now):
    """Of a run of changes one event is told, and who applies its bodies has the book."""
    made = market()
    book = WireBook(made.book("BTCUSDT").instrument)
    book.apply(made.take_update("BTCUSDT"))

    (event,) = together(made, [delta(n, f"99.{n - 10}") for n in range(11, 18)], now)

    assert isinstance(made, ExchangeBatchSubscriber)
    assert (event.symbol, len(event.updates)) == ("BTCUSDT", 7)
    assert book.apply_many(event.updates) == 7
    assert book.best_bid == made.book("BTCUSDT").best_bid
    assert made.take_update("BTCUSDT") is None


def test_what_is_no_change_is_told_in_its_place(market, now):
    """Trades, quotes and what is malformed come between the changes around them."""
    made = market()
    frames = [
        delta(11),
        trade(1),
        delta(12),
        delta(13),
        QUOTE,
        b"?",
        delta(9),
        {"result": None, "id": 1},
    ]

    events = together(made, frames, now)

    kinds = [type(event) for event in events]
    assert kinds == [BookChanged, Trade, BookChanged, Quote, Faulted]
    assert [len(one.updates) for one in events if isinstance(one, BookChanged)] == [1, 2]
    (mark,) = together(made, [MARK], now, channel="market")
    assert isinstance(mark, MarkPrice)


def test_a_gap_among_them_is_told_once_and_asked_about(market, now):
    """What is before it is whole; what is behind it waits for the snapshot."""
    made = market()
    book = WireBook(made.book("BTCUSDT").instrument)
    book.apply(made.take_update("BTCUSDT"))
    made.pending()

    later = now + 120_000_000_000
    events = together(made, [delta(11), delta(15, prev=14), delta(16), delta(17)], later)

    assert [type(event) for event in events] == [BookChanged, BookStale]
    follow(made, book, events)
    assert book.is_stale
    assert [one.path for one in made.pending() if isinstance(one, HttpRequest)] == [
        "/fapi/v1/depth"
    ]


def test_nothing_is_told_of_a_symbol_nobody_wants(market, now):
    """Its frames may come for a while."""
    made = market()
    made.unsubscribe("BTCUSDT")
    assert together(made, [delta(11), delta(12), trade(1)], now) == []


@pytest.mark.parametrize("seed", range(4))
def test_together_and_one_by_one_are_the_same(market, now, seed):
    """However messages are cut into batches, a follower of either has the same book."""
    dice = random.Random(seed)
    update, frames = 10, []
    for number in range(300):
        if dice.random() < 0.2:
            frames.append(dice.choice((trade(number), QUOTE, b"{", delta(9))))
            continue
        update += 1
        frames.append(delta(update, f"{dice.randrange(90, 100)}.0", dice.choice(("0", "2"))))
    batched, single = market(), market()
    instrument = batched.book("BTCUSDT").instrument
    books = WireBook(instrument), WireBook(instrument)
    for made, book in zip((batched, single), books, strict=True):
        book.apply(made.take_update("BTCUSDT"))
    told = [], []
    while frames:
        count = dice.randrange(1, 40)
        part, frames = frames[:count], frames[count:]
        events = together(batched, part, now)
        follow(batched, books[0], events)
        told[0].extend(event for event in events if not isinstance(event, BookChanged))
        for frame in part:
            data = frame if isinstance(frame, bytes) else json.dumps(frame).encode()
            events = single.receive(Message("public", data, 1), now)
            follow(single, books[1], events)
            told[1].extend(event for event in events if not isinstance(event, BookChanged))
    assert told[0] == told[1]
    assert books[0].last_id == books[1].last_id == update
    assert books[0].checksum(100) == books[1].checksum(100)
