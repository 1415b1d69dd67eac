"""Who comes in: by password, key, token or signature, until it ends or is ended."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from support.identity_rig import GIVEN, PASSWORD, SECOND, START_NS, IdentityRig
from tradecore.identity import AuthCode, Principal, Proof, Refusal, Role, Scope
from tradecore.identity.passwords import PasswordCost
from tradecore.store.errors import StoreError
from tradecore.store.identity_gate import ADMIN_TOKEN_SCOPES
from tradecore.store.identity_sessions import SessionTimes
from tradecore.store.identity_tables import users as users_table

PEER = "192.0.2.1"
BY = {"by": "local:test", "now_ns": START_NS}


@pytest.fixture
def rig(sqlite_url, tmp_path):
    """Return a service on a database, with a trader and its key."""
    rig = IdentityRig(sqlite_url, tmp_path)
    rig.trader = rig.user()
    rig.trader_key, rig.secret = rig.key()
    yield rig
    rig.close()


def login(rig, password=PASSWORD, name="alice", peer=PEER):
    """Log in now."""
    return rig.service.login(name, password, peer, rig.now_ns)


def test_a_password_gives_tokens(rig):
    """Who logs in gets an access token for all its scopes, which is believed at once."""
    issued = login(rig)
    assert issued.expires_in_s == 600
    said = rig.service.authenticate_token(issued.access_token, rig.now_ns)
    assert (said.subject, said.account, said.proof) == (rig.trader.id, 7, Proof.TOKEN)
    assert said.scopes == rig.trader.scopes
    assert issued.scope == " ".join(sorted(rig.trader.scopes))
    assert rig.told()[-1] == "login.succeeded"
    assert login(rig, name=" ALICE ").principal.subject == rig.trader.id


@pytest.mark.parametrize(
    ("name", "password", "code"),
    [
        ("alice", "wrong password", AuthCode.WRONG_PASSWORD),
        ("alice", "", AuthCode.WRONG_PASSWORD),
        ("nobody", PASSWORD, AuthCode.UNKNOWN_USER),
        ("alice' or '1'='1", PASSWORD, AuthCode.UNKNOWN_USER),
        ("robot", PASSWORD, AuthCode.WRONG_PASSWORD),
        ("gone", PASSWORD, AuthCode.DISABLED),
    ],
)
def test_a_wrong_login_is_refused_and_told(rig, name, password, code):
    """A wrong password, nobody's login, a user without a password, or a disabled one."""
    rig.user("robot", password=None)
    rig.user("gone")
    rig.service.users.disable("gone", **BY)
    assert login(rig, password, name).code is code
    fields = rig.entries()[-1].fields
    assert fields["type"] == "login.failed"
    assert fields["actor"] == "unproved"
    known = "" if code is AuthCode.UNKNOWN_USER else name
    assert fields["data"] == {"code": code.value, "login": known, "peer": PEER}


def test_guessing_waits(rig):
    """After ten failures even the right password is refused from that address, for a while."""
    for _ in range(10):
        assert login(rig, "wrong password").code is AuthCode.WRONG_PASSWORD
    assert login(rig).code is AuthCode.TOO_MANY_FAILURES
    assert not isinstance(login(rig, peer="192.0.2.2"), Refusal)
    rig.now_ns += 15 * 60 * SECOND
    assert not isinstance(login(rig), Refusal)


def test_passwords_are_checked_a_few_at_a_time(rig, monkeypatch):
    """Who finds no room is refused, since each check takes memory; nothing counts as a failure."""
    monkeypatch.setattr("tradecore.store.identity_logins.HASH_WAIT_S", 0.0)
    room = rig.service._logins._room
    for _ in range(4):
        room.acquire()
    for _ in range(12):
        assert login(rig).code is AuthCode.BUSY
    room.release(4)
    assert not isinstance(login(rig), Refusal)


def test_a_hash_is_made_anew_when_it_grew_too_cheap(sqlite_url, tmp_path):
    """The first login after the cost grew leaves a dearer hash behind, and sessions as they are."""
    rig = IdentityRig(sqlite_url, tmp_path)
    rig.user()
    rig.cost = PasswordCost(memory_kib=128, passes=2)
    dearer = rig.open()
    issued = dearer.login("alice", PASSWORD, PEER, rig.now_ns)
    assert dearer.users.find("alice").password.startswith("$argon2id$v=19$m=128,t=2,p=1$")
    assert "user.password_rehashed" in rig.told()
    assert isinstance(dearer.authenticate_token(issued.access_token, rig.now_ns), Principal)
    assert not isinstance(dearer.login("alice", PASSWORD, PEER, rig.now_ns), Refusal)
    rig.close()


