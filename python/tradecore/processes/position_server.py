"""The position server: what an account holds and has earned, from what the engine publishes."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

import msgspec

from tradecore.exchanges.base import PositionsListed, StreamLost, StreamReady
from tradecore.exchanges.base.events import BalancesListed
from tradecore.model import Balance, OrderUpdate, VenueFill, VenuePosition
from tradecore.processes.bodies import readable
from tradecore.processes.engine_commands import account_topic
from tradecore.processes.limit_watch import breaches
from tradecore.processes.venue_link import VenueLink
from tradecore.processes.wiring import (
    bus_context,
    bus_limits,
    client_keys,
    connector_settings,
    plugin_of,
    server_keys,
)
from tradecore.transport.bus import Doorkeeper, Publisher, Subscriber
from tradecore.wire import encode

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tradecore.exchanges.base import Codec, Event
    from tradecore.processes.host import Host
    from tradecore.processes.settings import PositionServerSettings
    from tradecore.transport.bus import Batch, Status
    from tradecore.wire import Kind

__all__ = ["AccountBook", "PositionServer", "balances_topic", "positions_topic"]

TRADERS_STREAM: Final = 6_003
ENGINE_STREAM: Final = 7_004
EXECS_KEPT: Final = 100_000
ZERO: Final = Decimal(0)


def positions_topic(exchange: str) -> str:
    """Return the topic of an account's positions."""
    return f"{exchange}.positions"


def balances_topic(exchange: str) -> str:
    """Return the topic of an account's balances."""
    return f"{exchange}.balances"


@dataclass(slots=True)
class _Held:
    """What fills say of one symbol: average cost, closed profit, fees by currency."""

    quantity: Decimal = ZERO
    cost: Decimal = ZERO
    realized: Decimal = ZERO
    fees: dict[str, Decimal] = field(default_factory=dict)


@dataclass(slots=True)
class AccountBook:
    """Positions as the venue says them, and the profit that the fills of this run have closed.

    A venue's word on a quantity and the fills behind it arrive in any order, so neither is counted
    on top of the other: the venue's word is the position, the fills are the profit.
    """

    positions: dict[str, VenuePosition] = field(default_factory=dict)
    balances: dict[str, Balance] = field(default_factory=dict)
    _held: dict[str, _Held] = field(default_factory=dict)
    _seen: dict[tuple[str, int], None] = field(default_factory=dict)

    def fill(self, fill: VenueFill) -> VenueFill | None:
        """Count a fill, and return it with what it realized; `None` if it was counted before."""
        name = (fill.symbol, fill.exec_id)
        if name in self._seen:
            return None
        self._seen[name] = None
        if len(self._seen) > EXECS_KEPT:
            del self._seen[next(iter(self._seen))]
        held = self._held.setdefault(fill.symbol, _Held())
        signed = fill.quantity if fill.side == "buy" else -fill.quantity
        realized = ZERO
        if held.quantity * signed < 0:
            closed = min(abs(held.quantity), abs(signed))
            average = held.cost / held.quantity
            realized = (fill.price - average) * closed * (1 if held.quantity > 0 else -1)
            part = closed if held.quantity > 0 else -closed
            held.cost -= average * part
            held.quantity -= part
            signed += part
        held.cost += fill.price * signed
        held.quantity += signed
        held.realized += realized
        held.fees[fill.fee_currency] = held.fees.get(fill.fee_currency, ZERO) + fill.fee
        return msgspec.structs.replace(fill, realized=realized)

    def profit(self) -> dict[str, dict[str, str]]:
        """Return what each symbol realized and paid, as text."""
        return {
            symbol: {"realized": str(held.realized)}
            | {f"fees_{currency}": str(fee) for currency, fee in held.fees.items()}
            for symbol, held in sorted(self._held.items())
        }

    def net(self) -> Decimal:
        """Return what was realized less fees, over all symbols, currencies taken as one."""
        return sum(
            (held.realized - sum(held.fees.values(), ZERO) for held in self._held.values()), ZERO
        )


