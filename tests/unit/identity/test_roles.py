"""Roles and scopes: one table, and bits that mean the same in Rust."""

from __future__ import annotations

import pytest

from tradecore.identity.roles import ROLE_SCOPES, Role, roles_from_text, scopes_of
from tradecore.identity.scopes import (
    SCOPE_BITS,
    Scope,
    scope_mask,
    scopes_from_text,
)

READS = {
    Scope.ORDERS_READ,
    Scope.POSITIONS_READ,
    Scope.MARKET_READ,
    Scope.RISK_READ,
    Scope.SETTLEMENT_READ,
}


@pytest.mark.parametrize(
    ("role", "scopes"),
    [
        (Role.VIEWER, READS),
        (Role.TRADER, READS | {Scope.ORDERS_WRITE}),
        (Role.MARKET_MAKER, READS | {Scope.ORDERS_WRITE, Scope.ORDERS_HIGH_RATE}),
        (Role.RISK_MANAGER, READS | {Scope.ACCOUNTS_READ, Scope.RISK_WRITE, Scope.RISK_KILL}),
        (
            Role.COMPLIANCE,
            READS
            | {Scope.ACCOUNTS_READ, Scope.COMPLIANCE_READ, Scope.COMPLIANCE_WRITE}
            | {Scope.AUDIT_READ},
        ),
        (
            Role.SETTLEMENT_OPS,
            {Scope.MARKET_READ, Scope.SETTLEMENT_READ, Scope.SETTLEMENT_WRITE},
        ),
        (Role.OPERATOR, {Scope.MARKET_READ, Scope.OPERATOR, Scope.OPS}),
        (Role.ADMIN, set(Scope)),
    ],
)
def test_a_role_does_what_the_table_says(role, scopes):
    """Each of the eight roles has its scopes and no more."""
    assert ROLE_SCOPES[role] == scopes
    assert len(ROLE_SCOPES) == 8


@pytest.mark.parametrize("scope", [Scope.ORDERS_ON_BEHALF, Scope.ADMIN])
def test_only_an_admin_acts_for_others(scope):
    """What touches other people's orders, and the venue itself, is one role's."""
    assert [role for role in Role if scope in ROLE_SCOPES[role]] == [Role.ADMIN]


def test_roles_add_up():
    """Somebody with two roles may do what either may; somebody with none, nothing."""
    both = scopes_of([Role.OPERATOR, Role.VIEWER])
    assert both == ROLE_SCOPES[Role.OPERATOR] | ROLE_SCOPES[Role.VIEWER]
    assert scopes_of([]) == frozenset()


def test_bits_are_those_agreed():
    """The mask that crosses to Rust has each scope at its place, forever."""
    assert [(scope.value, bit) for scope, bit in SCOPE_BITS.items()] == [
        ("orders:read", 1 << 0),
        ("orders:write", 1 << 1),
        ("orders:on_behalf", 1 << 2),
        ("orders:high_rate", 1 << 3),
        ("positions:read", 1 << 4),
        ("market:read", 1 << 5),
        ("risk:read", 1 << 6),
        ("risk:write", 1 << 7),
        ("risk:kill", 1 << 8),
        ("settlement:read", 1 << 9),
        ("settlement:write", 1 << 10),
        ("compliance:read", 1 << 11),
        ("compliance:write", 1 << 12),
        ("audit:read", 1 << 13),
        ("accounts:read", 1 << 14),
        ("operator", 1 << 15),
        ("ops", 1 << 16),
        ("admin", 1 << 17),
    ]


def test_a_mask_has_the_bits_of_its_scopes():
    """Each scope sets its own bit."""
    assert scope_mask({Scope.ORDERS_WRITE, Scope.ADMIN}) == 1 << 1 | 1 << 17
    assert scope_mask(Scope) == (1 << 18) - 1
    assert scope_mask([]) == 0


def test_names_are_read():
    """Scopes and roles come from text, and a strange name is refused with the known ones."""
    assert scopes_from_text("orders:read ops") == {Scope.ORDERS_READ, Scope.OPS}
    assert roles_from_text("trader, viewer") == {Role.TRADER, Role.VIEWER}
    with pytest.raises(ValueError, match=r"a scope is one of .*: 'orders:all'"):
        scopes_from_text("orders:all")
    with pytest.raises(ValueError, match=r"a role is one of viewer trader .*: 'root'"):
        roles_from_text("root")
