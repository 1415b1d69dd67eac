"""Market data: frames into a book, deltas into a book, books between processes, a look at a touch.

Frames are made here from a seed: 40,000 lines in the shape of Binance's futures streams, every
third a delta of about 16 levels, the rest best quotes. The baseline is what one writes in Python
with the fastest decoder there is: msgspec structs, and a dict a side.
"""

from __future__ import annotations

import json
import random
import statistics
import time
from functools import partial

import msgspec

import tradecore as tc
from tradecore.core import (
    BinanceFeed,
    BinanceFrames,
    BookReplay,
    TapeReader,
    TapeWriter,
    WireBook,
)

LINES = 40_000
ROUNDS = 5
CALLS = 50_000


class Data(msgspec.Struct):
    """The fields of all the frames made here."""

    e: str
    u: int
    b: list[tuple[str, str]] | str
    a: list[tuple[str, str]] | str


class Delta(msgspec.Struct):
    """A change of a futures book."""

    e: str
    s: str
    E: int
    T: int
    U: int
    u: int
    pu: int
    b: list[tuple[str, str]]
    a: list[tuple[str, str]]


class DeltaFrame(msgspec.Struct):
    """Its envelope."""

    stream: str
    data: Delta


class Frame(msgspec.Struct):
    """The envelope of a combined stream."""

    stream: str
    data: Data


def frames(seed=7):
    """Return the recording."""
    dice = random.Random(seed)
    mid, last = 618_000, 1000

    def price(ticks):
        return f"{ticks // 10}.{ticks % 10}0"

    def side(sign):
        away = sorted({1 + int(dice.expovariate(0.01)) for _ in range(8)})
        return [[price(mid + sign * d), f"{dice.choice((0, dice.random() * 9)):.3f}"] for d in away]

    ids = {"lastUpdateId": last}
    lines = [{**ids, "bids": [[price(mid - 1), "1"]], "asks": [[price(mid + 1), "1"]]}]
    while len(lines) < LINES:
        mid += dice.choice((-1, 0, 0, 1))
        if len(lines) % 3 == 0:
            ids = {"U": last + 1, "u": last + 9, "pu": last}
            last += 9
            data = {"e": "depthUpdate", "E": 1, "T": 1, "s": "BTCUSDT", **ids}
            data |= {"b": side(-1), "a": side(1)}
        else:
            data = {"e": "bookTicker", "u": last, "s": "BTCUSDT", "b": price(mid - 1), "B": "1.5"}
            data |= {"a": price(mid + 1), "A": "2.25", "T": 1, "E": 1}
        lines.append({"stream": "btcusdt@depth@0ms", "data": data})
    texts = (json.dumps(line, separators=(",", ":")) for line in lines)
    return "\n".join(f"{1_700_000_000_000_000_000 + n} {text}" for n, text in enumerate(texts))


def median_seconds(action):
    """Return the median of a few rounds, after one to warm up."""
    action()
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        action()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def rebuild(source):
    """Play a recording into a book, quotes compared."""
    replay = BookReplay(source)
    while replay.advance(LINES):
        pass
    assert dict(replay.counts)["events"] == LINES


def rebuild_in_python(data):
    """Decode with msgspec and keep two dicts."""
    decoder = msgspec.json.Decoder(Frame)
    bids, asks = {}, {}
    for line in data.split(b"\n")[1:]:
        frame = decoder.decode(line[line.index(b" ") + 1 :]).data
        if frame.e != "depthUpdate":
            continue
        for levels, book in ((frame.b, bids), (frame.a, asks)):
            for price, qty in levels:
                size = float(qty)
                if size:
                    book[float(price)] = size
                else:
                    book.pop(float(price), None)
    return bids, asks


def split_live(data):
    """Return the snapshot and the depth frames of a recording, as they came."""
    snapshot, *lines = (line.split(b" ", 1)[1] for line in data.split(b"\n"))
    return snapshot, [line for line in lines if b"depthUpdate" in line]


def feed_live(btc, snapshot, lines):
    """Give frames to a live feed one by one."""
    feed = BinanceFeed([btc], chained=True)
    feed.snapshot("BTCUSDT", snapshot, ts_recv_ns=1)
    receive = feed.receive
    for line in lines:
        if receive(line, ts_recv_ns=1) != 1:
            raise AssertionError(feed.error)
    return feed


