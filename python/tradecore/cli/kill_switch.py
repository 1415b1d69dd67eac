"""`tradecore kill-switch`: who may not trade at a venue that runs, and who may again."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from tradecore.cli.output import JsonOption, Output
from tradecore.cli.venue_api import PortOption, venue_api

# typer reads them
from tradecore.cli.venue_people import ChangeOption, ConfigOption, DataOption  # noqa: TC001

if TYPE_CHECKING:
    from tradecore.cli.venue_api import VenueApi

__all__ = ["kill_switch"]

PATH = "/admin/kill-switch"


class State(StrEnum):
    """How a scope may trade."""

    ACTIVE = "active"
    REDUCING = "reducing"
    HALTED = "halted"


class Scope(StrEnum):
    """What is stopped."""

    GLOBAL = "global"
    ACCOUNT = "account"
    USER = "user"
    STRATEGY = "strategy"
    SYMBOL = "symbol"


def kill_switch(
    state: Annotated[
        State | None,
        typer.Argument(help="How the scope may trade from now on; without it, who is stopped now."),
    ] = None,
    *,
    scope: Annotated[Scope, typer.Option(help="What is stopped.")] = Scope.GLOBAL,
    id_: Annotated[
        str | None,
        typer.Option(
            "--id",
            metavar="ID",
            help="Which account, user or symbol; a strategy is ACCOUNT/NAME.",
        ),
    ] = None,
    cancel: Annotated[
        bool, typer.Option("--cancel", help="Take out the scope's live orders as well.")
    ] = False,
    reason: Annotated[
        str | None,
        typer.Option("--reason", metavar="TEXT", help="Why; it stands in the audit log."),
    ] = None,
    config: ConfigOption = None,
    data: DataOption = None,
    change: ChangeOption = None,
    port: PortOption = None,
    json: JsonOption = False,
) -> None:
    """Stop everybody, an account, a user, a strategy or a symbol, or let them trade again."""
    if state is None:
        _show(venue_api(config, data, change, port), Output(json=json))
        return
    if reason is None:
        raise typer.BadParameter("whoever stops trading, or lets it go on, says why: --reason")
    body = {
        "scope": scope.value,
        "id": id_,
        "state": state.value,
        "cancelOpenOrders": cancel,
        "reason": reason,
    }
    done = venue_api(config, data, change, port).ask("POST", PATH, body)
    out, whose = Output(json=json), scope.value if id_ is None else f"{scope.value} {id_}"
    out.line(f"{whose}: {done['tradingState']}; orders taken out: {done['cancelled']}")
    out.value(done)


def _show(venue: VenueApi, out: Output) -> None:
    found = venue.ask("GET", PATH)["data"]
    if not found:
        out.line("everybody may trade")
    else:
        out.table(
            ["scope", "id", "state"],
            [(one["scope"], one["id"] or "", one["tradingState"]) for one in found],
        )
    out.value(found)
