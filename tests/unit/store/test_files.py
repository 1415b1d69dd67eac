"""Notes and checkpoints on the disk: whole, or refused."""

from __future__ import annotations

import pytest

from tradecore.core import DataError, JournalError
from tradecore.store import CheckpointFile, open_notes


def test_notes_are_there_again(tmp_path):
    """Numbered from 1, also while they are written, and after they were closed."""
    notes = open_notes(tmp_path / "deep" / "notes.tcn")
    assert list(notes.read()) == []
    assert [notes.append(1, payload, timestamp_ns=7) for payload in (b"a", b"b")] == [1, 2]
    notes.flush()
    assert list(notes.read()) == [(1, 1, 7, b"a"), (2, 1, 7, b"b")]
    with pytest.raises(JournalError, match="writer"):
        open_notes(tmp_path / "deep" / "notes.tcn")
    notes.close()
    again = open_notes(tmp_path / "deep" / "notes.tcn")
    assert again.append(1, b"c", timestamp_ns=8) == 3
    again.close()


def test_a_checkpoint_is_replaced_whole(tmp_path):
    """None, then the first, then the second; a half-written one is never looked at."""
    file = CheckpointFile(tmp_path / "books.tcb")
    assert file.load() is None
    file.save(b"one")
    (tmp_path / "books.tcb.tmp").write_bytes(b"half")
    assert file.load() == b"one"
    file.save(b"two")
    assert file.load() == b"two"
    assert not (tmp_path / "books.tcb.tmp").exists()


def test_a_checkpoint_that_changed_is_refused(tmp_path):
    """Every single byte counts."""
    file = CheckpointFile(tmp_path / "books.tcb")
    file.save(b"some books")
    whole = file.path.read_bytes()
    for at in range(len(whole)):
        file.path.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        with pytest.raises(DataError, match="a checkpoint is as it was written"):
            file.load()
    for length in range(len(whole)):
        file.path.write_bytes(whole[:length])
        with pytest.raises(DataError, match="a checkpoint is as it was written"):
            file.load()
