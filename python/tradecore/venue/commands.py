"""What a venue asks of its engine, each booked with what others asked of it, in one order."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from tradecore.core import DataError
from tradecore.venue.booked import JournalPosition
from tradecore.venue.checkpoint import read_checkpoint, restore
from tradecore.venue.entries import Entry, read_entry
from tradecore.venue.naming import number_of, tell_names
from tradecore.venue.notes import (
    NOTE_KIND,
    Note,
    OrderTerms,
    Voided,
    encode_note,
)
from tradecore.venue.orders import OrderRecord, answered
from tradecore.venue.replay import read_notes, steps, unheard
from tradecore.venue.state import FIRST_ORDER_ID

if TYPE_CHECKING:
    from decimal import Decimal

    from tradecore.core import ExecutionReport, History, MarketUpdate, VenueEngine
    from tradecore.venue.books import Books
    from tradecore.venue.entries import EntryKind
    from tradecore.venue.instruments import VenueInstrument
    from tradecore.venue.notes import Notes, What
    from tradecore.venue.orders import PlaceOrder

__all__ = ["Commands"]

_TURN: Final = 1_000
_TIMEOUT_MS: Final = 100
_TURNS_MAX: Final = 600


@dataclass(slots=True)
class Commands:
    """Sends commands and writes notes; the books hear of both.

    Args:
        engine: Who executes.
        books: What is kept.
        notes: Where notes go; without them nothing outlasts the process.
        is_shared: Whether others send commands to the engine too.
    """

    engine: VenueEngine
    books: Books
    notes: Notes | None = None
    is_shared: bool = False
    #: Market data nobody was shown yet.
    updates: list[MarketUpdate] = field(default_factory=list)
    #: Where the books began, unless at the beginning of the journal.
    checkpoint: bytes | None = None
    _first_id: int = FIRST_ORDER_ID
    _note: int = 0
    _history: History | None = None

    # Notes

    def jot(self, what: What, /) -> None:
        """Write a note down and let it have its effect."""
        state = self.books.state
        note = Note(
            after=self.books.sequence, next_id=state.next_id, ts_event_ns=state.now_ns, what=what
        )
        if self.notes is None:
            self._note += 1
        else:
            self._note = self.notes.append(NOTE_KIND, encode_note(note), timestamp_ns=state.now_ns)
            # What an order has beside the engine's terms must not be lost when the order is not.
            is_waited_for = self.engine.waits and self.engine.ack == "durable"
            if isinstance(what, OrderTerms) or is_waited_for:
                self.notes.flush()
        self.books.jot(self._note, note)

    # Commands

    def submit(
        self, request: PlaceOrder, *, is_guarded: bool, condition_id: int = 0
    ) -> tuple[OrderRecord, list[ExecutionReport]]:
        """Send an order; return how it stands, also when it was refused."""
        if self.notes is not None:
            request = self._jot_terms(request, is_guarded=is_guarded, condition_id=condition_id)
        mode = request.self_trade_prevention
        reports = self.engine.submit(
            request.symbol,
            side=request.side,
            quantity=request.quantity,
            type=request.kind,
            price=request.price,
            stop_price=request.stop_price,
            trailing_distance=request.trailing_distance,
            display_quantity=request.display_quantity,
            time_in_force=request.time_in_force,
            post_only=request.post_only,
            reduce_only=is_guarded,
            expire_time_ns=request.expire_time_ns,
            account=request.account,
            client_order_id=request.client_order_id or None if self.notes is not None else None,
            self_trade_prevention=None if mode == "none" else mode,
            order_id=0 if self.notes is not None else self._first_id,
            timestamp_ns=self.books.state.now_ns,
            strategy=number_of(self, request.account, request.strategy),
        )
        first = reports[0]
        if self.notes is not None and (first.is_duplicate or not first.sequence):
            return self._answered(request, reports), reports
        order = self._take("new", reports, order=request)
        if order is None:
            raise AssertionError("Invariant: an order that was sent is in the books")
        if order.status != "rejected" or reports[-1].reject_code == "FOK_NOT_FILLABLE":
            # From the first number the engine counts on, for whoever trades there.
            self._first_id = 0
        return order, reports

    def _jot_terms(self, request: PlaceOrder, *, is_guarded: bool, condition_id: int) -> PlaceOrder:
        """Write down what the engine's command will not say; return the order with a name."""
        has_more = (
            request.leg != "both"
            or request.is_forced
            or request.reduce_only != is_guarded
            or request.origin is not None
            or condition_id
        )
        if not has_more:
            return request
        if not request.client_order_id:
            name = f"v{self.books.state.take_id():021d}"
            request = replace(request, client_order_id=name)
        self.jot(
            OrderTerms(
                account=request.account,
                client_order_id=request.client_order_id,
                leg=request.leg,
                reduce_only=request.reduce_only,
                is_forced=request.is_forced,
                condition_id=condition_id,
                origin=request.origin,
            )
        )
        return request

    def _answered(self, request: PlaceOrder, reports: list[ExecutionReport]) -> OrderRecord:
        """Return the order of an answer that was given before, or of a name given to another."""
        first = reports[0]
        known = self.books.state.histories.order(first.order_id)
        if first.is_duplicate and known is not None:
            return known
        return answered(request, reports)

    def modify(
        self,
        order: OrderRecord,
        *,
        price: Decimal | None,
        open_quantity: Decimal,
        origin: object,
        stop_price: Decimal | None = None,
    ) -> list[ExecutionReport]:
        """Send other terms of an order, which goes to the back of its queue."""
        origins = self.books.reports.origins
        origins[order.order_id] = origin
        reports = self.engine.modify(
            order.symbol,
            order_id=order.order_id,
            price=price,
            open_quantity=open_quantity,
            stop_price=stop_price,
            keep_priority=False,
            timestamp_ns=self.books.state.now_ns,
        )
        self._take("modify", reports, stop_price=stop_price)
        origins.pop(order.order_id, None)
        return reports

    def cancel(self, order: OrderRecord) -> None:
        """Take an order out."""
        now_ns = self.books.state.now_ns
        reports = self.engine.cancel(order.symbol, order_id=order.order_id, timestamp_ns=now_ns)
        self._take("cancel", reports)

    def deposit(self, account: int, amount: Decimal) -> None:
        """Put money in."""
        currency = self.books.state.ledger.currency
        self.engine.risk.deposit(account, currency, amount)
        self._take("deposit", [], account=account, asset=currency, amount=amount)

    def withdraw(self, account: int, amount: Decimal) -> bool:
        """Take money out; return whether the engine had so much of it free."""
        currency = self.books.state.ledger.currency
        is_done = self.engine.risk.withdraw(account, currency, amount)
        taken = -amount if is_done else amount * 0
        self._take("withdraw", [], account=account, asset=currency, amount=taken)
        return is_done

    def advance_time(self, now_ns: int) -> list[ExecutionReport]:
        """Tell the time; return what was due.

        The books take their time from the commands in them, since what others sent comes first.
        """
        reports = self.engine.advance_time(now_ns)
        if self.is_shared and self.engine.called_sequence != self.books.sequence + 1:
            self.follow()
            return reports
        state = self.books.state
        state.now_ns = max(state.now_ns, now_ns)
        if reports or self.notes is not None:
            self._take("other", reports)
        return reports

    def listed(self, instrument: VenueInstrument) -> None:
        """Book an instrument that the engine lists now."""
        self._take("list", [], listed=instrument)

    def named(self, account: int, strategy: str) -> None:
        """Book a strategy that the engine named now."""
        self._take("strategy", [], account=account, name=strategy)

    # What came of them

    def take_heard(self, reports: list[ExecutionReport], *, is_cancel: bool = False) -> None:
        """Book what a call to the engine caused."""
        self._take("cancel" if is_cancel else "other", reports)

    def overhear(self) -> None:
        """Book what traders of the house's own caused."""
        heard = self.engine.take_reports()
        if self.notes is None:
            self._take("other", heard)
        else:
            self.follow()

    def pass_by(self) -> None:
        """Leave commands behind that nothing in the books follows from."""
        sequence = self.engine.sequence
        if self.is_shared:
            sequence = self.engine.called_sequence
            if sequence != self.books.sequence + 1:
                self.follow()
                return
        if sequence != self.books.sequence:
            ts_ns = self.books.state.now_ns
            self.books.enter(Entry(sequence=sequence, ts_event_ns=ts_ns, kind="other"))

    def _take(
        self,
        kind: EntryKind,
        reports: list[ExecutionReport],
        **said: object,
    ) -> OrderRecord | None:
        """Book a command of ours, after what others sent before it; return the order it placed."""
        self.look()
        engine, books = self.engine, self.books
        sequence = engine.called_sequence if self.is_shared else engine.sequence
        if self.notes is not None:
            if sequence <= books.sequence:
                return None
            if sequence != books.sequence + 1:
                return self.follow(order_id=reports[0].order_id if reports else 0)
        ts_ns = books.state.now_ns
        if self.is_shared and reports:
            ts_ns = max(ts_ns, reports[0].timestamp_ns)
        entry = Entry(sequence=sequence, ts_event_ns=ts_ns, kind=kind, reports=reports, **said)  # type: ignore[arg-type]
        return books.enter(entry)

    def look(self) -> None:
        """Take market data, and count its trades before they are booked."""
        new = self.engine.take_market_data()
        if new:
            self.books.reports.numbers.count_all(new)
            self.updates += new

    def follow(self, *, order_id: int = 0) -> OrderRecord | None:
        """Book every command so far, whoever sent it; return the order of this number.

        Raises:
            DataError: If the history of the engine does not come.
        """
        engine, books = self.engine, self.books
        target, placed, turns = engine.sequence, None, 0
        if books.sequence >= target:
            return None
        engine.flush()
        history = self._told()
        while books.sequence < target:
            found = history.take(_TURN, timeout_ms=_TIMEOUT_MS)
            turns = 0 if found else turns + 1
            if turns > _TURNS_MAX:
                raise DataError(
                    f"a history has every command: sequence={books.sequence}, upto={target}"
                )
            for item in found:
                # One of ours may have come to the medium only now.
                if item.sequence > books.sequence:
                    order = books.enter(read_entry(item))
                    if order is not None and order.order_id == order_id:
                        placed = order
        self.look()
        return placed

    def follow_some(self, most: int) -> None:
        """Book up to so many commands that are on the medium.

        Raises:
            DataError: If they do not lead to the state they led to.
        """
        for item in self._told().take(most):
            if item.sequence > self.books.sequence:
                self.books.enter(read_entry(item))
        self.look()

    def _told(self) -> History:
        """Return what tells the commands behind the books."""
        if self._history is None:
            self._history = self.engine.history(after=self.books.sequence)
        # Commands of ours are booked as they are given.
        self._history.skip(self.books.sequence)
        return self._history

    # Before and after

    def resume(self, checkpoint: bytes | None = None) -> None:
        """Read the journal and the notes again, behind a checkpoint where there is one.

        Raises:
            DataError: If the checkpoint is none, or beyond the journal.
            JournalError: If the commands behind what the books know were let go.
        """
        if self.notes is None:
            return
        books, engine = self.books, self.engine
        if checkpoint is not None:
            self._restore(checkpoint)
        notes = read_notes(self.notes, after=books.position.note)
        first = unheard(notes, sequence=engine.sequence)
        kept = [(number, note) for number, note in notes if not first or number < first]
        books.state.is_live = False
        upto = JournalPosition(engine.sequence, notes[-1][0] if notes else books.position.note)
        history = engine.history(after=books.sequence)
        for step in steps(history, kept, upto=upto):
            if isinstance(step, Entry):
                books.enter(step)
            else:
                books.jot(*step)
        if self.is_shared:
            # It goes on where the books are, for `follow`.
            self._history = history
        else:
            history.close()
        books.state.is_live = True
        self._note = upto.note
        self._first_id = 0 if books.has_orders else self._first_id
        if first:
            self.jot(Voided(first=first))
        tell_names(self)

    def close(self) -> None:
        """Write what waits, and let go of journal and notes.

        Raises:
            JournalError: If something could not be written.
        """
        if self.notes is not None:
            self.notes.flush()
            self.notes.close()
        if self._history is not None:
            self._history.close()
        self.engine.close()

    def _restore(self, checkpoint: bytes) -> None:
        found = read_checkpoint(checkpoint)
        if found.sequence > self.engine.sequence:
            raise DataError(
                f"a checkpoint is of the journal it is read with: checkpoint={found.sequence}, "
                f"journal={self.engine.sequence}"
            )
        restore(self.books, found)
        self.checkpoint = checkpoint

    def settle(self) -> JournalPosition:
        """Return a position the books had, once everything up to it is on the medium."""
        position = self.books.position
        if self.notes is not None:
            self.notes.flush()
        self.engine.flush()
        return position
