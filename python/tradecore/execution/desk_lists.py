"""Two lists of a symbol that must agree before silence about an order is an answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from tradecore.exchanges.base import ExchangeWaitingLists, FillsListed, OpenOrdersListed
from tradecore.oms.outcomes import LOOK_BACK_NS

if TYPE_CHECKING:
    from collections.abc import Callable

    from tradecore.exchanges.base import ExchangeDataFetcher
    from tradecore.execution.desk_face import DeskFace
    from tradecore.oms.outcomes import Doubt, Question

__all__ = ["BothLists", "ListChecks", "ask_open"]

ASK_AGAIN_NS: Final = 5_000_000_000


def ask_open(desk: DeskFace, fetcher: ExchangeDataFetcher, symbol: str | None, now_ns: int) -> None:
    """Ask for open orders, and for those that wait for a trigger where we have any."""
    if isinstance(fetcher, ExchangeWaitingLists):
        orders = desk.table.open_orders(symbol=symbol)
        fetcher.lists_waiting = any(order.new.is_conditional for order in orders)
    fetcher.fetch_open_orders(symbol, now_ns=now_ns, venue_ns=desk.venue_ns(now_ns))


@dataclass(slots=True)
class BothLists:
    """A symbol's open orders by our ids, and by the venue's ids when each first traded."""

    symbol: str
    asked_ns: int
    since_ns: int
    open_ids: set[str] | None = None
    first_fill_ns: dict[str, int] = field(default_factory=dict)
    has_fills: bool = False

    def agree(self, doubt: Doubt, is_known: Callable[[str, str], bool]) -> bool:
        """Return whether neither list can hold the order that two queries did not find.

        A fill of an order nobody here knows could be the lost one's, unless it came before that
        was sent, or long after the venue said that there is no such order: then it belongs to one
        that was sent later and is in doubt itself.
        """
        from_ns = doubt.sent_ns - LOOK_BACK_NS
        until_ns = doubt.absences[-1] + LOOK_BACK_NS
        if self.open_ids is None or doubt.client_order_id in self.open_ids:
            return False
        return self.since_ns <= from_ns and not any(
            from_ns <= first_ns <= until_ns and not is_known(self.symbol, venue_id)
            for venue_id, first_ns in self.first_fill_ns.items()
        )


@dataclass(slots=True)
class ListChecks:
    """At most one pair of lists under way for each symbol."""

    fetcher: ExchangeDataFetcher
    _checks: dict[str, BothLists] = field(default_factory=dict)

    def ask(self, question: Question, *, now_ns: int, venue_ns: int) -> None:
        """Ask for a symbol's open orders and fills, unless that is under way."""
        known = self._checks.get(question.symbol)
        if known is not None and now_ns - known.asked_ns < ASK_AGAIN_NS:
            return
        self._checks[question.symbol] = BothLists(question.symbol, now_ns, question.since_ns)
        self.fetcher.fetch_open_orders(question.symbol, now_ns=now_ns, venue_ns=venue_ns)
        self.fetcher.fetch_fills(
            question.symbol,
            since_exec_id=0,
            since_ns=question.since_ns,
            now_ns=now_ns,
            venue_ns=venue_ns,
        )

    def hear(self, event: OpenOrdersListed | FillsListed) -> BothLists | None:
        """Take a list; return both when both have come.

        One that somebody else asked for counts only if it is as long and not older.
        """
        if event.symbol is None:
            return None
        check = self._checks.get(event.symbol)
        if check is None:
            return None
        if isinstance(event, OpenOrdersListed):
            if event.asked_ns < check.asked_ns:
                return None
            check.open_ids = {order.client_order_id for order in event.orders}
        elif not event.is_answer_to(asked_ns=check.asked_ns, since_ns=check.since_ns):
            return None
        else:
            for fill in event.fills:
                first_ns = check.first_fill_ns.get(fill.venue_order_id, fill.ts_event_ns)
                check.first_fill_ns[fill.venue_order_id] = min(first_ns, fill.ts_event_ns)
            check.has_fills = check.has_fills or event.is_whole
        if check.open_ids is None or not check.has_fills:
            return None
        return self._checks.pop(event.symbol)