def test_a_key_and_its_secret_give_tokens(rig):
    """A token for a key is for what the key may do."""
    key, secret = rig.key(scopes=frozenset({Scope.ORDERS_READ}))
    issued = rig.service.issue_for_key(key.id, secret, PEER, rig.now_ns)
    assert issued.scope == "orders:read"
    said = rig.service.authenticate_token(issued.access_token, rig.now_ns)
    assert said.scopes == {Scope.ORDERS_READ}


@pytest.mark.parametrize(
    ("key_id", "secret", "code"),
    [
        ("tck_unknown", "tcs_x", AuthCode.UNKNOWN_KEY),
        ("", "", AuthCode.UNKNOWN_KEY),
        ("own", "tcs_wrong", AuthCode.UNKNOWN_KEY),
        ("own", "", AuthCode.UNKNOWN_KEY),
    ],
)
def test_a_key_without_its_secret_gives_none(rig, key_id, secret, code):
    """An unknown key and a wrong secret are the same refusal."""
    name = rig.trader_key.id if key_id == "own" else key_id
    assert rig.service.issue_for_key(name, secret, PEER, rig.now_ns).code is code


def test_a_key_s_limits_hold_for_its_secret_too(rig):
    """A key with networks gives no token elsewhere, and the refusal is counted."""
    key, secret = rig.key(networks=["198.51.100.0/24"])
    refused = rig.service.issue_for_key(key.id, secret, PEER, rig.now_ns)
    assert refused.code is AuthCode.WRONG_NETWORK
    assert rig.told()[-1] == "request.refused"
    issued = rig.service.issue_for_key(key.id, secret, "198.51.100.7", rig.now_ns)
    assert not isinstance(issued, Refusal)


def change_row(rig, **values):
    """Change the trader's row behind the service's back, as nobody should."""
    with rig.database.writing() as connection:
        connection.execute(
            sa.update(users_table).where(users_table.c.id == rig.trader.id).values(**values)
        )
    rig.service.audit("user.moved", "local:test", {}, rig.now_ns)
    rig.service.refresh(rig.now_ns)


def test_a_token_holds_for_the_account_it_was_made_for(rig):
    """When a user's account is another, its tokens do not trade on it."""
    issued = login(rig)
    change_row(rig, account=8)
    said = rig.service.authenticate_token(issued.access_token, rig.now_ns)
    assert said.code is AuthCode.WRONG_CLAIM


def test_a_disabled_user_s_session_does_not_go_on(rig):
    """Even where its session was not ended."""
    issued = login(rig)
    change_row(rig, is_disabled=True)
    said = rig.service.refresh_token(issued.refresh_token, PEER, rig.now_ns)
    assert said.code is AuthCode.DISABLED


def test_checked_tokens_are_remembered_up_to_a_limit(rig, monkeypatch):
    """The oldest is forgotten and checked again when it comes back; each still ends in its time."""
    monkeypatch.setattr("tradecore.store.identity_gate.CHECKED_MAX", 2)
    tokens = [login(rig).access_token for _ in range(3)]
    for token in [*tokens, *tokens]:
        assert isinstance(rig.service.authenticate_token(token, rig.now_ns), Principal)
    assert len(rig.service._gate._checked) == 2
    late = rig.now_ns + 606 * SECOND
    for token in tokens:
        assert rig.service.authenticate_token(token, late).code is AuthCode.EXPIRED


def test_a_venue_may_have_no_admin_token(rig):
    """Then nothing is one."""
    rig.service._gate._admin_token = None
    for token in ("", GIVEN["ADMIN_TOKEN"]):
        said = rig.service.authenticate_admin_token(token, "127.0.0.1", rig.now_ns)
        assert said.code is AuthCode.NOT_CONFIGURED


def test_a_signed_request_comes_in_once(rig):
    """The same request a second time is refused, and both are told."""
    request = rig.signed(rig.trader_key, rig.secret)
    said = rig.service.authenticate_request(request, PEER, rig.now_ns)
    assert (said.subject, said.proof, said.credential) == (
        rig.trader.id,
        Proof.API_KEY,
        rig.trader_key.id,
    )
    again = rig.service.authenticate_request(request, PEER, rig.now_ns)
    assert again.code is AuthCode.NONCE_USED
    rig.service.refresh(rig.now_ns)
    assert rig.told()[-2:] == ["key.used", "request.refused"]
    assert rig.service.keys.find(rig.trader_key.id).last_used_ns == rig.now_ns


