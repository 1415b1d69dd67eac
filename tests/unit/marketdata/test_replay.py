"""Recordings played into a book: gaps, disagreements, unreadable records, LOBSTER rows."""

from __future__ import annotations

from pathlib import Path

import pytest

from toy_venue import ToyVenue, lobster_files
from tradecore.core import BinanceFrames, DataError, Instrument, TapeReader, TapeWriter
from tradecore.marketdata import Recording, rebuild_book, replay_lobster

TOY = Instrument("TOYUSDT", tick_size="0.1", lot_size="0.001")


def recording(lines, *, fault=None):
    """Return the recording of some lines."""
    return Recording(BinanceFrames(b"\n".join(lines) + b"\n", TOY), Path("toy"), fault)


@pytest.mark.parametrize("chained", [False, True], ids=["spot", "futures"])
def test_the_rebuilt_book_is_the_venues(chained):
    """Every quote agrees, and so does the touch at the end."""
    venue = ToyVenue(7, chained=chained)
    result = rebuild_book(recording(venue.lines(300)))

    bid, bid_qty, ask, ask_qty = venue.touch()
    assert result.is_sound
    assert result.counts["quotes_agreed"] == result.counts["quotes_compared"] > 50
    touch = (TOY.quantity(bid_qty), TOY.price(bid), TOY.quantity(ask_qty), TOY.price(ask))
    assert result.touch == "bid {} @ {}, ask {} @ {}".format(*map(_plain, touch))


def _plain(number):
    return f"{number:f}"


@pytest.mark.parametrize("chained", [False, True], ids=["spot", "futures"])
def test_a_lost_delta_is_a_gap_and_the_book_ends_stale(chained):
    """Only a later snapshot could heal it, and there is none."""
    lines = ToyVenue(7, chained=chained).lines(100)
    deltas = [at for at, line in enumerate(lines) if b"depthUpdate" in line]
    del lines[deltas[50]]

    result = rebuild_book(recording(lines))

    assert not result.is_sound
    assert result.is_stale
    assert (result.counts["gaps"], len(result.gaps)) == (1, 1)
    assert result.gaps[0].expected < result.gaps[0].got


def test_deltas_out_of_order_are_a_gap():
    """They are not put right silently."""
    lines = ToyVenue(7).lines(100)
    deltas = [at for at, line in enumerate(lines) if b"depthUpdate" in line]
    one, other = deltas[50:52]
    lines[one], lines[other] = lines[other], lines[one]

    assert rebuild_book(recording(lines)).counts["gaps"] == 1


def test_a_delta_told_twice_is_ignored_the_second_time():
    """Nothing else changes."""
    lines = ToyVenue(7).lines(100)
    twice = [line for line in lines for _ in range(1 + (b"depthUpdate" in line))]
    twice.append(next(line for line in lines if b"lastUpdateId" in line))

    once, again = rebuild_book(recording(lines)), rebuild_book(recording(twice))

    assert again.is_sound
    assert again.checksum == once.checksum
    # The three before the snapshot are told twice into the buffer; the last line is the snapshot.
    assert again.counts["ignored"] == 100 - 3 + 1


def test_a_quote_that_is_not_the_touch_is_told():
    """With both, and the update of both."""
    lines = ToyVenue(7, chained=True).lines(50)
    at = max(at for at, line in enumerate(lines) if b"bookTicker" in line)
    lines[at] = lines[at].replace(b'"B":"', b'"B":"7')

    result = rebuild_book(recording(lines))

    assert not result.is_sound
    [found] = result.disagreements
    assert found.quoted != found.book
    assert f'"u":{found.update_id},'.encode() in lines[at]


@pytest.mark.parametrize(
    ("broken", "rule"),
    [
        pytest.param(b"", "a line is the time of receipt", id="cut-before-the-frame"),
        pytest.param(b'17 {"e":"trade","p":"5', "a string ends with a quote", id="cut"),
        pytest.param(b"17 {'e':1}", "a string starts with a quote", id="not-json"),
        pytest.param(b"\x00\xff\xfe", "a line is the time of receipt", id="garbage"),
        pytest.param(
            b'17 {"e":"trade","t":1,"p":"1.05","q":"1","m":true}', "multiple of the tick", id="tick"
        ),
        pytest.param(b'17 {"e":"trade","t":1,"p":"1","q":"-1","m":true}', "above 0", id="negative"),
        pytest.param(
            b'17 {"e":"trade","t":1,"p":"NaN","q":"1","m":true}', "not a decimal", id="nan"
        ),
    ],
)
def test_an_unreadable_line_is_counted_located_and_passed_over(broken, rule):
    """Strict, it ends the replay."""
    lines = ToyVenue(7).lines(20)
    lines.insert(10, broken or b"17")

    result = rebuild_book(recording(lines))

    assert result.is_sound
    [fault] = result.faults
    assert (fault.record, fault.byte) == (11, len(b"\n".join(lines[:10])) + 1)
    assert rule in fault.rule
    assert result.counts["unreadable"] == 1
    with pytest.raises(DataError, match=rf"(?s){rule}.*record 11, byte {fault.byte}: toy"):
        rebuild_book(recording(lines), strict=True)


