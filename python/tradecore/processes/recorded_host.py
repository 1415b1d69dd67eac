"""A strategy's host that keeps what it hears, so that the run can be run again.

It stands before a `LiveHost` and has its face. The clock is read once for each thing that happens,
and what happens is written down before the strategy is told: a run that ends in the middle of a
callback has the cause of it in its last record. A book that changes in the same process is told
first: there the time to the order counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path  # noqa: TC003 - a field of a value
from typing import TYPE_CHECKING, Any, TypeAlias

from tradecore.core import JournalError, __version__
from tradecore.exchanges.registry import order_types
from tradecore.processes.run_records import record_of_value, records_of_bodies
from tradecore.processes.strategy_host import LiveHost
from tradecore.runs.code import code_of
from tradecore.runs.entries import Begin, End, EntryKind, Facts, Held
from tradecore.runs.journal import RunJournal
from tradecore.runs.witness import Witness
from tradecore.telemetry import get_logger
from tradecore.wire import values

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from decimal import Decimal

    from tradecore.core import Trader, WireBook
    from tradecore.model import (
        Balance,
        Budget,
        ConnectionChange,
        Quote,
        RiskAlert,
        Trade,
    )
    from tradecore.model.venue import OrderUpdate
    from tradecore.processes.settings import TraderSettings
    from tradecore.processes.strategy_host import MarketFeed, OrderChannel
    from tradecore.strategy import AbstractStrategy, StrategyContainer
    from tradecore.telemetry import Clock

__all__ = [
    "AnyHost",
    "RecordedHost",
    "StepClock",
    "Unkept",
    "end_of",
    "reconciled",
    "strategy_host",
]


class StepClock:
    """A clock that stands while one thing is told, and never runs back."""

    __slots__ = ("_clock", "_now_ns", "monotonic_ns")

    def __init__(self, clock: Clock) -> None:
        """Stand at the present time."""
        self._clock = clock
        self._now_ns = clock.now_ns()
        self.monotonic_ns = clock.monotonic_ns

    def now_ns(self) -> int:
        """Return the time of the present step, in nanoseconds since 1970."""
        return self._now_ns

    def step(self) -> int:
        """Go on to the present time and return it."""
        now_ns = self._clock.now_ns()
        if now_ns > self._now_ns:  # noqa: PLR1730 - as `LiveHost` has it
            self._now_ns = now_ns
        return self._now_ns


class RecordedHost:
    """A `LiveHost` and the journal of its run."""

    def __init__(
        self,
        trader: Trader,
        *,
        feed: MarketFeed,
        orders: OrderChannel,
        clock: Clock,
        cancels_on_silence: bool,
        journal: RunJournal,
        begin: Begin,
    ) -> None:
        """Stand before a host of these.

        Args:
            trader: The strategy's orders and positions.
            feed: The market.
            orders: The way to the venue.
            clock: The time.
            cancels_on_silence: Whether resting orders are taken out when a connection is lost.
            journal: Where the run is kept.
            begin: What is run.
        """
        self.trader = trader
        self._feed = feed
        self._clock = StepClock(clock)
        self._journal = journal
        self._symbols = {symbol: number for number, symbol in enumerate(trader.symbols)}
        journal.begin(begin, self._clock.now_ns())
        self._look = Witness(trader, journal, feed.book).look
        self._live = LiveHost(
            trader,
            feed=feed,
            orders=orders,
            clock=self._clock,
            cancels_on_silence=cancels_on_silence,
        )

    @property
    def container(self) -> StrategyContainer | None:
        """The strategy's container, once it was started."""
        return self._live.container

    @property
    def strangers(self) -> int:
        """Evidence about orders that are not ours."""
        return self._live.strangers

    @property
    def now_ns(self) -> int:
        """The time of what is being delivered."""
        return self._live.now_ns

    @property
    def face(self) -> LiveHost:
        """What a container is made with."""
        return self._live

    # What happens

    def start(self, container: StrategyContainer) -> None:
        """Run `on_start`; it happens at the time of the first record."""
        self._live.start(container)
        self._look(self._clock.now_ns())

    def stop(self) -> None:
        """Run `on_stop`, take every resting order out, and let go of the journal."""
        now_ns = self._clock.step()
        self._journal.keep(EntryKind.STOPPED, b"", now_ns)
        self._live.stop()
        self._look(now_ns)

    def close(self, state: Mapping[str, object] | None = None) -> None:
        """Say how the run ended; nothing is kept after that."""
        container = self._live.container
        if container is None:
            self._journal.close()
        else:
            self._journal.end(end_of(container, self.trader, self._feed, state), self.now_ns)

    def hear_bodies(self, symbol: str, book: WireBook, bodies: Sequence[bytes]) -> None:
        """Changes of a book came; the strategy hears of it if its subscribed depth did."""
        now_ns = self._clock.step()
        for record in records_of_bodies(self._symbols[symbol], bodies):
            self._journal.keep(EntryKind.BOOK, record, now_ns)
        self._live.hear_bodies(symbol, book, bodies)
        self._look(now_ns)

    def hear_book(self, symbol: str, take_update: Callable[[str], bytes | None]) -> None:
        """A book of this process changed: the strategy is told, and behind that it is kept.

        What the strategy decides is in the socket by then; the records stand in the same order.
        """
        now_ns = self._clock.step()
        self._live.hear_book(symbol)
        body = take_update(symbol)
        if body is not None:
            for record in records_of_bodies(self._symbols[symbol], (body,)):
                self._journal.keep(EntryKind.BOOK, record, now_ns)
        self._look(now_ns)

    def clear_books(self, books: Iterable[WireBook]) -> None:
        """Forget every book: its stream fell silent."""
        self._journal.keep(EntryKind.CLEARED, b"", self._clock.step())
        self._live.clear_books(books)

    def hear_trade(self, trade: Trade) -> None:
        """A trade was printed."""
        self._tell(trade, self._live.hear_trade)

    def hear_quote(self, quote: Quote) -> None:
        """The venue published its best bid and ask."""
        self._tell(quote, self._live.hear_quote)

    def hear(self, update: OrderUpdate) -> None:
        """Evidence about an order came."""
        self._tell(update, self._live.hear)

    def hear_balance(self, balance: Balance) -> None:
        """A balance changed."""
        self._tell(balance, self._live.hear_balance)

    def hear_budget(self, exchange: str, budget: Budget) -> None:
        """The engine said what the venue's rate limit leaves."""
        self._tell(budget, lambda told: self._live.hear_budget(exchange, told), word=exchange)

    def hear_connection(self, change: ConnectionChange) -> None:
        """A connection changed."""
        self._tell(change, self._live.hear_connection)

    def hear_risk(self, alert: RiskAlert) -> None:
        """A limit was neared or reached."""
        self._tell(alert, self._live.hear_risk)

    def hear_reconciled(
        self,
        symbol: str,
        client_order_ids: tuple[str, ...],
        *,
        before: Decimal,
        after: Decimal,
        ts_recv_ns: int,
    ) -> None:
        """Our books were set to the venue's."""
        told = values.Reconciled(
            symbol=symbol,
            client_order_ids=client_order_ids,
            position_before=before,
            position_after=after,
            ts_recv_ns=ts_recv_ns,
        )
        self._tell(told, lambda one: reconciled(self._live, one))

    def hear_other(self, callback: str, payload: object) -> None:
        """Anything else happened, such as `on_inventory`."""
        self._tell(payload, lambda told: self._live.hear_other(callback, told), word=callback)

    def ring(self) -> int | None:
        """Ring what is due, and return when the next timer is, in nanoseconds since 1970."""
        now_ns, due_ns = self._clock.step(), self._live.due_ns
        if due_ns is None or due_ns > now_ns:
            return due_ns
        self._journal.keep(EntryKind.RANG, b"", now_ns)
        due_ns = self._live.ring()
        self._look(now_ns)
        return due_ns

    def _tell(self, value: Any, hear: Callable[[Any], object], *, word: str = "") -> None:  # noqa: ANN401 - one of the wire's values
        now_ns = self._clock.step()
        self._journal.keep(EntryKind.TOLD, record_of_value(value, word), now_ns)
        hear(value)
        self._look(now_ns)


