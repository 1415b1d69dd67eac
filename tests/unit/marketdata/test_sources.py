"""Recordings on disk: what is opened, inferred, refused, and kept of a damaged one."""

from __future__ import annotations

import gzip

import pytest

import tradecore as tc
from toy_venue import ToyVenue
from tradecore.core import BinanceFrames, DataError, InputError, TapeReader
from tradecore.marketdata import open_recording, read_file, rebuild_book, write_tape

FRAMES = b"\n".join(ToyVenue(1).lines(200)) + b"\n"


@pytest.fixture
def write(tmp_path):
    """Return a function that writes a file and returns its path."""

    def written(name, data):
        path = tmp_path / name
        path.write_bytes(data)
        return path

    return written


def test_gzip_is_known_by_its_content(write):
    """A name says nothing: plain .gz and packed .txt are both read."""
    for name, data in (("a.gz", FRAMES), ("b.txt", gzip.compress(FRAMES))):
        assert read_file(write(name, data)).data == FRAMES
    two_members = gzip.compress(FRAMES[:100]) + gzip.compress(FRAMES[100:]) + bytes(512)
    assert read_file(write("c.gz", two_members)).data == FRAMES


def test_of_a_truncated_archive_the_part_before_is_kept(write):
    """The fault is said beside it."""
    packed = gzip.compress(FRAMES)
    raw = read_file(write("cut.gz", packed[: len(packed) * 2 // 3]))

    assert FRAMES.startswith(raw.data)
    assert len(raw.data) > len(FRAMES) // 3
    assert raw.fault == f"a gzip archive has its end: the data stop at byte {len(packed) * 2 // 3}"


def test_of_a_corrupt_archive_the_fault_is_said(write):
    """Corruption is never silent."""
    packed = bytearray(gzip.compress(FRAMES))
    packed[len(packed) // 2 :] = bytes(len(packed) - len(packed) // 2)

    raw = read_file(write("bad.gz", bytes(packed)))

    assert raw.fault is not None
    assert raw.fault.startswith("a gzip archive")


def test_progress_is_told_in_bytes_of_the_file(write):
    """The last call names all of them."""
    calls = []
    path = write("a.gz", gzip.compress(FRAMES))
    read_file(path, progress=lambda done, total: calls.append((done, total)))
    assert calls[-1] == (path.stat().st_size, path.stat().st_size)


def test_steps_and_symbol_are_found_in_the_frames(write):
    """Every number of the recording is whole in them."""
    recording = open_recording(write("a.txt", FRAMES))

    assert isinstance(recording.source, BinanceFrames)
    instrument = recording.instrument
    assert (instrument.symbol, str(instrument.tick_size)) == ("TOYUSDT", "0.1")
    assert str(instrument.lot_size) == "0.001"
    assert rebuild_book(recording).is_sound


def test_a_tape_is_the_same_recording_in_less_space(write, tmp_path):
    """Rebuilt from frames or from their tape, the book and the counts are the same."""
    frames = open_recording(write("a.txt", FRAMES))
    path = tmp_path / "a.tape"

    written = write_tape(frames, path)
    tape = open_recording(path)

    assert isinstance(tape.source, TapeReader)
    assert tape.source.event_count == written
    assert tape.source.first_ts_recv_ns == int(FRAMES.split(b" ", 1)[0])
    assert tape.instrument == frames.instrument
    assert len(path.read_bytes()) < len(FRAMES) / 8
    one, other = rebuild_book(frames), rebuild_book(tape)
    assert other.checksum == one.checksum
    assert {key: one.counts[key] for key in other.counts} == other.counts


def test_a_tape_of_other_steps_is_refused(write):
    """Ticks of one size are not written as ticks of another."""
    writer = tc.marketdata.TapeWriter(tc.Instrument("TOYUSDT", tick_size="0.5", lot_size="0.001"))
    with pytest.raises(InputError, match="a tape is written in the steps of its instrument"):
        writer.extend(open_recording(write("a.txt", FRAMES)).source)
    writer.finish()
    with pytest.raises(InputError, match="a tape is finished once"):
        writer.finish()


def test_an_unreadable_line_stops_a_strict_tape_and_writes_nothing(write, tmp_path):
    """Not strict, the rest is written."""
    recording = open_recording(write("a.txt", FRAMES + b"oops\n"))
    path = tmp_path / "a.tape"
    with pytest.raises(DataError, match=r"a line is the time of receipt.*record"):
        write_tape(recording, path)
    assert not path.exists()
    assert write_tape(recording, path, strict=False) == FRAMES.count(b"\n")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        pytest.param(b"", "at least one message: the file is empty", id="empty"),
        pytest.param(gzip.compress(b""), "at least one message", id="empty-gzip"),
        pytest.param(gzip.compress(FRAMES)[:12], "has its end", id="cut-gzip"),
        pytest.param(bytes(range(256)), "names its symbol: no frame does", id="garbage"),
        pytest.param(b"\x89TCT\r\n\x1a\n", "a tape's header is complete", id="cut-tape"),
        pytest.param(b"\x89TCTxxxxxxxxxxxx", "eight magic bytes", id="half-magic"),
        pytest.param(b"\x89TCT\r\n\x1a\n\x09\x00" + bytes(20), "of version 9", id="version"),
    ],
)
def test_what_is_no_recording_is_refused_with_its_place(write, data, message):
    """The error names rule and file."""
    path = write("bad", data)
    with pytest.raises(DataError, match=message) as caught:
        open_recording(path)
    assert str(path) in str(caught.value)


def test_a_missing_file_is_the_systems_own_error(tmp_path):
    """So that the command line can tell it from bad data."""
    with pytest.raises(FileNotFoundError, match="nowhere"):
        open_recording(tmp_path / "nowhere")
