"""Drive the four processes with millions of messages and fail if one of them grows.

`python benches/memory_soak.py [--messages N] [--minutes M] [--only SCENE …]`. Each scene runs
processes as they are, in a folder of their own, over sockets, until those it is about have had N
messages, or its time is over:

- `market`: a market's frames through market server and trader;
- `orders`: a strategy that trades without end, through trader, engine and position server, at the
  local exchange; it is about the engine;
- `positions`: an engine's fills through a position server.

What a process keeps is bounded by windows, not by what has happened. Resident memory is read from
`/proc`. The first `WARM` messages fill the windows; after that it may grow by no more than
`GROWTH_MB_MAX`. A process that had fewer than twice `WARM` is shown and not judged.
"""

from __future__ import annotations

import argparse
import asyncio
import re
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import linear_regression, median
from typing import TYPE_CHECKING

import httpx
import zmq
from memory_feed import Firehose, account, publish

from tradecore.drills.configs import Setup
from tradecore.drills.ports import free_ports
from tradecore.drills.system import System
from tradecore.telemetry import SystemClock
from tradecore.transport.bus import BusLimits, Publisher

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

GROWTH_MB_MAX = 16.0
WARM = 500_000
LOOK_S = 1.0
#: Messages that may be under way to a reader, far below what its sockets hold.
AHEAD = 50_000
STRATEGIES = Path(__file__).with_name("memory_strategies.py")
_MESSAGES = re.compile(r"^bus_messages_total\{[^}]*\} ([0-9.e+]+)$", re.MULTILINE)
#: With what came of the venue.
_FRAMES_TOO = re.compile(r"^(?:bus|websocket)_messages_total\{[^}]*\} ([0-9.e+]+)$", re.MULTILINE)
_UPDATES = re.compile(r"^orders_total\{[^}]*\} ([0-9.e+]+)$", re.MULTILINE)
_MEMORY = re.compile(r"^(Rss|Pss):\s+(\d+) kB$", re.MULTILINE)


def memory_of(pid: int) -> dict[str, str]:
    """Return what a process holds, in KiB, by the kernel's names."""
    return dict(_MEMORY.findall(Path(f"/proc/{pid}/smaps_rollup").read_text()))


