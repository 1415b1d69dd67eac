"""What a live run hears, as records: values of the wire, and books by their bodies."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any, Final

from tradecore.wire import Kind, decode, encode

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from tradecore.core import Instrument

__all__ = ["bodies_of", "record_of_value", "records_of_bodies", "value_of"]

_SYMBOL: Final = struct.Struct("<H?")
_LENGTH: Final = struct.Struct("<I")
#: Below what a record may hold.
_PART_BYTES: Final = 1 << 19


def record_of_value(value: object, word: str = "") -> bytes:
    """Return the record that keeps a value of the wire, and a word on what it is for."""
    kind, body = encode(value)
    text = word.encode()
    return bytes((kind, len(text))) + text + body


def value_of(record: bytes, instruments: Mapping[str, Instrument]) -> tuple[Any, str]:
    """Return the value that a record keeps, and its word.

    Raises:
        DataError: If it keeps none.
    """
    end = 2 + record[1]
    value = decode(Kind(record[0]), record[end:], instruments=instruments)
    return value, record[2:end].decode()


def records_of_bodies(symbol: int, bodies: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the records that keep changes of a book: one as a rule, more when they are large.

    The first bytes of each are the symbol's number and whether more follow.
    """
    parts: list[bytes] = []
    size = 0
    for body in bodies:
        if size and size + len(body) > _PART_BYTES:
            yield b"".join((_SYMBOL.pack(symbol, True), *parts))
            parts, size = [], 0
        parts += (_LENGTH.pack(len(body)), body)
        size += len(body)
    yield b"".join((_SYMBOL.pack(symbol, False), *parts))


def bodies_of(record: bytes) -> tuple[int, list[bytes], bool]:
    """Return the number of the symbol, the bodies that a record keeps, and whether more follow."""
    symbol, has_more = _SYMBOL.unpack_from(record)
    at, bodies = _SYMBOL.size, []
    while at < len(record):
        (length,) = _LENGTH.unpack_from(record, at)
        at += _LENGTH.size
        bodies.append(record[at : at + length])
        at += length
    return symbol, bodies, has_more
