"""Follow ten million changes of a venue's book through market server and trader; watch memory.

`python benches/market_soak.py [--messages N]`. A venue sends them over a WebSocket, the market
server publishes each, the trader applies each and wakes a strategy, all in processes of their own.
The venue keeps at most a hundred thousand ahead of the trader, so that no queue is what grows.
Fails if a message is missing, or if a process holds more than `GROWTH_MB_MAX` more at the end than
after the first quarter.
"""

from __future__ import annotations

import argparse
import multiprocessing
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE / "python"))

from market_path import read, serve, venue  # noqa: E402 - found by the line above
from soak import GROWTH_MB_MAX, PAGE_BYTES  # noqa: E402 - the same

if TYPE_CHECKING:
    from multiprocessing.process import BaseProcess


def resident_mb(process: BaseProcess) -> float:
    """Return what a process holds in memory now."""
    pages = int(Path(f"/proc/{process.pid}/statm").read_text().split()[1])
    return pages * PAGE_BYTES / 1e6


def trade(endpoint: str, go: object, rate: object, messages: int, read_up_to: object) -> None:
    """Read everything, and say how fast it came."""
    rate.value = read(endpoint, go, messages, read_up_to)


def watch(messages: int, folder: Path) -> tuple[float, dict[str, list[float]]]:
    """Run the three processes; return messages a second, and memory each half second."""
    spawn = multiprocessing.get_context("spawn")
    go, done = spawn.Event(), spawn.Event()
    port, rate, read_up_to = spawn.Value("i", 0), spawn.Value("d", 0.0), spawn.Value("q", 0)
    endpoint = f"ipc://{folder}/bus/market"
    source = spawn.Process(target=venue, args=(port, go, messages, read_up_to))
    source.start()
    while not port.value:
        time.sleep(0.01)
    server = spawn.Process(target=serve, args=(endpoint, go, done, port.value))
    trader = spawn.Process(target=trade, args=(endpoint, go, rate, messages, read_up_to))
    server.start()
    trader.start()
    held: dict[str, list[float]] = {"market_server": [], "trader": []}
    while trader.is_alive():
        if go.is_set():
            held["market_server"].append(resident_mb(server))
            held["trader"].append(resident_mb(trader))
        trader.join(0.5)
    done.set()
    server.join()
    source.join()
    if trader.exitcode or server.exitcode or not rate.value:
        sys.exit(f"a process failed: trader={trader.exitcode}, server={server.exitcode}")
    return rate.value, held


def main() -> None:
    """Run, and say what was seen."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--messages", type=int, default=10_000_000)
    messages = asked.parse_args().messages
    with tempfile.TemporaryDirectory() as name:
        rate, held = watch(messages, Path(name))
    print(f"{messages:,} messages, {rate:,.0f} a second, none missing")
    grew = {}
    for process, samples in held.items():
        settled = samples[len(samples) // 4 :]
        grew[process] = max(settled) - settled[0]
        print(f"{process}: {settled[0]:.1f} MB settled, {max(settled):.1f} MB highest")
    over = {process: mb for process, mb in grew.items() if mb > GROWTH_MB_MAX}
    if over:
        sys.exit(f"memory may grow by {GROWTH_MB_MAX} MB: {over}")


if __name__ == "__main__":
    main()
