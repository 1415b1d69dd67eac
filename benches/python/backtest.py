"""Backtests: messages a second without orders, with a callback at every message, with makers.

Seconds are those of the processor, on one core, medians of a few rounds. Played are half a million
messages of our own generated market (depth, trades, quotes; `EVENTS` of them from one seed) as a
tape, and Binance's USDⓈ-M frames of 2024-08-08 if `../shared` (or `$TRADECORE_SHARED`) is there.
Decoding is part of every figure, unpacking an archive is not. The baseline of the frames is the
loop one writes in Python: msgspec decodes, two dicts hold the book, the same callbacks are called;
it simulates no venue at all. The baseline of a sweep is the Python class it stands for.
"""

from __future__ import annotations

import gc
import os
import statistics
import tempfile
import time
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path

import msgspec

import tradecore as tc
from tradecore.backtest.samples import generate_sample
from tradecore.marketdata import open_recording
from tradecore.strategy.samples import TwoSidedQuoter

ROUNDS = 5
EVENTS = 500_000
TAPE_SECONDS, TAPE_SEED = 15_550, 7
"""A generated market of `EVENTS` messages or a little more."""
RUNS = 16
"""Makers of the sweep: what shares one decoding."""
NAME = "usdm_btcusdt_20240808.gz"


class Silent(tc.AbstractStrategy):
    """Hears nothing."""


class Listening(tc.AbstractStrategy):
    """Is called with every message: depth, quote, trade."""

    def on_start(self):
        """Ask for all."""
        self.changes = 0
        self.subscribe("BTCUSDT", book=1_000, quotes=True, trades=True)

    def on_book(self, book):
        """Look."""
        self.changes += book.bid_price < book.ask_price

    def on_quote(self, quote):
        """Look."""
        self.changes += quote.bid_ticks < quote.ask_ticks

    def on_trade(self, trade):
        """Look."""
        self.changes += trade.price_ticks > 0


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
    """Return the processor's seconds, the median of a few rounds after one to warm up."""
    took = []
    for _ in range(ROUNDS + 1):
        gc.collect()
        began = time.process_time()
        work()
        took.append(time.process_time() - began)
    return statistics.median(took[1:])


@contextmanager
def one_core():
    """Stay on one core, where the system lets a process say so."""
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(before)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def frames():
    """Return Binance's frames and their lines, or nothing where they are not there."""
    root = Path(__file__).parents[3]
    shared = Path(os.environ.get("TRADECORE_SHARED", root / "shared"))
    path = shared / "data" / "binance_raw" / NAME
    if not path.exists():
        return None
    opened = open_recording(path, kind="linear")
    import gzip  # noqa: PLC0415 - only the baseline needs it

    return opened, gzip.decompress(path.read_bytes()).splitlines()


def tape(folder):
    """Return the generated market."""
    path = Path(folder) / "generated.tape"
    path.write_bytes(generate_sample(seconds=TAPE_SECONDS, seed=TAPE_SEED))
    return open_recording(path)


def events_a_second(strategy, played):
    """Return the rate of a whole backtest."""
    named = {"data": played, "fees": "venue", "latency": "venue"}
    result = tc.backtest(strategy, **named)
    return result.summary().events / seconds(lambda: tc.backtest(strategy, **named))


def row(name, value, baseline=None, asked=None, baseline_name="msgspec and dicts, no venue"):
    """Return a row of the table."""
    return {
        "name": name,
        "value": value,
        "unit": "events/s",
        "baseline_name": None if baseline is None else baseline_name,
        "baseline_value": baseline,
        "ratio": None if baseline is None else value / baseline,
        "asked": asked,
    }


def swept(played):
    """Return the rate of compiled makers, all their messages added up, on one core."""
    points = [{"half_spread_bps": 0.05 + number / 100} for number in range(RUNS)]
    named = {"data": played, "fees": "venue", "latency": "venue", "workers": 1}
    events = tc.sweep(TwoSidedQuoter, params=points, **named).table["events"].sum()
    return events / seconds(lambda: tc.sweep(TwoSidedQuoter, params=points, **named))


def tape_rows(played):
    """Measure on the generated tape."""
    fast = events_a_second(Silent, played)
    heard = events_a_second(Listening, played)
    result = tc.backtest(AtTouch, data=played, fees="venue", latency="venue")
    sent = len(result.orders) + int((result.latency["kind"] == "modify").sum())
    making = events_a_second(AtTouch, played)
    sample = events_a_second(TwoSidedQuoter, played)
    own = "the Python class, one run"
    return [
        row("tape, engine only", fast, asked="8 M"),
        row("tape, Python callback at each message", heard, asked="800 k"),
        row(f"tape, Python maker at the touch, {sent:,} new and moved", making, asked="450 k"),
        row(f"tape, {RUNS} compiled makers in a sweep", swept(played), sample, "6 M", own),
    ]


def frame_rows(played, lines):
    """Measure on Binance's frames, beside the loop in Python."""
    changes = []

    def note(bid, ask):
        if bid < ask:
            changes[:] = (bid,)

    python = len(lines) / seconds(lambda: in_python(lines, note))
    return [
        row("frames, no orders", events_a_second(Silent, played), python),
        row("frames, callback at each message", events_a_second(Listening, played), python),
        row("frames, maker at the touch", events_a_second(AtTouch, played), python),
    ]


def run():
    """Measure, and return the rows of the table."""
    recorded = frames()
    with one_core(), tempfile.TemporaryDirectory() as folder:
        rows = tape_rows(tape(folder))
        return rows if recorded is None else [*rows, *frame_rows(*recorded)]


if __name__ == "__main__":
    for one in run():
        print(one)
