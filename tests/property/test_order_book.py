"""Laws of a book by price: it agrees with two dicts, whatever comes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

import tradecore as tc

TOY = tc.Instrument("TOY", tick_size="1", lot_size="1")
PRICES = st.one_of(st.integers(600_000, 600_050), st.integers(1, 2_000_000))
LEVELS = st.lists(st.tuples(PRICES, st.integers(0, 5)), max_size=20)


@given(st.lists(st.tuples(LEVELS, LEVELS), max_size=15))
def test_a_book_is_two_dicts(deltas):
    """Depth, touch and level counts are theirs after every delta."""
    book = tc.OrderBook(TOY)
    sides = {"buy": {}, "sell": {}}
    for bids, asks in deltas:
        book.apply_delta(bids, asks)
        for side, levels in (("buy", bids), ("sell", asks)):
            sides[side].update(levels)
            sides[side] = {price: qty for price, qty in sides[side].items() if qty}
        expected = [
            sorted(sides["buy"].items(), reverse=True),
            sorted(sides["sell"].items()),
        ]
        for got, levels in zip(book.depth(10_000), expected, strict=True):
            assert [tuple(map(int, level)) for level in got] == levels
        assert book.best_bid == (expected[0][0] if expected[0] else None)
        assert book.best_ask == (expected[1][0] if expected[1] else None)
        assert book.level_count("buy") == len(expected[0])
