"""What a caller may be allowed to do, in words that a token can carry and bits that a core can."""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["SCOPE_BITS", "Scope", "scope_mask", "scopes_from_text"]


class Scope(StrEnum):
    """One thing a caller may do; new ones are added at the end, for the bits follow the order."""

    ORDERS_READ = "orders:read"
    ORDERS_WRITE = "orders:write"
    ORDERS_ON_BEHALF = "orders:on_behalf"
    ORDERS_HIGH_RATE = "orders:high_rate"
    POSITIONS_READ = "positions:read"
    MARKET_READ = "market:read"
    RISK_READ = "risk:read"
    RISK_WRITE = "risk:write"
    RISK_KILL = "risk:kill"
    SETTLEMENT_READ = "settlement:read"
    SETTLEMENT_WRITE = "settlement:write"
    COMPLIANCE_READ = "compliance:read"
    COMPLIANCE_WRITE = "compliance:write"
    AUDIT_READ = "audit:read"
    ACCOUNTS_READ = "accounts:read"
    OPERATOR = "operator"
    OPS = "ops"
    ADMIN = "admin"


SCOPE_BITS: Final[Mapping[Scope, int]] = MappingProxyType(
    {scope: 1 << place for place, scope in enumerate(Scope)}
)
"""The bit of each scope in the mask that crosses to Rust."""


def scope_mask(scopes: Iterable[Scope]) -> int:
    """Return `scopes` as bits."""
    mask = 0
    for scope in scopes:
        mask |= SCOPE_BITS[scope]
    return mask


def scopes_from_text(text: str) -> frozenset[Scope]:
    """Return the scopes named in `text`, blanks between them.

    Raises:
        ValueError: If a name is no scope.
    """
    names = text.split()
    known = {scope.value for scope in Scope}
    strange = [name for name in names if name not in known]
    if strange:
        raise ValueError(f"a scope is one of {' '.join(sorted(known))}: {strange[0]!r}")
    return frozenset(Scope(name) for name in names)
