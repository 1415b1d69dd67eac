"""Ownership: one's own, everybody's with a scope across accounts, and nothing else."""

from __future__ import annotations

import pytest

from tradecore.identity import (
    ALL_ACCOUNTS,
    ROLE_SCOPES,
    Access,
    Principal,
    Proof,
    Role,
    Scope,
    act_for,
    permit,
    reach,
    visible,
)
from tradecore.identity.ownership import ACROSS

MINE, THEIRS = 7, 8
ALLOWED, FORBIDDEN, MISSING = Access.ALLOWED, Access.FORBIDDEN, Access.MISSING


def somebody(*roles: Role, account: int | None = MINE, scopes=None) -> Principal:
    """Return a caller with roles and, unless given, all their scopes."""
    all_scopes = frozenset().union(*(ROLE_SCOPES[role] for role in roles))
    return Principal(
        subject="usr_me",
        account=account,
        roles=frozenset(roles),
        scopes=all_scopes if scopes is None else frozenset(scopes),
        proof=Proof.TOKEN,
    )


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("scope", Scope)
def test_without_the_scope_nothing_is_told(role, scope):
    """A caller without the scope is forbidden, be the object its own, foreign or absent."""
    caller = somebody(role)
    if scope in caller.scopes:
        assert permit(caller, scope) is ALLOWED
        return
    answers = {reach(caller, scope, owner) for owner in (MINE, THEIRS, None)}
    answers |= {act_for(caller, scope, account) for account in (MINE, THEIRS, None)}
    assert answers | {permit(caller, scope)} == {FORBIDDEN}
    assert visible(caller, scope) is None


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("scope", Scope)
def test_a_foreign_object_looks_like_a_missing_one(role, scope):
    """Without a scope across accounts, somebody else's and nobody's object are told the same."""
    caller = somebody(role)
    if scope not in caller.scopes:
        return
    assert reach(caller, scope, MINE) is ALLOWED
    assert reach(caller, scope, None) is MISSING
    is_across = bool(ACROSS.get(scope, frozenset()) & caller.scopes)
    assert reach(caller, scope, THEIRS) is (ALLOWED if is_across else MISSING)
    assert visible(caller, scope) is (ALL_ACCOUNTS if is_across else MINE)


@pytest.mark.parametrize(
    ("role", "scope", "reaches"),
    [
        (Role.VIEWER, Scope.ORDERS_READ, False),
        (Role.TRADER, Scope.ORDERS_READ, False),
        (Role.TRADER, Scope.ORDERS_WRITE, False),
        (Role.MARKET_MAKER, Scope.ORDERS_WRITE, False),
        (Role.RISK_MANAGER, Scope.ORDERS_READ, True),
        (Role.RISK_MANAGER, Scope.POSITIONS_READ, True),
        (Role.RISK_MANAGER, Scope.RISK_READ, True),
        (Role.RISK_MANAGER, Scope.RISK_KILL, True),
        (Role.COMPLIANCE, Scope.ORDERS_READ, True),
        (Role.COMPLIANCE, Scope.SETTLEMENT_READ, True),
        (Role.SETTLEMENT_OPS, Scope.SETTLEMENT_READ, True),
        (Role.SETTLEMENT_OPS, Scope.SETTLEMENT_WRITE, True),
        (Role.ADMIN, Scope.ORDERS_WRITE, True),
        (Role.ADMIN, Scope.POSITIONS_READ, True),
    ],
)
def test_who_reaches_other_accounts(role, scope, reaches):
    """Reading across accounts is for risk, compliance and admin; acting, for admin alone."""
    assert reach(somebody(role), scope, THEIRS) is (ALLOWED if reaches else MISSING)
    assert act_for(somebody(role), scope, THEIRS) is (ALLOWED if reaches else FORBIDDEN)


def test_a_named_account_is_answered_openly():
    """Who names another's account is forbidden, also where there is no such account."""
    caller = somebody(Role.TRADER)
    assert act_for(caller, Scope.ORDERS_WRITE, MINE) is ALLOWED
    assert act_for(caller, Scope.ORDERS_WRITE, None) is FORBIDDEN
    assert act_for(somebody(Role.ADMIN), Scope.ORDERS_WRITE, None) is MISSING


def test_a_narrow_proof_is_narrow():
    """What a key was not given its user does not do through it."""
    caller = somebody(Role.ADMIN, scopes={Scope.ORDERS_READ})
    assert reach(caller, Scope.ORDERS_READ, THEIRS) is MISSING
    assert permit(caller, Scope.ADMIN) is FORBIDDEN


def test_who_has_no_account_owns_nothing():
    """A caller without an account reaches no object by owning it, and no object of nobody."""
    caller = somebody(Role.VIEWER, account=None)
    assert reach(caller, Scope.ORDERS_READ, THEIRS) is MISSING
    assert reach(caller, Scope.ORDERS_READ, None) is MISSING
    assert act_for(caller, Scope.ORDERS_READ, None) is FORBIDDEN
    assert visible(caller, Scope.ORDERS_READ) is None
