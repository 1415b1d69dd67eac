"""`tradecore trading-engine`: the process that holds the key and sends orders."""

from __future__ import annotations

import asyncio
from pathlib import Path  # noqa: TC003 - typer reads it
from typing import TYPE_CHECKING, Annotated

import typer

from tradecore.cli.exit_codes import ExitCode
from tradecore.cli.output import JsonOption, Output
from tradecore.cli.process_options import (
    DaemonOption,
    ExchangeArgument,
    LevelOption,
    VerboseOption,
    read,
    run,
)
from tradecore.processes.probe import probe_auth, probe_websocket
from tradecore.processes.settings import EngineSettings
from tradecore.telemetry import configure_logging

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tradecore.processes.probe import Answer

__all__ = ["trading_engine"]


def trading_engine(
    exchange: ExchangeArgument,
    ini: Annotated[
        Path | None,
        typer.Argument(metavar="[INI]", help="The process's file; only tests go without."),
    ] = None,
    *,
    daemon: DaemonOption = False,
    log_level: LevelOption = None,
    verbose: VerboseOption = False,
    test_auth: Annotated[
        bool, typer.Option("--test-auth", help="Try the key, send no order, and end.")
    ] = False,
    test_websocket: Annotated[
        bool, typer.Option("--test-websocket", help="Try the connections, and end.")
    ] = False,
    json: JsonOption = False,
) -> None:
    """Send the orders of every trader to a venue, within limits, and follow each up."""
    is_test = test_auth or test_websocket
    if ini is None and not is_test:
        raise typer.BadParameter("an engine has a file: trading-engine EXCHANGE INI")
    level = log_level or ("ERROR" if is_test and not verbose else None)
    settings = read("trading_engine", ini, exchange=exchange, log_level=level, verbose=verbose)
    if is_test and isinstance(settings, EngineSettings):
        _test(settings, auth=test_auth, websocket=test_websocket, json=json)
        return
    run("trading_engine", settings, daemon=daemon, json=json, file=ini)


def _test(settings: EngineSettings, *, auth: bool, websocket: bool, json: bool) -> None:
    configure_logging(settings.global_.log_level, json=True)
    answers: list[Answer] = []
    if auth:
        answers += asyncio.run(probe_auth(settings))
    if websocket:
        answers += asyncio.run(probe_websocket(settings))
    _print(answers, json=json)


def _print(answers: Sequence[Answer], *, json: bool) -> None:
    out = Output(json=json)
    out.table(
        ["what", "", "detail"],
        [(answer.name, "ok" if answer.is_ok else "FAILED", answer.detail) for answer in answers],
    )
    out.value({"answers": answers})
    if not all(answer.is_ok for answer in answers):
        raise typer.Exit(ExitCode.ERROR)
