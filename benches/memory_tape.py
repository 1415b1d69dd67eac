"""A long tape through a backtest: how much memory the process needs at most.

`python benches/memory_tape.py [EVENTS]` writes a tape of so many events (a hundred million unless
given) to a folder of its own, plays it to a strategy that does nothing, and prints the figures.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter

import tradecore as tc
from tradecore.backtest.samples import sample_instrument, sample_path
from tradecore.core import TapeWriter
from tradecore.marketdata import open_recording, open_tape

LIMIT_MB = 300
MB = 1_024


class Nothing(tc.AbstractStrategy):
    """Hears nothing and does nothing."""


def write(path, events):
    """Write the market that ships again and again, one time behind the other."""
    writer, sample = TapeWriter(sample_instrument()), open_tape(sample_path())
    lasts_ns, later_ns = sample.last_ts_recv_ns - sample.first_ts_recv_ns + 1, 0
    with path.open("wb") as file:
        while writer.event_count < events:
            writer.extend(sample, later_ns=later_ns)
            later_ns += lasts_ns
            file.write(writer.take())
        file.write(writer.finish())


def play(path):
    """Play it in this process, and print what was needed."""
    began = perf_counter()
    result = tc.backtest(Nothing, data=open_recording(path), fees="zero", latency="zero")
    taken = perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MB
    events = open_tape(path).event_count
    size = path.stat().st_size / MB / MB
    print(
        f"{events:,} events, {size:,.0f} MiB of tape, {taken:.1f} s, {events / taken:,.0f} events/s"
    )
    print(f"peak memory {peak:.0f} MiB, asked below {LIMIT_MB} MiB; fills {len(result.fills)}")
    return 0 if peak < LIMIT_MB else 1


def main():
    """Write the tape in this process, and play it in another."""
    if len(sys.argv) > 1 and not sys.argv[1].isdigit():
        return play(Path(sys.argv[1]))
    events = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000_000
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "long.tape"
        write(path, events)
        return subprocess.run([sys.executable, __file__, str(path)], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
