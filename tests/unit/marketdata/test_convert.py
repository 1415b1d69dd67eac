"""Recordings of others become tapes: streaming, counted, damage named by its place."""

from __future__ import annotations

import gzip
import struct
from datetime import date

import numpy as np
import pytest

from toy_venue import ToyVenue
from tradecore.core import DataError, InputError
from tradecore.marketdata import Terms, convert, open_recording, open_tape, rebuild_book

BOOK = (
    b"exchange,symbol,timestamp,local_timestamp,is_snapshot,side,price,amount\n"
    b"x,AB,1000,1002,true,bid,99.5,2\nx,AB,1000,1002,true,ask,100.25,1\n"
    b"x,AB,3000,3002,false,ask,100.25,0\nx,AB,3000,3002,false,ask,100.5,4\n"
)
TRADES = (
    b"exchange,symbol,timestamp,local_timestamp,id,side,price,amount\n"
    b"x,AB,2000,2001,77,buy,100.25,1.5\nx,AB,4000,4001,78,sell,99.5,0.001\n"
)


@pytest.fixture
def write(tmp_path):
    """Return a function that writes a file and returns its path."""

    def place(name, data):
        path = tmp_path / name
        path.write_bytes(data)
        return path

    return place


def told(path, *kinds):
    """Return what a tape tells, without times."""
    return [(kind, *values) for *_, kind, values in open_tape(path).told(list(kinds))]


def test_frames_become_the_tape_of_the_same_book(write, tmp_path):
    """Steps and symbol are found; a line that cannot be read is named by line and byte."""
    lines = ToyVenue(7).lines(400)
    frames = b"".join(line + b"\n" for line in lines)
    at = len(b"".join(line + b"\n" for line in lines[:100]))
    source = write("a.txt.gz", gzip.compress(frames[:at] + b"12 {oops\n" + frames[at:]))
    steps = []

    found = convert(
        [source],
        tmp_path / "a.tape",
        format="binance",
        progress=lambda done, total: steps.append((done, total)),
    )

    [fault] = found.faults
    assert (fault.record, fault.byte, fault.path) == (101, at, source)
    assert (found.unreadable, found.inputs, found.symbols) == (1, len(lines) + 1, ("TOYUSDT",))
    plain = rebuild_book(open_recording(write("plain.txt", frames)))
    tape = rebuild_book(open_recording(tmp_path / "a.tape"))
    assert tape.checksum == plain.checksum
    assert tape.counts["events"] == plain.counts["events"] == found.records
    assert steps[-1][0] == steps[-1][1]


def test_files_of_tardis_are_merged_in_order_of_receipt(write, tmp_path):
    """Steps are those in which all of them are whole."""
    inputs = [write("book.csv.gz", gzip.compress(BOOK)), write("trades.csv", TRADES)]

    found = convert(inputs, tmp_path / "a.tape", format="tardis")

    assert (found.records, found.inputs, found.is_whole) == (4, 8, True)
    assert told(tmp_path / "a.tape", "snapshot", "depth", "trade") == [
        ("snapshot", 1, 2),
        ("trade", 77, 10_025, 1_500, "buy"),
        ("depth", 2, 2, 2),
        ("trade", 78, 9_950, 1, "sell"),
    ]
    [one] = open_tape(tmp_path / "a.tape").instruments
    assert (one.symbol, str(one.tick_size), str(one.lot_size)) == ("AB", "0.01", "0.001")
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "a.tape",
        "book.csv.gz",
        "trades.csv",
    ]


def test_a_row_that_cannot_be_read_is_counted_and_named(write, tmp_path):
    """The rest is on the tape; so is what a cut archive still gives, and its fault is told."""
    broken = BOOK + b"x,AB,5000,5002,false,ask,hundred,4\n" + b"x,AB,9000,9002,false,bid,1,1\n"
    source = write("a.csv", broken)

    found = convert([source], tmp_path / "a.tape", format="tardis")

    assert (found.records, found.unreadable, found.is_whole) == (3, 1, False)
    assert (found.faults[0].record, found.faults[0].byte) == (6, len(BOOK))
    assert found.faults[0].rule.startswith("price is not a decimal number")
    cut = write("b.csv.gz", gzip.compress(BOOK * 1000, 1)[:-40])
    found = convert([cut], tmp_path / "b.tape", format="tardis")
    [text] = found.broken
    assert text == f"a gzip archive has its end: the data stop at byte {cut.stat().st_size}: {cut}"
    assert found.records > 0


