"""A host small enough to read: a clock moved by hand, and an honest venue in the same process."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from decimal import Decimal

import numpy as np

import tradecore as tc
from tradecore.core import UnknownSymbolError
from tradecore.model import Budget, Subscription
from tradecore.model.errors import UnsupportedError
from tradecore.strategy import StrategyContainer

BTC = "BTCUSDT"
START_NS = 1_700_000_000_000_000_000


def btc(**changes):
    """Return an instrument with a tick of 0.1, a lot of 0.001 and a smallest order of 5."""
    facts = {"tick_size": "0.1", "lot_size": "0.001", "min_notional": "5", **changes}
    return tc.Instrument(BTC, **facts)


@dataclass
class TopOfBook:
    """One level of each side."""

    symbol: str = BTC
    bid_price: float | None = 49_999.0
    ask_price: float | None = 50_001.0
    bid_quantity: float | None = 1.0
    ask_quantity: float | None = 1.0
    is_stale: bool = False

    @property
    def best_bid(self):
        """Price and quantity."""
        return Decimal(str(self.bid_price)), Decimal(str(self.bid_quantity))

    @property
    def best_ask(self):
        """Price and quantity."""
        return Decimal(str(self.ask_price)), Decimal(str(self.ask_quantity))

    def depth(self, levels=10, /):
        """Return the one level, twice."""
        bids = np.array([[self.bid_price, self.bid_quantity]])[:levels]
        return bids, np.array([[self.ask_price, self.ask_quantity]])[:levels]

    def depth_key(self, levels=10, /):
        """Return the levels as bytes."""
        bids, asks = self.depth(levels)
        return None if self.is_stale else bids.tobytes() + asks.tobytes()


@dataclass
class Resting:
    """An order at the venue, in ticks and lots."""

    order: tc.Order
    price: int
    total: int
    filled: int = 0
    is_live: bool = True


@dataclass
class LocalHost:
    """Runs one strategy; what it sends is answered when the test says `exchange()`."""

    instruments: list = field(default_factory=lambda: [btc()])
    now_ns: int = START_NS
    book_now: TopOfBook = field(default_factory=TopOfBook)
    subscriptions: list[Subscription] = field(default_factory=list)

    def __post_init__(self):
        self.trader = tc.Trader(self.instruments, run_id="t1", venue="binance-usdm")
        self.resting: dict[int, Resting] = {}
        self.inbox = deque()
        self.execs = 0
        self.timers: dict[int, tuple[int, int]] = {}
        self.timer_count = 0

    def run(self, strategy):
        """Put a strategy into a container and start it."""
        self.container = StrategyContainer(strategy, self.trader, self)
        self.container.start()
        return self.container

    # What a strategy may ask

    def book(self, symbol):
        """Return the one book there is."""
        if symbol != self.book_now.symbol:
            raise UnknownSymbolError(f"no book: symbol={symbol}")
        return self.book_now

    def subscribe(self, subscription):
        """Note what is wanted; bars are not to be had."""
        if subscription.bars:
            raise UnsupportedError(f"no bars here: bars={subscription.bars}")
        self.subscriptions.append(subscription)

    def set_timer(self, at_ns, /, *, every_ns=0):
        """Set a timer; numbers grow."""
        self.timer_count += 1
        self.timers[self.timer_count] = (max(at_ns, self.now_ns), every_ns)
        return self.timer_count

    def cancel_timer(self, timer_id, /):
        """Take a timer out."""
        return self.timers.pop(timer_id, None) is not None

    def balances(self):
        """Return what there is."""
        return {"USDT": Decimal(1000)}

    def budget(self, exchange):
        """Return a budget for one exchange."""
        return Budget(used=1, capacity=10, period_ns=60) if exchange == "binance" else None

    def request_bars(self, symbol, *, period, count):
        """Refuse: there are none."""
        raise UnsupportedError(f"no bars here: symbol={symbol}, period={period}, count={count}")

    # What a test makes happen

    def advance(self, by_ns):
        """Move the clock and ring what is due, by time and then by number."""
        end_ns = self.now_ns + by_ns
        while due := [(at, n) for n, (at, _) in self.timers.items() if at <= end_ns]:
            at_ns, number = min(due)
            self.now_ns = at_ns
            every_ns = self.timers[number][1]
            if every_ns:
                self.timers[number] = (at_ns + every_ns, every_ns)
            else:
                del self.timers[number]
            self.container.deliver_timer(number)
        self.now_ns = end_ns

    def show_book(self, **changes):
        """Change the book and show it."""
        for name, value in changes.items():
            setattr(self.book_now, name, value)
        self.container.deliver_book(self.book_now)

    def exchange(self, rounds=20):
        """Let commands reach the venue and its answers reach the strategy, until nothing moves."""
        for _ in range(rounds):
            commands = self.trader.take_commands()
            for word, order, terms in commands:
                self._receive(word, order, terms)
            if not commands and not self.inbox:
                return
            while self.inbox:
                self.hear(*self.inbox.popleft())
        raise AssertionError("orders and answers never end")

    def hear(self, key, reply, terms):
        """Deliver one answer."""
        self.now_ns += 1
        said = self.trader.apply(
            key, reply, ts_event_ns=self.now_ns, ts_recv_ns=self.now_ns, **terms
        )
        self.container.deliver_events()
        return said

    def fill(self, order, quantity, *, fee="0", liquidity="maker"):
        """Trade a part of an order at its price."""
        resting = self.resting[order.key]
        instrument = self.trader.instrument(order.symbol)
        lots = min(instrument.lots(quantity), resting.total - resting.filled)
        resting.filled += lots
        resting.is_live = resting.filled < resting.total
        self.execs += 1
        price = instrument.price(resting.price or instrument.ticks(self.book_now.ask_price))
        terms = {
            "exec_id": self.execs,
            "price": price,
            "quantity": instrument.quantity(lots),
            "fee": fee,
            "liquidity": liquidity,
        }
        return self.hear(order.key, "filled", terms)

    def _receive(self, word, order, terms):
        resting = self.resting.get(order.key)
        if word == "new":
            self.resting[order.key] = Resting(order, *terms)
            self.inbox.append((order.key, "accepted", {}))
        elif not resting.is_live:
            self.inbox.append((order.key, f"{word}_rejected", {"reject_code": "UNKNOWN_ORDER"}))
        elif word == "cancel":
            resting.is_live = False
            self.inbox.append((order.key, "canceled", {}))
        else:
            resting.price, resting.total = terms
            instrument = self.trader.instrument(order.symbol)
            price, quantity = instrument.price(terms[0]), instrument.quantity(terms[1])
            self.inbox.append((order.key, "replaced", {"price": price, "quantity": quantity}))
