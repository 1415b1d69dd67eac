"""`tradecore up`: every process of a folder, started in order and kept alive."""

from __future__ import annotations

import asyncio
import os
from functools import partial
from pathlib import Path  # noqa: TC003 - typer reads it
from typing import Annotated

import typer

from tradecore.cli.output import JsonOption, Output
from tradecore.cli.process_options import (  # noqa: TC001 - typer reads them
    LevelOption,
    VerboseOption,
)
from tradecore.processes.supervisor import Supervisor, command_line, find_files
from tradecore.telemetry import SystemClock, configure_logging
from tradecore.transport.sd_notify import Notifier

__all__ = ["up"]


def up(
    folder: Annotated[Path, typer.Argument(metavar="CONFIG_DIR", help="Folder of INI files.")],
    *,
    check: Annotated[
        bool, typer.Option("--check", help="Only tell what would be started.")
    ] = False,
    log_level: LevelOption = None,
    verbose: VerboseOption = False,
    json: JsonOption = False,
) -> None:
    """Start every process of a folder in order, restart what ends, stop all in reverse."""
    files = find_files(folder)
    level = "DEBUG" if verbose and log_level is None else log_level
    arguments = [] if level is None else ["--log-level", level]
    command = partial(command_line, arguments=arguments)
    if check:
        out = Output(json=json)
        rows = [(file.kind, str(file.path), " ".join(command(file)[3:])) for file in files]
        out.table(["process", "file", "command"], rows)
        out.value({"processes": [{"kind": kind, "file": path} for kind, path, _ in rows]})
        return
    configure_logging(level or "INFO", json=True)

    async def supervise() -> int:
        notifier = Notifier(os.environ.get("NOTIFY_SOCKET", ""))
        return await Supervisor(files, clock=SystemClock(), command=command, notify=notifier).run()

    raise typer.Exit(asyncio.run(supervise()))
