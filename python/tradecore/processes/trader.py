"""The trader: a strategy with its orders' state, between the market server and the engine."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING, Any, Final

from tradecore.core import InputError
from tradecore.model import Balance, ConnectionChange, OrderUpdate, RiskAlert, VenuePosition
from tradecore.model.errors import TradecoreError
from tradecore.processes.adoption import adopting_trader
from tradecore.processes.bodies import readable
from tradecore.processes.engine_commands import orders_topic
from tradecore.processes.position_server import balances_topic, positions_topic
from tradecore.processes.recorded_host import Unkept, strategy_host
from tradecore.processes.runs import RunFolder, run_id
from tradecore.processes.trader_feed import CONNECTION_WORDS, BusFeed
from tradecore.processes.trader_orders import BusOrders
from tradecore.processes.wiring import bus_context, bus_limits, client_keys
from tradecore.strategy import StrategyContainer
from tradecore.transport.bus import BackPressureError, CommandClient, Subscriber
from tradecore.wire import values

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tradecore.core import Trader
    from tradecore.model import InstrumentTerms
    from tradecore.processes.host import Host
    from tradecore.processes.recorded_host import AnyHost
    from tradecore.processes.settings import TraderSettings, VenueBus
    from tradecore.strategy import AbstractStrategy
    from tradecore.transport.bus import Batch, Status

__all__ = ["TraderProcess"]

ASK_AGAIN_S: Final = 0.1
WAKE_S: Final = 0.05
LOOK_BACK_NS: Final = 10_000_000_000
EARLY_MAX: Final = 1_000


class TraderProcess:
    """The service of a trader process.

    Each start is a new run with ids of its own. Before the strategy starts, every order that an
    earlier run left is canceled and the venue's positions are taken over, so that what the
    strategy sees is what the venue has; nothing an earlier run knew is needed for that.
    """

    def __init__(
        self, settings: TraderSettings, strategy: AbstractStrategy, *, folder: RunFolder, name: str
    ) -> None:
        """Take settings and a strategy; nothing is opened yet.

        Args:
            settings: The process's.
            strategy: What runs.
            folder: Where runs are counted and the strategy's state is kept.
            name: Our name at the engine, unique among its traders.

        Raises:
            InputError: If more than one venue is named: a strategy has one in this version.
        """
        venues = settings.venues()
        if len(venues) > 1:
            names = ",".join(venue.exchange for venue in venues)
            rule = "a trader has one venue, start one for each"
            raise InputError(f"{rule}: ENABLED_EXCHANGES={names}")
        self.settings = settings
        self.live: AnyHost | None = None
        self._strategy = strategy
        self._folder = folder
        self._name = name
        self._venue: VenueBus = venues[0]
        self._run = folder.begin()
        self._context = bus_context(settings.performance)
        self._opened: list[Any] = []
        self._replies: dict[int, asyncio.Future[Any]] = {}
        self._client: CommandClient | None = None
        self._orders: BusOrders | None = None
        self._feed: BusFeed | None = None
        self._container: StrategyContainer | None = None
        self._early: deque[Batch] = deque(maxlen=EARLY_MAX)
        self._state: dict[str, object] | None = None
        self._word, self._is_behind = "", False
        self._since_ns = 0  # Of what the engine heard before, by its clock, nothing passed us by.
        self._host: Host | None = None

    # Life

    async def start(self, host: Host) -> None:
        """Meet the engine, clear what an earlier run left, and start the strategy."""
        self._host, self._since_ns = host, host.clock.now_ns()
        settings, clock = self.settings, host.clock
        limits, keys = bus_limits(settings.safety), client_keys(settings.curve)
        self._orders = BusOrders(clock=clock, strategy=self._name, hear=self._hear)
        self._client = self._orders.client = CommandClient(
            self._context,
            self._venue.commands,
            sender=self._name,
            epoch=self._run,
            clock=clock,
            on_reply=self._replied,
            limits=limits,
            keys=keys,
        )
        self._opened.append(self._client)
        events = Subscriber(
            self._context,
            self._venue.order_events,
            topics=[orders_topic(self._name)],
            clock=clock,
            on_batch=self._events,
            on_status=self._engine_status,
            limits=limits,
            keys=keys,
        )
        self._opened.append(events)
        terms = await self._instruments()
        recovered = await self._clear()
        trader, held = adopting_trader(
            terms,
            recovered.positions,
            run_id=run_id(self._name, self._run),
            exchange=self._venue.exchange,
        )
        feed = self._feed = BusFeed(
            self._context,
            self._venue.market_data,
            exchange=self._venue.exchange,
            instruments={one.instrument.symbol: one.instrument for one in terms},
            clock=clock,
            limits=limits,
            keys=keys,
            on_gap=lambda: host.metrics.gap("market"),
            on_order=lambda took_ns: host.metrics.took("tick_to_order", took_ns),
            orders_sent=lambda: 0 if self._orders is None else self._orders.sent,
        )
        self._opened.append(feed)
        self._state = self._folder.load()
        self.live = feed.host = strategy_host(
            self._strategy,
            trader,
            feed=feed,
            orders=self._orders,
            clock=clock,
            settings=settings,
            kept=Unkept(
                file=self._folder.journal(self._run, kept=settings.journal.runs_kept),
                exchange=self._venue.exchange,
                held=held,
                state=self._state,
            ),
        )
        self._follow_account()
        self._begin(self.live, trader, recovered)

    def _begin(self, live: AnyHost, trader: Trader, recovered: values.Recovered) -> None:
        """Start the strategy with the state it left and the balances there are."""
        host = self._host
        assert host is not None, "Invariant: a strategy starts in a host"  # noqa: S101
        container = self._container = StrategyContainer(self._strategy, trader, live.face)
        if self._state is not None:
            container.load(self._state)
        live.start(container)
        for balance in recovered.balances:
            live.hear_balance(balance)
        while self._early:
            self._events(self._early.popleft())
        host.note("strategy", is_met=True, detail=f"run {trader.run_id}")
        host.log.info(
            "strategy started",
            strategy=type(self._strategy).__name__,
            run=trader.run_id,
            positions=len(recovered.positions),
        )

    async def run(self) -> None:
        """Ring timers, and end when the strategy halts by a mistake of its own.

        Raises:
            TradecoreError: If a callback failed.
        """
        live, container = self.live, self._container
        assert live is not None, "Invariant: run follows start"  # noqa: S101
        assert container is not None, "Invariant: run follows start"  # noqa: S101
        assert self._host is not None, "Invariant: run follows start"  # noqa: S101
        while True:
            due_ns = live.ring()
            self._catch_up()
            if container.exit_code:
                raise TradecoreError(f"the strategy was halted: {container.reason}")
            wait_s = WAKE_S
            if due_ns is not None:
                wait_s = min(wait_s, max(due_ns - self._host.clock.now_ns(), 0) / 1e9)
            await asyncio.sleep(wait_s)

    async def stop(self) -> None:
        """Stop the strategy, see its orders gone, keep its state."""
        try:
            if self.live is not None and self._container is not None:
                state = self._container.save()
                if state:
                    self._folder.save(state)
                self.live.stop()
                # The engine tells of each; there is nothing else to wake us.
                while self.live.trader.orders():
                    self._catch_up()
                    await asyncio.sleep(ASK_AGAIN_S / 10)
                self.live.close(state)
        finally:
            if self.live is not None:
                self.live.close()
            for opened in reversed(self._opened):
                opened.close()
            self._context.term()

    def sample(self) -> None:
        """Note what waits and what was counted."""
        host, orders, live = self._host, self._orders, self.live
        if host is None or orders is None or orders.client is None:
            return
        host.metrics.queue("commands", orders.client.waiting)
        if live is not None:
            host.metrics.unknown_orders(
                sum(str(order.state) == "UNKNOWN" for order in live.trader.orders())
            )
            host.health.fact("open_orders", len(live.trader.orders()))
            host.health.fact("counters", live.trader.counters())
        if (feed := self._feed) is not None:
            host.health.fact("market_messages", feed.messages)
            detail = "every stream is whole" if feed.is_whole else "a stream is missing something"
            host.note("market", is_met=feed.is_whole, detail=detail)

    # Before the strategy starts

    async def _ask(self, command: values.Command) -> Any:  # noqa: ANN401 - as the command has it
        """Send a command until the engine takes it, and return its reply."""
        client, host = self._client, self._host
        assert client is not None, "Invariant: the client is made first"  # noqa: S101
        assert host is not None, "Invariant: the host is there first"  # noqa: S101
        while True:
            try:
                number = client.send(command)
                break
            except BackPressureError as error:
                host.note("engine", is_met=False, detail=str(error))
                await asyncio.sleep(ASK_AGAIN_S)
        reply = self._replies[number] = asyncio.get_running_loop().create_future()
        value = await reply
        host.note("engine", is_met=True, detail="answers")
        return value

    async def _instruments(self) -> Sequence[InstrumentTerms]:
        hello = values.Hello(process=self._name, strategy=self._name)
        listed = await self._ask(hello)
        wanted = self.settings.strategy.symbols
        terms = {one.instrument.symbol: one for one in listed.terms}
        unknown = [symbol for symbol in wanted if symbol not in terms]
        if unknown:
            raise InputError(f"the venue does not trade this: symbol={', '.join(unknown)}")
        return [terms[symbol] for symbol in wanted] if wanted else list(terms.values())

    async def _clear(self) -> values.Recovered:
        """Cancel what an earlier run left, and return the state once nothing of it is open."""
        await self._ask(values.CancelAll(strategy=self._name, reason="a new run begins"))
        while True:
            request = values.RecoverRequest(strategy=self._name, since_ns=self._since_ns)
            recovered: values.Recovered = await self._ask(request)
            self._since_ns = recovered.ts_event_ns - LOOK_BACK_NS
            if recovered.is_whole and not recovered.orders:
                return recovered
            if self._host is not None:
                detail = f"{len(recovered.orders)} orders of an earlier run are open"
                self._host.note("strategy", is_met=False, detail=detail)
            await asyncio.sleep(ASK_AGAIN_S)

    # What is said

    def _replied(self, number: int, reply: object) -> None:
        waiting = self._replies.pop(number, None)
        if waiting is not None and not waiting.done():
            waiting.set_result(reply)
        elif isinstance(reply, values.CommandAck) and self._orders is not None:
            self._orders.acknowledged(reply)

    def _hear(self, update: OrderUpdate) -> None:
        if self.live is not None and self._host is not None:
            self.live.hear(update)
            self._host.metrics.order(update.reply)

    def _events(self, batch: Batch) -> None:
        """Take order events; those that come before the strategy wait for it."""
        live = self.live
        if live is None or live.container is None:
            self._early.append(batch)
            return
        for value in readable(batch, self._malformed):
            match value:
                case OrderUpdate():
                    self._since_ns = max(self._since_ns, value.ts_recv_ns - LOOK_BACK_NS)
                    self._hear(value)
                case RiskAlert():
                    live.hear_risk(value)
                case values.Reconciled():
                    live.hear_reconciled(
                        value.symbol,
                        value.client_order_ids,
                        before=value.position_before,
                        after=value.position_after,
                        ts_recv_ns=value.ts_recv_ns,
                    )
                case _:
                    pass

    def _malformed(self, text: str) -> None:
        if self._host is not None:
            self._host.alert("BUS_MALFORMED", text)

    def _engine_status(self, status: Status) -> None:
        host, live = self._host, self.live
        if host is None:
            return
        if status.word in {"restarted", "lost"}:
            # What was said meanwhile is said again.
            host.metrics.gap("orders")
            self._is_behind = live is not None
            self._catch_up()
        state = CONNECTION_WORDS.get(status.word)
        if state is None or state == self._word:
            return
        self._word = state
        host.note("engine", is_met=state == "up", detail=f"order events are {status.word}")
        host.metrics.connection("orders", "up" if state == "up" else "down")
        if live is not None and live.container is not None:
            now_ns = host.clock.now_ns()
            live.hear_connection(
                ConnectionChange(
                    peer="trading_engine", channel="orders", state=state, ts_recv_ns=now_ns
                )
            )

    def _catch_up(self) -> None:
        """Ask for all that is known of our orders, where some of it may have passed us by.

        An engine that starts again publishes before it takes commands: until it does, this is
        tried at each turn.
        """
        if not self._is_behind or self._client is None or self.live is None:
            return
        try:
            self._client.send(values.RecoverRequest(strategy=self._name, since_ns=self._since_ns))
        except BackPressureError:
            return
        self._is_behind = False

    def _follow_account(self) -> None:
        """Follow balances and positions, and what is held elsewhere."""
        host, settings = self._host, self.settings
        assert host is not None, "Invariant: the host is there first"  # noqa: S101
        exchange = self._venue.exchange
        followed = [(self._venue.positions, [balances_topic(exchange), positions_topic(exchange)])]
        if settings.subscribers.inventory_sub_endpoint is not None:
            followed.append((settings.subscribers.inventory_sub_endpoint, ["*"]))
        for endpoint, topics in followed:
            subscriber = Subscriber(
                self._context,
                endpoint,
                topics=topics,
                clock=host.clock,
                on_batch=self._account,
                limits=bus_limits(settings.safety),
                keys=client_keys(settings.curve),
            )
            self._opened.append(subscriber)

    def _account(self, batch: Batch) -> None:
        live, host = self.live, self._host
        if live is None or live.container is None or host is None:
            return
        known = set(live.trader.symbols)
        for value in readable(batch, self._malformed):
            match value:
                case Balance():
                    live.hear_balance(value)
                case VenuePosition() if value.symbol in known:
                    # Ours may differ for as long as a fill is under way, and in a shared account.
                    ours = live.trader.position(value.symbol).quantity
                    host.health.fact(
                        f"position.{value.symbol}", f"ours={ours}, account={value.quantity}"
                    )
                case _ if batch.topic.startswith("inventory"):
                    live.hear_other("on_inventory", value)
                case _:
                    pass
