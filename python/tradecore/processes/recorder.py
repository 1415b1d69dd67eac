"""Records a venue's public data on a tape: a subscriber, a pump, a file."""

from __future__ import annotations

import asyncio
import random
from contextlib import suppress
from dataclasses import dataclass, field, replace
from decimal import Decimal
from difflib import get_close_matches
from typing import TYPE_CHECKING, BinaryIO, Final
from urllib.parse import urlsplit

from tradecore.core import InputError, TapeWriter
from tradecore.exchanges.base import (
    BookChanged,
    BookStale,
    ConnectorSettings,
    Endpoints,
    Faulted,
    InstrumentsListed,
)
from tradecore.model import FundingRate, MarkPrice, Quote, Subscription, Trade
from tradecore.processes.venue_visit import VenueSilentError
from tradecore.transport.breaker import Breaker
from tradecore.transport.http import HttpClient
from tradecore.transport.pump import Pump, PumpSettings

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tradecore.exchanges.base import Codec, Event, ExchangePlugin, ExchangeSubscriber
    from tradecore.model.venue import InstrumentTerms
    from tradecore.telemetry import Clock
    from tradecore.transport.channel import ChannelState

__all__ = ["RecordSettings", "Recorded", "Recorder", "endpoints_of"]

ASK_AGAIN_S: Final = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordSettings:
    """What is recorded, and how.

    Args:
        symbols: Whose data.
        depth_ms: Speed of books, where the venue has several.
        block_ns: How old a record may be before it is in the file: what a killed recorder loses.
        listing_ns: How long the venue may take to list what it trades.
    """

    symbols: tuple[str, ...]
    depth_ms: int = 100
    block_ns: int = 1_000_000_000
    listing_ns: int = 30_000_000_000


@dataclass(slots=True)
class Recorded:
    """How far a recording is.

    Args:
        records: On the tape.
        byte_count: In the file.
        gaps: Times a book could not be believed.
        connections_lost: Times a connection was lost.
        faults: Messages that could not be read, and requests that failed.
        last_fault: The last of those.
    """

    records: int = 0
    byte_count: int = 0
    gaps: int = 0
    connections_lost: int = 0
    faults: int = 0
    last_fault: str = ""
    whole: set[str] = field(default_factory=set)


def endpoints_of(
    plugin: ExchangePlugin, *, asset_type: str, is_testnet: bool, rest: str = "", stream: str = ""
) -> Endpoints:
    """Return the venue's addresses, or the same routes of another host.

    Args:
        plugin: The venue's.
        asset_type: What is traded there.
        is_testnet: Whether its addresses for tests are meant.
        rest: Of requests, such as `http://127.0.0.1:18080`; the venue's own if empty.
        stream: Of streams, without a route; likewise.

    Raises:
        InputError: If the venue has no such assets.
    """
    own = plugin.endpoints(asset_type=asset_type, is_testnet=is_testnet)
    if not stream:
        return replace(own, rest=rest or own.rest)
    channels = {name: stream.rstrip("/") + urlsplit(url).path for name, url in own.channels.items()}
    return Endpoints(rest=rest or own.rest, channels=channels)


