"""`BinanceFeed` and `WireBook`: live frames into books, and books between processes."""

from __future__ import annotations

import json
import random

import numpy as np
import pytest
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

import tradecore as tc
from toy_venue import ToyVenue
from tradecore.core import (
    BinanceFeed,
    BinanceFrames,
    BookReplay,
    DataError,
    InputError,
    UnknownSymbolError,
    WireBook,
)

BTC = tc.Instrument("BTCUSDT", tick_size="0.1", lot_size="0.001")
TOY = tc.Instrument("BINANCE:TOYUSDT", tick_size="0.1", lot_size="0.001")
SNAPSHOT = b'{"lastUpdateId":100,"T":5,"bids":[["61800.2","1"]],"asks":[["61800.3","2"]]}'
DELTA = {"e": "depthUpdate", "E": 7, "T": 6, "s": "BTCUSDT", "U": 101, "u": 102, "pu": 100}
DELTA |= {"b": [["61800.2", "3"]], "a": []}


def build_message():
    """Return the protobuf class of the body, from a schema written here."""
    kinds = descriptor_pb2.FieldDescriptorProto
    fields = [
        ("first_id", kinds.TYPE_UINT64, kinds.LABEL_OPTIONAL),
        ("last_id", kinds.TYPE_UINT64, kinds.LABEL_OPTIONAL),
        ("is_snapshot", kinds.TYPE_BOOL, kinds.LABEL_OPTIONAL),
        ("ts_event_ns", kinds.TYPE_SINT64, kinds.LABEL_OPTIONAL),
        ("ts_recv_ns", kinds.TYPE_SINT64, kinds.LABEL_OPTIONAL),
        ("bid_ticks", kinds.TYPE_SINT64, kinds.LABEL_REPEATED),
        ("bid_lots", kinds.TYPE_UINT64, kinds.LABEL_REPEATED),
        ("ask_ticks", kinds.TYPE_SINT64, kinds.LABEL_REPEATED),
        ("ask_lots", kinds.TYPE_UINT64, kinds.LABEL_REPEATED),
        ("is_stale", kinds.TYPE_BOOL, kinds.LABEL_OPTIONAL),
    ]
    file = descriptor_pb2.FileDescriptorProto(name="test/book.proto", syntax="proto3")
    message = file.message_type.add(name="BookUpdate")
    for number, (name, kind, label) in enumerate(fields, start=1):
        message.field.add(name=name, number=number, type=kind, label=label)
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName("BookUpdate"))


BookUpdate = build_message()


def same(view, other):
    """Whether two books have the same levels and the same state."""
    sides = zip(view.depth(100_000), other.depth(100_000), strict=True)
    return view.is_stale == other.is_stale and all(np.array_equal(a, b) for a, b in sides)


@pytest.fixture
def feed():
    """Return a futures feed of BTCUSDT and ETHUSDT; the first book stands at update 100."""
    eth = tc.Instrument("ETHUSDT", tick_size="0.01", lot_size="0.001")
    made = BinanceFeed([BTC, eth], chained=True)
    assert made.snapshot("BTCUSDT", SNAPSHOT, ts_recv_ns=9) == 1
    return made


@pytest.mark.parametrize(
    "form",
    [
        pytest.param(json.dumps, id="text"),
        pytest.param(lambda frame: json.dumps(frame).encode(), id="bytes"),
        pytest.param(lambda frame: memoryview(json.dumps(frame).encode()), id="memoryview"),
        pytest.param(lambda frame: bytearray(json.dumps(frame).encode()), id="bytearray"),
        pytest.param(lambda frame: json.dumps(frame, indent=2), id="indented"),
        pytest.param(lambda frame: json.dumps({"stream": "x", "data": frame}), id="combined"),
    ],
)
def test_a_frame_in_any_form_changes_the_book(feed, form):
    """Whatever a socket library hands over, and whatever surrounds it."""
    view = feed.book("BTCUSDT")

    assert feed.receive(form(DELTA), ts_recv_ns=10) == 1

    assert (view.best_bid_ticks, view.bid_quantity) == (618002, 3.0)
    assert (feed.symbol, feed.ts_event_ns) == ("BTCUSDT", 6_000_000)
    assert feed.error is None


def test_trades_and_quotes_are_numbers(feed):
    """As `Simulation` has them."""
    trade = {"e": "aggTrade", "T": 8, "s": "btcusdt", "a": 7, "p": "61800.3", "q": "0.5", "m": True}
    quote = {"e": "bookTicker", "T": 9, "s": "BTCUSDT", "u": 1, "b": "61800.2", "B": "1"}
    quote |= {"a": "61800.3", "A": "0.25"}

    assert feed.last_trade is feed.last_quote is None
    assert feed.receive(json.dumps(trade), ts_recv_ns=1) == 2
    assert feed.receive(json.dumps(quote), ts_recv_ns=1) == 3

    assert feed.last_trade == (7, 618003, 500, "sell", 8_000_000)
    assert feed.last_quote == (618002, 1000, 618003, 250, 9_000_000)
    assert (feed.counts["trades"], feed.counts["quotes"], feed.counts["book"]) == (1, 1, 1)


