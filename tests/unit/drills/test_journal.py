"""A journal replayed by the desk's rules: what was to be sent, what is open, what is held."""

from __future__ import annotations

from decimal import Decimal

from support.desk_venue import SYMBOL, DeskRig
from tradecore.drills.journal import read_journal, replay_journal
from tradecore.processes.intent_file import IntentFile


def test_a_journal_comes_to_what_the_desk_holds():
    """Open orders, fills and the position are those of the desk that wrote it."""
    rig = DeskRig().open()
    filled, resting, canceled = rig.buy("3"), rig.buy("2", side="sell"), rig.buy("1")
    rig.venue.arrive()
    rig.venue.arrive()
    rig.venue.arrive()
    rig.venue.trade(filled, 3)
    rig.venue.trade(resting, 1)
    rig.settle()
    rig.cancel(canceled)
    rig.venue.arrive()
    rig.settle()

    written = replay_journal(rig.journal.entries(), SYMBOL)

    assert written.orders == {filled, resting, canceled}
    assert written.open_orders == {resting} == rig.venue.open_ids()
    assert len(written.exec_ids) == 2
    assert written.position == rig.limits.position(SYMBOL) == Decimal(2)


def test_a_journal_is_read_while_it_is_written(tmp_path):
    """A torn end is not an error, and reading leaves the file as it is."""
    rig = DeskRig().open()
    rig.buy()
    path = tmp_path / "intents"
    file = IntentFile(path)
    for ts_ns, entry in rig.journal.entries():
        file.write(entry, ts_ns)
    file.close()
    whole = path.read_bytes()
    path.write_bytes(whole + whole[: len(whole) // 2])
    size = path.stat().st_size

    written = read_journal(path, SYMBOL)

    assert (written.entries, len(written.orders)) == (1, 1)
    assert path.stat().st_size == size


def test_no_journal_is_an_empty_one(tmp_path):
    """An engine that wrote nothing yet holds nothing."""
    written = read_journal(tmp_path / "intents", SYMBOL)

    assert (written.entries, written.orders, written.position) == (0, frozenset(), 0)
