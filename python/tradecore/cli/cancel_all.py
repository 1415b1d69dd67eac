"""`tradecore cancel-all`: takes resting orders out of a venue when no engine is there to do it."""

from __future__ import annotations

import asyncio
from pathlib import Path  # noqa: TC003 - typer reads it
from typing import TYPE_CHECKING, Annotated

import typer

from tradecore.cli.exit_codes import ExitCode
from tradecore.cli.output import JsonOption, Output
from tradecore.cli.process_options import ExchangeArgument, LevelOption, read
from tradecore.processes.cancel_all import WAIT_S
from tradecore.processes.cancel_all import cancel_all as sweep_venue
from tradecore.processes.settings import EngineSettings
from tradecore.telemetry import configure_logging

if TYPE_CHECKING:
    from tradecore.processes.cancel_all import Sweep

__all__ = ["cancel_all"]


def cancel_all(
    exchange: ExchangeArgument,
    ini: Annotated[Path, typer.Argument(metavar="INI", help="The trading engine's file.")],
    *,
    symbol: Annotated[
        str | None, typer.Option("--symbol", metavar="S", help="Only this instrument's.")
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Every order of the account, not only ours (`tc-`).")
    ] = False,
    wait: Annotated[
        float, typer.Option("--wait", min=0.1, max=600, help="Seconds it may take.")
    ] = WAIT_S,
    log_level: LevelOption = None,
    json: JsonOption = False,
) -> None:
    """Cancel this installation's resting orders by HTTP; needs no process of ours to run.

    Ends with 0 if the venue lists none in the end, 1 if some are left, 4 if the file is wrong,
    5 if time was up. A running engine is not stopped by it: stop that first.
    """
    settings = read("trading_engine", ini, exchange=exchange, log_level=log_level or "ERROR")
    if not isinstance(settings, EngineSettings):
        raise typer.BadParameter(f"a trading engine's file is needed: {ini}")
    configure_logging(settings.global_.log_level, json=True)
    sweep = asyncio.run(sweep_venue(settings, symbol=symbol, strangers=everything, wait_s=wait))
    _print(sweep, json=json)
    if sweep.is_late:
        raise typer.Exit(ExitCode.TIMEOUT)
    if sweep.left or sweep.problem:
        raise typer.Exit(ExitCode.ERROR)


def _print(sweep: Sweep, *, json: bool) -> None:
    out = Output(json=json)
    if sweep.orders:
        out.table(
            ["outcome", "symbol", "side", "quantity", "price", "kind", "id", "detail"],
            [
                (
                    order.outcome,
                    order.symbol,
                    order.side,
                    order.quantity,
                    order.price,
                    order.kind,
                    order.client_order_id,
                    order.detail,
                )
                for order in sweep.orders
            ],
            right=["quantity", "price"],
        )
    ended = len(sweep.orders) - len(sweep.left)
    why = f": {sweep.problem}" if sweep.problem else ""
    out.line(f"{ended} canceled or gone, {len(sweep.left)} left{why}")
    out.value(
        {
            "canceled": [order for order in sweep.orders if order.outcome == "canceled"],
            "gone": [order for order in sweep.orders if order.outcome == "gone"],
            "left": sweep.left,
            "problem": sweep.problem,
        }
    )
