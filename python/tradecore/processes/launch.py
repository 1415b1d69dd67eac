"""From a file to a running process: settings, logs, the host, the service, the exit code."""

from __future__ import annotations

import asyncio
import gc
import os
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tradecore.processes.daemon import PidFile, become_daemon
from tradecore.processes.host import Host, HostOptions
from tradecore.processes.market_server import MarketServer
from tradecore.processes.one_process import OneProcess
from tradecore.processes.position_server import PositionServer
from tradecore.processes.runs import RunFolder
from tradecore.processes.settings import (
    EngineSettings,
    MarketServerSettings,
    PositionServerSettings,
    TraderSettings,
)
from tradecore.processes.settings.bus import PORT_SHIFT
from tradecore.processes.settings.monitoring import HEALTH_PORTS
from tradecore.processes.trader import TraderProcess
from tradecore.processes.trading_engine import TradingEngine
from tradecore.processes.wiring import workers_of
from tradecore.telemetry import SystemClock, configure_logging
from tradecore.transport.eager_loop import eager_loop
from tradecore.transport.health import serve_health
from tradecore.transport.sd_notify import Notifier
from tradecore.transport.webhook import Webhook

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tradecore.processes.alerts import Alert
    from tradecore.processes.host import Service
    from tradecore.processes.settings import ProcessSettings
    from tradecore.processes.settings.monitoring import Monitoring
    from tradecore.strategy import AbstractStrategy

__all__ = ["Launch", "health_address", "launch", "process_name"]

_NEEDS: Final = {
    "market_server": ("venue", "clock", "books"),
    "position_server": ("account",),
    "trading_engine": ("venue", "clock", "journal", "reconciled"),
    "trader": ("engine", "strategy", "market"),
}
_NEEDS_OF_ALL: Final = ("venue", "clock", "journal", "reconciled", "strategy", "market")


@dataclass(frozen=True, slots=True, kw_only=True)
class Launch:
    """How a process is started.

    Args:
        kind: What it is.
        settings: What it was told.
        is_daemon: Whether it leaves the terminal.
        strategy: Makes the strategy of a trader.
        engine: What a trading engine would be told, where a trader does its work in one process.
        credentials: Reads the key again, and how often, in milliseconds; a process with another
            key ends, so that it is started with the new one.
    """

    kind: str
    settings: ProcessSettings
    is_daemon: bool = False
    strategy: Callable[[], AbstractStrategy] | None = None
    engine: EngineSettings | None = None
    credentials: tuple[Callable[[], object], int] | None = None


def process_name(kind: str, settings: ProcessSettings) -> str:
    """Return the name of a process: its own, or its kind and venue."""
    identity = settings.global_
    exchange = getattr(identity, "exchange_name", "")
    return identity.process_name or "_".join(filter(None, (kind, exchange.lower())))


def health_address(kind: str, settings: ProcessSettings) -> tuple[str, int]:
    """Return host and port where a process answers for its health."""
    monitoring = settings.monitoring
    if monitoring.health_port is not None:
        return monitoring.health_host, monitoring.health_port
    shift = PORT_SHIFT.get(getattr(settings.global_, "exchange_name", ""), 0)
    return monitoring.health_host, HEALTH_PORTS[kind] + shift


def launch(asked: Launch) -> int:
    """Run a process to its end and return its exit code; of a daemon, 0 once it has begun."""
    settings = asked.settings
    name = process_name(asked.kind, settings)
    folder = RunFolder.of(settings.journal.directory, name).path
    pid_file = PidFile(folder / "pid")
    log_file = settings.global_.log_file
    if asked.is_daemon:
        path = Path(log_file or f"logs/{name}.log")
        if become_daemon(path, pid_file.take) is not None:
            return 0
        log_file = None
    else:
        pid_file.take()
    try:
        with ExitStack() as stack:
            stream = None
            if log_file is not None:
                Path(log_file).parent.mkdir(parents=True, exist_ok=True)
                stream = stack.enter_context(Path(log_file).open("a", encoding="utf-8"))
            configure_logging(settings.global_.log_level, json=True, stream=stream)
            with asyncio.Runner(loop_factory=partial(loop_of, settings)) as runner:
                return runner.run(_run(asked, name, folder))
    finally:
        pid_file.release()


def loop_of(settings: ProcessSettings) -> asyncio.AbstractEventLoop:
    """Return the event loop a process is to run on."""
    return eager_loop(settings.performance.busy_poll_us * 1_000)


async def _run(asked: Launch, name: str, folder: Path) -> int:
    settings = asked.settings
    clock = SystemClock()
    notifier = Notifier(os.environ.get("NOTIFY_SOCKET", ""))
    webhook = _webhook(settings.monitoring)

    async def serve(host: Host) -> Callable[[], Awaitable[None]]:
        at = health_address(asked.kind, settings)
        registry = host.metrics.registry if settings.monitoring.enable_metrics else None
        server = await serve_health(*at, health=host.health, registry=registry, clock=clock)
        host.log.info("health", address=at[0], port=server.port)
        return server.aclose

    async def deliver(alert: Alert) -> None:
        if webhook is not None:
            await webhook.post(asdict(alert))

    options = HostOptions(
        name=name,
        kind=asked.kind,
        performance=settings.performance,
        workers=workers_of(settings),
        monitoring=settings.monitoring,
        stop_budget_ms=settings.safety.stop_budget_ms,
        needs=_NEEDS[asked.kind] if asked.engine is None else _NEEDS_OF_ALL,
        serve_health=serve,
        deliver=deliver,
        notify=notifier,
        credentials=asked.credentials,
    )
    host = Host(options, clock)
    # What was imported lives to the end: looking at it again and again would hold up orders.
    gc.collect()
    gc.freeze()
    try:
        return await host.run(_service(asked, name, RunFolder(folder)))
    finally:
        if webhook is not None:
            await webhook.aclose()


def _webhook(monitoring: Monitoring) -> Webhook | None:
    url = monitoring.alert_webhook_url
    return None if url is None else Webhook(url.get_secret_value())


def _service(asked: Launch, name: str, folder: RunFolder) -> Service:
    match asked.settings:
        case MarketServerSettings() as settings:
            return MarketServer(settings, epoch=folder.begin())
        case PositionServerSettings() as settings:
            return PositionServer(settings, epoch=folder.begin())
        case EngineSettings() as settings:
            return TradingEngine(settings, epoch=folder.begin(), journal=folder.path)
        case TraderSettings() as settings:
            assert asked.strategy is not None, "Invariant: a trader has a strategy"  # noqa: S101
            if asked.engine is not None:
                return OneProcess(
                    asked.engine, settings, asked.strategy(), folder=folder, name=name
                )
            return TraderProcess(settings, asked.strategy(), folder=folder, name=name)
