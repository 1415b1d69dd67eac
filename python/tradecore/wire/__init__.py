"""What our processes say to each other: bodies in protobuf, an envelope before each."""

from __future__ import annotations

from tradecore.wire.codec import decode, encode
from tradecore.wire.envelope import HEADER_BYTES, SCHEMA_VERSION, Envelope, SchemaVersionError
from tradecore.wire.kinds import Kind
from tradecore.wire.packet import pack, unpack
from tradecore.wire.sequence import Ask, Reader, Replay, SnapshotNeeded

__all__ = [
    "HEADER_BYTES",
    "SCHEMA_VERSION",
    "Ask",
    "Envelope",
    "Kind",
    "Reader",
    "Replay",
    "SchemaVersionError",
    "SnapshotNeeded",
    "decode",
    "encode",
    "pack",
    "unpack",
]
