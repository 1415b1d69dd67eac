"""Recordings of real venues, where they lie beside the tree."""

from __future__ import annotations

import json

import pytest

import tradecore as tc
from tradecore.marketdata import open_recording, rebuild_book, replay_lobster, write_tape


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
