"""A venue's books: what commands and notes lead to, in their order, live or read again."""

from __future__ import annotations

from bisect import bisect_right
from copy import copy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from msgspec.structs import replace

from tradecore.venue.booked import START, Batch, JournalPosition
from tradecore.venue.conditions import ConditionalOrder
from tradecore.venue.events import ConditionChanged, LeverageChanged
from tradecore.venue.funding import fund
from tradecore.venue.histories import MarginMove
from tradecore.venue.liquidation import INSURANCE
from tradecore.venue.notes import (
    ConditionEnded,
    ConditionPlaced,
    FundingDue,
    HedgeSet,
    HouseOpened,
    IndexSet,
    InsurancePaid,
    IsolationSet,
    LeverageSet,
    MarginMoved,
    Note,
    OrderRefused,
    OrderTerms,
    SheetSet,
    StrategyNamed,
    TrailFollowed,
    Voided,
    Wound,
)
from tradecore.venue.orders import OrderRecord
from tradecore.venue.reports import ReportBook
from tradecore.venue.strategies import Strategy

if TYPE_CHECKING:
    from tradecore.venue.booked import Booked
    from tradecore.venue.entries import Entry
    from tradecore.venue.orders import PlaceOrder
    from tradecore.venue.state import VenueState

__all__ = ["Books"]

T = TypeVar("T")


