"""What limits know that no list of a venue says, in a form that outlives the fills behind it."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal  # noqa: TC003 - read when a journal is decoded

__all__ = ["CarriedLimits", "CarriedPosition"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CarriedPosition:
    """What is held of a symbol; `None` where a price is not kept.

    Args:
        symbol: Of what.
        quantity: How much, negative for what is owed.
        price: What one unit cost.
        mark: The price seen last, at which the day's loss values it.
    """

    symbol: str
    quantity: Decimal
    price: Decimal | None = None
    mark: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CarriedLimits:
    """Positions, and what of the day's loss the fills behind them have used up.

    Args:
        positions: What is held, with the last known price of what was held once.
        spent: Lost and paid today beyond what the positions show, by currency; negative was won.
    """

    positions: tuple[CarriedPosition, ...] = ()
    spent: dict[str, Decimal] = field(default_factory=dict)
