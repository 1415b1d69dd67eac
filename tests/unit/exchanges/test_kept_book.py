"""A book kept for a venue that the core has no feed of, and what other processes are told of it."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tradecore.core import BookGapError, InputError, Instrument, WireBook
from tradecore.exchanges.base import KeptBook

OAK = Instrument("OAK-USD", tick_size="0.5", lot_size="0.01", kind="linear")
NOW = {"ts_event_ns": 7_000, "ts_recv_ns": 9_000}


def kept():
    """Return a book with a level on each side, told to nobody yet."""
    book = KeptBook(OAK)
    book.snapshot([("99.5", "1")], [("100.5", "2")], last_id=10, **NOW)
    return book


def levels(view):
    """Return both sides as lists."""
    return [half.tolist() for half in view.depth(100)]


def test_what_is_told_is_read_elsewhere_as_it_is_here():
    """Snapshot, change, removal: the other book follows."""
    book, other = kept(), WireBook(OAK)
    other.apply(book.take_update())
    book.delta([("99.5", "0"), ("99.0", "3.25")], [], first_id=11, last_id=12, **NOW)
    assert other.apply(book.take_update())

    assert levels(other) == levels(book.book) == [[[99.0, 3.25]], [[100.5, 2.0]]]
    assert (other.ts_event_ns, other.ts_recv_ns) == (7_000, 9_000)
    assert book.take_update() is None


def test_a_late_reader_gets_the_whole_book_and_then_the_stream():
    """The copy for it takes nothing from the others' stream."""
    book, early, late = kept(), WireBook(OAK), WireBook(OAK)
    early.apply(book.take_update())
    book.delta([("98.0", "1")], [], first_id=11, last_id=11, **NOW)
    late.apply(book.take_update(snapshot=True))
    update = book.take_update()
    early.apply(update)
    late.apply(update)

    assert levels(early) == levels(late) == levels(book.book)


def test_a_gap_is_told_and_mended():
    """A book that missed an update is stale there as here, until the next snapshot."""
    book, other = kept(), WireBook(OAK)
    other.apply(book.take_update())
    with pytest.raises(BookGapError, match="13"):
        book.delta([("98.0", "1")], [], first_id=13, last_id=13, **NOW)
    other.apply(book.take_update())
    assert other.is_stale
    book.snapshot([("97.5", "1")], [("100.5", "2")], last_id=12, **NOW)
    other.apply(book.take_update())

    assert not other.is_stale
    assert levels(other) == levels(book.book) == [[[98.0, 1.0], [97.5, 1.0]], [[100.5, 2.0]]]


def test_a_lost_connection_leaves_no_level():
    """What was known is forgotten, here and there."""
    book, other = kept(), WireBook(OAK)
    other.apply(book.take_update())
    book.lost()
    other.apply(book.take_update())

    assert book.book.is_stale
    assert other.is_stale
    assert levels(other) == [[], []]


@pytest.mark.parametrize("level", [("x", "1"), ("99.7", "1"), ("99", "-1"), ("nan", "1"), ("1",)])
def test_a_malformed_level_changes_nothing(level):
    """Neither the book nor what is told."""
    book = kept()
    before = levels(book.book)
    with pytest.raises(InputError, match=r"level|price|quantity"):
        book.delta([level], [], first_id=11, last_id=11, **NOW)
    with pytest.raises(InputError, match=r"level|price|quantity"):
        book.snapshot([level], [], last_id=20, **NOW)
    assert levels(book.book) == before


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["bids", "asks", "take", "anew"]),
            st.integers(1, 40),
            st.integers(0, 500),
        ),
        max_size=40,
    )
)
def test_whatever_happens_the_other_follows(steps):
    """A book told through bodies equals the one they were made from."""
    book, other = kept(), WireBook(OAK)
    number = 10
    for what, ticks, lots in steps:
        quantity = str(lots * Decimal("0.01"))
        bid = (str(ticks * Decimal("0.5")), quantity)
        ask = (str((ticks + 100) * Decimal("0.5")), quantity)
        if what == "take":
            update = book.take_update()
            if update is not None:
                other.apply(update)
        elif what == "anew" and lots:
            number += 1
            book.snapshot([bid], [ask], last_id=number, **NOW)
        elif what != "anew":
            number += 1
            changes = ([bid], []) if what == "bids" else ([], [ask])
            book.delta(*changes, first_id=number, last_id=number, **NOW)
    update = book.take_update()
    if update is not None:
        other.apply(update)

    assert levels(other) == levels(book.book)
