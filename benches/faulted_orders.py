"""Send orders to the local exchange while everything goes wrong, and hold the desk against it.

`python benches/faulted_orders.py [--orders N]`. The exchange runs here, the desk in a process of
its own that is killed again and again; between them are sockets. Requests fail before and after
they were done, answers are lost, connections cut, events of the account lost, repeated and out of
order, the address banned, the private stream's key expired, and a thousand orders put in doubt at
once. At the end the desk's file and its last words are compared with the exchange's records.
Fails if an order was executed twice, is open and unknown to the desk, was told to be rejected and
was not, stayed in doubt for more than 30 s without a drill between, or if position, fills or open
orders differ.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import sys
import tempfile
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
from faulted_desk import KEY, MARKETS, SECRET, Cell, Life, live
from pydantic import SecretStr

from tradecore.exchanges.base import NewOrder
from tradecore.model.venue import OrderUpdate
from tradecore.processes.intent_file import read_intents
from tradecore.simulation.catalog import perpetuals
from tradecore.simulation.faults import Faults
from tradecore.simulation.local import FIRST_ACCOUNT, make_binance
from tradecore.simulation.server import LocalExchange
from tradecore.telemetry import SystemClock

if TYPE_CHECKING:
    from tradecore.simulation.binance import BinanceExchange
    from tradecore.venue import OrderRecord

#: What goes wrong all the time; the first line alone meets more than every tenth order.
ALWAYS = (
    "error_5xx_before:0.03:where=orders,error_5xx_after:0.03:where=orders,"
    "timeout_before:0.02:where=orders,timeout_after:0.03:where=orders,"
    "reset_before:0.001:where=orders,reset_after:0.001:where=orders,"
    "duplicate_event:0.05:where=private,"
    "reorder_event:0.05:where=private,drop_frame:0.01:where=private,outage_fills"
)
RARE = ("doubt", "ban", "expire", "slow")
ORDER_FAULTS = ("error_5xx", "timeout", "reset", "ban", "rate_limit")
RULES = (
    "executed twice",
    "orphans",
    "false rejections",
    "never executed and not told",
    "fills that differ",
    "open orders that differ",
    "positions that differ",
    "in doubt for too long",
)
DOUBT_S_MAX = 30.0
BAN_S = 2
#: Orders that may be open or in doubt at a time.
WINDOW = 300
STALLED_S = 120.0


@dataclass
class Drill:
    """What happens when so many orders were sent."""

    at: int
    what: str


@dataclass
class Run:
    """An exchange with a desk that is killed, and what was done to them."""

    orders: int
    doubted: int
    kills: int
    folder: Path
    audit_ns: int
    cells: Any = None
    life: int = 0
    desk: Any = None
    #: The exchange and the seconds it took, once it is over. A task that returned the exchange
    #: would have it described in full by whoever describes the task, which takes gigabytes.
    venue: Any = None
    took_s: float = 0.0
    port: int = 0
    done: Counter[str] = field(default_factory=Counter)
    #: When what happens at times began, and when it was over, nanoseconds since 1970.
    drilled_ns: list[tuple[int, int]] = field(default_factory=list)
    #: How many orders were sent when that changed last, and when.
    moved: tuple[int, float] = (-1, 0.0)

    def begin(self) -> None:
        """Start the next life of the desk."""
        self.life += 1
        life = Life(self.port, self.folder, self.orders, self.life, self.audit_ns)
        spawn = multiprocessing.get_context("spawn")
        self.desk = spawn.Process(target=live, args=(life, self.cells), daemon=True)
        self.desk.start()

    def drills(self) -> list[Drill]:
        """Return what goes wrong at times, spread over the run."""
        rare = max(1, self.kills // 5)
        each = {"kill": self.kills, "cut": self.kills} | dict.fromkeys(RARE, rare)
        listed = [
            Drill(self.orders * (2 * k + 1) // (2 * times + 1) + rank, what)
            for rank, (what, times) in enumerate(each.items())
            for k in range(times)
        ]
        return sorted(listed, key=lambda one: one.at)

    async def work(self, venue: BinanceExchange, exchange: LocalExchange) -> None:
        """Let the desk trade, and things go wrong, until it is done."""
        drills = self.drills()
        while self.cells[Cell.SENT] < self.orders or drills:
            await self.alive()
            if drills and self.cells[Cell.SENT] >= drills[0].at and self.cells[Cell.READY]:
                what = drills.pop(0).what
                self.done[what] += 1
                began_ns = SystemClock().now_ns()
                await self.drill(what, venue)
                self.drilled_ns.append((began_ns, SystemClock().now_ns()))
        venue.faults.clear()
        exchange.flow = None
        self.cells[Cell.IS_OVER] = 1
        while not self.cells[Cell.IS_SETTLED]:
            await self.alive()

    async def alive(self) -> None:
        """Wait a little; an end of the desk that nobody caused, or a standstill, ends the run."""
        await asyncio.sleep(0.02)
        now, sent = time.monotonic(), self.cells[Cell.SENT]
        if sent != self.moved[0]:
            self.moved = sent, now
        if now - self.moved[1] > STALLED_S:
            sys.exit(f"the desk stands still: {list(self.cells)}")
        if not self.desk.is_alive() and not self.cells[Cell.IS_SETTLED]:
            sys.exit(f"the desk ended by itself: exit code {self.desk.exitcode}")

    async def drill(self, what: str, venue: BinanceExchange) -> None:
        """Do one of the things that happen at times."""
        faults = venue.faults
        if what == "kill":
            self.desk.kill()
            self.desk.join()
            self.cells[Cell.READY] = 0
            self.begin()
            while not self.cells[Cell.READY]:
                await self.alive()
        elif what == "cut":
            venue.disconnect("all")
        elif what == "expire":
            venue.expire_keys(SystemClock().now_ns())
        elif what == "ban":
            faults.switch("ban_418", times=1, amount=BAN_S)
            await asyncio.sleep(BAN_S)
        elif what == "slow":
            faults.switch("rate_limit_429", times=1, amount=1)
        else:
            await self.doubt(faults)

    async def doubt(self, faults: Faults) -> None:
        """Lose every answer and every event until so many orders are in doubt at once."""
        before = lost(faults)
        for name in ("error_5xx_before", "error_5xx_after", "reset_before", "reset_after"):
            faults.switch(name, probability=0)
        faults.switch("timeout_before", probability=0.5, where="orders")
        faults.switch("timeout_after", where="orders")
        faults.switch("drop_frame", where="private")
        self.cells[Cell.WINDOW] = self.doubted + WINDOW
        end = before + min(self.doubted, self.orders - self.cells[Cell.SENT])
        while lost(faults) < end:
            await self.alive()
        self.cells[Cell.WINDOW] = WINDOW
        faults.switch_all(ALWAYS)


def lost(faults: Faults) -> int:
    """Return how many answers were lost so far."""
    return faults.counts.get("timeout_before", 0) + faults.counts.get("timeout_after", 0)


def make_venue(clock: SystemClock, orders: int) -> tuple[BinanceExchange, LocalExchange]:
    """Return an exchange that counts requests without refusing any, and remembers everything."""
    listed = [
        replace(one, terms=msgspec.structs.replace(one.terms, open_orders_max=100_000))
        for one in perpetuals()
    ]
    faults = Faults(seed=5)
    venue, flow = make_binance(
        keys={KEY: SecretStr(SECRET)},
        now_ns=clock.now_ns(),
        deposit=Decimal(10**9),
        flow="synthetic",
        faults=faults,
        is_unlimited=True,
        instruments=listed,
    )
    venue.service.state.histories.kept = 100 * orders
    faults.switch_all(ALWAYS)
    return venue, LocalExchange(venue, clock, flow=flow)


async def soak(run: Run) -> None:
    """Trade until everything is sent and settled."""
    venue, exchange = make_venue(SystemClock(), run.orders)
    run.port = exchange.bind()
    run.cells = multiprocessing.get_context("spawn").RawArray("q", len(Cell))
    run.cells[Cell.WINDOW] = WINDOW
    serving = asyncio.create_task(exchange.run())
    await exchange.started()
    began = time.perf_counter()
    run.begin()
    try:
        await run.work(venue, exchange)
    finally:
        run.desk.kill()
        run.desk.join()
        exchange.stop()
        await serving
    run.venue, run.took_s = venue, time.perf_counter() - began


def told(folder: Path) -> tuple[dict[str, NewOrder], dict[str, list[OrderUpdate]]]:
    """Return what was ever written: orders, and what their traders were told; each fill once."""
    orders: dict[str, NewOrder] = {}
    updates: dict[str, list[OrderUpdate]] = defaultdict(list)
    fills: set[tuple[str, int]] = set()
    for _, entry in read_intents(folder / "history"):
        what = entry.what
        if isinstance(what, NewOrder):
            orders[what.client_order_id] = what
        elif isinstance(what, OrderUpdate):
            if what.reply == "filled":
                if (what.symbol, what.exec_id) in fills:
                    continue
                fills.add((what.symbol, what.exec_id))
            updates[what.client_order_id].append(what)
    return orders, updates


@dataclass
class Doubt:
    """How long an order was in doubt, and the longest part of it in which nothing was drilled."""

    name: str
    whole_s: float
    quiet_s: float


def doubts(updates: dict[str, list[OrderUpdate]], drilled_ns: list[tuple[int, int]]) -> list[Doubt]:
    """Return the times from a lost answer to the next thing known of its order, longest first.

    What happens at times, such as a ban, ends one part of such a time and begins another: so the
    wait after a recovery counts, and the wait before a kill.
    """
    found = []
    for name, listed in updates.items():
        lost_ns: int | None = None
        for update in listed:
            if update.reply == "unknown":
                lost_ns = lost_ns or update.ts_recv_ns
            elif lost_ns is not None:
                end_ns = update.ts_recv_ns
                whole_s = (end_ns - lost_ns) / 1e9
                found.append(Doubt(name, whole_s, quiet_ns(lost_ns, end_ns, drilled_ns) / 1e9))
                lost_ns = None
    return sorted(found, key=lambda one: one.quiet_s, reverse=True)


def quiet_ns(begin_ns: int, end_ns: int, drilled_ns: list[tuple[int, int]]) -> int:
    """Return the longest part of a time in which nothing was drilled."""
    longest_ns = 0
    for began_ns, over_ns in drilled_ns:
        longest_ns = max(longest_ns, min(began_ns, end_ns) - begin_ns)
        begin_ns = max(begin_ns, over_ns)
    return max(longest_ns, end_ns - begin_ns)


@dataclass
class Verdict:
    """What was seen, and by rule what broke it."""

    broken: dict[str, list[str]]
    orders: int
    executed: int
    fills: int
    unknown: int
    doubt_s: float
    quiet_s: float


def judge(run: Run, venue: BinanceExchange) -> Verdict:
    """Compare the desk's file and last words with the exchange's records."""
    orders, updates = told(run.folder)
    histories = venue.service.state.histories
    records = [one for symbol, *_ in MARKETS for one in histories.orders(FIRST_ACCOUNT, symbol)]
    by_name = {one.client_order_id: one for one in records}
    broken: dict[str, list[str]] = {rule: [] for rule in RULES}
    times = Counter(one.client_order_id for one in records)
    broken["executed twice"] += [name for name, n in times.items() if n > 1]
    broken["orphans"] += [name for name in times if name not in orders]
    for name in orders:
        compare(name, by_name.get(name), updates[name], broken)
    believed = json.loads((run.folder / "believed.json").read_text())
    opened = {one.client_order_id for one in records if one.is_open}
    broken["open orders that differ"] += sorted(opened ^ set(believed["open"]))
    for symbol, *_ in MARKETS:
        held = venue.service.state.ledger.position(FIRST_ACCOUNT, symbol).quantity
        if Decimal(believed["positions"][symbol]) != held:
            text = f"{symbol}: {held}, believed {believed['positions'][symbol]}"
            broken["positions that differ"].append(text)
    found = doubts(updates, run.drilled_ns)
    broken["in doubt for too long"] += [
        f"{one.name}: {one.quiet_s:.1f} s" for one in found if one.quiet_s > DOUBT_S_MAX
    ]
    doubt_s = max((one.whole_s for one in found), default=0.0)
    quiet_s = max((one.quiet_s for one in found), default=0.0)
    unknown = sum(any(one.reply == "unknown" for one in said) for said in updates.values())
    fills = sum(len(histories.trades(FIRST_ACCOUNT, symbol)) for symbol, *_ in MARKETS)
    return Verdict(broken, len(orders), len(records), fills, unknown, doubt_s, quiet_s)


def compare(
    name: str,
    record: OrderRecord | None,
    said: list[OrderUpdate],
    broken: dict[str, list[str]],
) -> None:
    """Hold what a trader was told of one order against the exchange's record of it."""
    replies = {one.reply for one in said}
    if record is not None and "rejected" in replies:
        broken["false rejections"].append(name)
    if record is None and not replies & {"rejected", "canceled", "expired"}:
        broken["never executed and not told"].append(name)
    filled = sum((one.quantity or 0 for one in said if one.reply == "filled"), Decimal(0))
    traded = Decimal(0) if record is None else record.cumulative
    if filled != traded:
        broken["fills that differ"].append(f"{name}: {traded}, told {filled}")


