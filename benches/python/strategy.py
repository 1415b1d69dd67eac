"""What a strategy pays: a callback, a quote, a look at an order; beside a mini-OMS in Python."""

from __future__ import annotations

import statistics
import timeit
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import TYPE_CHECKING

import tradecore as tc
from tradecore.strategy import StrategyContainer

if TYPE_CHECKING:
    from collections.abc import Callable

ROUNDS = 25
CALLS = 4_000
SYMBOL = "BTCUSDT"
SIZE = Decimal("0.010")
TICK, LOT = Decimal("0.1"), Decimal("0.001")


class Idle(tc.AbstractStrategy):
    """Sees books and does nothing."""

    def on_book(self, book: object) -> None:
        """Do nothing."""


@dataclass
class Book:
    """As much of a book as a container looks at."""

    symbol: str = SYMBOL
    is_stale: bool = False


class Host:
    """A clock that stands still."""

    now_ns = 1_700_000_000_000_000_000


@dataclass
class PlainOrder:
    """An order, as one writes it in Python."""

    side: str
    price: Decimal
    quantity: Decimal
    filled: Decimal = Decimal(0)
    state: str = "ACCEPTED"


class PlainQuoter:
    """A reconciler of one level a side, as one writes it in Python; without guards."""

    def __init__(self) -> None:
        self.live: dict[str, PlainOrder] = {}
        self.sent: list[tuple[str, Decimal, Decimal]] = []

    def quote(self, bid: tuple[float, Decimal], ask: tuple[float, Decimal]) -> int:
        """Bring both sides to their targets; return how many changes that took."""
        before = len(self.sent)
        for side, (price, size), rounding in (
            ("buy", bid, ROUND_FLOOR),
            ("sell", ask, ROUND_CEILING),
        ):
            on_tick = (Decimal(str(price)) / TICK).to_integral_value(rounding) * TICK
            on_lot = (size / LOT).to_integral_value(ROUND_FLOOR) * LOT
            order = self.live.get(side)
            if order is None:
                self.live[side] = PlainOrder(side, on_tick, on_lot)
                self.sent.append((side, on_tick, on_lot))
            elif (order.price, order.quantity - order.filled) != (on_tick, on_lot):
                order.price, order.quantity = on_tick, on_lot + order.filled
                self.sent.append((side, on_tick, on_lot))
        return len(self.sent) - before


def median_ns(call: Callable[[], object]) -> float:
    """Return the median time of one call."""
    timer = timeit.Timer(call)
    return statistics.median(timer.timeit(CALLS) / CALLS * 1e9 for _ in range(ROUNDS))


def row(name: str, ours: Callable[[], object], plain: Callable[[], object]) -> dict[str, object]:
    """Measure one call of each."""
    value, baseline = median_ns(ours), median_ns(plain)
    return {
        "name": name,
        "value": value,
        "unit": "ns",
        "baseline_name": "the same in plain Python",
        "baseline_value": baseline,
        "ratio": baseline / value,
    }


def run() -> list[dict[str, object]]:
    """Measure a quote that changes nothing, one that moves, a look, and an empty callback."""
    instrument = tc.Instrument(SYMBOL, tick_size=TICK, lot_size=LOT)
    trader = tc.Trader([instrument], run_id="bench")
    strategy = Idle()
    container = StrategyContainer(strategy, trader, Host())
    container.start()
    plain = PlainQuoter()
    bid, ask = (49_999.95, SIZE), (50_000.05, SIZE)

    def ours() -> int:
        return strategy.quote(SYMBOL, [bid], [ask])

    assert ours() == plain.quote(bid, ask) == 2
    for _, order, _ in trader.take_commands():
        trader.apply(order.key, "accepted", ts_event_ns=1, ts_recv_ns=1)
    assert ours() == plain.quote(bid, ask) == 0
    order = strategy.orders(SYMBOL, "buy")[0]
    plain_order = plain.live["buy"]
    assert order.price == plain_order.price

    prices = [49_999.95, 49_998.95]

    def move() -> None:
        prices.reverse()
        strategy.quote(SYMBOL, [(prices[0], SIZE)], [ask])
        for _, moved, (ticks, lots) in trader.take_commands():
            price, quantity = instrument.price(ticks), instrument.quantity(lots)
            trader.apply(
                moved.key,
                "replaced",
                ts_event_ns=moved.submitted_at_ns,
                ts_recv_ns=moved.submitted_at_ns,
                price=price,
                quantity=quantity,
            )

    def plain_move() -> None:
        prices.reverse()
        plain.quote((prices[0], SIZE), ask)
        plain.sent.clear()

    book = Book()
    empty = Idle().on_book
    return [
        row("quote of two sides, unchanged", ours, lambda: plain.quote(bid, ask)),
        row("quote that moves a side, answered", move, plain_move),
        row("order.state", lambda: order.state, lambda: plain_order.state),
        row("order.price, a Decimal", lambda: order.price, lambda: plain_order.price),
        row(
            "empty on_book in its container",
            lambda: container.deliver_book(book),
            lambda: empty(book),
        ),
    ]
