"""A symbol's orders since a time, ended ones too: one question for many orders in doubt."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from tradecore.exchanges.base import ExchangeOrderHistory

if TYPE_CHECKING:
    from tradecore.exchanges.base import ExchangeDataFetcher, OrdersListed
    from tradecore.oms.outcomes import Outcomes, Question

__all__ = ["Histories"]

ASK_AGAIN_NS: Final = 5_000_000_000


@dataclass(slots=True)
class _History:
    """A question under way, and what its pages have named so far."""

    asked_ns: int
    since_ns: int
    names: set[str] = field(default_factory=set)


@dataclass(slots=True)
class Histories:
    """At most one such question under way for each symbol.

    Args:
        fetcher: Where it is put, if the venue answers it.
        outcomes: The doubts it is about.
    """

    fetcher: ExchangeDataFetcher
    outcomes: Outcomes
    _under_way: dict[str, _History] = field(default_factory=dict)

    def ask(self, question: Question, *, now_ns: int, venue_ns: int) -> None:
        """Ask for a symbol's orders, unless that is under way."""
        known = self._under_way.get(question.symbol)
        is_waited_for = known is not None and now_ns - known.asked_ns < ASK_AGAIN_NS
        if is_waited_for or not isinstance(self.fetcher, ExchangeOrderHistory):
            return
        self._under_way[question.symbol] = _History(now_ns, question.since_ns)
        self.fetcher.fetch_orders(
            question.symbol, since_ns=question.since_ns, now_ns=now_ns, venue_ns=venue_ns
        )

    def hear(self, event: OrdersListed, now_ns: int) -> None:
        """Take a page in; with the last one it is known which orders are on none."""
        history = self._under_way.get(event.symbol)
        if history is None or (event.asked_ns, event.since_ns) != (
            history.asked_ns,
            history.since_ns,
        ):
            return
        history.names |= {order.client_order_id for order in event.orders}
        if not event.is_whole:
            return
        del self._under_way[event.symbol]
        self.outcomes.told_all(
            event.symbol,
            history.names,
            since_ns=history.since_ns,
            asked_ns=history.asked_ns,
            now_ns=now_ns,
        )
