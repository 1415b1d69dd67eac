"""`tradecore journal`: a journal is looked at, not written."""

from __future__ import annotations

import json

import pytest

from tradecore.cli.app import run
from tradecore.core import Instrument, JournalError, VenueEngine


@pytest.fixture
def folder(tmp_path):
    """The journal of a venue with two commands, still open."""
    path = tmp_path / "journal"
    instrument = Instrument("BTC", tick_size="1", lot_size="1", kind="linear")
    venue = VenueEngine([instrument], journal=path, segment_bytes=1 << 23)
    venue.advance_time(7)
    venue.submit("BTC", side="buy", quantity=1, price=100)
    yield path
    venue.close()


def test_verify_says_what_is_there(folder, capsys):
    """Records, blocks and segments, as lines and as JSON."""
    run(["journal", "verify", str(folder)])
    assert "is whole: records 1 to 2" in capsys.readouterr().out
    run(["journal", "verify", str(folder), "--json"])
    assert json.loads(capsys.readouterr().out)["last"] == 2


def test_show_prints_each_command(folder, capsys):
    """In order, with its sequence."""
    run(["journal", "show", str(folder)])
    first, second = capsys.readouterr().out.splitlines()
    assert first == "1 Command(AdvanceTime { now_ns: 7 })"
    assert second.startswith("2 Command(New(NewOrder {")
    run(["journal", "show", str(folder), "--json"])
    assert [row["sequence"] for row in json.loads(capsys.readouterr().out)] == [1, 2]


def test_what_is_no_journal_is_an_error(tmp_path):
    """A folder without one has no first segment."""
    with pytest.raises(JournalError, match=r"seg-0000000001\.tcj is missing"):
        run(["journal", "verify", str(tmp_path)])
