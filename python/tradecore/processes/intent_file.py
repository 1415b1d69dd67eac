"""Keeps a desk's intents in a file: what was written survives this process, a torn tail is cut.

A file that has grown by `segment_bytes` begins anew with what is unresolved. The one before it
stays beside it under the name `….before`, so at least so many bytes of entries can be read, and at
most twice as many and what is unresolved, however long an engine lives.
"""

from __future__ import annotations

import errno
import os
import struct
import zlib
from dataclasses import dataclass
from mmap import ACCESS_READ, mmap
from typing import TYPE_CHECKING, Final

from tradecore.core import DataError
from tradecore.execution.intents import Entry, decode_entry, encode_entry

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

__all__ = ["SEGMENT_BYTES", "IntentFile", "read_intents"]

#: Kind, length of the payload, time, checksum of all of it.
_HEAD: Final = struct.Struct("<BIqI")
_CHECKED: Final = struct.Struct("<BIq")
PAYLOAD_MAX: Final = 64 << 20
#: Some ten thousand orders, each sent, accepted, canceled and gone: more than the commands that a
#: trader may send before it knows that the first of them was taken.
SEGMENT_BYTES: Final = 16 << 20
_FLAGS: Final = os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC
_OWNER: Final = 0o600


class IntentFile:
    """An append-only file of entries.

    An entry is in the kernel when `write` returns, so a killed process loses none; with `sync` it
    is on the disk. An entry that was cut off at the very end was never acknowledged and is
    dropped; damage before the end is an error, because what follows it was.
    """

    def __init__(
        self, path: Path, *, sync: bool = False, segment_bytes: int = SEGMENT_BYTES
    ) -> None:
        """Open a file, made if it is not there, and see to it that what it holds is whole.

        Args:
            path: The file.
            sync: Whether `write` waits for the disk.
            segment_bytes: How much is written before the file wants to begin anew.

        Raises:
            DataError: If an entry before the last is damaged.
        """
        self._path, self._before, self._new = path, _before(path), _beside(path, "new")
        self._sync = sync
        self._segment_bytes = segment_bytes
        self._new.unlink(missing_ok=True)
        self._unread = [_Kept.of(one, _map(one)) for one in _files(path)]
        good = self._unread[-1].end if self._unread else 0
        self._descriptor = os.open(path, _FLAGS, _OWNER)
        os.ftruncate(self._descriptor, good)
        self._end = os.lseek(self._descriptor, 0, os.SEEK_END)
        self._full_at = segment_bytes

    def write(self, entry: Entry, ts_ns: int, /) -> None:
        """Keep an entry.

        Raises:
            OSError: If it cannot be kept whole.
        """
        self.keep(_record(entry, ts_ns))

    def keep(self, record: bytes, /) -> None:
        """Keep an entry that was worded already, such as by `PlainOrders`.

        Raises:
            OSError: If it cannot be kept whole.
        """
        try:
            size = os.write(self._descriptor, record)
            if self._sync:
                os.fdatasync(self._descriptor)
        except OSError:
            self._take_back()
            raise
        if size != len(record):
            self._take_back()
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self._path))
        self._end += size

    def _take_back(self) -> None:
        os.ftruncate(self._descriptor, self._end)
        os.lseek(self._descriptor, self._end, os.SEEK_SET)

    def entries(self) -> Iterable[tuple[int, Entry]]:
        """Return what was kept before this process and when, oldest first; asked for once.

        It is read as it is asked for: a long history is never held as a whole.
        """
        unread, self._unread = self._unread, []
        return (entry for kept in unread for entry in kept.entries())

    @property
    def is_full(self) -> bool:
        """Whether so much was written since it began that it should begin anew."""
        return self._end >= self._full_at

    def renew(self, head: Iterable[tuple[int, Entry]], /) -> None:
        """Begin anew with this; what was there stays readable as the file before.

        At each moment the name holds a whole file: the old one until the new one is on the disk.

        Raises:
            OSError: If it cannot; then it goes on as it was, and is full again a quarter later.
        """
        self._full_at = self._end + self._segment_bytes // 4
        data = b"".join(_record(entry, ts_ns) for ts_ns, entry in head)
        descriptor = os.open(self._new, _FLAGS | os.O_TRUNC, _OWNER)
        try:
            self._take_place(descriptor, data)
        except OSError:
            os.close(descriptor)
            self._new.unlink(missing_ok=True)
            raise
        os.close(self._descriptor)
        self._descriptor, self._end = descriptor, len(data)
        self._full_at = self._end + self._segment_bytes
        _sync_folder(self._path.parent)

    def _take_place(self, descriptor: int, data: bytes) -> None:
        """Write the new file, and give it the name once it is on the disk."""
        if os.write(descriptor, data) != len(data):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self._new))
        os.fsync(descriptor)
        aside = _beside(self._path, "aside")
        aside.unlink(missing_ok=True)
        os.link(self._path, aside)
        aside.replace(self._before)
        self._new.replace(self._path)

    def close(self) -> None:
        """Write everything to the disk and let go of the file."""
        os.fsync(self._descriptor)
        os.close(self._descriptor)