def tell(run: Run, venue: BinanceExchange, verdict: Verdict, took_s: float) -> None:
    """Print what was done and seen."""
    counts = venue.faults.counts
    failed = sum(n for name, n in counts.items() if name.startswith(ORDER_FAULTS))
    events = {name: n for name, n in counts.items() if not name.startswith(ORDER_FAULTS)}
    print(
        f"{verdict.orders} orders, {verdict.executed} reached the exchange, {verdict.fills} fills, "
        f"in {took_s:.0f} s"
    )
    print(f"{failed} requests failed; events: {events}; at times: {dict(run.done)}")
    print(
        f"{verdict.unknown} orders were in doubt, {run.cells[Cell.IN_DOUBT_MOST]} at once, for "
        f"{verdict.doubt_s:.1f} s at most, {verdict.quiet_s:.1f} s without a drill between; "
        f"{run.cells[Cell.REFUSED]} refused by the desk; its file began anew "
        f"{run.cells[Cell.RENEWALS]} times"
    )
    print(", ".join(f"{len(found)} {rule}" for rule, found in verdict.broken.items()))


def main() -> int:
    """Run, and say what was seen."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--orders", type=int, default=100_000)
    asked.add_argument("--kills", type=int, default=10)
    asked.add_argument("--doubted", type=int, default=1_000, help="orders in doubt at once")
    asked.add_argument("--audit-s", type=float, default=10.0, help="between two audits")
    given = asked.parse_args()
    with tempfile.TemporaryDirectory() as name:
        audit_ns = int(given.audit_s * 1e9)
        run = Run(given.orders, given.doubted, given.kills, Path(name), audit_ns)
        asyncio.run(soak(run))
        verdict = judge(run, run.venue)
    tell(run, run.venue, verdict, run.took_s)
    for rule, found in verdict.broken.items():
        for text in found[:10]:
            print(f"{rule}: {text}", file=sys.stderr)
    return 1 if any(verdict.broken.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
