"""Orders at the venue that no journal of ours knows: a person's are left alone, ours are not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tradecore.exchanges.base import (
    CONDITIONAL_TYPES,
    CancelOrder,
    ExchangeTriggers,
    NewOrder,
)
from tradecore.execution.desk_orders import DeskOrder, Stage
from tradecore.execution.last_seen import LastSeen

if TYPE_CHECKING:
    from tradecore.exchanges.base import ExchangeOMS
    from tradecore.execution.desk_face import DeskFace
    from tradecore.model.venue import OrderUpdate, VenueOrder

__all__ = ["Strangers"]

#: What every client order id of a trader of ours begins with.
OUR_PREFIX: Final = "tc-"
REMEMBERED: Final = 10_000


class Strangers:
    """Remembers which venue ids are not ours, and takes orders in or out that bear our name."""

    def __init__(self, desk: DeskFace, oms: ExchangeOMS) -> None:
        """Know nobody."""
        self._desk = desk
        self._oms = oms
        self._venue_ids: LastSeen[str] = LastSeen(REMEMBERED)

    def is_known(self, symbol: str, venue_order_id: str) -> bool:
        """Return whether it is known whose an order is: ours, or not ours."""
        is_ours = self._desk.table.is_named(symbol, venue_order_id)
        return is_ours or venue_order_id in self._venue_ids

    def heard(self, update: OrderUpdate, now_ns: int) -> bool:
        """Take evidence about a stranger; return whether it changed our position."""
        self._remember(update.venue_order_id)
        if update.client_order_id.startswith(OUR_PREFIX) and update.reply == "accepted":
            self._cancel(update.client_order_id, update.symbol, update.venue_order_id, now_ns)
        if update.reply != "filled":
            return False
        self._desk.alert(
            "FOREIGN_FILL",
            "a fill of an order that is not this desk's changes the position: "
            f"symbol={update.symbol}, client_order_id={update.client_order_id}",
            now_ns,
        )
        return True

    def listed(self, venue: VenueOrder, now_ns: int) -> DeskOrder | None:
        """Take an open order nobody here knows; it is returned if it was adopted."""
        if not venue.client_order_id.startswith(OUR_PREFIX):
            self._remember(venue.venue_order_id)
            return None
        policy = self._desk.settings.orphans
        text = f"an open order bears our id and is in no journal: {venue.client_order_id}"
        self._desk.alert("ORPHAN_ORDER", f"{text}, policy={policy}", now_ns)
        if policy == "adopt":
            return self._adopt(venue, now_ns)
        self._remember(venue.venue_order_id)
        if policy == "cancel":
            name, symbol = venue.client_order_id, venue.symbol
            waits = venue.type in CONDITIONAL_TYPES
            self._cancel(name, symbol, venue.venue_order_id, now_ns, waits=waits)
        else:
            self._desk.halt(venue.symbol, text)
        return None

    def _adopt(self, venue: VenueOrder, now_ns: int) -> DeskOrder:
        new = NewOrder(
            client_order_id=venue.client_order_id,
            symbol=venue.symbol,
            side=venue.side,
            type=venue.type,
            quantity=venue.quantity,
            price=venue.price,
            time_in_force=venue.time_in_force,
            post_only=venue.post_only,
            reduce_only=venue.reduce_only,
        )
        order = DeskOrder(
            trader="",
            new=new,
            stage=Stage.SENT,
            price=venue.price,
            quantity=venue.quantity,
            sent_ns=venue.ts_event_ns,
        )
        self._desk.adopt(order, now_ns)
        return order

    def _cancel(
        self,
        client_order_id: str,
        symbol: str,
        venue_order_id: str | None,
        now_ns: int,
        *,
        waits: bool = False,
    ) -> None:
        cancel = CancelOrder(
            client_order_id=client_order_id, symbol=symbol, venue_order_id=venue_order_id
        )
        oms = self._oms
        at = oms.waiting if waits and isinstance(oms, ExchangeTriggers) else oms
        at.cancel(cancel, now_ns=now_ns, venue_ns=self._desk.venue_ns(now_ns))

    def _remember(self, venue_order_id: str | None) -> None:
        if venue_order_id is not None:
            self._venue_ids.add(venue_order_id)
