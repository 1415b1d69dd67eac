"""Where every order is recorded, ours stand where a list of everybody has them."""

from __future__ import annotations

import random
from itertools import groupby
from pathlib import Path

import pytest

import tradecore as tc
from tradecore.core import Instrument, OrderRecording, Simulation, Trader, generate_tape
from tradecore.marketdata import Recording, convert, open_recording, open_tape

NAME = "AAPL_2012-06-21_message_50_first672.csv"
SECOND = 1_000_000_000
ORDERS = 10_000
BUY, SELL = "buy", "sell"
_TIMER, _END = 5, 0


class Level(list):
    """Who stands at a price, front first: `[who, quantity]`; `who` is ours if it is negative."""

    def place(self, who):
        """Return where somebody stands; unknown orders stood there before all."""
        return next((at for at, (one, _) in enumerate(self) if one == who), None)


class Lists:
    """A market as lists: slow, and it knows neither ticks of joining nor models."""

    def __init__(self):
        self.levels = {BUY: {}, SELL: {}}
        self.filled = {}

    def level(self, side, price):
        """Return a level, made if it is not there."""
        return self.levels[side].setdefault(price, Level())

    def best_first(self, side):
        """Return the prices of a side."""
        return sorted(self.levels[side], reverse=side == BUY)

    def ahead(self, side, price, who):
        """Return what shows ahead of one of ours."""
        level = self.level(side, price)
        return max(sum(qty for one, qty in level[: level.place(who)] if one >= 0), 0)

    def give(self, side, price, end, quantity):
        """Let ours of better prices, and those before `end` at this one, have a trade."""
        for at in self.best_first(side):
            if at != price and (at < price) == (side == BUY):
                break
            level = self.levels[side][at]
            for entry in level[: end if at == price else None]:
                if entry[0] < 0:
                    part = min(entry[1], quantity)
                    quantity -= part
                    self.take(level, entry, part)

    def take(self, level, entry, part):
        """Fill one of ours."""
        if part:
            self.filled[-entry[0]] = self.filled.get(-entry[0], 0) + part
            entry[1] -= part
            if entry[1] == 0:
                level.remove(entry)

    def shrink(self, side, price, who, quantity):
        """Make a recorded order smaller; return where it stood."""
        level = self.level(side, price)
        at = level.place(who)
        if at is None:
            if level.place(0) is None:
                level.insert(0, [0, 0])
            at = level.place(0)
        level[at][1] -= quantity
        return at

    def apply(self, row):
        """Take a row of a message file."""
        kind, who, quantity, price = row[:4]
        side, other = (BUY, SELL) if row[4] > 0 else (SELL, BUY)
        level = self.level(side, price)
        there = sum(qty for one, qty in level if one >= 0)
        if kind == 1:
            level.append([who, quantity])
            self.give(other, price, None, quantity)
        elif kind in {2, 3}:
            self.shrink(side, price, who, min(quantity, there))
        elif kind == 4:
            at = self.shrink(side, price, who, min(quantity, there))
            self.give(side, price, at, min(quantity, there))
        elif kind == 5:
            self.give(side, price, None, quantity)

    def apply_fact(self, fact):
        """Take a record of a tape of orders."""
        kind, who, side, price, quantity = fact
        other = SELL if side == BUY else BUY
        if kind == "added":
            self.level(side, price).append([who, quantity])
            self.give(other, price, None, quantity)
        elif kind == "changed":
            level = self.level(side, price)
            at = level.place(who)
            self.shrink(side, price, who, level[at][1] - quantity)
        elif kind in {"removed", "filled"}:
            level = self.level(side, price)
            at = self.shrink(side, price, who, quantity)
            entry = level[at]
            if kind == "filled":
                self.give(side, price, at, quantity)
            if entry[1] == 0:
                # It may come again by the same number, at the back.
                level[:] = [one for one in level if one is not entry]
        elif kind == "hidden":
            self.give(other, price, None, quantity)


def rows_of(path):
    """Return the rows of a message file: nanoseconds, then kind, order, size, price, direction."""
    for line in path.read_text().splitlines():
        seconds, *numbers = line.split(",")
        whole, part = seconds.split(".")
        yield int(whole) * SECOND + int(part.ljust(9, "0")), tuple(map(int, numbers[:5]))


