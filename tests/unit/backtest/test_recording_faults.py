"""Recordings with holes and broken lines: counted, placed, never traded on."""

from __future__ import annotations

import pytest

import tradecore as tc
from support.frames import FrameWriter
from tradecore.core import DataError, Instrument

BTC = Instrument("BTCUSDT", tick_size="0.1", lot_size="0.001", kind="linear")


class Watcher(tc.AbstractStrategy):
    """Notes each book it is shown, and rests one order."""

    def on_start(self):
        """Hear of the touch."""
        self.seen = []
        self.order = None
        self.subscribe("BTCUSDT", book=1)

    def on_book(self, book):
        """Note the touch; a stale book must never come."""
        assert not book.is_stale
        self.seen.append(book.bid_price)
        if self.order is None:
            self.order = self.buy("BTCUSDT", "0.005", "100.0")


def recording(*, broken: bool = False, gap: bool = False) -> str:
    """Write a market in which 2 lots stand before ours at 100.0, 6 trade there, 1 more and back."""
    writer = FrameWriter()
    writer.snapshot([["100.0", "0.002"], ["99.9", "1"]], [["100.2", "1"]])
    for _ in range(10):
        writer.depth(bids=[["99.9", "1"]])
    if broken:
        writer.raw('1700000000011000000 {"e":"trade","p":')
    writer.trade("100.0", "0.004", sold=True)
    if gap:
        writer.depth(bids=[["100.0", "0.001"]], skip=3)
        writer.trade("100.0", "9", sold=True)
        writer.depth(bids=[["99.8", "1"]])
        writer.snapshot([["100.0", "0.001"]], [["100.2", "1"]])
    writer.depth(bids=[["100.0", "0.001"], ["99.9", "2"]])
    writer.trade("100.0", "0.002", sold=True)
    for _ in range(10):
        writer.depth(bids=[["99.7", "1"]])
    return writer.text()


def run(tmp_path, text, **changes):
    """Run the watcher on a text."""
    path = tmp_path / "market.txt"
    path.write_text(text)
    strategy = Watcher()
    zero = {"fees": "zero", "latency": "zero"}
    result = tc.backtest(strategy, data=path, instrument=BTC, **{**zero, **changes})
    return strategy, result


def fills(result):
    """Return what was filled, lots by lots."""
    return (result.fills["quantity"] * 1000).round().astype(int).tolist()


def test_a_sound_recording_fills_by_the_queue(tmp_path):
    """Two lots stand before us: of four we get two; nobody is left before us, so two more."""
    _, result = run(tmp_path, recording())

    assert fills(result) == [2, 2]
    assert result.summary().counts["corrupt"] == 0
    assert result.errors == ()


def test_a_broken_line_is_left_out_and_named(tmp_path):
    """The run goes on; what was lost is counted, with its line."""
    _, result = run(tmp_path, recording(broken=True))

    assert fills(result) == [2, 2]
    assert result.summary().counts["corrupt"] == 1
    assert "record 12" in result.errors[0]
    assert "1 records could not be read and were left out" in result.diagnosis


def test_a_broken_line_ends_a_strict_run(tmp_path):
    """With the line and the file."""
    with pytest.raises(DataError, match=r"record 12, byte \d+: .*market\.txt$"):
        run(tmp_path, recording(broken=True), strict=True)


def test_a_gap_hides_the_book_and_our_place_in_it(tmp_path):
    """Until the snapshot nothing fills us at our price; then all displayed stands before us."""
    strategy, result = run(tmp_path, recording(gap=True))

    assert fills(result) == [2, 1], "of the last two lots one was for who stood before us"
    assert result.summary().counts["gaps"] == 1
    assert strategy.seen.count(100.0) == len(strategy.seen)
    assert any(told.startswith("1 gaps in the book") for told in result.diagnosis)


def test_a_recording_without_a_book_says_so(tmp_path):
    """There is nothing to show and nothing to trade against."""
    writer = FrameWriter()
    writer.depth(bids=[["100.0", "1"]])
    writer.trade("100.0", "1", sold=True)
    strategy, result = run(tmp_path, writer.text())

    assert strategy.seen == []
    assert result.diagnosis[-1].startswith("the recording has no snapshot of the book")
