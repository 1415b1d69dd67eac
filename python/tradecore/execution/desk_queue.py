"""What may not leave yet because the venue's budget is spent, in the order it came."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, TypeAlias

import msgspec

from tradecore.exchanges.base import CancelOrder

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tradecore.exchanges.base import ModifyOrder, NewOrder
    from tradecore.model import Approved

__all__ = ["Action", "DeskQueue", "Waiting"]

Action: TypeAlias = "Approved[NewOrder] | Approved[ModifyOrder] | CancelOrder"


class Waiting(msgspec.Struct, frozen=True, gc=False):
    """An action that was written down and admitted, and since when it waits."""

    action: Action
    client_order_id: str
    queued_ns: int

    @property
    def is_cancel(self) -> bool:
        """Whether it takes risk away, and so goes first and never gives up."""
        return isinstance(self.action, CancelOrder)


class DeskQueue:
    """Cancels before everything else; otherwise first come, first served; bounded."""

    def __init__(self, most: int) -> None:
        """Start empty; at most `most` actions that are no cancels wait."""
        self._most = most
        self.cancels: deque[Waiting] = deque()
        self.others: deque[Waiting] = deque()

    def __len__(self) -> int:
        return len(self.cancels) + len(self.others)

    def __iter__(self) -> Iterator[Waiting]:
        yield from self.cancels
        yield from self.others

    @property
    def is_full(self) -> bool:
        """Whether no further order may wait."""
        return len(self.others) >= self._most

    def push(self, waiting: Waiting) -> None:
        """Put an action behind those of its kind."""
        (self.cancels if waiting.is_cancel else self.others).append(waiting)

    def head(self) -> Waiting | None:
        """Return what is to go next."""
        waiting = self.cancels or self.others
        return waiting[0] if waiting else None

    def pop(self) -> None:
        """Take out what was the head."""
        (self.cancels or self.others).popleft()

    def drop(self, client_order_id: str) -> bool:
        """Take out everything that waits for an order; return whether something did."""
        before = len(self)
        self.cancels = deque(w for w in self.cancels if w.client_order_id != client_order_id)
        self.others = deque(w for w in self.others if w.client_order_id != client_order_id)
        return len(self) < before

    def overdue(self, before_ns: int) -> list[Waiting]:
        """Take out and return the orders and changes that wait since before a time."""
        late = []
        while self.others and self.others[0].queued_ns < before_ns:
            late.append(self.others.popleft())
        return late
