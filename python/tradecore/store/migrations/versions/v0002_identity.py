"""Users, API keys, sessions, and the audit log with its head."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    _users()
    _sessions()
    _audit()


def _text(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, nullable=False) for name in names]


def _whole(*names: str, is_optional: bool = False) -> list[sa.Column[int]]:
    return [
        sa.Column(name, sa.BigInteger, nullable=is_optional, autoincrement=False) for name in names
    ]


def _users() -> None:
    op.create_table(
        "identity_users",
        *_text("id", "login"),
        *_whole("account", is_optional=True),
        *_text("roles"),
        sa.Column("is_disabled", sa.Boolean, nullable=False),
        sa.Column("password", sa.Text, nullable=True),
        *_whole("tokens_from_s", "created_ns"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("login", name="identity_users_login"),
    )
    op.create_table(
        "identity_keys",
        *_text("id", "user_id", "label", "scopes", "networks", "sealed"),
        *_whole("created_ns"),
        *_whole("expires_ns", "revoked_ns", "last_used_ns", is_optional=True),
        sa.PrimaryKeyConstraint("id"),
        sa.ForeignKeyConstraint(["user_id"], ["identity_users.id"]),
    )
    op.create_index("identity_keys_of_user", "identity_keys", ["user_id"])


def _sessions() -> None:
    op.create_table(
        "identity_sessions",
        *_text("id", "user_id", "scopes", "credential"),
        *_whole("began_ns", "ends_ns"),
        *_whole("revoked_ns", is_optional=True),
        sa.PrimaryKeyConstraint("id"),
        sa.ForeignKeyConstraint(["user_id"], ["identity_users.id"]),
    )
    op.create_index("identity_sessions_of_user", "identity_sessions", ["user_id"])
    op.create_table(
        "identity_refresh_tokens",
        *_text("digest", "session_id"),
        *_whole("expires_ns"),
        *_whole("used_ns", is_optional=True),
        sa.PrimaryKeyConstraint("digest"),
        sa.ForeignKeyConstraint(["session_id"], ["identity_sessions.id"]),
    )
    op.create_index("identity_refresh_tokens_of_session", "identity_refresh_tokens", ["session_id"])
    op.create_table(
        "identity_revoked_tokens",
        *_text("jti"),
        *_whole("until_s"),
        sa.PrimaryKeyConstraint("jti"),
    )


def _audit() -> None:
    op.create_table(
        "audit_entries",
        *_whole("seq"),
        *_text("digest", "record"),
        sa.PrimaryKeyConstraint("seq"),
    )
    op.create_table(
        "audit_head",
        *_whole("id", "seq"),
        *_text("digest"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.execute(f"INSERT INTO audit_head (id, seq, digest) VALUES (1, 0, '{'0' * 64}')")  # noqa: S608 - zeros
