"""The commands as one program."""

from __future__ import annotations

from itertools import takewhile
from typing import TYPE_CHECKING, Annotated, Final

import typer

from tradecore.cli.commands import COMMANDS, LazyGroup
from tradecore.cli.exit_codes import ExitCode
from tradecore.cli.output import JsonOption  # noqa: TC001 - typer reads it
from tradecore.cli.version import print_version

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["app", "run"]

app: Final = typer.Typer(
    cls=LazyGroup,
    name="tradecore",
    add_completion=False,
    invoke_without_command=True,
)


@app.callback()
def root(
    context: typer.Context,
    *,
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
    json: JsonOption = False,
    verbose: Annotated[
        bool, typer.Option("--verbose", help="Print the traceback of an unexpected error.")
    ] = False,
) -> None:
    """Order book, matching engine, backtests and strategies on a Rust core."""
    del verbose  # `main` has looked for it already: it must hold while this is parsed, too
    if version:
        print_version(as_json=json)
        raise typer.Exit(ExitCode.OK)
    if context.invoked_subcommand is None and json:
        raise typer.BadParameter(f"a command is needed: one of {', '.join(COMMANDS)}")
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())
        raise typer.Exit(ExitCode.USAGE)


def run(arguments: Sequence[str]) -> object:
    """Run a command line; usage errors and whatever a command raises come out as exceptions."""
    command = typer.main.get_command(app)
    try:
        args = _json_last(arguments)
        result: object = command.main(args=args, prog_name="tradecore", standalone_mode=False)
    except typer.Abort as abort:
        raise KeyboardInterrupt from abort
    if result == ExitCode.INTERRUPTED:  # what typer makes of Ctrl-C
        raise KeyboardInterrupt
    return result


def _json_last(arguments: Sequence[str]) -> list[str]:
    """Hand a `--json` before the command to the command, which is what prints."""
    leading = list(takewhile({"--json", "--verbose"}.__contains__, arguments))
    rest = list(arguments[len(leading) :])
    if "--json" not in leading or not rest:
        return leading + rest
    return [*(flag for flag in leading if flag != "--json"), *rest, "--json"]