class Recorder:
    """One recording: listens until it is told to stop, and leaves a whole tape."""

    def __init__(
        self,
        plugin: ExchangePlugin,
        endpoints: Endpoints,
        settings: RecordSettings,
        out: BinaryIO,
        clock: Clock,
    ) -> None:
        """Make the parts; nothing is asked for before `run`.

        Args:
            plugin: The venue's.
            endpoints: Where it is.
            settings: What is recorded.
            out: Where the tape goes, from its front on.
            clock: What stamps whatever comes.
        """
        self.state = Recorded()
        self._plugin = plugin
        self._connector = ConnectorSettings(endpoints=endpoints, depth_ms=settings.depth_ms)
        self._settings = settings
        self._out = out
        self._clock = clock
        self._http = HttpClient()
        self._pump = Pump(
            http=self._http,
            clock=clock,
            on_events=self._hear,
            random=random.SystemRandom().random,
            settings=PumpSettings(),
            breaker=Breaker(),
        )
        self._listed: InstrumentsListed | None = None
        self._arrived = asyncio.Event()
        self._subscriber: ExchangeSubscriber | None = None
        self._writer: TapeWriter | None = None
        self._last_ids: dict[str, int] = {}
        self._rates: dict[str, FundingRate] = {}
        self._marks: dict[str, MarkPrice] = {}
        self._cut: set[str] = set()
        self._generations: dict[str, int] = {}

    async def run(
        self, stop: asyncio.Event, report: Callable[[Recorded], None] | None = None
    ) -> Recorded:
        """Record until `stop`; the file is a whole tape whatever ends it.

        Args:
            stop: Set when it is enough.
            report: Told how far it is, each time a block is written.

        Raises:
            InputError: If a symbol is not traded there; the nearest that are get named.
            VenueSilentError: If the venue does not list what it trades.
            OSError: If the file cannot be written.
        """
        driving = asyncio.create_task(self._pump.run())
        stopping = asyncio.create_task(stop.wait())
        try:
            terms = await self._terms()
            self._listen(terms)
            while not (driving.done() or stopping.done()):
                await asyncio.wait(
                    {driving, stopping},
                    timeout=self._settings.block_ns / 1e9,
                    return_when=asyncio.FIRST_COMPLETED,
                )
                self._look()
                self._write()
                if report is not None:
                    report(self.state)
            if driving.done():
                driving.result()
        finally:
            driving.cancel()
            stopping.cancel()
            await asyncio.gather(driving, stopping, return_exceptions=True)
            await self._pump.aclose()
            await self._http.aclose()
            self._finish()
        return self.state

    async def _terms(self) -> list[InstrumentTerms]:
        fetcher = self._plugin.data_fetcher(self._connector)
        self._pump.add(fetcher)
        try:
            async with asyncio.timeout(self._settings.listing_ns / 1e9):
                while self._listed is None:
                    fetcher.fetch_instruments(self._clock.now_ns())
                    self._pump.flush(fetcher)
                    with suppress(TimeoutError):
                        async with asyncio.timeout(ASK_AGAIN_S):
                            await self._arrived.wait()
        except TimeoutError:
            asked = self._connector.endpoints.rest
            last = f", last {self.state.last_fault}" if self.state.last_fault else ""
            raise VenueSilentError(f"the venue lists what it trades: asked {asked}{last}") from None
        known = {one.instrument.symbol: one for one in self._listed.terms}
        for symbol in self._settings.symbols:
            if symbol not in known:
                near = ", ".join(get_close_matches(symbol, known, n=3)) or "none"
                raise InputError(f"the venue does not trade this: symbol={symbol}, near {near}")
        return [known[symbol] for symbol in self._settings.symbols]

    def _listen(self, terms: Sequence[InstrumentTerms]) -> None:
        self._writer = TapeWriter(
            [one.instrument for one in terms], origin=f"record {self._plugin.name}"
        )
        self._subscriber = subscriber = self._plugin.subscriber(self._connector, terms)
        for one in terms:
            subscriber.subscribe(
                Subscription(
                    symbol=one.instrument.symbol,
                    book=1,
                    quotes=True,
                    trades=True,
                    mark_price=True,
                    funding_rate=True,
                )
            )
        subscriber.start(self._clock.now_ns())
        self._pump.add(subscriber)
        self._write()

    def _hear(self, codec: Codec, events: Sequence[Event]) -> None:
        for event in events:
            if isinstance(event, InstrumentsListed):
                self._listed = event
                self._arrived.set()
            elif isinstance(event, Faulted):
                fault = event.fault
                self.state.faults += 1
                self.state.last_fault = f"{fault.where}: {fault.code} {fault.text}"
            elif codec is self._subscriber and self._writer is not None:
                self._put(event, self._writer)

    def _put(self, event: Event, writer: TapeWriter) -> None:
        match event:
            case BookChanged(symbol=symbol):
                self._put_book(symbol, writer)
            case BookStale(symbol=symbol):
                self.state.gaps += 1
                self.state.whole.discard(symbol)
                self._break(symbol, writer)
            case Trade():
                writer.trade(
                    event.symbol,
                    trade_id=event.trade_id,
                    price_ticks=event.price_ticks,
                    quantity_lots=event.quantity_lots,
                    aggressor=event.aggressor,
                    ts_event_ns=event.ts_event_ns,
                    ts_recv_ns=event.ts_recv_ns,
                )
            case Quote():
                # The venue's number of it is not told; it counts until the book's next change.
                writer.quote(
                    event.symbol,
                    update_id=self._last_ids.get(event.symbol, 0) + 1,
                    bid_ticks=event.bid_ticks,
                    bid_lots=event.bid_lots,
                    ask_ticks=event.ask_ticks,
                    ask_lots=event.ask_lots,
                    ts_event_ns=event.ts_event_ns,
                    ts_recv_ns=event.ts_recv_ns,
                )
            case MarkPrice():
                self._marks[event.symbol] = event
                self._put_funding(event.symbol, event.ts_event_ns, writer)
            case FundingRate():
                self._rates[event.symbol] = event
                self._put_funding(event.symbol, event.ts_event_ns, writer)
            case _:
                pass

    def _put_book(self, symbol: str, writer: TapeWriter) -> None:
        subscriber = self._subscriber
        if subscriber is None:
            return
        # The first of a book, and the first after it was lost, is the whole of it.
        body = subscriber.take_update(symbol)
        if body is None:
            return
        if symbol in self._cut:
            self._cut.discard(symbol)
            writer.mark_break(symbol, "connected", ts_ns=self._clock.now_ns())
        self._last_ids[symbol] = writer.book(symbol, body)
        self.state.whole.add(symbol)

    def _put_funding(self, symbol: str, ts_event_ns: int, writer: TapeWriter) -> None:
        """Write what is known of both, once both were told."""
        rate, mark = self._rates.get(symbol), self._marks.get(symbol)
        if rate is None or mark is None or rate.ts_event_ns != mark.ts_event_ns:
            return
        writer.funding(
            symbol,
            rate=rate.rate,
            mark_price=mark.mark or Decimal(0),
            next_ns=rate.next_funding_ns,
            ts_event_ns=ts_event_ns,
            ts_recv_ns=self._clock.now_ns(),
        )

    def _break(self, symbol: str, writer: TapeWriter) -> None:
        """Write down why a book is not to be believed: its connection, or a gap."""
        is_cut = any(not one.is_up for one in self._channels())
        if is_cut:
            self._cut.add(symbol)
        now_ns = self._clock.now_ns()
        writer.mark_break(symbol, "disconnected" if is_cut else "gap", ts_ns=now_ns)

    def _channels(self) -> tuple[ChannelState, ...]:
        subscriber = self._subscriber
        return () if subscriber is None else self._pump.channels(subscriber)

    def _look(self) -> None:
        """Count the connections that had to be made again."""
        for one in self._channels():
            before = self._generations.get(one.channel, 0)
            if before and one.generation > before:
                self.state.connections_lost += one.generation - before
            self._generations[one.channel] = one.generation

    def _write(self) -> None:
        writer = self._writer
        if writer is None:
            return
        writer.flush()
        self._append(writer.take())
        self.state.records = writer.event_count

    def _append(self, data: bytes) -> None:
        self._out.write(data)
        self._out.flush()
        self.state.byte_count += len(data)

    def _finish(self) -> None:
        writer, self._writer = self._writer, None
        if writer is not None:
            self.state.records = writer.event_count
            self._append(writer.finish())
