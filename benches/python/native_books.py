"""How fast a venue's books follow orders they were not asked about, from journal to records.

Commands go straight into the engine, as the native door sends them; then the books follow behind
the gateway's queue: state, ledger, streams, and records in SQLite. The baseline reads the same
history and books nothing.
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
import time
from contextlib import contextmanager
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tradecore.gateway.log_ring import LogRing
from tradecore.gateway.opening import open_venue
from tradecore.gateway.settings import load_venue
from tradecore.identity.passwords import PasswordCost
from tradecore.telemetry import SystemClock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tradecore.core import VenueEngine
    from tradecore.gateway.opening import OpenVenue

COMMANDS: Final = int(os.environ.get("BOOKS_COMMANDS", "20000"))
RESTING: Final = 200
BUYER, SELLER = 11, 12
RECORDS_S: Final = 120.0


class Feed:
    """Orders of two accounts, straight into an engine."""

    def __init__(self, engine: VenueEngine) -> None:
        self.engine, self.count = engine, 0

    def new(self, account: int, side: str, price: str, quantity: str, force: str = "GTC") -> int:
        """Send an order; return its number."""
        self.count += 1
        reports = self.engine.submit(
            "BTCUSDT",
            side=side,  # type: ignore[arg-type]
            quantity=quantity,
            price=price,
            time_in_force=force,  # type: ignore[arg-type]
            account=account,
            client_order_id=f"c{self.count}",
        )
        if reports[0].exec_type == "rejected":
            raise RuntimeError(f"a load is not refused: {reports[0]}")
        return reports[0].order_id

    def quotes(self, commands: int) -> None:
        """Place orders beside each other, each taken out when so many others came."""
        open_: list[int] = []
        for number in range(commands):
            if number % 2 and len(open_) > RESTING // 2:
                self.engine.cancel("BTCUSDT", order_id=open_.pop(0))
            else:
                buys = number % 4 < 2
                price = 49_000 - number % 50 if buys else 51_000 + number % 50
                at = (BUYER, "buy") if buys else (SELLER, "sell")
                open_.append(self.new(*at, str(price), "0.01"))
        for one in open_:
            self.engine.cancel("BTCUSDT", order_id=one)

    def trades(self, commands: int) -> None:
        """Let two accounts trade by turns: one rests, the other takes it."""
        for number in range(commands // 2):
            one, other = (BUYER, "buy"), (SELLER, "sell")
            if number // 50 % 2:
                one, other = (BUYER, "sell"), (SELLER, "buy")
            price = str(50_000 + number % 7)
            self.new(*one, price, "0.01")
            self.new(*other, price, "0.01", "IOC")

    def changes(self, commands: int) -> None:
        """Place an order, change it twice, take it out."""
        for number in range(commands // 4):
            order = self.new(BUYER, "buy", str(49_000 - number % 50), "0.02")
            for price in ("48900", "48901"):
                self.engine.modify("BTCUSDT", order_id=order, price=price, open_quantity="0.01")
            self.engine.cancel("BTCUSDT", order_id=order)


KINDS: Final[dict[str, Callable[[Feed, int], None]]] = {
    "new and cancel": Feed.quotes,
    "two orders that trade": Feed.trades,
    "new, two changes, cancel": Feed.changes,
}


@contextmanager
def venue() -> Iterator[OpenVenue]:
    """Lend an open venue with two accounts that have money, in a folder of its own."""
    with tempfile.TemporaryDirectory(dir=Path(__file__).parent) as folder:
        said = [f"store.data={folder}/venue", "risk.risk_limits_enabled=false"]
        opened = open_venue(
            load_venue(environ={}, overrides=said).settings,
            clock=SystemClock(),
            logs=LogRing(sys.stderr),
            environ={},
            password_cost=PasswordCost(memory_kib=64, passes=1),
        )
        service = opened.gateway.floor.service
        for account in (BUYER, SELLER):
            service.open_account(account, deposit=Decimal(10**12))
        service.settle()
        yield opened


async def followed(opened: OpenVenue, give: Callable[[int], None]) -> dict[str, float]:
    """Return seconds until the books, and until the records, have a load; and the longest turn."""
    floor, turns = opened.gateway.floor, [0.0]
    engine = floor.service.engine
    await floor.tick()
    after = floor.service.sequence
    give(COMMANDS)
    engine.flush()
    commands = engine.sequence - after
    begin_s, cpu_s = time.perf_counter(), time.thread_time()
    floor.queue.call()
    last_s = begin_s
    while floor.following.behind:
        await asyncio.sleep(0)
        now_s = time.perf_counter()
        turns.append(now_s - last_s)
        last_s = now_s
    books_s, loop_s = time.perf_counter() - begin_s, time.thread_time() - cpu_s
    await floor.queue.settled()
    await asyncio.to_thread(floor.writer.wait, floor.service.position, timeout_s=RECORDS_S)
    records_s = time.perf_counter() - begin_s
    history = engine.history(after=after)
    begin_s = time.perf_counter()
    while history.take(1_000):
        pass
    history.close()
    read_s = time.perf_counter() - begin_s
    return {
        "commands": commands,
        "books": commands / books_s,
        "loop": commands / loop_s,
        "records": commands / records_s,
        "read": commands / read_s,
        "turn_ms": max(turns) * 1_000,
    }


async def measured() -> dict[str, dict[str, float]]:
    """Return figures of each kind of load."""
    with venue() as opened:
        floor = opened.gateway.floor
        floor.queue.start()
        try:
            found = {}
            wanted = os.environ.get("BOOKS_KIND")
            load = Feed(floor.service.engine)
            for name, feed in KINDS.items():
                if wanted is None or wanted in name:
                    found[name] = await followed(opened, partial(feed, load))
            return found
        finally:
            await opened.close()


def run() -> list[dict[str, object]]:
    """Return commands a second, of books and of records."""
    return [
        {
            "name": f"{what} that follow native orders, {name}",
            "value": figures[what],
            "unit": "commands/s",
            "baseline_name": "reading the history alone",
            "baseline_value": figures["read"],
            "ratio": figures[what] / figures["read"],
        }
        for name, figures in asyncio.run(measured()).items()
        for what in ("books", "records")
    ]


if __name__ == "__main__":
    for kind, figures in asyncio.run(measured()).items():
        sys.stdout.write(
            f"{kind}: " + ", ".join(f"{key} {value:,.1f}" for key, value in figures.items()) + "\n"
        )
