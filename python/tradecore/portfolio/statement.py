"""Why an account's money changed: entries whose sum is what there is."""

from __future__ import annotations

from decimal import Decimal
from typing import Final, Literal, TypeAlias

from msgspec import Struct

__all__ = ["EntryKind", "StatementEntry", "Totals"]

EntryKind: TypeAlias = Literal["deposit", "withdrawal", "realized", "fee", "funding", "insurance"]
_ZERO: Final = Decimal(0)


class StatementEntry(Struct, frozen=True, kw_only=True):
    """One change of an account's money.

    Args:
        account: Whose.
        currency: Which money.
        kind: Why.
        amount: What came, or went where it is negative.
        balance: What there is after it.
        symbol: In what, where it is about a symbol.
        trade_id: By which trade of the symbol, 0 if by none.
    """

    account: int
    currency: str
    kind: EntryKind
    amount: Decimal
    balance: Decimal
    symbol: str = ""
    trade_id: int = 0


class Totals(Struct, kw_only=True):
    """An account's money, and the sums by reason that it is made of.

    `total` is the sum of the others, to the last digit; fees are what was paid, so negative.
    """

    total: Decimal = _ZERO
    deposit: Decimal = _ZERO
    withdrawal: Decimal = _ZERO
    realized: Decimal = _ZERO
    fee: Decimal = _ZERO
    funding: Decimal = _ZERO
    insurance: Decimal = _ZERO

    def add(self, kind: EntryKind, amount: Decimal) -> Decimal:
        """Count a change, and return what there is after it."""
        setattr(self, kind, getattr(self, kind) + amount)
        self.total += amount
        return self.total

    @property
    def residue(self) -> Decimal:
        """Return what is missing between the sums and the total: 0, or there is an error."""
        parts = (getattr(self, name) for name in self.__struct_fields__ if name != "total")
        return self.total - sum(parts, start=_ZERO)
