"""Sessions: a refresh token is good once, and one that comes twice ends its whole family."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from tradecore.identity.refusals import AuthCode, Refusal

if TYPE_CHECKING:
    from tradecore.identity.scopes import Scope

__all__ = [
    "REFRESH_BYTES",
    "RefreshToken",
    "Session",
    "judge_refresh",
    "refresh_digest",
    "refresh_text",
]

REFRESH_BYTES: Final = 32
REFRESH_CHARS_MAX: Final = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A login and every token that came of it.

    Args:
        id: Its id.
        user: Id of its user.
        scopes: What its tokens are made for.
        began_ns: When it was proved, nanoseconds since the Unix epoch.
        ends_ns: When no token of it is refreshed any more.
        revoked_ns: When it was ended; None if it was not.
        credential: Id of the API key it was proved by; empty for a password.
    """

    id: str
    user: str
    scopes: frozenset[Scope]
    began_ns: int
    ends_ns: int
    revoked_ns: int | None = None
    credential: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RefreshToken:
    """A refresh token as it is kept: by its digest, so that a copy of the records is no login.

    Args:
        digest: `refresh_digest` of the token.
        session: Id of its session.
        expires_ns: When it ends.
        used_ns: When it was exchanged for the next; None if it was not.
    """

    digest: str = field(repr=False)
    session: str
    expires_ns: int
    used_ns: int | None = None


def refresh_text(randomness: bytes) -> str:
    """Return the refresh token that 32 random bytes make."""
    if len(randomness) != REFRESH_BYTES:
        raise ValueError(f"a refresh token is made of {REFRESH_BYTES} bytes: {len(randomness)}")
    return f"tcr_{base64.urlsafe_b64encode(randomness).rstrip(b'=').decode('ascii')}"


def refresh_digest(text: str) -> str:
    """Return what a refresh token is kept as; it is random, so one SHA-256 hides it."""
    return hashlib.sha256(text[: REFRESH_CHARS_MAX + 1].encode("utf-8", "replace")).hexdigest()


def judge_refresh(
    token: RefreshToken | None, session: Session | None, *, now_ns: int
) -> Refusal | None:
    """Return why a refresh token is not exchanged, or None.

    `AuthCode.TOKEN_REUSED` says that somebody has an old token: the session is to be ended, for
    nobody knows which of its two bearers is the thief.
    """
    if token is None or session is None:
        return Refusal(AuthCode.UNKNOWN_KEY, "a refresh token is one of the venue")
    if session.revoked_ns is not None:
        return Refusal(AuthCode.REVOKED, "a session was not ended", session.user)
    if token.used_ns is not None:
        text = f"a refresh token is used once: session={session.id}"
        return Refusal(AuthCode.TOKEN_REUSED, text, session.user)
    ends_ns = min(token.expires_ns, session.ends_ns)
    if now_ns >= ends_ns:
        text = f"a session ends: session={session.id}, ends_ns={ends_ns}"
        return Refusal(AuthCode.EXPIRED, text, session.user)
    return None
