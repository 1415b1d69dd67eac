"""A venue's steps once more, for records that missed some of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tradecore.core import DataError
from tradecore.venue.booked import Batch
from tradecore.venue.books import Books
from tradecore.venue.checkpoint import read_checkpoint, restore
from tradecore.venue.entries import Entry
from tradecore.venue.replay import read_notes, steps
from tradecore.venue.state import VenueState

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tradecore.venue.booked import JournalPosition
    from tradecore.venue.commands import Commands
    from tradecore.venue.replay import Step

__all__ = ["rebuilt"]

_STEPS: Final = 1_000


def rebuilt(
    commands: Commands, *, after: JournalPosition, settled: Callable[[], JournalPosition]
) -> Iterator[Batch]:
    """Yield the steps behind a position, from books of their own; it goes on as the venue does.

    A batch that is empty and leads nowhere says that everything settled so far was yielded.

    Raises:
        DataError: If there is no journal, or the position is beyond it.
        JournalError: If the beginning of the journal was let go.
    """
    if after > settled() or commands.notes is None:
        raise DataError(
            f"records are of the journal they are compared with: records={after.sequence}, "
            f"journal={settled().sequence}"
        )
    listed = commands.books.state.instruments
    state = VenueState.begin(tuple(listed.values()), now_ns=0)
    state.is_live = False
    books = Books(state)
    _begin(books, commands, after)
    history = commands.engine.history(after=books.sequence)
    try:
        while True:
            notes = read_notes(commands.notes, after=books.position.note)
            upto = settled()
            for count, step in enumerate(steps(history, notes, upto=upto), 1):
                _book(books, step, after)
                if count % _STEPS == 0:
                    yield from _taken(books)
            yield from _taken(books)
            yield Batch(after=books.position, upto=books.position, booked=())
    finally:
        history.close()


def _book(books: Books, step: Step, after: JournalPosition) -> None:
    if books.position >= after and not books.state.gathered.is_on:
        books.keep_records()
        books.skip()
    if isinstance(step, Entry):
        books.enter(step)
    else:
        books.jot(*step)


def _begin(books: Books, commands: Commands, after: JournalPosition) -> None:
    """Begin at the checkpoint of the venue's start where nothing before it is asked for."""
    if commands.checkpoint is not None:
        found = read_checkpoint(commands.checkpoint)
        if (found.sequence, found.note) <= after:
            restore(books, found)


def _taken(books: Books) -> Iterator[Batch]:
    batch = books.take(books.position) if books.state.gathered.is_on else None
    if batch is not None:
        yield batch
