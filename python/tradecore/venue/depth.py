"""A book by price as the public sees it, kept from its changed levels."""

from __future__ import annotations

from bisect import bisect_left, insort
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable
    from decimal import Decimal

    from tradecore.model.orders import Side

__all__ = ["BookDepth", "Depth"]


class BookDepth(NamedTuple):
    """The best levels of a book, best first, and the number of the last event in them."""

    sequence: int
    bids: list[tuple[Decimal, Decimal]]
    asks: list[tuple[Decimal, Decimal]]


@dataclass(slots=True)
class _Half:
    quantities: dict[Decimal, Decimal] = field(default_factory=dict)
    #: Ascending.
    prices: list[Decimal] = field(default_factory=list)

    def set(self, price: Decimal, quantity: Decimal) -> None:
        is_new = price not in self.quantities
        if quantity:
            if is_new:
                insort(self.prices, price)
            self.quantities[price] = quantity
        elif not is_new:
            del self.quantities[price]
            del self.prices[bisect_left(self.prices, price)]


@dataclass(slots=True)
class Depth:
    """Both sides of one book."""

    _bids: _Half = field(default_factory=_Half)
    _asks: _Half = field(default_factory=_Half)

    def set(self, side: Side, levels: Iterable[tuple[Decimal, Decimal]]) -> None:
        """Set levels to what they hold now; 0 removes one."""
        half = self._bids if side == "buy" else self._asks
        for price, quantity in levels:
            half.set(price, quantity)

    def bids(self, levels: int, /) -> list[tuple[Decimal, Decimal]]:
        """Return the highest bids, best first."""
        prices = self._bids.prices[-levels:] if levels else []
        return [(price, self._bids.quantities[price]) for price in reversed(prices)]

    def asks(self, levels: int, /) -> list[tuple[Decimal, Decimal]]:
        """Return the lowest asks, best first."""
        return [(price, self._asks.quantities[price]) for price in self._asks.prices[:levels]]

    def best(self, side: Side, /) -> tuple[Decimal, Decimal] | None:
        """Return the best level of a side."""
        half, at = (self._bids, -1) if side == "buy" else (self._asks, 0)
        if not half.prices:
            return None
        price = half.prices[at]
        return price, half.quantities[price]