def test_a_gap_makes_one_book_stale_until_its_snapshot(feed):
    """The error names the ids; what came meanwhile joins the snapshot."""
    view = feed.book("BTCUSDT")
    late = DELTA | {"U": 105, "u": 106, "pu": 104}

    assert feed.receive(json.dumps(late), ts_recv_ns=10) == 6
    assert feed.error is not None
    assert feed.error.endswith("expected=100, got=104, symbol=BTCUSDT")
    assert view.is_stale
    assert feed.receive(json.dumps(late | {"U": 107, "u": 108, "pu": 106}), ts_recv_ns=11) == 4
    assert feed.snapshot("BTCUSDT", SNAPSHOT, ts_recv_ns=12) == 6
    assert feed.snapshot("BTCUSDT", SNAPSHOT.replace(b"100", b"105"), ts_recv_ns=13) == 1

    assert not view.is_stale
    assert view.bid_quantity == 3.0
    assert feed.snapshot("BTCUSDT", SNAPSHOT, ts_recv_ns=14) == 5
    assert feed.error is None


@pytest.mark.parametrize(
    ("frame", "error"),
    [
        pytest.param(b"\xff\xfe", "a frame is a JSON object", id="bytes"),
        pytest.param(json.dumps(DELTA)[:-1], "an object goes on with a comma or ends", id="cut"),
        pytest.param(json.dumps(DELTA | {"b": [["NaN", "1"]]}), "not a decimal number", id="nan"),
        pytest.param(json.dumps(DELTA | {"u": 10**30}), "u is a whole number below", id="huge-id"),
        pytest.param(json.dumps(DELTA | {"b": 5}), 'has the key "b"', id="type"),
        pytest.param(json.dumps(DELTA | {"b": [["61800.25", "1"]]}), "the tick", id="off-tick"),
        pytest.param(json.dumps(DELTA | {"pu": None}), "pu is a whole number", id="null"),
        pytest.param(
            json.dumps({key: DELTA[key] for key in DELTA if key != "pu"}), "pu is missing", id="pu"
        ),
        pytest.param(json.dumps(DELTA)[:-1] + ',"u":103}', "a key stands once", id="key-twice"),
        pytest.param(
            json.dumps(DELTA)[:-1] + ',"x":' + "[" * 100_000, "at most 64 deep", id="deep"
        ),
        pytest.param(
            json.dumps(DELTA | {"b": [["61800.1", "1"]] * 60_000 + [["x", "1"]]}),
            "not a decimal number",
            id="a-megabyte",
        ),
    ],
)
def test_a_malformed_frame_touches_no_book(feed, frame, error):
    """The last of sixty thousand levels is wrong: none is applied. Rule and column are said."""
    before = feed.book("BTCUSDT").depth()

    assert feed.receive(frame, ts_recv_ns=10) == 7

    assert feed.error is not None
    assert error in feed.error
    assert ", column " in feed.error
    np.testing.assert_array_equal(feed.book("BTCUSDT").depth(), before)
    assert feed.receive(json.dumps(DELTA), ts_recv_ns=11) == 1


@pytest.mark.parametrize(
    "frame",
    [
        '{"result":null,"id":1}',
        '{"e":"ORDER_TRADE_UPDATE","o":{"s":"BTCUSDT"}}',
        '{"e":"markPriceUpdate","s":"BTCUSDT","p":"1"}',
        '[{"e":"24hrTicker","s":"BTCUSDT"}]',
        '{"e":"trade","s":"XRPUSDT","p":"NaN"}',
    ],
)
def test_frames_of_others_are_not_ours(feed, frame):
    """They are for another codec, so nothing in them is judged."""
    assert feed.receive(frame, ts_recv_ns=10) == 0
    assert feed.error is None


def test_calls_that_make_no_sense_are_refused(feed):
    """A message is bytes or text, a symbol one of the feed's, names differ."""
    with pytest.raises(InputError, match="a message is bytes, text or a buffer of bytes: got int"):
        feed.receive(5, ts_recv_ns=1)
    for call in (feed.book, feed.clear, feed.take_update):
        with pytest.raises(UnknownSymbolError, match='BTCUSDT, ETHUSDT: symbol="X"'):
            call("X")
    with pytest.raises(InputError, match=r"different.*symbol=BTCUSDT"):
        BinanceFeed([BTC, BTC], chained=True)


def test_a_new_connection_forgets(feed):
    """One book or all; views show it."""
    view = feed.book("BTCUSDT")
    feed.clear("ETHUSDT")
    assert not view.is_stale
    feed.clear()
    assert view.is_stale
    assert view.best_bid is None