def test_a_refresh_token_is_good_once(rig):
    """Each refresh gives the next pair; the scopes stay those of the login."""
    first = login(rig)
    rig.now_ns += 60 * SECOND
    second = rig.service.refresh_token(first.refresh_token, PEER, rig.now_ns)
    assert second.refresh_token != first.refresh_token
    assert second.scope == first.scope
    for issued in (first, second):
        said = rig.service.authenticate_token(issued.access_token, rig.now_ns)
        assert isinstance(said, Principal)


def test_a_refresh_token_that_comes_twice_ends_everything(rig):
    """Somebody has a copy: the session ends, and the access tokens of the user with it."""
    first = login(rig)
    second = rig.service.refresh_token(first.refresh_token, PEER, rig.now_ns)
    stolen = rig.service.refresh_token(first.refresh_token, "198.51.100.1", rig.now_ns)
    assert stolen.code is AuthCode.TOKEN_REUSED
    assert rig.told()[-1] == "token.reused"
    after = rig.service.refresh_token(second.refresh_token, PEER, rig.now_ns)
    assert after.code is AuthCode.REVOKED
    for issued in (first, second):
        said = rig.service.authenticate_token(issued.access_token, rig.now_ns)
        assert said.code is AuthCode.REVOKED
    assert isinstance(
        rig.service.authenticate_token(login(rig).access_token, rig.now_ns), Principal
    )


@pytest.mark.parametrize("text", ["", "tcr_unknown", "x" * 10_000, "é"])
def test_a_refresh_token_of_nobody_is_refused(rig, text):
    """What the venue did not make is not exchanged."""
    said = rig.service.refresh_token(text, PEER, rig.now_ns)
    assert said.code is AuthCode.UNKNOWN_KEY


@pytest.mark.parametrize("refreshes", [0, 3])
def test_a_session_ends(rig, refreshes):
    """A refresh token that was not used for its time, and a session after its own, are over."""
    rig.service = rig.open(times=SessionTimes(idle_ns=10 * SECOND, whole_ns=35 * SECOND))
    issued = login(rig)
    for _ in range(refreshes):
        rig.now_ns += 9 * SECOND
        issued = rig.service.refresh_token(issued.refresh_token, PEER, rig.now_ns)
    rig.now_ns += (10 if refreshes == 0 else 8) * SECOND
    said = rig.service.refresh_token(issued.refresh_token, PEER, rig.now_ns)
    assert said.code is AuthCode.EXPIRED


def test_a_logout_ends_token_and_session(rig):
    """Neither the access token nor its refresh token is good after it; others are."""
    issued, other = login(rig), login(rig)
    principal = rig.service.authenticate_token(issued.access_token, rig.now_ns)
    rig.service.logout(principal, rig.now_ns)
    rig.service.logout(principal, rig.now_ns)
    said = rig.service.authenticate_token(issued.access_token, rig.now_ns)
    assert said.code is AuthCode.REVOKED
    said = rig.service.refresh_token(issued.refresh_token, PEER, rig.now_ns)
    assert said.code is AuthCode.REVOKED
    assert isinstance(rig.service.authenticate_token(other.access_token, rig.now_ns), Principal)
    rig.service.logout(other.principal, rig.now_ns)


def test_a_user_s_tokens_end_together(rig):
    """Revoking a user refuses every token issued before, and none issued after."""
    issued = login(rig)
    admin = rig.service.authenticate_admin_token(GIVEN["ADMIN_TOKEN"], "127.0.0.1", rig.now_ns)
    rig.service.revoke_user(rig.trader.id, by=admin, now_ns=rig.now_ns)
    said = rig.service.authenticate_token(issued.access_token, rig.now_ns)
    assert said.code is AuthCode.REVOKED
    again = login(rig)
    assert isinstance(rig.service.authenticate_token(again.access_token, rig.now_ns), Principal)
    (entry,) = [one for one in rig.entries() if one.fields["type"] == "user.tokens_revoked"]
    assert entry.fields["actor"] == "admin"


def test_what_only_happened_changes_nobody(rig):
    """A failed login is in the log and makes no gate read its users again."""
    version = rig.service.version
    login(rig, "wrong password")
    assert rig.service.version == version


