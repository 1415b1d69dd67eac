"""A venue as its doors use it: orders in, events out; which door, it does not know."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal

from tradecore.core import InputError, VenueEngine
from tradecore.venue.admission import Admission
from tradecore.venue.booked import START
from tradecore.venue.books import Books
from tradecore.venue.checkpoint import write_checkpoint
from tradecore.venue.commands import Commands
from tradecore.venue.depth import BookDepth
from tradecore.venue.modes import Modes
from tradecore.venue.naming import name_refused, was_named
from tradecore.venue.notes import HouseOpened, IndexSet, OrderRefused, Wound
from tradecore.venue.rebuild import rebuilt
from tradecore.venue.refusals import Reason, Refused, refused_by_core
from tradecore.venue.sheets import listed_before
from tradecore.venue.state import VenueState
from tradecore.venue.upkeep import Upkeep

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from decimal import Decimal

    from tradecore.core import ExecutionReport, FlowTraders
    from tradecore.model.orders import Side
    from tradecore.venue.booked import Batch, JournalPosition
    from tradecore.venue.conditions import Condition, ConditionalOrder
    from tradecore.venue.events import VenueEvent
    from tradecore.venue.instruments import VenueInstrument
    from tradecore.venue.notes import Notes, What
    from tradecore.venue.orders import OrderRecord, PlaceOrder

__all__ = ["BookDepth", "VenueService"]

#: Commands of others that are booked at once where the venue has to send one itself.
BEHIND_MAX: Final = 10_000


@dataclass(slots=True)
class VenueService:
    """Instruments, accounts and orders over one engine; time is told, never read.

    What a call causes waits in `take_events`, in its order. A refusal is a value, changes nothing.
    """

    state: VenueState
    engine: VenueEngine
    commands: Commands
    books: Books
    admission: Admission = field(init=False)
    modes: Modes = field(init=False)
    upkeep: Upkeep = field(init=False)
    _settled: JournalPosition = START

    def __post_init__(self) -> None:
        self.admission = Admission(self.state)
        self.modes = Modes(self.state, self.jot)
        self.upkeep = Upkeep(self, self.commands)

    @classmethod
    def begin(
        cls,
        instruments: Sequence[VenueInstrument],
        *,
        now_ns: int,
        engine: VenueEngine | None = None,
        notes: Notes | None = None,
        checkpoint: bytes | None = None,
        is_shared: bool = False,
        keeps_records: bool = False,
    ) -> VenueService:
        """Open a venue whose instruments share one margin currency, or go on with one.

        What journal and notes say is read again first; nothing of it is told again.

        Args:
            instruments: What is traded, in the order of the engine's.
            now_ns: The time it opens.
            engine: Who executes; one in memory unless given.
            notes: What the venue wrote down beside the engine's journal, and goes on to.
            checkpoint: What `checkpoint` gave: only what came behind it is read.
            is_shared: Whether others send commands to the engine too; see `follow`.
            keeps_records: Whether somebody takes batches, for records.

        Raises:
            InputError: If the engine was told something already and there are no notes of it.
            JournalError: If the journal behind the checkpoint was let go.
            DataError: If the checkpoint is none, or of another venue.
        """
        if engine is None:
            engine = VenueEngine([one.instrument for one in instruments])
        is_new = not engine.sequence
        if notes is None and not is_new:
            text = "a service goes on with the notes of its engine"
            raise InputError(f"{text}: sequence={engine.sequence}, notes=None")
        instruments = [*instruments, *listed_before(engine)]
        engine.risk.keep_accounts({one.symbol: one.symbol_terms for one in instruments})
        state = VenueState.begin(instruments, now_ns=now_ns if is_new else 0)
        books = Books(state)
        service = cls(state, engine, Commands(engine, books, notes, is_shared), books)
        if is_new:
            engine.advance_time(now_ns)
        service.commands.resume(checkpoint)
        service._settled = books.position
        books.skip()
        if keeps_records:
            books.keep_records()
        if not is_new:
            service.upkeep.open_again(now_ns)
        return service

    @property
    def position(self) -> JournalPosition:
        """Return how far the books are."""
        return self.books.position

    @property
    def sequence(self) -> int:
        """Return the journal's number of the last command in the books."""
        return self.books.sequence

    def jot(self, what: What, /) -> None:
        """Write down what the engine does not know, and let it have its effect."""
        self.commands.jot(what)

    # Accounts

    def open_account(self, account: int, *, deposit: Decimal, is_house: bool = False) -> None:
        """Let an account trade. Nobody is told of what the house's own does."""
        if is_house:
            self.jot(HouseOpened(account=account))
        if deposit:
            self.deposit(account, deposit)

    def deposit(self, account: int, amount: Decimal) -> None:
        """Put money in."""
        self.commands.deposit(account, amount)

    def withdraw(self, account: int, amount: Decimal) -> bool:
        """Take out what neither positions nor orders bind, above 0; say if there was so much."""
        is_free = amount <= self.state.margin(account).available
        return is_free and self.commands.withdraw(account, amount)

    # Orders

    def place(
        self, request: PlaceOrder, *, now_ns: int, condition_id: int = 0
    ) -> OrderRecord | Refused:
        """Take an order, or say why not. The record goes on changing while it lives."""
        self.advance(now_ns)
        if was_named(self.commands, request):
            return self.force(request)
        named = self.commands, request.account, request.strategy
        refused = self.admission.of_new(request) or name_refused(*named)
        if refused is None:
            return self.force(request, condition_id=condition_id)
        is_kept = self.commands.notes is not None or self.state.gathered.is_on
        if not is_kept or condition_id:
            return refused
        number = self.state.take_id()
        self.jot(OrderRefused(order_id=number, order=request, reason=refused.reason.value))
        return Refused(refused.reason, refused.value, order_id=number)

    def force(self, request: PlaceOrder, *, condition_id: int = 0) -> OrderRecord | Refused:
        """Take an order that only the engine may refuse."""
        order, reports = self.commands.submit(
            request,
            is_guarded=self.admission.needs_guard(request),
            condition_id=condition_id,
        )
        self.upkeep.look(request.symbol)
        if order.status != "rejected":
            return order
        scope = reports[0].reject_scope or ""
        return refused_by_core(order.reject_code, scope=scope, order_id=order.order_id)

    def amend(
        self,
        order: OrderRecord,
        *,
        price: Decimal,
        quantity: Decimal,
        now_ns: int,
        origin: object = None,
    ) -> OrderRecord | Refused:
        """Change an order's price and total; it goes to the back of its queue.

        A total at or below what traded, and a price at which a post-only order would take, cancel
        it instead.
        """
        self.advance(now_ns)
        refused = self.admission.of_change(order, price, quantity)
        if refused is not None:
            return refused
        if quantity <= order.cumulative:
            return self._cancel(order)
        reports = self.commands.modify(
            order, price=price, open_quantity=quantity - order.cumulative, origin=origin
        )
        if reports[0].exec_type == "rejected":
            code = reports[0].reject_code or ""
            if code == "POST_ONLY_WOULD_CROSS":
                return self._cancel(order)
            return refused_by_core(code, scope=reports[0].reject_scope or "")
        self.upkeep.look(order.symbol)
        return order

    def cancel(self, order: OrderRecord, *, now_ns: int) -> OrderRecord | Refused:
        """Take an order out."""
        self.advance(now_ns)
        return self._cancel(order) if order.is_open else Refused(Reason.UNKNOWN_ORDER)

    def _cancel(self, order: OrderRecord) -> OrderRecord:
        self.commands.cancel(order)
        self.upkeep.look(order.symbol)
        return order

    def cancel_all(self, account: int, symbol: str, *, now_ns: int) -> int:
        """Take out every order of an account in a symbol; return how many there were."""
        self.advance(now_ns)
        return len([self._cancel(one) for one in self.state.histories.open(account, symbol)])

    def cancel_where(
        self,
        *,
        account: int | None = None,
        symbol: str | None = None,
        side: Side | None = None,
        strategy: int | None = None,
        now_ns: int,
    ) -> int:
        """Take out all orders, or those of an account, a symbol, a side; return how many.

        A strategy is named by the engine's number.
        """
        self.advance(now_ns)
        of = {"account": account, "strategy": strategy}
        reports = self.engine.cancel_all(symbol, side=side, **of)
        self._hear(reports, is_cancel=True)
        return sum(report.exec_type == "canceled" for report in reports)

    def find(
        self, account: int, symbol: str, *, order_id: int = 0, client_order_id: str = ""
    ) -> OrderRecord | None:
        """Return an account's order by either name, open or ended; `None` if not known."""
        known = self.state.histories
        order = known.order(order_id) if order_id else known.by_client(account, client_order_id)
        is_this = order is not None and (order.account, order.symbol) == (account, symbol)
        return order if is_this else None

    def depth(self, symbol: str, levels: int, /) -> BookDepth:
        """Return the best levels of a book."""
        depth, number = self.state.depths[symbol], self.state.depth_numbers.get(symbol, 0)
        return BookDepth(number, depth.bids(levels), depth.asks(levels))

    # Conditional orders

    def place_condition(
        self, order: PlaceOrder, condition: Condition, *, client_id: str, now_ns: int
    ) -> ConditionalOrder | Refused:
        """Let an order wait for a price. Margin is looked at when it comes in."""
        self.advance(now_ns)
        refused = self.admission.of_condition(order, condition, client_id)
        return refused or self.upkeep.triggers.place(order, condition, client_id)

    def cancel_condition(self, order: ConditionalOrder, *, now_ns: int) -> Refused | None:
        """Let an order wait no longer."""
        self.advance(now_ns)
        return self.upkeep.triggers.cancel(order)

    # Market

    def _hear(self, reports: list[ExecutionReport], *, is_cancel: bool = False) -> None:
        """Book what a command to the engine caused, and look at the markets it touched."""
        self.commands.take_heard(reports, is_cancel=is_cancel)
        for symbol in {report.symbol for report in reports if report.symbol is not None}:
            self.upkeep.look(symbol)

    def let_trade(self, traders: FlowTraders, symbol: str, *, until_ns: int) -> int:
        """Let a symbol's background market trade until a time; return how much it did.

        Without notes only the engine knows its orders; `state.flow_accounts` says whose they are.
        """
        done = traders.step(self.engine, until_ns)
        self.commands.overhear()
        self.advance(until_ns)
        self.upkeep.look(symbol)
        return done

    def follow(self, most: int = 0) -> int:
        """Book what others sent to the engine, or about `most` that are kept; return how many.

        Far behind, nothing is done about it: what a venue sends is booked behind all else, at once.
        """
        before = self.books.sequence
        self.commands.follow_some(most) if most else self.commands.follow()
        if most and self.engine.sequence - self.books.sequence > BEHIND_MAX:
            self.upkeep.show()
        elif self.books.sequence != before:
            for symbol in self.state.instruments:
                self.upkeep.look(symbol)
        return self.books.sequence - before

    def tell_engine(self, change: Callable[[VenueEngine], object]) -> None:
        """Have the engine set what neither orders nor money follow from at once, such as limits."""
        change(self.engine)
        self.commands.pass_by()

    def set_phase(
        self, symbol: str, phase: Literal["open", "auction", "halted", "closed"], *, now_ns: int
    ) -> None:
        """Lead a symbol into another state; what is crossed trades.

        Raises:
            UnknownSymbolError: If there is no such symbol.
            InputError: If the word is not known.
        """
        self.advance(now_ns)
        self._hear(self.engine.set_phase(symbol, phase))

    def set_index(self, symbol: str, price: Decimal, *, now_ns: int) -> None:
        """Say what a symbol is worth elsewhere."""
        self.advance(now_ns)
        self.jot(IndexSet(symbol=symbol, price=price))
        self.state.value(symbol)
        self.upkeep.look(symbol)

    # Time

    def wind(self, account: int, symbol: str, *, countdown_ns: int, now_ns: int) -> None:
        """Cancel an account's orders of a symbol when so long nobody winds again; 0 stops."""
        self.advance(now_ns)
        due_ns = now_ns + countdown_ns if countdown_ns > 0 else 0
        if due_ns or (account, symbol) in self.state.countdowns:
            self.jot(Wound(account=account, symbol=symbol, due_ns=due_ns))

    def advance(self, now_ns: int) -> None:
        """Let time pass: what is due by then happens. Time that runs backwards changes nothing."""
        self.upkeep.advance(now_ns)

    # What came of it

    def take_events(self) -> list[VenueEvent]:
        """Return what happened since the last call, in order, and forget it."""
        events = list(self.state.events)
        self.state.events.clear()
        return events

    def settle(self) -> None:
        """Return when everything so far is on the medium; may wait beside the venue's thread.

        Raises:
            JournalError: If it never will be.
        """
        self._settled = self.commands.settle()

    def is_kept(self) -> bool:
        """Say if everything so far is on the medium, and so settled, without a wait."""
        position, last = self.position, (self.engine.durable_sequence, self._settled.note)
        is_kept = position.sequence <= last[0] and position.note == last[1]
        self._settled = position if is_kept else self._settled
        return is_kept

    def close(self) -> None:
        """Write what waits, and let go of journal and notes.

        Raises:
            JournalError: If something could not be written.
        """
        self.commands.close()

    def checkpoint(self) -> bytes:
        """Return the books as they are on the medium, for the next start.

        Raises:
            InputError: If something happened since `settle`.
        """
        if self.books.position != self._settled:
            raise InputError(f"a checkpoint is of what is settled: sequence={self.sequence}")
        return write_checkpoint(self.books)

    def take_batch(self) -> Batch | None:
        """Return what `settle` found on the medium and was not handed out yet, for records."""
        return self.books.take(self._settled)

    def rebuild(self, after: JournalPosition, /) -> Iterator[Batch]:
        """Yield everything behind a position again; may run beside the venue.

        An empty batch says that this was all so far; asked again it goes on.

        Raises:
            DataError: If the position is beyond the journal: the records are of another one.
            JournalError: If the beginning of the journal was let go.
        """
        return rebuilt(self.commands, after=after, settled=lambda: self._settled)
