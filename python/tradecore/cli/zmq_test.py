"""`tradecore zmq-test`: whether somebody answers at each endpoint of a file."""

from __future__ import annotations

import typer

from tradecore.cli.exit_codes import ExitCode
from tradecore.cli.output import JsonOption, Output
from tradecore.cli.process_options import FileArgument, read
from tradecore.processes.probe import probe_bus
from tradecore.processes.settings import kind_of

__all__ = ["zmq_test"]


def zmq_test(ini: FileArgument, *, json: JsonOption = False) -> None:
    """Try every endpoint of a process's file; 6 if nobody answers at any."""
    kind = kind_of(ini)
    if kind is None:
        raise typer.BadParameter(f"a file is named after its process, as trader.ini: {ini.name}")
    settings = read(kind, ini)
    endpoints = settings.endpoints()
    answers = probe_bus(endpoints, curve=settings.curve)
    out = Output(json=json)
    out.table(
        ["key", "endpoint", "", "detail"],
        [
            (answer.name, endpoints[answer.name], "ok" if answer.is_ok else "FAILED", answer.detail)
            for answer in answers
        ],
    )
    out.value({"endpoints": endpoints, "answers": answers})
    if not any(answer.is_ok for answer in answers):
        raise typer.Exit(ExitCode.NOT_RUNNING)
    if not all(answer.is_ok for answer in answers):
        raise typer.Exit(ExitCode.ERROR)
