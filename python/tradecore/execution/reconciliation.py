"""Asks the venue for everything after a gap, and says when all of it has come."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from tradecore.exchanges.base import FillsListed, OpenOrdersListed, PositionsListed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tradecore.exchanges.base import Event, ExchangeDataFetcher
    from tradecore.model.venue import VenueFill

__all__ = ["Reconciler", "Since"]

#: After so long without all the answers everything is asked for again.
ASK_AGAIN_NS: Final = 5_000_000_000


@dataclass(frozen=True, slots=True)
class Since:
    """From where on fills of a symbol are not known: after an execution id, else since a time."""

    exec_id: int
    time_ns: int


@dataclass(slots=True)
class Reconciler:
    """One round of questions at a time; a new gap starts a new round and drops the old one."""

    fetcher: ExchangeDataFetcher
    is_running: bool = False
    asked_ns: int = 0
    orders: OpenOrdersListed | None = None
    positions: PositionsListed | None = None
    fills: dict[str, list[VenueFill]] = field(default_factory=dict)
    _missing: set[str] = field(default_factory=set)
    _since: dict[str, Since] = field(default_factory=dict)

    def begin(self, since: Mapping[str, Since], *, now_ns: int, venue_ns: int) -> None:
        """Ask for open orders, fills of these symbols, positions and balances."""
        self.is_running = True
        self.asked_ns = now_ns
        self.orders = self.positions = None
        self.fills = {symbol: [] for symbol in since}
        self._missing = set(since)
        self._since = dict(since)
        self.fetcher.fetch_open_orders(None, now_ns=now_ns, venue_ns=venue_ns)
        for symbol, start in since.items():
            self.fetcher.fetch_fills(
                symbol,
                since_exec_id=start.exec_id,
                since_ns=start.time_ns,
                now_ns=now_ns,
                venue_ns=venue_ns,
            )
        self.fetcher.fetch_positions(now_ns=now_ns, venue_ns=venue_ns)
        self.fetcher.fetch_balances(now_ns=now_ns, venue_ns=venue_ns)

    def stop(self) -> None:
        """Drop a round: the stream is lost again."""
        self.is_running = False

    def hear(self, event: Event) -> bool:
        """Take an answer; return whether it was the last one of the round."""
        if not self.is_running:
            return False
        match event:
            case OpenOrdersListed(symbol=None) if event.asked_ns >= self.asked_ns:
                self.orders = event
            case PositionsListed():
                self.positions = event
            case FillsListed(symbol=symbol) if symbol in self.fills and self._wanted(event):
                self.fills[symbol].extend(event.fills)
                if event.is_whole:
                    self._missing.discard(symbol)
            case _:
                return False
        is_complete = not self._missing and self.orders is not None and self.positions is not None
        self.is_running = not is_complete
        return is_complete

    def _wanted(self, event: FillsListed) -> bool:
        since = self._since[event.symbol]
        if since.exec_id > 0:
            return event.since_ns is None and event.asked_ns >= self.asked_ns
        return event.is_answer_to(asked_ns=self.asked_ns, since_ns=since.time_ns)

    def tick(self, *, now_ns: int, venue_ns: int) -> None:
        """Ask again for what did not come."""
        if self.is_running and now_ns - self.asked_ns >= ASK_AGAIN_NS:
            self.begin(self._since, now_ns=now_ns, venue_ns=venue_ns)
