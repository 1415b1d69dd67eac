"""An engine's history and a venue's notes in their one order, for books that are made again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

from tradecore.core import DataError
from tradecore.venue.entries import Entry, read_entry
from tradecore.venue.notes import Note, Voided, decode_note

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tradecore.core import History
    from tradecore.venue.booked import JournalPosition
    from tradecore.venue.notes import Notes

__all__ = ["Step", "read_notes", "steps", "unheard"]

Step: TypeAlias = Entry | tuple[int, Note]

_TURN: Final = 1_000
_TIMEOUT_MS: Final = 100
#: Turns without a command after which a history is no longer believed to come.
_TURNS_MAX: Final = 600


def read_notes(notes: Notes, *, after: int = 0) -> list[tuple[int, Note]]:
    """Return number and note of each note behind `after` that was not voided."""
    read = [
        (number, decode_note(payload)) for number, _, _, payload in notes.read() if number > after
    ]
    void = {
        number
        for last, note in read
        if isinstance(note.what, Voided)
        for number in range(note.what.first, last)
    }
    return [(number, note) for number, note in read if number not in void]


def unheard(notes: list[tuple[int, Note]], *, sequence: int) -> int:
    """Return the first note behind a command that was lost, 0 if there is none."""
    return next((number for number, note in notes if note.after > sequence), 0)


def steps(
    history: History, notes: list[tuple[int, Note]], *, upto: JournalPosition
) -> Iterator[Step]:
    """Yield commands and notes up to a position, in the order they happened.

    Raises:
        DataError: If a command is of a kind not known here, or does not come.
    """
    left = [(number, note) for number, note in notes if number <= upto.note]
    left.reverse()
    for entry in _entries(history, upto.sequence):
        while left and left[-1][1].after < entry.sequence:
            yield left.pop()
        yield entry
    while left:
        yield left.pop()


def _entries(history: History, upto: int) -> Iterator[Entry]:
    turns = 0
    while history.sequence < upto:
        found = history.take(min(_TURN, upto - history.sequence), timeout_ms=_TIMEOUT_MS)
        turns = 0 if found else turns + 1
        if turns > _TURNS_MAX:
            raise DataError(
                f"a history has every command: sequence={history.sequence}, upto={upto}"
            )
        for item in found:
            yield read_entry(item)
