"""Commands are known by name, and imported when called."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from tradecore.cli import commands
from tradecore.cli.app import app
from tradecore.cli.commands import COMMANDS, Command


@pytest.fixture
def with_command(monkeypatch):
    """Return a function that adds a command to the table."""

    def with_command(name: str, target: str) -> None:
        table = {**COMMANDS, name: Command(target, "Something.")}
        monkeypatch.setattr(commands, "COMMANDS", table)

    return with_command


def test_a_command_that_is_not_there_only_fails_when_called(with_command, run):
    """Listing the commands imports none of them."""
    with_command("later", "tradecore.cli.later:later")

    listed, called = run("--help"), run("later")

    assert (listed.code, called.code) == (0, 1)
    assert "later" in listed.out
    assert called.err == (
        "error: this build has no command 'later': No module named 'tradecore.cli.later'\n"
    )


def test_a_command_without_its_function_is_told(with_command, run):
    """The module is there, the name is not."""
    with_command("later", "tradecore.cli.version:later")

    assert run("later").err == (
        "error: this build has no command 'later': no 'later' in tradecore.cli.version\n"
    )


def test_a_module_that_a_command_needs_is_named_itself(with_command, run, tmp_path, monkeypatch):
    """A missing dependency is not a missing command."""
    (tmp_path / "needs_more.py").write_text("import a_package_nobody_has\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    with_command("later", "needs_more:later")

    assert "No module named 'a_package_nobody_has'" in run("later").err
    assert "this build has no command" not in run("later").err


def test_commands_run_under_typers_own_runner(tmp_path):
    """The program is an ordinary typer application."""
    result = CliRunner().invoke(app, ["config", "init", str(tmp_path / "x.ini"), "--json"])

    assert result.exit_code == 0
    assert json.loads(result.output) == {"file": str(tmp_path / "x.ini")}


def imported(ran) -> set[str]:
    """Return the top-level packages a process imported, from what `-X importtime` wrote."""
    lines = [line.rsplit("|", 1)[1].strip() for line in ran.err.splitlines() if "|" in line]
    return {line.split(".")[0] for line in lines}


@pytest.mark.parametrize(
    ("arguments", "heavy"),
    [
        (["--version"], {"numpy", "pydantic", "rich", "structlog", "typer", "yaml", "asyncio"}),
        (["match", "none.jsonl"], {"numpy", "rich", "structlog", "yaml", "asyncio"}),
        (["config", "check", "none.ini"], {"numpy", "rich", "structlog", "asyncio"}),
    ],
)
def test_a_command_imports_nothing_heavy_that_it_does_not_use(run_apart, arguments, heavy):
    """What is not imported is not waited for."""
    ran = run_apart(*arguments, python=("-X", "importtime", "-m", "tradecore"))

    assert not imported(ran) & heavy


def test_the_import_of_the_package_is_light(run_apart):
    """`import tradecore` brings in neither numpy nor pydantic nor structlog."""
    ran = run_apart(python=("-X", "importtime", "-c", "import tradecore"))

    assert "tradecore" in imported(ran)
    assert not imported(ran) & {"numpy", "pydantic", "structlog", "rich", "typer"}
