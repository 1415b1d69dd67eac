"""`tc.OrderBook`: what it takes, what it refuses, what it shows."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest

import tradecore as tc
from tradecore.core import BookGapError, InputError, PriceError, QuantityError

BTC = tc.Instrument("BTCUSDT", tick_size="0.1", lot_size="0.001")


@pytest.fixture
def book():
    """Return a book of two levels a side as of update 100."""
    made = tc.OrderBook(BTC)
    made.apply_snapshot(
        [("61800.2", "1.5"), ("61800.1", "2")], [("61800.3", "0.5"), ("62000", "9")]
    )
    return made


@pytest.fixture
def numbered():
    """Return a book of one bid as of update 100."""
    made = tc.OrderBook(BTC)
    made.apply_snapshot([("61800.2", "1")], [], last_id=100)
    return made


@pytest.mark.parametrize(
    "bids",
    [
        pytest.param([("61800.2", "1.5")], id="text"),
        pytest.param([(Decimal("61800.2"), Decimal("1.5"))], id="decimals"),
        pytest.param([[61800.2, 1.5]], id="floats"),
        pytest.param(np.array([[61800.2, 1.5]]), id="array"),
        pytest.param((pair for pair in [("61800.20", "1.500")]), id="generator"),
    ],
)
def test_levels_are_any_pairs_of_numbers(bids):
    """Every form of the same number is the same level."""
    book = tc.OrderBook(BTC)

    book.apply_snapshot(bids, [])

    assert book.best_bid == (Decimal("61800.2"), Decimal("1.5"))
    assert book.best_ask is None


def test_the_touch_is_exact_and_fast_to_read_as_floats_and_ticks(book):
    """All readings of the touch are the same touch."""
    assert book.best_ask == (Decimal("61800.3"), Decimal("0.5"))
    assert (book.best_bid_ticks, book.best_ask_ticks) == (618002, 618003)
    assert (book.bid_price, book.bid_quantity) == (61800.2, 1.5)
    assert (book.ask_price, book.ask_quantity) == (61800.3, 0.5)
    assert book.symbol == "BTCUSDT"
    assert book.instrument == BTC
    assert repr(book) == "<book BTCUSDT: bid 1.5 @ 61800.2, ask 0.5 @ 61800.3>"


def test_depth_is_two_arrays_best_first(book):
    """No more levels than asked for, no more than there are."""
    bids, asks = book.depth(10)

    np.testing.assert_array_equal(bids, [[61800.2, 1.5], [61800.1, 2.0]])
    np.testing.assert_array_equal(asks, [[61800.3, 0.5], [62000.0, 9.0]])
    assert bids.dtype == np.float64
    assert [side.shape for side in book.depth(1)] == [(1, 2), (1, 2)]
    assert [side.shape for side in tc.OrderBook(BTC).depth()] == [(0, 2), (0, 2)]


def test_a_delta_sets_adds_and_removes_levels(book):
    """Quantities are absolute; zero removes, also what is not there."""
    assert book.apply_delta([("61800.2", 0), ("61700", "3"), ("60000", "0")], []) == "applied"

    assert book.best_bid == (Decimal("61800.1"), Decimal(2))
    assert book.quantity_at("buy", "61700") == Decimal(3)
    assert book.quantity_at("buy", "60000") == Decimal(0)
    assert book.level_count("buy") == 2


def test_a_snapshot_replaces_everything_and_can_come_twice(book):
    """Nothing of the book before is left."""
    for _ in range(2):
        book.apply_snapshot([], [("61900", "1")])

    assert book.best_bid is None
    assert book.level_count("sell") == 1


def test_a_book_is_stale_until_its_first_snapshot_and_after_clear(book):
    """Levels of which nobody knows that they are the venue's are called stale."""
    assert tc.OrderBook(BTC).is_stale
    assert not book.is_stale

    book.clear()

    assert book.is_stale
    assert book.best_bid is None
    assert repr(book) == "<book BTCUSDT: bid -, ask -, stale>"


def test_a_crossed_book_says_so_and_has_no_mid(book):
    """A crossed book is kept as the venue told it; prices that need a touch are None."""
    assert not book.is_crossed

    book.apply_delta([("61800.3", "1")], [])

    assert book.is_crossed
    assert book.mid() is None
    assert book.microprice() is None


def test_many_bids_pull_the_microprice_towards_the_ask(book):
    """I x ask + (1 - I) x bid with I the bids' share of the touch."""
    assert book.mid() == pytest.approx(61800.25)
    assert book.imbalance() == pytest.approx(0.75)
    assert book.microprice() == pytest.approx(0.75 * 61800.3 + 0.25 * 61800.2)
    assert book.imbalance(levels=2, decay=0.5) == pytest.approx(2.5 / (2.5 + 5.0))


def test_the_checksum_is_the_crc_of_the_stated_text(book):
    """Anyone can compute it with zlib from the rule in the documentation."""
    zlib = pytest.importorskip("zlib")

    alternating = b"61800.2:1.5:61800.3:0.5:61800.1:2:62000:9"
    assert book.checksum() == zlib.crc32(alternating)
    assert book.checksum(1) == zlib.crc32(b"61800.2:1.5:61800.3:0.5")
    assert book.checksum(form="digits") == zlib.crc32(b"618003500620000900061800215006180012000")
    with pytest.raises(InputError, match='form must be alternating or digits: form="md5"'):
        book.checksum(form="md5")


