"""What each trader's own fills add up to: several strategies share an account, not a position."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tradecore.model import Side

__all__ = ["Holding", "Holdings"]

_ZERO: Final = Decimal(0)


@dataclass(frozen=True, slots=True)
class Holding:
    """A position: how much, negative is short, and at which average price."""

    quantity: Decimal = _ZERO
    average_price: Decimal = _ZERO

    def after(self, side: Side, price: Decimal, quantity: Decimal) -> Holding:
        """Return what it is after a fill: growing averages, shrinking keeps, turning begins."""
        signed = quantity if side == "buy" else -quantity
        total = self.quantity + signed
        if not total:
            return Holding()
        if self.quantity * signed >= 0:
            value = self.quantity * self.average_price + signed * price
            return Holding(total, value / total)
        if self.quantity * total > 0:
            return Holding(total, self.average_price)
        return Holding(total, price)


class Holdings:
    """The position of each trader in each symbol, from the fills of its own orders."""

    def __init__(self) -> None:
        """Start flat."""
        self._held: dict[tuple[str, str], Holding] = {}

    def book(
        self, trader: str, symbol: str, side: Side, price: Decimal, quantity: Decimal, /
    ) -> None:
        """Count a fill of a trader's order."""
        self._held[trader, symbol] = self.of(trader, symbol).after(side, price, quantity)

    def of(self, trader: str, symbol: str, /) -> Holding:
        """Return what a trader holds of a symbol."""
        return self._held.get((trader, symbol), Holding())

    def symbols(self, trader: str, /) -> set[str]:
        """Return what a trader ever traded."""
        return {symbol for name, symbol in self._held if name == trader}

    def traders(self, symbol: str, /) -> set[str]:
        """Return who ever traded a symbol."""
        return {name for name, traded in self._held if traded == symbol}

    def every(self) -> Iterator[tuple[str, str, Holding]]:
        """Yield what each trader holds of each symbol it ever traded."""
        for (trader, symbol), held in self._held.items():
            yield trader, symbol, held

    def take_over(self, held: Iterable[tuple[str, str, Decimal, Decimal]], /) -> None:
        """Forget everything, and hold this: trader, symbol, quantity, average price."""
        self._held = {
            (trader, symbol): Holding(quantity, average)
            for trader, symbol, quantity, average in held
        }
