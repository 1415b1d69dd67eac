"""What the engine reports, booked: orders, trades, money, and events of each."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from tradecore.venue.events import OrderChanged, TradePrinted
from tradecore.venue.orders import Amendment, OrderRecord, TradeRecord
from tradecore.venue.trade_numbers import TradeNumbers

if TYPE_CHECKING:
    from tradecore.core import ExecutionReport, MarketUpdate
    from tradecore.venue.entries import Entry
    from tradecore.venue.events import OrderChange
    from tradecore.venue.ledger import PositionState
    from tradecore.venue.orders import OrderStatus
    from tradecore.venue.state import VenueState

__all__ = ["ReportBook"]

_ZERO: Final = Decimal(0)
#: What takes out the rest of an order that nobody asked to cancel, and is no cancel of the venue.
_LAPSES: Final = frozenset({None, "NO_LIQUIDITY", "FOK_NOT_FILLABLE"})


@dataclass(slots=True)
class ReportBook:
    """Applies execution reports to a venue's state. Every live order is known here.

    Where the venue is live the public is shown market data; where its journal is read again, what
    was printed is drawn from the reports.
    """

    state: VenueState
    live: dict[int, OrderRecord] = field(default_factory=dict)
    numbers: TradeNumbers = field(default_factory=TradeNumbers)
    #: What a change that is about to be made has to say beside its terms, by order.
    origins: dict[int, object] = field(default_factory=dict)

    def show(self, update: MarketUpdate) -> None:
        """Tell the public of trades, then of levels."""
        state, instrument = self.state, self.state.instruments[update.symbol].instrument
        for engine_number, ticks, lots, buying, selling, side in update.trades:
            price = instrument.price(ticks)
            state.last_prices[update.symbol] = price
            printed = TradePrinted(
                symbol=update.symbol,
                trade_id=self.numbers.shown(update.symbol, engine_number),
                price=price,
                quantity=instrument.quantity(lots),
                aggressor=side,
                taker_order_id=selling if side == "sell" else buying,
                ts_event_ns=state.now_ns,
                maker_order_id=buying if side == "sell" else selling,
            )
            state.histories.add_print(printed)
            state.events.append(printed)
        state.show(update)

    def apply(self, entry: Entry) -> OrderRecord | None:
        """Book what came of a command; return the order it placed, also one that was refused."""
        order = self._opened(entry) if entry.kind == "new" else None
        state, live, kept = self.state, self.live, self.state.gathered
        trades: list[tuple[str, int]] = []
        touched: dict[int, OrderRecord] = {}
        sides: dict[int, list[tuple[OrderRecord, ExecutionReport]]] = {}
        for report in entry.reports:
            exec_type = report.exec_type
            if exec_type == "trade":
                symbol, number = report.symbol or "", report.trade_id or 0
                self.numbers.count(symbol, number)
                trades.append((symbol, number))
                self._print(report)
            found = live.get(report.order_id)
            if found is None or exec_type == "rejected":
                continue
            touched[found.order_id] = found
            found.updated_ns, found.sequence = state.now_ns, entry.sequence
            if kept.is_on:
                kept.orders[found.order_id] = found
            if exec_type == "trade":
                self._trade(found, report)
                sides.setdefault(number, []).append((found, report))
            else:
                self._change(found, report, entry)
        for booked in sides.values():
            if len(booked) == 1:
                self._counter(*booked[0])
        self._settle(touched)
        for symbol, number in trades:
            self.numbers.booked(symbol, number)
        return order

    def _opened(self, entry: Entry) -> OrderRecord | None:
        """Know the order of a command; one that was refused is on record and nothing else."""
        request, first = entry.order, entry.reports[0]
        if request is None:
            raise AssertionError("Invariant: a new order has terms")
        order_id, last = first.order_id, entry.reports[-1]
        if not request.client_order_id:
            request = replace(request, client_order_id=f"t{order_id:021d}")
        order = OrderRecord(
            order_id=order_id,
            request=request,
            price=request.price if first.price is None else first.price,
            quantity=request.quantity,
            stop_price=request.stop_price,
            created_ns=self.state.now_ns,
            updated_ns=self.state.now_ns,
            sequence=entry.sequence,
        )
        is_refused = first.exec_type == "rejected"
        if is_refused or last.reject_code == "FOK_NOT_FILLABLE":
            order.status = "rejected"
            order.reject_code = first.reject_code or last.reject_code or ""
            self.state.gathered.order(order)
        else:
            if first.order_status == "pending_trigger":
                order.status = "pending_trigger"
            self.live[order_id] = order
            self.state.histories.opened(order)
        return order

    def _change(self, order: OrderRecord, report: ExecutionReport, entry: Entry) -> None:
        """Book anything but a trade."""
        match report.exec_type:
            case "new":
                self._note("new", order)
            case "replaced":
                self._replace(order, report, entry)
            case "triggered":
                if report.order_status != "pending_trigger":
                    order.status = "partially_filled" if order.cumulative else "new"
                self._note("triggered", order)
            case _:
                order.status = _ending(report, entry)
                order.reject_code = report.reject_code or ""
                self._note("canceled" if order.status == "canceled" else "expired", order)

    def _replace(self, order: OrderRecord, report: ExecutionReport, entry: Entry) -> None:
        """Book other terms: what its owner asked for is kept beside what it was."""
        price = order.price if report.price is None else report.price
        if entry.kind == "modify":
            order.amendments.append(
                Amendment(
                    number=self.state.take_id(),
                    price_before=order.price or _ZERO,
                    price_after=price or _ZERO,
                    quantity_before=order.quantity,
                    quantity_after=report.quantity,
                    ts_event_ns=self.state.now_ns,
                    origin=self.origins.pop(order.order_id, None),
                )
            )
            order.stop_price = entry.stop_price or order.stop_price
        order.price, order.quantity = price, report.quantity
        self._note("amended", order)

    def _print(self, report: ExecutionReport) -> None:
        """Draw what the public saw of a trade from the report of the side that took it."""
        state = self.state
        if state.is_live and not state.gathered.is_on:
            return
        is_auction = report.liquidity == "auction"
        if not (report.side == "buy" if is_auction else report.liquidity == "taker"):
            return
        if (
            report.symbol is None
            or report.trade_id is None
            or report.last_price is None
            or report.last_quantity is None
        ):
            raise AssertionError("Invariant: a report of a trade says what was traded")
        printed = TradePrinted(
            symbol=report.symbol,
            trade_id=self.numbers.of(report.trade_id),
            price=report.last_price,
            quantity=report.last_quantity,
            aggressor=None if is_auction else report.side,
            taker_order_id=report.order_id,
            ts_event_ns=state.now_ns,
            maker_order_id=report.counter_order_id or 0,
        )
        if state.gathered.is_on:
            state.gathered.trades.append(printed)
        if not state.is_live:
            state.last_prices[report.symbol] = report.last_price
            state.histories.add_print(printed)

    def _counter(self, order: OrderRecord, report: ExecutionReport) -> None:
        """Book the other side of a trade with the house's own traders, who are told nothing."""
        state = self.state
        account = state.flow_accounts.get(order.symbol)
        if account is None or report.last_price is None or report.last_quantity is None:
            raise AssertionError("Invariant: both sides of a trade are known")
        state.ledger.fill(
            account,
            state.instruments[order.symbol].instrument,
            side="sell" if order.side == "buy" else "buy",
            price=report.last_price,
            quantity=report.last_quantity,
            is_maker=report.liquidity != "maker",
            ts_event_ns=state.now_ns,
        )

    def _settle(self, orders: dict[int, OrderRecord]) -> None:
        """Let those go that ended."""
        for order_id, order in orders.items():
            if not order.is_open:
                del self.live[order_id]
                self.state.histories.ended(order, is_house=order.account in self.state.house)

    def _note(
        self, change: OrderChange, order: OrderRecord, trade: TradeRecord | None = None
    ) -> None:
        state, account = self.state, order.request.account
        if not state.is_live or account in state.house:
            return
        if trade is not None or state.hears(account):
            state.events.append(OrderChanged(change, copy(order), trade, state.now_ns))

    def _trade(self, order: OrderRecord, report: ExecutionReport) -> None:
        state, price, quantity = self.state, report.last_price, report.last_quantity
        if price is None or quantity is None or report.trade_id is None:
            raise AssertionError("Invariant: a report of a trade has price, quantity and number")
        trade_id, request = self.numbers.of(report.trade_id), order.request
        account, symbol = request.account, request.symbol
        is_maker = report.liquidity == "maker"
        order.cumulative += quantity
        order.cumulative_notional += quantity * price
        order.status = "filled" if order.cumulative >= order.quantity else "partially_filled"
        is_isolated = (account, symbol) in state.isolated
        realized, fee = state.ledger.fill(
            account,
            state.instruments[symbol].instrument,
            side=request.side,
            price=price,
            quantity=quantity,
            is_maker=is_maker,
            ts_event_ns=state.now_ns,
            leg=request.leg,
            isolated_leverage=state.leverage(account, symbol) if is_isolated else None,
            trade_id=trade_id,
        )
        if request.strategy and (of := state.strategies.find(account, request.strategy)):
            change = quantity * state.instruments[symbol].instrument.multiplier
            of.position(symbol, request.leg).trade(
                change if request.side == "buy" else -change,
                price,
                fee=fee,
                ts_event_ns=state.now_ns,
            )
        state.changes[account] = order.sequence
        is_house = account in state.house
        if is_house and not state.gathered.is_on:
            return
        trade = TradeRecord(
            trade_id=trade_id,
            order_id=order.order_id,
            account=account,
            symbol=symbol,
            side=request.side,
            price=price,
            quantity=quantity,
            realized=realized,
            fee=fee,
            fee_currency=state.ledger.currency,
            is_maker=is_maker,
            ts_event_ns=state.now_ns,
            leg=request.leg,
            strategy=request.strategy,
        )
        position = state.ledger.position(account, symbol, request.leg)
        state.gathered.fill(trade, position)
        if not is_house:
            self._tell_fill(order, trade, position)

    def _tell_fill(self, order: OrderRecord, trade: TradeRecord, position: PositionState) -> None:
        state, account, symbol, number = self.state, trade.account, trade.symbol, trade.trade_id
        state.histories.add_trade(trade)
        state.traders[account] = None
        state.note_income(account, "realized", trade.realized, symbol=symbol, trade_id=number)
        state.note_income(account, "fee", -trade.fee, symbol=symbol, trade_id=number)
        self._note("trade", order, trade)
        state.note_account(account, "order", positions=(position,))


def _ending(report: ExecutionReport, entry: Entry) -> OrderStatus:
    """Return how an order ended, by what took it out."""
    if entry.kind == "cancel":
        return "canceled"
    if report.reject_code == "SELF_TRADE_PREVENTED":
        return "expired_in_match"
    is_lapsed = report.exec_type == "expired" or report.reject_code in _LAPSES
    return "expired" if is_lapsed else "canceled"
