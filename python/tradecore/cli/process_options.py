"""What the commands of processes have in common."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tradecore.cli.output import Output
from tradecore.processes.launch import Launch, health_address, launch, process_name
from tradecore.processes.settings import KINDS, load_process

if TYPE_CHECKING:
    from collections.abc import Callable

    from tradecore.processes.settings import EngineSettings, ProcessSettings
    from tradecore.strategy import AbstractStrategy

__all__ = [
    "DaemonOption",
    "ExchangeArgument",
    "FileArgument",
    "LevelOption",
    "VerboseOption",
    "read",
    "run",
]

ExchangeArgument = Annotated[str, typer.Argument(metavar="EXCHANGE", help="Venue, as BINANCE.")]
FileArgument = Annotated[Path, typer.Argument(metavar="INI", help="The process's file.")]
DaemonOption = Annotated[bool, typer.Option("--daemon", help="Leave the terminal.")]
LevelOption = Annotated[
    str | None,
    typer.Option("--log-level", metavar="LEVEL", help="DEBUG, INFO, WARNING, ERROR or CRITICAL."),
]
VerboseOption = Annotated[bool, typer.Option("--verbose", help="The same as --log-level DEBUG.")]


def read(
    kind: str,
    file: Path | None,
    *,
    exchange: str | None = None,
    log_level: str | None = None,
    verbose: bool = False,
) -> ProcessSettings:
    """Read a process's file with the command line over it, and tell what is unwise in it."""
    level = "DEBUG" if verbose and log_level is None else log_level
    overrides = [] if level is None else [f"global.log_level={level}"]
    loaded = load_process(KINDS[kind], file, exchange=exchange, overrides=overrides)
    for warning in loaded.warnings:
        typer.echo(f"warning: {warning}", err=True)
    return loaded.settings


def run(
    kind: str,
    settings: ProcessSettings,
    *,
    daemon: bool,
    json: bool,
    file: Path | None = None,
    strategy: Callable[[], AbstractStrategy] | None = None,
    engine: tuple[Path, EngineSettings] | None = None,
) -> None:
    """Run a process until it ends; of a daemon, tell that it began."""
    if engine is None:
        credentials = _credentials(kind, settings, file)
    else:
        credentials = _credentials("trading_engine", engine[1], engine[0])
    asked = Launch(
        kind=kind,
        settings=settings,
        is_daemon=daemon,
        strategy=strategy,
        engine=None if engine is None else engine[1],
        credentials=credentials,
    )
    asking = os.getpid()
    code = launch(asked)
    # A daemon comes back here too, when it has ended.
    if daemon and code == 0 and os.getpid() == asking:
        out = Output(json=json)
        name = process_name(kind, settings)
        host, port = health_address(kind, settings)
        log = settings.global_.log_file or f"logs/{name}.log"
        out.line(f"{name} runs; its log is {log}")
        out.value({"process": name, "log": log, "health": f"http://{host}:{port}/health/ready"})
    raise typer.Exit(code)


def _credentials(
    kind: str, settings: ProcessSettings, file: Path | None
) -> tuple[Callable[[], object], int] | None:
    """Return how the key is read again, and how often; `None` where there is none."""
    http = getattr(settings, "http_api", None)
    if file is None or http is None or getattr(settings.global_, "api_key", None) is None:
        return None

    def again() -> object:
        identity = load_process(KINDS[kind], file).settings.global_
        return getattr(identity, "api_key", None), getattr(identity, "api_secret", None)

    return again, http.refresh_credentials_interval_ms
