"""Fills the venue counts and we do not, asked for by symbol: one question, however many orders."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from tradecore.oms.outcomes import LOOK_BACK_NS

if TYPE_CHECKING:
    from decimal import Decimal

    from tradecore.exchanges.base import ExchangeDataFetcher, FillsListed
    from tradecore.execution.desk_orders import DeskOrder

__all__ = ["MissingFills"]

#: The least time between two questions about a symbol, answered or not.
EVERY_NS: Final = 100_000_000
#: After so long without a whole answer the question is put again.
AGAIN_NS: Final = 1_000_000_000
#: Each further wait is double the one before, up to this.
WAIT_MAX_NS: Final = 4_000_000_000
#: How often the fills of an ended order are asked for; then the audit of positions has to do.
TRIES_MAX: Final = 10


@dataclass(slots=True)
class _Short:
    order: DeskOrder
    cumulative: Decimal
    tries: int = 0

    @property
    def is_over(self) -> bool:
        is_told = self.order.cumulative >= self.cumulative
        return is_told or (not self.order.is_open and self.tries >= TRIES_MAX)


@dataclass(slots=True)
class MissingFills:
    """Orders of which the venue said that more traded than we were told."""

    fetcher: ExchangeDataFetcher
    _short: dict[str, _Short] = field(default_factory=dict)
    #: By symbol, when fills were asked for last, and where the answer is not whole yet.
    _asked: dict[str, int] = field(default_factory=dict)
    _under_way: set[str] = field(default_factory=set)

    def __len__(self) -> int:
        return len(self._short)

    def want(self, order: DeskOrder, cumulative: Decimal, *, now_ns: int, venue_ns: int) -> None:
        """Note that so much of an order traded, and ask for what is missing, now or soon."""
        known = self._short.get(order.client_order_id)
        if known is None or known.cumulative < cumulative:
            self._short[order.client_order_id] = _Short(order, cumulative)
        if order.symbol not in self._under_way:
            self._ask(order.symbol, _start_ns(order), now_ns, venue_ns)

    def hear(self, listed: FillsListed) -> None:
        """Note that an answer is whole."""
        if listed.is_whole:
            self._under_way.discard(listed.symbol)

    def tick(self, *, now_ns: int, venue_ns: int) -> None:
        """Ask for the fills of each symbol that lacks some, since the oldest order that does."""
        since: dict[str, int] = {}
        tries: dict[str, int] = {}
        for name, short in [*self._short.items()]:
            if short.is_over:
                del self._short[name]
                continue
            symbol, start_ns = short.order.symbol, _start_ns(short.order)
            since[symbol] = min(since.get(symbol, start_ns), start_ns)
            tries[symbol] = min(tries.get(symbol, short.tries), short.tries)
        for symbol, since_ns in since.items():
            wait_ns = min(EVERY_NS << min(tries[symbol], 6), WAIT_MAX_NS)
            if symbol in self._under_way:
                wait_ns = max(wait_ns, AGAIN_NS)
            if now_ns - self._asked.get(symbol, 0) >= wait_ns:
                self._ask(symbol, since_ns, now_ns, venue_ns)

    def _ask(self, symbol: str, since_ns: int, now_ns: int, venue_ns: int) -> None:
        if now_ns - self._asked.get(symbol, 0) < EVERY_NS:
            return
        self._asked[symbol] = now_ns
        self._under_way.add(symbol)
        for short in self._short.values():
            short.tries += short.order.symbol == symbol
        self.fetcher.fetch_fills(
            symbol, since_exec_id=0, since_ns=since_ns, now_ns=now_ns, venue_ns=venue_ns
        )


def _start_ns(order: DeskOrder) -> int:
    return max(order.sent_ns - LOOK_BACK_NS, 0)
