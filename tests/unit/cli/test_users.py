"""`tradecore users` and `tradecore keys`: a venue's people, changed beside it and audited."""

from __future__ import annotations

import io
import os

import pytest

pytest.importorskip("sqlalchemy", reason="needs the extra venue")

from support.identity_rig import GIVEN, PASSWORD
from tradecore.cli import users
from tradecore.identity.audit import GENESIS, AuditEvent, chain
from tradecore.identity.passwords import PasswordCost
from tradecore.store import upgrade


@pytest.fixture
def venue(run, tmp_path, monkeypatch):
    """Return a function that runs a command on a venue whose records are there and empty."""
    monkeypatch.setattr("tradecore.identity.passwords.PasswordCost", lambda: PasswordCost(64, 1))
    for name, value in GIVEN.items():
        monkeypatch.setenv(name, value)
    (tmp_path / "venue-data").mkdir(mode=0o700)
    upgrade(f"sqlite:///{tmp_path}/venue-data/records.db")

    def on_venue(*arguments: str):
        return run(*arguments, "--json")

    return on_venue


def test_a_user_is_made_and_its_password_shown_once(venue, run):
    """What is made up is told when it is made, and by no other command."""
    made = venue("users", "add", "alice", "--role", "trader", "--account", "7")
    assert made.code == 0
    password = made.json["password"]
    assert len(password) == 24
    assert (made.json["login"], made.json["account"], made.json["roles"]) == (
        "alice",
        7,
        ["trader"],
    )
    listed = venue("users", "list")
    assert [one["login"] for one in listed.json] == ["alice"]
    for ran in (listed, run("users", "list"), venue("audit", "verify-records")):
        assert ran.code == 0
        assert password not in ran.out + ran.err


def test_a_password_is_read_from_standard_input(venue, monkeypatch):
    """It is not shown again, and never stands among the arguments."""
    monkeypatch.setattr("sys.stdin", io.StringIO(PASSWORD + "\n"))
    made = venue("users", "add", "alice", "--role", "viewer", "--password-stdin")
    assert made.code == 0
    assert "password" not in made.json
    monkeypatch.setattr("sys.stdin", io.StringIO("short\n"))
    refused = venue("users", "password", "alice", "--password-stdin")
    assert refused.code == 1
    assert "a password has at least 12 characters" in refused.err
    assert "short" not in refused.out + refused.err


def test_a_user_is_changed(venue):
    """Disabled, enabled, given other roles and another password; each change is told."""
    venue("users", "add", "alice", "--role", "trader", "--no-password")
    assert venue("users", "disable", "alice").json["is_disabled"]
    assert not venue("users", "enable", "alice").json["is_disabled"]
    changed = venue("users", "roles", "alice", "--role", "viewer", "--role", "operator")
    assert changed.json["roles"] == ["operator", "viewer"]
    assert len(venue("users", "password", "alice").json["password"]) == 24
    head = venue("audit", "verify-records").json["head"]
    venue("users", "disable", "alice")
    ran = venue("audit", "verify-records", "--head", head)
    assert (ran.json["entries"], ran.json["kept"]) == (6, 5)


def test_the_records_are_compared_with_the_file(venue, tmp_path):
    """A log in the folder that tells another story than the table is an error."""
    venue("users", "add", "alice", "--role", "trader", "--no-password")
    entry = chain(AuditEvent("kill", "nobody", 1), GENESIS)
    (tmp_path / "venue-data" / "audit.jsonl").write_bytes(entry.line)
    ran = venue("audit", "verify-records")
    assert ran.code == 1
    assert "entry 1 has the digest that was kept" in ran.err


def test_a_key_is_made_listed_and_revoked(venue, run):
    """Its secret is shown once; lists show what it may do and not the secret."""
    venue("users", "add", "alice", "--role", "trader", "--account", "7", "--no-password")
    made = venue(
        *("keys", "add", "alice", "--label", "bot", "--scope", "orders:read"),
        *("--network", "10.0.0.0/8", "--days", "30"),
    )
    assert made.json["secret"].startswith("tcs_")
    assert made.json["expires_ns"] - made.json["created_ns"] == 30 * 24 * 3600 * 10**9
    (listed,) = venue("keys", "list", "alice").json
    assert (listed["scopes"], listed["networks"]) == (["orders:read"], ["10.0.0.0/8"])
    plain = run("keys", "list")
    assert "10.0.0.0/8" in plain.out
    assert made.json["secret"] not in plain.out
    assert venue("keys", "revoke", listed["id"]).json["revoked_ns"] is not None
    assert venue("keys", "revoke", listed["id"]).code == 1
    assert venue("keys", "reseal").json == {"resealed": 0}


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("users", "add", "alice", "--role", "root"), 2, "a role is one of viewer"),
        (("users", "add", "alice"), 2, "--role"),
        (("users", "add", "Alice", "--role", "viewer"), 1, "a login is 1 to 64"),
        (
            ("users", "add", "a", "--role", "viewer", "--no-password", "--password-stdin"),
            2,
            "one or the other",
        ),
        (("users", "disable", "nobody"), 3, "no such user: 'nobody'"),
        (("users", "password", "nobody"), 3, "no such user: 'nobody'"),
        (("keys", "add", "nobody"), 3, "no such user: 'nobody'"),
        (("keys", "revoke", "tck_x"), 3, "no such key: 'tck_x'"),
        (("keys", "add", "a", "--scope", "everything"), 2, "a scope is one of"),
        (("users", "list", "--data", "elsewhere"), 3, "no records of a venue"),
        (("users", "list", "--set", "security.jwt_secret=short"), 4, "seen by every user"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else None,
)
def test_what_cannot_be_done_has_its_code(venue, arguments, code, said):
    """Usage, what is not there, configuration: each its number and one message."""
    ran = venue(*arguments)
    assert ran.code == code
    assert said in " ".join((ran.out + ran.err).split())


def test_a_sample_secret_stops_a_command(venue, monkeypatch):
    """A command beside the venue refuses what the venue refuses, and does not show it."""
    monkeypatch.setenv("JWT_SECRET", "your-jwt-secret")
    ran = venue("users", "list")
    assert ran.code == 4
    assert "JWT_SECRET" in ran.err
    assert "your-jwt-secret" not in ran.out + ran.err


def test_a_made_up_password_is_random():
    """Two of them differ, and each is longer than a password must be."""
    made = {users._password(is_given=False) for _ in range(4)}
    assert len(made) == 4
    assert all(len(one) == 24 and one == shown for one, shown in made)
    assert all(os.linesep not in one for one, _ in made)
