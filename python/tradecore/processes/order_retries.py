"""Sends again what provably never left this machine, a few times, under the same id."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from tradecore.execution.desk_orders import Stage
from tradecore.model import Approved

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tradecore.exchanges.base import ExchangeOMS
    from tradecore.execution import OrderDesk
    from tradecore.model import OrderUpdate

__all__ = ["OrderRetries"]

NOT_SENT: Final = "VENUE_UNAVAILABLE"


@dataclass(slots=True)
class _Held:
    """A refusal that is kept back while its order is tried again."""

    update: OrderUpdate
    due_ns: int


@dataclass(slots=True)
class OrderRetries:
    """Holds back the refusals of orders that were not sent, until they were or time is over.

    An order in doubt, one whose cancel was asked for, and one that the venue refused is never
    tried again.

    Args:
        retries_max: How often an order is tried again; 0 is never.
        delay_ns: How long to wait before.
    """

    retries_max: int
    delay_ns: int
    _tried: dict[str, int] = field(default_factory=dict)
    _held: dict[str, _Held] = field(default_factory=dict)

    def __len__(self) -> int:
        """How many orders it remembers something of."""
        return len(self._tried.keys() | self._held.keys())

    def holds(self, update: OrderUpdate, desk: OrderDesk, now_ns: int) -> bool:
        """Return whether an update is kept back, because its order will be tried again."""
        name = update.client_order_id
        if update.reply != "rejected" or update.reject_code != NOT_SENT:
            self._tried.pop(name, None)
            return False
        tried = self._tried.get(name, 0)
        if tried >= self.retries_max or not _may_try(name, desk):
            self._tried.pop(name, None)
            return False
        self._tried[name] = tried + 1
        self._held[name] = _Held(update, now_ns + self.delay_ns)
        return True

    def due(self, desk: OrderDesk, oms: ExchangeOMS, now_ns: int) -> Iterator[OrderUpdate]:
        """Send what is due; yield the refusals of those that may not be tried any more."""
        for name in [name for name, held in self._held.items() if held.due_ns <= now_ns]:
            held = self._held.pop(name)
            order = desk.table.get(name)
            if order is None or not _may_try(name, desk):
                self._tried.pop(name, None)
                yield held.update
                continue
            order.sent_ns = now_ns
            again = Approved(order.new, "admitted before, and not sent")
            oms.submit(again, now_ns=now_ns, venue_ns=desk.venue_ns(now_ns))


def _may_try(name: str, desk: OrderDesk) -> bool:
    order = desk.table.get(name)
    return (
        order is not None
        and order.stage is Stage.SENT
        and not order.is_cancel_asked
        and name not in desk.outcomes
    )
