"""`tradecore replay`: what it prints, and the code it ends with."""

from __future__ import annotations

import gzip
import json

import pytest
import typer
from typer.testing import CliRunner

from toy_venue import ToyVenue, lobster_files
from tradecore.cli.match import run_lines
from tradecore.cli.replay import replay
from tradecore.core import DataError

APP = typer.Typer()
APP.command()(replay)

COMMANDS = [
    '{"op":"new","id":1,"side":"buy","price":100,"qty":10}',
    '{"op":"new","id":2,"side":"sell","price":100,"qty":4,"tif":"ioc"}',
    "",
    '{"op":"cancel","id":1}',
]


@pytest.fixture
def run(tmp_path):
    """Return a function that writes files, replays the first, and returns the result."""

    def invoked(*files, arguments):
        paths = []
        for at, data in enumerate(files):
            paths.append(tmp_path / f"file{at}")
            paths[-1].write_bytes(data if isinstance(data, bytes) else data.encode())
        check = ["--check", str(paths[1])] if len(paths) > 1 else []
        return CliRunner().invoke(APP, [str(paths[0]), *arguments.split(), *check])

    return invoked


@pytest.mark.parametrize("chained", [False, True], ids=["spot", "futures"])
def test_binance_frames_rebuild_without_a_gap(run, chained):
    """People get a table, programs one object; both end with 0."""
    data = gzip.compress(b"\n".join(ToyVenue(3, chained=chained).lines(200)))

    people = run(data, arguments="--format binance")
    program = run(data, arguments="--format binance --json")

    assert (people.exit_code, program.exit_code) == (0, 0)
    report = json.loads(program.stdout)
    assert report["sound"] is True
    assert report["counts"]["gaps"] == 0
    agreed = f"{report['counts']['quotes_agreed']} of {report['counts']['quotes_compared']}"
    assert agreed in people.stdout
    assert "TOYUSDT, tick 0.1, lot 0.001" in people.stdout


def test_a_gap_ends_with_1_and_is_told(run):
    """With the message that showed it and both ids."""
    lines = ToyVenue(3).lines(50)
    del lines[[at for at, line in enumerate(lines) if b"depthUpdate" in line][20]]
    result = run(b"\n".join(lines), arguments="--format binance")
    assert result.exit_code == 1
    assert "gap: message" in result.stdout
    assert "stale" in result.stdout


def test_a_corrupt_line_ends_only_a_strict_replay(run):
    """Otherwise it is counted and located."""
    lines = ToyVenue(3).lines(50)
    lines.insert(7, b"17 {oops")
    data = b"\n".join(lines)

    result = run(data, arguments="--format binance")

    assert result.exit_code == 0
    assert "unreadable: line 8, byte" in result.stdout
    strict = run(data, arguments="--format binance --strict")
    assert strict.exit_code == 1
    assert isinstance(strict.exception, DataError)
    assert "record 8, byte" in str(strict.exception)


def test_steps_given_are_used(run):
    """Off them, lines cannot be read."""
    data = b"\n".join(ToyVenue(3).lines(50))
    exact = run(data, arguments="--format binance --json --tick-size 0.1 --lot-size 0.001")
    assert exact.exit_code == 0
    coarse = run(data, arguments="--format binance --json --tick-size 0.5 --lot-size 0.001")
    assert coarse.exit_code == 1
    assert "multiple of the tick" in json.loads(coarse.stdout)["faults"][0]["rule"]


def test_lobster_rows_that_differ_are_named_and_explained(run):
    """They are no error: what the file does not tell cannot be rebuilt."""
    messages, books = lobster_files(1, 300)

    people = run(messages, books, arguments="--format lobster")
    report = json.loads(run(messages, books, arguments="--format lobster --json").stdout)

    assert people.exit_code == 0
    equal = 300 - len(report["differing"])
    assert f"{equal} of 300 full 5-level books equal" in people.stdout
    first = report["differing"][0]["row"]
    assert f"rows differ in level 5 only: rows {first}, {first + 1}" in people.stdout
    assert "the level below the window is unknown" in people.stdout
    assert report["summary"] == f"{equal} of 300 full 5-level books equal"


def test_a_lobster_row_without_an_excuse_ends_with_1(run):
    """The touch is always known."""
    messages, books = lobster_files(1, 20)
    result = run(messages, books.replace(b",", b",1", 40), arguments="--format lobster")
    assert result.exit_code == 1
    assert "inside the window all along" in result.stdout


def test_recorded_commands_answer_as_they_did(run):
    """Blank lines have no answer, and blanks within one do not count."""
    answers = [json.dumps(json.loads(line)) for line in run_lines(COMMANDS, book=True)]

    result = run("\n".join(COMMANDS), "\n".join(answers), arguments="--format jsonl --json")

    assert result.exit_code == 0
    report = json.loads(result.stdout)
    assert (report["answers"], report["compared"], report["equal"]) == (3, 3, 3)


def test_an_answer_that_changed_ends_with_1_and_is_told(run):
    """So do answers too many and too few."""
    answers = list(run_lines(COMMANDS))
    for recorded in (["{}", *answers[1:]], answers[:-1], [*answers, "{}"], [*answers[:2], "oops"]):
        result = run("\n".join(COMMANDS), "\n".join(recorded), arguments="--format jsonl")
        assert result.exit_code == 1
        assert "differs: answer" in result.stdout


def test_a_line_that_is_no_command_is_counted(run):
    """Strict, it ends the replay."""
    lines = "\n".join([*COMMANDS, "oops"])
    result = run(lines, arguments="--format jsonl")
    assert result.exit_code == 0
    assert "no command: line 5: not JSON" in result.stdout
    assert run(lines, arguments="--format jsonl --strict").exit_code == 1


@pytest.mark.parametrize("format", ["binance", "lobster", "jsonl", "tape"])
def test_an_empty_file_is_an_error(run, format):  # noqa: A002
    """Nothing was replayed, and nobody is told that all is well."""
    result = run(b"", arguments=f"--format {format}")
    assert result.exit_code == 1
    assert isinstance(result.exception, DataError)
    assert "at least one" in str(result.exception)


@pytest.mark.parametrize(
    "arguments",
    [
        "--format pdf",
        "",
        "--format binance --tick-size 0.1",
        "--format binance --check .",
    ],
)
def test_a_call_that_makes_no_sense_ends_with_2(run, arguments):
    """Before anything is read."""
    assert run(b"17 {}", arguments=arguments).exit_code == 2


def test_a_missing_file_is_told_as_missing(tmp_path):
    """The door of the command line turns it into 3."""
    result = CliRunner().invoke(APP, [str(tmp_path / "nowhere"), "--format", "binance"])
    assert isinstance(result.exception, FileNotFoundError)


def test_truncated_archives_are_played_up_to_the_break(run):
    """The break is told; strict, it ends the replay."""
    packed = gzip.compress(b"\n".join(ToyVenue(3).lines(300)))
    cut = packed[: len(packed) // 2]
    result = run(cut, arguments="--format binance")
    assert "a gzip archive has its end" in result.stdout
    assert run(cut, arguments="--format binance --strict").exit_code == 1
