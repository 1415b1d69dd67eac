"""A journal of intents: what was written comes back, a torn tail is cut, damage is an error."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tradecore.core import DataError
from tradecore.exchanges.base import CancelOrder, NewOrder
from tradecore.execution.intents import Entry
from tradecore.model import OrderUpdate
from tradecore.processes.intent_file import IntentFile, read_intents

ENTRIES = [
    Entry(
        "t1",
        NewOrder(
            client_order_id="a-1",
            symbol="BTCUSDT",
            side="buy",
            type="limit",
            quantity=Decimal("0.010"),
            price=Decimal("50000.1"),
        ),
    ),
    Entry("t1", CancelOrder(client_order_id="a-1", symbol="BTCUSDT")),
    Entry(
        "t1",
        OrderUpdate(
            client_order_id="a-1",
            symbol="BTCUSDT",
            reply="canceled",
            ts_event_ns=5,
            ts_recv_ns=6,
        ),
    ),
]


@pytest.fixture
def written(tmp_path):
    """Return a file with three entries, closed."""
    path = tmp_path / "intents"
    journal = IntentFile(path, sync=True)
    for number, entry in enumerate(ENTRIES):
        journal.write(entry, number)
    journal.close()
    return path


def read(path):
    """Return what a new process finds."""
    journal = IntentFile(path)
    entries = list(journal.entries())
    journal.close()
    return entries


def test_what_was_written_comes_back_in_order(written):
    """Decimals exact, times with it."""
    assert read(written) == list(enumerate(ENTRIES))


def test_a_history_is_handed_over_and_not_held(written):
    """A process that lives for months does not keep what it read at its start."""
    journal = IntentFile(written)

    assert len(list(journal.entries())) == len(ENTRIES)
    assert list(journal.entries()) == []
    journal.close()


def test_a_file_that_is_cut_anywhere_keeps_whole_entries(written):
    """Whatever was acknowledged stands before the cut; what follows is written after it."""
    whole = written.read_bytes()
    kept = []
    for length in range(len(whole) + 1):
        written.write_bytes(whole[:length])
        kept.append(len(read(written)))

    assert kept == sorted(kept)
    assert set(kept) == {0, 1, 2, 3}
    assert kept[-1] == 3


def test_writing_goes_on_after_a_torn_tail(written):
    """The torn entry is gone, the new one takes its place."""
    written.write_bytes(written.read_bytes()[:-3])
    journal = IntentFile(written)
    journal.write(ENTRIES[1], 9)
    journal.close()

    assert read(written) == [(0, ENTRIES[0]), (1, ENTRIES[1]), (9, ENTRIES[1])]


def test_damage_before_the_end_is_an_error(written):
    """What follows was acknowledged: it must not be cut off silently."""
    data = bytearray(written.read_bytes())
    data[20] ^= 1
    written.write_bytes(data)

    with pytest.raises(DataError, match="an entry is damaged, and others follow it: byte=0"):
        IntentFile(written)


def test_only_its_owner_reads_it(written):
    """It says what is traded."""
    assert written.stat().st_mode & 0o777 == 0o600


def test_a_full_file_begins_anew_and_the_one_before_is_read_with_it(tmp_path):
    """What was written since it began last is there, and what was given it to keep."""
    path = tmp_path / "intents"
    journal = IntentFile(path, segment_bytes=1_000)
    renewals = 0
    for number in range(100):
        journal.write(ENTRIES[number % 3], number)
        if journal.is_full:
            renewals += 1
            journal.renew([(number, ENTRIES[0])])
    journal.close()

    stamps = [stamp for stamp, _ in read(path)]
    assert renewals > 5
    assert stamps == [stamp for stamp, _ in read_intents(path)]
    assert stamps == sorted(stamps)
    assert stamps[-1] == 99
    assert sum(one.stat().st_size for one in tmp_path.iterdir()) < 2 * 1_500
    assert path.with_name("intents.before").stat().st_mode & 0o777 == 0o600


def test_what_it_cannot_begin_anew_goes_on_as_it_was(tmp_path):
    """It says so once, and tries again when a quarter more was written."""
    path = tmp_path / "intents"
    journal = IntentFile(path, segment_bytes=200)
    journal.write(ENTRIES[0], 1)
    (tmp_path / "intents.before").mkdir()

    with pytest.raises(OSError, match=r"intents\.before"):
        journal.renew([])
    is_full_again = journal.is_full
    journal.write(ENTRIES[1], 2)
    journal.close()
    (tmp_path / "intents.before").rmdir()

    assert not is_full_again
    assert [stamp for stamp, _ in read(path)] == [1, 2]


@pytest.mark.parametrize("step", ["written", "linked", "aside", "replaced"])
def test_whatever_step_a_kill_comes_at_nothing_is_lost_or_twice(tmp_path, step):
    """Each leaves a whole file under the name, and what is left over is passed over or removed."""
    path = tmp_path / "intents"
    journal = IntentFile(path)
    for number, entry in enumerate(ENTRIES):
        journal.write(entry, number)
    journal.close()
    new, aside = tmp_path / "intents.new", tmp_path / "intents.aside"
    head = IntentFile(new)
    head.write(ENTRIES[0], 7)
    head.close()
    if step != "written":
        aside.hardlink_to(path)
    if step in {"aside", "replaced"}:
        aside.replace(tmp_path / "intents.before")
    if step == "replaced":
        new.replace(path)

    stamps = [0, 1, 2, 7] if step == "replaced" else [0, 1, 2]
    assert [stamp for stamp, _ in read_intents(path)] == stamps
    assert [stamp for stamp, _ in read(path)] == stamps
    assert not new.exists()
