"""A local exchange and a strategy in one process, and what can be seen of both from outside."""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from pydantic import SecretStr

from tradecore.processes.host import Host, HostOptions
from tradecore.processes.one_process import OneProcess
from tradecore.processes.runs import RunFolder
from tradecore.processes.settings import EngineSettings, TraderSettings
from tradecore.simulation.faults import Faults
from tradecore.simulation.local import FIRST_ACCOUNT, make_binance
from tradecore.simulation.server import LocalExchange

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tradecore.strategy import AbstractStrategy
    from tradecore.telemetry import Clock
    from tradecore.venue.orders import OrderRecord

__all__ = ["FaultRig"]

NAME: Final = "drill"
STOP_MS: Final = 10_000


@dataclass(slots=True, eq=False)
class FaultRig:
    """One drill's exchange and strategy; every rig has its own.

    Args:
        strategy: What runs.
        folder: An empty one, for the journal.
        clock: Time.
        seed: Chooses what is left to chance at the exchange.
    """

    strategy: AbstractStrategy
    folder: Path
    clock: Clock
    seed: int = 1
    faults: Faults = field(init=False)
    exchange: LocalExchange = field(init=False)
    service: OneProcess = field(init=False)
    _settings: EngineSettings = field(init=False)
    _serving: asyncio.Task[None] | None = None
    _running: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Open the exchange, and start the strategy at it.

        Raises:
            TradecoreError: If the strategy cannot be started.
        """
        key, secret = secrets.token_hex(32), secrets.token_hex(32)
        self.faults = Faults(seed=self.seed)
        dialect, flow = make_binance(
            keys={key: SecretStr(secret)},
            now_ns=self.clock.now_ns(),
            flow="synthetic",
            faults=self.faults,
            seed=self.seed,
            is_unlimited=True,
        )
        self.exchange = LocalExchange(dialect, self.clock, flow=flow)
        port = self.exchange.bind()
        self._serving = asyncio.create_task(self.exchange.run())
        await self.exchange.started()
        self._settings = EngineSettings.model_validate(_engine(port, key, secret))
        await self.start_strategy(self.strategy)

    async def start_strategy(self, strategy: AbstractStrategy) -> None:
        """Start a strategy at the exchange as it is, in a new run.

        Raises:
            TradecoreError: If it cannot be started.
        """
        engine = self._settings
        trader = TraderSettings.model_validate(
            {"global_": {"process_name": NAME}, "strategy": {"class_": NAME}}
        )
        self.strategy = strategy
        self.service = OneProcess(
            engine, trader, strategy, folder=RunFolder(self.folder), name=NAME
        )
        options = HostOptions(
            name=NAME,
            kind=NAME,
            performance=engine.performance,
            monitoring=engine.monitoring,
            stop_budget_ms=STOP_MS,
        )
        try:
            await self.service.start(Host(options, self.clock))
        except BaseException:
            await self.service.account_desk.aclose()
            raise
        self._running = asyncio.create_task(self.service.run())

    @property
    def is_running(self) -> bool:
        """Whether a strategy runs."""
        return self._running is not None

    async def kill(self) -> None:
        """End the strategy as a kill does: nothing is canceled, connections vanish."""
        await self._end()
        await self.service.account_desk.aclose()

    async def _end(self) -> None:
        running, self._running = self._running, None
        if running is not None:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)

    async def stop(self) -> str | None:
        """Stop the strategy as SIGTERM does; return what it did not do in time, if so."""
        said = None
        try:
            async with asyncio.timeout(STOP_MS / 1e3):
                await self.service.stop()
        except TimeoutError:
            said = f"did not stop within {STOP_MS} ms"
        await self._end()
        return said

    async def aclose(self) -> None:
        """Close the exchange."""
        self.exchange.stop()
        if self._serving is not None:
            await asyncio.gather(self._serving, return_exceptions=True)

    # What can be seen

    def failure(self) -> str | None:
        """Return the mistake that ended the strategy or what carries it, if one did."""
        container = self.service.container
        if container is not None and container.exit_code:
            return f"the strategy failed: {container.reason}"
        for what, task in (("process", self._running), ("exchange", self._serving)):
            if task is not None and task.done():
                error = task.exception()
                while isinstance(error, BaseExceptionGroup):
                    error = error.exceptions[0]
                return f"the {what} failed: {type(error).__name__}: {error}"
        return None

    def stopped(self) -> str | None:
        """Return why the strategy halted by itself, if it did."""
        container = self.service.container
        if container is not None and container.is_halted and not container.exit_code:
            return container.reason
        return None

    def taken(self) -> list[OrderRecord]:
        """Return every order the venue ever took from us."""
        histories = self.exchange.dialect.service.state.histories
        return [
            order
            for symbol in self.exchange.dialect.service.state.instruments
            for order in histories.orders(FIRST_ACCOUNT, symbol)
        ]

    def actions(self) -> int:
        """Return how many orders, changes and cancels of ours the venue ever took."""
        return sum(1 + len(one.amendments) + (one.status == "canceled") for one in self.taken())

    def unresolved(self) -> tuple[str, ...]:
        """Return the ids of orders whose outcome is not known."""
        desk, live = self.service.account_desk.desk, self.service.live
        doubted = {doubt.client_order_id for doubt in desk.outcomes.doubts()}
        if live is not None:
            doubted |= {
                order.client_order_id
                for order in live.trader.orders()
                if str(order.state) == "UNKNOWN"
            }
        return tuple(sorted(doubted))

    def differences(self) -> tuple[str, ...]:
        """Return where the venue, the desk and the strategy do not agree; nothing where they do."""
        desk, live = self.service.account_desk.desk, self.service.live
        assert live is not None, "Invariant: a started strategy is live"  # noqa: S101
        state = self.exchange.dialect.service.state
        found: list[str] = []
        resting = {order.client_order_id for order in self.taken() if order.is_open}
        resting |= {one.client_id for one in state.conditions.waiting(FIRST_ACCOUNT, None)}
        known = {order.client_order_id for order in desk.table.open_orders()}
        told = {order.told_as for order in desk.table.open_orders()}
        ours = {order.client_order_id for order in live.trader.orders()}
        if resting != known or told != ours:
            found.append(
                f"open orders: venue={len(resting)}, desk={len(known)}, strategy={len(ours)}"
            )
        traded = self._fills()
        booked = {(order.symbol, exec_id) for order in desk.table for exec_id in order.exec_ids}
        if traded != booked:
            found.append(f"fills: venue={len(traded)}, desk={len(booked)}")
        for symbol in live.trader.symbols:
            held = state.ledger.position(FIRST_ACCOUNT, symbol).quantity
            by_desk, by_us = desk.limits.position(symbol), live.trader.position(symbol).quantity
            if not held == by_desk == by_us:
                found.append(f"position {symbol}: venue={held}, desk={by_desk}, strategy={by_us}")
        return tuple(found)

    def _fills(self) -> set[tuple[str, int]]:
        state = self.exchange.dialect.service.state
        return {
            (symbol, trade.trade_id)
            for symbol in state.instruments
            for trade in state.histories.trades(FIRST_ACCOUNT, symbol)
        }

    def not_well(self) -> str:
        """Return what is not as it should be while it runs; nothing if all is well."""
        service = self.service
        blocked = service.account_desk.desk.blocked
        if blocked is not None:
            return blocked
        if unresolved := self.unresolved():
            return f"{len(unresolved)} orders in doubt"
        if service.is_deaf:
            return "a channel is silent"
        return ""


def _engine(port: int, key: str, secret: str) -> Mapping[str, object]:
    """Return the settings of an engine that is as patient as a drill can wait for."""
    at = f"127.0.0.1:{port}"
    return {
        "global_": {"exchange_name": "BINANCE", "api_key": key, "api_secret": secret},
        "http_api": {
            "http_base_url": f"http://{at}",
            "http_timeout_ms": 1_000,
            "http_retry_delay_ms": 100,
            "api_requests_per_second": 200,
            "api_requests_per_minute": 60_000,
            "api_burst_limit": 400,
            "signature_timestamp_tolerance_ms": 1_000,
        },
        "websocket": {
            "ws_public_url": f"ws://{at}/public/ws",
            "ws_market_url": f"ws://{at}/market/ws",
            "ws_private_url": f"ws://{at}/private/ws",
            "ws_api_url": f"ws://{at}/ws-fapi/v1",
            "ws_reconnect_interval_ms": 500,
        },
        "order_management": {"max_orders_per_second": 100, "order_timeout_ms": 1_000},
        "risk_management": {"enable_pre_trade_checks": False},
        "performance": {"memory_limit_mb": None, "cpu_limit_percent": None},
        "monitoring": {"alert_on_errors": False},
        "safety": {"audit_interval_ms": 1_000},
    }
