"""All users and keys as they are on record, in memory: what each request is checked against."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlalchemy import select

from tradecore.identity.api_keys import ApiKey, KeyRow
from tradecore.store.identity_rows import key_from_row, user_from_row
from tradecore.store.identity_tables import keys, revoked_tokens, users

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection

    from tradecore.identity.sealing import Vault
    from tradecore.identity.users import User

__all__ = ["Directory", "read_directory"]


@dataclass(frozen=True, slots=True)
class Directory:
    """A picture of the records; another takes its place, it never changes.

    Args:
        users: By id.
        keys: By id, those that are not revoked.
        secrets: Of those keys, by id.
        revoked: Access tokens that are refused, by `jti`, until when.
    """

    users: Mapping[str, User] = field(default_factory=dict)
    keys: Mapping[str, ApiKey] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    revoked: Mapping[str, int] = field(default_factory=dict)

    def key_rows(self) -> list[KeyRow]:
        """Return the keys that trade, as the native order entry knows them."""
        rows = []
        for key in self.keys.values():
            user = self.users.get(key.user)
            if user is not None and user.account is not None and not user.is_disabled:
                rows.append(KeyRow.of(key, user, self.secrets[key.id], user.account))
        return rows


def read_directory(connection: Connection, vault: Vault, known: Directory) -> Directory:
    """Return the records as they are; secrets that `known` has are not opened again.

    Raises:
        SealError: If a key's secret cannot be opened.
    """
    live = [
        key_from_row(row)
        for row in connection.execute(select(keys).where(keys.c.revoked_ns.is_(None)))
    ]
    secrets = {}
    for key in live:
        before = known.keys.get(key.id)
        is_same = before is not None and before.sealed == key.sealed
        secrets[key.id] = known.secrets[key.id] if is_same else vault.open(key.sealed, row=key.row)
    return Directory(
        users={row.id: user_from_row(row) for row in connection.execute(select(users))},
        keys={key.id: key for key in live},
        secrets=secrets,
        revoked={row.jti: row.until_s for row in connection.execute(select(revoked_tokens))},
    )
