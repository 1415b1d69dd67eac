"""`tradecore new NAME`: a strategy project that runs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tradecore.cli.output import JsonOption, Output
from tradecore.cli.scaffold import FILES, write_project
from tradecore.core import InputError

__all__ = ["new"]


def new(
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="Name of the project and of its folder.")
    ],
    *,
    json: JsonOption = False,
) -> None:
    """Make a strategy project that runs, in a new folder."""
    try:
        folder = write_project(name, Path.cwd())
    except InputError as error:
        raise typer.BadParameter(str(error), param_hint="NAME") from error
    out = Output(json=json)
    out.line(f"made {name}: {', '.join(FILES)}")
    out.line()
    out.line(f"  cd {name}")
    out.line("  tradecore backtest strategy.py --config run.ini")
    out.value({"folder": str(folder), "files": FILES})
