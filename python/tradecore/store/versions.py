"""Whether a database has this program's tables, and how it gets them.

Alembic takes as long to load as a venue takes to start, so only a step that is taken loads it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import sqlalchemy as sa

from tradecore.store.database import DEFAULT_URL, open_database
from tradecore.store.errors import SchemaError

if TYPE_CHECKING:
    from alembic.config import Config

    from tradecore.store.database import Database

__all__ = ["STEPS", "SchemaState", "check", "schema", "schema_of", "upgrade", "upgrade_database"]

#: Every step there is, the newest last; a test holds it to what is in `migrations/versions`.
STEPS: Final = ("0001", "0002", "0003")
_AT: Final = "alembic_version"
_FOLDER: Final = Path(__file__).parent / "migrations"
#: Whoever upgrades a PostgreSQL holds this lock, so that two do it in turn.
_LOCK: Final = 0x7472_6164_6563_6F72


@dataclass(frozen=True, slots=True, kw_only=True)
class SchemaState:
    """Which step a database is at, and which this program needs.

    Args:
        found: Empty where there are no tables of ours.
        wanted: The newest step known here.
        is_known: Whether the step found is one of this program's.
    """

    found: str
    wanted: str
    is_known: bool

    @property
    def is_current(self) -> bool:
        """Return whether the program runs on it."""
        return self.found == self.wanted


def _config() -> Config:
    from alembic.config import Config  # noqa: PLC0415 - see above

    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def _state(connection: sa.Connection) -> SchemaState:
    found = ""
    if sa.inspect(connection).has_table(_AT):
        row = connection.execute(sa.text(f"SELECT version_num FROM {_AT}")).first()  # noqa: S608 - our own name
        found = "" if row is None else str(row[0])
    return SchemaState(found=found, wanted=STEPS[-1], is_known=not found or found in STEPS)


def schema(url: str = DEFAULT_URL, /) -> SchemaState:
    """Return which step a database is at.

    Raises:
        StoreError: If it is away.
    """
    database = open_database(url)
    try:
        if database.is_sqlite and not Path(database.url.database or "").exists():
            return SchemaState(found="", wanted=STEPS[-1], is_known=True)
        return schema_of(database)
    finally:
        database.close()


def schema_of(database: Database, /) -> SchemaState:
    """Do what `schema` does on a database that is open."""
    with database.reading() as connection:
        return _state(connection)


def upgrade(url: str = DEFAULT_URL, /) -> SchemaState:
    """Take a database to the newest step, all of it or nothing; return where it was.

    Raises:
        StoreError: If it is away.
        SchemaError: If it is at a step that this program does not know.
    """
    database = open_database(url)
    try:
        return upgrade_database(database)
    finally:
        database.close()


def upgrade_database(database: Database, /) -> SchemaState:
    """Do what `upgrade` does on a database that is open."""
    with database.writing() as connection:
        if not database.is_sqlite:
            connection.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        before = _state(connection)
        if not before.is_known:
            raise _newer(before, database)
        if before.is_current:
            return before
        from alembic import command  # noqa: PLC0415 - see above

        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    return before


def check(database: Database, /) -> None:
    """Look whether a database has this program's tables.

    Raises:
        SchemaError: If it has none, or older or newer ones.
        StoreError: If it is away.
    """
    state = schema_of(database)
    if state.is_current:
        return
    if not state.is_known:
        raise _newer(state, database)
    raise SchemaError(
        f"records need the tables of this program: run `tradecore db upgrade`, "
        f"found={state.found or 'none'}, wanted={state.wanted}, at {database.name}"
    )


def _newer(state: SchemaState, database: Database) -> SchemaError:
    return SchemaError(
        f"records are not of a newer program: install the one that made them, "
        f"found={state.found}, wanted={state.wanted}, at {database.name}"
    )