def dbn(records, *, symbol=b"ESH4", number=7):
    """Return a file of version 1 with one mapping."""
    text = lambda one: one.ljust(22, b"\0")  # noqa: E731
    body = b"GLBX.MDP3".ljust(16, b"\0") + struct.pack("<HQQQQ", 0, 0, 0, 0, len(records))
    body += struct.pack("<BBB", 1, 0, 0) + bytes(47) + struct.pack("<I", 0)
    body += struct.pack("<I", 1) + text(symbol) + struct.pack("<II", 0, 0)
    body += struct.pack("<I", 1) + text(symbol) + struct.pack("<III", 1, 0, 0)
    body += text(str(number).encode())
    front = b"DBN\x01" + struct.pack("<I", len(body)) + body
    return front + b"".join(
        struct.pack("<BBHIQQqIBBccQiI", 14, 0xA0, 1, number, 100, *one, 105, 0, 0)
        for one in records
    )


def test_orders_of_dbn_are_packed_with_zstandard(write, tmp_path):
    """Names come from the metadata, steps from the prices."""
    zstandard = pytest.importorskip("zstandard")
    price = 4_810_250_000_000
    data = dbn(
        [
            (1, price, 10, 160, 0, b"A", b"B"),
            (0, price, 4, 0, 0, b"T", b"A"),
            (1, price, 4, 0, 0, b"F", b"B"),
            (1, price, 4, 128, 0, b"C", b"B"),
            (5, price, 4, 128, 0, b"C", b"B"),
        ]
    )
    source = write("a.dbn.zst", zstandard.ZstdCompressor().compress(data))

    found = convert([source], tmp_path / "a.tape", format="dbn")

    [one] = open_tape(tmp_path / "a.tape").instruments
    assert (one.symbol, str(one.tick_size)) == ("ESH4", "0.01")
    assert [values[1] for values in told(tmp_path / "a.tape", "order")] == [
        "added", "done", "open", "trade", "filled", "done",
    ]  # fmt: skip
    assert found.faults[0].rule == "an order was added before it changes: order=5"
    assert found.faults[0].byte == len(data) - 56
    prices = np.random.default_rng(1).integers(1, 10**9, 20_000)
    many = [(at, int(one) * 10**7, 1, 128, 0, b"A", b"B") for at, one in enumerate(prices, 1)]
    packed = zstandard.ZstdCompressor().compress(dbn(many))
    cut = write("b.dbn.zst", packed[: len(packed) // 2])
    found = convert([cut], tmp_path / "b.tape", format="dbn")
    place = f"the data stop at byte {len(packed) // 2}: {cut}"
    assert found.broken == (f"a zstandard archive has its end: {place}",)
    assert 0 < found.inputs < 20_000


def test_messages_of_lobster_are_on_their_day(write, tmp_path):
    """The first row of the book file is what was there before."""
    messages = write("TOY_2024_message_1.csv", b"34200.5,1,11,10,1000,1\n34200.6,3,11,10,1000,1\n")
    books = write("books.csv", b"1100,5,1000,13\n1100,5,1000,3\n")

    found = convert(
        [messages],
        tmp_path / "a.tape",
        format="lobster",
        terms=Terms(day=date(2024, 1, 2), first_book=books),
    )

    assert (found.symbols, found.is_whole) == (("TOY",), True)
    orders = told(tmp_path / "a.tape", "order")
    assert ("order", "added", 0, "buy", 1000, 3) in orders
    assert orders[-2:] == [
        ("order", "removed", 11, "buy", 1000, 10),
        ("order", "done", 0, "", 0, 0),
    ]
    first = open_tape(tmp_path / "a.tape").first_ts_recv_ns
    assert first == 1_704_153_600_000_000_000 + 34_200_500_000_000


def events(rows):
    """Return an array as hftbacktest has it."""
    kinds = [("ev", "<u8"), ("exch_ts", "<i8"), ("local_ts", "<i8"), ("px", "<f8"), ("qty", "<f8")]
    kinds += [("order_id", "<u8"), ("ival", "<i8"), ("fval", "<f8")]
    return np.array([(*row, 0, 0, 0.0) for row in rows], dtype=kinds)


def test_events_of_hftbacktest_are_read_from_their_archive(tmp_path):
    """Packed or not; the symbol has to be given, since they do not say it."""
    seen, buy, sell = 3 << 30, 1 << 29, 1 << 28
    rows = events(
        [
            (4 | seen | buy, 5, 6, 99.5, 2.0),
            (1 | seen | sell, 7, 8, 100.25, 1.0),
            (2 | seen | sell, 9, 10, 99.5, 0.5),
            (2 | seen | sell, 9, 10, np.inf, 0.5),
        ]
    )
    for name, save in (("a.npz", np.savez_compressed), ("b.npz", np.savez)):
        save(tmp_path / name, data=rows)
        found = convert(
            [tmp_path / name],
            tmp_path / "a.tape",
            format="hftbacktest",
            terms=Terms(symbols=("AB",), tick_size="0.25", lot_size="0.5"),
        )
        assert told(tmp_path / "a.tape", "snapshot", "depth", "trade") == [
            ("snapshot", 1, 1),
            ("depth", 2, 2, 1),
            ("trade", 1, 398, 1, "sell"),
        ]
        assert (found.unreadable, found.faults[0].byte) == (1, 192)
    with pytest.raises(InputError, match="an array of events does not name its symbol: give one"):
        convert([tmp_path / "a.npz"], tmp_path / "c.tape", format="hftbacktest")
    np.save(tmp_path / "other.npy", np.zeros(3))
    with pytest.raises(DataError, match=r"events have the columns ev, .* found no names"):
        convert(
            [tmp_path / "other.npy"],
            tmp_path / "c.tape",
            format="hftbacktest",
            terms=Terms(symbols=("AB",)),
        )


def test_tapes_are_merged(write, tmp_path):
    """As they are; a symbol that counts in two ways is refused."""
    for name, data in (("book", BOOK), ("trades", TRADES)):
        terms = Terms(symbols=("AB",), tick_size="0.01", lot_size="0.001")
        convert([write(name, data)], tmp_path / f"{name}.tape", format="tardis", terms=terms)
    both = [tmp_path / "book.tape", tmp_path / "trades.tape"]

    found = convert(both, tmp_path / "all.tape", format="tape")

    assert (found.records, found.symbols) == (4, ("AB",))
    coarse = Terms(symbols=("AB",), tick_size="0.25", lot_size="0.001")
    convert([tmp_path / "trades"], tmp_path / "trades.tape", format="tardis", terms=coarse)
    with pytest.raises(InputError, match="tapes that become one count alike"):
        convert(both, tmp_path / "no.tape", format="tape")
    assert not (tmp_path / "no.tape").exists()


@pytest.mark.parametrize(
    ("terms", "rule"),
    [
        (Terms(symbols=("CD",)), "a symbol is one that is recorded, AB: CD"),
        (Terms(symbols=("CD", "AB")), "a symbol is one that is recorded, AB: CD"),
    ],
)
def test_a_symbol_that_is_not_recorded_is_refused(write, tmp_path, terms, rule):
    """With those that are."""
    with pytest.raises(InputError, match=rule):
        convert([write("a.csv", BOOK)], tmp_path / "a.tape", format="tardis", terms=terms)


def test_an_input_that_is_nothing_of_its_format_is_refused(write, tmp_path):
    """And so is one that would be written over, or is a folder."""
    garbage = write("garbage", bytes(range(256)) * 9)
    with pytest.raises(DataError, match="a recording names its symbols: none does"):
        convert([garbage], tmp_path / "a.tape", format="binance")
    with pytest.raises(DataError, match="a recording names its symbols: none does"):
        convert([garbage], tmp_path / "a.tape", format="tardis")
    with pytest.raises(InputError, match="a recording is not written over"):
        convert([garbage], garbage, format="binance")
    with pytest.raises(InputError, match="a recording is a file"):
        convert([tmp_path], tmp_path / "a.tape", format="binance")
    with pytest.raises(InputError, match="a tape is made of one recording at least"):
        convert([], tmp_path / "a.tape", format="binance")
    with pytest.raises(FileNotFoundError, match="nowhere"):
        convert([tmp_path / "nowhere"], tmp_path / "a.tape", format="binance")
    assert not (tmp_path / "a.tape").exists()
