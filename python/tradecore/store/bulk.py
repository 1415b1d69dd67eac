"""Many rows of a table in few statements: what a driver does by row is done once for hundreds."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    import sqlalchemy as sa

__all__ = ["Bulk"]

#: Values that one statement takes: PostgreSQL counts them in 16 bits, SQLite up to 32,766.
VALUES_MAX: Final = 32_000
ROWS_MAX: Final = 256


@dataclass(frozen=True, slots=True)
class Bulk:
    """Inserts rows, whose values are in the order of a table's columns and as its driver has them.

    A statement has so many rows as a power of two, so that few texts are ever read and prepared.
    While it runs, other threads have the interpreter; one row at a time they would fight for it.

    Args:
        table: Where to.
        changes: Whether rows that are there change; else they stay as they are.
        fixed: What stays as it was of those that change.
    """

    table: sa.Table
    changes: bool = False
    fixed: frozenset[str] = frozenset()

    def write(self, connection: sa.Connection, rows: Sequence[tuple[Any, ...]]) -> None:
        """Insert rows; no two of those that change have the same key."""
        is_sqlite = connection.dialect.name == "sqlite"
        most = min(ROWS_MAX, VALUES_MAX // len(self.table.columns))
        at = 0
        while at < len(rows):
            count = 1 << (min(most, len(rows) - at).bit_length() - 1)
            values = tuple(chain.from_iterable(rows[at : at + count]))
            connection.exec_driver_sql(_statement(self, count, is_sqlite=is_sqlite), values)
            at += count


@lru_cache(maxsize=256)
def _statement(bulk: Bulk, count: int, *, is_sqlite: bool) -> str:
    """Return the text that inserts so many rows."""
    table = bulk.table
    names = [column.name for column in table.columns]
    keys = [column.name for column in table.primary_key]
    row = "(" + ", ".join(["?" if is_sqlite else "%s"] * len(names)) + ")"
    changed = [name for name in names if name not in bulk.fixed and name not in keys]
    then = "DO NOTHING"
    if bulk.changes:
        sets = ", ".join(f"{name} = excluded.{name}" for name in changed)
        then = f"({', '.join(keys)}) DO UPDATE SET {sets}"
    listed = ", ".join([row] * count)
    return f"INSERT INTO {table.name} ({', '.join(names)}) VALUES {listed} ON CONFLICT {then}"  # noqa: S608 - names of our own tables
