"""Records keep up with a venue without holding it up, and catch up where they could not."""

from __future__ import annotations

import threading

import pytest
import sqlalchemy as sa

from tradecore.core import JournalError
from tradecore.store import RecordWriter
from tradecore.venue import Batch, JournalPosition

WAIT_S = 20


class Journal:
    """Every batch there ever was, as a journal gives them again."""

    def __init__(self):
        """Begin with none."""
        self.batches = []
        self.asked = []

    def add(self, batch):
        """Keep one more."""
        self.batches.append(batch)
        return batch

    def behind(self, position):
        """Yield what is behind a position, and an empty batch where that is all so far."""
        self.asked.append(position)
        while True:
            for batch in list(self.batches):
                if batch.upto > position:
                    position = batch.upto
                    yield batch
            yield Batch(after=position, upto=position, booked=())


@pytest.fixture
def journal():
    """Return an empty journal."""
    return Journal()


@pytest.fixture
def writer(records, journal):
    """Return a writer of these records."""
    made = RecordWriter(records, journal.behind, queue_max=3)
    yield made
    made.close()


def trade(floor, journal):
    """Let two accounts trade, and return the batch."""
    floor.trade("0.1", "60000")
    return journal.add(floor.batch())


def test_what_is_offered_is_written(writer, records, floor, journal):
    """A command that was waited for is in the records."""
    assert writer.wait(0, timeout_s=WAIT_S)
    for _ in range(3):
        batch = trade(floor, journal)
        writer.offer(batch)
        assert writer.wait(batch.upto.sequence, timeout_s=WAIT_S)
    assert records.position == batch.upto == writer.status.position
    assert len(records.account_trades(1).rows) == 3


def test_steps_before_the_start_come_from_the_journal(records, floor, journal):
    """A writer begins where the records are."""
    first = trade(floor, journal)
    records.apply(first)
    second = trade(floor, journal)
    writer = RecordWriter(records, journal.behind)
    assert writer.wait(second.upto.sequence, timeout_s=WAIT_S)
    writer.close()
    assert journal.asked == [first.upto]
    assert len(records.account_trades(1).rows) == 2


def lock(records):
    """Keep everybody else from writing, until the connection is given back."""
    connection = records.database.writers.connect()
    connection.execute(sa.text("UPDATE record_progress SET note = note"))
    return connection


def test_nobody_waits_for_a_database_that_is_busy(writer, records, floor, journal):
    """Offers return at once; what the queue cannot hold is read from the journal afterwards."""
    assert writer.wait(0, timeout_s=WAIT_S)
    busy = lock(records)
    kept = [writer.offer(trade(floor, journal)) for _ in range(8)]
    assert not all(kept)
    assert writer.status.queued <= 3
    busy.rollback()
    busy.close()
    last = journal.batches[-1].upto
    assert writer.wait(last.sequence, timeout_s=WAIT_S)
    assert len(records.account_trades(1).rows) == 8


def test_a_database_that_comes_back_is_caught_up_with(writer, records, floor, journal):
    """While it is away the error is told; when it is there again nothing is missing."""
    assert writer.wait(0, timeout_s=WAIT_S)
    with records.database.writing() as connection:
        connection.execute(sa.text("ALTER TABLE orders RENAME TO away"))
    batch = trade(floor, journal)
    writer.offer(batch)
    assert not writer.wait(batch.upto.sequence, timeout_s=0.2)
    assert "a database does what it is asked" in writer.status.error
    for _ in range(5):
        writer.offer(trade(floor, journal))
    with records.database.writing() as connection:
        connection.execute(sa.text("ALTER TABLE away RENAME TO orders"))
    assert writer.wait(journal.batches[-1].upto.sequence, timeout_s=WAIT_S)
    assert writer.status.error == ""
    assert len(records.account_trades(1).rows) == 6
    (balance,) = records.balances(1)
    assert balance.total == floor.service.state.ledger.wallet(1)


def test_a_gap_is_filled_from_the_journal(writer, records, floor, journal):
    """A batch that does not follow is no harm."""
    assert writer.wait(0, timeout_s=WAIT_S)
    trade(floor, journal)
    writer.offer(trade(floor, journal))
    assert writer.wait(journal.batches[-1].upto.sequence, timeout_s=WAIT_S)
    assert len(records.account_trades(1).rows) == 2


def test_a_journal_that_cannot_be_read_is_told(records):
    """The writer says why it does not go on, and ends when it is told to."""

    def let_go(position):
        raise JournalError("records behind 0 were let go")
        yield Batch(after=position, upto=position, booked=())

    writer = RecordWriter(records, let_go)
    assert not writer.wait(1, timeout_s=0.2)
    assert writer.status.error == "records behind 0 were let go"
    assert writer.status.is_behind
    writer.close()
    assert not any(one.name == "records" and one.is_alive() for one in threading.enumerate())


def test_closing_writes_what_waits(records, floor, journal):
    """What was offered before the end is in the records after it."""
    writer = RecordWriter(records, journal.behind)
    assert writer.wait(0, timeout_s=WAIT_S)
    batch = trade(floor, journal)
    writer.offer(batch)
    writer.close()
    assert records.position == batch.upto
    assert writer.offer(trade(floor, journal)) is False
    assert writer.offer(None)


def test_closing_does_not_wait_for_all_that_was_missed(records, floor, journal):
    """A writer that reads a long journal again ends behind a step: the next start has the rest."""
    first, second = trade(floor, journal), trade(floor, journal)
    reads, goes_on = threading.Event(), threading.Event()

    def slow(position):
        assert position == JournalPosition()
        yield first
        reads.set()
        assert goes_on.wait(WAIT_S)
        yield second

    writer = RecordWriter(records, slow)
    assert reads.wait(WAIT_S)
    writer.close(timeout_s=0.01)
    goes_on.set()
    writer.close(timeout_s=WAIT_S)
    assert records.position == first.upto
    assert not any(one.name == "records" and one.is_alive() for one in threading.enumerate())


def test_a_position_is_what_it_counts(records):
    """Positions compare by command, then by note."""
    assert JournalPosition(2, 0) > JournalPosition(1, 9) > JournalPosition(1, 8)
    assert records.position == JournalPosition()
