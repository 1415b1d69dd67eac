"""The commands, found by name and imported only when called."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

import typer
from typer.core import TyperCommand, TyperGroup

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["COMMANDS", "Command", "LazyGroup", "MissingCommandError"]


class MissingCommandError(ImportError):
    """A command whose module this build does not have."""

    exit_code = 1


@dataclass(frozen=True, slots=True)
class Command:
    """Where a command lives, and what it is for.

    Args:
        target: `package.module:name` of a function or a `typer.Typer`.
        summary: One sentence for the list of commands.
    """

    target: str
    summary: str


COMMANDS: Final[Mapping[str, Command]] = MappingProxyType(
    {
        "demo": Command("tradecore.cli.demo:demo", "Show everything at work, offline, in seconds."),
        "new": Command("tradecore.cli.new:new", "Make a strategy project that runs."),
        "backtest": Command(
            "tradecore.cli.backtest:backtest", "Run a strategy on a recorded market."
        ),
        "sweep": Command(
            "tradecore.cli.sweep:sweep", "Run a strategy with many settings over every core."
        ),
        "calibrate": Command(
            "tradecore.cli.calibrate:calibrate", "Judge queue models by orders whose fate is known."
        ),
        "drill": Command(
            "tradecore.cli.drill:drill", "Hurt a strategy with every fault a venue may have."
        ),
        "match": Command(
            "tradecore.cli.match:match", "Match orders: JSON lines in, JSON lines out."
        ),
        "replay": Command(
            "tradecore.cli.replay:replay", "Rebuild a book from a recording and compare it."
        ),
        "rerun": Command("tradecore.cli.rerun:rerun", "Run a strategy again from a run's journal."),
        "compare": Command(
            "tradecore.cli.compare:compare", "Say how two runs of one period differ, and why."
        ),
        "record": Command("tradecore.cli.record:record", "Record a venue's public data on a tape."),
        "convert": Command(
            "tradecore.cli.convert:convert", "Write recordings of others as a tape."
        ),
        "simulate": Command(
            "tradecore.cli.simulate:app", "Run a local exchange that speaks Binance."
        ),
        "venue": Command("tradecore.cli.venue:venue", "Run an exchange of your own."),
        "bench": Command("tradecore.cli.bench:bench", "Measure the core on this machine."),
        "market-server": Command(
            "tradecore.cli.market_server:market_server",
            "Follow a venue's public data and publish it.",
        ),
        "trading-engine": Command(
            "tradecore.cli.trading_engine:trading_engine",
            "Send the orders of every trader to a venue.",
        ),
        "position-server": Command(
            "tradecore.cli.position_server:position_server",
            "Keep an account's positions, balances and profit.",
        ),
        "trader": Command("tradecore.cli.trader:trader", "Run a strategy live."),
        "up": Command("tradecore.cli.up:up", "Run every process of a folder."),
        "cancel-all": Command(
            "tradecore.cli.cancel_all:cancel_all",
            "Take resting orders out of a venue, engine or not.",
        ),
        "zmq-test": Command(
            "tradecore.cli.zmq_test:zmq_test", "Try the endpoints of a process's file."
        ),
        "config": Command("tradecore.cli.config:app", "Check, show or start a configuration."),
        "users": Command("tradecore.cli.users:app", "Who may log in to a venue."),
        "keys": Command("tradecore.cli.keys:app", "API keys of a venue's users."),
        "instruments": Command("tradecore.cli.instruments:app", "What a venue that runs trades."),
        "kill-switch": Command(
            "tradecore.cli.kill_switch:kill_switch", "Stop trading at a venue, or let it go on."
        ),
        "audit": Command("tradecore.cli.audit:app", "Check and read the audit log of a venue."),
        "backup": Command("tradecore.cli.backup:backup", "Save the folder of a venue to a file."),
        "restore": Command("tradecore.cli.backup:restore", "Make a venue's folder from a file."),
        "journal": Command("tradecore.cli.journal:app", "Look at the journal of a venue."),
        "db": Command("tradecore.cli.db:app", "Look after a venue's records."),
        "doctor": Command("tradecore.cli.doctor:doctor", "Check this machine and installation."),
    }
)


class LazyGroup(TyperGroup):
    """A group that knows its commands by name and summary until one is called.

    Listing them in `--help` imports none of them, so one that is broken hides no other.
    """

    def __init__(self, **settings: Any) -> None:  # noqa: ANN401 - typer's own, handed through
        super().__init__(**settings)
        for name, command in COMMANDS.items():
            self.add_command(TyperCommand(name, help=command.summary), name)

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ANN401
        """Return the names in the order of the table."""
        del ctx
        return list(COMMANDS)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:  # noqa: ANN401
        """Return the command itself, imported now."""
        name, _, rest = super().resolve_command(ctx, args)
        return name, None if name is None else _imported(name), rest


def _imported(name: str) -> object:
    module_name, _, attribute = COMMANDS[name].target.partition(":")
    try:
        target = getattr(importlib.import_module(module_name), attribute, None)
    except ModuleNotFoundError as error:
        if error.name != module_name:
            raise
        raise MissingCommandError(f"this build has no command {name!r}: {error}") from error
    if target is None:
        place = f"no {attribute!r} in {module_name}"
        raise MissingCommandError(f"this build has no command {name!r}: {place}")
    if isinstance(target, typer.Typer):
        return typer.main.get_command(target)
    app = typer.Typer(add_completion=False)
    app.command(name)(target)
    return typer.main.get_command(app)
