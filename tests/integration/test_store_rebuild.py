"""Records made again from the journal are the rows that were there, however often it was killed."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
from decimal import Decimal

import pytest

pytest.importorskip("sqlalchemy", reason="needs the extra venue")

import sqlalchemy as sa

from support.stores import (  # noqa: F401 - fixtures
    postgres,
    sqlite_url,
    template,
    upgraded,
    url,
)
from support.venue_life import ACCOUNTS, Clients, open_life, plain
from tradecore.core import DataError
from tradecore.store import Records, RecordWriter
from tradecore.store.tables import metadata
from tradecore.venue import JournalPosition

WAIT_S = 30


def contents(opened):
    """Return every row of every table but the answers."""
    with opened.database.reading() as connection:
        return {
            name: sorted(repr(plain(tuple(row))) for row in connection.execute(sa.select(table)))
            for name, table in metadata.tables.items()
        }


def check_money(opened, service):
    """The statements make the balances, and both are the venue's."""
    for account in ACCOUNTS:
        (balance,) = opened.balances(account)
        page = opened.statement(account, limit=1_000)
        amounts = [line.amount for line in page.rows]
        while page.next_cursor is not None:
            page = opened.statement(account, limit=1_000, cursor=page.next_cursor)
            amounts += [line.amount for line in page.rows]
        assert sum(amounts) == balance.total
        assert balance.total == service.state.ledger.wallet(account)


@pytest.fixture
def fresh(tmp_path, template):  # noqa: F811
    """Return empty records in another file."""
    path = tmp_path / "fresh.db"
    shutil.copy(template, path)
    opened = Records.open(f"sqlite:///{path}")
    yield opened
    opened.close()


def make_again(opened, service):
    """Write everything the journal has into empty records."""
    for batch in service.rebuild(JournalPosition()):
        if batch.after == batch.upto:
            return
        opened.apply(batch)


def test_records_made_again_are_the_same(tmp_path, url, fresh):  # noqa: F811
    """Written batch by batch over three lives of a venue, or at once from its journal."""
    first = Records.open(url)
    service = open_life(tmp_path)
    clients = Clients(service, 1)
    clients.open_accounts()
    for _ in range(3):
        writer = RecordWriter(first, service.rebuild, queue_max=2)
        for _ in range(5):
            clients.act(20)
            service.settle()
            writer.offer(service.take_batch())
        assert writer.wait(service.sequence, timeout_s=WAIT_S)
        writer.close()
        now_ns = service.state.now_ns
        service.close()
        service = clients.service = open_life(tmp_path, now_ns=now_ns)
    assert first.position == service.books.position

    make_again(fresh, service)

    expected, found = contents(first), contents(fresh)
    for name, rows in expected.items():
        assert found[name] == rows, name
    check_money(fresh, service)
    service.close()
    first.close()


#: Lives, hands its steps to a writer, and prints each command's number once it is on the medium.
CHILD = """
import sys
from pathlib import Path
from support.venue_life import Clients, open_life
from tradecore.store import CheckpointFile, Records, RecordWriter
folder, url, seed = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
file = CheckpointFile(folder / "books.tcb")
service = open_life(folder, now_ns=int(sys.argv[4]), checkpoint=file.load())
records = Records.open(url)
writer = RecordWriter(records, service.rebuild, queue_max=2)
clients = Clients(service, seed)
if not service.state.ledger.wallet(1):
    clients.open_accounts()
number = 0
while True:
    clients.act(3)
    service.settle()
    writer.offer(service.take_batch())
    number += 1
    if number % 20 == 0:
        file.save(service.checkpoint())
    sys.stdout.write(f"{service.sequence} {service.state.now_ns}\\n")
    sys.stdout.flush()
"""


def killed_after(arguments, answers, environ):
    """Let a venue live, kill it after so many answers, and return the last whole one."""
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD, *map(str, arguments)],
        stdout=subprocess.PIPE,
        text=True,
        env=environ,
    )
    try:
        lines = [child.stdout.readline() for _ in range(answers)]
    finally:
        child.kill()
        lines += child.stdout.read().splitlines(keepends=True)
        child.wait()
        child.stdout.close()
    whole = [line.split() for line in lines if line.endswith("\n")]
    return int(whole[-1][0]), int(whole[-1][1])


def test_no_kill_loses_or_repeats_a_row(tmp_path, url, fresh, environ):  # noqa: F811
    """After each kill the next venue has every acknowledged command, and the records catch up."""
    dice, now_ns, sequence = random.Random(5), 1_700_000_000_000_000_000, 0
    for seed in range(2):
        answers = dice.randrange(2, 25)
        sequence, now_ns = killed_after((tmp_path, url, seed, now_ns), answers, environ)
    service = open_life(tmp_path, now_ns=now_ns)
    assert service.sequence >= sequence
    kept = Records.open(url)
    assert kept.position <= service.books.position
    writer = RecordWriter(kept, service.rebuild)
    service.settle()
    assert writer.wait(service.sequence, timeout_s=WAIT_S)
    writer.close()
    make_again(fresh, service)
    assert contents(kept) == contents(fresh)
    check_money(kept, service)
    service.close()
    kept.close()


def test_records_of_another_journal_are_told_apart(tmp_path, sqlite_url):  # noqa: F811
    """A journal that is shorter than the records is not theirs."""
    service = open_life(tmp_path)
    with pytest.raises(DataError, match="records are of the journal they are compared with"):
        next(service.rebuild(JournalPosition(10_000, 0)))
    records = Records.open(sqlite_url)
    with records.database.writing() as connection:
        connection.execute(sa.text("UPDATE record_progress SET sequence = 10000"))
    writer = RecordWriter(records, service.rebuild)
    assert not writer.wait(10_001, timeout_s=0.2)
    writer.close()
    assert "records are of the journal" in writer.status.error
    service.deposit(1, Decimal(1))
    assert records.balances(1) == ()
    service.close()
    records.close()


@pytest.fixture
def environ(project_root):
    """Return an environment in which a child finds what tests share."""
    paths = [str(project_root / "tests"), os.environ.get("PYTHONPATH", "")]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths))}
