"""A venue small enough to see through: it publishes its book as Binance or LOBSTER do."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass, field

START_NS = 1_700_000_000_000_000_000


@dataclass
class ToyVenue:
    """A book of whole ticks and lots that changes by dice, and what the venue says of it.

    Args:
        seed: What the dice are thrown with.
        chained: Whether deltas name the one before, as on futures; else ids are consecutive.
        decimals: Decimals of prices (one tick is 10^-decimals) and quantities.
    """

    seed: int
    chained: bool = False
    decimals: tuple[int, int] = (1, 3)
    mid: int = 500_000
    last_id: int = 1000
    now_ns: int = START_NS
    bids: dict[int, int] = field(default_factory=dict)
    asks: dict[int, int] = field(default_factory=dict)

    def __post_init__(self):
        self.dice = random.Random(self.seed)
        for distance in range(1, 30):
            self.bids[self.mid - distance] = self.dice.randint(1, 3000)
            self.asks[self.mid + distance] = self.dice.randint(1, 3000)

    def lines(self, steps: int, *, snapshot_at: int = 3) -> list[bytes]:
        """Return what is published in `steps` turns, a snapshot of before in the `snapshot_at`."""
        lines = []
        earlier = None
        for step in range(steps):
            if step == snapshot_at - 1:
                earlier = self._snapshot()
            if step == snapshot_at:
                lines.append(self._line(earlier))
            lines.extend(self._turn())
        return lines

    def touch(self) -> tuple[int, int, int, int]:
        """Return best bid, its quantity, best ask, its quantity; zeros for an empty side."""
        bid, ask = max(self.bids, default=0), min(self.asks, default=0)
        return bid, self.bids.get(bid, 0), ask, self.asks.get(ask, 0)

    def _turn(self):
        first, before, touch = self.last_id + 1, self.last_id, self.touch()
        changes = {"b": {}, "a": {}}
        if self.dice.random() < 0.3:
            self.mid += self.dice.choice((-2, -1, 1, 2))
        for _ in range(self.dice.randint(1, 6)):
            self._change(changes)
        for key, book in (("b", self.bids), ("a", self.asks)):
            for price in [p for p in book if (p >= self.mid) == (key == "b") and p != self.mid]:
                del book[price]
                changes[key][price] = 0
        self.last_id += self.dice.randint(1, 4)
        if self.chained:
            first += self.dice.randint(0, self.last_id - first)
        levels = {
            key: [[self._price(price), self._qty(qty)] for price, qty in sorted(side.items())]
            for key, side in changes.items()
        }
        ids = {"U": first, "u": self.last_id} | ({"pu": before} if self.chained else {})
        messages = [{"e": "depthUpdate", "E": self._ms(), "s": "TOYUSDT", **ids, **levels}]
        if self.touch() != touch or self.dice.random() < 0.2:
            messages.insert(self.dice.randint(0, 1), self._ticker())
        if self.dice.random() < 0.5:
            messages.append(self._trade())
        return [self._line({"stream": "toyusdt", "data": message}) for message in messages]

    def _change(self, changes):
        key = self.dice.choice("ba")
        book = self.bids if key == "b" else self.asks
        away = 1 + int(self.dice.expovariate(0.2))
        if self.dice.random() < 0.05:
            away += 300_000
        price = self.mid - away if key == "b" else self.mid + away
        qty = self.dice.choice((0, self.dice.randint(1, 5000)))
        if qty:
            book[price] = qty
        else:
            book.pop(price, None)
        changes[key][price] = qty

    def _snapshot(self):
        def levels(book, *, reverse):
            return [[self._price(p), self._qty(book[p])] for p in sorted(book, reverse=reverse)]

        return {
            "lastUpdateId": self.last_id,
            "bids": levels(self.bids, reverse=True),
            "asks": levels(self.asks, reverse=False),
        }

    def _ticker(self):
        bid, bid_qty, ask, ask_qty = self.touch()
        return {
            **({"e": "bookTicker"} if self.chained else {}),
            "u": self.last_id,
            "s": "TOYUSDT",
            "b": self._price(bid),
            "B": self._qty(bid_qty),
            "a": self._price(ask),
            "A": self._qty(ask_qty),
        }

    def _trade(self):
        return {
            "e": "trade",
            "T": self._ms(),
            "s": "TOYUSDT",
            "t": self.last_id,
            "p": self._price(self.mid),
            "q": self._qty(self.dice.randint(1, 400)),
            "m": self.dice.random() < 0.5,
        }

    def _line(self, message):
        self.now_ns += self.dice.randint(1_000, 40_000_000)
        return f"{self.now_ns} {json.dumps(message, separators=(',', ':'))}".encode()

    def _ms(self):
        return self.now_ns // 1_000_000

    def _price(self, ticks):
        return _written(ticks, self.decimals[0])

    def _qty(self, lots):
        return _written(lots, self.decimals[1])


def _written(count: int, decimals: int) -> str:
    whole, part = divmod(count, 10**decimals)
    return f"{whole}.{part:0{decimals}d}"


def lobster_files(seed: int, count: int, levels: int = 5) -> tuple[bytes, bytes]:
    """Return a message file and its order book file of `levels` levels.

    Messages tell only of orders within the levels shown, as LOBSTER's do: an order placed deeper
    is in no message, and shows in the book rows when its level comes up.
    """
    dice = random.Random(seed)
    orders = {}
    for number in range(60):
        side = dice.choice((1, -1))
        orders[number] = [side, 5_000_000 - side * 100 * dice.randint(1, 15), dice.randint(1, 500)]

    def side_of(side):
        totals = {}
        for one, price, qty in orders.values():
            if one == side:
                totals[price] = totals.get(price, 0) + qty
        shown = sorted(totals.items(), reverse=side == 1)[:levels]
        return shown + [(side * -9_999_999_999, 0)] * (levels - len(shown))

    messages, rows, number, seconds = [], [], 60, 34_200.0
    while len(messages) < count:
        seconds += dice.random() / 100
        deepest = {side: side_of(side)[-1][0] for side in (1, -1)}
        if dice.random() < 0.5 or len(orders) < 20:
            number += 1
            side = dice.choice((1, -1))
            price = 5_000_000 - side * 100 * (1 + int(dice.expovariate(0.4)))
            qty = dice.randint(1, 500)
            orders[number] = [side, price, qty]
            kind, chosen = 1, number
        else:
            chosen = dice.choice(sorted(orders))
            side, price, left = orders[chosen]
            qty = left if dice.random() < 0.6 else dice.randint(1, left)
            kind = 3 if qty == left else 2
            orders[chosen][2] -= qty
            if not orders[chosen][2]:
                del orders[chosen]
        if side * price < side * deepest[side] and abs(deepest[side]) < 9_999_999_999:
            continue
        messages.append(f"{seconds:.9f},{kind},{chosen},{qty},{price},{side}")
        pairs = zip(side_of(-1), side_of(1), strict=True)
        rows.append(",".join(f"{a},{n},{b},{m}" for (a, n), (b, m) in pairs))
    return ("\n".join(messages) + "\n").encode(), ("\n".join(rows) + "\n").encode()
