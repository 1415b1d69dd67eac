"""A process under a host, for tests: `python host_process.py WAY`, which says what it does."""

from __future__ import annotations

import asyncio
import sys

from tradecore.processes.host import Host, HostOptions
from tradecore.processes.settings.monitoring import Monitoring
from tradecore.processes.settings.performance import Performance
from tradecore.telemetry import SystemClock, configure_logging


def say(word: str) -> None:
    """Tell the test."""
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


class Work:
    """Works in the way that was asked for."""

    def __init__(self, way: str) -> None:
        self.way = way

    async def start(self, host):
        """Say that the process runs."""
        if self.way == "cannot-start":
            raise OSError(98, "address already in use", "tcp://127.0.0.1:7003")
        host.note("working", is_met=True, detail="at work")
        say("working")

    async def run(self):
        """Go on until canceled."""
        if self.way == "fails":
            raise ValueError("a mistake")
        if self.way == "ends":
            return
        await asyncio.Event().wait()

    async def stop(self):
        """Put out what is under way."""
        if self.way == "stuck":
            say("stopping")
            await asyncio.Event().wait()
        say("flushed")

    def sample(self):
        """Nothing to note."""


async def main(way: str) -> int:
    """Run to the end."""
    options = HostOptions(
        name="test",
        kind="test",
        performance=Performance(memory_limit_mb=64 if way == "fat" else None),
        monitoring=Monitoring(metrics_interval_ms=100),
        stop_budget_ms=200 if way == "stuck-short" else 10_000,
        needs=("working",),
    )
    ballast = bytearray(80 << 20) if way == "fat" else None
    if ballast is not None:
        ballast[::4096] = b"x" * len(ballast[::4096])
    return await Host(options, SystemClock()).run(Work(way.removesuffix("-short")))


if __name__ == "__main__":
    configure_logging("INFO", json=True)
    sys.exit(asyncio.run(main(sys.argv[1])))
