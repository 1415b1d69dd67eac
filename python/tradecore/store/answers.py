"""Answers to requests that named themselves, so that one that comes again is answered the same."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from tradecore.store.tables import answers

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tradecore.store.database import Database

__all__ = ["Answered", "Answers", "Conflict", "InFlight", "Reserved", "Seen"]


@dataclass(frozen=True, slots=True)
class Reserved:
    """The request is new: it is to be done, and its answer kept."""


@dataclass(frozen=True, slots=True)
class InFlight:
    """The same request came before and has no answer yet, or its process ended before it had."""

    created_ns: int


@dataclass(frozen=True, slots=True)
class Answered:
    """The same request came before; this was the answer."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Conflict:
    """Another request came under this key."""


Seen: TypeAlias = Reserved | InFlight | Answered | Conflict


@dataclass(frozen=True, slots=True)
class Answers:
    """What was answered, by scope (who asked what) and the key the caller chose."""

    database: Database

    def reserve(self, scope: str, key: str, digest: str, *, now_ns: int) -> Seen:
        """Take a key for a request, or say what became of it; one caller alone gets it.

        Raises:
            StoreError: If the database is away: then the request must not be done.
        """
        row = {"scope": scope, "key": key, "digest": digest, "created_ns": now_ns}
        with self.database.writing() as connection:
            made: Any = sqlite.insert if self.database.is_sqlite else postgresql.insert
            insert = made(answers).values(row).on_conflict_do_nothing().returning(answers.c.key)
            if connection.execute(insert).first() is not None:
                return Reserved()
            found = connection.execute(sa.select(answers).where(_is(scope, key))).one()
        if found.digest != digest:
            return Conflict()
        if found.status is None:
            return InFlight(found.created_ns)
        return Answered(found.status, json.loads(found.headers), found.body)

    def answer(
        self, scope: str, key: str, *, status: int, headers: Mapping[str, str], body: bytes
    ) -> None:
        """Keep the answer to a request that was reserved.

        Raises:
            StoreError: If the database is away.
        """
        change = sa.update(answers).where(_is(scope, key))
        values = {"status": status, "headers": json.dumps(dict(headers)), "body": body}
        with self.database.writing() as connection:
            connection.execute(change.values(values))

    def release(self, scope: str, key: str) -> None:
        """Give back the key of a request that was provably not done.

        Raises:
            StoreError: If the database is away.
        """
        with self.database.writing() as connection:
            connection.execute(
                sa.delete(answers).where(_is(scope, key), answers.c.status.is_(None))
            )

    def forget_before(self, created_ns: int, /) -> int:
        """Forget what is older; return how many.

        Raises:
            StoreError: If the database is away.
        """
        with self.database.writing() as connection:
            result = connection.execute(sa.delete(answers).where(answers.c.created_ns < created_ns))
        return result.rowcount


def _is(scope: str, key: str) -> sa.ColumnElement[bool]:
    return sa.and_(answers.c.scope == scope, answers.c.key == key)
