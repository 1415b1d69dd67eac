"""What the engine does not know is written down, and reads as it was written."""

from __future__ import annotations

from decimal import Decimal

import msgspec
import pytest

from support.venue_life import LISTED
from tradecore.venue import Condition, MemoryNotes, PlaceOrder, notes
from tradecore.venue.notes import Note, Voided, decode_note, encode_note
from tradecore.venue.replay import read_notes, unheard
from tradecore.venue.sheets import sheet_of

ORDER = PlaceOrder(
    account=1,
    symbol="BTCUSDT",
    side="buy",
    quantity=Decimal("0.10"),
    price=Decimal("60000.1"),
    leg="long",
    strategy="carry/2",
    origin={"word": ["a", 1]},
)
WHAT = [
    notes.HouseOpened(account=9),
    notes.OrderTerms(account=1, client_order_id="n", leg="short", origin={"a": 1}),
    notes.OrderRefused(order_id=5, order=ORDER, reason="price_off_tick"),
    notes.ConditionPlaced(
        condition_id=1,
        client_id="c",
        condition=Condition(kind="trailing", callback=Decimal("0.01")),
        order=ORDER,
    ),
    notes.ConditionEnded(condition_id=1, status="canceled"),
    notes.TrailFollowed(condition_id=1, extreme=Decimal("61000.0")),
    notes.LeverageSet(account=1, symbol="BTCUSDT", leverage=5),
    notes.IsolationSet(account=1, symbol="BTCUSDT", is_isolated=True),
    notes.HedgeSet(account=1, is_hedged=True),
    notes.MarginMoved(account=1, symbol="BTCUSDT", leg="both", amount=Decimal("-1.50")),
    notes.FundingDue(symbol="BTCUSDT", rate=Decimal("0.0001"), mark=Decimal(60_000), due_ns=7),
    notes.InsurancePaid(account=1, symbol="BTCUSDT", amount=Decimal("0.00000001")),
    notes.IndexSet(symbol="BTCUSDT", price=Decimal(60_001)),
    notes.Wound(account=1, symbol="BTCUSDT", due_ns=9),
    notes.SheetSet(symbol="BTCUSDT", sheet=sheet_of(LISTED[0])),
    notes.StrategyNamed(account=1, number=2, name="carry/2"),
    Voided(first=3),
]


def note(what, after=4):
    """Return a note of something."""
    return Note(after=after, next_id=100, ts_event_ns=5, what=what)


@pytest.mark.parametrize("what", WHAT, ids=lambda what: type(what).__name__)
def test_a_note_reads_as_it_was_written(what):
    """Every kind, with every digit."""
    assert decode_note(encode_note(note(what))) == note(what)
    assert repr(decode_note(encode_note(note(what)))) == repr(note(what))


def test_every_kind_is_tried():
    """A new kind of note joins this test."""
    assert {type(what) for what in WHAT} == set(notes.What.__args__)


@pytest.mark.parametrize("payload", [b"", b"{}", b'{"after":1}', b"\xff", b"null"])
def test_what_is_no_note_is_refused(payload):
    """Nothing is made of it."""
    with pytest.raises(msgspec.MsgspecError, match=r".+"):
        decode_note(payload)


def test_voided_notes_are_left_out():
    """Those from the first one named to the one before the voiding have no effect."""
    kept = MemoryNotes()
    for what in (*WHAT[6:9], Voided(first=2), WHAT[8]):
        kept.append(1, encode_note(note(what)), timestamp_ns=5)
    assert [number for number, _ in read_notes(kept)] == [1, 4, 5]
    assert [number for number, _ in read_notes(kept, after=4)] == [5]


def test_notes_behind_lost_commands_are_found():
    """The first one that follows a command the journal does not have."""
    listed = [(1, note(WHAT[6], after=3)), (2, note(WHAT[7], after=8)), (3, note(WHAT[8], after=9))]
    assert unheard(listed, sequence=7) == 2
    assert unheard(listed, sequence=9) == 0
