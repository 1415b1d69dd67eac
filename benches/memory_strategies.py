"""The strategies of `memory_soak.py`: one that only listens, and one that trades without end."""

from __future__ import annotations

import tradecore as tc

SYMBOL = "BTCUSDT"
QUANTITY = "0.010"
LIVE_MAX = 24
TURN = "50ms"


class Watcher(tc.AbstractStrategy):
    """Hears every change and every trade of a symbol."""

    def on_start(self) -> None:
        """Subscribe to both."""
        self.subscribe(SYMBOL, book=1, trades=True)


class Churner(tc.AbstractStrategy):
    """Keeps orders on their way: every second is taken back once it rests, the others trade."""

    def on_start(self) -> None:
        """Follow the book, and begin."""
        self.number = 0
        self.subscribe(SYMBOL, book=1)
        self.set_timer("fill up", TURN)

    def on_timer(self, name: str) -> None:
        """Fill up."""
        del name
        while self.again():
            pass

    def again(self) -> bool:
        """Send one order, if there is room and a market: one that rests, or one that takes."""
        book = self.book(SYMBOL)
        bid, ask = book.bid_price, book.ask_price
        if bid is None or ask is None or len(self.orders()) >= LIVE_MAX:
            return False
        self.number += 1
        if self.number % 2:
            self.buy(SYMBOL, QUANTITY, int(bid) - 500)
        elif self.position(SYMBOL).quantity > 0:
            self.sell(SYMBOL, QUANTITY, int(bid) - 20, time_in_force="IOC")
        else:
            self.buy(SYMBOL, QUANTITY, int(ask) + 20, time_in_force="IOC")
        return True

    def on_order_accepted(self, event: tc.OrderEvent) -> None:
        """Take back what rests."""
        if event.order.time_in_force == "GTC":
            self.cancel(event.order)

    def on_order_canceled(self, event: tc.OrderEvent) -> None:
        """Send the next one."""
        del event
        self.again()

    def on_order_filled(self, event: tc.OrderEvent) -> None:
        """Send the next one."""
        del event
        self.again()
