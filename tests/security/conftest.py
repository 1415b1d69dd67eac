"""A database for tests of security: tables and no rows."""

from __future__ import annotations

import shutil

import pytest

pytest.importorskip("sqlalchemy", reason="needs the extra venue")

from tradecore.store import upgrade


@pytest.fixture(scope="session")
def database_template(tmp_path_factory):
    """Return a SQLite file with tables and no rows."""
    path = tmp_path_factory.mktemp("template") / "records.db"
    upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture
def database_url(database_template, tmp_path):
    """Return the URL of a SQLite database with tables and no rows."""
    path = tmp_path / "records.db"
    shutil.copy(database_template, path)
    return f"sqlite:///{path}"
