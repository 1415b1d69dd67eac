"""`tradecore trader`: the process that runs a strategy."""

from __future__ import annotations

from functools import partial
from pathlib import Path  # noqa: TC003 - typer reads it
from typing import Annotated

import typer

from tradecore.cli.output import JsonOption  # noqa: TC001 - typer reads them
from tradecore.cli.process_options import (
    DaemonOption,
    FileArgument,
    LevelOption,
    VerboseOption,
    read,
    run,
)
from tradecore.cli.strategy_file import find_strategy
from tradecore.processes.settings import EngineSettings, TraderSettings

__all__ = ["trader"]


def trader(
    ini: FileArgument,
    *,
    one_process: Annotated[
        Path | None,
        typer.Option(
            "--one-process",
            metavar="ENGINE_INI",
            help="A trading engine's file: market, strategy and orders in this process, no bus.",
        ),
    ] = None,
    daemon: DaemonOption = False,
    log_level: LevelOption = None,
    verbose: VerboseOption = False,
    json: JsonOption = False,
) -> None:
    """Run a strategy on the market server's data through the trading engine.

    With `--one-process` it needs neither: the connector, the limits, the journal and the orders of
    the engine's file are in this process.
    """
    settings = read("trader", ini, log_level=log_level, verbose=verbose)
    assert isinstance(settings, TraderSettings), "Invariant: a kind has its settings"  # noqa: S101
    told = settings.strategy
    kind = find_strategy(told.class_, folder=ini.parent)
    # Settings that the strategy does not take are told before anything is opened.
    kind.from_params(told.params)
    run(
        "trader",
        settings,
        daemon=daemon,
        json=json,
        strategy=partial(kind.from_params, told.params),
        engine=None if one_process is None else (one_process, _engine(one_process, verbose)),
    )


def _engine(file: Path, verbose: bool) -> EngineSettings:  # noqa: FBT001 - one of ours
    settings = read("trading_engine", file, verbose=verbose)
    assert isinstance(settings, EngineSettings), "Invariant: a kind has its settings"  # noqa: S101
    return settings
