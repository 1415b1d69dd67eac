"""A venue's notes as a file beside its engine's journal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tradecore.core import JournalReader, JournalWriter

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["NotesFile", "open_notes"]


@dataclass(frozen=True, slots=True)
class NotesFile:
    """Notes in one file that only grows; `docs/reference/journal.md` has its format."""

    path: Path
    _writer: JournalWriter

    def append(self, kind: int, payload: bytes, /, *, timestamp_ns: int) -> int:
        """Write one down and return its number.

        Raises:
            JournalError: If it cannot be written.
        """
        return self._writer.append(kind, payload, timestamp_ns=timestamp_ns)

    def flush(self) -> None:
        """Return when all of them are on the medium.

        Raises:
            JournalError: If they never will be.
        """
        self._writer.flush()

    def read(self) -> Iterator[tuple[int, int, int, bytes]]:
        """Yield number, kind, time and payload of each that is there now, oldest first."""
        return iter(JournalReader(self.path))

    def close(self) -> None:
        """Sync and let go of the file."""
        self._writer.close()


def open_notes(path: Path) -> NotesFile:
    """Make the file of a venue's notes, or go on with it.

    Raises:
        JournalError: If it has another writer, or is damaged.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    return NotesFile(path, JournalWriter(path, sync=False))
