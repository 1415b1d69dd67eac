"""How a command ends: with which code, which message, and which secrets kept."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import typer

from tradecore.cli import commands, main
from tradecore.cli.commands import COMMANDS, Command
from tradecore.cli.exit_codes import ExitCode, exit_code_of
from tradecore.config import ConfigError, ConfigNotFoundError, Place, Problem
from tradecore.core import InputError
from tradecore.telemetry import protect

CANARY = "CaNaRy7w3Zq9KtBv5"
PROBLEM = Problem("rule", Place("x.ini", 1, "A", "B"))


@pytest.fixture
def failing(monkeypatch):
    """Return a function that makes the command `fail` raise what it is given."""

    def failing(error: BaseException | None, result: object = None) -> None:
        def fail(*, json: bool = False) -> object:
            """Raise."""
            del json
            if error is not None:
                raise error
            return result

        monkeypatch.setattr(commands, "FAIL", fail, raising=False)
        table = {**COMMANDS, "fail": Command("tradecore.cli.commands:FAIL", "Raise.")}
        monkeypatch.setattr(commands, "COMMANDS", table)

    return failing


@pytest.mark.parametrize(
    ("error", "code", "message"),
    [
        (InputError("price off the tick"), 1, "error: price off the tick\n"),
        (ConfigError([PROBLEM]), 4, "error: rule ([A] B, x.ini:1)\n"),
        (ConfigNotFoundError([PROBLEM]), 3, "error: rule ([A] B, x.ini:1)\n"),
        (FileNotFoundError(2, "No such file or directory", "tape"), 3,
         "error: no such file or directory: tape\n"),
        (PermissionError(13, "Permission denied", "out"), 1, "error: permission denied: out\n"),
        (TimeoutError(110, "Timed out"), 5, "error: timed out\n"),
        (ConnectionRefusedError(111, "Connection refused"), 6, "error: connection refused\n"),
        (KeyError("x"), 1,
         "error: unexpected KeyError: 'x'\nrun `tradecore --verbose ...` for the traceback\n"),
        (KeyboardInterrupt(), 130, "error: interrupted\n"),
        (typer.Exit(7), 7, ""),
        (typer.Abort(), 130, "error: interrupted\n"),
        (BrokenPipeError(32, "Broken pipe"), 1, ""),
        (SystemExit(5), 5, ""),
        (SystemExit("text"), 1, ""),
        (SystemExit(None), 0, ""),
    ],
)  # fmt: skip
def test_each_end_has_its_code_and_one_message(failing, run, error, code, message):
    """No traceback unless it is asked for, nothing on standard output."""
    failing(error)

    ran = run("fail")

    assert (ran.code, ran.err, ran.out) == (code, message, "")


def test_a_command_that_returns_is_in_order(failing, run):
    """What it returns does not matter, unless it is a code."""
    failing(None, "text")
    assert run("fail").code == 0
    failing(None, 6)
    assert run("fail").code == 6


def test_with_json_an_error_is_an_object(failing, run):
    """Programs get the message, the code and each problem."""
    failing(ConfigError([PROBLEM, PROBLEM]))

    ran = run("fail", "--json")

    assert ran.json == {
        "error": "2 problems in the configuration\n"
        "  rule ([A] B, x.ini:1)\n  rule ([A] B, x.ini:1)",
        "exit_code": 4,
        "problems": ["rule ([A] B, x.ini:1)", "rule ([A] B, x.ini:1)"],
    }
    assert ran.err.startswith("error: 2 problems")


def test_verbose_shows_the_traceback_without_secrets(failing, run):
    """It is asked for before the command, and secrets stay out of it."""
    protect(CANARY)
    failing(ValueError(f"bad {CANARY} in api_key=abcdef"))

    ran = run("--verbose", "fail")

    assert "Traceback (most recent call last)" in ran.err
    assert ran.err.endswith(
        "error: unexpected ValueError: bad *** in api_key=***\n"
        "run `tradecore --verbose ...` for the traceback\n"
    )
    assert CANARY not in ran.err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["macth"], "No such command 'macth'. Did you mean 'match'?"),
        (["--nope"], "No such option: --nope"),
        (["config", "check"], "Missing argument"),
        (["config", "chek", "x"], "No such command 'chek'. Did you mean 'check'?"),
        (["bench", "--rounds", "0"], "Invalid value for '--rounds'"),
        (["new", "1x"], "Invalid value for NAME: a project's name has letters and digits"),
    ],
)
def test_a_wrong_command_line_is_usage(run, arguments, message):
    """Code 2, with what was meant where it can be guessed."""
    ran = run(*arguments)

    assert ran.code == 2
    assert message in ran.err
    assert ran.out == ""


def test_a_wrong_command_line_with_json_is_an_object_too(run):
    """Programs need not read the usage text."""
    ran = run("macth", "--json")

    assert ran.json["exit_code"] == 2
    assert ran.json["error"] == "No such command 'macth'. Did you mean 'match'?"


def test_without_a_command_help_is_shown(run):
    """Every command is listed with what it is for; the code says that nothing was done."""
    ran = run()

    assert ran.code == 2
    assert all(
        name in ran.out and command.summary[:20] in ran.out for name, command in COMMANDS.items()
    )


@pytest.mark.parametrize("arguments", [["--version"], ["--version", "--json"]])
def test_the_version_is_that_of_the_core(run, arguments):
    """One version for the wheel and what is in it."""
    from tradecore.core import __version__  # noqa: PLC0415

    ran = run(*arguments)

    assert ran.code == 0
    assert __version__ in ran.out
    if "--json" in arguments:
        assert set(json.loads(ran.out)) == {"tradecore", "python"}


@pytest.mark.parametrize("flags", [["--json"], ["--json", "--verbose"], ["--verbose", "--json"]])
def test_json_before_the_command_is_the_commands(run, flags):
    """Where it is written does not matter."""
    assert run(*flags, "config", "init", "x.ini").json == {"file": "x.ini"}


def test_json_without_a_command_is_an_error_in_json(run):
    """Help would be no document."""
    ran = run("--json")

    assert ran.code == 2
    assert ran.json["exit_code"] == 2
    assert "a command is needed" in ran.json["error"]


def test_exceptions_say_their_own_code_before_their_kind_does():
    """A `TimeoutError` with a code of its own keeps it."""

    class OursError(TimeoutError):
        exit_code = 6

    assert exit_code_of(OursError()) == ExitCode.NOT_RUNNING
    assert exit_code_of(TimeoutError()) == ExitCode.TIMEOUT
    assert exit_code_of(RuntimeError()) == ExitCode.ERROR


def test_arguments_come_from_the_process_when_none_are_given(monkeypatch, capsys):
    """As the installed script calls it."""
    monkeypatch.setattr("sys.argv", ["tradecore", "--version"])

    assert main() == 0
    assert capsys.readouterr().out.startswith("tradecore ")


STRATEGY = """
import tradecore as tc

