"""The market server: follows a venue's public data and passes it on, numbered."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from tradecore.exchanges.base import BookChanged, BookStale, ExchangeBatchSubscriber
from tradecore.model import (
    Bar,
    FundingRate,
    MarkPrice,
    Quote,
    Subscription,
    Ticker,
    Trade,
)
from tradecore.processes.venue_link import VenueLink
from tradecore.processes.wiring import (
    bus_context,
    bus_limits,
    connector_settings,
    plugin_of,
    server_keys,
)
from tradecore.transport.bus import Doorkeeper, Publisher
from tradecore.wire import Kind, encode

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tradecore.exchanges.base import Codec, Event, ExchangeSubscriber
    from tradecore.processes.host import Host
    from tradecore.processes.settings import MarketServerSettings

__all__ = ["MarketServer", "market_topic"]

STREAM: Final = 7_001
_CHANNELS: Final = (
    (Trade, "trade"),
    (Quote, "quote"),
    (MarkPrice, "mark"),
    (FundingRate, "funding"),
    (Ticker, "ticker"),
    (Bar, "bar"),
)


def market_topic(exchange: str, symbol: str, channel: str) -> str:
    """Return the topic of a symbol's channel: `EXCHANGE.SYMBOL.channel`."""
    return f"{exchange}.{symbol}.{channel}"


class MarketServer:
    """The service of a market server process."""

    def __init__(self, settings: MarketServerSettings, *, epoch: int) -> None:
        """Take settings; nothing is opened yet.

        Args:
            settings: The process's.
            epoch: Which life of its stream this is; higher at each start.
        """
        self.settings = settings
        self._epoch = epoch
        self._exchange = settings.global_.exchange_name
        self._context = bus_context(settings.performance)
        self._keeper: Doorkeeper | None = None
        self._publisher: Publisher | None = None
        self._link: VenueLink | None = None
        self._subscriber: ExchangeSubscriber | None = None
        self._whole: set[str] = set()
        self._host: Host | None = None

    async def start(self, host: Host) -> None:
        """Bind, learn what the venue trades, and follow what is wanted of it."""
        self._host = host
        settings, data = self.settings, self.settings.market_data
        keys = server_keys(settings.curve)
        if keys is not None:
            allowed = {key.encode(): "reader" for key in settings.curve.allowed_keys}
            self._keeper = Doorkeeper(self._context, allowed)
        self._publisher = Publisher(
            self._context,
            settings.endpoints()["MARKET_DATA_PUB_ENDPOINT"],
            stream=STREAM,
            epoch=self._epoch,
            clock=host.clock,
            snapshot=self._snapshot,
            keeps_history=False,
            limits=bus_limits(settings.safety, settings.websocket),
            keys=keys,
        )
        connector = connector_settings(
            settings,
            plugin_of(settings),
            channels=("public", "market"),
            depth_ms=data.depth_interval_ms,
        )
        self._link = link = VenueLink(settings, connector, host, self._hear)
        terms = await link.instruments(data.symbols)
        self._subscriber = subscriber = link.plugin.subscriber(connector, terms)
        if isinstance(subscriber, ExchangeBatchSubscriber):
            subscriber.tells_updates = True
        for symbol in data.symbols:
            subscriber.subscribe(
                Subscription(
                    symbol=symbol,
                    book=1 if data.collect_orderbook else 0,
                    quotes=data.collect_ticker,
                    ticker=data.collect_ticker,
                    trades=data.collect_trades,
                    mark_price=data.collect_mark_price,
                    funding_rate=data.collect_mark_price,
                )
            )
        subscriber.start(host.clock.now_ns())
        link.pump.add(subscriber)

    async def run(self) -> None:
        """Pass on until canceled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._show_books())
            if self._link is not None:
                group.create_task(self._link.run())

    async def _show_books(self) -> None:
        """Publish every book whole among its changes, for whoever only listens."""
        publisher, subscriber = self._publisher, self._subscriber
        while publisher is not None and subscriber is not None:
            await asyncio.sleep(self.settings.market_data.snapshot_interval_ms / 1e3)
            for symbol in sorted(self._whole):
                body = subscriber.take_update(symbol, snapshot=True)
                if body is not None:
                    publisher.publish(self._book_topic(symbol), Kind.BOOK_UPDATE, body)

    async def stop(self) -> None:
        """Close everything: whoever listens asks again when we are back."""
        if self._link is not None:
            await self._link.aclose()
        if self._publisher is not None:
            self._publisher.close()
        if self._keeper is not None:
            self._keeper.close()
        self._context.term()

    def sample(self) -> None:
        """Note how the channels and the books fare."""
        host, link = self._host, self._link
        if host is None or link is None:
            return
        link.sample()
        wanted = set(self.settings.market_data.symbols)
        if self.settings.market_data.collect_orderbook:
            stale = sorted(wanted - self._whole)
            detail = f"stale: {', '.join(stale)}" if stale else "every book is whole"
            host.note("books", is_met=not stale, detail=detail)

    def _hear(self, codec: Codec, events: Sequence[Event]) -> None:
        host, publisher, subscriber = self._host, self._publisher, self._subscriber
        if host is None or publisher is None or subscriber is None or codec is not subscriber:
            return
        count = len(events)
        for event in events:
            match event:
                case BookChanged(symbol=symbol, updates=updates) if updates:
                    self._whole.add(symbol)
                    publisher.publish_many(self._book_topic(symbol), Kind.BOOK_UPDATE, updates)
                    count += len(updates) - 1
                case BookChanged(symbol=symbol):
                    self._whole.add(symbol)
                    self._publish_book(symbol, publisher, subscriber)
                case BookStale(symbol=symbol):
                    self._whole.discard(symbol)
                    host.metrics.gap("book")
                    self._publish_book(symbol, publisher, subscriber)
                case _:
                    self._publish_other(event, publisher)
        # Now, and not when the loop comes round again: what came together is together already.
        publisher.flush()
        host.metrics.bus("market", "out", count)

    def _publish_book(
        self, symbol: str, publisher: Publisher, subscriber: ExchangeSubscriber
    ) -> None:
        body = subscriber.take_update(symbol)
        if body is not None:
            publisher.publish(self._book_topic(symbol), Kind.BOOK_UPDATE, body)

    def _book_topic(self, symbol: str) -> str:
        return market_topic(self._exchange, symbol, "book")

    def _publish_other(self, event: Event, publisher: Publisher) -> None:
        for kind, channel in _CHANNELS:
            if isinstance(event, kind):
                topic = market_topic(self._exchange, event.symbol, channel)
                publisher.publish(topic, *encode(event), ts_event_ns=event.ts_event_ns)
                return

    def _snapshot(self, topic: str) -> Sequence[tuple[Kind, bytes]] | None:
        """Return the state of a book's topic; what was printed has none."""
        symbol, _, channel = topic.removeprefix(f"{self._exchange}.").rpartition(".")
        if channel != "book" or self._subscriber is None:
            return None
        body = self._subscriber.take_update(symbol, snapshot=True)
        return None if body is None else [(Kind.BOOK_UPDATE, body)]
