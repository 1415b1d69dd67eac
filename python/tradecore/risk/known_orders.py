"""Which way each order goes: of all that may still trade, and of the last that ended."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from tradecore.exchanges.base import NewOrder
    from tradecore.model import Side

__all__ = ["ENDED_MAX", "KnownOrders"]

#: As many ended orders are known by as a desk retains: a late fill of one of them is counted.
ENDED_MAX: Final = 16_384
SymbolSide: TypeAlias = "tuple[str, Side]"


class KnownOrders:
    """Symbol and side by our id. What is open is never forgotten, however much ends beside it."""

    def __init__(self, ended_max: int = ENDED_MAX) -> None:
        """Know nothing.

        Args:
            ended_max: How many that ended stay known.
        """
        self._open: dict[str, SymbolSide] = {}
        self._ended: dict[str, SymbolSide] = {}
        self._ended_max = ended_max

    def __len__(self) -> int:
        return len(self._open) + len(self._ended)

    def add(self, order: NewOrder) -> None:
        """Know an order that may trade."""
        self._ended.pop(order.client_order_id, None)
        self._open[order.client_order_id] = (order.symbol, order.side)

    def get(self, client_order_id: str) -> SymbolSide | None:
        """Return what is known of an order; `None` if it never was, or ended long ago."""
        return self._open.get(client_order_id) or self._ended.get(client_order_id)

    def end(self, client_order_id: str) -> None:
        """Note that an order ended, and let go of the oldest that did; twice is harmless."""
        known = self._open.pop(client_order_id, None)
        if known is None:
            return
        self._ended[client_order_id] = known
        if len(self._ended) > self._ended_max:
            del self._ended[next(iter(self._ended))]