def test_the_table_for_the_native_server_has_who_trades(rig):
    """Usable keys of users with an account, their scopes as bits, the secret as bytes."""
    rig.user("clerk", Role.OPERATOR, account=None)
    rig.key("clerk")
    revoked, _ = rig.key()
    rig.service.keys.revoke(revoked.id, **BY)
    rig.user("gone", account=9)
    rig.key("gone")
    rig.service.users.disable("gone", **BY)
    rig.service.refresh(rig.now_ns)
    (row,) = rig.service.key_table()
    assert (row.id, row.user, row.account) == (rig.trader_key.id, rig.trader.id, 7)
    assert row.secret == rig.secret.encode()


@pytest.mark.parametrize("peer", ["127.0.0.1", "127.8.9.1", "::1", "::ffff:127.0.0.1"])
def test_the_admin_token_is_used_on_this_machine(rig, peer):
    """It runs the venue, and neither trades nor acts for others."""
    said = rig.service.authenticate_admin_token(GIVEN["ADMIN_TOKEN"], peer, rig.now_ns)
    assert said.scopes == ADMIN_TOKEN_SCOPES
    assert Scope.ORDERS_WRITE not in said.scopes
    assert Scope.ORDERS_ON_BEHALF not in said.scopes


@pytest.mark.parametrize(
    ("token", "peer", "code"),
    [
        (GIVEN["ADMIN_TOKEN"], "192.0.2.1", AuthCode.WRONG_NETWORK),
        (GIVEN["ADMIN_TOKEN"], "localhost", AuthCode.WRONG_NETWORK),
        (GIVEN["ADMIN_TOKEN"], "", AuthCode.WRONG_NETWORK),
        (GIVEN["ADMIN_TOKEN"][:-1], "127.0.0.1", AuthCode.BAD_SIGNATURE),
        ("", "127.0.0.1", AuthCode.BAD_SIGNATURE),
        ("\ud800", "127.0.0.1", AuthCode.BAD_SIGNATURE),
    ],
)
def test_the_admin_token_is_used_nowhere_else(rig, token, peer, code):
    """From another address, or with another text, it opens nothing."""
    assert rig.service.authenticate_admin_token(token, peer, rig.now_ns).code is code


def test_a_new_venue_is_opened_once(sqlite_url, tmp_path):
    """The first start makes an administrator and a trader with a key; the second makes nobody."""
    rig = IdentityRig(sqlite_url, tmp_path)
    made = rig.service.bootstrap(rig.now_ns)
    assert rig.service.bootstrap(rig.now_ns) is None
    issued = rig.service.login(made.login, made.password, PEER, rig.now_ns)
    assert Scope.ADMIN in issued.principal.scopes
    issued = rig.service.issue_for_key(made.key_id, made.key_secret, PEER, rig.now_ns)
    assert issued.principal.account == made.account == 1
    assert made.password not in repr(made)
    assert made.key_secret not in repr(made)
    rig.close()


def test_what_has_ended_is_cleared_away(rig):
    """Once an hour sessions and revoked tokens that are over are deleted."""
    issued = login(rig)
    principal = rig.service.authenticate_token(issued.access_token, rig.now_ns)
    rig.service.logout(principal, rig.now_ns)
    assert rig.service.sessions.purge(now_ns=rig.now_ns) == 0
    rig.now_ns += 31 * 24 * 3600 * SECOND
    login(rig)
    rig.service.refresh(rig.now_ns)
    assert rig.service.sessions.purge(now_ns=rig.now_ns) == 0
    assert rig.service.sessions.purge(now_ns=rig.now_ns + 31 * 24 * 3600 * SECOND) == 1


def test_what_was_counted_while_the_database_was_away_is_written_later(
    monkeypatch, sqlite_url, tmp_path
):
    """Neither the refusal nor what came after it is lost, and the end of a service is orderly."""
    monkeypatch.setattr("tradecore.store.database.BUSY_MS", 20)
    rig = IdentityRig(sqlite_url, tmp_path)
    rig.trader = rig.user()
    rig.trader_key, rig.secret = rig.key()
    before = len(rig.told())
    with rig.database.writers.begin():
        rig.service.authenticate_token("no token", rig.now_ns, peer=PEER)
        for _ in range(2):
            with pytest.raises(StoreError, match="a database does what it is asked"):
                rig.service.refresh(rig.now_ns)
        rig.service.authenticate_token("no token", rig.now_ns, peer="10.0.0.9")
    for _ in range(2):
        rig.service.refresh(rig.now_ns)
    told = [entry.fields["data"]["peer"] for entry in rig.entries()[before:]]
    with rig.database.writers.begin():
        rig.service.authenticate_token("no token", rig.now_ns, peer="10.0.0.8")
        rig.service.close()
    rig.close()

    assert told == [PEER, "10.0.0.9"]
