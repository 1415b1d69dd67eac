"""What identity asks of a database is the same of SQLite and of PostgreSQL."""

from __future__ import annotations

import threading

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from support.identity_rig import PASSWORD, START_NS, IdentityRig
from tradecore.identity import IdentityError, Principal, Refusal, Role, Scope
from tradecore.identity.audit import AuditError, AuditEvent
from tradecore.store import StoreError, audit_table
from tradecore.store.identity_service import open_identity
from tradecore.store.identity_tables import audit_entries, audit_head, identity_metadata

PEER = "192.0.2.1"
BY = {"by": "local:test", "now_ns": START_NS}


@pytest.fixture
def rig(url, tmp_path):
    """Return a service on a database of either kind, with a trader and its key."""
    rig = IdentityRig(url, tmp_path)
    rig.trader = rig.user()
    rig.trader_key, rig.secret = rig.key()
    yield rig
    rig.close()


def login(rig):
    """Log in now."""
    return rig.service.login("alice", PASSWORD, PEER, rig.now_ns)


def test_the_steps_lead_to_the_tables(url):
    """What the migration makes is what the queries are written for."""
    database = open_identity(url)
    with database.reading() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "compare_type": True,
                "include_object": lambda _one, name, kind, _is_reflected, _other: (
                    kind != "table" or name in identity_metadata.tables
                ),
            },
        )
        assert compare_metadata(context, identity_metadata) == []
    database.close()


def test_a_day_of_a_user(rig):
    """Added, logged in, refreshed, signed for, changed, and ended: all of it on record."""
    with pytest.raises(IdentityError, match="'alice' is taken"):
        rig.user()
    first = login(rig)
    second = rig.service.refresh_token(first.refresh_token, PEER, rig.now_ns)
    said = rig.service.authenticate_token(second.access_token, rig.now_ns)
    assert isinstance(said, Principal)
    request = rig.signed(rig.trader_key, rig.secret)
    assert isinstance(rig.service.authenticate_request(request, PEER, rig.now_ns), Principal)
    rig.service.logout(said, rig.now_ns)
    assert isinstance(rig.service.authenticate_token(second.access_token, rig.now_ns), Refusal)
    rig.service.users.set_roles("alice", frozenset({Role.VIEWER}), **BY)
    rig.service.keys.revoke(rig.trader_key.id, **BY)
    rig.service.users.disable("alice", **BY)
    assert rig.service.users.list()[0].is_disabled
    assert rig.service.keys.list("alice")[0].revoked_ns == START_NS
    rig.service.sessions.purge(now_ns=rig.now_ns * 2)
    told = [*("user.added", "key.added", "login.succeeded", "token.refreshed")]
    told += ["token.revoked", "session.ended", "key.used"]
    assert rig.told() == [*told, "user.roles_changed", "key.revoked", "user.disabled"]
    with rig.database.reading() as connection:
        assert audit_table.check(connection).seq == len(rig.told())


def test_of_two_who_refresh_at_once_one_is_refused(rig):
    """However they meet, a refresh token is exchanged for one pair."""
    token = login(rig).refresh_token
    other = rig.elsewhere()
    said = []
    threads = [
        threading.Thread(
            target=lambda who: said.append(who.refresh_token(token, PEER, rig.now_ns)),
            args=(service,),
        )
        for service in (rig.service, other)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(isinstance(one, Refusal) for one in said) == [False, True]


@pytest.mark.parametrize("change", ["disable", "revoke", "roles"])
def test_a_change_elsewhere_holds_here(rig, change):
    """What another process changes is known here after the next refresh."""
    issued = login(rig)
    other = rig.elsewhere()
    version = rig.service.version
    if change == "disable":
        other.users.disable("alice", **BY)
    elif change == "revoke":
        other.keys.revoke(rig.trader_key.id, **BY)
    else:
        other.users.set_roles("alice", frozenset({Role.VIEWER}), **BY)
    assert rig.service.refresh(rig.now_ns)
    assert rig.service.version == version + 1
    assert isinstance(rig.service.authenticate_token(issued.access_token, rig.now_ns), Refusal)
    said = rig.service.authenticate_request(
        rig.signed(rig.trader_key, rig.secret), PEER, rig.now_ns
    )
    if change == "roles":
        assert Scope.ORDERS_WRITE not in said.scopes
    else:
        assert isinstance(said, Refusal)
    assert not rig.service.refresh(rig.now_ns)


def test_many_writers_make_one_chain(rig, monkeypatch):
    """Two processes that append at once wait for each other; no entry is lost or doubled."""
    monkeypatch.setattr(audit_table, "PAGE_ENTRIES", 7)
    others = [rig.service, rig.elsewhere()]
    before = len(rig.told())

    def write(service, name):
        for number in range(20):
            service.audit("kill", name, {"number": number}, START_NS)

    threads = [
        threading.Thread(target=write, args=(service, f"writer-{place}"))
        for place, service in enumerate(others)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with rig.database.reading() as connection:
        assert audit_table.check(connection).seq == before + 40


def append_and_fail(database):
    """Write an event in a transaction that does not come to its end."""
    with database.writing() as connection:
        audit_table.append(connection, AuditEvent("kill", "a", START_NS))
        connection.execute(sa.text("SELECT * FROM nothing"))


def test_an_event_stands_or_falls_with_its_change(rig):
    """When a change is taken back, so is its entry, and the next takes its number."""
    before = rig.entries()
    with pytest.raises(StoreError, match="a database does what it is asked"):
        append_and_fail(rig.database)
    assert rig.entries() == before
    rig.service.audit("kill", "a", {}, START_NS)
    with rig.database.reading() as connection:
        assert audit_table.check(connection).seq == len(before) + 1


FIRST, SECOND = audit_entries.c.seq == 1, audit_entries.c.seq == 2


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        (sa.update(audit_entries).where(FIRST).values(record="{}"), "line 1"),
        (
            sa.update(audit_entries).where(SECOND).values(digest="0" * 64),
            "line 2",
        ),
        (sa.delete(audit_entries).where(FIRST), "1 is due, not 2: line 1"),
        (sa.delete(audit_entries).where(SECOND), "reach to the head, 2: line 2"),
        (sa.update(audit_head).values(seq=1), "has the digest that was kept: line 1"),
        (
            sa.update(audit_head).values(
                seq=1, digest=sa.select(audit_entries.c.digest).where(FIRST).scalar_subquery()
            ),
            "entries end with the head, 1: line 2",
        ),
        (sa.update(audit_head).values(digest="0" * 64), "the digest that was kept: line 2"),
    ],
    ids=["record", "digest", "first-gone", "last-gone", "head-moved", "head-back", "head-changed"],
)
def test_a_touched_table_is_found(rig, change, rule):
    """A changed record, one that is gone, or a moved head: each with its place."""
    with rig.database.writing() as connection:
        connection.execute(change)
    with rig.database.reading() as connection, pytest.raises(AuditError, match=rule):
        audit_table.check(connection)


def test_a_log_without_a_head_is_an_older_schema(rig):
    """An event is refused where no head was ever written, and the message says what to do."""
    with rig.database.writing() as connection:
        connection.execute(sa.delete(audit_head))
    with pytest.raises(IdentityError, match="run `tradecore db upgrade`"):
        rig.service.audit("kill", "a", {}, START_NS)
    with rig.database.writing() as connection:
        connection.execute(sa.insert(audit_head).values(id=1, seq=0, digest="0" * 64))
