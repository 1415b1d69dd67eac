"""A stop that waits is changed by another in its stead, where the venue has no change of one.

The one that waits is taken back, and only when the venue says that it is gone the next one leaves:
two are never alive, and what was sent is never sent again. The next one has an id of its own at the
venue, for two orders of one id could not be told apart when one is in doubt. Its trader knows of
one order all the while: what becomes of the next is told under the name of the first, and its being
accepted is that the change was done. If the venue refuses it the stop is gone, and that is told.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from msgspec.structs import replace

from tradecore.execution.desk_admission import unfit
from tradecore.execution.desk_orders import DeskOrder
from tradecore.execution.desk_outputs import DeskUpdate, unwritten
from tradecore.execution.intents import Entry
from tradecore.model import Approved, Refused

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tradecore.exchanges.base import ModifyOrder, NewOrder
    from tradecore.execution.desk_dispatch import Dispatch
    from tradecore.execution.desk_face import DeskFace
    from tradecore.execution.desk_orders import OrderTable
    from tradecore.execution.intents import IntentJournal
    from tradecore.model.venue import OrderUpdate

__all__ = ["Swaps", "heir_of", "told_of"]

ID_MAX = 36


def heir_of(order: DeskOrder, change: ModifyOrder) -> NewOrder | Refused:
    """Return the order that is to wait in the stead of one that waits, or why there is none."""
    name = f"client_order_id={order.told_as}"
    if order.new.type == "trailing_stop":
        text = f"the market moves a trailing stop: it is canceled and placed anew: {name}"
        return Refused("UNSUPPORTED", text)
    if (order.new.price is None) != (change.price is None):
        text = f"a stop keeps its limit or has none: {name}, price={change.price}"
        return Refused("BAD_COMBINATION", text)
    heir = f"{order.told_as}:{order.generation + 1}"
    if len(heir) > ID_MAX:
        text = f"a stop that is changed has an id that leaves room for another: {name}"
        return Refused("UNSUPPORTED", text)
    return replace(
        order.new,
        client_order_id=heir,
        price=change.price,
        quantity=change.quantity,
        stop_price=order.new.stop_price if change.stop_price is None else change.stop_price,
    )


def told_of(order: DeskOrder, table: OrderTable) -> Iterator[OrderUpdate]:
    """Yield all that its trader was told of an order, once more."""
    is_introduced = not order.generation
    is_followed = table.current(order.told_as) is not order
    for update in order.evidence:
        if is_followed and update.reply == "canceled":
            continue
        yield from _told(order, update, is_introduced=is_introduced)
        is_introduced = is_introduced or update.reply != "unknown"


def _told(order: DeskOrder, update: OrderUpdate, *, is_introduced: bool) -> Iterator[OrderUpdate]:
    """Yield what an update means to the trader of an order, under the name it knows."""
    if not order.generation:
        yield update
        return
    update = replace(update, client_order_id=order.told_as)
    if is_introduced or update.reply in {"unknown", "canceled", "expired"}:
        yield update
        return
    if update.reply == "rejected":
        yield replace(update, reply="modify_rejected")
        yield replace(update, reply="canceled", reject_code=None, reject_text=None)
        return
    new = order.new
    yield replace(
        update,
        reply="replaced",
        price=new.price,
        quantity=new.quantity,
        stop_price=new.stop_price,
        exec_id=0,
        fee=None,
    )
    yield update


@dataclass(slots=True)
class Swaps:
    """Sends the next one, and tells traders of both as of one.

    Args:
        desk: Whose orders.
        journal: Where they are written down.
        way_out: Where they leave.
    """

    desk: DeskFace
    journal: IntentJournal
    way_out: Dispatch

    def permit(self, order: DeskOrder, change: ModifyOrder) -> ModifyOrder | Refused:
        """Return a change of an order that waits as limits are to look at it, or why it is none."""
        heir = heir_of(order, change)
        if isinstance(heir, Refused):
            return heir
        refused = unfit(heir, self.way_out.waiting)
        return refused or replace(change, stop_price=heir.stop_price)

    def tell(self, order: DeskOrder, update: OrderUpdate, now_ns: int) -> None:
        """Tell an order's trader of news; if it is that one was taken back, send the next."""
        is_back = order.is_swap and update.reply == "canceled" and not order.is_cancel_asked
        change = order.change
        if is_back and change is not None:
            order.change, order.is_swap = None, False
            refused = self._follow(order, change, now_ns)
            if refused is None:
                return
            self._say(
                order,
                replace(
                    update,
                    reply="modify_rejected",
                    reject_code=refused.code,
                    reject_text=refused.text,
                ),
            )
        self._say(order, update)

    def _say(self, order: DeskOrder, update: OrderUpdate) -> None:
        is_introduced = order.is_introduced or not order.generation
        for told in _told(order, update, is_introduced=is_introduced):
            self.desk.tell(DeskUpdate(order.trader, told))
        order.is_introduced = is_introduced or update.reply != "unknown"

    def _follow(self, order: DeskOrder, change: ModifyOrder, now_ns: int) -> Refused | None:
        """Write the next one down and let it leave; return why not, if so."""
        heir = heir_of(order, change)
        if isinstance(heir, Refused):
            return heir
        why = self.desk.blocked
        if why is not None:
            text = f"{why}: the stop is taken back, and no other leaves now"
            return Refused("VENUE_UNAVAILABLE", text)
        try:
            self.journal.write(Entry(order.trader, heir), now_ns)
        except OSError as error:
            return unwritten(error)
        kept = DeskOrder.queued(order.trader, heir, now_ns)
        self.desk.adopt(kept, now_ns)
        self.way_out.push(Approved(heir, "admitted as a change"), kept, now_ns)
        return None
