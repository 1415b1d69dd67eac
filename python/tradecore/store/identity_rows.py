"""Users, keys and sessions to rows of a table and back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tradecore.identity.api_keys import ApiKey, networks_from_text
from tradecore.identity.roles import roles_from_text
from tradecore.identity.scopes import scopes_from_text
from tradecore.identity.sessions import RefreshToken, Session
from tradecore.identity.users import User

if TYPE_CHECKING:
    from sqlalchemy import Row

__all__ = [
    "key_from_row",
    "key_to_row",
    "refresh_from_row",
    "session_from_row",
    "session_to_row",
    "user_from_row",
    "user_to_row",
]


def user_to_row(user: User) -> dict[str, object]:
    """Return a user as a row of `identity_users`."""
    return {
        "id": user.id,
        "login": user.login,
        "account": user.account,
        "roles": " ".join(sorted(user.roles)),
        "is_disabled": user.is_disabled,
        "password": user.password,
        "tokens_from_s": user.tokens_from_s,
        "created_ns": user.created_ns,
    }


def user_from_row(row: Row[Any]) -> User:
    """Return the user of a row."""
    return User(
        id=row.id,
        login=row.login,
        account=row.account,
        roles=roles_from_text(row.roles),
        is_disabled=row.is_disabled,
        password=row.password,
        tokens_from_s=row.tokens_from_s,
        created_ns=row.created_ns,
    )


def key_to_row(key: ApiKey) -> dict[str, object]:
    """Return a key as a row of `identity_keys`."""
    return {
        "id": key.id,
        "user_id": key.user,
        "label": key.label,
        "scopes": " ".join(sorted(key.scopes)),
        "networks": " ".join(map(str, key.networks)),
        "sealed": key.sealed,
        "created_ns": key.created_ns,
        "expires_ns": key.expires_ns,
        "revoked_ns": key.revoked_ns,
        "last_used_ns": key.last_used_ns,
    }


def key_from_row(row: Row[Any]) -> ApiKey:
    """Return the key of a row."""
    return ApiKey(
        id=row.id,
        user=row.user_id,
        label=row.label,
        scopes=scopes_from_text(row.scopes),
        networks=networks_from_text(row.networks.split()),
        sealed=row.sealed,
        created_ns=row.created_ns,
        expires_ns=row.expires_ns,
        revoked_ns=row.revoked_ns,
        last_used_ns=row.last_used_ns,
    )


def session_to_row(session: Session) -> dict[str, object]:
    """Return a session as a row of `identity_sessions`."""
    return {
        "id": session.id,
        "user_id": session.user,
        "scopes": " ".join(sorted(session.scopes)),
        "credential": session.credential,
        "began_ns": session.began_ns,
        "ends_ns": session.ends_ns,
        "revoked_ns": session.revoked_ns,
    }


def session_from_row(row: Row[Any]) -> Session:
    """Return the session of a row."""
    return Session(
        id=row.id,
        user=row.user_id,
        scopes=scopes_from_text(row.scopes),
        credential=row.credential,
        began_ns=row.began_ns,
        ends_ns=row.ends_ns,
        revoked_ns=row.revoked_ns,
    )


def refresh_from_row(row: Row[Any]) -> RefreshToken:
    """Return the refresh token of a row."""
    return RefreshToken(
        digest=row.digest,
        session=row.session_id,
        expires_ns=row.expires_ns,
        used_ns=row.used_ns,
    )
