"""The trading engine: the one process with the key, around the desk every order passes."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, Literal

from tradecore.exchanges.base import StreamLost, StreamReady
from tradecore.execution import OrderDesk
from tradecore.model import OrderUpdate, VenuePosition
from tradecore.processes.engine_commands import EngineCommands, account_topic
from tradecore.processes.intent_file import IntentFile
from tradecore.processes.limit_watch import breaches
from tradecore.processes.mark_watch import watch_marks
from tradecore.processes.order_retries import OrderRetries
from tradecore.processes.venue_link import VenueLink
from tradecore.processes.wiring import (
    bus_context,
    bus_limits,
    client_keys,
    connector_settings,
    desk_settings,
    plugin_of,
    server_keys,
)
from tradecore.risk import AccountLimits, LimitRules, PositionsOnly
from tradecore.transport.bus import CommandServer, Doorkeeper, Publisher, Subscriber
from tradecore.wire import decode, encode, values

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tradecore.exchanges.base import Codec, Event, ExchangeOMS, ExchangePMS
    from tradecore.model.venue import InstrumentTerms
    from tradecore.processes.engine_commands import Stream
    from tradecore.processes.host import Host
    from tradecore.processes.mark_watch import MarkWatch
    from tradecore.processes.settings import EngineSettings
    from tradecore.risk import OrderLimits
    from tradecore.transport.bus import Batch
    from tradecore.wire import Envelope, Kind

__all__ = ["TradingEngine", "limits_of"]

TICK_S: Final = 0.02
MS: Final = 1_000_000
ASKED_MAX: Final = 10_000
STREAMS: Final[dict[str, tuple[int, str]]] = {
    "orders": (6_002, "ORDER_EVENTS_PUB_ENDPOINT"),
    "account": (6_017, "TRADE_EVENTS_PUB_ENDPOINT"),
    "status": (6_018, "ORDER_STATUS_PUB_ENDPOINT"),
}


def limits_of(settings: EngineSettings, terms: Sequence[InstrumentTerms]) -> OrderLimits:
    """Return what orders are held against; nothing where the checks are off."""
    risk = settings.risk_management
    if not risk.enable_pre_trade_checks:
        return PositionsOnly()
    rules = LimitRules(
        position_total=risk.max_position_size,
        position=risk.max_position_per_symbol,
        order_value=risk.max_order_notional,
        daily_loss=risk.max_daily_loss,
        alert_part=Decimal(str(risk.risk_alert_threshold)),
    )
    return AccountLimits(terms, rules)


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
        self.desk: OrderDesk | None = None
        self._epoch, self._journal = epoch, journal
        self._context = bus_context(settings.performance)
        self._publishers: dict[Stream, Publisher] = {}
        self._opened: list[Any] = []
        self._intents: IntentFile | None = None
        self._link: VenueLink | None = None
        self._oms: ExchangeOMS | None = None
        self._pms: ExchangePMS | None = None
        self._marks: MarkWatch | None = None
        self._commands: EngineCommands | None = None
        self._server: CommandServer | None = None
        self._host: Host | None = None
        self._wound_ns = 0
        self._asked: dict[str, int] = {}
        self._retries = OrderRetries(
            settings.order_management.retries, settings.http_api.http_retry_delay_ms * MS
        )

    async def start(self, host: Host) -> None:
        """Open the journal, bind, learn the venue's terms, and take over what rests there."""
        self._host = host
        settings, clock = self.settings, host.clock
        self._intents = IntentFile(self._journal / "intents", sync=settings.journal.sync)
        host.note("journal", is_met=True, detail="open")
        connector = connector_settings(
            settings, plugin_of(settings), channels=("private", "api"), needs_key=True
        )
        self._bind(host)
        orders = settings.order_management
        self._link = link = VenueLink(settings, connector, host, self._hear, orders=orders)
        terms = await link.instruments()
        listed = link.listed
        assert listed is not None, "Invariant: instruments are listed by now"  # noqa: S101
        self._oms, self._pms = link.plugin.oms(connector, terms), link.plugin.pms(connector, terms)
        if not settings.risk_management.enable_pre_trade_checks:
            host.log.warning("orders are held against no limits", enable_pre_trade_checks=False)
        self.desk = OrderDesk(
            oms=self._oms,
            fetcher=link.fetcher,
            limits=limits_of(settings, terms),
            budget=link.state_rules(),
            journal=self._intents,
            settings=desk_settings(settings),
            start_ns=clock.now_ns(),
        )
        exchange = settings.global_.exchange_name
        self._commands = EngineCommands(self.desk, exchange, listed)
        self._commands.tell_fills_again()
        for codec in (self._oms, self._pms):
            codec.start(clock.now_ns())
            link.pump.add(codec)
        self._marks = watch_marks(settings, link, terms, host)
        # Traders are let in last: before this there is nobody to decide about a command.
        self._server = CommandServer(
            self._context,
            settings.endpoints()["TRADER_SUB_ENDPOINT"],
            clock=clock,
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
        assert self._link is not None, "Invariant: run follows start"  # noqa: S101
        async with asyncio.TaskGroup() as group:
            group.create_task(self._link.run())
            group.create_task(self._tick())
            group.create_task(self._watch())

    async def stop(self) -> None:
        """Take no more orders, cancel what rests, and see it gone before the journal is closed."""
        try:
            if self.desk is not None:
                await self._cancel_all(self.desk)
        finally:
            if self._link is not None:
                await self._link.aclose()
            for opened in reversed(self._opened):
                opened.close()
            if self._intents is not None:
                self._intents.close()
            self._context.term()

    async def _cancel_all(self, desk: OrderDesk) -> None:
        host = self._host
        assert host is not None, "Invariant: a desk has a host"  # noqa: S101
        desk.cancel_all(now_ns=host.clock.now_ns())
        self._flush()
        while desk.table.open_orders():
            await asyncio.sleep(TICK_S)
            desk.tick(host.clock.now_ns())
            self._flush()
        self._wind(0)

    def sample(self) -> None:
        """Note how orders, channels and the dead-man switch fare."""
        host, desk, link = self._host, self.desk, self._link
        if host is None or desk is None or link is None:
            return
        metrics = host.metrics
        metrics.unknown_orders(len(desk.outcomes))
        metrics.queue("orders", desk.queued)
        link.sample()
        blocked = desk.blocked
        host.note("reconciled", is_met=blocked is None, detail=blocked or "orders are taken")
        host.health.fact("open_orders", len(desk.table.open_orders()))
        countdown_ns = self.settings.safety.deadman_countdown_ms * MS
        if countdown_ns and self._wound_ns:
            left_ns = self._wound_ns + countdown_ns - host.clock.monotonic_ns()
            metrics.deadman(max(left_ns, 0) / 1e9)

    # Traders

    def _command(self, sender: str, command: object, envelope: Envelope) -> object:
        host, commands = self._host, self._commands
        assert host is not None, "Invariant: commands come after start"  # noqa: S101
        assert commands is not None, "Invariant: commands come after start"  # noqa: S101
        began_ns = host.clock.monotonic_ns()
        if isinstance(command, values.NewOrder):
            if len(self._asked) < ASKED_MAX:
                self._asked[command.client_order_id] = began_ns
            if self._marks is not None:
                self._marks.follow(command.symbol)
        now_ns = host.clock.now_ns()
        reply = commands.command(sender, envelope.seq, command, now_ns=now_ns)
        self._flush()
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
            self._flush()

    # The venue

    def _hear(self, codec: Codec, events: Sequence[Event]) -> None:
        del codec
        host, desk, commands = self._host, self.desk, self._commands
        if host is None or desk is None or commands is None:
            return
        now_ns = host.clock.now_ns()
        for event in events:
            if isinstance(event, OrderUpdate) and self._retries.holds(event, desk, now_ns):
                continue
            desk.hear(event, now_ns)
            commands.hear(event)
            if isinstance(event, OrderUpdate):
                host.metrics.order(event.reply)
                asked_ns = self._asked.pop(event.client_order_id, None)
                if asked_ns is not None and event.reply != "unknown":
                    host.metrics.took("order_to_ack", host.clock.monotonic_ns() - asked_ns)
            elif isinstance(event, StreamLost):
                host.metrics.gap("private")
                host.alert("STREAM_LOST", f"{event.channel}: {event.reason}")
            elif isinstance(event, StreamReady):
                host.log.info("stream ready", channel=event.channel)
        self._flush()

    async def _tick(self) -> None:
        assert self._host is not None, "Invariant: run follows start"  # noqa: S101
        assert self.desk is not None, "Invariant: run follows start"  # noqa: S101
        assert self._link is not None, "Invariant: run follows start"  # noqa: S101
        clock, safety = self._host.clock, self.settings.safety
        while True:
            self.desk.set_clock(self._link.offset.offset_ns, refused=self._link.clock_refusal())
            now_ns = clock.now_ns()
            if self._oms is not None:
                for update in self._retries.due(self.desk, self._oms, now_ns):
                    self.desk.hear(update, now_ns)
            self.desk.tick(now_ns)
            self._flush()
            due_ns = self._wound_ns + safety.deadman_refresh_ms * MS
            if safety.deadman_countdown_ms and clock.monotonic_ns() >= due_ns:
                self._wind(safety.deadman_countdown_ms)
            await asyncio.sleep(TICK_S)

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

    def _wind(self, countdown_ms: int) -> None:
        """Wind the dead-man switch of every symbol with orders; 0 stops it."""
        host, desk, oms, link = self._host, self.desk, self._oms, self._link
        if host is None or desk is None or oms is None or link is None:
            return
        symbols = sorted(desk.table.symbols())
        if not symbols or not self.settings.safety.deadman_countdown_ms:
            return
        now_ns = host.clock.now_ns()
        oms.keep_alive(symbols, countdown_ms, now_ns=now_ns, venue_ns=desk.venue_ns(now_ns))
        link.pump.flush(oms)
        self._wound_ns = host.clock.monotonic_ns()

    # The bus

    def _flush(self) -> None:
        """Have what the desk decided in the sockets before anything else happens."""
        link, oms, commands, host = self._link, self._oms, self._commands, self._host
        if link is None or oms is None or commands is None or host is None:
            return
        link.pump.flush(oms)
        link.pump.flush(link.fetcher)
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
