"""Conditional orders: how they wait, come in, and are taken back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from msgspec.structs import replace

from tradecore.venue.notes import ConditionEnded, ConditionPlaced, TrailFollowed
from tradecore.venue.refusals import Reason, Refused

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tradecore.venue.books import Books
    from tradecore.venue.conditions import Condition, ConditionalOrder
    from tradecore.venue.notes import What
    from tradecore.venue.orders import OrderRecord, PlaceOrder

__all__ = ["Triggers"]


class Floor(Protocol):
    """What conditional orders need of a venue."""

    @property
    def books(self) -> Books:
        """What it knows."""

    def jot(self, what: What, /) -> None:
        """Write a note down and let it have its effect."""

    def place(
        self, request: PlaceOrder, *, now_ns: int, condition_id: int = 0
    ) -> OrderRecord | Refused:
        """Take an order, or say why not."""


@dataclass(slots=True)
class Triggers:
    """Lets come in what the market has reached, one after the other."""

    floor: Floor
    _is_looking: bool = False

    def place(self, order: PlaceOrder, condition: Condition, client_id: str) -> ConditionalOrder:
        """Let an order wait for a price."""
        books = self.floor.books
        number = books.state.take_id()
        self.floor.jot(
            ConditionPlaced(
                condition_id=number,
                client_id=client_id or f"t{number:021d}",
                condition=condition,
                order=order,
            )
        )
        waiting = books.state.conditions.get(number)
        if waiting is None:
            raise AssertionError("Invariant: a note has its effect at once")
        self.look(order.symbol)
        return waiting

    def cancel(self, order: ConditionalOrder) -> Refused | None:
        """Let an order wait no longer."""
        if order.status != "new":
            return Refused(Reason.UNKNOWN_ORDER)
        self.floor.jot(ConditionEnded(condition_id=order.condition_id, status="canceled"))
        return None

    def expire(self, now_ns: int) -> None:
        """Let those wait no longer whose time is over."""
        for order in self.floor.books.state.conditions.over(now_ns):
            self.floor.jot(ConditionEnded(condition_id=order.condition_id, status="expired"))

    def look(self, symbol: str) -> None:
        """Let come in what a symbol's market has reached."""
        state = self.floor.books.state
        if self._is_looking or not state.conditions.has_waiting(symbol):
            return
        self._is_looking = True
        try:
            while True:
                last, mark = state.last_prices.get(symbol), state.mark(symbol)
                extremes = [(one, one.extreme) for one in state.conditions.all_waiting(symbol)]
                try:
                    reached = state.conditions.reached(symbol, last=last, mark=mark)
                except LookupError:
                    return
                finally:
                    self._follow(extremes)
                self._come_in(reached)
        finally:
            self._is_looking = False

    def _follow(self, before: Sequence[tuple[ConditionalOrder, object]]) -> None:
        """Write down the new extremes of trailing orders."""
        for one, extreme in before:
            if one.extreme is not None and one.extreme != extreme:
                self.floor.jot(TrailFollowed(condition_id=one.condition_id, extreme=one.extreme))

    def _come_in(self, waiting: ConditionalOrder) -> None:
        books = self.floor.books
        state = books.state
        waiting.status, waiting.triggered_ns = "triggering", state.now_ns
        state.conditions.end(waiting)
        books.tell_condition(waiting)
        order = waiting.order
        if waiting.condition.close_position:
            held = state.ledger.position(order.account, order.symbol, order.leg).quantity
            order = replace(order, quantity=abs(held), reduce_only=order.leg == "both")
        number = waiting.condition_id
        placed = self.floor.place(order, now_ns=state.now_ns, condition_id=number)
        if isinstance(placed, Refused):
            ended = ConditionEnded(
                condition_id=number, status="rejected", refusal=placed.reason.value
            )
            self.floor.jot(ended)
            return
        waiting.status, waiting.order_id = "triggered", placed.order_id
        books.tell_condition(waiting)
        waiting.status = "finished"
        books.tell_condition(waiting)
