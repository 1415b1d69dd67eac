"""Keeps a desk's intents in a file: what was written survives this process, a torn tail is cut."""

from __future__ import annotations

import errno
import os
import struct
import zlib
from typing import TYPE_CHECKING, Final

from tradecore.core import DataError
from tradecore.execution.intents import Entry, decode_entry, encode_entry

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

__all__ = ["IntentFile", "read_intents"]

#: Kind, length of the payload, time, checksum of all of it.
_HEAD: Final = struct.Struct("<BIqI")
_CHECKED: Final = struct.Struct("<BIq")
PAYLOAD_MAX: Final = 1 << 20


class IntentFile:
    """An append-only file of entries.

    An entry is in the kernel when `write` returns, so a killed process loses none; with `sync` it
    is on the disk. An entry that was cut off at the very end was never acknowledged and is
    dropped; damage before the end is an error, because what follows it was.
    """

    def __init__(self, path: Path, *, sync: bool = False) -> None:
        """Open a file, made if it is not there, and read what it holds.

        Raises:
            DataError: If an entry before the last is damaged.
        """
        self._path = path
        self._sync = sync
        data = path.read_bytes() if path.exists() else b""
        self._kept, good = _parse(data, path)
        self._descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
        os.ftruncate(self._descriptor, good)
        self._end = os.lseek(self._descriptor, 0, os.SEEK_END)

    def write(self, entry: Entry, ts_ns: int, /) -> None:
        """Keep an entry.

        Raises:
            OSError: If it cannot be kept whole.
        """
        payload = encode_entry(entry)
        crc = zlib.crc32(payload, zlib.crc32(_CHECKED.pack(entry.kind, len(payload), ts_ns)))
        record = _HEAD.pack(entry.kind, len(payload), ts_ns, crc) + payload
        try:
            self._append(record)
            if self._sync:
                os.fdatasync(self._descriptor)
        except OSError:
            os.ftruncate(self._descriptor, self._end)
            os.lseek(self._descriptor, self._end, os.SEEK_SET)
            raise
        self._end += len(record)

    def _append(self, record: bytes) -> None:
        if os.write(self._descriptor, record) != len(record):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self._path))

    def entries(self) -> Iterable[tuple[int, Entry]]:
        """Return what was kept before this process and when, oldest first; asked for once.

        A long history is not held in memory for as long as the process lives.
        """
        kept, self._kept = self._kept, []
        return tuple(kept)

    def close(self) -> None:
        """Write everything to the disk and let go of the file."""
        os.fsync(self._descriptor)
        os.close(self._descriptor)


def read_intents(path: Path) -> tuple[tuple[int, Entry], ...]:
    """Return what a file holds, oldest first, and leave it as it is: a process may be writing it.

    Raises:
        DataError: If an entry before the last is damaged.
        OSError: If it cannot be read.
    """
    return tuple(_parse(path.read_bytes(), path)[0])


def _parse(data: bytes, path: Path) -> tuple[list[tuple[int, Entry]], int]:
    """Return the entries, and how many bytes they take."""
    entries: list[tuple[int, Entry]] = []
    at = 0
    while at < len(data):
        end, entry = _entry(data, at)
        if entry is None:
            if _follows(data, at + 1):
                raise DataError(
                    f"an entry is damaged, and others follow it: byte={at}, file={path}"
                )
            break
        entries.append(entry)
        at = end
    return entries, at


def _entry(data: bytes, at: int) -> tuple[int, tuple[int, Entry] | None]:
    if at + _HEAD.size > len(data):
        return at, None
    kind, length, ts_ns, crc = _HEAD.unpack_from(data, at)
    begin = at + _HEAD.size
    payload = data[begin : begin + length]
    if length > PAYLOAD_MAX or len(payload) < length:
        return at, None
    if zlib.crc32(payload, zlib.crc32(_CHECKED.pack(kind, length, ts_ns))) != crc:
        return at, None
    return begin + length, (ts_ns, decode_entry(kind, payload))


def _follows(data: bytes, at: int) -> bool:
    """Return whether a whole entry stands anywhere after a damaged one."""
    return any(
        _entry(data, start)[1] is not None for start in range(at, len(data) - _HEAD.size + 1)
    )
