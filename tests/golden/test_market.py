"""Recordings of the toy venue and what they rebuild to; `rust/core/tests/market.rs` reads the same.

`--update-golden` makes the recordings again from their seeds and writes down what they give.
"""

from __future__ import annotations

from pathlib import Path

from toy_venue import ToyVenue, lobster_files
from tradecore.marketdata import open_recording, rebuild_book, replay_lobster

FOLDER = Path(__file__).parent / "market"
COUNTS = ("events", "levels", "gaps", "quotes_compared", "quotes_agreed")


def _recorded():
    """Yield names and bytes of the recordings."""
    for name, chained in (("futures.txt", True), ("spot.txt", False)):
        yield name, b"\n".join(ToyVenue(2024, chained=chained).lines(60)) + b"\n"
    messages, books = lobster_files(2024, 120)
    yield "lobster_messages.csv", messages
    yield "lobster_books.csv", books


def _found():
    """Return what the recordings give, a line each."""
    lines = []
    for name in ("futures.txt", "spot.txt"):
        result = rebuild_book(open_recording(FOLDER / name), strict=True)
        counts = " ".join(str(result.counts[key]) for key in COUNTS)
        lines.append(f"{name} {counts} {result.checksum:08x}")
    messages = (FOLDER / "lobster_messages.csv").read_bytes()
    books = (FOLDER / "lobster_books.csv").read_bytes()
    result = replay_lobster(messages, books, strict=True)
    rows = ",".join(str(found.row) for found in result.differing)
    lines.append(f"lobster {result.messages} {result.equal} {rows or '-'}")
    return "\n".join(lines) + "\n"


def test_recordings_give_what_they_gave(update_golden):
    """Counts, quotes compared and the checksum of the book at the end."""
    if update_golden:
        FOLDER.mkdir(exist_ok=True)
        for name, data in _recorded():
            (FOLDER / name).write_bytes(data)
        (FOLDER / "expected.txt").write_text(_found())

    assert _found() == (FOLDER / "expected.txt").read_text()