AnyHost: TypeAlias = LiveHost | RecordedHost
"""A strategy's host, kept or not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unkept:
    """What the first record says beside the strategy, and where it goes.

    Args:
        file: The journal; not made yet.
        exchange: The venue, by the name configurations have.
        held: Positions taken over.
        state: What `on_load` is given.
    """

    file: Path
    exchange: str
    held: tuple[Held, ...]
    state: dict[str, Any] | None


def strategy_host(
    strategy: AbstractStrategy,
    trader: Trader,
    *,
    feed: MarketFeed,
    orders: OrderChannel,
    clock: Clock,
    settings: TraderSettings,
    kept: Unkept,
) -> AnyHost:
    """Return the host of a strategy: one that keeps the run, where the settings want that.

    A run that cannot be kept is run all the same; that is logged.
    """
    cancels = settings.safety.on_silence == "cancel_all"
    if not settings.journal.run_mb:
        return LiveHost(trader, feed=feed, orders=orders, clock=clock, cancels_on_silence=cancels)
    begin = Begin(
        host="trader",
        version=__version__,
        run_id=trader.run_id,
        venue=kept.exchange.lower(),
        order_types=order_types(kept.exchange),
        code=code_of(type(strategy)),
        params=strategy.config.model_dump(mode="json"),
        instruments=tuple(Facts.of(trader.instrument(symbol)) for symbol in trader.symbols),
        held=kept.held,
        state=kept.state,
        cancels_on_silence=cancels,
    )
    try:
        journal = RunJournal(kept.file, bytes_max=settings.journal.run_mb << 20)
    except (OSError, JournalError) as error:
        log = get_logger("tradecore.runs")
        log.warning("the run is not kept", file=str(kept.file), reason=str(error))
        return LiveHost(trader, feed=feed, orders=orders, clock=clock, cancels_on_silence=cancels)
    return RecordedHost(
        trader,
        feed=feed,
        orders=orders,
        clock=clock,
        cancels_on_silence=cancels,
        journal=journal,
        begin=begin,
    )


def end_of(
    container: StrategyContainer,
    trader: Trader,
    feed: MarketFeed,
    state: Mapping[str, object] | None,
) -> End:
    """Return how a live run ended, and the mid of every book then."""
    marks = {}
    for symbol in trader.symbols:
        book = feed.book(symbol)
        if book.best_bid is not None and book.best_ask is not None:
            marks[symbol] = (book.best_bid[0] + book.best_ask[0]) / 2
    return End(
        exit_code=container.exit_code,
        reason=container.reason,
        state=dict(state or {}),
        marks=marks,
    )


def reconciled(live: LiveHost, told: values.Reconciled) -> None:
    """Tell a host of books that were set to the venue's."""
    live.hear_reconciled(
        told.symbol,
        told.client_order_ids,
        before=told.position_before,
        after=told.position_after,
        ts_recv_ns=told.ts_recv_ns,
    )