def opened(path, first):
    """Return the lists before the first row."""
    lists = Lists()
    book = path.with_name(path.name.replace("_message_", "_orderbook_"))
    numbers = list(map(int, book.read_text().split("\n", 1)[0].split(",")))
    for at in range(0, len(numbers), 4):
        ask, ask_qty, bid, bid_qty = numbers[at : at + 4]
        for side, price, quantity in ((SELL, ask, ask_qty), (BUY, bid, bid_qty)):
            if abs(price) != 9_999_999_999:
                lists.level(side, price).append([0, quantity])
    kind, _, quantity, price, direction = first
    level = lists.level(BUY if direction > 0 else SELL, price)
    level[0][1] += {1: -quantity, 2: quantity, 3: quantity, 4: quantity}.get(kind, 0)
    return lists


class Twins:
    """A simulation of the recording, and the lists beside it."""

    def __init__(self, source, away=100, size=60):
        self.instrument, self.away, self.size = source.instrument, away, size
        self.symbol = self.instrument.symbol
        self.trader = Trader([self.instrument], run_id="twins", retained=100_000)
        self.simulation = Simulation(
            source,
            self.trader,
            symbol=self.symbol,
            maker_fee=0,
            taker_fee=0,
            feed_latency_ns=0,
            entry_latency_ns=0,
            response_latency_ns=0,
            queue="risk-averse",
        )
        self.lists = Lists()
        self.standing = {}
        self.put = self.compared = 0

    def until(self, at_ns):
        """Let all happen up to a time."""
        timer = self.simulation.set_timer(at_ns)
        while (wake := self.simulation.advance(1)) != _END:
            if wake == _TIMER and self.simulation.timer_id == timer:
                return True
        return False

    def compare(self):
        """Hold every order of ours against the lists."""
        filled = self.lists.filled
        for key, (order, side, price) in list(self.standing.items()):
            assert order.cumulative_lots == filled.get(key, 0), key
            if order.leaves_lots == 0:
                del self.standing[key]
                continue
            ahead = self.simulation.queue_ahead(key)
            assert ahead == self.lists.ahead(side, price, -key), key
            self.compared += 1

    def place(self, rng):
        """Put one of ours somewhere near the touch."""
        side = rng.choice((BUY, SELL))
        book = self.simulation.book
        best = book.bid_price if side == BUY else book.ask_price
        if best is None or book.is_stale:
            return
        away = rng.randint(-2, 5) * self.away
        price = self.instrument.ticks(best) + (-away if side == BUY else away)
        now_ns = self.simulation.now_ns
        limit = self.instrument.price(price)
        lots = rng.randint(1, self.size)
        size = lots * self.instrument.lot_size
        order = self.trader.submit(self.symbol, side, size, limit, post_only=True, now_ns=now_ns)
        self.until(now_ns)
        if self.simulation.queue_ahead(order.key) is not None:
            self.lists.level(side, price).append([-order.key, lots])
            self.standing[order.key] = order, side, price
            self.put += 1

    def cancel(self, key):
        """Take one of ours out."""
        order, side, price = self.standing.pop(key)
        now_ns = self.simulation.now_ns
        self.trader.cancel(order, now_ns=now_ns)
        self.until(now_ns)
        level = self.lists.level(side, price)
        del level[level.place(-key)]


def shadow(twins, instants, apply, *, orders, every=1, standing=60):
    """Let a market pass with orders of ours in it, each held against the lists at each instant.

    A place that is wrong stays wrong, so of a long market every so many instants do.
    """
    rng = random.Random(5)
    for n, (at_ns, rows) in enumerate(instants):
        for row in rows:
            apply(row)
        if n % every and n < len(instants) - 1:
            continue
        if not twins.until(at_ns):
            break
        twins.compare()
        goal = orders * (n + 1) // (len(instants) - 1)
        tries = 0
        while twins.put < goal and tries < 100:
            tries += 1
            twins.place(rng)
            if len(twins.standing) > standing:
                twins.cancel(rng.choice(list(twins.standing)))


def test_ten_thousand_orders_stand_where_the_lists_have_them(shared_dir):
    """On LOBSTER's messages, after each instant: what is ahead of each, and what each traded."""
    path = shared_dir / "data" / "lobster_aapl" / NAME
    apple = Instrument("AAPL", tick_size="0.0001", lot_size=1)
    twins = Twins(open_recording(path, instrument=apple).source)
    rows = list(rows_of(path))
    twins.lists = opened(path, rows[0][1])
    instants = [(at, [row for _, row in group]) for at, group in groupby(rows, lambda r: r[0])]
    shadow(twins, instants, twins.lists.apply, orders=ORDERS)

    assert twins.put >= ORDERS
    assert twins.compared > 2 * ORDERS
    assert len(twins.lists.filled) > 100