@dataclass(slots=True)
class Books:
    """Books every command and note once, in order; it decides nothing and sends nothing.

    So the books of a venue that runs and those of its journal read again are the same.
    """

    state: VenueState
    position: JournalPosition = START
    reports: ReportBook = field(init=False)
    #: Whether an order ever came, which is what the engine counts orders from.
    has_orders: bool = False
    _terms: dict[tuple[int, str], OrderTerms] = field(default_factory=dict)
    _booked: list[Booked] = field(default_factory=list)
    _handed: JournalPosition = START

    def __post_init__(self) -> None:
        self.reports = ReportBook(self.state)
        self._handed = self.position

    @property
    def sequence(self) -> int:
        """Return the number of the last command booked."""
        return self.position.sequence

    def begin_at(self, position: JournalPosition, /, *, has_orders: bool) -> None:
        """Go on where other books were."""
        self.position = self._handed = position
        self.has_orders = has_orders

    def keep_records(self) -> None:
        """Keep what each step changes, for `take`, from here on."""
        self.state.gathered.is_on = self.state.ledger.keeps_entries = True

    def enter(self, entry: Entry) -> OrderRecord | None:
        """Book a command; return the order it placed, also one that was refused."""
        state = self.state
        if not state.now_ns:
            state.open_at(entry.ts_event_ns)
        state.now_ns = max(state.now_ns, entry.ts_event_ns)
        self.position = JournalPosition(entry.sequence, self.position.note)
        entry, terms = self._completed(entry)
        order = self.reports.apply(entry)
        if order is not None and order.status != "rejected":
            self.has_orders = True
        if order is not None and order.request.is_forced:
            state.unsettled.add(order.account)
        if terms is not None and order is not None and terms.condition_id:
            self._came_in(terms.condition_id, order)
        if entry.listed is not None:
            state.add(entry.listed)
        if entry.name:
            state.strategies.name(entry.account, entry.name)
        if entry.amount and entry.asset == state.ledger.currency:
            self._pay(entry)
        self._close_step()
        return order

    def _completed(self, entry: Entry) -> tuple[Entry, OrderTerms | None]:
        """Return an entry with what notes say of its order beside the command, and those terms."""
        asked = entry.order
        if asked is None:
            return entry, None
        terms = self._terms.pop((asked.account, asked.client_order_id), None)
        if entry.strategy:
            asked = replace(asked, strategy=self.state.strategies.named(entry.strategy))
        if terms is not None:
            asked = _with(asked, terms)
        return (entry if asked is entry.order else replace(entry, order=asked)), terms

    def _pay(self, entry: Entry) -> None:
        state, account = self.state, entry.account
        state.ledger.deposit(account, entry.amount, ts_event_ns=state.now_ns)
        kind = "deposit" if entry.kind == "deposit" else "withdrawal"
        state.note_income(account, kind, entry.amount)
        state.note_account(account, "deposit", delta=entry.amount)

    def _close_step(self) -> None:
        state = self.state
        if not state.is_live:
            self.reports.numbers.clear()
        if state.gathered.is_on:
            step = state.gathered.take(
                state.ledger, position=self.position, ts_event_ns=state.now_ns
            )
            if step is not None:
                self._booked.append(step)

    def take(self, upto: JournalPosition) -> Batch | None:
        """Return what was booked up to a position and not handed out, `None` if there is none."""
        if upto <= self._handed:
            return None
        count = bisect_right(self._booked, upto, key=lambda one: one.position)
        booked = tuple(self._booked[:count])
        del self._booked[:count]
        batch = Batch(after=self._handed, upto=upto, booked=booked)
        self._handed = upto
        return batch

    def skip(self) -> None:
        """Forget what was booked so far: whoever keeps records has it."""
        self._booked.clear()
        self._handed = self.position

    def jot(self, number: int, note: Note) -> None:
        """Let a note have its effect."""
        self.position = JournalPosition(self.position.sequence, number)
        self.state.next_id = max(self.state.next_id, note.next_id)
        self.state.now_ns = max(self.state.now_ns, note.ts_event_ns)
        self._do(note)
        self._close_step()

    def _do(self, note: Note) -> None:  # noqa: C901, PLR0912 - one arm for each kind of note
        state = self.state
        match note.what:
            case HouseOpened(account=account):
                state.house.add(account)
            case OrderTerms() as terms:
                self._terms[terms.account, terms.client_order_id] = terms
            case OrderRefused() as refused:
                self._refuse(refused)
            case ConditionPlaced() as placed:
                self._place(placed, note.ts_event_ns)
            case ConditionEnded() as ended:
                self._end(ended)
            case TrailFollowed(condition_id=number, extreme=extreme):
                if (waiting := state.conditions.get(number)) is not None:
                    waiting.extreme = extreme
            case LeverageSet(account=account, symbol=symbol, leverage=leverage):
                state.set_leverage(account, symbol, leverage)
                self._tell(LeverageChanged(account, symbol, leverage, state.now_ns))
            case IsolationSet(account=account, symbol=symbol, is_isolated=is_isolated):
                _switch(state.isolated, (account, symbol), is_on=is_isolated)
            case HedgeSet(account=account, is_hedged=is_hedged):
                _switch(state.hedged, account, is_on=is_hedged)
            case MarginMoved() as moved:
                self._move(moved)
            case FundingDue() as due:
                fund(state, due)
            case InsurancePaid() as paid:
                self._insure(paid)
            case IndexSet(symbol=symbol, price=price):
                state.marks[symbol].index = price
            case SheetSet(symbol=symbol, sheet=sheet):
                state.revise(symbol, sheet)
            case Wound(account=account, symbol=symbol, due_ns=due_ns):
                state.countdowns.pop((account, symbol), None)
                if due_ns:
                    state.countdowns[account, symbol] = due_ns
            case StrategyNamed(account=account, number=number, name=name):
                # Of a venue that is older than its engine's own names.
                state.strategies.add(Strategy(number=number, account=account, name=name))
            case Voided():
                pass

    def _tell(self, event: LeverageChanged | ConditionChanged) -> None:
        if self.state.is_live:
            self.state.events.append(event)

    def _insure(self, paid: InsurancePaid) -> None:
        state, account, amount, symbol = self.state, paid.account, paid.amount, paid.symbol
        state.unsettled.discard(account)
        if amount:
            state.ledger.insure(account, INSURANCE, amount, symbol=symbol, ts_event_ns=state.now_ns)
            state.note_income(account, "insurance", -amount, symbol=symbol)
            state.note_account(account, "insurance", delta=-amount)

    def _move(self, moved: MarginMoved) -> None:
        state = self.state
        position = state.ledger.position(moved.account, moved.symbol, moved.leg)
        position.set_aside += moved.amount
        position.updated_ns = state.now_ns
        state.histories.add_margin_move(
            MarginMove(
                account=moved.account,
                symbol=moved.symbol,
                leg=moved.leg,
                amount=moved.amount,
                ts_event_ns=state.now_ns,
            )
        )
        state.note_account(moved.account, "margin", positions=(position,))

    def _refuse(self, refused: OrderRefused) -> None:
        """Put a refused order on record."""
        state, request = self.state, refused.order
        state.next_id = max(state.next_id, refused.order_id)
        state.gathered.order(
            OrderRecord(
                order_id=refused.order_id,
                request=request,
                price=request.price,
                quantity=request.quantity,
                stop_price=request.stop_price,
                created_ns=state.now_ns,
                updated_ns=state.now_ns,
                status="rejected",
                sequence=self.sequence,
                reject_code=refused.reason.upper(),
            )
        )

    def _place(self, placed: ConditionPlaced, now_ns: int) -> None:
        state = self.state
        state.next_id = max(state.next_id, placed.condition_id)
        waiting = ConditionalOrder(
            condition_id=placed.condition_id,
            client_id=placed.client_id,
            condition=placed.condition,
            order=placed.order,
            created_ns=now_ns,
            updated_ns=now_ns,
        )
        state.conditions.add(waiting)
        self.tell_condition(waiting)

    def _end(self, ended: ConditionEnded) -> None:
        waiting = self.state.conditions.get(ended.condition_id)
        if waiting is not None:
            waiting.status, waiting.refusal = ended.status, ended.refusal
            self.state.conditions.end(waiting)
            self.tell_condition(waiting)

    def _came_in(self, condition_id: int, order: OrderRecord) -> None:
        """Note what a conditional order became."""
        waiting = self.state.conditions.get(condition_id)
        if waiting is None:
            return
        waiting.triggered_ns = waiting.triggered_ns or self.state.now_ns
        waiting.updated_ns = self.state.now_ns
        if order.status == "rejected":
            waiting.status, waiting.refusal = "rejected", order.reject_code
        else:
            waiting.status, waiting.order_id = "finished", order.order_id
        self.state.conditions.end(waiting)

    def tell_condition(self, waiting: ConditionalOrder) -> None:
        """Tell how a conditional order stands now."""
        waiting.updated_ns = self.state.now_ns
        self._tell(ConditionChanged(copy(waiting), self.state.now_ns))


def _with(order: PlaceOrder, terms: OrderTerms) -> PlaceOrder:
    """Return an order with what its note says of it."""
    return replace(
        order,
        leg=terms.leg,
        reduce_only=terms.reduce_only,
        is_forced=terms.is_forced,
        origin=terms.origin if order.origin is None else order.origin,
    )


def _switch(members: set[T], member: T, *, is_on: bool) -> None:
    if is_on:
        members.add(member)
    else:
        members.discard(member)
