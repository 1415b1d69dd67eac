"""A database by its URL: SQLite in a file, or PostgreSQL; what goes wrong has one name."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import URL, make_url

from tradecore.core import InputError
from tradecore.store.errors import MissingExtraError, StoreError
from tradecore.telemetry import scrub

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["DEFAULT_URL", "Database", "open_database", "shown"]

DEFAULT_URL: Final = "sqlite:///records.db"
BUSY_MS: Final = 10_000
CONNECT_S: Final = 5
STATEMENT_MS: Final = 30_000
POOL_MAX: Final = 8


@dataclass(frozen=True, slots=True)
class Database:
    """One database for reading and writing.

    Args:
        readers: Connections that read; each sees one moment of the database.
        writers: Connections that write; of SQLite one at a time, and it waits its turn.
    """

    url: URL
    readers: sa.Engine
    writers: sa.Engine

    @property
    def is_sqlite(self) -> bool:
        """Return whether it is a file."""
        return self.url.get_backend_name() == "sqlite"

    @property
    def name(self) -> str:
        """Return where it is, without a password."""
        return shown(self.url)

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """Lend a connection to read by.

        Raises:
            StoreError: If the database is away or refuses.
        """
        with self._faults(), self.readers.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """Lend a connection whose changes all happen at the end, or none does.

        Raises:
            StoreError: If the database is away or refuses.
        """
        with self._faults(), self.writers.begin() as connection:
            yield connection

    @contextmanager
    def _faults(self) -> Iterator[None]:
        try:
            yield
        except sa.exc.SQLAlchemyError as error:
            cause = getattr(error, "orig", None) or error
            text = scrub(" ".join(str(cause).split()))
            raise StoreError(f"a database does what it is asked: {text}, at {self.name}") from error

    def close(self) -> None:
        """Let go of every connection."""
        self.readers.dispose()
        self.writers.dispose()


def shown(url: URL, /) -> str:
    """Return a URL without its password."""
    return url.render_as_string(hide_password=True)


def open_database(text: str = DEFAULT_URL, /) -> Database:
    """Return the database at a URL; nothing connects before it is used.

    Raises:
        InputError: If the URL is none, or of a database that is not served.
        MissingExtraError: If the library for it is not installed.
    """
    url = _read_url(text)
    try:
        if url.get_backend_name() == "sqlite":
            return Database(url, _sqlite(url, begin="BEGIN"), _sqlite(url, begin="BEGIN IMMEDIATE"))
        options: dict[str, Any] = {
            "pool_size": POOL_MAX,
            "pool_pre_ping": True,
            "connect_args": {
                "connect_timeout": CONNECT_S,
                "options": f"-c statement_timeout={STATEMENT_MS}",
            },
        }
        reader = sa.create_engine(url, isolation_level="REPEATABLE READ", **options)
        return Database(url, reader, sa.create_engine(url, **options))
    except ModuleNotFoundError as error:
        raise MissingExtraError(
            f"records need the libraries of a venue: run `pip install tradecore[venue]`, "
            f"missing={error.name}"
        ) from error


def _read_url(text: str) -> URL:
    try:
        url = make_url(text)
    except (sa.exc.ArgumentError, ValueError) as error:
        raise InputError("a database has a URL such as sqlite:///records.db") from error
    backend = url.get_backend_name()
    if backend in {"postgresql", "postgres"}:
        return url.set(drivername="postgresql+psycopg")
    if backend != "sqlite":
        raise InputError(f"records are in sqlite or postgresql: url={shown(url)}")
    if not url.database or url.database == ":memory:":
        raise InputError("records outlast the process: give SQLite a file, sqlite:///records.db")
    return url


def _sqlite(url: URL, *, begin: str) -> sa.Engine:
    """Return connections that begin as told, since the driver would begin when it likes.

    A checkpoint of the log is what syncs: a power failure may cost the last transactions, which
    the journal gives again, and never the file.
    """
    engine = sa.create_engine(url, pool_size=POOL_MAX, connect_args={"timeout": BUSY_MS / 1_000})

    @event.listens_for(engine, "connect")
    def _set_up(connection: Any, _record: object) -> None:  # noqa: ANN401 - a driver's object
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout={BUSY_MS}")
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=NORMAL")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine
