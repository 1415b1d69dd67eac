"""The file of a run: what it refuses, what it survives, where it ends."""

from __future__ import annotations

import pytest

import tradecore as tc
from support.strategies import AtTouch
from tradecore.core import DataError, JournalError, JournalWriter
from tradecore.runs.entries import EntryKind
from tradecore.runs.history import history_of_run
from tradecore.runs.journal import RunJournal, read_run


@pytest.fixture
def kept(tmp_path, short_tape):
    """The journal of a backtest."""
    path = tmp_path / "run.journal"
    tc.backtest(AtTouch, data=short_tape, fees="zero", latency="venue", journal=path)
    return path


def test_a_run_is_not_written_over_another(kept, short_tape):
    """A second run of the same name is refused, and the first stays."""
    before = kept.read_bytes()

    with pytest.raises(FileExistsError, match="journal"):
        tc.backtest(AtTouch, data=short_tape, fees="zero", latency="venue", journal=kept)

    assert kept.read_bytes() == before


def test_a_file_of_something_else_is_refused(tmp_path):
    """Another writer's records, text, nothing at all."""
    other = tmp_path / "other"
    writer = JournalWriter(other, sync=False)
    writer.append(7, b"{}", timestamp_ns=1)
    writer.close()
    text = tmp_path / "text"
    text.write_text("hello")

    with pytest.raises(DataError, match="the first record of a run says what was run: "):
        read_run(other)
    with pytest.raises(JournalError, match="text"):
        read_run(text)
    with pytest.raises(FileNotFoundError, match="nothing"):
        read_run(tmp_path / "nothing")


def test_a_file_of_a_later_format_is_refused(tmp_path):
    """Rather than read as what it is not."""
    path = tmp_path / "later"
    writer = JournalWriter(path, sync=False)
    writer.append(EntryKind.BEGIN, b'{"format":99}', timestamp_ns=1)
    writer.close()

    with pytest.raises(DataError, match="the first record of a run says what was run: "):
        read_run(path)


def test_a_torn_tail_is_left_out(kept):
    """A process that was killed while it wrote leaves the records before."""
    whole = history_of_run(read_run(kept))
    data = kept.read_bytes()
    kept.write_bytes(data[: len(data) * 2 // 3])

    part = history_of_run(read_run(kept))

    assert 0 < len(part.fills) < len(whole.fills)
    assert part.fills == whole.fills[: len(part.fills)]


def test_a_full_file_says_so_and_the_run_goes_on(kept, tmp_path):
    """Behind the size it may have nothing is kept but that."""
    records = read_run(kept)
    full = RunJournal(tmp_path / "full", bytes_max=20_000)
    full.begin(records.begin, records.ts_ns)
    for kind, ts_ns, payload in records.rest:
        full.keep(kind, payload, ts_ns)
    full.close()

    last = list(read_run(tmp_path / "full").rest)[-1]

    assert last[0] is EntryKind.FULL
    assert not full.is_whole
    assert (tmp_path / "full").stat().st_size < 25_000
