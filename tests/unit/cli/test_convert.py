"""`tradecore convert`: what it prints, and how it ends."""

from __future__ import annotations

import json

import pytest

from tradecore.cli import main
from tradecore.marketdata import open_tape

ROWS = (
    "symbol,timestamp,local_timestamp,id,side,price,amount\n"
    "AB,2000,2001,77,buy,100.25,1.5\nAB,4000,4001,78,sell,oops,0.001\n"
)


@pytest.fixture
def trades(tmp_path):
    """Return a file of trades, one of which cannot be read."""
    path = tmp_path / "trades.csv"
    path.write_text(ROWS)
    return path


def test_what_could_not_be_read_is_told_by_its_place(trades, tmp_path, capsys):
    """With exit code 0, since the rest is on the tape; with 1 where --strict asks for all of it."""
    output = tmp_path / "a.tape"
    arguments = ["convert", str(trades), "-o", str(output), "--format", "tardis"]

    assert main(arguments) == 0
    printed = capsys.readouterr().out
    assert f"unreadable: record 3, byte {len(ROWS) - 32}: price is not a decimal number" in printed
    assert open_tape(output).event_count == 1

    assert main([*arguments, "--strict", "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert (told["records"], told["unreadable"], told["symbols"]) == (1, 1, ["AB"])
    assert told["faults"][0]["record"] == 3


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (["--format", "parquet"], (2, "Invalid value for '--format'")),
        (
            ["--format", "lobster", "--day", "yesterday"],
            (2, "a day is YYYY-MM-DD: day='yesterday'"),
        ),
        (["--format", "tardis", "--symbol", "CD"], (1, "a symbol is one that is recorded, AB: CD")),
    ],
)
def test_a_call_that_makes_no_sense_is_refused(trades, tmp_path, capsys, more, told):
    """And leaves no tape."""
    output = tmp_path / "a.tape"

    assert main(["convert", str(trades), "-o", str(output), *more]) == told[0]
    assert told[1] in capsys.readouterr().err
    assert not output.exists()


def test_a_missing_file_ends_with_its_own_code(tmp_path):
    """Which is 3."""
    arguments = ["convert", str(tmp_path / "no"), "-o", str(tmp_path / "a"), "--format", "tardis"]
    assert main(arguments) == 3
