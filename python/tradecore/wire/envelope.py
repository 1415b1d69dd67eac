"""What stands before each body: which stream, which life of it, which number, and when."""

from __future__ import annotations

import struct
from typing import Final, NamedTuple, Self

from tradecore.model.errors import DataError

__all__ = ["HEADER_BYTES", "SCHEMA_VERSION", "Envelope", "SchemaVersionError"]

SCHEMA_VERSION: Final = 1
#: Little-endian: version u8, kind u8, stream u32, epoch u32, seq u64, prev_seq u64, two times i64.
_HEADER: Final = struct.Struct("<BBIIQQqq")
HEADER_BYTES: Final = _HEADER.size


class SchemaVersionError(DataError):
    """The other side speaks another version: one of the two must be brought up to date."""


class Envelope(NamedTuple):
    """The header of a message.

    Args:
        kind: What the body is, a `Kind`.
        stream: Number of the publisher's stream.
        epoch: Which life of the stream; a higher one starts again at `seq` 1.
        seq: Number within the topic, without gaps, from 1; 0 where nothing is counted.
        prev_seq: The number before it on the topic, as the publisher sent it.
        ts_event_ns: When it happened, by the venue's clock where there is one.
        ts_send_ns: When it was sent, by the publisher's clock.
    """

    kind: int
    stream: int
    epoch: int
    seq: int
    prev_seq: int
    ts_event_ns: int
    ts_send_ns: int

    def pack(self, body: bytes = b"", /) -> bytes:
        """Return the message: header and body in one frame."""
        return _HEADER.pack(SCHEMA_VERSION, *self) + body

    @classmethod
    def unpack(cls, frame: bytes, start: int = 0, /) -> Self:
        """Read the header that begins at `start`; what follows begins `HEADER_BYTES` later.

        Raises:
            SchemaVersionError: If it is of another version than ours.
            DataError: If it is too short to have a header.
        """
        size = len(frame) - start
        if size < 1:
            raise DataError(f"a message has a header: bytes={size}")
        version = frame[start]
        if version != SCHEMA_VERSION:
            raise SchemaVersionError(
                f"we speak schema version {SCHEMA_VERSION}: a message came in version={version}"
            )
        if size < HEADER_BYTES:
            raise DataError(f"a header has {HEADER_BYTES} bytes: bytes={size}")
        return cls._make(_HEADER.unpack_from(frame, start)[1:])
