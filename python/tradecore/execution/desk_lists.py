"""Two lists of a symbol that must agree before silence about an order is an answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from tradecore.exchanges.base import FillsListed, OpenOrdersListed

if TYPE_CHECKING:
    from tradecore.exchanges.base import ExchangeDataFetcher
    from tradecore.oms.outcomes import Question

__all__ = ["ListChecks"]

ASK_AGAIN_NS: Final = 5_000_000_000


@dataclass(slots=True)
class _Check:
    asked_ns: int
    open_ids: set[str] | None = None
    filled_venue_ids: set[str] = field(default_factory=set)
    has_fills: bool = False


@dataclass(slots=True)
class ListChecks:
    """At most one pair of lists under way for each symbol."""

    fetcher: ExchangeDataFetcher
    _checks: dict[str, _Check] = field(default_factory=dict)

    def ask(self, question: Question, *, now_ns: int, venue_ns: int) -> None:
        """Ask for a symbol's open orders and fills, unless that is under way."""
        known = self._checks.get(question.symbol)
        if known is not None and now_ns - known.asked_ns < ASK_AGAIN_NS:
            return
        self._checks[question.symbol] = _Check(now_ns)
        self.fetcher.fetch_open_orders(question.symbol, now_ns=now_ns, venue_ns=venue_ns)
        self.fetcher.fetch_fills(
            question.symbol,
            since_exec_id=0,
            since_ns=question.since_ns,
            now_ns=now_ns,
            venue_ns=venue_ns,
        )

    def hear(self, event: OpenOrdersListed | FillsListed) -> tuple[str, set[str], set[str]] | None:
        """Take a list; when both have come, return the symbol, our ids open, venue ids filled."""
        if event.symbol is None:
            return None
        check = self._checks.get(event.symbol)
        if check is None:
            return None
        if isinstance(event, OpenOrdersListed):
            check.open_ids = {order.client_order_id for order in event.orders}
        else:
            check.filled_venue_ids |= {fill.venue_order_id for fill in event.fills}
            check.has_fills = check.has_fills or event.is_whole
        if check.open_ids is None or not check.has_fills:
            return None
        del self._checks[event.symbol]
        return event.symbol, check.open_ids, check.filled_venue_ids
