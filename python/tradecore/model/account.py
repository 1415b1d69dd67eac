"""What an account has, and what it may still send."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from decimal import Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """One currency of an account: all of it, and the part that nothing holds."""

    currency: str
    total: Decimal
    free: Decimal
    ts_event_ns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class InventoryDelta:
    """A change of what is held elsewhere, such as a position of a liquidity pool."""

    source: str
    asset: str
    quantity: Decimal
    ts_event_ns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """What a venue's rate limit leaves, in its own weights."""

    used: int
    capacity: int
    period_ns: int
