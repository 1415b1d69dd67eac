"""What a desk asks the venue afterwards: after a gap, about lost answers, and now and then.

Three reasons, one way of asking: a round of questions after each gap of the private stream, which
must be whole before trading goes on; questions about single orders in doubt; an audit every few
seconds. What the venue lists is evidence like any other and goes through the desk's `apply`.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final

from tradecore.exchanges.base import (
    CONDITIONAL_TYPES,
    BalancesListed,
    ExchangeTriggers,
    ExchangeWaitingLists,
    FillsListed,
    OpenOrdersListed,
    OrderFound,
    OrdersListed,
    PositionsListed,
)
from tradecore.execution.desk_audit import Audit
from tradecore.execution.desk_doubts import alarm
from tradecore.execution.desk_evidence import (
    conditional_update,
    fill_update,
    status_update,
)
from tradecore.execution.desk_fills import MissingFills
from tradecore.execution.desk_histories import Histories
from tradecore.execution.desk_lists import ListChecks, ask_open
from tradecore.execution.desk_orders import DeskOrder, Stage
from tradecore.execution.desk_positions import Positions
from tradecore.execution.desk_standing import hold_against, traded_out
from tradecore.execution.desk_strangers import Strangers
from tradecore.execution.reconciliation import Reconciler, Since
from tradecore.oms.outcomes import LOOK_BACK_NS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tradecore.exchanges.base import (
        ConditionalTold,
        ExchangeDataFetcher,
        ExchangeOMS,
        OrderNotFound,
    )
    from tradecore.execution.desk_face import DeskFace
    from tradecore.execution.desk_lists import BothLists
    from tradecore.execution.desk_pace import Pace
    from tradecore.model.venue import OrderUpdate, Source, VenueFill, VenueOrder

__all__ = ["FollowUp"]

#: After so long a question about an order counts as not answered, and may be put again.
ANSWER_NS: Final = 1_000_000_000


class FollowUp:
    """The asking half of a desk."""

    def __init__(
        self,
        desk: DeskFace,
        *,
        oms: ExchangeOMS,
        fetcher: ExchangeDataFetcher,
        pace: Pace,
        start_ns: int,
    ) -> None:
        """Nothing is reconciled until a first round was whole."""
        self.is_reconciled = False
        self._desk = desk
        self._oms = oms
        self._fetcher = fetcher
        self._pace = pace
        self._start_ns = start_ns
        self._round = Reconciler(fetcher)
        self._lists = ListChecks(fetcher)
        self._histories = Histories(fetcher, desk.outcomes)
        #: Orders asked about, and when, until the answer comes or is overdue.
        self._asked: dict[str, int] = {}
        self._missing = MissingFills(fetcher)
        #: Ends that wait for the fills before them.
        self._ends: dict[str, OrderUpdate] = {}
        self._strangers = Strangers(desk, oms)
        self._positions = Positions(desk, fetcher)
        self._audit = Audit(desk, fetcher, start_ns)
        self._waiting = oms.waiting if isinstance(oms, ExchangeTriggers) else None

    # A round after a gap

    def begin(self, now_ns: int) -> None:
        """Ask for everything."""
        self.is_reconciled = False
        self._positions.begin()
        venue_ns = self._desk.venue_ns(now_ns)
        if isinstance(self._fetcher, ExchangeWaitingLists):
            self._fetcher.lists_waiting = True
        self._round.begin(self._since(), now_ns=now_ns, venue_ns=venue_ns)

    def stop(self) -> None:
        """The stream is lost: whatever was asked is not enough any more."""
        self.is_reconciled = False
        self._round.stop()

    def _since(self) -> dict[str, Since]:
        """From where on fills have to be asked for, by symbol.

        Fills of an order that may be open can be as old as the order; the venue numbers them, but
        one we know says nothing about an older one of another order that came while we were deaf.
        """
        since: dict[str, Since] = {}
        for order in self._desk.table.open_orders():
            if order.stage is Stage.QUEUED:
                continue
            start_ns = order.sent_ns - LOOK_BACK_NS
            known = since.get(order.symbol)
            if known is None or start_ns < known.time_ns:
                since[order.symbol] = Since(0, start_ns)
        return since

    def _finish(self, now_ns: int) -> None:
        orders, positions = self._round.orders, self._round.positions
        if orders is None or positions is None:
            return
        listed = {venue.client_order_id for venue in orders.orders}
        for venue in orders.orders:
            self.found(venue, now_ns, asked_ns=orders.asked_ns, source="reconciliation")
        for fills in self._round.fills.values():
            self._book(fills, now_ns, source="reconciliation")
        for order in self._desk.table.open_orders():
            is_out = order.stage in {Stage.SENT, Stage.LIVE}
            if is_out and order.client_order_id not in listed:
                self._miss(order, now_ns)
        self._compare(positions, now_ns)

    def _miss(self, order: DeskOrder, now_ns: int) -> None:
        """An order that should be open is not listed: ask what became of it."""
        self._positions.differs(order)
        if order.client_order_id not in self._desk.outcomes:
            is_new = order.stage is Stage.SENT
            self._desk.outcomes.raise_doubt(
                order.client_order_id,
                order.symbol,
                "new" if is_new else "cancel",
                sent_ns=order.sent_ns if is_new else max(order.asked_ns, order.sent_ns),
                now_ns=now_ns,
                placed_ns=order.placed_ns,
            )
        self._desk.outcomes.unlisted(order.client_order_id, now_ns)

    def booked(self, fill: OrderUpdate, now_ns: int) -> None:
        """A fill was counted: an end that waited for it is told.

        Positions are compared soon if one that was taken over may hold it too.
        """
        if self._positions.may_hold(fill):
            self._audit.soon()
        if fill.client_order_id in self._ends:
            self._end(fill.client_order_id, now_ns)

    def _compare(self, listed: PositionsListed, now_ns: int) -> None:
        is_same = self._positions.compare(listed, now_ns)
        if is_same and not self._round.is_running:
            self.is_reconciled = True

    # Answers

    def told(self, event: ConditionalTold, now_ns: int) -> None:
        """The venue says how an order that waits stands; a stranger's is found in the lists."""
        if event.client_order_id in self._desk.table:
            self._desk.apply(conditional_update(event), now_ns)

    def answered(self, event: OrderFound | OrderNotFound, now_ns: int) -> None:
        """How an order stands; whether "no such order" means anything is for the rules to say."""
        if isinstance(event, OrderFound):
            self.found(event.order, now_ns, asked_ns=event.asked_ns)
            return
        self._asked.pop(event.client_order_id, None)
        self._desk.outcomes.not_found(event.client_order_id, asked_ns=event.asked_ns)

    def found(
        self, venue: VenueOrder, now_ns: int, *, asked_ns: int, source: Source = "query"
    ) -> None:
        """The venue says how an order stood when it was asked."""
        known = self._desk.table.get(venue.client_order_id)
        if (order := known or self._strangers.listed(venue, now_ns)) is None:
            return
        self._asked.pop(order.client_order_id, None)
        order.absences = 0
        self._desk.table.name(order, venue.venue_order_id)
        if order.waits and venue.type not in CONDITIONAL_TYPES:
            self._desk.conclude(order, "triggered", "", now_ns)
        doubt = self._desk.outcomes.doubt(order.client_order_id)
        status = status_update(venue, source=source, ts_recv_ns=now_ns)
        if venue.cumulative > order.cumulative:
            self._positions.differs(order)
            self._want_fills(order, venue.cumulative, now_ns)
        if status is not None and (status.reply != "accepted" or order.is_acceptance_news):
            self._desk.apply(status, now_ns)
        elif doubt is not None and doubt.request == "new":
            # It exists and filled: that is the answer; the fills are on their way.
            self._desk.outcomes.settle(order.client_order_id)
        if order.is_open and venue.status in {"new", "partially_filled"}:
            hold_against(self._desk, order, venue, now_ns, asked_ns=asked_ns)
        elif order.is_open and venue.status == "filled":
            traded_out(self._desk, order, venue, now_ns)

    def listed(
        self,
        event: OpenOrdersListed | OrdersListed | FillsListed | PositionsListed | BalancesListed,
        now_ns: int,
    ) -> None:
        """A list came: of a round, of a check, or of an audit."""
        if self._round.is_running:
            if self._round.hear(event):
                self._finish(now_ns)
        elif isinstance(event, PositionsListed):
            self._compare(event, now_ns)
        elif isinstance(event, OpenOrdersListed) and event.symbol is None:
            news, gone = self._audit.read(event)
            for venue in news:
                self.found(venue, now_ns, asked_ns=event.asked_ns)
            for order in gone:
                self._miss(order, now_ns)
        if isinstance(event, FillsListed):
            self._book(event.fills, now_ns)
            self._missing.hear(event)
        if isinstance(event, (OpenOrdersListed, OrdersListed)) and event.symbol is not None:
            self._of_doubts(event, event.symbol, now_ns)
        if isinstance(event, (OpenOrdersListed, FillsListed)):
            self._conclude_absent(self._lists.hear(event), now_ns)

    def _of_doubts(self, event: OpenOrdersListed | OrdersListed, symbol: str, now_ns: int) -> None:
        """A symbol's list answers for each of its doubts that began before it was asked for."""
        for venue in event.orders:
            if venue.client_order_id in self._desk.outcomes:
                self.found(venue, now_ns, asked_ns=event.asked_ns)
        if isinstance(event, OrdersListed):
            self._histories.hear(event, now_ns)
            return
        listed = {one.client_order_id for one in event.orders}
        self._desk.outcomes.heard(symbol, listed, asked_ns=event.asked_ns, now_ns=now_ns)

    def _book(self, fills: Iterable[VenueFill], now_ns: int, *, source: Source = "query") -> None:
        for fill in fills:
            order = self._desk.table.by_venue_id(fill.symbol, fill.venue_order_id)
            if order is not None:
                if fill.exec_id not in order.exec_ids:
                    self._positions.differs(order)
                update = fill_update(order.client_order_id, fill, source=source, ts_recv_ns=now_ns)
                self._desk.apply(update, now_ns)
        for client_order_id in [*self._ends]:
            self._end(client_order_id, now_ns)

    def must_wait(self, order: DeskOrder, update: OrderUpdate) -> bool:
        """Return whether an order's end is to be told later: fills before it are missing."""
        told = update.cumulative
        if told is None or told <= order.cumulative or not order.is_open:
            return False
        self._ends[order.client_order_id] = update
        self._want_fills(order, told, update.ts_recv_ns)
        return True

    def _end(self, client_order_id: str, now_ns: int) -> None:
        order, update = self._desk.table.get(client_order_id), self._ends[client_order_id]
        if order is None or not order.is_open:
            del self._ends[client_order_id]
        elif (update.cumulative or Decimal(0)) <= order.cumulative:
            del self._ends[client_order_id]
            self._desk.apply(update, now_ns)

    def _conclude_absent(self, lists: BothLists | None, now_ns: int) -> None:
        """Both lists of a symbol came: say of which orders it is now known that they are not."""
        if lists is None:
            return
        for doubt in [*self._desk.outcomes.doubts()]:
            order = self._desk.table.get(doubt.client_order_id)
            is_meant = doubt.symbol == lists.symbol and bool(doubt.absences)
            if order is None or not is_meant:
                continue
            agree = lists.agree(doubt, self._strangers.is_known)
            if not self._desk.outcomes.is_conclusive(doubt.client_order_id, lists_agree=agree):
                continue
            if doubt.request == "new":
                text = "the venue does not know the order, and its request can no longer arrive"
                code = "VENUE_UNAVAILABLE"
                self._desk.conclude(order, "rejected", text, now_ns, code=code)
            else:
                self._desk.conclude(order, "canceled", "the venue does not know it", now_ns)

    def stranger(self, update: OrderUpdate, now_ns: int) -> None:
        """Evidence about an order that is not in the table."""
        if self._strangers.heard(update, now_ns):
            self._audit.soon()

    # Time

    def tick(self, now_ns: int) -> None:
        """Ask what is due."""
        venue_ns = self._desk.venue_ns(now_ns)
        has_room = self._pace.has_room(venue_ns)
        if has_room:
            self._round.tick(now_ns=now_ns, venue_ns=venue_ns)
        for overdue in [one for one, at in self._asked.items() if now_ns - at >= ANSWER_NS]:
            del self._asked[overdue]
        self._ask_due(now_ns, venue_ns)
        alarm(self._desk, now_ns)
        if has_room:
            self._missing.tick(now_ns=now_ns, venue_ns=venue_ns)
        if has_room and self.is_reconciled:
            self._audit.tick(now_ns)

    def _want_fills(self, order: DeskOrder, cumulative: Decimal, now_ns: int) -> None:
        venue_ns = self._desk.venue_ns(now_ns)
        self._missing.want(order, cumulative, now_ns=now_ns, venue_ns=venue_ns)

    def _ask_due(self, now_ns: int, venue_ns: int) -> None:
        room = self._pace.room(len(self._asked), now_ns=now_ns, venue_ns=venue_ns)
        questions = self._desk.outcomes.due(now_ns, most=room)
        self._pace.spend(len(questions), now_ns)
        for question in questions:
            order = self._desk.table.get(question.client_order_id)
            if order is None or not order.is_open:
                self._desk.outcomes.settle(question.client_order_id)
                if order is not None and order.change is not None:
                    text = "the order ended before its change arrived"
                    self._desk.conclude(
                        order, "modify_rejected", text, now_ns, code="ORDER_NOT_LIVE"
                    )
            elif question.kind == "order":
                self._query(order, now_ns)
            elif question.kind == "history":
                self._histories.ask(question, now_ns=now_ns, venue_ns=venue_ns)
            elif question.kind == "open":
                ask_open(self._desk, self._fetcher, question.symbol, now_ns)
            else:
                self._lists.ask(question, now_ns=now_ns, venue_ns=venue_ns)

    def _query(self, order: DeskOrder, now_ns: int) -> None:
        if order.client_order_id in self._asked:
            return
        self._asked[order.client_order_id] = now_ns
        at = self._waiting if order.waits and self._waiting is not None else self._oms
        venue_ns = self._desk.venue_ns(now_ns)
        at.query(order.client_order_id, order.symbol, now_ns=now_ns, venue_ns=venue_ns)
