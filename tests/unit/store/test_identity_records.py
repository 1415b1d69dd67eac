"""Users and keys on record: every change is audited, and what is secret is not written down."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from support.identity_rig import GIVEN, PASSWORD, SECOND, START_NS, IdentityRig
from tradecore.identity import IdentityError, Role, Scope, UnknownIdentityError
from tradecore.identity.sealing import SealError
from tradecore.store.identity_tables import identity_metadata, keys

BY = {"by": "local:test", "now_ns": START_NS}


@pytest.fixture
def rig(sqlite_url, tmp_path):
    """Return a service on a database."""
    rig = IdentityRig(sqlite_url, tmp_path)
    yield rig
    rig.close()


def test_a_user_is_found_by_id_and_login(rig):
    """What was made is what is found, and the log tells of it without the password."""
    user = rig.user("alice", Role.TRADER, Role.OPERATOR)
    assert rig.service.users.find("alice") == rig.service.users.find(user.id) == user
    assert rig.service.users.list() == (user,)
    (entry,) = rig.entries()
    assert entry.fields == {
        "actor": "local:test",
        "data": {
            "account": 7,
            "login": "alice",
            "roles": ["operator", "trader"],
            "user": user.id,
        },
        "seq": 1,
        "ts_ns": START_NS,
        "type": "user.added",
    }


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"login": "alice"}, "a login is one user's: 'alice' is taken"),
        ({"login": "Bob"}, "a login is 1 to 64"),
        ({"roles": frozenset()}, "a user has at least one role"),
        ({"account": 0}, "an account is a number from 1: account=0"),
        ({"account": 1 << 63}, "an account is a number from 1"),
        ({"password": "short"}, "a password has at least 12 characters"),
    ],
)
def test_a_user_that_cannot_be_changes_nothing(rig, change, rule):
    """A refused user is neither on record nor in the log."""
    rig.user("alice")
    terms = {"login": "bob", "roles": {Role.TRADER}, "account": 8, "password": None} | change
    with pytest.raises(IdentityError, match=rule):
        rig.service.users.add(terms.pop("login"), **terms, **BY)
    assert [user.login for user in rig.service.users.list()] == ["alice"]
    assert rig.told() == ["user.added"]


@pytest.mark.parametrize(
    ("name", "arguments", "event"),
    [
        ("disable", (), "user.disabled"),
        ("enable", (), "user.enabled"),
        ("set_roles", (frozenset({Role.VIEWER}),), "user.roles_changed"),
        ("set_password", ("another horse, another staple",), "user.password_changed"),
        ("end_sessions", (), "user.tokens_revoked"),
    ],
)
def test_a_change_of_a_user_ends_its_tokens(rig, name, arguments, event):
    """Each change is in the log, and what was issued before does not hold any more."""
    user = rig.user()
    changed = getattr(rig.service.users, name)("alice", *arguments, **BY)
    assert changed == rig.service.users.find(user.id)
    assert changed.tokens_from_s == START_NS // SECOND + 1
    assert rig.told() == ["user.added", event]
    with pytest.raises(UnknownIdentityError, match="no such user: 'nobody'") as caught:
        getattr(rig.service.users, name)("nobody", *arguments, **BY)
    assert caught.value.exit_code == 3


def test_a_user_has_a_role(rig):
    """The last one cannot be taken away."""
    rig.user()
    with pytest.raises(IdentityError, match="at least one role"):
        rig.service.users.set_roles("alice", frozenset(), **BY)


def test_a_key_is_made_with_its_user_s_scopes(rig):
    """Without further word a key may do what its user may, from anywhere, without an end."""
    user = rig.user()
    key, secret = rig.key()
    assert key.scopes == user.scopes
    assert (key.networks, key.expires_ns, key.revoked_ns) == ((), None, None)
    assert rig.service.keys.list() == rig.service.keys.list("alice") == (key,)
    assert rig.service.keys.find(key.id) == key
    assert rig.service.keys.vault.open(key.sealed, row=key.row) == secret


def test_a_key_is_made_with_its_limits(rig):
    """Scopes, networks, end and label are those that were given, and the log has them."""
    rig.user()
    key, _ = rig.key(
        label="bot 1",
        scopes=frozenset({Scope.ORDERS_READ}),
        networks=["10.0.0.0/8"],
        expires_ns=START_NS + 5,
    )
    assert rig.service.keys.find(key.id) == key
    assert key.scopes == {Scope.ORDERS_READ}
    data = rig.entries()[-1].fields["data"]
    assert data == {
        "key": key.id,
        "label": "bot 1",
        "networks": ["10.0.0.0/8"],
        "user": key.user,
    }


@pytest.mark.parametrize(
    ("terms", "rule"),
    [
        ({"scopes": frozenset({Scope.ADMIN})}, "a key may do at most what its user may: admin"),
        ({"scopes": frozenset()}, "a key has at least one scope"),
        ({"networks": ["nowhere"]}, "a network is an address"),
        ({"expires_ns": START_NS}, "a key ends later"),
        ({"label": "x" * 81}, "a label is at most 80 characters"),
        ({"label": "a\nb"}, "a label is at most 80 characters"),
    ],
)
def test_a_key_that_cannot_be_changes_nothing(rig, terms, rule):
    """A refused key is neither on record nor in the log."""
    rig.user()
    with pytest.raises(IdentityError, match=rule):
        rig.key(**terms)
    assert rig.service.keys.list() == ()
    assert rig.told() == ["user.added"]


def test_a_disabled_or_missing_user_gets_no_key(rig):
    """A key is somebody's who may come in."""
    rig.user()
    rig.service.users.disable("alice", **BY)
    with pytest.raises(IdentityError, match="a key is for a user that is enabled: user=alice"):
        rig.key()
    with pytest.raises(UnknownIdentityError, match="no such user"):
        rig.key("nobody")


