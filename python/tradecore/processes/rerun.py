"""A live run again from its journal: the same things told in the same order at the same times."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from tradecore.core import DataError, Trader, UnknownSymbolError, WireBook
from tradecore.model import (
    Balance,
    Budget,
    ConnectionChange,
    OrderUpdate,
    Quote,
    RiskAlert,
    Trade,
)
from tradecore.processes.recorded_host import end_of, reconciled
from tradecore.processes.run_records import bodies_of, value_of
from tradecore.processes.strategy_host import LiveHost
from tradecore.runs.code import is_changed
from tradecore.runs.entries import EntryKind
from tradecore.runs.moment import Moment
from tradecore.runs.rerun import Beside, HaltRerun, Rerun
from tradecore.runs.witness import Witness
from tradecore.strategy import StrategyContainer
from tradecore.telemetry import ManualClock
from tradecore.wire import values

if TYPE_CHECKING:
    from collections.abc import Callable

    from tradecore.core import Instrument
    from tradecore.exchanges.base import CancelOrder, ModifyOrder, NewOrder
    from tradecore.model import Subscription
    from tradecore.runs.entries import Begin
    from tradecore.runs.journal import RunRecords
    from tradecore.runs.rerun import Ended, Record
    from tradecore.strategy import AbstractStrategy

__all__ = ["rerun_trader"]


class _Books:
    """The `MarketFeed` of a rerun: books that follow the bodies of the journal."""

    def __init__(self, instruments: dict[str, Instrument]) -> None:
        self._instruments = instruments
        self.all: dict[str, WireBook] = {}

    def book(self, symbol: str, /) -> WireBook:
        book = self.all.get(symbol)
        if book is None:
            instrument = self._instruments.get(symbol)
            if instrument is None:
                raise UnknownSymbolError(f"no book: symbol={symbol}")
            book = self.all[symbol] = WireBook(instrument)
        return book

    def subscribe(self, subscription: Subscription, /) -> None:
        """Ask nobody: what came, came."""


class _Nowhere:
    """The `OrderChannel` of a rerun: nothing leaves; the journal has the answers."""

    def submit(self, order: NewOrder, /) -> None:
        """Send nothing."""

    def modify(self, change: ModifyOrder, /) -> None:
        """Send nothing."""

    def cancel(self, cancel: CancelOrder, /) -> None:
        """Send nothing."""


class _Again:
    """A run under way again."""

    def __init__(self, records: RunRecords, strategy: AbstractStrategy) -> None:
        begin = records.begin
        self.beside = Beside(records)
        self.instruments = {one.symbol: one.instrument() for one in begin.instruments}
        self.trader = _trader(begin, self.instruments)
        self.clock = ManualClock(wall_ns=records.ts_ns)
        self.feed = _Books(self.instruments)
        self._symbols = list(self.instruments)
        self._look = Witness(self.trader, self.beside, self.feed.book).look
        self.live = LiveHost(
            self.trader,
            feed=self.feed,
            orders=_Nowhere(),
            clock=self.clock,
            cancels_on_silence=begin.cancels_on_silence,
        )
        self.container = StrategyContainer(strategy, self.trader, self.live)
        self._state: dict[str, object] = {}
        self._bodies: list[bytes] = []

    def start(self, begin: Begin) -> None:
        if begin.state is not None:
            self.container.load(begin.state)
        self.live.start(self.container)
        self._look(self.clock.wall_ns)

    def tell(self, record: Record) -> None:
        kind, ts_ns, payload = record
        self.clock.wall_ns = ts_ns
        match kind:
            case EntryKind.TOLD:
                self._value(payload)
            case EntryKind.BOOK:
                self._book(payload)
            case EntryKind.CLEARED:
                self.live.clear_books(self.feed.all.values())
            case EntryKind.RANG:
                self.live.ring()
            case EntryKind.STOPPED:
                self._state = self.container.save()
                self.live.stop()
            case _:
                raise DataError(f"a run is told of no such thing: kind={kind!r}, ts_ns={ts_ns}")
        self._look(ts_ns)

    def end(self) -> None:
        """Hold how it ended against how it had."""
        end = end_of(self.container, self.trader, self.feed, self._state)
        self.beside.keep(EntryKind.END, msgspec.json.encode(end), self.live.now_ns)

    def moment(self) -> Moment:
        return Moment.of(self.clock.wall_ns, self.trader, self.feed.all.values())

    def _book(self, payload: bytes) -> None:
        number, bodies, has_more = bodies_of(payload)
        self._bodies += bodies
        if has_more:
            return
        bodies, self._bodies = self._bodies, []
        symbol = self._symbols[number]
        try:
            self.live.hear_bodies(symbol, self.feed.book(symbol), bodies)
        except DataError:
            # It was refused the first time, too.
            return

    def _value(self, payload: bytes) -> None:
        live = self.live
        value, word = value_of(payload, self.instruments)
        match value:
            case Trade():
                live.hear_trade(value)
            case Quote():
                live.hear_quote(value)
            case OrderUpdate():
                live.hear(value)
            case Balance():
                live.hear_balance(value)
            case ConnectionChange():
                live.hear_connection(value)
            case RiskAlert():
                live.hear_risk(value)
            case values.Reconciled():
                reconciled(live, value)
            case Budget():
                live.hear_budget(word, value)
            case _:
                live.hear_other(word, value)


def _trader(begin: Begin, instruments: dict[str, Instrument]) -> Trader:
    trader = Trader(
        list(instruments.values()),
        run_id=begin.run_id,
        venue=begin.venue,
        order_types=begin.order_types,
    )
    for held in begin.held:
        trader.adopt_position(
            held.symbol,
            quantity=held.quantity,
            average_price=held.average_price,
            ts_event_ns=held.ts_event_ns,
        )
    return trader


def rerun_trader(
    records: RunRecords,
    strategy: AbstractStrategy,
    *,
    break_at_ns: int | None = None,
    at_break: Callable[[], object] | None = None,
) -> Rerun:
    """Tell a strategy again what it was told, and hold what it does against what it did.

    Nothing is opened and nothing leaves. A run whose process was killed ends where its records do.

    Args:
        records: The run.
        strategy: Made with its settings, not used before.
        break_at_ns: Stop before the first thing at or behind this time.
        at_break: Called there instead, and the run goes on.

    Raises:
        DataError: If a record makes no sense.
    """
    again = _Again(records, strategy)
    beside = again.beside
    ended: Ended = "end"
    try:
        ended = _play(again, records.begin, break_at_ns, at_break)
    except HaltRerun as halt:
        ended = halt.ended
    return Rerun(
        journal=records.path,
        host=records.begin.host,
        strategy=type(strategy).__name__,
        told=beside.told,
        compared=beside.compared,
        sha256=beside.sha256,
        difference=beside.difference,
        ended=ended,
        last=tuple(beside.last),
        moment=again.moment(),
        is_changed=is_changed(records.begin.code),
    )


def _play(
    again: _Again,
    begin: Begin,
    break_at_ns: int | None,
    at_break: Callable[[], object] | None,
) -> Ended:
    beside = again.beside

    def is_held(ts_ns: int) -> bool:
        nonlocal break_at_ns
        if break_at_ns is None or ts_ns < break_at_ns:
            return False
        if at_break is None:
            return True
        break_at_ns = None
        at_break()
        return False

    if is_held(again.clock.wall_ns):
        return "break"
    again.start(begin)
    while (record := beside.next_told()) is not None:
        if is_held(record[1]):
            beside.told -= 1
            return "break"
        again.tell(record)
    if beside.is_ended:
        # Nobody said how it ended: the process was killed.
        return "records"
    again.end()
    return "end"