@pytest.mark.parametrize("chained", [False, True])
@pytest.mark.parametrize("seed", range(4))
def test_live_and_recorded_frames_make_the_same_book(seed, chained):
    """`BinanceFeed` is `BinanceFrames` frame by frame."""
    lines = ToyVenue(seed, chained=chained).lines(300)
    replay = BookReplay(BinanceFrames(b"\n".join(lines), TOY))
    while replay.advance(1000):
        pass
    feed = BinanceFeed([TOY], chained=chained)
    for line in lines:
        play(feed, line)

    assert feed.book(TOY.symbol).checksum(1000) == replay.checksum(1000)
    counts, told = feed.counts, dict(replay.counts)
    assert (counts["trades"], counts["quotes"]) == (told["trades"], told["quotes"])
    assert counts["malformed"] == counts["gaps"] == 0


def play(feed, line):
    """Give a recorded line to a feed."""
    ns, frame = line.split(b" ", 1)
    if b"lastUpdateId" in frame:
        return feed.snapshot(TOY.symbol, frame, ts_recv_ns=int(ns))
    return feed.receive(frame, ts_recv_ns=int(ns))


@pytest.mark.parametrize("chained", [False, True])
@pytest.mark.parametrize("seed", range(6))
def test_who_takes_the_updates_has_the_book(seed, chained):
    """However much is conflated, with snapshots in between, gaps and new connections."""
    dice = random.Random(seed)
    venue = ToyVenue(seed, chained=chained)
    feed = BinanceFeed([TOY], chained=chained)
    view, book = feed.book(TOY.symbol), WireBook(TOY)
    for _ in range(12):
        for line in venue.lines(40):
            if dice.random() < 0.01:
                continue
            play(feed, line)
            if dice.random() < 0.005:
                feed.clear()
            if dice.random() < 0.1:
                book.apply(feed.take_update(TOY.symbol, snapshot=True))
            if dice.random() < 0.3 and (body := feed.take_update(TOY.symbol)):
                book.apply(body)
                assert same(book, view)
        if body := feed.take_update(TOY.symbol):
            assert book.apply_many([body, body]) in (0, 1)
        assert feed.take_update(TOY.symbol) is None
        assert same(book, view)
    assert feed.counts["book"] > 100


def test_any_protobuf_reader_understands_the_bodies():
    """Python's parses them, and writes the same bytes."""
    feed = BinanceFeed([TOY], chained=True)
    seen = set()
    for line in ToyVenue(3, chained=True).lines(200):
        play(feed, line)
        if body := feed.take_update(TOY.symbol):
            message = BookUpdate.FromString(body)
            assert message.SerializeToString(deterministic=True) == body
            assert len(message.bid_ticks) == len(message.bid_lots)
            assert message.ts_event_ns > 0
            seen.add(message.is_snapshot)
    assert seen == {True, False}
    message = BookUpdate.FromString(feed.take_update(TOY.symbol, snapshot=True))
    bids, asks = feed.book(TOY.symbol).depth(100_000)
    assert [ticks / 10 for ticks in message.bid_ticks] == bids[:, 0].tolist()
    assert [lots / 1000 for lots in message.ask_lots] == asks[:, 1].tolist()


def test_a_lost_update_is_noticed_and_a_late_snapshot_heals_it(feed):
    """The reader's book is stale in between; it says at which update it stands."""
    book = WireBook(BTC)
    book.apply(feed.take_update("BTCUSDT"))
    assert (book.last_id, book.ts_event_ns, book.ts_recv_ns) == (100, 5_000_000, 9)
    for prev in (100, 102, 104):
        delta = DELTA | {"U": prev + 1, "u": prev + 2, "pu": prev}
        assert feed.receive(json.dumps(delta), ts_recv_ns=20) == 1
        body = feed.take_update("BTCUSDT")
        if prev != 102:
            assert book.apply(body)
    assert (book.last_id, book.is_stale) == (None, True)

    assert book.apply(feed.take_update("BTCUSDT", snapshot=True))

    assert (book.last_id, book.ts_event_ns, book.is_stale) == (106, 6_000_000, False)
    assert same(book, feed.book("BTCUSDT"))
    book.clear()
    assert (book.last_id, book.is_stale, book.best_bid) == (None, True, None)


def test_a_malformed_body_changes_nothing(feed):
    """Rule, byte, and which of several."""
    good = feed.take_update("BTCUSDT")
    book = WireBook(BTC)
    with pytest.raises(DataError, match=r"a field ends within the message: .* byte 2 of body 1"):
        book.apply_many([good, b"\x32\x05\x01"])
    assert book.is_stale
    with pytest.raises(DataError, match=r"prices=0, quantities=1: byte 3 of body 1"):
        book.apply_many([good, b"\x4a\x01\x01"])
    with pytest.raises(InputError, match="got int"):
        book.apply_many([5])
    assert book.apply_many([good]) == 1
    assert book.best_bid_ticks == 618002