def feed_live_in_python(snapshot, lines):
    """Do the same: decode with msgspec, check the sequence, keep two dicts of floats a symbol."""
    first = msgspec.json.decode(snapshot)
    sides = [{float(p): float(q) for p, q in first[key]} for key in ("bids", "asks")]
    books, last = {"BTCUSDT": sides}, {"BTCUSDT": first["lastUpdateId"]}
    decode = msgspec.json.Decoder(DeltaFrame).decode
    for line in lines:
        frame = decode(line).data
        if frame.pu != last[frame.s]:
            raise AssertionError(frame.u)
        last[frame.s] = frame.u
        bids, asks = books[frame.s]
        for levels, book in ((frame.b, bids), (frame.a, asks)):
            for price, qty in levels:
                size = float(qty)
                if size:
                    book[float(price)] = size
                else:
                    book.pop(float(price), None)
    return sides


def live_rows(data):
    """Measure frames as they come: decoded into a book, and from there into another one."""
    btc = tc.Instrument("BTCUSDT", tick_size="0.1", lot_size="0.001")
    snapshot, lines = split_live(data)
    feed = feed_live(btc, snapshot, lines)
    bids, asks = feed_live_in_python(snapshot, lines)
    view = feed.book("BTCUSDT")
    if (len(bids), len(asks)) != (view.level_count("buy"), view.level_count("sell")):
        raise AssertionError("the books differ")
    levels = feed.counts["levels"]
    python = levels / median_seconds(partial(feed_live_in_python, snapshot, lines))
    body, pair = feed.take_update("BTCUSDT", snapshot=True), view.depth(100_000)
    held = sum(len(side) for side in pair)
    encoded = msgspec.msgpack.encode([side.tolist() for side in pair])
    decode = msgspec.msgpack.Decoder(list[list[tuple[float, float]]]).decode
    copy = WireBook(btc)
    ours = ns_a_call(lambda: copy.apply(body), 2000)
    theirs = ns_a_call(lambda: [dict(side) for side in decode(encoded)], 2000)
    return [
        row(
            "live depth frames, one call each",
            levels / median_seconds(partial(feed_live, btc, snapshot, lines)),
            "levels/s",
            "msgspec, sequence check, dicts",
            python,
        ),
        row(
            f"whole book of {held:,} levels off the wire",
            held / ours * 1e9,
            "levels/s",
            "msgpack and dicts",
            held / theirs * 1e9,
        ),
        row(
            "frame that is not ours",
            ns_a_call(lambda: feed.receive(b'{"result":null,"id":1}', ts_recv_ns=1)),
            "ns",
            "msgspec",
            ns_a_call(lambda: msgspec.json.decode(b'{"result":null,"id":1}')),
        ),
    ]


def row(name, value, unit, baseline_name, baseline_value):
    """Return a figure beside its baseline; the ratio is above 1 where ours is better."""
    better = value / baseline_value if unit.endswith("/s") else baseline_value / value
    return {
        "name": name,
        "value": value,
        "unit": unit,
        "baseline_name": baseline_name,
        "baseline_value": baseline_value,
        "ratio": better,
    }


def repeat(action, calls):
    """Call something often."""
    for _ in range(calls):
        action()


def ns_a_call(action, calls=CALLS):
    """Return what one call costs, the loop around it included."""
    return median_seconds(partial(repeat, action, calls)) / calls * 1e9


def run():
    """Measure, and return the rows of the table."""
    btc = tc.Instrument("BTCUSDT", tick_size="0.1", lot_size="0.001")
    data = frames().encode()
    source = BinanceFrames(data, btc)
    writer = TapeWriter(btc)
    writer.extend(source)
    tape = TapeReader(writer.finish())
    python = LINES / median_seconds(partial(rebuild_in_python, data))
    bids, asks = rebuild_in_python(data)

    book = tc.OrderBook(btc)
    book.apply_snapshot(list(bids.items()), list(asks.items()))
    delta = [(f"{price:.1f}", "1.250") for price in sorted(bids)[-8:]]

    def apply_in_python():
        for price, qty in delta:
            bids[float(price)] = float(qty)

    return [
        row(
            "frames decoded into a book",
            LINES / median_seconds(partial(rebuild, source)),
            "lines/s",
            "msgspec and dicts",
            python,
        ),
        *live_rows(data),
        row(
            "tape played into a book",
            LINES / median_seconds(partial(rebuild, tape)),
            "events/s",
            "msgspec and dicts",
            python,
        ),
        row(
            "delta of 8 levels as text",
            ns_a_call(lambda: book.apply_delta(delta, ())),
            "ns",
            "dict of floats",
            ns_a_call(apply_in_python),
        ),
        row(
            f"best bid of {len(bids):,} levels",
            ns_a_call(lambda: book.bid_price),
            "ns",
            "max of a dict",
            median_seconds(lambda: [max(bids) for _ in range(100)]) / 100 * 1e9,
        ),
    ]


if __name__ == "__main__":
    for one in run():
        print(one)
