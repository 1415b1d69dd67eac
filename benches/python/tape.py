"""Tapes beside the array of events that others keep: numpy's archive of a row for each level.

The archive has the tape's times and as many rows; its prices and quantities are made up.
"""

from __future__ import annotations

import tempfile
from functools import partial
from pathlib import Path
from statistics import median
from time import perf_counter

import numpy as np

import tradecore as tc
from tradecore.backtest.samples import sample_instrument, sample_path
from tradecore.core import BookReplay, TapeWriter, generate_tape
from tradecore.marketdata import open_tape

ROUNDS = 5
EVENT = np.dtype(
    [
        ("ev", "<u8"),
        ("exch_ts", "<i8"),
        ("local_ts", "<i8"),
        ("px", "<f8"),
        ("qty", "<f8"),
        ("order_id", "<u8"),
        ("ival", "<i8"),
        ("fval", "<f8"),
    ]
)


def seconds(action):
    """Return the median of some rounds."""
    taken = []
    for _ in range(ROUNDS):
        began = perf_counter()
        action()
        taken.append(perf_counter() - began)
    return median(taken)


def rows_of(tape):
    """Return the tape's events as rows: a level, a trade, or one side of a best price each."""
    told = tape.told(["depth", "snapshot", "trade", "quote"], limit=10**9)
    counts = {"depth": 2, "snapshot": 1}
    times = []
    for ts_event, ts_recv, _, kind, values in told:
        rows = values[counts[kind]] if kind in counts else (2 if kind == "quote" else 1)
        times += [(ts_event, ts_recv)] * rows
    array = np.zeros(len(times), EVENT)
    array["exch_ts"], array["local_ts"] = np.array(times).T
    dice = np.random.default_rng(1)
    array["ev"] = dice.choice([0xA0000001, 0x90000001, 0xA0000002], len(times))
    array["px"] = 60_000 + dice.integers(-200, 200, len(times)) / 10
    array["qty"] = dice.integers(0, 4_000, len(times)) / 1_000
    return array


def play(tape):
    """Read a tape into a book."""
    replay = BookReplay(tape)
    while replay.advance(1_000_000):
        pass


def copy(tape, instrument):
    """Read a tape and write it again."""
    writer = TapeWriter(instrument)
    writer.extend(tape)
    return writer.finish()


def row(name, value, unit, baseline_name=None, baseline_value=None):
    """Return a row of the table."""
    ratio = None if baseline_value is None else value / baseline_value
    return {
        "name": name,
        "value": value,
        "unit": unit,
        "baseline_name": baseline_name,
        "baseline_value": baseline_value,
        "ratio": ratio,
    }


def run():
    """Measure, and return the rows of the table."""
    tape = open_tape(sample_path())
    instrument, events = sample_instrument(), tape.event_count
    rows = rows_of(tape)
    orders = tc.core.TapeReader(
        generate_tape(
            instrument,
            seed=1,
            start_ns=0,
            duration_ns=60 * 10**9,
            price="60000",
            volatility_milliticks=2_000,
            orders=True,
        )
    )
    with tempfile.TemporaryDirectory() as folder:
        archive = Path(folder) / "events.npz"
        saving = seconds(partial(np.savez_compressed, archive, data=rows))
        loading = seconds(lambda: np.load(archive)["data"])
    other = "npz, packed"
    return [
        row("tape file played into a book", events / seconds(partial(play, tape)), "events/s",
            f"{other}, only loaded", events / loading),
        row("tape read and written", events / seconds(partial(copy, tape, instrument)), "events/s",
            f"{other}, written", events / saving),
        row("size of an event on a tape", tape.byte_count / events, "bytes"),
        row("orders on a tape published and played",
            orders.event_count / seconds(partial(play, orders)), "events/s",
            f"{other}, only loaded", events / loading),
    ]  # fmt: skip
