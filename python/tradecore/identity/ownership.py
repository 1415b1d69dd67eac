"""Whose object may be touched by whom: decided here and nowhere else."""

from __future__ import annotations

from enum import Enum, auto
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from tradecore.identity.scopes import Scope

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tradecore.identity.principal import Principal

__all__ = ["ACROSS", "ALL_ACCOUNTS", "Access", "Accounts", "act_for", "permit", "reach", "visible"]


class Access(Enum):
    """What becomes of a request."""

    ALLOWED = auto()
    FORBIDDEN = auto()
    MISSING = auto()


class _All(Enum):
    ALL = auto()


ALL_ACCOUNTS: Final = _All.ALL
"""Every account there is, where `visible` answers which ones a list may show."""

Accounts: TypeAlias = "int | Literal[_All.ALL] | None"

_BY_READING: Final = frozenset({Scope.ORDERS_ON_BEHALF, Scope.ACCOUNTS_READ})

ACROSS: Final[Mapping[Scope, frozenset[Scope]]] = MappingProxyType(
    {
        Scope.ORDERS_WRITE: frozenset({Scope.ORDERS_ON_BEHALF}),
        Scope.ORDERS_READ: _BY_READING,
        Scope.POSITIONS_READ: _BY_READING,
        Scope.RISK_READ: _BY_READING | {Scope.RISK_WRITE},
        Scope.RISK_WRITE: frozenset({Scope.RISK_WRITE}),
        Scope.RISK_KILL: frozenset({Scope.RISK_KILL}),
        Scope.SETTLEMENT_READ: _BY_READING | {Scope.SETTLEMENT_WRITE},
        Scope.SETTLEMENT_WRITE: frozenset({Scope.SETTLEMENT_WRITE}),
        Scope.COMPLIANCE_READ: frozenset({Scope.COMPLIANCE_READ}),
        Scope.COMPLIANCE_WRITE: frozenset({Scope.COMPLIANCE_WRITE}),
        Scope.ADMIN: frozenset({Scope.ADMIN}),
    }
)
"""For each scope, any of which scopes carries it to accounts that are not the caller's own."""


def permit(principal: Principal, scope: Scope) -> Access:
    """Decide on what belongs to no account: the caller has the scope, or is forbidden."""
    return Access.ALLOWED if principal.has(scope) else Access.FORBIDDEN


def reach(principal: Principal, scope: Scope, owner: int | None) -> Access:
    """Decide on an object that was asked for by its id.

    Args:
        principal: Who asks.
        scope: What for.
        owner: Account the object belongs to; None if there is no such object.

    Returns:
        `FORBIDDEN` without the scope, whatever the object. Else `ALLOWED` for the caller's own
        and, with a scope across accounts, for everybody's. Somebody else's object is `MISSING`,
        as one is that does not exist.
    """
    if not principal.has(scope):
        return Access.FORBIDDEN
    if owner is None or not _is_within(principal, scope, owner):
        return Access.MISSING
    return Access.ALLOWED


def act_for(principal: Principal, scope: Scope, account: int | None) -> Access:
    """Decide on an account that the caller named: its own, or one it may act for.

    A name that belongs to no account (None) is answered as a foreign account is.
    """
    if not principal.has(scope):
        return Access.FORBIDDEN
    if account is None:
        return Access.MISSING if visible(principal, scope) is ALL_ACCOUNTS else Access.FORBIDDEN
    return Access.ALLOWED if _is_within(principal, scope, account) else Access.FORBIDDEN


def visible(principal: Principal, scope: Scope) -> Accounts:
    """Return whose objects a list may show: the number of one account, all, or None for none."""
    if not principal.has(scope):
        return None
    return ALL_ACCOUNTS if _is_across(principal, scope) else principal.account


def _is_within(principal: Principal, scope: Scope, account: int) -> bool:
    return account == principal.account or _is_across(principal, scope)


def _is_across(principal: Principal, scope: Scope) -> bool:
    return not ACROSS.get(scope, frozenset()).isdisjoint(principal.scopes)
