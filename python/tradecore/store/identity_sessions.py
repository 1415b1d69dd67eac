"""Sessions on record: begun, refreshed and ended, each with its entry in the audit log."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from sqlalchemy import delete, insert, select, update

from tradecore.identity.audit import AuditEvent
from tradecore.identity.refusals import AuthCode, Refusal
from tradecore.identity.sessions import (
    REFRESH_BYTES,
    Session,
    judge_refresh,
    refresh_digest,
    refresh_text,
)
from tradecore.store import audit_table
from tradecore.store.identity_rows import refresh_from_row, session_from_row, session_to_row
from tradecore.store.identity_tables import refresh_tokens, revoked_tokens, sessions
from tradecore.store.identity_users import end_sessions

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection

    from tradecore.identity.scopes import Scope
    from tradecore.identity.users import User
    from tradecore.store.database import Database

__all__ = ["SessionRecords", "SessionTimes"]

SECOND_NS: Final = 1_000_000_000
SESSION_ID_BYTES: Final = 12


@dataclass(frozen=True, slots=True)
class SessionTimes:
    """How long sessions live.

    Args:
        idle_ns: How long a refresh token is good.
        whole_ns: After how long somebody has to log in again, refreshed or not.
    """

    idle_ns: int = 24 * 3600 * SECOND_NS
    whole_ns: int = 30 * 24 * 3600 * SECOND_NS


@dataclass(frozen=True, slots=True)
class SessionRecords:
    """Begins, refreshes and ends sessions.

    Args:
        database: Where they are.
        randomness: So many random bytes.
        times: How long they live.
    """

    database: Database
    randomness: Callable[[int], bytes] = field(repr=False)
    times: SessionTimes = field(default_factory=SessionTimes)

    def begin(
        self, user: User, scopes: frozenset[Scope], *, told: AuditEvent, credential: str = ""
    ) -> tuple[Session, str]:
        """Begin a session and return it with its first refresh token.

        Args:
            user: Whose it is.
            scopes: What its tokens are made for.
            told: What the audit log says of it, and when it begins.
            credential: The API key it was proved by; empty for a password.
        """
        session = Session(
            id=f"ses_{self.randomness(SESSION_ID_BYTES).hex()}",
            user=user.id,
            scopes=scopes,
            began_ns=told.ts_ns,
            ends_ns=told.ts_ns + self.times.whole_ns,
            credential=credential,
        )
        with self.database.writing() as connection:
            audit_table.append(connection, told)
            connection.execute(insert(sessions).values(**session_to_row(session)))
            return session, self._next_token(connection, session, told.ts_ns)

    def refresh(self, token: str, *, peer: str, now_ns: int) -> tuple[Session, str] | Refusal:
        """Exchange a refresh token for the next of its session.

        A token that comes for the second time ends the session and the user's tokens.
        """
        digest = refresh_digest(token)
        with self.database.writing() as connection:
            # Whoever marks the token first has it; the other finds it used.
            taken = connection.execute(
                update(refresh_tokens)
                .where(refresh_tokens.c.digest == digest, refresh_tokens.c.used_ns.is_(None))
                .values(used_ns=now_ns)
            )
            session = self._session_of(connection, digest)
            row = connection.execute(
                select(refresh_tokens).where(refresh_tokens.c.digest == digest)
            ).one_or_none()
            found = None if row is None else refresh_from_row(row)
            if found is not None and taken.rowcount == 1:
                found = replace(found, used_ns=None)
            refusal = judge_refresh(found, session, now_ns=now_ns)
            if refusal is not None or session is None:
                if refusal is not None and session is not None:
                    self._refused(connection, session, refusal, peer, now_ns)
                return refusal or Refusal(AuthCode.UNKNOWN_KEY, "a session is one of the venue")
            data = {"session": session.id, "peer": peer}
            event = AuditEvent("token.refreshed", session.user, now_ns, data)
            audit_table.append(connection, event)
            return session, self._next_token(connection, session, now_ns)

    def end(self, session_id: str, *, by: str, now_ns: int) -> None:
        """End a session; one that is not there, or no more, has ended already."""
        event = AuditEvent("session.ended", by, now_ns, {"session": session_id})
        with self.database.reading() as connection:
            row = connection.execute(
                select(sessions).where(sessions.c.id == session_id, sessions.c.revoked_ns.is_(None))
            ).one_or_none()
        if row is None:
            return
        with self.database.writing() as connection:
            audit_table.append(connection, event)
            self._revoke(connection, session_id, now_ns)

    def revoke_token(self, jti: str, *, until_s: int, by: str, now_ns: int) -> None:
        """Refuse an access token from now on; doing it twice is doing it once."""
        event = AuditEvent("token.revoked", by, now_ns, {"jti": jti, "until_s": until_s})
        with self.database.writing() as connection:
            audit_table.append(connection, event)
            known = select(revoked_tokens).where(revoked_tokens.c.jti == jti)
            if connection.execute(known).one_or_none() is None:
                connection.execute(insert(revoked_tokens).values(jti=jti, until_s=until_s))

    def purge(self, *, now_ns: int) -> int:
        """Delete what has ended and would be refused anyway; return how many sessions."""
        over = select(sessions.c.id).where(sessions.c.ends_ns <= now_ns)
        with self.database.writing() as connection:
            connection.execute(
                delete(revoked_tokens).where(revoked_tokens.c.until_s <= now_ns // SECOND_NS)
            )
            connection.execute(delete(refresh_tokens).where(refresh_tokens.c.session_id.in_(over)))
            return connection.execute(delete(sessions).where(sessions.c.ends_ns <= now_ns)).rowcount

    def _next_token(self, connection: Connection, session: Session, now_ns: int) -> str:
        text = refresh_text(self.randomness(REFRESH_BYTES))
        row = {
            "digest": refresh_digest(text),
            "session_id": session.id,
            "expires_ns": min(now_ns + self.times.idle_ns, session.ends_ns),
        }
        connection.execute(insert(refresh_tokens).values(**row))
        return text

    def _session_of(self, connection: Connection, digest: str) -> Session | None:
        joined = sessions.join(refresh_tokens, refresh_tokens.c.session_id == sessions.c.id)
        query = select(sessions).select_from(joined).where(refresh_tokens.c.digest == digest)
        row = connection.execute(query).one_or_none()
        return None if row is None else session_from_row(row)

    def _refused(
        self, connection: Connection, session: Session, refusal: Refusal, peer: str, now_ns: int
    ) -> None:
        is_reuse = refusal.code is AuthCode.TOKEN_REUSED
        kind = "token.reused" if is_reuse else "token.refused"
        data = {"session": session.id, "peer": peer, "code": refusal.code.value}
        audit_table.append(connection, AuditEvent(kind, session.user, now_ns, data))
        if is_reuse:
            self._revoke(connection, session.id, now_ns)
            end_sessions(connection, session.user, now_ns=now_ns)

    def _revoke(self, connection: Connection, session_id: str, now_ns: int) -> None:
        connection.execute(
            update(sessions).where(sessions.c.id == session_id).values(revoked_ns=now_ns)
        )
