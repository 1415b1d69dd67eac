"""A book's checksum is that of the book a client keeps."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tradecore.core import Instrument, OrderBook
from tradecore.gateway.books import book_checksum
from tradecore.venue.depth import BookDepth

BTC = Instrument("BTCUSDT", tick_size="0.01", lot_size="0.0001")


def levels(first, step, count):
    """Return so many levels, of prices and quantities with and without a point."""
    return [
        (Decimal(first) + step * number * Decimal("0.25"), Decimal(number + 1) / 10)
        for number in range(count)
    ]


@pytest.mark.parametrize("bids", [0, 1, 24, 25, 26, 40])
@pytest.mark.parametrize("asks", [0, 1, 25, 40])
def test_it_is_the_checksum_of_the_core(bids, asks):
    """Of 25 levels of each side at most; a side that runs out is left out."""
    shown = BookDepth(7, levels("100.00", -1, bids), levels("100.25", 1, asks))
    book = OrderBook(BTC)
    book.apply_snapshot(bids=shown.bids, asks=shown.asks, last_id=7)

    assert book_checksum(shown) == book.checksum(25)
