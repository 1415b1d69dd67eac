"""The orders of a desk, as far as it knows them."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum
from typing import TYPE_CHECKING

from tradecore.execution.holdings import Holdings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tradecore.exchanges.base import ModifyOrder, NewOrder
    from tradecore.model.venue import OrderUpdate

__all__ = ["DeskOrder", "OrderTable", "Stage"]


class Stage(Enum):
    """How far an order has come."""

    #: Written down, waiting for the venue's rate budget; not one byte left.
    QUEUED = "queued"
    #: Sent; no evidence yet that the venue has it.
    SENT = "sent"
    #: The venue has it.
    LIVE = "live"
    #: Nothing but a late fill can change it.
    DONE = "done"


@dataclass(slots=True, kw_only=True)
class DeskOrder:
    """An order of one trader, with what was asked for and what is known."""

    trader: str
    new: NewOrder
    stage: Stage
    price: Decimal | None
    quantity: Decimal
    queued_ns: int = 0
    sent_ns: int = 0
    #: When a cancel or a change was sent last.
    asked_ns: int = 0
    cumulative: Decimal = Decimal(0)
    venue_order_id: str | None = None
    change: ModifyOrder | None = None
    is_cancel_asked: bool = False
    cancels_sent: int = 0
    exec_ids: set[int] = field(default_factory=set)
    #: All that was told of it, for a trader that comes back.
    evidence: list[OrderUpdate] = field(default_factory=list)
    #: How many audits in a row did not find it at the venue.
    absences: int = 0
    #: Whether its trader heard last that something of it is not known, or that what was not known
    #: is refused.
    is_doubted: bool = False

    @property
    def client_order_id(self) -> str:
        """Our name for it."""
        return self.new.client_order_id

    @property
    def symbol(self) -> str:
        """What it trades."""
        return self.new.symbol

    @property
    def is_open(self) -> bool:
        """Whether it may still trade, as far as is known."""
        return self.stage is not Stage.DONE

    @property
    def is_answer_due(self) -> bool:
        """Whether something that was sent is not answered."""
        is_asked = self.change is not None or self.is_cancel_asked
        return self.stage is Stage.SENT or (self.stage is Stage.LIVE and is_asked)

    @property
    def is_acceptance_news(self) -> bool:
        """Whether its trader has to be told that the venue has it, as it is known here.

        Also where that was told before: after a doubt about a request the refusal of the request
        does not say that the order still stands.
        """
        if self.stage is Stage.LIVE:
            return self.is_doubted and not self.is_answer_due
        return self.is_open

    @property
    def open_quantity(self) -> Decimal:
        """What may still trade."""
        return max(self.quantity - self.cumulative, Decimal(0))


class OrderTable:
    """Orders by our id and the venue's; finished ones stay until `retained` others followed."""

    def __init__(self, retained: int) -> None:
        """Start empty."""
        self._by_id: dict[str, DeskOrder] = {}
        self._by_venue_id: dict[tuple[str, str], str] = {}
        self._open: dict[str, DeskOrder] = {}
        self._done: deque[str] = deque()
        self._retained = retained
        #: What each trader's fills add up to, also of orders that were let go.
        self.holdings = Holdings()

    def __len__(self) -> int:
        return len(self._by_id)

    def __iter__(self) -> Iterator[DeskOrder]:
        return iter(self._by_id.values())

    def get(self, client_order_id: str) -> DeskOrder | None:
        """Return an order by our id."""
        return self._by_id.get(client_order_id)

    def by_venue_id(self, symbol: str, venue_order_id: str) -> DeskOrder | None:
        """Return an order by the venue's id, which is unique within a symbol."""
        client_order_id = self._by_venue_id.get((symbol, venue_order_id))
        return None if client_order_id is None else self._by_id.get(client_order_id)

    def add(self, order: DeskOrder) -> None:
        """Take an order in."""
        self._by_id[order.client_order_id] = order
        if order.is_open:
            self._open[order.client_order_id] = order

    def name(self, order: DeskOrder, venue_order_id: str) -> None:
        """Note the venue's id of an order."""
        order.venue_order_id = venue_order_id
        self._by_venue_id[order.symbol, venue_order_id] = order.client_order_id

    def finish(self, order: DeskOrder) -> None:
        """Note that an order ended, and let go of the oldest that did."""
        if not order.is_open:
            return
        order.stage = Stage.DONE
        self._open.pop(order.client_order_id, None)
        self._done.append(order.client_order_id)
        while len(self._done) > self._retained:
            gone = self._by_id.pop(self._done.popleft(), None)
            if gone is not None and gone.venue_order_id is not None:
                self._by_venue_id.pop((gone.symbol, gone.venue_order_id), None)

    def open_orders(
        self, *, trader: str | None = None, symbol: str | None = None
    ) -> list[DeskOrder]:
        """Return the open orders that match, oldest first."""
        return [
            order
            for order in self._open.values()
            if (trader is None or order.trader == trader)
            and (symbol is None or order.symbol == symbol)
        ]

    def symbols(self) -> set[str]:
        """Return every symbol of which an order is known."""
        return {order.symbol for order in self._by_id.values()}

    def of_trader(self, trader: str) -> Iterable[DeskOrder]:
        """Return every known order of a trader, oldest first."""
        return (order for order in self._by_id.values() if order.trader == trader)
