"""Runs a strategy live: its market, orders and timers, whatever carries them.

The same host stands in the trader process, where a bus carries orders, and in one process with a
desk, where a call does. It reads the clock once for each thing that happens, and opens nothing.
"""

from __future__ import annotations

import heapq
from itertools import count
from typing import TYPE_CHECKING, Final, Protocol

from tradecore.core import InputError
from tradecore.exchanges.base import CancelOrder, ModifyOrder, NewOrder
from tradecore.model import ConnectionChange, Reconciliation
from tradecore.model.errors import UnsupportedError
from tradecore.telemetry import get_logger

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from decimal import Decimal

    from tradecore.core import Order, Trader, WireBook
    from tradecore.model import Balance, BookView, Budget, Quote, RiskAlert, Subscription, Trade
    from tradecore.model.venue import OrderUpdate
    from tradecore.strategy import StrategyContainer
    from tradecore.telemetry import Clock

__all__ = ["LiveHost", "MarketFeed", "OrderChannel"]

TIMERS_A_TURN: Final = 1_000
#: Silences at which resting orders are taken out, if that is wanted.
LOST: Final = frozenset({"down", "silent"})


class OrderChannel(Protocol):
    """Where orders go. An answer comes later, to `LiveHost.hear`; nothing is awaited."""

    def submit(self, order: NewOrder, /) -> None:
        """Send a new order."""

    def modify(self, change: ModifyOrder, /) -> None:
        """Send a change."""

    def cancel(self, cancel: CancelOrder, /) -> None:
        """Send a cancel."""


class MarketFeed(Protocol):
    """Where market data comes from."""

    def book(self, symbol: str, /) -> BookView:
        """Return the book of a symbol, which goes on changing.

        Raises:
            UnknownSymbolError: If there is none.
        """

    def subscribe(self, subscription: Subscription, /) -> None:
        """Add to what comes.

        Raises:
            UnsupportedError: If it asks for a channel that is not there.
        """


class LiveHost:
    """What a strategy's container needs, on the real clock."""

    def __init__(
        self,
        trader: Trader,
        *,
        feed: MarketFeed,
        orders: OrderChannel,
        clock: Clock,
        cancels_on_silence: bool = True,
    ) -> None:
        """Stand between these and a container to come.

        Args:
            trader: The strategy's orders and positions.
            feed: The market.
            orders: The way to the venue.
            clock: The time.
            cancels_on_silence: Whether resting orders are taken out when a connection is lost.
        """
        self.trader = trader
        self.container: StrategyContainer | None = None
        self.strangers = 0
        self._feed = feed
        self._orders = orders
        self._clock = clock
        self._cancels_on_silence = cancels_on_silence
        #: The time of what is being delivered, in nanoseconds since 1970; never runs back.
        self.now_ns = clock.now_ns()
        self._depths: dict[str, int] = {}
        self._seen: dict[str, bytes] = {}
        #: A feed's book goes on changing: it is asked for once.
        self._books: dict[str, BookView] = {}
        self._deltas: set[str] = set()
        self._timers: dict[int, int] = {}
        self._due: list[tuple[int, int]] = []
        self._numbers = count(1)
        self._balances: dict[str, Decimal] = {}
        self._budgets: dict[str, Budget] = {}
        self._log = get_logger("tradecore.strategy_host")

    @property
    def face(self) -> LiveHost:
        """What a container is made with."""
        return self

    def close(self, state: Mapping[str, object] | None = None) -> None:
        """Nothing was kept: there is nothing to end."""

    # What a container asks for

    def book(self, symbol: str) -> BookView:
        """Return the book of a symbol."""
        return self._book(self.trader.instrument(symbol).symbol)

    def subscribe(self, subscription: Subscription) -> None:
        """Add to what is delivered."""
        self._feed.subscribe(subscription)
        symbol = subscription.symbol
        if subscription.book:
            self._depths[symbol] = max(subscription.book, self._depths.get(symbol, 0))
        if subscription.book_deltas:
            self._deltas.add(symbol)

    def set_timer(self, at_ns: int, /, *, every_ns: int = 0) -> int:
        """Ring at a time of the wall clock and then each period."""
        number = next(self._numbers)
        self._timers[number] = every_ns
        heapq.heappush(self._due, (at_ns, number))
        return number

    def cancel_timer(self, timer_id: int, /) -> bool:
        """Take a timer out."""
        return self._timers.pop(timer_id, None) is not None

    def balances(self) -> Mapping[str, Decimal]:
        """Return what the venue last said the account holds."""
        return dict(self._balances)

    def budget(self, exchange: str) -> Budget | None:
        """Return what the venue's rate limit leaves, as the engine last said."""
        return self._budgets.get(exchange.upper())

    def request_bars(self, symbol: str, *, period: str, count: int) -> None:
        """Refuse: past bars are not asked for over the bus.

        Raises:
            UnsupportedError: Always.
        """
        raise UnsupportedError(
            f"a live host has no past bars: symbol={symbol}, period={period}, count={count}"
        )

    # What happens

    def start(self, container: StrategyContainer) -> None:
        """Run `on_start` and send what it asks for."""
        self.container = container
        self._advance()
        container.start()
        self._send()

    def stop(self) -> None:
        """Run `on_stop`, and take every resting order out."""
        self._advance()
        if self.container is not None:
            self.container.stop()
        self.trader.halt(now_ns=self.now_ns)
        self._send()

    def hear_book(self, symbol: str) -> None:
        """A book changed; the strategy hears of it if its subscribed depth did."""
        container = self.container
        now_ns = self._clock.now_ns()
        if container is None or now_ns < self.now_ns:
            container = self._running()
        else:
            self.now_ns = now_ns
        book = self._books.get(symbol)
        if book is None:
            book = self._book(symbol)
        if symbol in self._deltas:
            container.deliver("on_book_delta", book)
        depth = self._depths.get(symbol)
        if depth:
            shown = book.depth_key(depth)
            if shown is None:
                self._seen.pop(symbol, None)
            elif shown != self._seen.get(symbol):
                self._seen[symbol] = shown
                container.deliver_book(book)
        self._send()

    def hear_bodies(self, symbol: str, book: WireBook, bodies: Sequence[bytes]) -> None:
        """Changes of a book came over the bus; the strategy hears of it as of a book's change."""
        if book.apply_many(bodies):
            self.hear_book(symbol)

    def clear_books(self, books: Iterable[WireBook]) -> None:
        """Forget every book: what stood there when a stream fell silent must not be traded on."""
        for book in books:
            book.clear()

    def hear_trade(self, trade: Trade) -> None:
        """A trade was printed."""
        self._running().deliver_trade(trade)
        self._send()

    def hear_quote(self, quote: Quote) -> None:
        """The venue published its best bid and ask."""
        self._running().deliver_quote(quote)
        self._send()

    def hear(self, update: OrderUpdate) -> None:
        """Evidence about an order came; of one that is not ours it is only counted."""
        container = self._running()
        order = self.trader.order(update.client_order_id)
        if order is None:
            self.strangers += 1
            return
        self.trader.apply(
            order.key,
            update.reply,
            ts_event_ns=update.ts_event_ns,
            ts_recv_ns=update.ts_recv_ns,
            exec_id=update.exec_id,
            price=update.price,
            quantity=update.quantity,
            liquidity=update.liquidity,
            fee=self._fee(update),
            reject_code=update.reject_code,
            reject_text=update.reject_text,
            stop_price=update.stop_price,
        )
        container.deliver_events()
        self._send()

    def hear_balance(self, balance: Balance) -> None:
        """A balance changed."""
        self._balances[balance.currency] = balance.total
        self._other("on_balance", balance)

    def hear_budget(self, exchange: str, budget: Budget) -> None:
        """The engine said what the venue's rate limit leaves."""
        self._budgets[exchange.upper()] = budget

    def hear_connection(self, change: ConnectionChange) -> None:
        """A connection changed; resting orders are taken out when one is lost, if wanted."""
        self._seen.clear()
        self._other("on_connection", change)
        if change.state in LOST and self._cancels_on_silence:
            canceled = self.trader.cancel_all(now_ns=self.now_ns)
            if canceled:
                self._log.warning("canceled on silence", peer=change.peer, orders=canceled)
            self._send()

    def hear_risk(self, alert: RiskAlert) -> None:
        """A limit was neared or reached."""
        self._other("on_risk", alert)

    def hear_reconciled(
        self,
        symbol: str,
        client_order_ids: tuple[str, ...],
        *,
        before: Decimal,
        after: Decimal,
        ts_recv_ns: int,
    ) -> None:
        """Our books were set to the venue's."""
        found = (self.trader.order(name) for name in client_order_ids)
        difference = Reconciliation(
            symbol=symbol,
            orders=tuple(order for order in found if order is not None),
            position_before=before,
            position_after=after,
            ts_recv_ns=ts_recv_ns,
        )
        self._other("on_reconcile", difference)

    def hear_other(self, callback: str, payload: object) -> None:
        """Anything else happened, such as `on_inventory`.

        Raises:
            InputError: If there is no such callback.
        """
        self._other(callback, payload)

    @property
    def due_ns(self) -> int | None:
        """When the next timer is, in nanoseconds since 1970."""
        return self._due[0][0] if self._due else None

    def ring(self) -> int | None:
        """Ring what is due, and return when the next timer is, in nanoseconds since 1970."""
        self._advance()
        for _ in range(TIMERS_A_TURN):
            if not self._due or self._due[0][0] > self.now_ns:
                break
            at_ns, number = heapq.heappop(self._due)
            every_ns = self._timers.get(number)
            if every_ns is None:
                continue
            if every_ns:
                # What was missed while the machine slept is not rung late, over and over.
                late = (self.now_ns - at_ns) // every_ns
                heapq.heappush(self._due, (at_ns + (late + 1) * every_ns, number))
            else:
                del self._timers[number]
            self._running().deliver_timer(number)
            self._send()
        return self.due_ns

    # Inside

    def _book(self, symbol: str) -> BookView:
        book = self._books[symbol] = self._feed.book(symbol)
        return book

    def _advance(self) -> None:
        now_ns = self._clock.now_ns()
        if now_ns > self.now_ns:  # noqa: PLR1730 - a call less in the way of an order
            self.now_ns = now_ns

    def _running(self) -> StrategyContainer:
        self._advance()
        if self.container is None:
            raise InputError("a live host hears of the market once its strategy was started")
        return self.container

    def _other(self, callback: str, payload: object) -> None:
        self._running().deliver(callback, payload)
        self._send()

    def _fee(self, update: OrderUpdate) -> Decimal | None:
        return update.fee if update.reply == "filled" else None

    def _send(self) -> None:
        """Hand on every command the callbacks have left, in order."""
        while commands := self.trader.take_commands():
            for word, order, terms in commands:
                if word == "new":
                    # Here, and not in a function of its own: a call less in the way of an order.
                    name, symbol, side, kind, size, price, life, post, reduce, stop, trail = (
                        order.request()
                    )
                    self._orders.submit(
                        NewOrder(
                            client_order_id=name,
                            symbol=symbol,
                            side=side,
                            type=kind,
                            quantity=size,
                            price=price,
                            time_in_force=life,
                            post_only=post,
                            reduce_only=reduce,
                            stop_price=stop,
                            trailing_distance=trail,
                        )
                    )
                elif word == "cancel":
                    self._orders.cancel(_cancel(order))
                elif terms is not None:
                    self._orders.modify(self._change(order, terms))

    def _change(self, order: Order, terms: tuple[int, ...]) -> ModifyOrder:
        instrument = self.trader.instrument(order.symbol)
        price, quantity, *stop = terms
        return ModifyOrder(
            client_order_id=order.client_order_id,
            symbol=order.symbol,
            side=order.side,
            price=instrument.price(price) if price else None,
            quantity=instrument.quantity(quantity),
            stop_price=instrument.price(stop[0]) if stop else None,
        )


def _cancel(order: Order) -> CancelOrder:
    return CancelOrder(client_order_id=order.client_order_id, symbol=order.symbol)
