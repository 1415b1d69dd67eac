"""Market data from the bus: books that follow the market server's, and prints."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from tradecore.core import UnknownSymbolError, WireBook
from tradecore.model import ConnectionChange
from tradecore.model.errors import UnsupportedError
from tradecore.processes.bodies import readable
from tradecore.processes.market_server import market_topic
from tradecore.transport.bus import Subscriber
from tradecore.wire import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import zmq

    from tradecore.core import Instrument
    from tradecore.model import Subscription
    from tradecore.processes.recorded_host import AnyHost
    from tradecore.telemetry import Clock
    from tradecore.transport.bus import Batch, BusLimits, ClientKeys, Status

__all__ = ["CONNECTION_WORDS", "BusFeed"]

#: What a stream's status is to a strategy; other words are none of its business.
CONNECTION_WORDS: Final[dict[str, Any]] = {"up": "up", "stale": "silent", "dead": "down"}
_OTHERS: Final = {
    Kind.MARK_PRICE: "on_mark_price",
    Kind.FUNDING_RATE: "on_funding_rate",
    Kind.TICKER: "on_ticker",
    Kind.BAR: "on_bar",
}


class BusFeed:
    """The `MarketFeed` of a trader process."""

    def __init__(
        self,
        context: zmq.Context[zmq.Socket[bytes]],
        endpoint: str,
        *,
        exchange: str,
        instruments: Mapping[str, Instrument],
        clock: Clock,
        limits: BusLimits,
        keys: ClientKeys | None,
        on_gap: Callable[[], None],
        on_order: Callable[[int], None],
        orders_sent: Callable[[], int],
    ) -> None:
        """Take what is needed to follow; nothing is followed yet.

        Args:
            context: Makes the sockets.
            endpoint: Where the market server publishes.
            exchange: The venue's name, which topics begin with.
            instruments: What there is, by symbol.
            clock: For silence.
            limits: Habits of the sockets.
            keys: For a protected server.
            on_gap: Called when something was missed.
            on_order: Called with the nanoseconds from reading data to the order it caused.
            orders_sent: Returns how many commands were sent so far.
        """
        self.host: AnyHost | None = None
        self.messages = 0
        self._context, self._endpoint, self._exchange = context, endpoint, exchange
        self._instruments, self._clock = instruments, clock
        self._limits, self._keys, self._on_gap = limits, keys, on_gap
        self._on_order, self._orders_sent = on_order, orders_sent
        self._books: dict[str, WireBook] = {}
        self._topics: dict[str, str] = {}
        self._each: set[str] = set()
        self._subscribers: list[Subscriber] = []
        self._word = ""

    def book(self, symbol: str, /) -> WireBook:
        """Return the book of a symbol; it is stale until it was subscribed and came."""
        book = self._books.get(symbol)
        if book is None:
            instrument = self._instruments.get(symbol)
            if instrument is None:
                raise UnknownSymbolError(f"no book: symbol={symbol}")
            book = self._books[symbol] = WireBook(instrument)
        return book

    def subscribe(self, subscription: Subscription, /) -> None:
        """Follow what is asked for and not followed yet."""
        if subscription.bars:
            raise UnsupportedError(
                f"a market server publishes no bars: symbol={subscription.symbol}, "
                f"bars={', '.join(subscription.bars)}"
            )
        if subscription.book_deltas:
            self._each.add(subscription.symbol)
        wanted = {
            "book": subscription.book > 0 or subscription.book_deltas,
            "trade": subscription.trades,
            "quote": subscription.quotes,
            "ticker": subscription.ticker,
            "mark": subscription.mark_price,
            "funding": subscription.funding_rate,
        }
        topics = {
            market_topic(self._exchange, subscription.symbol, channel): subscription.symbol
            for channel, is_wanted in wanted.items()
            if is_wanted
        }
        fresh = [topic for topic in topics if topic not in self._topics]
        self._topics.update(topics)
        if fresh:
            subscriber = Subscriber(
                self._context,
                self._endpoint,
                topics=fresh,
                clock=self._clock,
                on_batch=self._batch,
                on_status=self._status,
                repair="snapshot",
                limits=self._limits,
                keys=self._keys,
            )
            self._subscribers.append(subscriber)

    @property
    def is_whole(self) -> bool:
        """Whether every stream is up and complete."""
        return all(subscriber.is_whole for subscriber in self._subscribers)

    def close(self) -> None:
        """Follow nothing more."""
        for subscriber in self._subscribers:
            subscriber.close()

    def _batch(self, batch: Batch) -> None:
        host, symbol = self.host, self._topics.get(batch.topic)
        if host is None or symbol is None:
            return
        self.messages += len(batch.bodies)
        began_ns, sent = self._clock.monotonic_ns(), self._orders_sent()
        self._deliver(host, symbol, batch)
        if self._orders_sent() > sent:
            self._on_order(self._clock.monotonic_ns() - began_ns)

    def _deliver(self, host: AnyHost, symbol: str, batch: Batch) -> None:
        if batch.kind is Kind.BOOK_UPDATE:
            book = self.book(symbol)
            # Who asked for every change hears of each; the others of where many have led.
            parts = [[body] for body in batch.bodies] if symbol in self._each else [batch.bodies]
            for bodies in parts:
                host.hear_bodies(symbol, book, bodies)
            return
        for value in readable(batch, lambda _text: self._on_gap(), instruments=self._instruments):
            if batch.kind is Kind.TRADE:
                host.hear_trade(value)
            elif batch.kind is Kind.QUOTE:
                host.hear_quote(value)
            elif batch.kind in _OTHERS:
                host.hear_other(_OTHERS[batch.kind], value)

    def _status(self, status: Status) -> None:
        if status.word in {"lost", "malformed"}:
            self._on_gap()
        state = CONNECTION_WORDS.get(status.word)
        if state is None or self.host is None or state == self._word:
            return
        self._word = state
        if state != "up":
            self.host.clear_books(self._books.values())
        change = ConnectionChange(
            peer="market_server", channel="market", state=state, ts_recv_ns=self._clock.now_ns()
        )
        self.host.hear_connection(change)