@dataclass
class Watched:
    """A process, and what it held after how many messages.

    Args:
        scene: Where.
        kind: Which process.
        pid: Its number.
        health: Where it tells of itself.
    """

    scene: str
    kind: str
    pid: int
    health: str
    seen: list[tuple[int, float]] = field(default_factory=list)
    pss_mb: float = 0.0

    @property
    def messages(self) -> int:
        """How many it had so far."""
        return self.seen[-1][0] if self.seen else 0

    async def look(self, client: httpx.AsyncClient) -> None:
        """Note how many messages it had, and what it holds."""
        text = (await client.get(f"{self.health}/metrics")).text
        counted = _FRAMES_TOO if self.kind == "trading_engine" else _MESSAGES
        count = sum(int(float(value)) for value in counted.findall(text))
        if self.kind == "trader":
            told = (await client.get(f"{self.health}/health/detailed")).json()
            count += told["facts"].get("market_messages", 0)
            count += sum(int(float(value)) for value in _UPDATES.findall(text))
        held = memory_of(self.pid)
        self.pss_mb = int(held["Pss"]) / 1024
        self.seen.append((count, int(held["Rss"]) / 1024))

    def row(self) -> Row:
        """Judge it by what was seen after the warm-up."""
        warm = min(self.messages // 2, WARM)
        after = [one for one in self.seen if one[0] >= warm]
        tenth = max(1, len(after) // 10)
        first = median(held for _, held in after[:tenth])
        last = median(held for _, held in after[-tenth:])
        counts = [count / 1e6 for count, _ in after]
        moved = len(set(counts)) > 1
        slope = linear_regression(counts, [held for _, held in after]).slope if moved else 0.0
        return Row(self.scene, self.kind, self.messages, first, last, self.pss_mb, slope)


@dataclass(frozen=True)
class Row:
    """A line of the table; memory in MiB, the slope in MiB a million messages."""

    scene: str
    kind: str
    messages: int
    first: float
    last: float
    pss: float
    slope: float

    @property
    def is_judged(self) -> bool:
        """Whether its windows were full for long enough."""
        return self.messages >= 2 * WARM

    @property
    def grew(self) -> bool:
        """Whether it holds more than it may."""
        return self.is_judged and self.last - self.first > GROWTH_MB_MAX

    def __str__(self) -> str:
        word = "not judged" if not self.is_judged else "GROWS" if self.grew else "flat"
        return (
            f"{self.scene:10} {self.kind:16} {self.messages:>11,} {self.first:>9.1f} "
            f"{self.last:>9.1f} {self.pss:>9.1f} {self.slope:>+11.2f}  {word}"
        )


HEAD = (
    f"{'scene':10} {'process':16} {'messages':>11} {'warm MiB':>9} {'end MiB':>9} {'PSS MiB':>9} "
    f"{'MiB/million':>11}"
)


@dataclass(frozen=True)
class Goal:
    """How many messages are enough, and when time is over, by the monotonic clock."""

    messages: int
    ends_s: float


async def until_done(
    watched: list[Watched],
    goal: Goal,
    *,
    about: int | None = None,
    turn: Callable[[], Awaitable[None]] | None = None,
) -> None:
    """Look at each process until the first `about` of them, or all, had enough messages."""
    told = time.monotonic()
    async with httpx.AsyncClient(trust_env=False, timeout=120.0) as client:
        while any(one.messages < goal.messages for one in watched[:about]):
            if time.monotonic() > goal.ends_s:
                return
            for one in watched:
                await one.look(client)
            if turn is not None:
                await turn()
            if time.monotonic() - told > 30:
                told = time.monotonic()
                state = ", ".join(
                    f"{one.kind} {one.messages:,} {one.seen[-1][1]:.0f} MiB" for one in watched
                )
                print(f"# {watched[0].scene}: {state}", file=sys.stderr, flush=True)
            await asyncio.sleep(LOOK_S / 10 if turn is not None else LOOK_S)


def watch(system: System, scene: str, *kinds: str) -> list[Watched]:
    """Return processes of a system to be watched."""
    pids = system.pids()
    return [
        Watched(scene, kind, pids[kind], f"http://127.0.0.1:{system.health_ports[kind]}")
        for kind in kinds
    ]


def change(system: System, kind: str, old: str, new: str) -> None:
    """Change a line of a process's file."""
    path = system.config / f"{kind}.ini"
    text = path.read_text()
    assert old in text, f"{kind}.ini has no {old!r}"
    path.write_text(text.replace(old, new))


@contextmanager
def system_of(strategy: str, *options: str) -> Iterator[System]:
    """Give a system at a local exchange that refuses nothing, its files written."""
    with tempfile.TemporaryDirectory() as name:
        setup = Setup(strategy=f"{STRATEGIES}:{strategy}", limits={})
        options = (*options, "--unlimited", "--deposit", "1000000000")
        with System(Path(name), setup, clock=SystemClock(), exchange=options) as system:
            change(system, "trading_engine", "SEGMENT_MB=4096", "SEGMENT_MB=16")
            for kind in system.health_ports:
                section = "[MONITORING]\n"
                change(system, kind, section, f"[PERFORMANCE]\nCPU_LIMIT_PERCENT=\n\n{section}")
            try:
                yield system
            except httpx.TransportError:
                sys.exit(f"a process ended: {system.tail()}")


async def market(goal: Goal) -> list[Watched]:
    """Pour frames into a market server, and watch it and the trader behind it."""
    with system_of("Watcher", "--flow", "none") as system:
        async with httpx.AsyncClient(trust_env=False) as client:
            book = await client.get(f"{system.urls['rest']}/fapi/v1/depth?symbol=BTCUSDT")
        hose = Firehose(book.json()["lastUpdateId"], SystemClock().now_ns() // 1_000_000)
        pouring = asyncio.create_task(hose.run())
        await hose.ready.wait()
        for key in ("public", "market"):
            change(system, "market_server", system.urls[key], hose.url)
        hose.allow(10)
        await asyncio.to_thread(start, system)
        watched = watch(system, "market", "market_server", "trader")

        async def turn() -> None:
            hose.allow(min(one.messages for one in watched) + AHEAD)

        await until_done(watched, goal, turn=turn)
        pouring.cancel()
        await asyncio.to_thread(system.stop)
    return watched


def start(system: System) -> None:
    """Start the four, and wait until they can work."""
    system.up()
    system.until(system.is_ready, "the four processes get ready", seconds=120)


async def orders(goal: Goal) -> list[Watched]:
    """Have a strategy trade without end."""
    with system_of("Churner") as system:
        change(system, "trading_engine", "MAX_ORDERS_PER_SECOND=20", "MAX_ORDERS_PER_SECOND=10000")
        change(
            system,
            "trading_engine",
            "[HTTP_API]\n",
            "[HTTP_API]\nAPI_REQUESTS_PER_SECOND=10000\nAPI_BURST_LIMIT=10000\n"
            "API_REQUESTS_PER_MINUTE=600000\n",
        )
        await asyncio.to_thread(start, system)
        watched = watch(system, "orders", "trading_engine", "trader", "position_server")
        await until_done(watched, goal, about=1)
        await asyncio.to_thread(system.stop)
    return watched


async def positions(goal: Goal) -> list[Watched]:
    """Publish fills as an engine does, and watch a position server count them."""
    source_port, first, second, health = free_ports(4)
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "position_server.ini"
        path.touch(mode=0o600)
        path.write_text(
            "[GLOBAL]\nEXCHANGE_NAME=BINANCE\n\n[ZMQ]\n"
            f"TRADE_EVENTS_SUB_ENDPOINT=tcp://127.0.0.1:{source_port}\n"
            f"POSITION_EVENTS_PUB_ENDPOINT=tcp://127.0.0.1:{first}\n"
            f"POSITION_UPDATES_PUB_ENDPOINT=tcp://127.0.0.1:{second}\n\n"
            f"[MONITORING]\nHEALTH_PORT={health}\nMETRICS_INTERVAL_MS=100\n"
            f"LOG_PERFORMANCE_METRICS=false\n\n[PERFORMANCE]\nCPU_LIMIT_PERCENT=\n\n"
            f"[JOURNAL]\nDIRECTORY={name}/journal\n"
        )
        context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
        source = Publisher(
            context,
            f"tcp://127.0.0.1:{source_port}",
            stream=6_017,
            epoch=1,
            clock=SystemClock(),
            limits=BusLimits(history_max=10 * AHEAD),
        )
        log = path.with_suffix(".log")
        child = spawn(log, "position-server", "BINANCE", str(path))
        try:
            one = Watched("positions", "position_server", child.pid, f"http://127.0.0.1:{health}")
            await answers(one.health)
            values, sent = account("BINANCE"), 0

            async def turn() -> None:
                nonlocal sent
                while sent < one.messages + AHEAD:
                    publish(source, values, 500)
                    sent += 500
                    await asyncio.sleep(0)

            await until_done([one], goal, turn=turn)
        except httpx.TransportError:
            sys.exit(f"a process ended: {log.read_text()[-3000:]}")
        finally:
            child.terminate()
            child.wait(30)
            source.close()
            context.destroy(0)
    return [one]


def spawn(log: Path, *arguments: str) -> subprocess.Popen[bytes]:
    """Start one of the program's commands, its words in a file."""
    command = [sys.executable, "-m", "tradecore", *arguments]
    with log.open("wb") as words:
        return subprocess.Popen(command, stdout=words, stderr=words)


async def answers(health: str) -> None:
    """Wait until a process tells of itself."""
    async with httpx.AsyncClient(trust_env=False) as client:
        async with asyncio.timeout(60):
            while True:
                try:
                    await client.get(f"{health}/health/live")
                except httpx.TransportError:
                    await asyncio.sleep(0.1)
                else:
                    return


SCENES = {"market": market, "orders": orders, "positions": positions}


def main() -> int:
    """Run the scenes one after the other, and print what was seen."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--messages", type=int, default=10_000_000)
    asked.add_argument("--only", nargs="*", choices=SCENES, default=list(SCENES))
    asked.add_argument("--minutes", type=float, default=float("inf"), help="most for a scene")
    given = asked.parse_args()
    rows: list[Row] = []
    print(HEAD, flush=True)
    for name in given.only:
        began = time.monotonic()
        for one in asyncio.run(SCENES[name](Goal(given.messages, began + 60 * given.minutes))):
            rows.append(one.row())
            print(rows[-1], flush=True)
        print(f"# {name}: {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
    grown = [f"{row.kind} by {row.last - row.first:.1f}" for row in rows if row.grew]
    if grown:
        print(f"a process may grow by {GROWTH_MB_MAX} MiB: {', '.join(grown)}", file=sys.stderr)
    return 1 if grown else 0


if __name__ == "__main__":
    sys.exit(main())
