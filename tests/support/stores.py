"""Fixtures of tests on databases: both kinds, real servers, tables of this program."""

from __future__ import annotations

import shutil
import uuid

import pytest
import sqlalchemy as sa

from support.databases import postgres_server, redis_server
from tradecore.store import Records, upgrade
from tradecore.store.database import open_database
from tradecore.store.tables import metadata


@pytest.fixture(scope="session")
def postgres():
    """Run one PostgreSQL for all tests, and give what makes a database without tables in it."""
    with postgres_server() as url:
        admin = sa.create_engine(
            url.format(name="postgres").replace("postgresql", "postgresql+psycopg"),
            isolation_level="AUTOCOMMIT",
            poolclass=sa.NullPool,
        )

        def made():
            name = f"t{uuid.uuid4().hex}"
            with admin.connect() as connection:
                connection.exec_driver_sql(f"CREATE DATABASE {name}")
            return url.format(name=name)

        yield made


@pytest.fixture(scope="session")
def upgraded(postgres):
    """Return the URL of a PostgreSQL database with tables; who takes it empties them."""
    url = postgres()
    upgrade(url)
    return url


@pytest.fixture(scope="session")
def template(tmp_path_factory):
    """Return a SQLite file with tables and no rows."""
    path = tmp_path_factory.mktemp("template") / "records.db"
    upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def redis_url():
    """Run one Redis for all tests."""
    with redis_server() as (url, _):
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request, tmp_path):
    """Return the URL of a database without tables, of either kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'records.db'}"
    return request.getfixturevalue("postgres")()


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request, tmp_path):
    """Return the URL of a database with tables and no rows, of either kind."""
    if request.param == "sqlite":
        path = tmp_path / "records.db"
        shutil.copy(request.getfixturevalue("template"), path)
        return f"sqlite:///{path}"
    made = request.getfixturevalue("upgraded")
    database = open_database(made)
    empty(database)
    database.close()
    return made


@pytest.fixture
def sqlite_url(template, tmp_path):
    """Return the URL of a SQLite database with tables and no rows."""
    path = tmp_path / "records.db"
    shutil.copy(template, path)
    return f"sqlite:///{path}"


def empty(database):
    """Delete every row, and begin again."""
    with database.writing() as connection:
        for table in metadata.tables.values():
            if table.name != "record_progress":
                connection.execute(sa.delete(table))
        connection.execute(sa.text("UPDATE record_progress SET sequence = 0, note = 0"))


@pytest.fixture
def records(url):
    """Return records nothing was written to."""
    opened = Records.open(url)
    yield opened
    opened.close()
