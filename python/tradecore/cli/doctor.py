"""`tradecore doctor`: is this machine, and this installation, fit to trade."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - typer reads it
from typing import Annotated

import typer

from tradecore.cli.checks import State, every_check
from tradecore.cli.exit_codes import ExitCode
from tradecore.cli.output import JsonOption, Output

__all__ = ["doctor"]


def doctor(
    data: Annotated[
        list[Path] | None,
        typer.Argument(metavar="FILE...", help="Recordings that must be readable."),
    ] = None,
    *,
    json: JsonOption = False,
) -> None:
    """Check this machine and installation; exit code 1 if something must be mended."""
    checks = list(every_check(data or ()))
    out = Output(json=json)
    out.table(
        ["check", "state", "found"],
        [(check.name, check.state.value, check.detail) for check in checks],
    )
    failed = sum(check.state is State.FAIL for check in checks)
    out.line()
    out.line("all is well" if not failed else f"{failed} to mend")
    out.value({"ok": not failed, "checks": checks})
    if failed:
        raise typer.Exit(ExitCode.ERROR)
