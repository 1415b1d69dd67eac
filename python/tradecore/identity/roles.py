"""The eight roles, and the one table that says what each of them may do."""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from tradecore.identity.scopes import Scope

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["ROLE_SCOPES", "Role", "roles_from_text", "scopes_of"]


class Role(StrEnum):
    """What somebody is at a venue."""

    VIEWER = "viewer"
    TRADER = "trader"
    MARKET_MAKER = "market_maker"
    RISK_MANAGER = "risk_manager"
    COMPLIANCE = "compliance"
    SETTLEMENT_OPS = "settlement_ops"
    OPERATOR = "operator"
    ADMIN = "admin"


_READS_OWN: Final = frozenset(
    {
        Scope.ORDERS_READ,
        Scope.POSITIONS_READ,
        Scope.MARKET_READ,
        Scope.RISK_READ,
        Scope.SETTLEMENT_READ,
    }
)
_TRADES: Final = _READS_OWN | {Scope.ORDERS_WRITE}
_READS_ALL: Final = _READS_OWN | {Scope.ACCOUNTS_READ}

ROLE_SCOPES: Final[Mapping[Role, frozenset[Scope]]] = MappingProxyType(
    {
        Role.VIEWER: _READS_OWN,
        Role.TRADER: _TRADES,
        Role.MARKET_MAKER: _TRADES | {Scope.ORDERS_HIGH_RATE},
        Role.RISK_MANAGER: _READS_ALL | {Scope.RISK_WRITE, Scope.RISK_KILL},
        Role.COMPLIANCE: _READS_ALL
        | {Scope.COMPLIANCE_READ, Scope.COMPLIANCE_WRITE, Scope.AUDIT_READ},
        Role.SETTLEMENT_OPS: frozenset(
            {Scope.MARKET_READ, Scope.SETTLEMENT_READ, Scope.SETTLEMENT_WRITE}
        ),
        Role.OPERATOR: frozenset({Scope.MARKET_READ, Scope.OPERATOR, Scope.OPS}),
        Role.ADMIN: frozenset(Scope),
    }
)
"""What each role may do; somebody with several roles may do what any of them may."""


def scopes_of(roles: Iterable[Role]) -> frozenset[Scope]:
    """Return what somebody with `roles` may do."""
    return frozenset[Scope]().union(*(ROLE_SCOPES[role] for role in roles))


def roles_from_text(text: str) -> frozenset[Role]:
    """Return the roles named in `text`, blanks or commas between them.

    Raises:
        ValueError: If a name is no role.
    """
    names = text.replace(",", " ").split()
    known = {role.value for role in Role}
    strange = [name for name in names if name not in known]
    if strange:
        raise ValueError(f"a role is one of {' '.join(Role)}: {strange[0]!r}")
    return frozenset(Role(name) for name in names)
