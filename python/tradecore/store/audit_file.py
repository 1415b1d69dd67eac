"""The audit log as a file beside the table, so that each bears witness to the other."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, BinaryIO, Final

from tradecore.identity.audit import (
    LINE_BYTES_MAX,
    AuditEntry,
    AuditError,
    AuditHead,
    digest_of,
    verify,
)
from tradecore.identity.users import IdentityError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

__all__ = ["AuditFile", "audit_lines"]

ENTRIES_AT_ONCE: Final = 1_000
_BEGINS: Final = b'{"digest":"'


def audit_lines(file: BinaryIO) -> Iterator[bytes]:
    """Yield lines with their ends; one that is too long comes in pieces, none of them whole."""
    while line := file.readline(LINE_BYTES_MAX + 1):
        yield line


class AuditFile:
    """Entries as lines, appended and on disk when `write` returns; one writer at a time."""

    def __init__(self, path: Path) -> None:
        """Open a log to go on with it; it is made, for its owner alone, if it is not there.

        A line that was not written to its end was told to nobody and is taken away.

        Raises:
            AuditError: If the file is not as it was written.
            IdentityError: If another process writes it.
            OSError: If it cannot be opened.
        """
        self.path = path
        flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0)
        handle = os.open(path, flags, 0o600)
        self._file = os.fdopen(handle, "r+b", buffering=0)
        try:
            _lock(handle, path)
            self._cut_torn_line()
            self._file.seek(0)
            self.head = verify(audit_lines(self._file))
        except BaseException:
            self._file.close()
            raise

    def write(self, entries: Iterable[AuditEntry]) -> AuditHead:
        """Append the entries that follow and return the new head; those that are there are not.

        Raises:
            AuditError: If one does not follow, or is not the one that stands here: then file
                and table tell different stories.
            OSError: If the disk does not take them.
        """
        lines: list[bytes] = []
        head = self.head
        for entry in entries:
            if entry.seq <= head.seq:
                if entry.head != head and entry.seq == head.seq:
                    raise AuditError(entry.seq, "file and table have the same entries")
                continue
            digest = digest_of(head.digest, entry.record.encode())
            if entry.seq != head.seq + 1 or entry.digest != digest:
                raise AuditError(entry.seq, "entries of the table follow those of the file")
            lines.append(entry.line)
            head = entry.head
            if len(lines) == ENTRIES_AT_ONCE:
                self._append(lines, head)
                lines = []
        if lines:
            self._append(lines, head)
        return self.head

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    def _append(self, lines: list[bytes], head: AuditHead) -> None:
        """Write lines and wait for the disk; what was written in part is taken back."""
        data = b"".join(lines)
        size = os.fstat(self._file.fileno()).st_size
        try:
            written = 0
            while written < len(data):
                written += os.write(self._file.fileno(), data[written:])
            os.fsync(self._file.fileno())
        except OSError:
            os.ftruncate(self._file.fileno(), size)
            raise
        self.head = head

    def _cut_torn_line(self) -> None:
        handle = self._file.fileno()
        size = os.fstat(handle).st_size
        self._file.seek(max(0, size - LINE_BYTES_MAX))
        tail = self._file.read()
        torn = tail[tail.rfind(b"\n") + 1 :]
        # What does not begin as an entry does is somebody else's, and `verify` says so.
        if torn and torn.startswith(_BEGINS[: len(torn)]):
            os.ftruncate(handle, size - len(torn))


def _lock(handle: int, path: Path) -> None:
    """Take the file for this process, where the system has such locks."""
    try:
        import fcntl  # noqa: PLC0415 - POSIX alone has it
    except ImportError:
        return
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        raise IdentityError(f"an audit log has one writer: {path}") from error
