"""Small strategies that tests run."""

from __future__ import annotations

from decimal import Decimal

import tradecore as tc


class AtTouch(tc.AbstractStrategy):
    """Quotes the best prices, within a limit."""

    class Config(tc.StrategyConfig):
        """What to quote."""

        symbol: str = "BINANCE:BTCUSDT"
        size: Decimal = Decimal("0.010")
        max_position: Decimal = Decimal("0.050")
        away_ticks: int = 0

    def on_start(self):
        """Hear of the touch."""
        self.subscribe(self.config.symbol, book=1)

    def on_book(self, book):
        """Move both quotes to it."""
        held, told = self.position(book.symbol).quantity, self.config
        away = 0.1 * told.away_ticks
        bids = [(book.bid_price - away, told.size)] if held < told.max_position else []
        asks = [(book.ask_price + away, told.size)] if held > -told.max_position else []
        self.quote(book.symbol, bids=bids, asks=asks)


class Failing(AtTouch):
    """Raises at its first fill."""

    def on_fill(self, fill):
        """Fail."""
        raise ValueError(f"cannot cope with {fill.quantity}")


class Silent(tc.AbstractStrategy):
    """Does nothing at all."""


class Diary(tc.AbstractStrategy):
    """Writes down every callback with its time, and trades a little."""

    def on_start(self):
        """Ask for everything a backtest has."""
        self.diary = [("start", self.now_ns)]
        self.subscribe("BTCUSDT", book=3, trades=True, quotes=True)
        self.set_timer("tick", every="1s")

    def on_book(self, book):
        """Note the touch."""
        self.diary.append(("book", self.now_ns, book.bid_price, book.ask_price))

    def on_trade(self, trade):
        """Note the print."""
        self.diary.append(("trade", trade.ts_recv_ns, trade.price, trade.quantity))

    def on_quote(self, quote):
        """Note the quote."""
        self.diary.append(("quote", quote.ts_recv_ns, quote.bid, quote.ask))

    def on_timer(self, name):
        """Take a little, alternating sides."""
        self.diary.append(("timer", self.now_ns, name))
        is_long = self.position("BTCUSDT").quantity > 0
        (self.sell if is_long else self.buy)("BTCUSDT", "0.010")

    def on_order_event(self, event):
        """Note the event."""
        self.diary.append((event.name, event.ts_recv_ns, event.order.key))

    def on_stop(self):
        """Note the end, and go flat."""
        self.diary.append(("stop", self.now_ns))
        self.close_position("BTCUSDT")