def test_keys_of_a_user_have_a_limit(rig, monkeypatch):
    """A revoked key makes room again."""
    monkeypatch.setattr("tradecore.store.identity_keys.KEYS_PER_USER_MAX", 2)
    rig.user()
    first, _ = rig.key()
    rig.key()
    with pytest.raises(IdentityError, match="a user has at most 2 keys"):
        rig.key()
    rig.service.keys.revoke(first.id, **BY)
    rig.key()


def test_a_key_is_revoked_once(rig):
    """Revoking ends the key and its user's tokens; a second time is an error."""
    user = rig.user()
    key, _ = rig.key()
    assert rig.service.keys.revoke(key.id, **BY).revoked_ns == START_NS
    assert rig.service.users.find(user.id).tokens_from_s == START_NS // SECOND + 1
    with pytest.raises(IdentityError, match="a key is revoked once"):
        rig.service.keys.revoke(key.id, **BY)
    with pytest.raises(UnknownIdentityError, match="no such key: 'tck_x'"):
        rig.service.keys.revoke("tck_x", **BY)
    assert rig.told() == ["user.added", "key.added", "key.revoked"]


def test_the_encryption_key_is_changed_in_steps(rig):
    """With the old key at hand secrets are sealed anew; without it the venue does not start."""
    rig.user()
    key, secret = rig.key()
    new = {"ENCRYPTION_KEY": "Zc-Q7Rt90Ty5Hj3Gf6Sd1Lp8Km4Bv2Xn"}
    with pytest.raises(SealError, match="an encryption key that is not configured"):
        rig.open(new)
    changed = rig.open(new | {"ENCRYPTION_KEY_PREVIOUS": GIVEN["ENCRYPTION_KEY"]})
    assert changed.keys.reseal(**BY) == 1
    assert changed.keys.reseal(**BY) == 0
    alone = rig.open(new)
    assert alone.keys.vault.open(alone.keys.find(key.id).sealed, row=key.row) == secret
    assert rig.told()[-1] == "secrets.resealed"


def test_a_sealed_secret_moved_to_another_key_does_not_open(rig):
    """Who can write to the table cannot give one key the secret of another."""
    rig.user()
    one, _ = rig.key()
    other, _ = rig.key()
    with rig.database.writing() as connection:
        connection.execute(sa.update(keys).where(keys.c.id == one.id).values(sealed=other.sealed))
    with pytest.raises(SealError, match=f"not as it was sealed, api_key {one.id}"):
        rig.open()


def test_no_secret_is_in_any_table(rig):
    """Password, key secret, tokens and the venue's own secrets are in no column of any row."""
    rig.user()
    _, secret = rig.key()
    issued = rig.service.login("alice", PASSWORD, "192.0.2.1", rig.now_ns)
    with rig.database.reading() as connection:
        rows = [
            repr(row)
            for table in identity_metadata.sorted_tables
            for row in connection.execute(sa.select(table))
        ]
    assert len(rows) > 5
    hidden = [PASSWORD, secret, issued.access_token, issued.refresh_token, *GIVEN.values()]
    for value in hidden:
        assert not any(value in row for row in rows)