def read_intents(path: Path) -> tuple[tuple[int, Entry], ...]:
    """Return what a file and the one before it hold, oldest first, and leave them as they are.

    A process may be writing.

    Raises:
        DataError: If an entry before the last is damaged.
        OSError: If it cannot be read.
    """
    while True:
        began = path.stat()
        # Read, not mapped: whoever writes may cut what was torn.
        kept = [_Kept.of(one, one.read_bytes()) for one in _files(path)]
        # Begun anew meanwhile: part of it would be missing, or be there twice.
        if os.path.samestat(began, path.stat()):
            return tuple(entry for one in kept for entry in one.entries())


@dataclass(frozen=True, slots=True)
class _Kept:
    """The whole entries of a file."""

    path: Path
    data: mmap | bytes
    end: int

    @classmethod
    def of(cls, path: Path, data: mmap | bytes) -> _Kept:
        """Find where they end.

        Raises:
            DataError: If an entry before the last is damaged.
        """
        at = 0
        while (record := _checked(data, at)) is not None:
            at = record[0]
        if _follows(data, at + 1):
            raise DataError(f"an entry is damaged, and others follow it: byte={at}, file={path}")
        return cls(path, data, at)

    def entries(self) -> Iterator[tuple[int, Entry]]:
        """Yield them."""
        at = 0
        while at < self.end:
            record = _checked(self.data, at)
            if record is None:
                raise DataError(f"an entry was damaged since: byte={at}, file={self.path}")
            at, kind, ts_ns, payload = record
            yield ts_ns, decode_entry(kind, payload)


def _beside(path: Path, word: str) -> Path:
    return path.with_name(f"{path.name}.{word}")


def _before(path: Path) -> Path:
    return _beside(path, "before")


def _files(path: Path) -> list[Path]:
    """Return the files there are, oldest first; one that was about to begin anew is named twice."""
    before = _before(path)
    found = [one for one in (before, path) if one.exists()]
    if len(found) > 1 and before.samefile(path):
        return [path]
    return found


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _record(entry: Entry, ts_ns: int) -> bytes:
    payload = encode_entry(entry)
    if len(payload) > PAYLOAD_MAX:
        raise OSError(errno.EFBIG, f"an entry has at most {PAYLOAD_MAX} bytes: {len(payload)}")
    crc = zlib.crc32(payload, zlib.crc32(_CHECKED.pack(entry.kind, len(payload), ts_ns)))
    return _HEAD.pack(entry.kind, len(payload), ts_ns, crc) + payload


def _map(path: Path) -> mmap | bytes:
    """Return a file's bytes without holding them in memory."""
    with path.open("rb") as file:
        if not os.fstat(file.fileno()).st_size:
            return b""
        return mmap(file.fileno(), 0, access=ACCESS_READ)


def _checked(data: mmap | bytes, at: int) -> tuple[int, int, int, bytes] | None:
    """Return where the next entry begins, kind, time and payload; `None` if none is whole here."""
    if at + _HEAD.size > len(data):
        return None
    kind, length, ts_ns, crc = _HEAD.unpack_from(data, at)
    begin = at + _HEAD.size
    if length > PAYLOAD_MAX or begin + length > len(data):
        return None
    payload = data[begin : begin + length]
    if zlib.crc32(payload, zlib.crc32(_CHECKED.pack(kind, length, ts_ns))) != crc:
        return None
    return begin + length, kind, ts_ns, payload


def _follows(data: mmap | bytes, at: int) -> bool:
    """Return whether a whole entry stands anywhere after a damaged one."""
    return any(_checked(data, start) is not None for start in range(at, len(data) - _HEAD.size + 1))
