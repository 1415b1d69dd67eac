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