@pytest.mark.parametrize(
    ("bids", "error", "message"),
    [
        pytest.param(
            [("61800.25", "1")], PriceError, r"multiple of the tick.*61800\.25", id="tick"
        ),
        pytest.param([("61800.2", "0.0005")], QuantityError, "multiple of the lot", id="lot"),
        pytest.param([("61800.2", "-1")], QuantityError, "above 0: quantity=-1", id="negative"),
        pytest.param([("61800.2", -1)], QuantityError, "above 0: quantity=-1", id="negative-int"),
        pytest.param([("0", "1")], PriceError, "price must be above 0", id="zero-price"),
        pytest.param([("NaN", "1")], PriceError, "not a decimal number", id="nan-price"),
        pytest.param([("61800.2", "nan")], QuantityError, "not a decimal number", id="nan-text"),
        pytest.param([("1", float("nan"))], QuantityError, "not a decimal number", id="nan-float"),
        pytest.param([("1", float("inf"))], QuantityError, "not a decimal number", id="inf"),
        pytest.param([("1e30", "1")], PriceError, "beyond", id="too-large"),
        pytest.param([("1",)], InputError, "bids has one of 1 items", id="one-item"),
        pytest.param(
            [("1", "2", "3", "4")], InputError, "one of at least 3 items", id="four-items"
        ),
        pytest.param(["61800"], InputError, "bids must be pairs of price and quantity", id="text"),
        pytest.param(5, InputError, "bids must be pairs of price and quantity", id="number"),
        pytest.param([(None, "1")], InputError, "price must be", id="none"),
    ],
)
def test_a_bad_level_is_refused_and_nothing_changes(book, bids, error, message):
    """The good levels beside a bad one are not applied either."""
    before = book.checksum()

    with pytest.raises(error, match=message):
        book.apply_delta([("61800.1", "7"), *bids] if isinstance(bids, list) else bids, [])
    with pytest.raises(error, match=message):
        book.apply_snapshot(bids, [])

    assert book.checksum() == before


def test_numbered_deltas_follow_each_other(numbered):
    """Binance spot: the next delta starts one after the last; an older one is ignored."""
    assert numbered.apply_delta([("61800.2", "2")], [], first_id=101, last_id=105) == "applied"
    assert numbered.apply_delta([("61800.2", "9")], [], first_id=99, last_id=103) == "ignored"
    assert numbered.last_id == 105
    assert numbered.best_bid == (Decimal("61800.2"), Decimal(2))


def test_chained_deltas_name_the_one_before(numbered):
    """Binance futures: a delta that ends on the snapshot's id is kept, then pu is the last u."""
    chain = [(90, 100, 80), (120, 130, 100), (140, 150, 130)]
    for first, last, prev in chain:
        outcome = numbered.apply_delta([], [], first_id=first, last_id=last, prev_id=prev)
        assert outcome == "applied"
    assert numbered.last_id == 150


def test_a_gap_makes_the_book_stale_until_a_snapshot_heals_it(numbered):
    """The error names what was expected; deltas after the gap wait and are not lost."""
    with pytest.raises(BookGapError, match="expected=101, got=103, symbol=BTCUSDT"):
        numbered.apply_delta([("61800.2", "3")], [], first_id=103, last_id=104)
    assert numbered.is_stale
    assert numbered.last_id is None
    assert numbered.apply_delta([("61800.2", "5")], [], first_id=105, last_id=106) == "buffered"

    assert numbered.apply_snapshot([("61800.2", "2")], [], last_id=102) == "applied"

    assert not numbered.is_stale
    assert numbered.last_id == 106
    assert numbered.best_bid == (Decimal("61800.2"), Decimal(5))


def test_an_old_snapshot_is_ignored_by_a_live_book(numbered):
    """A late answer does not turn the book back."""
    assert numbered.apply_snapshot([], [], last_id=99) == "ignored"
    assert numbered.best_bid is not None


@pytest.mark.parametrize(
    ("ids", "message"),
    [
        pytest.param({}, "a delta of a numbered book has a last_id", id="none"),
        pytest.param({"first_id": 101}, "has a last_id", id="no-last"),
        pytest.param({"first_id": 103, "last_id": 102}, "not below first_id", id="backwards"),
        pytest.param({"last_id": 102, "prev_id": 103}, "not below first_id or prev_id", id="prev"),
    ],
)
def test_ids_that_make_no_sense_are_refused(numbered, ids, message):
    """Nothing is guessed about the order of deltas."""
    with pytest.raises(InputError, match=message):
        numbered.apply_delta([("61800.2", "9")], [], **ids)
    assert numbered.best_bid == (Decimal("61800.2"), Decimal(1))


def test_a_numbered_delta_needs_a_numbered_snapshot(book):
    """A book without an id cannot say what follows it."""
    with pytest.raises(InputError, match="a numbered delta needs a snapshot with a last_id"):
        book.apply_delta([], [], first_id=1, last_id=2)
