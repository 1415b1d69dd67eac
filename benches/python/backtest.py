"""Backtests: messages a second without orders, with a callback at every book change, with a maker.

The recording is Binance's USDⓈ-M frames of 2024-08-08 if `../shared` (or `$TRADECORE_SHARED`) is
there, else the sample that ships; decoding is part of every figure, unpacking the archive is not.
The baseline is the loop one writes in Python: msgspec decodes, two dicts hold the book, the same
callbacks are called; it simulates no venue at all.
"""

from __future__ import annotations

import gc
import os
import statistics
import time
from decimal import Decimal
from pathlib import Path

import msgspec

import tradecore as tc
from tradecore.backtest.samples import sample_path
from tradecore.marketdata import open_recording

ROUNDS = 5
NAME = "usdm_btcusdt_20240808.gz"


class Silent(tc.AbstractStrategy):
    """Hears nothing."""


class Listening(tc.AbstractStrategy):
    """Looks at the touch at every change of it, by depth or by quote."""

    def on_start(self):
        """Ask for both."""
        self.changes = 0
        self.subscribe("BTCUSDT", book=10, quotes=True)

    def on_book(self, book):
        """Look."""
        self.changes += book.bid_price < book.ask_price

    def on_quote(self, quote):
        """Look."""
        self.changes += quote.bid_ticks < quote.ask_ticks


class AtTouch(tc.AbstractStrategy):
    """Quotes the best prices at every depth message, within a limit."""

    size = Decimal("0.010")
    limit = Decimal("0.100")

    def on_start(self):
        """Hear of the touch."""
        self.subscribe("BTCUSDT", book=1)

    def on_book(self, book):
        """Move both quotes."""
        held = self.position("BTCUSDT").quantity
        bids = [(book.bid_price, self.size)] if held < self.limit else []
        asks = [(book.ask_price, self.size)] if held > -self.limit else []
        self.quote("BTCUSDT", bids, asks)


class Data(msgspec.Struct):
    """The fields of the frames that matter here."""

    b: list[tuple[str, str]] | str | None = None
    a: list[tuple[str, str]] | str | None = None


class Frame(msgspec.Struct):
    """A combined stream's envelope."""

    data: Data | None = None


def in_python(lines, on_change):
    """Keep a book of dicts; call `on_change` with every depth message and quote."""
    decode = msgspec.json.Decoder(Frame).decode
    bids, asks = {}, {}
    for line in lines:
        data = decode(line.partition(b" ")[2]).data
        if data is None or data.b is None:
            continue
        if isinstance(data.b, str):
            on_change(float(data.b), float(data.a))
            continue
        for side, levels in ((bids, data.b), (asks, data.a)):
            for price, quantity in levels:
                if float(quantity):
                    side[float(price)] = float(quantity)
                else:
                    side.pop(float(price), None)
        on_change(0.0, 1.0)


def seconds(work):
    """Return the median of a few rounds after one to warm up."""
    took = []
    for _ in range(ROUNDS + 1):
        gc.collect()
        began = time.perf_counter()
        work()
        took.append(time.perf_counter() - began)
    return statistics.median(took[1:])


def recording():
    """Return what is played, and its lines for the baseline, None for a tape."""
    root = Path(__file__).parents[3]
    shared = Path(os.environ.get("TRADECORE_SHARED", root / "shared"))
    path = shared / "data" / "binance_raw" / NAME
    if not path.exists():
        return open_recording(sample_path()), None
    opened = open_recording(path, kind="linear")
    import gzip  # noqa: PLC0415 - only the baseline needs it

    return opened, gzip.decompress(path.read_bytes()).splitlines()


def events_a_second(strategy, played):
    """Return the rate of a whole backtest."""
    named = {"data": played, "fees": "venue", "latency": "venue"}
    result = tc.backtest(strategy, **named)
    return result.summary().events / seconds(lambda: tc.backtest(strategy, **named))


def row(name, value, baseline=None):
    """Return a row of the table."""
    return {
        "name": name,
        "value": value,
        "unit": "events/s",
        "baseline_name": None if baseline is None else "msgspec and dicts, no venue",
        "baseline_value": baseline,
        "ratio": None if baseline is None else value / baseline,
    }


def run():
    """Measure, and return the rows of the table."""
    played, lines = recording()
    python = None
    if lines is not None:
        changes = []

        def note(bid, ask):
            if bid < ask:
                changes[:] = (bid,)

        python = len(lines) / seconds(lambda: in_python(lines, note))
    which = "Binance frames" if lines is not None else "sample tape"
    return [
        row(f"backtest of {which}, no orders", events_a_second(Silent, played), python),
        row(
            f"backtest of {which}, callback at each book change",
            events_a_second(Listening, played),
            python,
        ),
        row(f"backtest of {which}, maker at the touch", events_a_second(AtTouch, played), python),
    ]


if __name__ == "__main__":
    for one in run():
        print(one)