class PositionServer:
    """The service of a position server process."""

    def __init__(self, settings: PositionServerSettings, *, epoch: int) -> None:
        """Take settings; nothing is opened yet.

        Args:
            settings: The process's.
            epoch: Which life of its streams this is; higher at each start.
        """
        self.settings = settings
        self.account = AccountBook()
        self._epoch = epoch
        self._exchange = settings.global_.exchange_name
        self._context = bus_context(settings.performance)
        self._opened: list[Any] = []
        self._publishers: list[Publisher] = []
        self._link: VenueLink | None = None
        self._host: Host | None = None

    async def start(self, host: Host) -> None:
        """Bind, and follow the engine, or the venue itself where there is a key for it."""
        self._host = host
        settings, endpoints = self.settings, self.settings.endpoints()
        keys, limits = server_keys(settings.curve), bus_limits(settings.safety, settings.websocket)
        if keys is not None:
            allowed = {key.encode(): "process" for key in settings.curve.allowed_keys}
            self._opened.append(Doorkeeper(self._context, allowed))
        for number, key in (
            (TRADERS_STREAM, "POSITION_EVENTS_PUB_ENDPOINT"),
            (ENGINE_STREAM, "POSITION_UPDATES_PUB_ENDPOINT"),
        ):
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
            self._publishers.append(publisher)
            self._opened.append(publisher)
        engine = Subscriber(
            self._context,
            endpoints["TRADE_EVENTS_SUB_ENDPOINT"],
            topics=[account_topic(self._exchange)],
            clock=host.clock,
            on_batch=self._batch,
            on_status=self._status,
            limits=limits,
            keys=client_keys(settings.curve),
        )
        self._opened.append(engine)
        if settings.global_.api_key is not None:
            await self._follow_venue(host)

    async def _follow_venue(self, host: Host) -> None:
        connector = connector_settings(
            self.settings, plugin_of(self.settings), channels=("private",), needs_key=True
        )
        self._link = link = VenueLink(self.settings, connector, host, self._hear)
        terms = await link.instruments()
        stream = link.plugin.pms(connector, terms)
        stream.start(host.clock.now_ns())
        link.pump.add(stream)

    async def run(self) -> None:
        """Pass on until canceled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._watch())
            if self._link is not None:
                group.create_task(self._link.run())

    async def _watch(self) -> None:
        """Hold what is held against the limits, order or not."""
        risk = self.settings.risk_management
        while True:
            await asyncio.sleep(risk.position_limit_check_interval_ms / 1e3)
            for breach in breaches(self.account.positions, risk, net=self.account.net()):
                if self._host is not None:
                    word = "is passed" if breach.is_over else "is near"
                    self._host.alert(breach.code, f"a limit {word}: {breach.text}")

    async def stop(self) -> None:
        """Close everything; positions are the venue's to keep."""
        if self._link is not None:
            await self._link.aclose()
        for opened in reversed(self._opened):
            opened.close()
        self._context.term()

    def sample(self) -> None:
        """Note what is held, and hold the day's profit against its limit."""
        host = self._host
        if host is None:
            return
        if self._link is not None:
            self._link.sample()
        host.health.fact("profit", self.account.profit())
        host.health.fact("positions", {s: str(p.quantity) for s, p in self._open().items()})

    def _open(self) -> dict[str, VenuePosition]:
        return {s: p for s, p in self.account.positions.items() if p.quantity}

    # What is said of the account

    def _batch(self, batch: Batch) -> None:
        for value in readable(batch, self._malformed):
            self._take(value)

    def _malformed(self, text: str) -> None:
        if self._host is not None:
            self._host.alert("BUS_MALFORMED", text)

    def _hear(self, codec: Codec, events: Sequence[Event]) -> None:
        del codec
        host = self._host
        assert host is not None, "Invariant: events come after start"  # noqa: S101
        now_ns = host.clock.now_ns()
        for event in events:
            match event:
                case PositionsListed(positions=positions) | BalancesListed(balances=positions):
                    for value in positions:
                        self._take(value)
                case OrderUpdate(reply="filled"):
                    self._take(_fill(event))
                case StreamReady():
                    # What happened before it was live is asked for.
                    if self._link is not None:
                        venue_ns = self._link.offset.venue_ns(now_ns)
                        self._link.fetcher.fetch_positions(now_ns=now_ns, venue_ns=venue_ns)
                        self._link.fetcher.fetch_balances(now_ns=now_ns, venue_ns=venue_ns)
                        self._link.pump.flush(self._link.fetcher)
                    host.note("account", is_met=True, detail="the private stream is live")
                case StreamLost(reason=reason):
                    host.note("account", is_met=False, detail=f"the private stream: {reason}")
                case _:
                    self._take(event)

    def _take(self, value: object) -> None:
        account = self.account
        match value:
            case VenuePosition():
                known = account.positions.get(value.symbol)
                if known is None or value.ts_event_ns >= known.ts_event_ns:
                    account.positions[value.symbol] = value
                    self._tell(positions_topic(self._exchange), value, value.ts_event_ns)
            case Balance():
                account.balances[value.currency] = value
                self._tell(balances_topic(self._exchange), value, value.ts_event_ns)
            case VenueFill():
                counted = account.fill(value)
                if counted is not None:
                    self._tell(f"{self._exchange}.fills", counted, value.ts_event_ns)
            case _:
                pass

    def _tell(self, topic: str, value: object, ts_event_ns: int) -> None:
        kind, body = encode(value)
        for publisher in self._publishers:
            publisher.publish(topic, kind, body, ts_event_ns=ts_event_ns)
        if self._host is not None:
            self._host.metrics.bus("positions", "out")

    def _status(self, status: Status) -> None:
        host = self._host
        if host is None:
            return
        if status.word in {"restarted", "lost"}:
            host.metrics.gap("account")
        if status.word == "malformed":
            self._malformed(status.text)
        if self._link is None and status.word in {"up", "stale", "dead"}:
            is_up = status.word == "up"
            host.note("account", is_met=is_up, detail=f"the engine is {status.word}")
            host.metrics.connection("account", "up" if is_up else "down")

    def _snapshot(self, topic: str) -> Sequence[tuple[Kind, bytes]] | None:
        if topic == positions_topic(self._exchange):
            return [encode(position) for position in self.account.positions.values()]
        if topic == balances_topic(self._exchange):
            return [encode(balance) for balance in self.account.balances.values()]
        return None


def _fill(update: OrderUpdate) -> VenueFill | None:
    if update.price is None or update.quantity is None or update.side is None:
        return None
    return VenueFill(
        exec_id=update.exec_id,
        venue_order_id=update.venue_order_id or "",
        symbol=update.symbol,
        side=update.side,
        price=update.price,
        quantity=update.quantity,
        fee=update.fee or ZERO,
        fee_currency=update.fee_currency or "",
        liquidity=update.liquidity,
        ts_event_ns=update.ts_event_ns,
    )
