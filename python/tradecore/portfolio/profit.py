"""Profit and its parts at a mark, which always add up."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from tradecore.core import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tradecore.core import Position, Trader

_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Profit:
    """Parts of a profit, in the settlement currency.

    `fees` is what was paid (negative: rebates outweigh it), `funding` what was received.
    """

    realized: Decimal = _ZERO
    unrealized: Decimal = _ZERO
    fees: Decimal = _ZERO
    funding: Decimal = _ZERO

    @property
    def gross(self) -> Decimal:
        """Profit by price alone."""
        return self.realized + self.unrealized

    @property
    def net(self) -> Decimal:
        """What is left after fees and funding: the change of equity."""
        return self.gross - self.fees + self.funding

    def __add__(self, other: Profit) -> Profit:
        return Profit(
            realized=self.realized + other.realized,
            unrealized=self.unrealized + other.unrealized,
            fees=self.fees + other.fees,
            funding=self.funding + other.funding,
        )


def profit(position: Position, mark: Decimal | None = None) -> Profit:
    """Return the profit of one symbol at `mark`; a flat position needs no mark.

    Raises:
        InputError: If something is held and the mark is missing or not above 0.
    """
    return Profit(
        realized=position.realized,
        unrealized=_ZERO if position.is_flat else position.unrealized(_named(position, mark)),
        fees=position.fees,
        funding=position.funding,
    )


def total_profit(trader: Trader, marks: Mapping[str, Decimal]) -> Profit:
    """Return the profit of all symbols of `trader`, which must settle in one currency.

    Raises:
        InputError: If a symbol that is held has no mark, or one that is not above 0.
    """
    parts = (profit(trader.position(name), marks.get(name)) for name in trader.symbols)
    return sum(parts, start=Profit())


def _named(position: Position, mark: Decimal | None) -> Decimal:
    if mark is None:
        raise InputError(f"a position that is held needs a mark: symbol={position.symbol}")
    return mark
