"""A venue's folder as one file, and back."""

from __future__ import annotations

import io
import json
import shutil
import sqlite3
import tarfile

import pytest

from tradecore.core import DataError, InputError, Instrument, VenueEngine, journal_inspect
from tradecore.gateway.backup import back_up, restore

BTC = Instrument("BTCUSDT", tick_size="0.1", lot_size="0.001")
SEGMENT = 1 << 23


def engine(data):
    """Return an engine on a folder's journal."""
    return VenueEngine([BTC], journal=data / "journal", segment_bytes=SEGMENT)


@pytest.fixture
def data(tmp_path):
    """Return a venue's folder with three orders, a database and a secret."""
    folder = tmp_path / "data"
    folder.mkdir()
    with sqlite3.connect(folder / "records.db") as records:
        records.execute("create table orders (id integer)")
        records.execute("insert into orders values (7)")
    records.close()
    (folder / "secrets.env").write_text("JWT_SECRET=x\n")
    running = engine(folder)
    for price in (10, 11, 12):
        running.submit("BTCUSDT", side="buy", quantity=1, price=price)
    running.close()
    return folder


def test_what_is_restored_is_what_was_saved(data, tmp_path):
    """Commands, records and secrets are there again, and only the owner can read the file."""
    saved = back_up(data, tmp_path / "venue.tar.gz")
    made = restore(tmp_path / "venue.tar.gz", tmp_path / "again")

    again = engine(tmp_path / "again")
    assert (saved.sequence, made.sequence, again.live_orders) == (3, 3, 3)
    again.close()
    with sqlite3.connect(tmp_path / "again" / "records.db") as records:
        assert records.execute("select id from orders").fetchall() == [(7,)]
    records.close()
    assert (tmp_path / "again" / "secrets.env").read_text() == "JWT_SECRET=x\n"
    assert (tmp_path / "venue.tar.gz").stat().st_mode & 0o077 == 0
    assert (tmp_path / "again" / "secrets.env").stat().st_mode & 0o077 == 0


def test_a_venue_at_work_is_saved_as_it_was(data, tmp_path):
    """The copy opens with everything answered before, whatever comes meanwhile."""
    running = engine(data)
    running.submit("BTCUSDT", side="buy", quantity=1, price=13)

    saved = back_up(data, tmp_path / "venue.tar.gz")
    running.submit("BTCUSDT", side="buy", quantity=1, price=14)
    running.close()
    restore(tmp_path / "venue.tar.gz", tmp_path / "again")

    assert saved.sequence == 4
    assert journal_inspect(tmp_path / "again" / "journal")["last"] == 4


def test_nothing_is_written_over(data, tmp_path):
    """Neither a file nor a folder that holds something; and a folder needs a journal."""
    (tmp_path / "there.tar.gz").write_text("mine")
    with pytest.raises(InputError, match="there already"):
        back_up(data, tmp_path / "there.tar.gz")
    back_up(data, tmp_path / "venue.tar.gz")
    with pytest.raises(InputError, match="into an empty folder"):
        restore(tmp_path / "venue.tar.gz", data)
    with pytest.raises(InputError, match="has a journal"):
        back_up(tmp_path, tmp_path / "other.tar.gz")

    assert (tmp_path / "there.tar.gz").read_text() == "mine"


def contents(folder):
    """Return every file of a folder."""
    return {
        str(one.relative_to(folder)): one.read_bytes()
        for one in sorted(folder.rglob("*"))
        if one.is_file()
    }


def test_a_damaged_backup_is_noticed_and_leaves_nothing(data, tmp_path):
    """Cut or changed anywhere; a change that means the same, as in a run of zeros, does no harm."""
    back_up(data, tmp_path / "venue.tar.gz")
    restore(tmp_path / "venue.tar.gz", tmp_path / "whole")
    wanted = contents(tmp_path / "whole")
    whole = (tmp_path / "venue.tar.gz").read_bytes()
    noticed = 0
    for place in range(64, len(whole), len(whole) // 6):
        (tmp_path / "cut").write_bytes(whole[:place])
        with pytest.raises(DataError, match="backup"):
            restore(tmp_path / "cut", tmp_path / "again")
        hurt = bytearray(whole)
        hurt[place] ^= 0x10
        (tmp_path / "hurt").write_bytes(bytes(hurt))
        try:
            restore(tmp_path / "hurt", tmp_path / "again")
        except DataError:
            noticed += 1
            assert not (tmp_path / "again").exists()
        else:
            assert contents(tmp_path / "again") == wanted
            shutil.rmtree(tmp_path / "again")
    assert noticed


@pytest.mark.parametrize("name", ["../escaped", "/escaped", "secrets.env/../../escaped"])
def test_a_forged_backup_writes_nowhere_else(name, tmp_path):
    """A name that leads out of the folder is refused."""
    manifest = {"format": 1, "sequence": 0, "files": {name: "0" * 64}}
    with tarfile.open(tmp_path / "forged.tar.gz", "w:gz") as archive:
        for member, text in (("manifest.json", json.dumps(manifest).encode()), (name, b"x")):
            entry = tarfile.TarInfo(member)
            entry.size = len(text)
            archive.addfile(entry, io.BytesIO(text))

    with pytest.raises(DataError, match="`tradecore backup` made"):
        restore(tmp_path / "forged.tar.gz", tmp_path / "again")

    assert not (tmp_path / "escaped").exists()
