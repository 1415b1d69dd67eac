"""A look every few seconds at what the venue lists: fills nobody told of, orders that are gone."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tradecore.execution.desk_lists import ask_open
from tradecore.execution.desk_orders import DeskOrder, Stage

if TYPE_CHECKING:
    from tradecore.exchanges.base import ExchangeDataFetcher, OpenOrdersListed
    from tradecore.execution.desk_face import DeskFace
    from tradecore.model.venue import VenueOrder

__all__ = ["Audit"]


@dataclass(slots=True)
class Audit:
    """Asks for open orders and positions, and reads the list of orders against the table.

    Args:
        desk: Whose orders.
        fetcher: Where they are asked for.
        at_ns: When the last audit was.
    """

    desk: DeskFace
    fetcher: ExchangeDataFetcher
    at_ns: int
    _asked_ns: int | None = field(default=None, init=False)

    def soon(self) -> None:
        """Have the next one at once."""
        self.at_ns = 0

    def tick(self, now_ns: int) -> None:
        """Ask if it is time, for orders that wait for a trigger where we have any."""
        if now_ns - self.at_ns < self.desk.settings.audit_every_ns:
            return
        self.at_ns = self._asked_ns = now_ns
        ask_open(self.desk, self.fetcher, None, now_ns)
        self.fetcher.fetch_positions(now_ns=now_ns, venue_ns=self.desk.venue_ns(now_ns))

    def read(self, event: OpenOrdersListed) -> tuple[list[VenueOrder], list[DeskOrder]]:
        """Return the listed orders that are news, and ours that were not listed twice in a row.

        The answer to an earlier audit may come when the next one is asked for already.
        """
        news: list[VenueOrder] = []
        gone: list[DeskOrder] = []
        if self._asked_ns is None:
            return news, gone
        if event.asked_ns >= self._asked_ns:
            self._asked_ns = None
        listed = {order.client_order_id for order in event.orders}
        for venue in event.orders:
            known = self.desk.table.get(venue.client_order_id)
            # A fill that was not told of is found here, while its order still rests.
            if known is None or venue.cumulative > known.cumulative:
                news.append(venue)
        for order in self.desk.table.open_orders():
            is_settled = order.stage is Stage.LIVE and order.sent_ns < event.asked_ns
            if not is_settled or order.client_order_id in listed:
                order.absences = 0
                continue
            order.absences += 1
            if order.absences > 1:
                gone.append(order)
        return news, gone
