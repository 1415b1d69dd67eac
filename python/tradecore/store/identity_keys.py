"""API keys on record: the secret is sealed before it is written, and told once."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from sqlalchemy import insert, select, update

from tradecore.identity.api_keys import (
    KEY_ID_BYTES,
    LABEL_CHARS_MAX,
    SECRET_BYTES,
    ApiKey,
    granted,
    key_id_of,
    key_secret_of,
    networks_from_text,
)
from tradecore.identity.audit import AuditEvent
from tradecore.identity.sealing import NONCE_BYTES
from tradecore.identity.users import IdentityError, UnknownIdentityError
from tradecore.store import audit_table
from tradecore.store.identity_rows import key_from_row, key_to_row
from tradecore.store.identity_tables import keys
from tradecore.store.identity_users import end_sessions, find_user

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sqlalchemy import Connection

    from tradecore.identity.scopes import Scope
    from tradecore.identity.sealing import Vault
    from tradecore.store.database import Database

__all__ = ["KEYS_PER_USER_MAX", "KeyRecords"]

KEYS_PER_USER_MAX: Final = 100


@dataclass(frozen=True, slots=True)
class KeyRecords:
    """Adds, lists and revokes API keys.

    Args:
        database: Where they are.
        vault: What seals their secrets.
        randomness: So many random bytes.
    """

    database: Database
    vault: Vault
    randomness: Callable[[int], bytes] = field(repr=False)

    def add(
        self,
        user: str,
        *,
        label: str = "",
        scopes: frozenset[Scope] | None = None,
        networks: Sequence[str] = (),
        expires_ns: int | None = None,
        by: str,
        now_ns: int,
    ) -> tuple[ApiKey, str]:
        """Make a key and return it with its secret, which nothing shows again.

        Args:
            user: Id or login of its user.
            label: What it is for.
            scopes: What it may do, at most what its user may; all of that if None.
            networks: Where it may be used from; anywhere if empty.
            expires_ns: When it ends, nanoseconds since the Unix epoch; None if it does not.
            by: Who makes it.
            now_ns: The time, nanoseconds since the Unix epoch.

        Raises:
            IdentityError: If it could do more than its user, would have ended already, or the
                user is disabled or has 100 keys.
            UnknownIdentityError: If there is no such user.
        """
        if len(label) > LABEL_CHARS_MAX or not label.isprintable():
            raise IdentityError(f"a label is at most {LABEL_CHARS_MAX} characters of text")
        if expires_ns is not None and expires_ns <= now_ns:
            raise IdentityError(f"a key ends later: expires_ns={expires_ns}, now_ns={now_ns}")
        with self.database.reading() as connection:
            user_id = find_user(connection, user).id
        key_id = key_id_of(self.randomness(KEY_ID_BYTES))
        secret = key_secret_of(self.randomness(SECRET_BYTES))
        told = {"key": key_id, "user": user_id, "label": label, "networks": list(networks)}
        with self.database.writing() as connection:
            self._audit(connection, "key.added", by, now_ns, told)
            owner = find_user(connection, user_id)
            if owner.is_disabled:
                raise IdentityError(f"a key is for a user that is enabled: user={owner.login}")
            key = ApiKey(
                id=key_id,
                user=owner.id,
                label=label,
                scopes=granted(owner.scopes if scopes is None else scopes, owner),
                networks=networks_from_text(networks),
                sealed="",
                created_ns=now_ns,
                expires_ns=expires_ns,
            )
            self._check_room(connection, owner.id)
            sealed = self.vault.seal(secret, nonce=self.randomness(NONCE_BYTES), row=key.row)
            key = replace(key, sealed=sealed)
            connection.execute(insert(keys).values(**key_to_row(key)))
        return key, secret

    def list(self, user: str | None = None) -> tuple[ApiKey, ...]:
        """Return every key, or those of a user, revoked ones too, in the order they were made.

        Raises:
            UnknownIdentityError: If there is no such user.
        """
        query = select(keys).order_by(keys.c.created_ns, keys.c.id)
        with self.database.reading() as connection:
            if user is not None:
                query = query.where(keys.c.user_id == find_user(connection, user).id)
            return tuple(map(key_from_row, connection.execute(query)))

    def find(self, key_id: str) -> ApiKey:
        """Return a key.

        Raises:
            UnknownIdentityError: If there is none of that id.
        """
        key = self.get(key_id)
        if key is None:
            raise UnknownIdentityError(f"no such key: {key_id[:80]!r}")
        return key

    def get(self, key_id: str) -> ApiKey | None:
        """Return a key, or None."""
        with self.database.reading() as connection:
            row = connection.execute(select(keys).where(keys.c.id == key_id)).one_or_none()
        return None if row is None else key_from_row(row)

    def revoke(self, key_id: str, *, by: str, now_ns: int) -> ApiKey:
        """End a key for good, and with it the tokens of its user, which it may have made.

        Raises:
            UnknownIdentityError: If there is none of that id.
            IdentityError: If it was revoked already.
        """
        key = self.find(key_id)
        with self.database.writing() as connection:
            self._audit(connection, "key.revoked", by, now_ns, {"key": key_id, "user": key.user})
            done = connection.execute(
                update(keys)
                .where(keys.c.id == key_id, keys.c.revoked_ns.is_(None))
                .values(revoked_ns=now_ns)
            )
            if done.rowcount == 0:
                raise IdentityError(f"a key is revoked once: {key_id}")
            end_sessions(connection, key.user, now_ns=now_ns)
        return replace(key, revoked_ns=now_ns)

    def reseal(self, *, by: str, now_ns: int) -> int:
        """Seal anew what was sealed under a previous encryption key; return how many secrets.

        Raises:
            SealError: If one cannot be opened; then none is changed.
        """
        with self.database.writing() as connection:
            # The log is told first and so keeps other writers away.
            self._audit(
                connection, "secrets.resealed", by, now_ns, {"sealed_with": self.vault.key_id}
            )
            stale = [
                key
                for key in map(key_from_row, connection.execute(select(keys)))
                if not self.vault.is_current(key.sealed)
            ]
            for key in stale:
                secret = self.vault.open(key.sealed, row=key.row)
                sealed = self.vault.seal(secret, nonce=self.randomness(NONCE_BYTES), row=key.row)
                connection.execute(update(keys).where(keys.c.id == key.id).values(sealed=sealed))
        return len(stale)

    def _check_room(self, connection: Connection, user_id: str) -> None:
        live = select(keys.c.id).where(keys.c.user_id == user_id, keys.c.revoked_ns.is_(None))
        if len(connection.execute(live).all()) >= KEYS_PER_USER_MAX:
            raise IdentityError(f"a user has at most {KEYS_PER_USER_MAX} keys: user={user_id}")

    def _audit(
        self, connection: Connection, kind: str, by: str, now_ns: int, data: Mapping[str, object]
    ) -> None:
        audit_table.append(connection, AuditEvent(kind, by, now_ns, data))