def on_tape(path, *, away, size, **passing):
    """Play a tape of orders with orders of ours in it; return both sides."""
    tape = open_tape(path)
    assert tape.is_by_order
    twins = Twins(tape, away=away, size=size)
    facts = [(recv_ns, fact) for _, recv_ns, _, _, fact in tape.told(["order"], limit=1_000_000)]
    opening = next(at for at, (_, fact) in enumerate(facts) if fact[0] == "open")
    for _, fact in facts[: opening + 1]:
        twins.lists.apply_fact(fact)
    instants, whole = [], []
    for at, group in groupby(facts[opening + 1 :], lambda one: one[0]):
        whole.extend(fact for _, fact in group)
        # What one command did may come in parts, and is published when it is done.
        if whole[-1][0] == "done":
            instants.append((at, whole))
            whole = []
    shadow(twins, instants, twins.lists.apply_fact, **passing)
    return twins


def test_orders_beside_a_generated_tape_stand_where_the_lists_have_them(tmp_path):
    """A tape of our own engine's orders goes through the same exact venue."""
    instrument = Instrument("BTCUSDT", tick_size="0.1", lot_size="0.001", kind="linear")
    path = tmp_path / "orders.tape"
    tape = generate_tape(
        instrument,
        seed=5,
        start_ns=1_700_000_000 * SECOND,
        duration_ns=4 * SECOND,
        price="1000",
        volatility_milliticks=2_000,
        orders=True,
    )
    path.write_bytes(tape)
    twins = on_tape(path, away=1, size=50, orders=500)

    assert twins.put >= 500
    assert twins.compared > 1_000
    assert len(twins.lists.filled) > 10


def test_orders_beside_a_recorded_tape_stand_where_the_lists_have_them(shared_dir, tmp_path):
    """The same beside a day of a future, told order by order."""
    pytest.importorskip("zstandard")
    source = shared_dir / "data" / "cme_mbo" / "esh4-glbx-mdp3-20231225.mbo.dbn.zst"
    convert([source], tmp_path / "a.tape", format="dbn")
    twins = on_tape(
        tmp_path / "a.tape", away=25, size=20, orders=ORDERS + 10, every=12, standing=20
    )

    assert twins.put >= ORDERS
    assert twins.compared > 2 * ORDERS
    assert len(twins.lists.filled) > 100


def test_a_generated_market_repeats_and_is_played_order_by_order():
    """The strategy sees the same market as through its published depth, only sooner."""

    class AtTouch(tc.AbstractStrategy):
        def on_start(self):
            self.subscribe("BTCUSDT", book=1)

        def on_book(self, book):
            self.quote("BTCUSDT", [(book.bid_price, "0.01")], [(book.ask_price, "0.01")])

    instrument = Instrument("BTCUSDT", tick_size="0.1", lot_size="0.001", kind="linear")
    market = OrderRecording.generated(
        instrument,
        seed=3,
        start_ns=1_700_000_000 * SECOND,
        duration_ns=20 * SECOND,
        price="60000",
        volatility_milliticks=2_000,
    )
    results = [
        tc.backtest(
            AtTouch,
            data=Recording(market, Path("generated")),
            fees="zero",
            latency="zero",
        )
        for _ in range(2)
    ]

    assert results[0].fills.size > 5
    assert results[0].fills.tobytes() == results[1].fills.tobytes()
    assert "Queue: exact; the recording tells of every order" in "".join(results[0].assumptions)


def test_a_lobster_recording_is_opened_by_its_name(shared_dir):
    """A strategy runs on it as on any other."""
    result = tc.backtest(
        type("Silent", (tc.AbstractStrategy,), {}),
        data=shared_dir / "data" / "lobster_aapl" / NAME,
        venue="binance-spot",
        fees="zero",
        latency="zero",
    )
    assert result.meta["symbol"] == "AAPL"
    assert result.summary().counts["depths"] > 500


def test_a_message_file_without_its_book_is_refused(tmp_path):
    """By the name that is missing."""
    path = tmp_path / "AAPL_day_message_10.csv"
    path.write_text("34200.1,1,5,3,100,1\n")
    with pytest.raises(tc.TradecoreError, match=r"order book beside it: .*AAPL_day_orderbook_10"):
        open_recording(path)
