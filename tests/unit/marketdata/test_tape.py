"""A tape on the disk: several instruments, any time, cut off or damaged."""

from __future__ import annotations

from pathlib import Path

import pytest

import tradecore as tc
from tradecore.core import (
    DataError,
    InputError,
    Instrument,
    TapeReader,
    TapeWriter,
    UnknownSymbolError,
    generate_tape,
)
from tradecore.marketdata import Recording, open_recording, open_tape, rebuild_book

ONE = Instrument("AB", tick_size="0.1", lot_size="0.001", kind="linear")
OTHER = Instrument("CD", tick_size="0.5", lot_size="1")
START_NS = 1_700_000_000_000_000_000


def market(*, orders=False, seconds=3):
    """Return a tape of a generated market."""
    return generate_tape(
        ONE,
        seed=7,
        start_ns=START_NS,
        duration_ns=seconds * 1_000_000_000,
        price="1000",
        volatility_milliticks=3_000,
        orders=orders,
    )


def trades(count, *, flush_every=10):
    """Return a writer with trades of both instruments by turns, a second apart."""
    writer = TapeWriter([ONE, OTHER], origin="a test")
    for at in range(1, count + 1):
        writer.trade(
            ("AB", "CD")[at % 2],
            trade_id=at,
            price_ticks=100 + at,
            quantity_lots=at,
            aggressor="buy",
            ts_event_ns=at * 10**9,
            ts_recv_ns=at * 10**9 + 5,
        )
        if at % flush_every == 0:
            writer.flush()
    return writer


@pytest.fixture
def write(tmp_path):
    """Return a function that writes a file and returns its path."""

    def place(data, name="a.tape"):
        path = tmp_path / name
        path.write_bytes(data)
        return path

    return place


def test_the_same_seed_makes_the_same_tape():
    """Byte for byte, of orders as of what was public of them."""
    assert market() == market()
    assert market(orders=True) == market(orders=True)


def test_a_tape_is_read_from_its_file_block_by_block(write):
    """It says what it holds, and plays the same book as its bytes in memory."""
    path = write(market())
    tape = open_tape(path)

    assert (tape.version, tape.is_finished, tape.instrument) == (2, True, ONE)
    assert tape.byte_count == path.stat().st_size
    counts = dict(tape.counts)
    assert counts["snapshots"] == 1
    assert sum(counts.values()) == tape.event_count
    in_memory = rebuild_book(Recording(TapeReader(path.read_bytes()), path))
    assert rebuild_book(open_recording(path)) == in_memory
    assert in_memory.is_sound


def test_orders_give_the_public_market_they_made(write):
    """What was published of the orders is what the other tape of the same seed holds."""
    public = rebuild_book(open_recording(write(market(), "public.tape")))
    orders = rebuild_book(open_recording(write(market(orders=True), "orders.tape")))

    assert orders.checksum == public.checksum
    assert {**orders.counts} == {**public.counts}


def test_each_instrument_is_played_by_itself(write):
    """By its name; the first unless named."""
    path = write(trades(10).finish())
    tape = open_tape(path)

    assert [one.symbol for one in tape.instruments] == ["AB", "CD"]
    assert tape.origin == "a test"
    assert open_recording(path).instrument == ONE
    assert open_recording(path, symbol="CD").instrument == OTHER
    with pytest.raises(UnknownSymbolError, match='a tape has AB, CD: symbol="EF"'):
        tape.select("EF")


@pytest.mark.parametrize("second", [0, 1, 10, 11, 57, 100])
def test_a_time_is_found(write, second):
    """The first record is the first that was received then or later."""
    tape = open_tape(write(trades(100).finish())).since(second * 10**9 + 5)

    told = tape.told(["trade"])

    assert [ids[0] for *_, ids in told] == list(range(max(second, 1), 101))


def test_nothing_was_received_later_than_the_last_record(write):
    """Which is no error."""
    assert open_tape(write(trades(9).finish())).since(10**12).told(["trade"]) == []


def test_what_a_killed_writer_left_is_read_up_to_its_last_block(write):
    """The end that is missing is said, with its place."""
    writer = trades(95)
    path = write(writer.take())
    tape = open_tape(path)

    assert (tape.is_finished, tape.event_count) == (False, 90)
    result = rebuild_book(open_recording(path, symbol="CD"))
    assert result.counts["trades"] == 45
    [fault] = result.faults
    assert fault.rule.startswith("a tape has its end: its writer stopped after record 90")
    assert fault.byte == path.stat().st_size


