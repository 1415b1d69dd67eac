"""`tradecore market-server`: follows a venue's public data and publishes it."""

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

__all__ = ["market_server"]


def market_server(
    exchange: ExchangeArgument,
    ini: FileArgument,
    *,
    daemon: DaemonOption = False,
    log_level: LevelOption = None,
    verbose: VerboseOption = False,
    json: JsonOption = False,
) -> None:
    """Follow a venue's public data and publish it."""
    settings = read("market_server", ini, exchange=exchange, log_level=log_level, verbose=verbose)
    run("market_server", settings, daemon=daemon, json=json, file=ini)