def test_a_broken_file_counts_as_unreadable():
    """What was unpacked before the break is played; strict, nothing is."""
    broken = recording(ToyVenue(7).lines(20), fault="a gzip archive has its end")
    assert rebuild_book(broken).counts["unreadable"] == 1
    with pytest.raises(DataError, match="a gzip archive has its end: toy"):
        rebuild_book(broken, strict=True)


def test_frames_of_another_symbol_are_no_recording_of_this_one():
    """It is said how many there were."""
    other = Instrument("OTHER", tick_size="0.1", lot_size="0.001")
    data = b"\n".join(line for line in ToyVenue(7).lines(9) if b"lastUpdateId" not in line)
    count = data.count(b"\n") + 1
    with pytest.raises(DataError, match=f"symbol=OTHER, of other symbols={count}"):
        rebuild_book(Recording(BinanceFrames(data, other), Path("toy")))


def test_a_damaged_tape_block_costs_itself_and_shows_as_a_gap():
    """The rest is played; the sequence rule finds what is missing."""
    writer = TapeWriter(TOY)
    writer.extend(recording(ToyVenue(7).lines(6000)).source)
    data = bytearray(writer.finish())
    data[len(data) // 2] ^= 1

    result = rebuild_book(Recording(TapeReader(bytes(data)), Path("toy")))

    [fault] = result.faults
    assert "a block matches its checksum" in fault.rule
    assert result.counts["gaps"] == 1
    assert result.is_stale


def test_progress_is_told_in_bytes():
    """It never passes the total."""
    calls = []
    source = recording(ToyVenue(7).lines(20_000))
    rebuild_book(source, progress=lambda done, total: calls.append((done, total)))
    assert calls
    assert all(0 < done <= total == source.source.byte_count for done, total in calls)


def test_lobster_books_are_rebuilt_but_for_what_the_file_does_not_tell():
    """Every row that differs does so at a level that was below the window at some time."""
    messages, books = lobster_files(1, 300)

    result = replay_lobster(messages, books)

    assert (result.messages, result.compared, result.levels) == (300, 300, 5)
    assert result.equal == 300 - len(result.differing) > 200
    assert result.differing
    assert all(found.is_unknowable and found.levels[0] > 1 for found in result.differing)
    assert result.is_sound


def test_a_lobster_row_that_should_have_been_rebuilt_is_unexplained():
    """A changed size at the touch has no excuse."""
    messages, books = lobster_files(1, 50)
    rows = books.splitlines()
    fields = rows[30].split(b",")
    fields[1] = b"%d" % (int(fields[1]) + 1)
    rows[30] = b",".join(fields)

    result = replay_lobster(messages, b"\n".join(rows))

    assert result.unexplained == 1
    assert not result.is_sound
    assert (result.differing[0].row, result.differing[0].levels) == (30, [1])


def test_lobster_lines_that_cannot_be_read_are_counted_and_located():
    """Strict, the first of them ends the replay."""
    messages, books = lobster_files(1, 50)
    lines = messages.splitlines()
    lines[20] = b"34200.1,1,5,nan,100,1"
    rows = books.splitlines()
    rows[40] = b"1,2,3"

    result = replay_lobster(b"\n".join(lines), b"\n".join(rows))

    assert result.unreadable == 2
    first, second = result.faults
    assert (first.record, first.rule) == (21, 'size is a whole number: found "nan"')
    assert first.byte == len(b"\n".join(lines[:20])) + 1
    assert "a book row has four fields a level: fields=3: book row 40" in second.rule
    with pytest.raises(DataError, match=r"size is a whole number.*record 21"):
        replay_lobster(b"\n".join(lines), books, strict=True)
    with pytest.raises(DataError, match=r"four fields a level.*book row 40"):
        replay_lobster(messages, b"\n".join(rows), strict=True)


def test_lobster_files_of_unequal_length_are_told():
    """Rows without a message are a difference, messages without a row are not compared."""
    messages, books = lobster_files(1, 50)
    short = b"\n".join(messages.splitlines()[:-3])

    assert replay_lobster(short, books).rows_left == 3
    assert not replay_lobster(short, books).is_sound
    assert replay_lobster(messages, b"\n".join(books.splitlines()[:-3])).compared == 47


def test_without_books_a_lobster_market_starts_empty():
    """Messages about orders from before are counted."""
    messages, _ = lobster_files(1, 300)
    result = replay_lobster(messages)
    assert (result.messages, result.compared) == (300, 0)
    assert result.counts["older_orders"] > 0
    assert result.is_sound


@pytest.mark.parametrize(
    ("messages", "books", "message"),
    [
        pytest.param(b"", None, "at least one message: it is empty", id="empty"),
        pytest.param(b"\n\n", None, "at least one message: it is empty", id="blank"),
        pytest.param(b"34200.1,1,5,1,100,1", b"", "at least one row: it is empty", id="no-rows"),
        pytest.param(b"34200.1,1,5,1,100,1", b"1,2,x,4", "whole numbers above 0", id="bad-row"),
    ],
)
def test_empty_or_malformed_lobster_files_are_refused(messages, books, message):
    """There is nothing to start from."""
    with pytest.raises(DataError, match=message):
        replay_lobster(messages, books)
