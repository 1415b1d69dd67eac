"""`tradecore venue`: an exchange of one's own, behind HTTP and WebSocket."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import signal
import sys
from pathlib import Path  # noqa: TC003 - typer reads it
from typing import TYPE_CHECKING, Annotated, Final

import typer

from tradecore.cli.output import JsonOption, Output
from tradecore.telemetry.clock import SystemClock
from tradecore.telemetry.logs import configure_logging

if TYPE_CHECKING:
    from collections.abc import Callable

    from tradecore.gateway.native import NativeDoor
    from tradecore.gateway.opening import OpenVenue
    from tradecore.gateway.server import VenueServer

__all__ = ["venue"]

#: Libraries that tell of each thing they do; what goes wrong in them is told all the same.
_QUIET: Final = ("alembic", "uvicorn")
#: So many more objects are looked at for garbage: what is booked is seldom any.
GARBAGE_MIN: Final = 20_000


def venue(
    config: Annotated[
        Path | None, typer.Argument(help="Settings as INI or YAML; defaults without.")
    ] = None,
    *,
    data: Annotated[
        Path | None, typer.Option(help="Folder of the journal and the records.", metavar="DIR")
    ] = None,
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(min=0, max=65_535, help="0 for any free one.")] = None,
    change: Annotated[
        list[str] | None,
        typer.Option("--set", help="One more setting.", metavar="SECTION.KEY=VALUE"),
    ] = None,
    json: JsonOption = False,
) -> None:
    """Run a venue: accounts, books and orders, on the disk before they are answered.

    With nothing configured it keeps everything in a folder. The first start makes an
    administrator and an API key, and prints their secrets once.
    """
    from tradecore.gateway.settings import load_venue  # noqa: PLC0415 - needs no extra

    named = {"store.data": data, "server.host": host, "server.port": port}
    overrides = [f"{name}={value}" for name, value in named.items() if value is not None]
    loaded = load_venue(config, overrides=[*overrides, *(change or ())])
    from tradecore.gateway.app import make_app  # noqa: PLC0415 - needs the extra `venue`
    from tradecore.gateway.log_ring import LogRing  # noqa: PLC0415
    from tradecore.gateway.opening import open_venue  # noqa: PLC0415
    from tradecore.gateway.server import VenueServer  # noqa: PLC0415

    logs = LogRing(sys.stderr)
    configure_logging(loaded.settings.server.log_level, json=True, stream=logs.as_stream())
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    out = Output(json=json)
    for warning in loaded.warnings:
        typer.echo(f"warning: {warning}", err=True)
    opened = open_venue(loaded.settings, clock=SystemClock(), logs=logs, environ=os.environ)
    server = VenueServer(
        make_app(opened.gateway),
        opened,
        loaded.settings.server.host,
        loaded.settings.server.port,
    )
    server.bind()
    # What is open now lives to the end: looking at it again and again would hold up orders.
    gc.collect()
    gc.freeze()
    gc.set_threshold(GARBAGE_MIN)
    asyncio.run(_serve(server, lambda: _tell(out, server, opened)))


def _tell(out: Output, server: VenueServer, opened: OpenVenue) -> None:
    """Print where it is and, of a new venue, what opens it."""
    at = f"[{server.host}]" if ":" in server.host else server.host
    at = f"{at}:{server.port}"
    settings = opened.gateway.settings
    urls = {"rest": f"http://{at}", "streams": f"ws://{at}/ws"}
    native = opened.gateway.floor.native
    if native is not None:
        urls["order_entry"] = _order_entry(native)
    if settings.server.has_docs:
        urls["docs"] = f"http://{at}/docs"
    made = {}
    first = opened.bootstrap
    if first is not None:
        made = {
            "login": first.login,
            "password": first.password,
            "account": str(first.account),
            "api_key": first.key_id,
            "api_secret": first.key_secret,
            "token": _first_token(opened),
        }
    data = str(settings.store.data.resolve())
    symbols = [*opened.gateway.floor.service.state.instruments]
    out.value({"urls": urls, "data": data, "symbols": symbols, "first": made or None})
    out.line(f"venue on {at}, trading {' '.join(symbols)}")
    out.line(f"{'data':12}{data}")
    for name, url in urls.items():
        out.line(f"{name:12}{url}")
    if made:
        out.line()
        out.line("A new venue. This is shown once; the token lives ten minutes:")
        for name, value in made.items():
            out.line(f"{name:12}{value}")
    sys.stdout.flush()


def _order_entry(native: NativeDoor) -> str:
    """Return where orders are taken without Python."""
    host = native.server.host
    return f"http://{f'[{host}]' if ':' in host else host}:{native.server.port}"


def _first_token(opened: OpenVenue) -> str:
    """Return a token of the first key, which lives ten minutes."""
    first, clock = opened.bootstrap, opened.gateway.clock
    if first is None:
        return ""
    issued = opened.gateway.identity.issue_for_key(
        first.key_id, first.key_secret, "127.0.0.1", clock.now_ns()
    )
    return getattr(issued, "access_token", "")


async def _serve(server: VenueServer, tell: Callable[[], None]) -> None:
    """Serve until a signal; whoever reads what is told may send requests, or that signal."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, server.stop, signal.Signals(number).name)
    serving = loop.create_task(server.run())
    starting = loop.create_task(server.started())
    await asyncio.wait({serving, starting}, return_when=asyncio.FIRST_COMPLETED)
    if not serving.done():
        tell()
    starting.cancel()
    await serving
