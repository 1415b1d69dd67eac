"""Steps are in the records once each, however their batches come."""

from __future__ import annotations

import random

import pytest
import sqlalchemy as sa

from tradecore.store import GapError, Records, StoreError
from tradecore.store.tables import metadata
from tradecore.venue import Batch, JournalPosition


def contents(records):
    """Return every row of every table."""
    with records.database.reading() as connection:
        return {
            name: sorted(map(repr, connection.execute(sa.select(table))))
            for name, table in metadata.tables.items()
        }


def batches(floor, count=12, seed=5):
    """Let two accounts trade, and return a batch for each time."""
    dice, made = random.Random(seed), [floor.batch()]
    for _ in range(count):
        buyer, seller = dice.sample((1, 2), 2)
        floor.trade(
            f"0.{dice.randrange(1, 9)}", 60_000 + dice.randrange(50), buyer=buyer, seller=seller
        )
        order = floor.place(1, "buy", "0.1", 40_000)
        floor.service.cancel(order, now_ns=floor.now_ns)
        made.append(floor.batch())
    return made


@pytest.fixture
def whole(floor, records):
    """Return batches, and what they lead to when each comes once."""
    made = batches(floor)
    for batch in made:
        records.apply(batch)
    return made, contents(records)


@pytest.fixture
def empty_again(records):
    """Return what empties the tables, to begin again."""

    def empty_them():
        with records.database.writing() as connection:
            for table in metadata.tables.values():
                if table.name != "record_progress":
                    connection.execute(sa.delete(table))
            connection.execute(sa.text("UPDATE record_progress SET sequence = 0, note = 0"))

    return empty_them


def test_a_batch_twice_is_once(records, whole):
    """What comes again changes nothing."""
    made, expected = whole
    for batch in made:
        records.apply(batch)
    assert contents(records) == expected


def test_batches_in_any_grouping_lead_to_the_same_rows(records, whole, empty_again):
    """One large batch, overlapping ones and single ones write the same."""
    made, expected = whole
    dice = random.Random(3)
    for _ in range(3):
        empty_again()
        at = 0
        while at < len(made):
            begin, end = max(0, at - dice.randrange(4)), min(len(made), at + dice.randrange(1, 5))
            taken = made[begin:end]
            records.apply(
                Batch(
                    after=taken[0].after,
                    upto=taken[-1].upto,
                    booked=tuple(step for batch in taken for step in batch.booked),
                )
            )
            at = end
        assert contents(records) == expected


def test_a_batch_out_of_order_is_refused(records, whole, empty_again):
    """Nothing is written where steps are missing before it; once they came, it is."""
    made, expected = whole
    empty_again()
    before = contents(records)
    with pytest.raises(GapError, match="steps follow each other: records=0/0"):
        records.apply(made[3])
    assert contents(records) == before
    for batch in made:
        records.apply(batch)
    assert contents(records) == expected


def test_a_batch_that_fails_half_way_leaves_nothing(records, floor):
    """Rows and progress are one transaction."""
    made = batches(floor, count=2)
    records.apply(made[0])
    before = contents(records)
    with records.database.writing() as connection:
        connection.execute(sa.text("ALTER TABLE statement RENAME TO elsewhere"))
    with pytest.raises(StoreError, match="a database does what it is asked"):
        records.apply(made[1])
    with records.database.writing() as connection:
        connection.execute(sa.text("ALTER TABLE elsewhere RENAME TO statement"))
    assert contents(records) == before
    records.apply(made[1])
    assert records.position == made[1].upto


def test_an_empty_batch_moves_on(records, floor):
    """Commands that changed nothing are behind the records as well."""
    last = floor.batch().upto
    records.apply(Batch(after=JournalPosition(), upto=last, booked=()))
    assert records.position == last
    assert records.last_sequence == last.sequence


def test_two_writers_write_each_step_once(url, floor):
    """The second one finds the steps of the first, and does not write them again."""
    made = batches(floor)
    first, second = Records.open(url), Records.open(url)
    try:
        for batch in made:
            first.apply(batch)
            second.apply(batch)
        (balance,) = second.balances(1)
        assert balance.total == floor.service.state.ledger.wallet(1)
        assert sum(line.amount for line in second.statement(1, limit=1_000).rows) == balance.total
    finally:
        first.close()
        second.close()
