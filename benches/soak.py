"""Run the same work for a long time and fail if memory grows: `python benches/soak.py`.

What is kept must be bounded by what is alive, not by what has happened. After a warm-up of a
quarter of the time, resident memory may move by no more than `GROWTH_MB_MAX`.
"""

from __future__ import annotations

import argparse
import itertools
import random
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

import tradecore as tc
from tradecore.strategy.samples import AvellanedaStoikov

if TYPE_CHECKING:
    from collections.abc import Iterator

GROWTH_MB_MAX = 8.0
BATCH = 20_000
LIVE_MAX = 5_000
PAGE_BYTES = 4096


def resident_mb() -> float:
    """Return what the process holds in memory now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * PAGE_BYTES / 1e6


def matching() -> Iterator[object]:
    """Place and remove orders one by one and in batches; yield the state's hash each round."""
    dice = random.Random(7)
    symbol = "SOAK"
    engine = tc.MatchingEngine([tc.Instrument(symbol, tick_size="1", lot_size="1")])
    live: list[int] = []
    commands = np.zeros(BATCH, dtype=tc.COMMAND_DTYPE)
    for ahead in itertools.count(1):
        for _ in range(BATCH):
            side = dice.choice(("buy", "sell"))
            price = 1000 + dice.randint(-20, 20)
            order = engine.place(symbol, side=side, quantity=dice.randint(1, 9), price=price)
            live.append(order)
        while len(live) > LIVE_MAX:
            engine.remove(symbol, order_id=live.pop(dice.randrange(len(live))))
        engine.take_reports()
        commands["side"] = np.arange(BATCH) % 2
        commands["order_id"] = np.arange(BATCH) + (1 << 40) + ahead * BATCH
        commands["price"] = 1000 + np.arange(BATCH) % 7
        commands["qty"] = 1
        commands["time_in_force"] = 1
        engine.process(commands)
        yield engine.state_hash()


def trader() -> Iterator[object]:
    """Send, change, fill and cancel orders; yield the position each round.

    Finished orders beyond `retained`, their fills and client order ids must be forgotten.
    """
    dice = random.Random(7)
    symbol = "SOAK"
    instrument = tc.Instrument(symbol, tick_size="1", lot_size="1")
    made = tc.Trader([instrument], run_id="soak", retained=LIVE_MAX)
    live: list[tc.Order] = []
    for now_ns in itertools.count(1):
        for _ in range(BATCH // 10):
            side = dice.choice(("buy", "sell"))
            order = made.submit(symbol, side, 4, 1000 + dice.randint(-20, 20), now_ns=now_ns)
            at = {"ts_event_ns": now_ns, "ts_recv_ns": now_ns}
            made.apply(order.key, "accepted", **at)
            made.apply(order.key, "filled", exec_id=order.key, price=1000, quantity=1, **at)
            if made.modify(order, quantity=5, now_ns=now_ns):
                made.apply(order.key, "replaced", price=1000, quantity=5, **at)
            live.append(order)
        while len(live) > LIVE_MAX // 10:
            order = live.pop(dice.randrange(len(live)))
            made.cancel(order, now_ns=now_ns)
            made.apply(order.key, "canceled", ts_event_ns=now_ns, ts_recv_ns=now_ns)
        made.take_commands()
        made.take_events()
        if len(made.orders()) != len(live):
            sys.exit(f"a trader keeps what is live: {len(made.orders())} orders of {len(live)}")
        yield made.position(symbol).quantity


def backtest() -> Iterator[object]:
    """Run a maker on the sample tape; yield how many fills each run had."""
    while True:
        result = tc.backtest(
            AvellanedaStoikov, data="sample", venue="binance-usdm", fees="venue", latency="venue"
        )
        yield result.fills.size


WORK = {"matching": matching, "trader": trader, "backtest": backtest}


def main() -> int:
    """Take turns between the kinds of work until the time is up, watching memory."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0)
    seconds = parser.parse_args().seconds
    running = {name: work() for name, work in WORK.items()}
    rounds = dict.fromkeys(WORK, 0)
    started = time.monotonic()
    settled_mb: float | None = None
    highest_mb = 0.0
    while (elapsed := time.monotonic() - started) < seconds:
        for name, work in running.items():
            next(work)
            rounds[name] += 1
        if elapsed > seconds / 4:
            held_mb = resident_mb()
            settled_mb = settled_mb or held_mb
            highest_mb = max(highest_mb, held_mb)
    if settled_mb is None:
        print("too few seconds for one round after the warm-up", file=sys.stderr)
        return 1
    growth_mb = highest_mb - settled_mb
    for name, count in rounds.items():
        print(f"{name}: {count} rounds")
    print(f"memory: {settled_mb:.1f} MB settled, {highest_mb:.1f} MB highest")
    if growth_mb > GROWTH_MB_MAX:
        print(f"memory may grow by {GROWTH_MB_MAX} MB: it grew by {growth_mb:.1f}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
