"""What a local exchange keeps of its clients' orders, for others to be compared with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from tradecore.core import __version__
from tradecore.runs.entries import Begin, Code, End, EntryKind, Facts, Heard, Sent

if TYPE_CHECKING:
    from collections.abc import Iterable
    from decimal import Decimal

    from tradecore.runs.journal import RunJournal
    from tradecore.venue import VenueService
    from tradecore.venue.events import OrderChanged
    from tradecore.venue.orders import OrderRecord

__all__ = ["KeptOrders"]

_EVENTS: Final = {
    "new": "accepted",
    "trade": "filled",
    "canceled": "canceled",
    "expired": "expired",
    "amended": "modified",
    "triggered": "triggered",
}
_STATES: Final = {
    "new": "ACCEPTED",
    "partially_filled": "PARTIALLY_FILLED",
    "filled": "FILLED",
    "canceled": "CANCELED",
    "expired": "EXPIRED",
    "rejected": "REJECTED",
}
_ENCODE: Final = msgspec.json.Encoder().encode


class KeptOrders:
    """Writes the orders of some accounts to a run's journal, as the exchange saw them.

    Its times are the exchange's: a command stands at the time it arrived.
    """

    def __init__(
        self,
        journal: RunJournal,
        service: VenueService,
        accounts: Iterable[int],
        *,
        venue: str,
        now_ns: int,
    ) -> None:
        """Say what the exchange trades.

        Args:
            journal: Where the records go.
            service: The venue.
            accounts: Whose orders are kept.
            venue: What stands before a symbol's name.
            now_ns: The present time.
        """
        self._journal, self._service = journal, service
        self._accounts = frozenset(accounts)
        #: Orders that were kept and can still trade.
        self._known: set[int] = set()
        listed = service.state.instruments.values()
        begin = Begin(
            host="exchange",
            version=__version__,
            run_id="",
            venue=venue,
            code=Code(module="", name=""),
            params={},
            instruments=tuple(Facts.of(one.terms.instrument) for one in listed),
        )
        journal.begin(begin, now_ns)

    def keep(self, event: OrderChanged) -> None:
        """Keep a change of an order, if it is one of theirs."""
        order = event.order
        if order.request.account not in self._accounts:
            return
        ts_ns = event.ts_event_ns
        if order.order_id not in self._known:
            self._known.add(order.order_id)
            self._sent("new", order, ts_ns)
        if not order.is_open:
            self._known.discard(order.order_id)
        if event.change == "amended":
            self._sent("modify", order, ts_ns)
        trade, request = event.trade, order.request
        heard = Heard(
            _EVENTS[event.change],
            request.client_order_id,
            request.symbol,
            request.side,
            _STATES.get(order.status, order.status.upper()),
            ts_ns,
            ts_ns,
            None if trade is None else trade.price,
            None if trade is None else trade.quantity,
            None if trade is None else trade.fee,
            None if trade is None else ("maker" if trade.is_maker else "taker"),
            0 if trade is None else trade.trade_id,
            order.reject_code or None,
            None if trade is None else self._mid(request.symbol),
        )
        self._journal.keep(EntryKind.HEARD, _ENCODE(heard), ts_ns)

    def end(self, now_ns: int) -> None:
        """Say what the books are worth, and let go of the journal."""
        mids = {symbol: self._mid(symbol) for symbol in self._service.state.instruments}
        marks = {symbol: mid for symbol, mid in mids.items() if mid is not None}
        self._journal.end(End(exit_code=0, marks=marks), now_ns)

    def _sent(self, word: str, order: OrderRecord, ts_ns: int) -> None:
        request = order.request
        sent = Sent(
            "new" if word == "new" else "modify",
            request.client_order_id,
            request.symbol,
            request.side,
            "limit" if order.price is not None else "market",
            order.price,
            order.quantity,
            request.time_in_force,
            request.post_only,
            request.reduce_only,
        )
        self._journal.keep(EntryKind.SENT, _ENCODE(sent), ts_ns)

    def _mid(self, symbol: str) -> Decimal | None:
        depth = self._service.depth(symbol, 1)
        if not (depth.bids and depth.asks):
            return None
        return (depth.bids[0][0] + depth.asks[0][0]) / 2
