"""Recordings of real venues, where they lie beside the tree."""

from __future__ import annotations

import json
from datetime import date

import pytest

import tradecore as tc
from tradecore.marketdata import (
    Terms,
    convert,
    open_recording,
    open_tape,
    rebuild_book,
    replay_lobster,
    write_tape,
)


@pytest.fixture(scope="module")
def data_dir(shared_dir):
    """Return the folder of recorded data, or skip."""
    folder = shared_dir / "data"
    if not folder.is_dir():
        pytest.skip("needs ../shared/data: not present")
    return folder


@pytest.mark.parametrize(
    ("name", "steps", "expected"),
    [
        pytest.param("usdm_btcusdt_20240808", ("0.1", "0.001"), (93_954, 629), id="futures"),
        pytest.param("spot_btcusdt_20240808", ("0.01", "0.000001"), (41_249, 564), id="spot"),
    ],
)
def test_binance_frames_rebuild_without_a_gap(data_dir, tmp_path, name, steps, expected):
    """Every bookTicker whose update the book reaches agrees, from frames and from their tape."""
    recording = open_recording(data_dir / "binance_raw" / f"{name}.gz")
    instrument = recording.instrument
    assert (f"{instrument.tick_size:f}", f"{instrument.lot_size:f}") == steps

    result = rebuild_book(recording, strict=True)

    assert result.is_sound
    assert (result.counts["events"], result.counts["quotes_compared"]) == expected
    assert result.counts["quotes_agreed"] == result.counts["quotes_compared"]
    assert result.counts["crossed"] == 0
    tape = tmp_path / "a.tape"
    write_tape(recording, tape)
    assert rebuild_book(open_recording(tape), strict=True).checksum == result.checksum


def test_spot_dust_is_counted_where_the_lot_is_the_venues(data_dir):
    """Three levels hold millionths, finer than today's lot; the book is rebuilt all the same."""
    btc = tc.Instrument("BTCUSDT", tick_size="0.01", lot_size="0.00001")
    path = data_dir / "binance_raw" / "spot_btcusdt_20240808.gz"
    result = rebuild_book(open_recording(path, instrument=btc), strict=True)
    assert result.is_sound
    assert result.counts["dust"] == 3


def test_lobster_books_are_rebuilt(data_dir):
    """664 of 672; the others differ in level 50 only, which came up from below the window."""
    folder = data_dir / "lobster_aapl"
    messages = (folder / "AAPL_2012-06-21_message_50_first672.csv").read_bytes()
    books = (folder / "AAPL_2012-06-21_orderbook_50_first672.csv").read_bytes()

    result = replay_lobster(messages, books, strict=True)

    assert (result.equal, result.compared, result.levels) == (664, 672, 50)
    assert [found.row for found in result.differing] == list(range(506, 514))
    assert all(found.levels == [50] and found.is_unknowable for found in result.differing)
    assert result.is_sound


def test_price_vectors_are_reproduced(shared_dir):
    """Imbalance, mid and weighted mid of the shared vectors."""
    path = shared_dir / "vectors" / "price.json"
    if not path.exists():
        pytest.skip("needs ../shared/vectors/price.json: not present")
    cases = [case for case in json.loads(path.read_text())["cases"] if "weighted_mid" in case["fn"]]
    assert cases
    for case in cases:
        given, expected = case["input"], case["expected"]
        book = tc.OrderBook(tc.Instrument("X", tick_size="0.01", lot_size="0.01"))
        bids = given.get("bids") or [(given["bid"], given["bid_qty"])]
        asks = given.get("asks") or [(given["ask"], given["ask_qty"])]
        if given.get("bid_qty") == 0:
            continue  # a level of zero is no level: such a book has no bid and no mid
        book.apply_snapshot(bids, asks)
        how = {"levels": len(bids), "decay": given.get("decay", 1.0)}
        assert book.imbalance(**how) == pytest.approx(expected["imbalance"], abs=1e-9)
        assert book.microprice(**how) == pytest.approx(expected["weighted_mid"], abs=1e-9)
        if "mid" in expected:
            assert book.mid() == pytest.approx(expected["mid"], abs=1e-9)


@pytest.mark.parametrize(
    ("name", "events"), [("usdm_btcusdt_20240808", 93_954), ("spot_btcusdt_20240808", 41_249)]
)
def test_binance_frames_are_converted_in_pieces(data_dir, tmp_path, name, events):
    """To the tape that has every event, and the same book."""
    source = data_dir / "binance_raw" / f"{name}.gz"

    found = convert([source], tmp_path / "a.tape", format="binance")

    assert (found.is_whole, found.records) == (True, events)
    tape = rebuild_book(open_recording(tmp_path / "a.tape"), strict=True)
    assert tape.checksum == rebuild_book(open_recording(source), strict=True).checksum
    assert found.byte_count < source.stat().st_size


def test_a_day_of_orders_is_converted(data_dir, tmp_path):
    """To the book that a reading of the file by itself gives.

    Seven orders were executed at the opening that no record had told of: they are passed over.
    """
    pytest.importorskip("zstandard")
    source = data_dir / "cme_mbo" / "esh4-glbx-mdp3-20231225.mbo.dbn.zst"

    found = convert([source], tmp_path / "a.tape", format="dbn")

    assert (found.inputs, found.skipped, found.is_whole) == (68_792, 7, True)
    [one] = open_tape(tmp_path / "a.tape").instruments
    assert str(one.tick_size) == "0.01"
    result = rebuild_book(open_recording(tmp_path / "a.tape"))
    assert result.touch == "bid 22 @ 4810, ask 28 @ 4810.25"
    assert (result.counts["bid_levels"], result.counts["ask_levels"]) == (922, 565)
    assert result.counts["unreadable"] == 0


def test_a_day_of_lobster_is_converted(data_dir, tmp_path):
    """With the first row of its books; every message is on the tape."""
    folder = data_dir / "lobster_aapl"
    source = folder / "AAPL_2012-06-21_message_50_first672.csv"
    books = folder / "AAPL_2012-06-21_orderbook_50_first672.csv"
    terms = Terms(day=date(2012, 6, 21), first_book=books)

    found = convert([source], tmp_path / "a.tape", format="lobster", terms=terms)

    assert (found.inputs, found.is_whole, found.symbols) == (672, True, ("AAPL",))
    assert rebuild_book(open_recording(tmp_path / "a.tape")).is_sound
