"""The venue as routes use it: commands in their turn, reads of what is kept, events passed on."""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeVar

from tradecore.gateway.changes import Change, changed
from tradecore.gateway.checks import Examination
from tradecore.gateway.codes import code_of, refusal
from tradecore.gateway.following import Following
from tradecore.gateway.limits import bind
from tradecore.gateway.numbers import written
from tradecore.gateway.problems import ProblemError
from tradecore.gateway.switches import tell
from tradecore.gateway.symbols import SymbolNames
from tradecore.gateway.views import OrderView, status_of
from tradecore.telemetry import get_logger
from tradecore.venue import Refused
from tradecore.venue.engine_marks import EngineMarks
from tradecore.venue.events import OrderChanged
from tradecore.venue.naming import name_refused

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tradecore.gateway.day import TradingDay
    from tradecore.gateway.limits import LimitTable, LimitValues
    from tradecore.gateway.metrics import VenueMetrics
    from tradecore.gateway.native import NativeDoor
    from tradecore.gateway.queue import CommandQueue
    from tradecore.gateway.switches import Scope, Switches, TradingState
    from tradecore.store import (
        AccountTradeRow,
        Cache,
        CheckpointFile,
        PositionRow,
        Records,
        RecordWriter,
    )
    from tradecore.telemetry import Clock
    from tradecore.venue import OrderRecord, PlaceOrder, TradeRecord, VenueEvent, VenueService
    from tradecore.venue.depth import BookDepth

__all__ = ["Floor", "Placed"]

#: Orders whose fills are kept at hand; those of older ones are in the records.
FILLED_ORDERS_MAX: Final = 50_000
FILLS_MAX: Final = 1_000
#: How long a read waits until the records have what was answered before, in seconds.
CATCH_UP_S: Final = 2.0
#: Commands between two checkpoints.
CHECKPOINT_EVERY: Final = 200_000
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Placed:
    """An order as it stood when its command was done, and what it had traded by then."""

    view: OrderView
    fills: tuple[TradeRecord, ...]


