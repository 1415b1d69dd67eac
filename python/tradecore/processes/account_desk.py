"""An account's desk with all that drives it: the way to the venue, the journal, and time.

Who stands around it, be it a bus or a strategy in the same process, is told of everything through
a `DeskListener` and has the bytes in the sockets when `flush` returns.
"""

from __future__ import annotations

import asyncio
from decimal import Decimal
from typing import TYPE_CHECKING, Final, Protocol

from tradecore.exchanges.base import StreamLost, StreamReady
from tradecore.execution import OrderDesk
from tradecore.model import OrderUpdate
from tradecore.processes.intent_file import IntentFile
from tradecore.processes.order_retries import OrderRetries
from tradecore.processes.venue_link import OURS, VenueLink
from tradecore.processes.wiring import connector_settings, desk_settings, plugin_of
from tradecore.risk import AccountLimits, LimitRules, PositionsOnly

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tradecore.exchanges.base import (
        Codec,
        Event,
        ExchangeOMS,
        ExchangePMS,
        ExchangeSubscriber,
    )
    from tradecore.model import InstrumentTerms
    from tradecore.processes.host import Host
    from tradecore.processes.settings import EngineSettings
    from tradecore.risk import OrderLimits

__all__ = ["AccountDesk", "DeskListener", "limits_of"]

TICK_S: Final = 0.02
MS: Final = 1_000_000
ASKED_MAX: Final = 10_000
DEPTH_MS: Final = 100


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


class DeskListener(Protocol):
    """Who stands around a desk."""

    def market(self, events: Sequence[Event], /) -> None:
        """Hear what the market's connector concluded."""

    def account(self, event: Event, /) -> None:
        """Hear what the venue said of the account; the desk has taken it in already."""

    def settle(self) -> None:
        """Pass on what the desk has to tell, and flush."""


