"""The way out of a desk: what the venue's budget and the connection let leave, in order."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tradecore.exchanges.base import CancelOrder, NewOrder
from tradecore.execution.desk_orders import Stage
from tradecore.execution.desk_queue import DeskQueue, Waiting
from tradecore.model import Approved

if TYPE_CHECKING:
    from tradecore.exchanges.base import Cost, ExchangeOMS, ModifyOrder
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
    #: How far the venue's clock is ahead of ours.
    offset_ns: int = field(default=0)

    def venue_ns(self, now_ns: int) -> int:
        """Return the venue's time as far as we know it."""
        return now_ns + self.offset_ns

    def push(self, action: Action, client_order_id: str, now_ns: int) -> None:
        """Send an action as soon as it may leave."""
        self.queue.push(Waiting(action, client_order_id, now_ns))
        self.drain(now_ns)

    def cancel(self, order: DeskOrder, now_ns: int) -> CancelOrder:
        """Send a cancel, ahead of everything that is none, and return it."""
        cancel = cancel_of(order)
        self.push(cancel, order.client_order_id, now_ns)
        return cancel

    def drain(self, now_ns: int) -> None:
        """Send what may leave now."""
        while (waiting := self.queue.head()) is not None:
            order = self.table.get(waiting.client_order_id)
            if order is None or not order.is_open:
                self.queue.pop()
                continue
            cost = self._cost(waiting.action)
            if not self.oms.can_send or self.budget.acquire(cost, self.venue_ns(now_ns)) > 0:
                return
            self.queue.pop()
            self._send(waiting.action, order, now_ns)

    def _cost(self, action: Action) -> Cost:
        return self.oms.cost_of(action.value if isinstance(action, Approved) else action)

    def _send(self, action: Action, order: DeskOrder, now_ns: int) -> None:
        venue_ns = self.venue_ns(now_ns)
        order.asked_ns = now_ns
        if isinstance(action, CancelOrder):
            order.cancels_sent += 1
            self.oms.cancel(action, now_ns=now_ns, venue_ns=venue_ns)
        elif isinstance(action.value, NewOrder):
            order.stage, order.sent_ns = Stage.SENT, now_ns
            new: Approved[NewOrder] = Approved(action.value, action.check)
            self.oms.submit(new, now_ns=now_ns, venue_ns=venue_ns)
        else:
            change: Approved[ModifyOrder] = Approved(action.value, action.check)
            self.oms.modify(change, now_ns=now_ns, venue_ns=venue_ns)


def cancel_of(order: DeskOrder) -> CancelOrder:
    """Return the cancel of an order, by both its ids where they are known."""
    return CancelOrder(
        client_order_id=order.client_order_id,
        symbol=order.symbol,
        venue_order_id=order.venue_order_id,
    )
