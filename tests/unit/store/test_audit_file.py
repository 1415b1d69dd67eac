"""The audit log as a file: whole lines on disk, one writer, and the same as the table."""

from __future__ import annotations

import errno
import os
import stat

import pytest

from support.identity_rig import START_NS, IdentityRig
from tradecore.identity.audit import GENESIS, AuditEntry, AuditError, AuditEvent, chain, verify
from tradecore.identity.users import IdentityError
from tradecore.store.audit_file import AuditFile, audit_lines


def entries(count: int, start: str = "kill") -> list[AuditEntry]:
    """Return a chain of so many entries."""
    chained, head = [], GENESIS
    for number in range(count):
        chained.append(chain(AuditEvent(start, "a", number), head))
        head = chained[-1].head
    return chained


@pytest.fixture
def path(tmp_path):
    """Return where a log is to be."""
    return tmp_path / "audit.jsonl"


def test_what_is_written_is_verified(path):
    """Entries stand in the file line by line; opened again it goes on behind them."""
    chained = entries(2_500)
    log = AuditFile(path)
    assert log.write(chained[:1_200]) == chained[1_199].head
    log.close()
    log = AuditFile(path)
    assert log.head == chained[1_199].head
    assert log.write(chained[1_199:]) == chained[-1].head
    log.close()
    with path.open("rb") as file:
        assert verify(audit_lines(file)) == chained[-1].head


@pytest.mark.skipif(os.name != "posix", reason="needs a system with modes")
def test_a_log_is_its_owner_s(path):
    """A new file can be read by its owner alone."""
    AuditFile(path).close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.skipif(os.name != "posix", reason="needs the locks of POSIX")
def test_a_log_has_one_writer(path):
    """A second one is refused while the first has it."""
    log = AuditFile(path)
    with pytest.raises(IdentityError, match="an audit log has one writer"):
        AuditFile(path)
    log.close()
    AuditFile(path).close()


def test_a_line_that_was_cut_is_written_again(path):
    """At whatever byte the machine stopped, whole lines stay and the rest follows anew."""
    chained = entries(2)
    whole = b"".join(entry.line for entry in chained)
    for length in range(len(whole) + 1):
        path.write_bytes(whole[:length])
        log = AuditFile(path)
        assert log.head.seq == whole[:length].count(b"\n")
        log.write(chained)
        log.close()
        assert path.read_bytes() == whole


@pytest.mark.parametrize(
    ("data", "rule"),
    [
        (b"somebody else's file", "a line is written to its end: line 1"),
        (b"x" * 100_000, "a line is an entry|a line is written to its end"),
        (b"\n", "a line is an entry: line 1"),
        (entries(1)[0].line * 2, "entries follow each other: 2 is due, not 1: line 2"),
        (entries(2)[1].line, "entries follow each other: 1 is due, not 2: line 1"),
    ],
    ids=["text", "long", "blank", "twice", "headless"],
)
def test_another_file_is_left_as_it_is(path, data, rule):
    """What is no audit log is named and not touched."""
    path.write_bytes(data)
    with pytest.raises(AuditError, match=rule):
        AuditFile(path)
    assert path.read_bytes() == data


def test_another_story_is_refused(path):
    """Entries that do not follow, or are not those that stand here, are not written."""
    chained, other = entries(3), entries(3, "halt")
    log = AuditFile(path)
    log.write(chained[:2])
    with pytest.raises(AuditError, match="file and table have the same entries: line 2"):
        log.write(other)
    with pytest.raises(AuditError, match="follow those of the file: line 3"):
        log.write([other[2]])
    with pytest.raises(AuditError, match="follow those of the file: line 3"):
        log.write([AuditEntry(3, "0" * 64, chained[2].record)])
    assert log.write(chained) == chained[-1].head
    log.close()


def test_a_full_disk_leaves_whole_lines(path, monkeypatch):
    """What the disk does not take is taken back whole, and written when there is room."""
    chained = entries(2)
    log = AuditFile(path)
    log.write(chained[:1])
    write = os.write

    def full(handle, data):
        write(handle, data[:10])
        raise OSError(errno.ENOSPC, "no space left on device")

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(OSError, match="no space left"):
        log.write(chained)
    monkeypatch.undo()
    assert path.read_bytes() == chained[0].line
    assert log.write(chained) == chained[1].head
    log.close()


def test_a_service_keeps_its_file_beside_the_table(sqlite_url, tmp_path, path):
    """What is in the table is in the file after the next refresh, also what came before it."""
    rig = IdentityRig(sqlite_url, tmp_path)
    rig.user()
    service = rig.open(log=AuditFile(path))
    service.audit("kill", "usr_a", {"scope": "all"}, START_NS)
    service.refresh(rig.now_ns)
    assert path.read_bytes() == b"".join(entry.line for entry in rig.entries())
    service.audit("kill", "usr_a", {"scope": "none"}, START_NS)
    service.close()
    assert path.read_bytes().count(b"\n") == 3
    rig.close()


@pytest.mark.parametrize("rest", [0, 1])
def test_a_file_that_differs_from_the_table_is_told(sqlite_url, tmp_path, path, rest):
    """A table that lost entries, or has others, does not pass for the one the file knew."""
    log = AuditFile(path)
    log.write(entries(3))
    rig = IdentityRig(sqlite_url, tmp_path)
    for number in range(rest * 5):
        rig.service.audit("kill", "a", {"number": number}, START_NS)
    rule = "file and table have the same" if rest else "the table has every entry that the file has"
    with pytest.raises(AuditError, match=rule):
        rig.open(log=log)
    log.close()
    rig.close()


def test_a_file_that_cannot_be_written_is_said(sqlite_url, tmp_path, path, monkeypatch):
    """The table goes on without the file, the fault has a name, and ends when there is room."""
    rig = IdentityRig(sqlite_url, tmp_path)
    service = rig.open(log=AuditFile(path))
    service.audit("kill", "a", {}, START_NS)

    def full(_handle, _data):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "write", full)
    service.refresh(rig.now_ns)
    assert service.log_fault == "no space left on device"
    monkeypatch.undo()
    service.refresh(rig.now_ns)
    assert service.log_fault == ""
    assert path.read_bytes().count(b"\n") == 1
    rig.close()
