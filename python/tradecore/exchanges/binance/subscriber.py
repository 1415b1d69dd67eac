"""Public data: streams subscribed, books kept in step with snapshots, events told."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from tradecore.core import BinanceFeed, InputError
from tradecore.exchanges.base import (
    BookChanged,
    BookStale,
    ChannelDown,
    ChannelUp,
    Connect,
    Failure,
    Faulted,
    FaultKind,
    HttpResponse,
    Message,
)
from tradecore.exchanges.binance.errors import classify_code, classify_http, faulted
from tradecore.exchanges.binance.market_events import bar, marks, ticker
from tradecore.exchanges.binance.messages import (
    ControlError,
    ControlReply,
    DayTicker,
    DepthParams,
    Kline,
    MalformedError,
    MarkPriceUpdate,
    decode_said,
)
from tradecore.exchanges.binance.rest import Rest, rates_of_headers
from tradecore.exchanges.binance.snapshots import LEVELS, SnapshotQueue
from tradecore.exchanges.binance.strays import StrayLevels
from tradecore.exchanges.binance.streams import MARKET, PUBLIC, Controls, streams_of
from tradecore.model import Quote, Trade

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tradecore.core import Instrument
    from tradecore.exchanges.base import ConnectorSettings, Event, Incoming, Outgoing
    from tradecore.model import BookView, InstrumentTerms, Subscription

_OK: Final = 200
_DEPTH: Final = "GET /fapi/v1/depth"
# What the feed says of a frame.
_CHANGED, _TRADE, _QUOTE, _WAITS, _OLD, _GAP, _MALFORMED = 1, 2, 3, 4, 5, 6, 7


@dataclass(slots=True)
class BinanceSubscriber:
    """Keeps books and tells what the market says; see `ExchangeSubscriber`."""

    settings: ConnectorSettings
    terms: Sequence[InstrumentTerms]
    tells_updates: bool = field(default=False, init=False)
    _feed: BinanceFeed = field(init=False)
    _strays: StrayLevels = field(default_factory=StrayLevels, init=False)
    _rest: Rest = field(init=False)
    _instruments: dict[str, Instrument] = field(init=False)
    _controls: dict[str, Controls] = field(init=False)
    _subscribed: dict[str, Subscription] = field(default_factory=dict, init=False)
    #: What is told of each of them when its book changed: one that says no more serves always.
    _changes: dict[str, tuple[Event]] = field(default_factory=dict, init=False)
    _snapshots: SnapshotQueue = field(default_factory=SnapshotQueue, init=False)
    _asked: dict[str, str] = field(default_factory=dict, init=False)
    _good: set[str] = field(default_factory=set, init=False)
    _connected: set[str] = field(default_factory=set, init=False)
    _is_started: bool = field(default=False, init=False)
    _out: list[Outgoing] = field(default_factory=list, init=False)

    def __post_init__(self) -> None:
        listed = [one.instrument for one in self.terms]
        self._feed = BinanceFeed(listed, chained=True)
        self._rest = Rest(self.settings, "market")
        self._instruments = {one.symbol: one for one in listed}
        self._controls = {name: Controls(name) for name in (PUBLIC, MARKET)}

    def start(self, now_ns: int, /) -> None:
        """Ask for the connections that are needed."""
        del now_ns
        self._is_started = True
        self._connect()

    def _connect(self) -> None:
        for name, controls in self._controls.items():
            if self._is_started and controls.wanted and name not in self._connected:
                self._connected.add(name)
                urls = self.settings.endpoints.urls(name)
                self._out.append(
                    Connect(channel=name, urls=urls, max_age_ns=self.settings.max_age_ns)
                )

    def subscribe(self, subscription: Subscription, /) -> None:
        """Hear what a subscription names, and all that was asked of its symbol before.

        Raises:
            InputError: If the symbol or a period is not known, or a connection would carry too
                much.
        """
        if subscription.symbol not in self._instruments:
            raise InputError(f"a symbol is one of the terms: symbol={subscription.symbol!r}")
        streams = streams_of(subscription, depth_ms=self.settings.depth_ms)
        for name, controls in self._controls.items():
            controls.want(streams[name])
        self._subscribed[subscription.symbol] = subscription
        self._changes[subscription.symbol] = (BookChanged(subscription.symbol),)
        self._connect()

    def unsubscribe(self, symbol: str, /) -> None:
        """Hear nothing more of a symbol."""
        prefix = f"{symbol.lower()}@"
        for controls in self._controls.values():
            controls.wanted = {one for one in controls.wanted if not one.startswith(prefix)}
        self._subscribed.pop(symbol, None)
        self._changes.pop(symbol, None)
        self._snapshots.forget(symbol)
        self._good.discard(symbol)
        if symbol in self._instruments:
            self._feed.clear(symbol)

    def book(self, symbol: str, /) -> BookView:
        """Return the book that follows the venue's.

        Raises:
            UnknownSymbolError: If it is none of the terms.
        """
        return self._feed.book(symbol)

    def take_update(self, symbol: str, /, *, snapshot: bool = False) -> bytes | None:
        """Return the book's changes since the last call, as the body of a bus message."""
        return self._feed.take_update(symbol, snapshot=snapshot)

    def pending(self) -> Sequence[Outgoing]:
        """Return what is to be sent."""
        out, self._out = self._out, []
        return out

    def tick(self, now_ns: int, /) -> Sequence[Event]:
        """Send what its turn has come for, and notice what was not answered."""
        events: list[Event] = []
        for name, controls in self._controls.items():
            events += [
                faulted(FaultKind.TRANSIENT, "no answer in time", f"{method} {name}")
                for method in controls.overdue(now_ns)
            ]
        self._drain(now_ns)
        return events

    def _drain(self, now_ns: int) -> None:
        for controls in self._controls.values():
            self._out += controls.frames(now_ns)
        for symbol in self._snapshots.due(now_ns):
            request = self._rest.public(
                _DEPTH, DepthParams(symbol=symbol, limit=LEVELS), limit=LEVELS
            )
            self._asked[request.request_id] = symbol
            self._out.append(request)

    def receive(self, incoming: Incoming, ts_recv_ns: int, /) -> Sequence[Event]:
        """Take what came; a book is told stale before anything else is told of it."""
        if not isinstance(incoming, Message):
            return self._became(incoming, ts_recv_ns)
        events: Sequence[Event] = ()
        if incoming.channel == PUBLIC:
            data, feed = incoming.data, self._feed
            code = feed.receive(data, ts_recv_ns=ts_recv_ns)
            if code == _CHANGED:
                events = self._changes.get(feed.symbol or "", ())
            else:
                events = self._judged(code, data, ts_recv_ns)
        elif incoming.channel == MARKET:
            events = self._said(incoming.data, MARKET)
        # A frame by itself gives nothing to send, unless a book has come to want a snapshot.
        if self._snapshots.waiting:
            self._drain(ts_recv_ns)
        return events

    def _became(self, incoming: Incoming, ts_recv_ns: int) -> list[Event]:
        """Take what became of a connection or a request."""
        events: list[Event] = []
        match incoming:
            case ChannelUp(channel=channel, generation=generation) if channel in self._controls:
                self._controls[channel].up(generation)
            case ChannelDown(channel=channel, generation=generation) if channel in self._controls:
                if self._controls[channel].down(generation) and channel == PUBLIC:
                    events = self._lost(incoming.reason)
            case HttpResponse(request=request) if request.request_id in self._asked:
                events = self._answered(incoming, self._asked.pop(request.request_id), ts_recv_ns)
            case Failure(request=request) if request.request_id in self._asked:
                symbol = self._asked.pop(request.request_id or "")
                events = [faulted(FaultKind.TRANSIENT, incoming.reason, _DEPTH)]
                self._again(symbol, ts_recv_ns)
            case _:
                pass
        self._drain(ts_recv_ns)
        return events

    def receive_many(
        self, channel: str, frames: list[bytes], generation: int, ts_recv_ns: int, /
    ) -> Sequence[Event]:
        """Take messages that came together; changes of books are read in one go."""
        events: list[Event] = []
        if channel != PUBLIC:
            for data in frames:
                events += self.receive(Message(channel, data, generation), ts_recv_ns)
            return events
        read = 0
        while read < len(frames):
            read, code, changed = self._feed.receive_many(frames, start=read, ts_recv_ns=ts_recv_ns)
            events += [
                BookChanged(symbol, tuple(updates))
                for symbol, updates in changed
                if symbol in self._subscribed
            ]
            if code not in {_CHANGED, _OLD}:
                events += self._judged(code, frames[read - 1], ts_recv_ns)
        if self._snapshots.waiting:
            self._drain(ts_recv_ns)
        return events

    def _lost(self, reason: str) -> list[Event]:
        """Every book may have changed unseen."""
        self._feed.clear()
        stale, self._good = sorted(self._good), set()
        return [BookStale(symbol, reason) for symbol in stale]

    def _again(self, symbol: str, now_ns: int) -> None:
        """Ask for a snapshot again after a while, if the book is still wanted."""
        self._snapshots.answered(symbol)
        if symbol in self._subscribed:
            self._snapshots.need(symbol, now_ns)

    def _judged(self, code: int, data: bytes, ts_recv_ns: int) -> list[Event]:
        """Return what follows from what the feed said of the frame it has just read."""
        symbol = self._feed.symbol
        if code == _MALFORMED:
            return self._refused(data, ts_recv_ns)
        if code == 0 or symbol is None:
            return self._said(data, PUBLIC)
        if symbol not in self._subscribed:
            return []
        events: list[Event] = []
        if code == _CHANGED:
            events = [BookChanged(symbol)]
        elif code == _TRADE:
            events = self._trade(symbol, ts_recv_ns)
        elif code == _QUOTE:
            events = self._quote(symbol, ts_recv_ns)
        elif code == _WAITS:
            self._snapshots.need(symbol, ts_recv_ns)
        elif code == _GAP:
            events = self._gap(symbol, ts_recv_ns)
        return events

    def _refused(self, data: bytes, ts_recv_ns: int) -> list[Event]:
        """Take a frame without its stray levels, if those were what the feed refused."""
        symbol, error = self._feed.symbol, self._feed.error or "a frame"
        if symbol is not None and symbol not in self._subscribed:
            return []
        if symbol is not None:
            tick = self._instruments[symbol].tick_size
            cleaned = self._strays.out_of_delta(symbol, tick, data)
            if cleaned is not None:
                code = self._feed.receive(cleaned, ts_recv_ns=ts_recv_ns)
                return self._judged(code, cleaned, ts_recv_ns)
        return [faulted(FaultKind.MALFORMED, error, PUBLIC)]

    def _gap(self, symbol: str, now_ns: int) -> list[Event]:
        self._snapshots.need(symbol, now_ns)
        if symbol not in self._good:
            return []
        self._good.discard(symbol)
        return [BookStale(symbol, self._feed.error or "an update is missing")]

    def _trade(self, symbol: str, ts_recv_ns: int) -> list[Event]:
        last = self._feed.last_trade
        if last is None or not self._subscribed[symbol].trades:
            return []
        trade_id, ticks, lots, aggressor, ts_event_ns = last
        return [
            Trade(
                instrument=self._instruments[symbol],
                trade_id=trade_id,
                price_ticks=ticks,
                quantity_lots=lots,
                aggressor=aggressor,
                ts_event_ns=ts_event_ns,
                ts_recv_ns=ts_recv_ns,
            )
        ]

    def _quote(self, symbol: str, ts_recv_ns: int) -> list[Event]:
        last = self._feed.last_quote
        if last is None or not self._subscribed[symbol].quotes:
            return []
        bid_ticks, bid_lots, ask_ticks, ask_lots, ts_event_ns = last
        return [
            Quote(
                instrument=self._instruments[symbol],
                bid_ticks=bid_ticks,
                bid_lots=bid_lots,
                ask_ticks=ask_ticks,
                ask_lots=ask_lots,
                ts_event_ns=ts_event_ns,
                ts_recv_ns=ts_recv_ns,
            )
        ]

    def _answered(self, response: HttpResponse, symbol: str, ts_recv_ns: int) -> list[Event]:
        events: list[Event] = [*rates_of_headers(response.headers)]
        if response.status != _OK:
            answered = classify_http(
                response.status, response.headers, response.body, _DEPTH, venue_ns=ts_recv_ns
            )
            self._again(symbol, ts_recv_ns + answered.fault.retry_after_ns)
            return [*events, Faulted(fault=answered.fault)]
        self._snapshots.answered(symbol)
        if symbol not in self._subscribed:
            return events
        code = self._snapshot(symbol, response.body, ts_recv_ns)
        if code == _CHANGED:
            self._good.add(symbol)
            self._snapshots.good(symbol, ts_recv_ns)
            return [*events, BookChanged(symbol)]
        if code == _OLD:
            return events
        self._snapshots.need(symbol, ts_recv_ns)
        if code == _MALFORMED:
            events.append(faulted(FaultKind.MALFORMED, self._feed.error or "a snapshot", _DEPTH))
        return events

    def _snapshot(self, symbol: str, body: bytes, ts_recv_ns: int) -> int:
        code = self._feed.snapshot(symbol, body, ts_recv_ns=ts_recv_ns)
        if code == _MALFORMED:
            tick = self._instruments[symbol].tick_size
            cleaned = self._strays.out_of_snapshot(symbol, tick, body)
            if cleaned is not None:
                code = self._feed.snapshot(symbol, cleaned, ts_recv_ns=ts_recv_ns)
        return code

    def _said(self, data: bytes, channel: str) -> list[Event]:
        try:
            said = decode_said(data)
            if isinstance(said, ControlError):
                self._controls[channel].answered(said.id)
                return [Faulted(fault=classify_code(said.error, f"SUBSCRIBE {channel}"))]
            if isinstance(said, ControlReply):
                self._controls[channel].answered(said.id)
                return []
            return self._market(said)
        except MalformedError as error:
            return [faulted(FaultKind.MALFORMED, str(error), channel)]

    def _market(self, said: object) -> list[Event]:
        """Return what a market event says of a symbol that is subscribed to."""
        wanted = self._subscribed.get(getattr(said, "symbol", ""))
        if wanted is None:
            return []
        if isinstance(said, MarkPriceUpdate):
            return marks(said, wanted)
        if isinstance(said, DayTicker) and wanted.ticker:
            return [ticker(said)]
        is_bar = isinstance(said, Kline) and said.candle.is_closed
        if isinstance(said, Kline) and is_bar and said.candle.interval in wanted.bars:
            return [bar(said)]
        return []
