"""Users, keys and secrets that tests of identity share, all of them made, none of them kept."""

from __future__ import annotations

import itertools

import pytest

from tradecore.identity import ApiKey, Role, Scope, User


@pytest.fixture
def randomness():
    """Return bytes that differ from call to call and are the same in each run."""
    counter = itertools.count(1)

    def random_bytes(count: int) -> bytes:
        return next(counter).to_bytes(count, "little")

    return random_bytes


@pytest.fixture
def trader():
    """A user that trades on account 7."""
    return User(id="usr_alice", login="alice", account=7, roles=frozenset({Role.TRADER}))


@pytest.fixture
def key(trader):
    """A key of the trader for all it may do."""
    scopes = frozenset({Scope.ORDERS_READ, Scope.ORDERS_WRITE})
    return ApiKey(id="tck_a", user=trader.id, label="bot", scopes=scopes, sealed="")
