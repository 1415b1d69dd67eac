"""`tradecore sweep`."""

from __future__ import annotations

import json

import pytest
import typer
from typer.testing import CliRunner

from tradecore.cli.sweep import sweep

APP = typer.Typer()
APP.command()(sweep)
NAMED = ["--data", "sample", "--fees", "venue", "--latency", "venue"]


def test_it_prints_the_best_and_writes_the_table(tmp_path):
    """A table for people, one for programs, and the assumptions."""
    table = tmp_path / "runs.csv"
    vary = ["--vary", "half_spread_bps=0.1:0.3:0.1", "--set", "size=0.02", "--out", str(table)]
    done = CliRunner().invoke(APP, ["two_sided", *NAMED, *vary])

    assert done.exit_code == 0, done.output
    assert "3 runs, compiled" in done.output
    assert "Fees: maker 2 bps" in done.output
    assert len(table.read_text().splitlines()) == 4


def test_one_bad_set_is_told_and_the_others_go_on():
    """Exit code 1, every row there."""
    done = CliRunner().invoke(
        APP, ["two_sided", *NAMED, "--vary", "half_spread_bps=0.1,-1", "--json"]
    )
    told = json.loads(done.output)

    assert done.exit_code == 1
    assert [row["status"] for row in told["runs"]] == ["ok", "refused"]
    assert "half_spread_bps" in told["runs"][1]["error"]


@pytest.mark.parametrize("name", ["points.csv", "points.json"])
def test_the_settings_of_each_run_may_stand_in_a_file(tmp_path, name):
    """A row or an object a run."""
    rows = [{"half_spread_bps": "0.1"}, {"half_spread_bps": "0.2"}]
    path = tmp_path / name
    text = "half_spread_bps\n0.1\n0.2\n" if name.endswith("csv") else json.dumps(rows)
    path.write_text(text)
    done = CliRunner().invoke(APP, ["two_sided", *NAMED, "--points", str(path), "--json"])

    assert [row["half_spread_bps"] for row in json.loads(done.output)["runs"]] == [0.1, 0.2]


@pytest.mark.parametrize(
    "options",
    [
        ["--vary", "half_spread_bps"],
        ["--vary", "half_spread_bps=1:2:0"],
        ["--vary", "half_spread_bps=1:x:1"],
        ["--vary", "size=1", "--points", "x.json"],
        ["--rank", "luck", "--vary", "half_spread_bps=0.1"],
        ["--workers", "0", "--vary", "half_spread_bps=0.1"],
        ["--queue", "none", "--vary", "half_spread_bps=0.1"],
    ],
    ids=str,
)
def test_what_makes_no_sense_is_a_matter_of_usage(options):
    """Exit code 2."""
    done = CliRunner().invoke(APP, ["two_sided", *NAMED, *options])
    assert done.exit_code == 2, done.output


def test_what_a_venue_demands_is_written_as_for_a_backtest():
    """Rules, funding, balance, volume, outages and the seed are among the assumptions."""
    demands = ["--rules", "venue", "--funding", "0.01%/8h", "--balance", "100000", "--seed", "3"]
    outage = ["--outages", "2024-01-01T00:00:10,2024-01-01T00:00:20,1s", "--volume", "1000000"]
    vary = ["--vary", "half_spread_bps=0.1,0.2"]
    done = CliRunner().invoke(APP, ["two_sided", *NAMED, *vary, *demands, *outage])

    assert done.exit_code == 0, done.output
    told = " ".join(done.output.split())
    assert "Funding: 0.01 % every 8h, at the mid." in told
    assert "Margin: 100000 USDT to start with" in told
    assert "Outages: 1." in told
    assert "Limits: those of" in told


@pytest.mark.parametrize(
    ("written", "told"),
    [
        (["--outages", "1"], "an outage is written FROM,UNTIL"),
        (["--outages", "1,2,3,4"], "an outage is written FROM,UNTIL"),
        (["--outages", "+1s,+2s"], "an outage is written FROM,UNTIL"),
        (["--outages", "1,2,x"], "a duration is a number with a unit"),
        (["--outages", "1,yesterday"], "a moment is written"),
        (["--rules", "none"], "rules must be plain or venue"),
        (["--balance", "-1"], "an amount is a number of 0 or more"),
    ],
)
def test_demands_that_are_not_understood_are_refused(written, told):
    """With what was written."""
    vary = ["--vary", "half_spread_bps=0.1"]
    done = CliRunner().invoke(APP, ["two_sided", *NAMED, *vary, *written])

    assert done.exit_code == 2
    assert told in " ".join(done.output.replace("│", " ").split())
