"""The order stream the team measures every engine on, where `../shared` holds its generator."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

import tradecore as tc

LENGTH, SEED = 1_000_000, 7
BATCH = 4096
ROUNDS = 9
RECORD = np.dtype(
    [
        ("op", "u1"),
        ("side", "u1"),
        ("tif", "u1"),
        ("pad", "u1"),
        ("qty", "<u4"),
        ("price", "<i8"),
        ("id", "<u8"),
        ("seq", "<u8"),
    ]
)
REINSERT = 3


def shared() -> Path:
    """Return where the team's folder would be."""
    beside = Path(__file__).resolve().parents[3] / "shared"
    return Path(os.environ.get("TRADECORE_SHARED", beside))


def stream(generator: Path) -> tuple[np.ndarray, dict[str, int]]:
    """Generate the stream; return it as commands, and the totals to end with."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "stream.bin"
        command = [sys.executable, str(generator), str(LENGTH), str(SEED), str(path)]
        printed = subprocess.run(command, capture_output=True, check=True).stdout
        records = np.fromfile(path, dtype=RECORD)
    commands = np.zeros(len(records), dtype=tc.COMMAND_DTYPE)
    commands["op"] = np.array([0, 0, 1, 2], dtype="u1")[records["op"]]
    commands["type"] = records["op"] == 1
    commands["mode"] = np.where(records["op"] == REINSERT, 2, 0)
    for ours, theirs in [
        ("side", "side"),
        ("time_in_force", "tif"),
        ("order_id", "id"),
        ("price", "price"),
        ("qty", "qty"),
    ]:
        commands[ours] = records[theirs]
    return commands, json.loads(printed)


def trade_hash(commands: np.ndarray) -> int:
    """Return the rolling hash of every trade, as the generator defines it."""
    engine = tc.MatchingEngine([tc.Instrument("X", tick_size=1, lot_size=1)])
    hashed = 0
    for start in range(0, len(commands), BATCH):
        reports = engine.process(commands[start : start + BATCH])
        makers = reports[reports["liquidity"] == 1]
        columns = (
            makers[name].tolist() for name in ("order_id", "counter_order_id", "price", "qty")
        )
        for maker, taker, price, quantity in zip(*columns, strict=True):
            facts = maker * 31 + taker * 37 + price * 41 + quantity
            hashed = (hashed * 1_000_003 + facts) % 2**64
    return hashed


def run() -> list[dict[str, object]]:
    """Measure batches through numpy; nothing where the generator is not at hand."""
    generator = shared() / "bench" / "gen_stream.py"
    if not generator.exists():
        return []
    commands, expected = stream(generator)
    assert trade_hash(commands) == expected["trade_hash"], "trades differ from the generator's"
    out = np.zeros(BATCH * 4, dtype=tc.REPORT_DTYPE)
    rates = []
    for _ in range(ROUNDS):
        engine = tc.MatchingEngine([tc.Instrument("X", tick_size=1, lot_size=1)])
        started = time.perf_counter()
        for start in range(0, len(commands), BATCH):
            engine.process(commands[start : start + BATCH], out=out)
        rates.append(len(commands) / (time.perf_counter() - started))
    return [
        {
            "name": f"numpy batches of {BATCH}, {LENGTH:,} messages, every report written",
            "value": statistics.median(rates),
            "unit": "orders/s",
            "baseline_name": None,
            "baseline_value": None,
            "ratio": None,
        }
    ]
