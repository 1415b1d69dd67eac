"""A book's checksum, by which a reader sees whether its own copy is the same."""

from __future__ import annotations

import zlib
from itertools import zip_longest
from typing import TYPE_CHECKING, Final

from tradecore.gateway.numbers import written

if TYPE_CHECKING:
    from tradecore.venue.depth import BookDepth

__all__ = ["LEVELS", "book_checksum"]

#: Levels of each side that are in it, of as many as are shown.
LEVELS: Final = 25


def book_checksum(book: BookDepth) -> int:
    """Return the CRC-32 that `OrderBook.checksum` makes of the same levels, `alternating`."""
    rows = zip_longest(book.bids[:LEVELS], book.asks[:LEVELS])
    parts = [written(number) for row in rows for level in row if level for number in level]
    return zlib.crc32(":".join(parts).encode())