class AccountDesk:
    """One account at one venue: connectors, desk, journal, dead-man switch."""

    def __init__(
        self,
        settings: EngineSettings,
        *,
        journal: Path,
        listener: DeskListener,
        has_market: bool = True,
        depth_ms: int = DEPTH_MS,
    ) -> None:
        """Take settings; nothing is opened yet.

        Args:
            settings: Those of a trading engine.
            journal: The folder of its journal.
            listener: Who is told.
            has_market: Whether market data is followed as well.
            depth_ms: How often books change, where the venue lets one choose; 0 is as fast as
                it can.
        """
        self.settings = settings
        self.market: ExchangeSubscriber | None = None
        self._journal, self._listener = journal, listener
        self._has_market, self._depth_ms = has_market, depth_ms
        self._retries = OrderRetries(
            settings.order_management.retries, settings.http_api.http_retry_delay_ms * MS
        )
        self._asked: dict[str, int] = {}
        self.wound_ns = 0
        self._intents: IntentFile | None = None
        self._link: VenueLink | None = None
        self._desk: OrderDesk | None = None
        self._driving: asyncio.Task[None] | None = None
        self._oms: ExchangeOMS
        self._pms: ExchangePMS
        self._host: Host

    @property
    def desk(self) -> OrderDesk:
        """The desk, once `open` has returned."""
        assert self._desk is not None, "Invariant: a desk is there after open"  # noqa: S101
        return self._desk

    @property
    def link(self) -> VenueLink:
        """The way to the venue, once `open` has begun."""
        assert self._link is not None, "Invariant: a link is there after open"  # noqa: S101
        return self._link

    async def open(self, host: Host, symbols: Sequence[str] = ()) -> list[InstrumentTerms]:
        """Learn the venue's terms, take over what rests there, and begin to drive.

        Returns:
            The terms of these symbols, or of all; market data may be had of them.

        Raises:
            InputError: If the venue trades no such symbol, or the settings do not go together.
        """
        self._host = host
        settings, clock = self.settings, host.clock
        self._intents = IntentFile(
            self._journal / "intents",
            sync=settings.journal.sync,
            segment_bytes=settings.journal.segment_mb << 20,
        )
        host.note("journal", is_met=True, detail="open")
        connector = connector_settings(
            settings,
            plugin_of(settings),
            channels=(*(("public", "market") if self._has_market else ()), "private", "api"),
            depth_ms=self._depth_ms,
            needs_key=True,
        )
        self._link = link = VenueLink(
            settings, connector, host, self._hear, orders=settings.order_management
        )
        wanted = await link.instruments(symbols)
        terms = await link.instruments()
        self._oms, self._pms = link.plugin.oms(connector, terms), link.plugin.pms(connector, terms)
        if not settings.risk_management.enable_pre_trade_checks:
            host.log.warning("orders are held against no limits", enable_pre_trade_checks=False)
        self._oms.start(clock.now_ns())
        self._desk = OrderDesk(
            oms=self._oms,
            fetcher=link.fetcher,
            limits=limits_of(settings, terms),
            budget=link.budget,
            journal=self._intents,
            settings=desk_settings(settings),
            start_ns=clock.now_ns(),
            flush=self.flush_orders,
            send=link.pump.add(self._oms),
        )
        self._pms.start(clock.now_ns())
        link.pump.add(self._pms)
        if self._has_market:
            self.market = link.plugin.subscriber(connector, wanted)
            self.market.start(clock.now_ns())
            link.pump.add(self.market, self._hear_market)
        self._driving = asyncio.create_task(self._drive())
        return wanted

    async def run(self) -> None:
        """Wait for as long as it is driven: from `open` to `aclose`.

        Raises:
            Exception: What a codec or whoever hears it raised.
        """
        if self._driving is not None:
            await asyncio.shield(self._driving)

    async def cancel_all(self) -> None:
        """Take every order out, and return once the venue has none of them any more."""
        desk, clock = self.desk, self._host.clock
        desk.cancel_all(now_ns=clock.now_ns())
        self._listener.settle()
        while desk.table.open_orders():
            await asyncio.sleep(TICK_S)
            # Time passes also where what drove the desk has failed.
            desk.tick(clock.now_ns())
            self._listener.settle()
        self._wind(0)

    async def aclose(self) -> None:
        """Close every connection and the journal."""
        if self._driving is not None:
            self._driving.cancel()
            await asyncio.gather(self._driving, return_exceptions=True)
        if self._link is not None:
            await self._link.aclose()
        if self._intents is not None:
            self._intents.close()

    def flush(self) -> None:
        """Have what the desk decided in the sockets when this returns."""
        pump = self.link.pump
        pump.flush(self._oms)
        pump.flush(self.link.fetcher)

    def flush_orders(self) -> None:
        """Have orders, changes and cancels in the socket when this returns."""
        assert self._link is not None, "Invariant: orders come after open"  # noqa: S101
        self._link.pump.flush(self._oms)

    def flush_market(self) -> None:
        """Have what was subscribed to asked for when this returns."""
        if self.market is not None:
            self.link.pump.flush(self.market)

    def asked(self, client_order_id: str, began_ns: int) -> None:
        """Note when an order was asked for, on the monotonic clock, to measure its answer.

        The oldest give way: some were refused here and never get one.
        """
        self._asked[client_order_id] = began_ns
        if len(self._asked) > ASKED_MAX:
            del self._asked[next(iter(self._asked))]

    def sample(self) -> None:
        """Note how orders, channels and the dead-man switch fare."""
        desk = self._desk
        if desk is None:
            return
        host = self._host
        host.metrics.unknown_orders(len(desk.outcomes))
        host.metrics.queue("orders", desk.queued)
        self.link.sample()
        blocked = desk.blocked
        host.note("reconciled", is_met=blocked is None, detail=blocked or "orders are taken")
        host.health.fact("open_orders", len(desk.table.open_orders()))
        countdown_ns = self.settings.safety.deadman_countdown_ms * MS
        if countdown_ns and self.wound_ns:
            left_ns = self.wound_ns + countdown_ns - host.clock.monotonic_ns()
            host.metrics.deadman(max(left_ns, 0) / 1e9)

    # Inside

    async def _drive(self) -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(self.link.run())
            group.create_task(self._tick())

    def _hear_market(self, codec: Codec, events: Sequence[Event]) -> None:
        del codec
        for event in events:
            if type(event) in OURS:
                self.link.note(event)
        self._listener.market(events)

    def _hear(self, codec: Codec, events: Sequence[Event]) -> None:
        del codec
        desk = self._desk
        if desk is None:
            return
        now_ns = self._host.clock.now_ns()
        for event in events:
            if isinstance(event, OrderUpdate) and self._retries.holds(event, desk, now_ns):
                continue
            desk.hear(event, now_ns)
            self._listener.account(event)
            self._count(event)
        self._listener.settle()

    def _count(self, event: Event) -> None:
        host = self._host
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

    async def _tick(self) -> None:
        clock, safety, link, desk = self._host.clock, self.settings.safety, self.link, self.desk
        while True:
            desk.set_clock(link.offset.offset_ns, refused=link.clock_refusal())
            now_ns = clock.now_ns()
            for update in self._retries.due(desk, self._oms, now_ns):
                desk.hear(update, now_ns)
            desk.tick(now_ns)
            self._listener.settle()
            due_ns = self.wound_ns + safety.deadman_refresh_ms * MS
            if safety.deadman_countdown_ms and clock.monotonic_ns() >= due_ns:
                self._wind(safety.deadman_countdown_ms)
            await asyncio.sleep(TICK_S)

    def _wind(self, countdown_ms: int) -> None:
        """Wind the dead-man switch of every symbol with orders; 0 stops it."""
        desk, clock = self.desk, self._host.clock
        symbols = sorted(desk.table.symbols())
        if not symbols or not self.settings.safety.deadman_countdown_ms:
            return
        now_ns = clock.now_ns()
        self._oms.keep_alive(symbols, countdown_ms, now_ns=now_ns, venue_ns=desk.venue_ns(now_ns))
        self.link.pump.flush(self._oms)
        self.wound_ns = clock.monotonic_ns()