@dataclass(slots=True, eq=False)
class Floor:
    """A venue behind its queue.

    Args:
        service: The venue.
        queue: Where commands wait.
        limits: What accounts may do.
        switches: Who may trade.
        day: When the day began, for what is lost in one.
        records: What ended orders and trades are read from.
        writer: Brings the records up to the venue.
        checkpoints: Where the books are kept, so that a start need not read everything.
        cache: Books for readers that are not this process, if there is one.
        clock: Time of commands.
        metrics: Counts what became of orders.
        native: The door of orders that come without the gateway, if there is one.
        listeners: Hear of every event once it is kept.
    """

    service: VenueService
    queue: CommandQueue
    limits: LimitTable
    switches: Switches
    day: TradingDay
    records: Records
    writer: RecordWriter
    checkpoints: CheckpointFile
    cache: Cache | None
    clock: Clock
    metrics: VenueMetrics
    native: NativeDoor | None = None
    listeners: list[Callable[[Sequence[VenueEvent]], None]] = field(default_factory=list)
    names: SymbolNames = field(init=False)
    marks: EngineMarks = field(init=False)
    following: Following = field(init=False)
    _kept_at: int = 0
    _saving: asyncio.Task[None] | None = None
    _fills: OrderedDict[int, deque[TradeRecord]] = field(default_factory=OrderedDict)

    def __post_init__(self) -> None:
        self.names = SymbolNames(self.service.state.instruments)
        self.marks = EngineMarks(self.service)
        self.following = Following(self.service, self.native, self.clock)

    # Commands

    async def command(
        self, work: Callable[[int], T], *, reduces: bool = False, is_own: bool = False
    ) -> T:
        """Run a command with the time of its turn; return its result once it is kept."""
        now_ns = self.clock.now_ns
        return await self.queue.run(lambda: work(now_ns()), reduces=reduces, is_own=is_own)

    async def tick(self) -> None:
        """Let time pass: what is due by now happens."""
        await self.command(self._pass_time, reduces=True, is_own=True)
        if self.service.sequence - self._kept_at >= CHECKPOINT_EVERY and self._saving is None:
            await self.queue.settled()
            self._saving = asyncio.create_task(self._save(self._checkpoint()))

    def _pass_time(self, now_ns: int) -> None:
        """Let what is due happen, and tell the engine marks and days, by which it limits."""
        self.service.advance(now_ns)
        self.marks.tell()
        self.day.turn(self.service, now_ns)

    async def saved(self) -> None:
        """Return when no checkpoint is being written."""
        if self._saving is not None:
            await self._saving

    def set_limits(
        self, values: LimitValues, *, account: int, now_ns: int, strategy: str = ""
    ) -> None:
        """Set the own limits of an account, or of a strategy of it; called within a command.

        Raises:
            ProblemError: 422, if the account named as many strategies as it may.
        """
        self.service.advance(now_ns)
        if refused := name_refused(self.service.commands, account, strategy):
            raise refusal(refused)
        bind(self.service, values, account=account, strategy=strategy)
        self.limits.set(account, values, strategy=strategy)

    def hold(self, state: TradingState, scope: Scope) -> None:
        """Tell the engine at once, ahead of the commands that wait, what `set_state` keeps."""
        tell(self.service.engine, state, scope)

    def set_state(self, state: TradingState, scope: Scope, *, now_ns: int) -> None:
        """Say how whoever is in a scope may trade; called within a command."""
        self.service.advance(now_ns)
        self.service.tell_engine(lambda engine: tell(engine, state, scope))
        self.switches.set(state, scope)

    def cancel_scope(self, scope: Scope, *, now_ns: int) -> int:
        """Take out the live orders of a scope; called within a command; return how many."""
        service = self.service
        if isinstance(scope, tuple):
            number = service.engine.find_strategy(*scope)
            return service.cancel_where(account=scope[0], strategy=number, now_ns=now_ns)
        symbol = scope if isinstance(scope, str) else None
        account = scope if isinstance(scope, int) else None
        return service.cancel_where(account=account, symbol=symbol, now_ns=now_ns)

    def examine(self, order: PlaceOrder) -> Examination:
        """Return an order beside the limits and states that hold for it."""
        return Examination(
            self.service,
            self.limits.of(order.account, order.strategy),
            self.switches.of(order.account, order.symbol, order.strategy),
            order,
        )

    async def place(self, request: PlaceOrder) -> Placed:
        """Place an order.

        Raises:
            ProblemError: If it is refused, with the id under which the refusal is kept.
        """
        return await self.command(lambda now_ns: self._place(request, now_ns))

    def _place(self, request: PlaceOrder, now_ns: int) -> Placed:
        placed = self.service.place(request, now_ns=now_ns)
        if isinstance(placed, Refused):
            problem = refusal(placed, **self._measure(placed, request))
            self.metrics.order("rejected", problem.code)
            self.metrics.denied(problem.code)
            raise problem
        self.metrics.order("accepted")
        return self._placed(placed)

    def _placed(self, record: OrderRecord) -> Placed:
        fresh = tuple(
            event.trade
            for event in self.service.state.events
            if isinstance(event, OrderChanged)
            and event.trade is not None
            and event.order.order_id == record.order_id
        )
        return Placed(OrderView.of_record(record), (*self._fills.get(record.order_id, ()), *fresh))

    async def amend(self, view: OrderView, change: Change) -> Placed:
        """Change an open order's price, total or trigger.

        Raises:
            ProblemError: 409 if it ended, 422 if the change is refused.
        """

        def work(now_ns: int) -> Placed:
            done = changed(self.service, self._open(view), change, now_ns=now_ns)
            if isinstance(done, Refused):
                raise refusal(done)
            self.metrics.order("amended")
            return self._placed(done)

        return await self.command(work)

    async def cancel(self, view: OrderView) -> Placed:
        """Take an order out; one that was taken out before is answered as it is.

        Raises:
            ProblemError: 409 if it ended another way.
        """

        def work(now_ns: int) -> Placed:
            record = self._open(view)
            canceled = self.service.cancel(record, now_ns=now_ns)
            if isinstance(canceled, Refused):
                raise refusal(canceled)
            self.metrics.order("canceled")
            return self._placed(canceled)

        if view.status == "cancelled":
            return Placed(view, tuple(self._fills.get(view.order_id, ())))
        return await self.command(work, reduces=True)

    def _open(self, view: OrderView) -> OrderRecord:
        record = self.service.state.histories.order(view.order_id)
        if record is not None and record.is_open:
            return record
        ended = view.status if record is None else status_of(record.status)
        raise ProblemError(
            409,
            "ORDER_NOT_LIVE",
            f"the order is not live any more: status={ended}",
            order_id=str(view.order_id),
        )

    def _measure(self, refused: Refused, order: PlaceOrder) -> dict[str, str]:
        """Return the limit that was met and what the order would have come to, where known."""
        code = code_of(refused)
        if order.symbol not in self.service.state.instruments:
            return {}
        for check in self.examine(order).limit_checks():
            if check.code == code and check.limit is not None and check.value is not None:
                return {"limit": written(check.limit), "value": written(check.value)}
        return {}

    # Reads

    async def any_order(self, order_id: int) -> OrderView | None:
        """Return an order by its number, open or ended, whoever's it is."""
        await self.queue.settled()
        record = self.service.state.histories.order(order_id)
        if record is not None:
            return OrderView.of_record(record)
        if order_id >= 2**63:
            return None
        await self.caught_up()
        row = await asyncio.to_thread(self.records.order, None, order_id)
        return None if row is None else OrderView.of_row(row)

    async def find_by_client(self, account: int, client_order_id: str) -> OrderView | None:
        """Return the newest order an account gave this name."""
        await self.queue.settled()
        record = self.service.state.histories.by_client(account, client_order_id)
        if record is not None:
            return OrderView.of_record(record)
        await self.caught_up()
        row = await asyncio.to_thread(self.records.order_by_client, account, client_order_id)
        return None if row is None else OrderView.of_row(row)

    async def fills(self, view: OrderView) -> Sequence[TradeRecord | AccountTradeRow]:
        """Return what an order traded, the last thousand, oldest first."""
        if not view.filled:
            return ()
        known = self._fills.get(view.order_id)
        if known is not None:
            return tuple(known)
        await self.caught_up()
        page = await asyncio.to_thread(
            self.records.account_trades, view.account, order_id=view.order_id, limit=FILLS_MAX
        )
        return tuple(reversed(page.rows))

    async def book(self, symbol: str, levels: int) -> BookDepth:
        """Return a book; a cache has it afterwards."""
        await self.queue.settled()
        found = self.service.depth(symbol, levels)
        if self.cache is None:
            return found
        return await asyncio.to_thread(
            self.cache.book, symbol, levels, lambda: found, sequence=found.sequence
        )

    async def holdings(self, account: int) -> Sequence[PositionRow]:
        """Return what an account holds as it is on record."""
        await self.caught_up()
        if self.cache is None:
            return await asyncio.to_thread(self.records.positions, account)
        return await asyncio.to_thread(
            self.cache.positions,
            account,
            lambda: self.records.positions(account),
            sequence=self.service.state.changes.get(account, 0),
        )

    async def caught_up(self) -> None:
        """Return when the records have everything that was answered so far.

        Raises:
            ProblemError: 503, if they do not come along.
        """
        await self.queue.settled()
        position = self.service.position
        if await asyncio.to_thread(self.writer.wait, position, timeout_s=CATCH_UP_S):
            return
        raise ProblemError(
            503, "RECORDS_BEHIND", "the records are behind the venue", retry_after_ms=1_000
        )

    # Events

    def publish(self) -> None:
        """Pass on what happened, now that it is kept."""
        events = self.service.take_events()
        batch = self.service.take_batch()
        if batch is not None:
            self.writer.offer(batch)
        for event in events:
            if isinstance(event, OrderChanged) and event.trade is not None:
                self._keep_fill(event.trade)
        for listen in self.listeners:
            listen(events)

    def keep_checkpoint(self) -> None:
        """Keep the books as they are; nothing else may happen meanwhile.

        Raises:
            OSError: If they cannot be written; those kept before are still there.
        """
        self.service.settle()
        self.checkpoints.save(self._checkpoint())

    def _checkpoint(self) -> bytes:
        """Return the books, of which everything is settled."""
        self.writer.offer(self.service.take_batch())
        self._kept_at = self.service.sequence
        return self.service.checkpoint()

    async def _save(self, data: bytes) -> None:
        """Write a checkpoint beside the venue; the journal alone is enough where that fails."""
        try:
            await asyncio.to_thread(self.checkpoints.save, data)
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            get_logger("tradecore.gateway").warning("checkpoint not kept", reason=reason)
        finally:
            self._saving = None

    def _keep_fill(self, trade: TradeRecord) -> None:
        fills = self._fills.setdefault(trade.order_id, deque(maxlen=FILLS_MAX))
        fills.append(trade)
        self._fills.move_to_end(trade.order_id)
        while len(self._fills) > FILLED_ORDERS_MAX:
            self._fills.popitem(last=False)
