"""A program runs on its own tables, and says what to do where it finds others."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from tradecore.core import InputError
from tradecore.store import Records, SchemaError, StoreError, schema, upgrade, versions
from tradecore.store.database import open_database
from tradecore.store.tables import metadata


def test_an_empty_database_is_given_tables(empty_url):
    """Whoever opens it first makes them; whoever upgrades again changes nothing."""
    assert schema(empty_url).found == ""
    Records.open(empty_url).close()
    state = schema(empty_url)
    assert state.is_current
    assert upgrade(empty_url) == state
    assert schema(empty_url) == state


def test_every_step_is_known():
    """The steps a program knows are those in its folder, in their order."""
    folder = Path(versions.__file__).parent / "migrations"
    script = ScriptDirectory(str(folder))
    found = [step.revision for step in script.walk_revisions()]
    assert tuple(reversed(found)) == versions.STEPS


def test_a_schema_that_is_current_loads_nothing(url):
    """A start on tables that are there already does not wait for Alembic."""
    code = (
        "import sys\n"
        "from tradecore.store import Records, upgrade\n"
        f"assert upgrade({url!r}).is_current\n"
        f"Records.open({url!r}).close()\n"
        "print('alembic' in sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "False"


def test_the_steps_lead_to_the_tables(empty_url):
    """What the migrations make is what the queries are written for."""
    upgrade(empty_url)
    database = open_database(empty_url)
    with database.reading() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "compare_type": True,
                "include_object": lambda _one, name, kind, _is_reflected, _other: (
                    kind != "table" or name in metadata.tables
                ),
            },
        )
        assert compare_metadata(context, metadata) == []
    database.close()


@pytest.mark.parametrize(
    ("revision", "message"),
    [
        pytest.param("0001", r"run `tradecore db upgrade`, found=0001", id="older"),
        pytest.param("9999", r"not of a newer program: .* found=9999", id="newer"),
    ],
)
def test_other_tables_are_refused(url, revision, message):
    """Neither older nor newer ones are touched, and the message says what to do."""
    database = open_database(url)
    with database.writing() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = :v"), {"v": revision})
    with pytest.raises(SchemaError, match=message):
        Records.open(url)
    if revision == "9999":
        with pytest.raises(SchemaError, match=message):
            upgrade(url)
    with database.writing() as connection:
        head = {"v": schema(url).wanted}
        connection.execute(sa.text("UPDATE alembic_version SET version_num = :v"), head)
    database.close()


def test_what_is_on_record_outlasts_a_step(empty_url):
    """Orders and trades of a program that knew no strategies are of none."""
    database = open_database(empty_url)
    config = versions._config()
    with database.writing() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0002")
        for name in ("orders", "account_trades"):
            table = metadata.tables[name]
            row = {
                column.name: False if isinstance(column.type, sa.Boolean) else 7
                for column in table.columns
                if column.name != "strategy_id"
            }
            texts = {
                column.name: "7" for column in table.columns if isinstance(column.type, sa.Text)
            }
            connection.execute(
                sa.text(
                    f"INSERT INTO {name} ({', '.join(row)}) "  # noqa: S608 - our own tables
                    f"VALUES ({', '.join(f':{one}' for one in row)})"
                ),
                row | {one: text for one, text in texts.items() if one in row},
            )
    database.close()
    upgrade(empty_url)
    records = Records.open(empty_url)
    order, fill = records.order(7, 7), records.account_trades(7).rows[0]
    records.close()

    assert (order.strategy_id, fill.strategy_id) == ("", "")
    assert (order.quantity, fill.fee) == (7, 7)


@pytest.mark.parametrize(
    ("url", "message"),
    [
        pytest.param("nonsense", "a database has a URL such as", id="no-url"),
        pytest.param("mysql://u:secret@h/d", r"records are in sqlite or postgresql", id="mysql"),
        pytest.param("sqlite://", "records outlast the process", id="memory"),
        pytest.param("sqlite:///:memory:", "records outlast the process", id="memory-name"),
    ],
)
def test_a_url_of_nothing_we_serve_is_refused(url, message):
    """The message names what is served, and no password."""
    with pytest.raises(InputError, match=message) as caught:
        Records.open(url)
    assert "secret" not in str(caught.value)


def test_a_database_that_is_away_is_named_without_its_password(tmp_path):
    """Where it is, but not how one gets in."""
    with pytest.raises(StoreError, match="a database does what it is asked") as caught:
        Records.open(f"postgresql://u:secret@/d?host={tmp_path}")
    assert "secret" not in str(caught.value)
    assert str(tmp_path) in str(caught.value)


def test_a_file_that_is_no_database_is_refused(tmp_path):
    """Nothing is written into a file of somebody else."""
    path = tmp_path / "records.db"
    path.write_bytes(b"something else entirely, and long enough to be looked at" * 40)
    before = path.read_bytes()
    with pytest.raises(StoreError, match="not a database"):
        Records.open(f"sqlite:///{path}")
    assert path.read_bytes() == before


def test_a_missing_extra_is_named():
    """Without its libraries the store says how to get them, and the rest goes on."""
    code = (
        "import sys\n"
        "sys.modules['sqlalchemy'] = None\n"
        "import tradecore, tradecore.store\n"
        "try:\n"
        "    tradecore.store.Records\n"
        "except tradecore.store.MissingExtraError as error:\n"
        "    print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert "pip install tradecore[venue]" in done.stdout


def test_the_package_stays_light():
    """Neither tradecore nor the name of the store loads a library of databases."""
    code = (
        "import sys, tradecore, tradecore.store, tradecore.venue\n"
        "print(sorted({'sqlalchemy', 'alembic', 'redis', 'psycopg'} & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "[]"
