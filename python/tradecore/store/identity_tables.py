"""Tables of users, keys, sessions and of the audit log, as the newest migration leaves them."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa

__all__ = [
    "audit_entries",
    "audit_head",
    "identity_metadata",
    "keys",
    "refresh_tokens",
    "revoked_tokens",
    "sessions",
    "users",
]

identity_metadata: Final = sa.MetaData()


def _text(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, nullable=False) for name in names]


def _key(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, primary_key=True)


def _of(name: str, target: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, sa.ForeignKey(target), nullable=False)


def _whole(*names: str, is_optional: bool = False) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.BigInteger, nullable=is_optional) for name in names]


users: Final = sa.Table(
    "identity_users",
    identity_metadata,
    _key("id"),
    *_text("login"),
    *_whole("account", is_optional=True),
    *_text("roles"),
    sa.Column("is_disabled", sa.Boolean, nullable=False),
    sa.Column("password", sa.Text),
    *_whole("tokens_from_s", "created_ns"),
    sa.UniqueConstraint("login", name="identity_users_login"),
)

keys: Final = sa.Table(
    "identity_keys",
    identity_metadata,
    _key("id"),
    _of("user_id", "identity_users.id"),
    *_text("label", "scopes", "networks", "sealed"),
    *_whole("created_ns"),
    *_whole("expires_ns", "revoked_ns", "last_used_ns", is_optional=True),
    sa.Index("identity_keys_of_user", "user_id"),
)

sessions: Final = sa.Table(
    "identity_sessions",
    identity_metadata,
    _key("id"),
    _of("user_id", "identity_users.id"),
    *_text("scopes", "credential"),
    *_whole("began_ns", "ends_ns"),
    *_whole("revoked_ns", is_optional=True),
    sa.Index("identity_sessions_of_user", "user_id"),
)

refresh_tokens: Final = sa.Table(
    "identity_refresh_tokens",
    identity_metadata,
    _key("digest"),
    _of("session_id", "identity_sessions.id"),
    *_whole("expires_ns"),
    *_whole("used_ns", is_optional=True),
    sa.Index("identity_refresh_tokens_of_session", "session_id"),
)

revoked_tokens: Final = sa.Table(
    "identity_revoked_tokens",
    identity_metadata,
    _key("jti"),
    *_whole("until_s"),
)

audit_entries: Final = sa.Table(
    "audit_entries",
    identity_metadata,
    sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
    *_text("digest", "record"),
)

audit_head: Final = sa.Table(
    "audit_head",
    identity_metadata,
    # One row: who appends to the log takes it first, and so in turn.
    sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
    *_whole("seq"),
    *_text("digest"),
)