def test_a_damaged_block_is_named_and_passed_over(write):
    """The run goes on with the next."""
    data = bytearray(trades(100).finish())
    data[data.find(b"TCB2", len(data) // 2) + 60] ^= 1
    path = write(data)

    result = rebuild_book(open_recording(path))

    [fault] = result.faults
    assert "a block matches its checksum" in fault.rule
    assert data.find(b"TCB2", fault.byte) == fault.byte
    assert result.counts["trades"] == 45
    with pytest.raises(DataError, match="a block matches its checksum"):
        tc.backtest(tc.AbstractStrategy, data=path, fees="zero", latency="zero", strict=True)


def test_changes_of_an_instrument_are_found_by_their_time(write):
    """They are whole multiples of the steps the tape counts in."""
    coarser = Instrument("CD", tick_size="1", lot_size="10")
    writer = trades(30)
    writer.terms(coarser, ts_ns=31 * 10**9)
    writer.funding(
        "AB", rate="0.0001", mark_price="100.05", next_ns=5, ts_event_ns=1, ts_recv_ns=32 * 10**9
    )
    writer.mark_break("AB", "disconnected", ts_ns=33 * 10**9)
    with pytest.raises(InputError, match="an instrument changes to whole multiples"):
        writer.terms(Instrument("CD", tick_size="0.25", lot_size="1"), ts_ns=1)
    with pytest.raises(InputError, match="a break is a gap, disconnected, connected or damaged"):
        writer.mark_break("AB", "tired", ts_ns=1)
    tape = open_tape(write(writer.finish()))

    assert tape.terms_at("CD", 30 * 10**9) == OTHER
    assert tape.terms_at("CD", 31 * 10**9) == coarser
    assert tape.told(["funding", "terms", "break"]) == [
        (31 * 10**9, 31 * 10**9, "CD", "terms", ("1", "10")),
        (1, 32 * 10**9, "AB", "funding", (100_000, 100_050_000_000, 5)),
        (33 * 10**9, 33 * 10**9, "AB", "break", ("disconnected",)),
    ]


def test_a_tape_is_copied_with_what_it_says_beside_the_book():
    """In its order, and every time is as much later; a time that was not told stays untold."""
    writer = TapeWriter(OTHER)
    told = {"trade_id": 1, "price_ticks": 100, "quantity_lots": 1, "aggressor": "buy"}
    writer.mark_break("CD", "connected", ts_ns=1)
    writer.trade("CD", **told, ts_event_ns=2, ts_recv_ns=2)
    for next_ns in (9, 0):
        said = {"rate": "0.0001", "mark_price": "50", "next_ns": next_ns}
        writer.funding("CD", **said, ts_event_ns=2, ts_recv_ns=3)
    writer.terms(Instrument("CD", tick_size="1", lot_size="10"), ts_ns=4)
    copy = TapeWriter(OTHER)

    assert copy.extend(TapeReader(writer.finish()), later_ns=1_000) == (1, 0)

    assert TapeReader(copy.finish()).told(["trade", "funding", "terms", "break"]) == [
        (1_001, 1_001, "CD", "break", ("connected",)),
        (1_002, 1_002, "CD", "trade", (1, 100, 1, "buy")),
        (1_002, 1_003, "CD", "funding", (100_000, 50_000_000_000, 1_009)),
        (1_002, 1_003, "CD", "funding", (100_000, 50_000_000_000, 0)),
        (1_004, 1_004, "CD", "terms", ("1", "10")),
    ]


def test_records_that_no_tape_holds_are_refused():
    """And leave it as it was."""
    writer = trades(1)
    with pytest.raises(InputError, match=r"prices and quantities of a tape are 0 to 2.* found -1"):
        writer.quote(
            "AB",
            update_id=1,
            bid_ticks=-1,
            bid_lots=1,
            ask_ticks=1,
            ask_lots=1,
            ts_event_ns=1,
            ts_recv_ns=1,
        )
    with pytest.raises(UnknownSymbolError, match='a symbol is of the tape: symbol="EF"'):
        writer.mark_break("EF", "gap", ts_ns=1)
    with pytest.raises(DataError, match="a tape's header names instruments that can exist"):
        TapeWriter([])
    assert writer.event_count == 1


def test_a_long_tape_is_played_in_little_memory(tmp_path):
    """Of a tape thirty times the size, no more than a block is in memory."""
    resource = pytest.importorskip("resource")
    path = tmp_path / "long.tape"
    writer = TapeWriter(ONE)
    piece = TapeReader(market(seconds=60))
    with path.open("wb") as file:
        while file.tell() < 40_000_000:
            writer.extend(piece)
            file.write(writer.take())
        file.write(writer.finish())
    source = open_recording(path)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    result = rebuild_book(source)

    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert result.counts["events"] > 1_000_000
    assert grown < 8_000, f"{grown} KiB"


def test_a_file_of_something_else_is_refused(write):
    """With the rule and the file."""
    path = write(b"PK\x03\x04 and so on")
    with pytest.raises(DataError, match="eight magic bytes") as caught:
        open_tape(path)
    assert str(path) in str(caught.value)
    with pytest.raises(FileNotFoundError, match="nowhere"):
        open_tape(Path("nowhere.tape"))
