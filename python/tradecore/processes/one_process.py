"""A strategy, its market and its account in one process: the shortest way from a tick to an order.

The parts are those of the four processes, put together without the bus: the connector's books, the
strategy on its host, the desk, the order connector. A book that changes is heard by the strategy
in the turn of the event loop its frame was read in, and the order it causes is journaled and in
the socket before that turn ends. What is lost by it is what the bus is for: other traders on the
same account, and a strategy that may die without the desk.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final

from tradecore.core import InputError
from tradecore.exchanges.base import (
    BalancesListed,
    BookChanged,
    BookStale,
    PositionsListed,
    StreamLost,
    StreamReady,
)
from tradecore.execution import DeskAlert, DeskReconciled, DeskUpdate
from tradecore.model import (
    Balance,
    Bar,
    ConnectionChange,
    FundingRate,
    MarkPrice,
    Quote,
    Ticker,
    Trade,
    VenuePosition,
)
from tradecore.model.errors import TradecoreError
from tradecore.processes.account_desk import DEPTH_MS, AccountDesk
from tradecore.processes.adoption import adopting_trader
from tradecore.processes.direct import DirectFeed, DirectOrders, Silences
from tradecore.processes.recorded_host import RecordedHost, Unkept, strategy_host
from tradecore.processes.runs import run_id
from tradecore.strategy import StrategyContainer

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tradecore.exchanges.base import Event
    from tradecore.execution import DeskOutput
    from tradecore.model import OrderUpdate
    from tradecore.processes.host import Host
    from tradecore.processes.recorded_host import AnyHost
    from tradecore.processes.runs import RunFolder
    from tradecore.processes.settings import EngineSettings, TraderSettings
    from tradecore.strategy import AbstractStrategy

__all__ = ["OneProcess"]

ASK_AGAIN_S: Final = 0.02
WAKE_S: Final = 0.05
MS: Final = 1_000_000
MARKET: Final = "market"
PRIVATE: Final = "private"
_OTHERS: Final[dict[type, str]] = {
    MarkPrice: "on_mark_price",
    FundingRate: "on_funding_rate",
    Ticker: "on_ticker",
    Bar: "on_bar",
}


class OneProcess:
    """The service of a process that does everything; a `DeskListener`."""

    def __init__(
        self,
        engine: EngineSettings,
        trader: TraderSettings,
        strategy: AbstractStrategy,
        *,
        folder: RunFolder,
        name: str,
        depth_ms: int = DEPTH_MS,
    ) -> None:
        """Take settings and a strategy; nothing is opened yet.

        Args:
            engine: The venue, the account, the limits: what a trading engine is told.
            trader: Which symbols are traded, and what a trader is told beside that.
            strategy: What runs.
            folder: Where runs are counted, and the journal and the strategy's state are kept.
            name: What orders of this trader are known by, unique for the account.
            depth_ms: How often books change, where the venue lets one choose; 0 is as fast as
                it can.

        Raises:
            InputError: If the two are not about one venue.
        """
        venues, venue = trader.global_.enabled_exchanges, engine.global_.exchange_name
        if venues != (venue,):
            raise InputError(
                "one process trades at one venue, the engine's: "
                f"ENABLED_EXCHANGES={','.join(venues)}, EXCHANGE_NAME={venue}"
            )
        self.live: AnyHost | None = None
        self.account_desk = AccountDesk(
            engine, journal=folder.path, listener=self, depth_ms=depth_ms
        )
        self.container: StrategyContainer | None = None
        self._trader_settings = trader
        self._strategy = strategy
        self._folder, self._name = folder, name
        self._venue = venue
        self._run = folder.begin()
        self._silences = Silences(engine.safety.silence_timeout_ms * MS)
        self._positions: dict[str, VenuePosition] = {}
        self._balances: dict[str, Balance] = {}
        self._orders: DirectOrders
        self._host: Host
        self._hear_book: Callable[[str], None]

    # Life

    async def start(self, host: Host) -> None:
        """Clear what an earlier run left, take the position over, and start the strategy."""
        self._host = host
        account, wanted = self.account_desk, self._trader_settings.strategy.symbols
        terms = await account.open(host, wanted)
        await self._clear()
        self._orders = DirectOrders(account, self._name, host.clock, self._refuse)
        trader, held = adopting_trader(
            terms,
            self._positions.values(),
            run_id=run_id(self._name, self._run),
            exchange=self._venue,
        )
        settings, state = self._trader_settings, self._folder.load()
        self.live = live = strategy_host(
            self._strategy,
            trader,
            feed=DirectFeed(account),
            orders=self._orders,
            clock=host.clock,
            settings=settings,
            kept=Unkept(
                file=self._folder.journal(self._run, kept=settings.journal.runs_kept),
                exchange=self._venue,
                held=held,
                state=state,
            ),
        )
        self._hear_book = self._keep_book if isinstance(live, RecordedHost) else live.hear_book
        container = self.container = StrategyContainer(self._strategy, trader, live.face)
        if state is not None:
            container.load(state)
        live.start(container)
        for balance in self._balances.values():
            live.hear_balance(balance)
        self.settle()
        host.note("strategy", is_met=True, detail=f"run {trader.run_id}")
        host.log.info("strategy started", strategy=type(self._strategy).__name__, run=trader.run_id)

    async def _clear(self) -> None:
        """Cancel what an earlier run left, and return once the state is reconciled without it."""
        desk, host = self.account_desk.desk, self._host
        while desk.blocked is not None:
            host.note("strategy", is_met=False, detail=desk.blocked)
            await asyncio.sleep(ASK_AGAIN_S)
        desk.cancel_all(trader=self._name, now_ns=host.clock.now_ns())
        self.account_desk.flush()
        while left := desk.table.open_orders(trader=self._name):
            detail = f"{len(left)} orders of an earlier run are open"
            host.note("strategy", is_met=False, detail=detail)
            await asyncio.sleep(ASK_AGAIN_S)

    async def run(self) -> None:
        """Ring timers, and end when the strategy halts by a mistake of its own.

        Raises:
            TradecoreError: If a callback failed.
        """
        async with asyncio.TaskGroup() as group:
            group.create_task(self.account_desk.run())
            group.create_task(self._ring())

    async def _ring(self) -> None:
        live, container = self._running()
        clock = self._host.clock
        while True:
            due_ns = live.ring()
            now_ns = clock.now_ns()
            for channel in self._silences.due(now_ns):
                self._connection(channel, "down")
            self.settle()
            if container.exit_code:
                raise TradecoreError(f"the strategy was halted: {container.reason}")
            wait_s = WAKE_S
            if due_ns is not None:
                wait_s = min(wait_s, max(due_ns - now_ns, 0) / 1e9)
            await asyncio.sleep(wait_s)

    async def stop(self) -> None:
        """Stop the strategy, see its orders gone at the venue, keep its state."""
        account = self.account_desk
        try:
            if self.live is not None and self.container is not None:
                state = self.container.save()
                if state:
                    self._folder.save(state)
                self.live.stop()
                await account.cancel_all()
                self.settle()
                self.live.close(state)
        finally:
            await account.aclose()
            if self.live is not None:
                self.live.close()

    def sample(self) -> None:
        """Note what is open and what was counted."""
        host, live = self._host, self.live
        self.account_desk.sample()
        if live is not None:
            host.health.fact("counters", live.trader.counters())
        is_whole = not self._silences.is_silent(MARKET)
        detail = "every book is whole" if is_whole else "a book is missing something"
        host.note("market", is_met=is_whole, detail=detail)

    @property
    def is_deaf(self) -> bool:
        """Whether something that should speak, the market or the account, cannot be believed."""
        return self._silences.has_any

    # A desk's listener

    def market(self, events: Sequence[Event]) -> None:
        """Hand the market to the strategy; what it sends is in the socket when this returns."""
        live, host = self.live, self._host
        if live is None or live.container is None:
            return
        began_ns, sent = host.clock.monotonic_ns(), self._orders.sent
        for event in events:
            match event:
                case BookChanged(symbol=symbol):
                    if self._silences.since and self._silences.back(MARKET, part=symbol):
                        self._connection(MARKET, "up")
                    self._hear_book(symbol)
                case BookStale(symbol=symbol):
                    host.metrics.gap("book")
                    self._silences.lost(MARKET, host.clock.now_ns(), part=symbol)
                    self._hear_book(symbol)
                case Trade():
                    live.hear_trade(event)
                case Quote():
                    live.hear_quote(event)
                case _ if (callback := _OTHERS.get(type(event))) is not None:
                    live.hear_other(callback, event)
                case _:
                    pass
        if self._orders.sent > sent:
            host.metrics.took("tick_to_order", host.clock.monotonic_ns() - began_ns)
            self.settle()

    def account(self, event: Event) -> None:
        """Keep what the venue says of the account, and tell the strategy of it."""
        match event:
            case VenuePosition():
                self._positions[event.symbol] = event
            case PositionsListed(positions=positions):
                self._positions = {position.symbol: position for position in positions}
            case Balance():
                self._balance(event)
            case BalancesListed(balances=balances):
                for balance in balances:
                    self._balance(balance)
            case StreamLost():
                self._silences.lost(PRIVATE, self._host.clock.now_ns())
            case StreamReady():
                if self._silences.back(PRIVATE):
                    self._connection(PRIVATE, "up")
            case _:
                pass

    def settle(self) -> None:
        """Have what was decided in the sockets, then tell the strategy what the desk concluded."""
        account, live = self.account_desk, self.live
        account.flush()
        if live is None or live.container is None:
            return
        outputs = account.desk.take()
        for output in outputs:
            self._tell(live, output)
        if outputs:
            # What telling caused is told in a later turn, so that no strategy holds the loop.
            asyncio.get_running_loop().call_soon(self.settle)

    def _tell(self, live: AnyHost, output: DeskOutput) -> None:
        match output:
            case DeskUpdate(update=update):
                live.hear(update)
            case DeskAlert(alert=alert):
                live.hear_risk(alert)
            case DeskReconciled():
                if output.symbol in set(live.trader.symbols):
                    live.hear_reconciled(
                        output.symbol,
                        output.client_order_ids,
                        before=output.position_before,
                        after=output.position_after,
                        ts_recv_ns=output.ts_recv_ns,
                    )

    # Inside

    def _running(self) -> tuple[AnyHost, StrategyContainer]:
        live, container = self.live, self.container
        assert live is not None, "Invariant: run follows start"  # noqa: S101
        assert container is not None, "Invariant: run follows start"  # noqa: S101
        return live, container

    def _keep_book(self, symbol: str) -> None:
        """Tell of a changed book, and keep what changed of it."""
        live, market = self.live, self.account_desk.market
        if isinstance(live, RecordedHost) and market is not None:
            live.hear_book(symbol, market.take_update)

    def _refuse(self, update: OrderUpdate) -> None:
        live, _ = self._running()
        live.hear(update)
        self._host.metrics.order(update.reply)
        self.settle()

    def _balance(self, balance: Balance) -> None:
        self._balances[balance.currency] = balance
        if self.live is not None and self.live.container is not None:
            self.live.hear_balance(balance)

    def _connection(self, channel: str, state: Any) -> None:  # noqa: ANN401 - one of two words
        live, host = self.live, self._host
        host.metrics.connection(channel, state)
        if live is not None and live.container is not None:
            now_ns = host.clock.now_ns()
            live.hear_connection(
                ConnectionChange(peer=self._venue, channel=channel, state=state, ts_recv_ns=now_ns)
            )
