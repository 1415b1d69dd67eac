"""`tradecore simulate`: a local exchange that speaks a real venue's protocol."""

from __future__ import annotations

import asyncio
import secrets
import signal
import sys
from decimal import Decimal, InvalidOperation
from pathlib import Path  # noqa: TC003 - typer reads it
from typing import Annotated

import typer
from pydantic import SecretStr

from tradecore.cli.output import JsonOption, Output
from tradecore.core import InputError
from tradecore.runs.journal import RunJournal
from tradecore.simulation.faults import Faults
from tradecore.simulation.kept import KeptOrders
from tradecore.simulation.local import make_binance
from tradecore.simulation.server import LocalExchange
from tradecore.telemetry.clock import SystemClock
from tradecore.telemetry.logs import configure_logging

__all__ = ["app"]

app = typer.Typer(no_args_is_help=True, help="Run a local exchange.")

PORT = 18_080


@app.callback()
def simulate() -> None:
    """Run a local exchange that speaks a real venue's protocol; no network, no account there."""


@app.command()
def binance(
    *,
    port: Annotated[int, typer.Option(min=0, max=65_535, help="0 for any free one.")] = PORT,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    flow: Annotated[
        str, typer.Option(metavar="none|synthetic|FILE", help="The market in the background.")
    ] = "synthetic",
    faults: Annotated[
        str, typer.Option(metavar="SPEC", help="Faults, such as error_5xx_after:0.05,gap:0.01.")
    ] = "",
    key: Annotated[str, typer.Option(help="An API key; one is made unless given.")] = "",
    secret: Annotated[
        str,
        typer.Option(
            help="Its HMAC secret; made unless given.", envvar="TRADECORE_SIMULATE_SECRET"
        ),
    ] = "",
    deposit: Annotated[str, typer.Option(help="USDT the account starts with.")] = "100000",
    seed: Annotated[int, typer.Option(help="Chooses all that is left to chance.")] = 1,
    unlimited: Annotated[
        bool, typer.Option("--unlimited", help="Count requests, but refuse none.")
    ] = False,
    journal: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="A new file that keeps the account's orders, for `compare`."
        ),
    ] = None,
    json: JsonOption = False,
) -> None:
    """Serve Binance USDⓈ-M futures on one port: REST, streams, the WebSocket API."""
    configure_logging("WARNING")
    if bool(key) != bool(secret):
        raise InputError("a key and its secret are given together, or both are made")
    has_made = not key
    named = key or secrets.token_hex(32)
    hidden = SecretStr(secret or secrets.token_hex(32))
    switched = Faults(seed=seed)
    switched.switch_all(faults)
    clock = SystemClock()
    dialect, background = make_binance(
        keys={named: hidden},
        deposit=_money(deposit),
        flow=flow,
        faults=switched,
        seed=seed,
        is_unlimited=unlimited,
        now_ns=clock.now_ns(),
    )
    exchange = LocalExchange(dialect, clock, flow=background, host=host, port=port)
    exchange.bind()
    if journal is not None:
        dialect.kept = KeptOrders(
            RunJournal(journal),
            dialect.service,
            dialect.keys.accounts(),
            venue="binance",
            now_ns=clock.now_ns(),
        )
    out = Output(json=json)
    _tell(out, exchange, named, hidden if has_made else None)
    try:
        asyncio.run(_serve(exchange))
    finally:
        if dialect.kept is not None:
            dialect.kept.end(clock.now_ns())


def _money(text: str) -> Decimal:
    try:
        value = Decimal(text)
    except InvalidOperation as error:
        raise InputError(f"a deposit is a number above 0: {text!r}") from error
    if not value.is_finite() or value <= 0:
        raise InputError(f"a deposit is a number above 0: {text!r}")
    return value


def _tell(out: Output, exchange: LocalExchange, key: str, secret: SecretStr | None) -> None:
    """Print where it is and, only where it was made here, the secret."""
    at = f"{exchange.host}:{exchange.port}"
    urls = {
        "rest": f"http://{at}",
        "public": f"ws://{at}/public/ws",
        "market": f"ws://{at}/market/ws",
        "private": f"ws://{at}/private/ws",
        "api": f"ws://{at}/ws-fapi/v1",
        "faults": f"http://{at}/simulate/faults",
        "replay": f"http://{at}/simulate/replay",
    }
    made = {} if secret is None else {"secret": secret.get_secret_value()}
    out.value({"host": exchange.host, "port": exchange.port, "key": key, **made, "urls": urls})
    out.line(f"binance local exchange on {at}")
    out.line(f"key     {key}")
    for name, value in made.items():
        out.line(f"{name}  {value}")
    for name, url in urls.items():
        out.line(f"{name:8}{url}")
    sys.stdout.flush()


async def _serve(exchange: LocalExchange) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, exchange.stop)
    await exchange.run()
