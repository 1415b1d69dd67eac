"""The file of a run: written as it happens, read as a stream."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import msgspec

from tradecore.core import DataError, JournalError, JournalReader, JournalWriter
from tradecore.runs.entries import Begin, End, EntryKind, decode_begin
from tradecore.telemetry import get_logger

if TYPE_CHECKING:
    from collections.abc import Iterator
    from os import PathLike

__all__ = ["BYTES_MAX", "RunJournal", "RunRecords", "read_run"]

BYTES_MAX: Final = 1 << 30
#: What a record takes beside its payload, about.
_HEAD: Final = 32
_ENCODER: Final = msgspec.json.Encoder()


class RunJournal:
    """Writes the records of a run, until the file has the size it may have.

    Keeping a run must not end it: when the disk is full or fails, that is logged, and nothing more
    is kept.
    """

    def __init__(
        self, path: str | PathLike[str], *, bytes_max: int = BYTES_MAX, salt: int | None = None
    ) -> None:
        """Make a new file.

        Args:
            path: Where; a file that is there is not written over.
            bytes_max: What it may have.
            salt: As of a `JournalWriter`: given where the same run makes the same file.

        Raises:
            FileExistsError: If there is something already.
            OSError: If the file cannot be made.
            JournalError: The same, said by the writer.
        """
        # Made here, so that a second run of the same name is told before anything was written.
        with open(path, "xb"):  # noqa: PTH123 - a path of any kind
            pass
        self._writer: JournalWriter | None = JournalWriter(path, sync=False, salt=salt)
        self._path, self._left = path, bytes_max
        self.is_whole = True

    def begin(self, begin: Begin, ts_ns: int) -> None:
        """Say what is run."""
        self.keep(EntryKind.BEGIN, _ENCODER.encode(begin), ts_ns)

    def keep(self, kind: EntryKind, payload: bytes, ts_ns: int, /) -> None:
        """Keep a record."""
        writer = self._writer
        if writer is None:
            return
        self._left -= len(payload) + _HEAD
        try:
            if self._left < 0:
                writer.append(EntryKind.FULL, b"", timestamp_ns=ts_ns)
                self._stop("a run's journal has the size it may have")
                return
            writer.append(kind, payload, timestamp_ns=ts_ns)
        except JournalError as error:
            self._stop(str(error))

    def end(self, end: End, ts_ns: int) -> None:
        """Say how it ended, and let go of the file."""
        self.keep(EntryKind.END, _ENCODER.encode(end), ts_ns)
        self.close()

    def close(self) -> None:
        """Let go of the file; twice is harmless."""
        writer, self._writer = self._writer, None
        if writer is not None:
            try:
                writer.close()
            except JournalError as error:
                self._tell(str(error))

    def _stop(self, why: str) -> None:
        self.is_whole = False
        self.close()
        self._tell(why)

    def _tell(self, why: str) -> None:
        log = get_logger("tradecore.runs")
        log.warning("the run is not kept any longer", file=str(self._path), reason=why)


@dataclass(frozen=True, slots=True)
class RunRecords:
    """A run's file.

    Args:
        path: Where it is.
        begin: What was run.
        ts_ns: When it began.
        rest: Every further record: kind, time, payload.
    """

    path: str
    begin: Begin
    ts_ns: int
    rest: Iterator[tuple[EntryKind, int, bytes]]


def read_run(path: str | PathLike[str]) -> RunRecords:
    """Open a run's file; its records are read as they are asked for.

    A process may be writing it.

    Raises:
        DataError: If it is no run's.
        JournalError: If it is no journal, or damaged before its tail.
        FileNotFoundError: If it is not there.
    """
    with open(path, "rb"):  # noqa: PTH123 - says that it is not there
        pass
    try:
        reader = JournalReader(path)
        first = next(reader, None)
    except JournalError as error:
        raise JournalError(f"{error}: {path}") from error
    if first is None or first[1] != EntryKind.BEGIN:
        raise DataError(f"the first record of a run says what was run: {path}")
    try:
        begin = decode_begin(first[3])
    except DataError as error:
        raise DataError(f"{error}: {path}") from error
    return RunRecords(str(path), begin, first[2], _rest(reader, path))


def _rest(reader: JournalReader, path: Any) -> Iterator[tuple[EntryKind, int, bytes]]:  # noqa: ANN401 - a path of any kind
    while True:
        try:
            record = next(reader, None)
        except JournalError as error:
            raise JournalError(f"{error}: {path}") from error
        if record is None:
            return
        sequence, number, ts_ns, payload = record
        try:
            kind = EntryKind(number)
        except ValueError as error:
            raise DataError(f"no such record: kind={number}, record={sequence}: {path}") from error
        yield kind, ts_ns, payload
