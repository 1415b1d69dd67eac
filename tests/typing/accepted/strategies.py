"""A strategy, its settings and its backtest need no cast: what comes back is typed to the field."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, assert_type

import tradecore as tc

if TYPE_CHECKING:
    from tradecore.model import BookView, Trade


class Maker(tc.AbstractStrategy):
    """Quotes the touch."""

    class Config(tc.StrategyConfig):
        """What to quote."""

        symbol: str = "BINANCE:BTCUSDT"
        size: Decimal = Decimal("0.010")

    def on_start(self) -> None:
        """Ask for what it needs."""
        self.subscribe(self.config.symbol, book=1, trades=True)
        self.set_timer("look", every="1s")

    def on_book(self, book: BookView) -> None:
        """Quote the touch."""
        assert_type(book.bid_price, float | None)
        if book.bid_price is not None and book.ask_price is not None:
            size = self.config.size
            self.quote(book.symbol, bids=[(book.bid_price, size)], asks=[(book.ask_price, size)])

    def on_trade(self, trade: Trade) -> None:
        """Take one, and let it go."""
        order = self.buy(trade.symbol, "0.010", trade.price, time_in_force="IOC", tag="taken")
        assert_type(order, tc.Order)
        assert_type(self.cancel(order), bool)
        assert_type(self.position(trade.symbol).quantity, Decimal)

    def on_fill(self, fill: tc.Fill) -> None:
        """Count what traded."""
        assert_type(fill.quantity, Decimal)

    def on_order_event(self, event: tc.OrderEvent) -> None:
        """Look at what became of an order."""
        if event.order.state is tc.OrderState.DENIED:
            self.halt(f"denied: {event.reject_text}")


result = tc.backtest(
    Maker,
    data="sample",
    fees=tc.Fees(maker=Decimal("0.0002"), taker=Decimal("0.0005")),
    latency="2ms,3ms,3ms",
    params={"size": "0.020"},
)
told = result.summary()
assert_type(told.fills, int)
assert_type(result.exit_code, int)
