"""Users on record: each change stands in one transaction with its entry in the audit log."""

from __future__ import annotations

import base64
import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from sqlalchemy import insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from tradecore.identity.audit import AuditEvent
from tradecore.identity.passwords import SALT_BYTES
from tradecore.identity.users import (
    ACCOUNT_MAX,
    IdentityError,
    UnknownIdentityError,
    User,
    check_login,
    prepared_password,
)
from tradecore.store import audit_table
from tradecore.store.identity_rows import user_from_row, user_to_row
from tradecore.store.identity_tables import sessions, users

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sqlalchemy import Connection

    from tradecore.identity.passwords import Passwords
    from tradecore.identity.roles import Role
    from tradecore.store.database import Database

__all__ = ["UserRecords", "end_sessions", "find_user"]

SECOND_NS: Final = 1_000_000_000
USER_ID_BYTES: Final = 10


def find_user(connection: Connection, name: str) -> User:
    """Return the user with an id or login.

    Raises:
        UnknownIdentityError: If there is none.
    """
    wanted = or_(users.c.id == name, users.c.login == name)
    row = connection.execute(select(users).where(wanted)).one_or_none()
    if row is None:
        raise UnknownIdentityError(f"no such user: {name[:80]!r}")
    return user_from_row(row)


def end_sessions(connection: Connection, user_id: str, *, now_ns: int) -> None:
    """End the sessions of a user, and every token that was made before."""
    connection.execute(
        update(users).where(users.c.id == user_id).values(tokens_from_s=now_ns // SECOND_NS + 1)
    )
    connection.execute(
        update(sessions)
        .where(sessions.c.user_id == user_id, sessions.c.revoked_ns.is_(None))
        .values(revoked_ns=now_ns)
    )


@dataclass(frozen=True, slots=True)
class UserRecords:
    """Adds, finds and changes users.

    Args:
        database: Where they are.
        passwords: What makes hashes.
        randomness: So many random bytes.
    """

    database: Database
    passwords: Passwords
    randomness: Callable[[int], bytes] = field(repr=False)

    def add(
        self,
        login: str,
        *,
        roles: frozenset[Role],
        account: int | None,
        password: str | None,
        by: str,
        now_ns: int,
    ) -> User:
        """Make a user.

        Args:
            login: What it calls itself.
            roles: What it is.
            account: Number of its account; None for who trades nothing.
            password: What it logs in with; None for a user that has only keys.
            by: Who makes it.
            now_ns: The time, nanoseconds since the Unix epoch.

        Raises:
            IdentityError: If the login is taken or none, there is no role, or the password or
                the account cannot be one.
        """
        if not roles:
            raise IdentityError(f"a user has at least one role: login={login[:80]!r}")
        if account is not None and not 0 < account <= ACCOUNT_MAX:
            raise IdentityError(f"an account is a number from 1: account={account}")
        user = User(
            id=f"usr_{base64.b32encode(self.randomness(USER_ID_BYTES)).decode('ascii').lower()}",
            login=check_login(login),
            account=account,
            roles=roles,
            password=None if password is None else self._hash(password, login),
            created_ns=now_ns,
        )
        told = {"user": user.id, "login": login, "account": account, "roles": sorted(roles)}
        with self.database.writing() as connection:
            self._audit(connection, "user.added", by, now_ns, told)
            try:
                connection.execute(insert(users).values(**user_to_row(user)))
            except IntegrityError as error:
                raise IdentityError(f"a login is one user's: {login!r} is taken") from error
        return user

    def list(self) -> tuple[User, ...]:
        """Return every user, in the order they were made."""
        order = (users.c.created_ns, users.c.id)
        with self.database.reading() as connection:
            rows = connection.execute(select(users).order_by(*order)).all()
        return tuple(map(user_from_row, rows))

    def find(self, name: str) -> User:
        """Return the user with an id or login.

        Raises:
            UnknownIdentityError: If there is none.
        """
        with self.database.reading() as connection:
            return find_user(connection, name)

    def by_id(self, user_id: str) -> User | None:
        """Return the user with an id, or None."""
        with self.database.reading() as connection:
            row = connection.execute(select(users).where(users.c.id == user_id)).one_or_none()
        return None if row is None else user_from_row(row)

    def by_login(self, login: str) -> User | None:
        """Return the user that calls itself so, or None."""
        with self.database.reading() as connection:
            row = connection.execute(select(users).where(users.c.login == login)).one_or_none()
        return None if row is None else user_from_row(row)

    def rehash(self, user: User, password: str, *, now_ns: int) -> None:
        """Hash a password that was right anew, at what a hash costs by now."""
        text = unicodedata.normalize("NFKC", password)
        hashed = self.passwords.hash(text, salt=self.randomness(SALT_BYTES))
        with self.database.writing() as connection:
            event = AuditEvent("user.password_rehashed", user.id, now_ns, {"user": user.id})
            audit_table.append(connection, event)
            connection.execute(
                update(users)
                .where(users.c.id == user.id, users.c.password == user.password)
                .values(password=hashed)
            )

    def tell(self, event: AuditEvent) -> None:
        """Write an event that changes no record into the audit log."""
        with self.database.writing() as connection:
            audit_table.append(connection, event)

    def disable(self, name: str, *, by: str, now_ns: int) -> User:
        """Let nothing prove a user any more: its sessions and tokens end, its keys rest."""
        return self._change(name, "user.disabled", {"is_disabled": True}, by=by, now_ns=now_ns)

    def enable(self, name: str, *, by: str, now_ns: int) -> User:
        """Undo `disable`; what ended stays ended."""
        return self._change(name, "user.enabled", {"is_disabled": False}, by=by, now_ns=now_ns)

    def set_roles(self, name: str, roles: frozenset[Role], *, by: str, now_ns: int) -> User:
        """Say what a user is from now on; its sessions end."""
        if not roles:
            raise IdentityError(f"a user has at least one role: user={name[:80]!r}")
        change = {"roles": " ".join(sorted(roles))}
        return self._change(name, "user.roles_changed", change, by=by, now_ns=now_ns)

    def set_password(self, name: str, password: str, *, by: str, now_ns: int) -> User:
        """Give a user another password; its sessions end."""
        hashed = self._hash(password, self.find(name).login)
        return self._change(
            name, "user.password_changed", {"password": hashed}, by=by, now_ns=now_ns
        )

    def end_sessions(self, name: str, *, by: str, now_ns: int) -> User:
        """Revoke every token of a user."""
        return self._change(name, "user.tokens_revoked", {}, by=by, now_ns=now_ns)

    def _change(
        self, name: str, kind: str, change: Mapping[str, object], *, by: str, now_ns: int
    ) -> User:
        told = {field: value for field, value in change.items() if field == "roles"}
        user_id = self.find(name).id
        with self.database.writing() as connection:
            # The log first: its head is the lock that two writers of one user meet at.
            self._audit(connection, kind, by, now_ns, {"user": user_id} | told)
            if change:
                connection.execute(update(users).where(users.c.id == user_id).values(**change))
            end_sessions(connection, user_id, now_ns=now_ns)
            return find_user(connection, user_id)

    def _hash(self, password: str, login: str) -> str:
        text = prepared_password(password, login=login)
        return self.passwords.hash(text, salt=self.randomness(SALT_BYTES))

    def _audit(
        self, connection: Connection, kind: str, by: str, now_ns: int, data: Mapping[str, object]
    ) -> None:
        audit_table.append(connection, AuditEvent(kind, by, now_ns, data))
