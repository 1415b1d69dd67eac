"""What an order costs: one call a command, and one call a batch."""

from __future__ import annotations

import bisect
import random
import statistics
import time
from collections import deque
from typing import TYPE_CHECKING

import numpy as np

import tradecore as tc

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

ROUNDS = 7
CALLS = 100_000
STREAM = 300_000
BATCH = 4096

Command = tuple[int, int, int, int, int, int]
"""Op (0 new, 1 cancel, 2 reinsert), side, immediate-or-cancel, id, price, quantity."""


def order_stream(length: int, seed: int) -> list[Command]:
    """Return a seeded mix of adds near a wandering middle, cancels, takers and changes."""
    rng = random.Random(seed)
    middle, next_id, known = 100_000, 1, [0]
    commands: list[Command] = []
    while len(commands) < length:
        middle += rng.choice((-1, 0, 1)) if rng.random() < 0.01 else 0
        what, side, quantity = rng.random(), rng.getrandbits(1), rng.randint(1, 100)
        away = 1 + int(50 * rng.random() ** 2)
        price = middle - away if side == 0 else middle + away
        if what < 0.5:
            commands.append((0, side, 0, next_id, price, quantity))
            known.append(next_id)
            next_id += 1
        elif what < 0.9 and len(known) > 1000:
            at = rng.randrange(len(known))
            known[at], known[-1] = known[-1], known[at]
            commands.append((1, 0, 0, known.pop(), 0, 0))
        elif what < 0.98:
            reach = middle + 5 if side == 0 else middle - 5
            commands.append((0, side, 1, next_id, reach, quantity))
            next_id += 1
        else:
            commands.append((2, 0, 0, rng.choice(known), price, quantity))
    return commands


class PlainMatcher:
    """Price-time matching in plain Python: sorted prices, a deque a level, a dict of ids."""

    def __init__(self) -> None:
        self.levels: tuple[dict[int, deque[list[int]]], ...] = ({}, {})
        self.prices: tuple[list[int], ...] = ([], [])
        self.orders: dict[int, tuple[int, int, list[int]]] = {}
        self.traded = 0

    def apply(self, command: Command) -> None:
        """Execute one command; what does not rest is not changed."""
        op, side, immediate, order_id, price, quantity = command
        if op == 0:
            left = self._trade(order_id, side, price, quantity)
            if left and not immediate:
                self._rest(order_id, side, price, left)
            return
        found = self.orders.pop(order_id, None)
        if found is None:
            return
        side, old, order = found
        self.levels[side][old].remove(order)
        if not self.levels[side][old]:
            self._close(side, old)
        if op == 2:
            self.apply((0, side, 0, order_id, price, quantity))

    def _trade(self, taker: int, side: int, limit: int, quantity: int) -> int:
        against = 1 - side
        while quantity and self.prices[against]:
            price = self.prices[against][0 if against else -1]
            if price > limit if side == 0 else price < limit:
                break
            queue = self.levels[against][price]
            maker = queue[0]
            part = min(maker[1], quantity)
            self.traded = hash((self.traded, maker[0], taker, price, part))
            quantity -= part
            maker[1] -= part
            if not maker[1]:
                queue.popleft()
                del self.orders[maker[0]]
                if not queue:
                    self._close(against, price)
        return quantity

    def _rest(self, order_id: int, side: int, price: int, quantity: int) -> None:
        if price not in self.levels[side]:
            self.levels[side][price] = deque()
            bisect.insort(self.prices[side], price)
        order = [order_id, quantity]
        self.levels[side][price].append(order)
        self.orders[order_id] = (side, price, order)

    def _close(self, side: int, price: int) -> None:
        del self.levels[side][price]
        del self.prices[side][bisect.bisect_left(self.prices[side], price)]


def as_array(commands: list[Command]) -> np.ndarray:
    """Return the stream as the engine takes it."""
    array = np.zeros(len(commands), dtype=tc.COMMAND_DTYPE)
    columns = np.array(commands, dtype=np.int64).T
    for name, column in zip(
        ("op", "side", "time_in_force", "order_id", "price", "qty"), columns, strict=True
    ):
        array[name] = column
    array["mode"] = np.where(columns[0] == 2, 2, 0)
    return array


def batches(engine: tc.MatchingEngine, commands: np.ndarray) -> Iterable[np.ndarray]:
    """Run the stream in batches through one lent array of reports."""
    out = np.zeros(BATCH * 4, dtype=tc.REPORT_DTYPE)
    for start in range(0, len(commands), BATCH):
        yield engine.process(commands[start : start + BATCH], out=out)


def traded_hash(engine: tc.MatchingEngine, commands: np.ndarray) -> int:
    """Return the plain matcher's hash of the engine's trades."""
    traded = 0
    for reports in batches(engine, commands):
        for row in reports[reports["liquidity"] == 2]:
            facts = (row["counter_order_id"], row["order_id"], row["price"], row["qty"])
            traded = hash((traded, *map(int, facts)))
    return traded


def new_engine() -> tc.MatchingEngine:
    """Return an engine of one instrument that counts in ones."""
    return tc.MatchingEngine([tc.Instrument("X", tick_size=1, lot_size=1)])


def rate(work: Callable[[], int]) -> float:
    """Return the median of how many a second ``work`` does."""
    rates = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        done = work()
        rates.append(done / (time.perf_counter() - started))
    return statistics.median(rates)


def empty(symbol: str, **terms: object) -> None:
    """Take what an order takes and do nothing: the floor of one call a command."""


def bare_calls() -> int:
    """Call a Python function that does nothing."""
    for _ in range(CALLS):
        empty("X", side="buy", quantity=1, price=100)
    return CALLS


def pairs(add: str, take_out: str) -> Callable[[], int]:
    """Return work that places one order and takes it out again, over and over."""

    def work() -> int:
        engine = new_engine()
        place, remove = getattr(engine, add), getattr(engine, take_out)
        for order_id in range(1, CALLS // 2 + 1):
            place("X", side="buy", quantity=1, price=100)
            remove("X", order_id=order_id)
        return CALLS

    return work


def run() -> list[dict[str, object]]:
    """Measure both ways in, and check that engine and plain matcher traded alike."""
    commands = order_stream(STREAM, seed=11)
    array = as_array(commands)
    plain = PlainMatcher()
    started = time.perf_counter()
    for command in commands:
        plain.apply(command)
    plain_rate = STREAM / (time.perf_counter() - started)
    assert traded_hash(new_engine(), array) == plain.traded, "the engine traded otherwise"

    def batch() -> int:
        engine = new_engine()
        for _ in batches(engine, array):
            pass
        return STREAM

    floor = rate(bare_calls)
    figures = [
        ("submit + cancel, reports as objects", rate(pairs("submit", "cancel")), "a bare call"),
        ("place + remove, reports kept", rate(pairs("place", "remove")), "a bare call"),
        (f"numpy batches of {BATCH}", rate(batch), "plain Python matcher"),
    ]
    baselines = {"a bare call": floor, "plain Python matcher": plain_rate}
    return [
        {
            "name": name,
            "value": value,
            "unit": "orders/s",
            "baseline_name": baseline,
            "baseline_value": baselines[baseline],
            "ratio": value / baselines[baseline],
        }
        for name, value, baseline in figures
    ]
