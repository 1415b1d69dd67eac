"""The way out of a desk: what the venue's budget and the connection let leave, in order."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tradecore.exchanges.base import CancelOrder, ExchangeTriggers, NewOrder
from tradecore.execution.desk_orders import Stage
from tradecore.execution.desk_queue import DeskQueue, Waiting
from tradecore.model import Approved

if TYPE_CHECKING:
    from tradecore.exchanges.base import ExchangeConditionals, ExchangeOMS, ModifyOrder
    from tradecore.exchanges.base.budget import VenueBudget
    from tradecore.execution.desk_orders import DeskOrder, OrderTable
    from tradecore.execution.desk_queue import Action

__all__ = ["Dispatch", "cancel_of"]


@dataclass(slots=True, kw_only=True)
class Dispatch:
    """Sends what was admitted and written down; keeps what may not leave yet."""

    oms: ExchangeOMS
    budget: VenueBudget
    table: OrderTable
    queue: DeskQueue
    #: Where orders that wait for a trigger are canceled, at a venue that keeps them apart.
    waiting: ExchangeConditionals | None = field(default=None, init=False)
    #: How far the venue's clock is ahead of ours.
    offset_ns: int = field(default=0)

    def __post_init__(self) -> None:
        if isinstance(self.oms, ExchangeTriggers):
            self.waiting = self.oms.waiting

    def venue_ns(self, now_ns: int) -> int:
        """Return the venue's time as far as we know it."""
        return now_ns + self.offset_ns

    def push(self, action: Action, order: DeskOrder, now_ns: int) -> None:
        """Send an action of an open order as soon as it may leave: at once where nothing waits."""
        queue = self.queue
        if not (queue.cancels or queue.others) and self._may_leave(action, now_ns):
            self._send(action, order, now_ns)
            return
        queue.push(Waiting(action, order.client_order_id, now_ns))
        self.drain(now_ns)

    def cancel(self, order: DeskOrder, now_ns: int) -> None:
        """Send a cancel, ahead of everything that is none."""
        if order.is_open:
            self.push(cancel_of(order), order, now_ns)

    def drain(self, now_ns: int) -> None:
        """Send what may leave now."""
        while (waiting := self.queue.head()) is not None:
            order = self.table.get(waiting.client_order_id)
            if order is None or not order.is_open:
                self.queue.pop()
                continue
            if not self._may_leave(waiting.action, now_ns):
                return
            self.queue.pop()
            self._send(waiting.action, order, now_ns)

    def _may_leave(self, action: Action, now_ns: int) -> bool:
        """Return whether an action may leave now, and take its cost if so."""
        oms = self.oms
        cost = oms.cost_of(action.value if isinstance(action, Approved) else action)
        return oms.can_send and self.budget.acquire(cost, now_ns + self.offset_ns) == 0

    def _send(self, action: Action, order: DeskOrder, now_ns: int) -> None:
        venue_ns = now_ns + self.offset_ns
        order.asked_ns = now_ns
        if isinstance(action, CancelOrder):
            order.cancels_sent += 1
            at = self.waiting if order.waits and self.waiting is not None else self.oms
            at.cancel(action, now_ns=now_ns, venue_ns=venue_ns)
        elif isinstance(action.value, NewOrder):
            order.stage, order.sent_ns = Stage.SENT, now_ns
            new: Approved[NewOrder] = Approved(action.value, action.check)
            self.oms.submit(new, now_ns=now_ns, venue_ns=venue_ns)
        elif order.is_swap and self.waiting is not None:
            order.is_change_out = True
            self.waiting.withdraw(cancel_of(order), now_ns=now_ns, venue_ns=venue_ns)
        else:
            order.is_change_out = True
            change: Approved[ModifyOrder] = Approved(action.value, action.check)
            self.oms.modify(change, now_ns=now_ns, venue_ns=venue_ns)


def cancel_of(order: DeskOrder) -> CancelOrder:
    """Return the cancel of an order, by both its ids where they are known."""
    return CancelOrder(
        client_order_id=order.client_order_id,
        symbol=order.symbol,
        venue_order_id=order.venue_order_id,
    )
