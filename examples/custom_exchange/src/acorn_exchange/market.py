"""Public data: one channel, a book that begins with its snapshot, and trades."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from acorn_exchange.messages import Book, MalformedError, Print, Refusal, read_said, write
from acorn_exchange.requests import NS_PER_US
from tradecore.core import BookGapError, InputError
from tradecore.exchanges.base import (
    BookChanged,
    BookStale,
    ChannelDown,
    ChannelUp,
    Connect,
    Fault,
    Faulted,
    FaultKind,
    Frame,
    KeptBook,
    Message,
)
from tradecore.model import Trade

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tradecore.exchanges.base import ConnectorSettings, Event, Incoming, Outgoing
    from tradecore.model import BookView, InstrumentTerms, Subscription

CHANNEL: Final = "public"


class AcornSubscriber:
    """Keeps books and tells trades; see `tradecore.exchanges.base.ExchangeSubscriber`."""

    def __init__(self, settings: ConnectorSettings, terms: Sequence[InstrumentTerms], /) -> None:
        """Wait for subscriptions."""
        self._settings = settings
        self._instruments = {one.instrument.symbol: one.instrument for one in terms}
        self._books = {symbol: KeptBook(one) for symbol, one in self._instruments.items()}
        self._subscribed: dict[str, Subscription] = {}
        self._generation = 0
        self._out: list[Outgoing] = []

    def start(self, now_ns: int, /) -> None:
        """Ask for the channel."""
        del now_ns
        urls, age_ns = self._settings.endpoints.urls(CHANNEL), self._settings.max_age_ns
        self._out.append(Connect(channel=CHANNEL, urls=urls, max_age_ns=age_ns))

    def subscribe(self, subscription: Subscription, /) -> None:
        """Hear a symbol.

        Raises:
            InputError: If it is none of the terms.
        """
        if subscription.symbol not in self._instruments:
            raise InputError(f"a symbol is one of the terms: symbol={subscription.symbol!r}")
        self._subscribed[subscription.symbol] = subscription
        self._tell("subscribe", [subscription.symbol])

    def unsubscribe(self, symbol: str, /) -> None:
        """Hear nothing more of it."""
        if self._subscribed.pop(symbol, None) is not None:
            self._tell("unsubscribe", [symbol])
            self._books[symbol].lost()

    def _tell(self, op: str, markets: list[str]) -> None:
        if self._generation and markets:
            text = write({"op": op, "markets": markets}).decode()
            self._out.append(Frame(channel=CHANNEL, text=text, generation=self._generation))

    def book(self, symbol: str, /) -> BookView:
        """Return the book that follows the venue's."""
        return self._books[symbol].book

    def take_update(self, symbol: str, /, *, snapshot: bool = False) -> bytes | None:
        """Return the book's changes since the last call."""
        return self._books[symbol].take_update(snapshot=snapshot)

    def pending(self) -> Sequence[Outgoing]:
        """Return what is to be sent."""
        out, self._out = self._out, []
        return out

    def tick(self, now_ns: int, /) -> Sequence[Event]:
        """Nothing here depends on time: the pump watches the connection."""
        del now_ns
        return ()

    def receive(self, incoming: Incoming, ts_recv_ns: int, /) -> Sequence[Event]:
        """Take what came."""
        match incoming:
            case Message(channel=channel, data=data) if channel == CHANNEL:
                # A connection that was replaced says nothing any more.
                return self._heard(data, ts_recv_ns) if self._is_new(incoming.generation) else []
            case ChannelUp(channel=channel, generation=generation) if channel == CHANNEL:
                events = self._lost("a new connection") if self._generation else []
                self._generation = generation
                self._tell("subscribe", sorted(self._subscribed))
                return events
            case ChannelDown(channel=channel, generation=generation) if channel == CHANNEL:
                if generation < self._generation:
                    return []
                self._generation = 0
                return self._lost(incoming.reason)
            case _:
                return []

    def _is_new(self, generation: int) -> bool:
        return bool(self._generation) and generation == self._generation

    def _lost(self, reason: str) -> list[Event]:
        """Every book may have changed unseen."""
        events: list[Event] = []
        for symbol in sorted(self._subscribed):
            if not self._books[symbol].book.is_stale:
                events.append(BookStale(symbol, reason))
            self._books[symbol].lost()
        return events

    def _heard(self, data: bytes, ts_recv_ns: int) -> list[Event]:
        try:
            said = read_said(data)
            if isinstance(said, Book) and said.market in self._subscribed:
                return self._changed(said, ts_recv_ns)
            if isinstance(said, Print) and said.market in self._subscribed:
                return self._printed(said, ts_recv_ns)
            if isinstance(said, Refusal):
                return [_fault(FaultKind.PARAMETER, f"{said.code}: {said.text}"[:200])]
        except (MalformedError, InputError) as error:
            return [_fault(FaultKind.MALFORMED, str(error)[:200])]
        return []

    def _changed(self, said: Book, ts_recv_ns: int) -> list[Event]:
        kept = self._books[said.market]
        at = {"ts_event_ns": said.at_us * NS_PER_US, "ts_recv_ns": ts_recv_ns}
        if said.is_whole:
            kept.snapshot(said.bids, said.asks, last_id=said.number, **at)
            return [BookChanged(said.market)]
        try:
            done = kept.delta(said.bids, said.asks, first_id=said.number, last_id=said.number, **at)
        except BookGapError as error:
            # Whoever subscribes anew gets a snapshot.
            self._tell("subscribe", [said.market])
            return [BookStale(said.market, str(error))]
        return [BookChanged(said.market)] if done == "applied" else []

    def _printed(self, said: Print, ts_recv_ns: int) -> list[Event]:
        if not self._subscribed[said.market].trades:
            return []
        known = self._instruments[said.market]
        return [
            Trade(
                instrument=known,
                trade_id=said.number,
                price_ticks=known.ticks(said.price),
                quantity_lots=known.lots(said.quantity),
                aggressor=said.aggressor,
                ts_event_ns=said.at_us * NS_PER_US,
                ts_recv_ns=ts_recv_ns,
            )
        ]


def _fault(kind: FaultKind, text: str) -> Faulted:
    return Faulted(fault=Fault(kind=kind, code=kind.name, text=text, where=CHANNEL))
