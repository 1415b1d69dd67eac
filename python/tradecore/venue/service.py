"""A venue as its doors use it: orders in, events out; which door, it does not know."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from tradecore.core import InputError, SymbolTerms, VenueEngine
from tradecore.venue.admission import Admission
from tradecore.venue.conditions import ConditionalOrder
from tradecore.venue.events import ConditionChanged
from tradecore.venue.funding import fund
from tradecore.venue.liquidation import liquidate
from tradecore.venue.modes import Modes
from tradecore.venue.orders import Amendment, OrderRecord
from tradecore.venue.refusals import REASONS_OF_CORE, Reason, Refused
from tradecore.venue.reports import ReportBook
from tradecore.venue.state import FIRST_ORDER_ID, VenueState

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tradecore.core import ExecutionReport, FlowTraders, MarketUpdate
    from tradecore.venue.conditions import Condition
    from tradecore.venue.events import VenueEvent
    from tradecore.venue.instruments import VenueInstrument
    from tradecore.venue.orders import OrderStatus, PlaceOrder

__all__ = ["VenueService"]

_ZERO: Final = Decimal(0)


@dataclass(slots=True)
class VenueService:
    """Instruments, accounts and orders over one engine; time is told, never read.

    Whatever a call causes waits in `take_events`, in the order in which it happened. A refusal is
    a value and changes nothing.
    """

    state: VenueState
    engine: VenueEngine
    reports: ReportBook = field(init=False)
    admission: Admission = field(init=False)
    modes: Modes = field(init=False)
    _countdowns: dict[tuple[int, str], int] = field(default_factory=dict)
    _first_id: int = FIRST_ORDER_ID
    _updates: list[MarketUpdate] = field(default_factory=list)
    _looking: bool = False
    _liquidating: bool = False

    def __post_init__(self) -> None:
        self.reports = ReportBook(self.state)
        self.admission = Admission(self.state)
        self.modes = Modes(self.state)

    @classmethod
    def begin(
        cls,
        instruments: Sequence[VenueInstrument],
        *,
        now_ns: int,
        engine: VenueEngine | None = None,
    ) -> VenueService:
        """Open a venue whose instruments share one margin currency; in memory unless told.

        Raises:
            InputError: If the engine was told something already: the service would not know of it.
        """
        if engine is None:
            engine = VenueEngine([one.instrument for one in instruments])
        if engine.sequence:
            raise InputError(f"a service begins with an empty engine: sequence={engine.sequence}")
        engine.risk.keep_accounts(
            {
                one.symbol: SymbolTerms(base=one.terms.base, quote=one.terms.quote)
                for one in instruments
            }
        )
        engine.advance_time(now_ns)
        return cls(VenueState.begin(instruments, now_ns=now_ns), engine)

    # Accounts

    def open_account(self, account: int, *, deposit: Decimal, is_house: bool = False) -> None:
        """Let an account trade. Nobody is told of what the house's own does."""
        if is_house:
            self.state.house.add(account)
        self.deposit(account, deposit)

    def deposit(self, account: int, amount: Decimal) -> None:
        """Put money in."""
        state = self.state
        state.ledger.deposit(account, amount, ts_event_ns=state.now_ns)
        self.engine.risk.deposit(account, state.ledger.currency, amount)
        state.note_income(account, "deposit", amount)
        state.note_account(account, "deposit", delta=amount)

    # Orders

    def place(self, request: PlaceOrder, *, now_ns: int) -> OrderRecord | Refused:
        """Take an order, or say why not. The record goes on changing while it lives."""
        self.advance(now_ns)
        return self.admission.of_new(request) or self.force(request)

    def force(self, request: PlaceOrder) -> OrderRecord | Refused:
        """Take an order that only the engine may refuse."""
        reports = self._submit(request)
        first, last = reports[0], reports[-1]
        if first.exec_type == "rejected" or last.reject_code == "FOK_NOT_FILLABLE":
            code = first.reject_code or last.reject_code or ""
            return Refused(REASONS_OF_CORE.get(code, Reason.OTHER), code)
        order_id = first.order_id
        if not request.client_order_id:
            request = replace(request, client_order_id=f"t{order_id:021d}")
        order = OrderRecord(
            order_id=order_id,
            request=request,
            price=request.price,
            quantity=request.quantity,
            created_ns=self.state.now_ns,
            updated_ns=self.state.now_ns,
        )
        self.reports.accept(order)
        self._book(reports)
        self._look_at_market(request.symbol)
        return order

    def _book(self, reports: list[ExecutionReport], *, ending: OrderStatus | None = None) -> None:
        """Book what the engine said, once its trades have their numbers."""
        new = self.engine.take_market_data()
        self.reports.number(new)
        self._updates += new
        self.reports.apply(reports, ending=ending)

    def _submit(self, request: PlaceOrder) -> list[ExecutionReport]:
        mode = request.self_trade_prevention
        reports = self.engine.submit(
            request.symbol,
            side=request.side,
            quantity=request.quantity,
            type="market" if request.price is None else "limit",
            price=request.price,
            time_in_force=request.time_in_force,
            post_only=request.post_only,
            reduce_only=self.admission.needs_guard(request),
            expire_time_ns=request.expire_time_ns,
            account=request.account,
            self_trade_prevention=None if mode == "none" else mode,
            order_id=self._first_id,
            timestamp_ns=self.state.now_ns,
        )
        if reports[0].exec_type != "rejected":
            # From the first number the engine counts on, for whoever trades there.
            self._first_id = 0
        return reports

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
        reports = self.engine.modify(
            order.symbol,
            order_id=order.order_id,
            price=price,
            open_quantity=quantity - order.cumulative,
            keep_priority=False,
            timestamp_ns=now_ns,
        )
        if reports[0].exec_type == "rejected":
            code = reports[0].reject_code or ""
            if code == "POST_ONLY_WOULD_CROSS":
                return self._cancel(order)
            return Refused(REASONS_OF_CORE.get(code, Reason.OTHER), code)
        order.amendments.append(
            Amendment(
                number=self.state.take_id(),
                price_before=order.price or _ZERO,
                price_after=price,
                quantity_before=order.quantity,
                quantity_after=quantity,
                ts_event_ns=now_ns,
                origin=origin,
            )
        )
        order.price, order.quantity, order.updated_ns = price, quantity, now_ns
        self.reports.amended(order)
        self._book(reports)
        self._look_at_market(order.symbol)
        return order

    def cancel(self, order: OrderRecord, *, now_ns: int) -> OrderRecord | Refused:
        """Take an order out."""
        self.advance(now_ns)
        return self._cancel(order) if order.is_open else Refused(Reason.UNKNOWN_ORDER)

    def _cancel(self, order: OrderRecord) -> OrderRecord:
        reports = self.engine.cancel(
            order.symbol, order_id=order.order_id, timestamp_ns=self.state.now_ns
        )
        self._book(reports, ending="canceled")
        self._look_at_market(order.symbol)
        return order

    def cancel_all(self, account: int, symbol: str, *, now_ns: int) -> int:
        """Take out every order of an account in a symbol; return how many there were."""
        self.advance(now_ns)
        orders = self.state.histories.open(account, symbol)
        for order in orders:
            self._cancel(order)
        return len(orders)

    def find(
        self, account: int, symbol: str, *, order_id: int = 0, client_order_id: str = ""
    ) -> OrderRecord | None:
        """Return an account's order by either name, open or ended; `None` if not known."""
        histories = self.state.histories
        order = (
            histories.order(order_id) if order_id else histories.by_client(account, client_order_id)
        )
        if order is None or order.account != account or order.symbol != symbol:
            return None
        return order

    # Conditional orders

    def place_condition(
        self, order: PlaceOrder, condition: Condition, *, client_id: str, now_ns: int
    ) -> ConditionalOrder | Refused:
        """Let an order wait for a price. Margin is looked at when it comes in."""
        self.advance(now_ns)
        refused = self.admission.of_condition(order, condition, client_id)
        if refused is not None:
            return refused
        waiting = ConditionalOrder(
            condition_id=self.state.take_id(),
            client_id=client_id or f"t{self.state.next_id:021d}",
            condition=condition,
            order=order,
            created_ns=now_ns,
            updated_ns=now_ns,
        )
        self.state.conditions.add(waiting)
        self._note_condition(waiting)
        self._look_at_conditions(order.symbol)
        return waiting

    def cancel_condition(self, order: ConditionalOrder, *, now_ns: int) -> Refused | None:
        """Let an order wait no longer."""
        self.advance(now_ns)
        if order.status != "new":
            return Refused(Reason.UNKNOWN_ORDER)
        order.status = "canceled"
        self.state.conditions.end(order)
        self._note_condition(order)
        return None

    def _note_condition(self, order: ConditionalOrder) -> None:
        order.updated_ns = self.state.now_ns
        self.state.events.append(ConditionChanged(replace(order), self.state.now_ns))

    def _look_at_market(self, symbol: str) -> None:
        """Tell which levels changed, value positions anew, and look at what waits for a price."""
        new = self.engine.take_market_data()
        self.reports.number(new)
        updates, self._updates = [*self._updates, *new], []
        for update in updates:
            self.reports.show(update)
            self.state.value(update.symbol)
        self._look_at_conditions(symbol)
        self._liquidate()

    def _liquidate(self) -> None:
        """Close what is no longer covered, one account after the other."""
        state = self.state
        state.look_at_traders()
        if self._liquidating or not state.due:
            return
        self._liquidating = True
        try:
            while state.due:
                account = next(iter(state.due))
                del state.due[account]
                liquidate(self, account)
        finally:
            self._liquidating = False

    def _look_at_conditions(self, symbol: str) -> None:
        """Let come in what the market has reached, one after the other."""
        if self._looking:
            return
        self._looking = True
        state = self.state
        try:
            while True:
                last, mark = state.last_prices.get(symbol), state.mark(symbol)
                try:
                    waiting = state.conditions.reached(symbol, last=last, mark=mark)
                except LookupError:
                    return
                self._trigger(waiting)
        finally:
            self._looking = False

    def _trigger(self, waiting: ConditionalOrder) -> None:
        waiting.status, waiting.triggered_ns = "triggering", self.state.now_ns
        self.state.conditions.end(waiting)
        self._note_condition(waiting)
        order = waiting.order
        if waiting.condition.close_position:
            held = self.state.ledger.position(order.account, order.symbol, order.leg).quantity
            order = replace(order, quantity=abs(held), reduce_only=order.leg == "both")
        placed = self.place(order, now_ns=self.state.now_ns)
        if isinstance(placed, Refused):
            waiting.status, waiting.refusal = "rejected", placed.reason.value
            self._note_condition(waiting)
            return
        waiting.status, waiting.order_id = "triggered", placed.order_id
        self._note_condition(waiting)
        waiting.status = "finished"
        self._note_condition(waiting)

    # Time and market

    def let_trade(self, traders: FlowTraders, symbol: str, *, until_ns: int) -> int:
        """Let a symbol's background market trade until a time; return how much it did.

        Its orders are known to the engine alone; `state.flow_accounts` says whose they are.
        """
        done = traders.step(self.engine, until_ns)
        self._book(self.engine.take_reports())
        self.advance(until_ns)
        self._look_at_market(symbol)
        return done

    def wind(self, account: int, symbol: str, *, countdown_ns: int, now_ns: int) -> None:
        """Cancel an account's orders of a symbol when so long nobody winds again; 0 stops."""
        self.advance(now_ns)
        self._countdowns.pop((account, symbol), None)
        if countdown_ns > 0:
            self._countdowns[account, symbol] = now_ns + countdown_ns

    def set_index(self, symbol: str, price: Decimal, *, now_ns: int) -> None:
        """Say what a symbol is worth elsewhere."""
        self.advance(now_ns)
        self.state.marks[symbol].index = price
        self.state.value(symbol)
        self._look_at_market(symbol)

    def advance(self, now_ns: int) -> None:
        """Let time pass: what is due by then happens. Time that runs backwards changes nothing."""
        state = self.state
        if now_ns <= state.now_ns:
            return
        state.now_ns = now_ns
        expired = self.engine.advance_time(now_ns)
        if expired:
            self._book(expired)
            for symbol in {report.symbol for report in expired if report.symbol is not None}:
                self._look_at_market(symbol)
        for key, due_ns in [*self._countdowns.items()]:
            if due_ns <= now_ns:
                del self._countdowns[key]
                self._run_down(*key)
        for symbol, mark in state.marks.items():
            if mark.next_funding_ns <= now_ns:
                fund(state, symbol)
                self._liquidate()

    def _run_down(self, account: int, symbol: str) -> None:
        for order in self.state.histories.open(account, symbol):
            self._cancel(order)
        for waiting in self.state.conditions.waiting(account, symbol):
            self.cancel_condition(waiting, now_ns=self.state.now_ns)

    def take_events(self) -> list[VenueEvent]:
        """Return what happened since the last call, in order, and forget it."""
        events = list(self.state.events)
        self.state.events.clear()
        return events
