"""`tradecore trader`: the process that runs a strategy."""

from __future__ import annotations

from functools import partial

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
from tradecore.processes.settings import TraderSettings

__all__ = ["trader"]


def trader(
    ini: FileArgument,
    *,
    daemon: DaemonOption = False,
    log_level: LevelOption = None,
    verbose: VerboseOption = False,
    json: JsonOption = False,
) -> None:
    """Run a strategy on the market server's data through the trading engine."""
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
    )
