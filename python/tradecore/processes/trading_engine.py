"""The trading engine: the one process with the key, around the desk every order passes."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final, Literal

from tradecore.model import VenuePosition
from tradecore.processes.account_desk import AccountDesk
from tradecore.processes.engine_commands import EngineCommands, account_topic
from tradecore.processes.limit_watch import breaches
from tradecore.processes.mark_watch import watch_marks
from tradecore.processes.wiring import (
    bus_context,
    bus_limits,
    client_keys,
    server_keys,
)
from tradecore.transport.bus import CommandServer, Doorkeeper, Publisher, Subscriber
from tradecore.wire import decode, encode, values

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tradecore.exchanges.base import Event
    from tradecore.execution import OrderDesk
    from tradecore.processes.engine_commands import Stream
    from tradecore.processes.host import Host
    from tradecore.processes.mark_watch import MarkWatch
    from tradecore.processes.settings import EngineSettings
    from tradecore.transport.bus import Batch
    from tradecore.wire import Envelope, Kind

__all__ = ["TradingEngine"]

STREAMS: Final[dict[str, tuple[int, str]]] = {
    "orders": (6_002, "ORDER_EVENTS_PUB_ENDPOINT"),
    "account": (6_017, "TRADE_EVENTS_PUB_ENDPOINT"),
    "status": (6_018, "ORDER_STATUS_PUB_ENDPOINT"),
}


class TradingEngine:
    """The service of a trading engine process."""

    def __init__(
        self,
        settings: EngineSettings,
        *,
        epoch: int,
        journal: Path,
    ) -> None:
        """Take settings; nothing is opened yet.

        Args:
            settings: The process's.
            epoch: Which life of its streams this is; higher at each start.
            journal: The folder of its journal.
        """
        self.settings = settings
        self.account_desk = AccountDesk(settings, journal=journal, listener=self, has_market=False)
        self.desk: OrderDesk | None = None
        self._epoch = epoch
        self._context = bus_context(settings.performance)
        self._publishers: dict[Stream, Publisher] = {}
        self._opened: list[Any] = []
        self._marks: MarkWatch | None = None
        self._commands: EngineCommands | None = None
        self._server: CommandServer | None = None
        self._host: Host | None = None

    async def start(self, host: Host) -> None:
        """Open the journal, bind, learn the venue's terms, and take over what rests there."""
        self._host = host
        settings, account = self.settings, self.account_desk
        self._bind(host)
        terms = await account.open(host)
        listed = account.link.listed
        assert listed is not None, "Invariant: instruments are listed by now"  # noqa: S101
        self.desk = account.desk
        exchange = settings.global_.exchange_name
        self._commands = EngineCommands(account.desk, exchange, listed)
        self._commands.tell_fills_again()
        self._marks = watch_marks(settings, account.link, terms, host)
        # Traders are let in last: before this there is nobody to decide about a command.
        self._server = CommandServer(
            self._context,
            settings.endpoints()["TRADER_SUB_ENDPOINT"],
            clock=host.clock,
            on_command=self._command,
            on_peer=self._peer,
            limits=bus_limits(settings.safety, settings.websocket),
            keys=server_keys(settings.curve),
        )
        self._opened.append(self._server)

    def _bind(self, host: Host) -> None:
        settings, endpoints = self.settings, self.settings.endpoints()
        keys, limits = server_keys(settings.curve), bus_limits(settings.safety, settings.websocket)
        if keys is not None:
            allowed = {key.encode(): "process" for key in settings.curve.allowed_keys}
            self._opened.append(Doorkeeper(self._context, allowed))
        for stream, (number, key) in STREAMS.items():
            publisher = Publisher(
                self._context,
                endpoints[key],
                stream=number,
                epoch=self._epoch,
                clock=host.clock,
                snapshot=self._snapshot,
                limits=limits,
                keys=keys,
            )
            self._publishers[stream] = publisher  # type: ignore[index]
            self._opened.append(publisher)
        positions = Subscriber(
            self._context,
            endpoints["POSITION_SERVER_SUB_ENDPOINT"],
            topics=[f"{settings.global_.exchange_name}.positions"],
            clock=host.clock,
            on_batch=self._positions,
            limits=limits,
            keys=client_keys(settings.curve) if keys is not None else None,
        )
        self._opened.append(positions)

    async def run(self) -> None:
        """Drive the venue's codecs and the desk until canceled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self.account_desk.run())
            group.create_task(self._watch())

    async def stop(self) -> None:
        """Take no more orders, cancel what rests, and see it gone before the journal is closed."""
        try:
            if self.desk is not None:
                await self.account_desk.cancel_all()
        finally:
            await self.account_desk.aclose()
            for opened in reversed(self._opened):
                opened.close()
            self._context.term()

    def sample(self) -> None:
        """Note how orders, channels and the dead-man switch fare."""
        self.account_desk.sample()

    # Traders

    def _command(self, sender: str, command: object, envelope: Envelope) -> object:
        host, commands = self._host, self._commands
        assert host is not None, "Invariant: commands come after start"  # noqa: S101
        assert commands is not None, "Invariant: commands come after start"  # noqa: S101
        began_ns = host.clock.monotonic_ns()
        if isinstance(command, values.NewOrder):
            self.account_desk.asked(command.client_order_id, began_ns)
            if self._marks is not None:
                self._marks.follow(command.symbol)
        now_ns = host.clock.now_ns()
        reply = commands.command(sender, envelope.seq, command, now_ns=now_ns)
        self.settle()
        host.metrics.bus("commands", "in")
        host.metrics.took("order_to_wire", host.clock.monotonic_ns() - began_ns)
        return reply

    def _peer(self, sender: str, word: Literal["up", "silent"]) -> None:
        host, desk = self._host, self.desk
        if host is None or desk is None or word == "up":
            return
        if self.settings.safety.on_silence == "cancel_all":
            canceled = desk.cancel_all(trader=sender, now_ns=host.clock.now_ns())
            host.alert("TRADER_SILENT", f"{sender} fell silent: {canceled} orders canceled")
            self.settle()

    # The venue

    def market(self, events: Sequence[Event], /) -> None:
        """Nothing: what marks say goes to the desk."""

    def account(self, event: Event, /) -> None:
        """Keep what the venue says of the account, and pass it on."""
        if self._commands is not None:
            self._commands.hear(event)

    async def _watch(self) -> None:
        """Hold what the venue says is held against the limits, order or not."""
        risk = self.settings.risk_management
        while True:
            await asyncio.sleep(risk.position_limit_check_interval_ms / 1e3)
            if self._commands is None or self._host is None:
                continue
            for breach in breaches(self._commands.positions, risk):
                word = "is passed" if breach.is_over else "is near"
                self._host.alert(breach.code, f"a limit {word}: {breach.text}")

    # The bus

    def settle(self) -> None:
        """Have what the desk decided in the sockets before anything else happens."""
        commands, host = self._commands, self._host
        if commands is None or host is None:
            return
        self.account_desk.flush()
        for told in commands.take():
            publisher = self._publishers[told.stream]
            publisher.publish(told.topic, *encode(told.value), ts_event_ns=told.ts_event_ns)
            host.metrics.bus(told.stream, "out")

    def _snapshot(self, topic: str) -> Sequence[tuple[Kind, bytes]] | None:
        if self._commands is None or topic != account_topic(self.settings.global_.exchange_name):
            return None
        return [encode(value) for value in self._commands.state(topic)]

    def _positions(self, batch: Batch) -> None:
        """Take what the position server holds; a difference from the desk's count is told."""
        host, desk = self._host, self.desk
        if host is None or desk is None:
            return
        for body in batch.bodies:
            position = decode(batch.kind, body)
            if isinstance(position, VenuePosition):
                held = desk.limits.position(position.symbol)
                is_same = held == position.quantity
                detail = f"symbol={position.symbol}, desk={held}, server={position.quantity}"
                host.note("positions", is_met=True, detail=detail if not is_same else "agree")