class Größe(tc.AbstractStrategy):
    pass
"""


def test_text_beyond_the_locale_is_escaped(run_apart, tmp_path, monkeypatch):
    """A name from anywhere can be printed on any terminal."""
    monkeypatch.setenv("PYTHONIOENCODING", "ascii")
    (tmp_path / "s.py").write_text(STRATEGY, "utf-8")

    named = ("--data", "sample", "--fees", "zero", "--latency", "zero")
    ran = run_apart("backtest", "s.py", *named)

    assert ran.err == ""
    assert ran.code == 0
    assert ran.out.startswith("Gr\\xf6\\xdfe on btcusdt.tape")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full: not present")
@pytest.mark.parametrize("arguments", [["doctor"], ["doctor", "--json"], ["--version"]])
def test_output_that_cannot_be_written_is_an_error_without_a_traceback(arguments):
    """A full disk is named, once."""
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "tradecore", *arguments],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "PYTHONUNBUFFERED": ""},
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )

    assert (done.returncode, done.stderr) == (1, "error: no space left on device\n")


@pytest.mark.parametrize(
    "arguments", [["--version"], ["--help"], ["doctor"], ["doctor", "--json"], ["macth", "--json"]]
)
def test_a_reader_who_has_gone_is_no_news(arguments):
    """`tradecore ... | head` prints no error about the pipe."""
    reader, writer = os.pipe()
    os.close(reader)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "tradecore", *arguments],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "PYTHONUNBUFFERED": ""},
            stdout=writer,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    finally:
        os.close(writer)

    assert done.returncode in {1, 2}
    assert "ipe" not in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="a shell closes the descriptor")
def test_a_closed_standard_output_is_thrown_away():
    """As a service may start it."""
    done = subprocess.run(
        ["/bin/sh", "-c", '"$0" -m tradecore config --help >&-', sys.executable],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "PYTHONUNBUFFERED": ""},
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, "")
