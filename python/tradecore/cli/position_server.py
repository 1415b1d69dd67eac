"""`tradecore position-server`: keeps an account's positions, balances and profit."""

from __future__ import annotations

from tradecore.cli.output import JsonOption  # noqa: TC001 - typer reads them
from tradecore.cli.process_options import (
    DaemonOption,
    ExchangeArgument,
    FileArgument,
    LevelOption,
    VerboseOption,
    read,
    run,
)

__all__ = ["position_server"]


def position_server(
    exchange: ExchangeArgument,
    ini: FileArgument,
    *,
    daemon: DaemonOption = False,
    log_level: LevelOption = None,
    verbose: VerboseOption = False,
    json: JsonOption = False,
) -> None:
    """Keep an account's positions, balances and profit."""
    settings = read("position_server", ini, exchange=exchange, log_level=log_level, verbose=verbose)
    run("position_server", settings, daemon=daemon, json=json, file=ini)
