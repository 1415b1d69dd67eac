"""What the engine reports, booked: orders, depth, trades, money, and events of each."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tradecore.venue.events import OrderChanged, TradePrinted
from tradecore.venue.orders import TradeRecord

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tradecore.core import ExecutionReport
    from tradecore.venue.events import OrderChange
    from tradecore.venue.orders import OrderRecord, OrderStatus
    from tradecore.venue.state import VenueState

__all__ = ["ReportBook"]


@dataclass(slots=True)
class ReportBook:
    """Applies execution reports to a venue's state. Every live order is known here."""

    state: VenueState
    live: dict[int, OrderRecord] = field(default_factory=dict)
    _trade_ids: dict[str, int] = field(default_factory=dict)
    _engine_trade: int = 0

    def accept(self, order: OrderRecord) -> None:
        """Know an order the engine took."""
        self.live[order.order_id] = order
        self.state.histories.opened(order)

    def apply(
        self, reports: Iterable[ExecutionReport], *, ending: OrderStatus | None = None
    ) -> None:
        """Book reports in their order.

        Args:
            reports: What the engine said.
            ending: How an order that was taken out ends; by the report's own words unless given.
        """
        touched: dict[int, None] = {}
        for report in reports:
            order = self.live.get(report.order_id)
            if order is None or report.exec_type in {"rejected", "replaced", "triggered"}:
                continue
            touched[order.order_id] = None
            order.updated_ns = self.state.now_ns
            if report.exec_type == "new":
                self._note("new", order)
            elif report.exec_type == "trade":
                self._trade(order, report)
            else:
                order.status = ending or _ending(report)
                self._note("canceled" if order.status == "canceled" else "expired", order)
        for order_id in touched:
            self.settle(self.live[order_id])

    def settle(self, order: OrderRecord) -> None:
        """Let an order go when it ended."""
        if not order.is_open:
            del self.live[order.order_id]
            is_house = order.account in self.state.house
            self.state.histories.ended(order, is_house=is_house)

    def _note(
        self, change: OrderChange, order: OrderRecord, trade: TradeRecord | None = None
    ) -> None:
        if order.account not in self.state.house:
            event = OrderChanged(change, copy(order), trade, self.state.now_ns)
            self.state.events.append(event)

    def amended(self, order: OrderRecord) -> None:
        """Tell that an order's terms changed."""
        self._note("amended", order)

    def _trade(self, order: OrderRecord, report: ExecutionReport) -> None:
        state, price, quantity = self.state, report.last_price, report.last_quantity
        if price is None or quantity is None or report.trade_id is None:
            raise AssertionError("Invariant: a report of a trade has price, quantity and number")
        is_maker = report.liquidity == "maker"
        if report.trade_id != self._engine_trade:
            self._engine_trade = report.trade_id
            self._trade_ids[order.symbol] = self._trade_ids.get(order.symbol, 0) + 1
        trade_id = self._trade_ids[order.symbol]
        order.cumulative += quantity
        order.cumulative_notional += quantity * price
        order.status = "filled" if order.cumulative >= order.quantity else "partially_filled"
        instrument = state.instruments[order.symbol].instrument
        realized, fee = state.ledger.fill(
            order.account,
            instrument,
            side=order.side,
            price=price,
            quantity=quantity,
            is_maker=is_maker,
            ts_event_ns=state.now_ns,
        )
        if not is_maker:
            state.last_prices[order.symbol] = price
            printed = TradePrinted(
                symbol=order.symbol,
                trade_id=trade_id,
                price=price,
                quantity=quantity,
                aggressor=order.side,
                taker_order_id=order.order_id,
                ts_event_ns=state.now_ns,
            )
            state.histories.add_print(printed)
            state.events.append(printed)
        if order.account not in state.house:
            trade = TradeRecord(
                trade_id=trade_id,
                order_id=order.order_id,
                account=order.account,
                symbol=order.symbol,
                side=order.side,
                price=price,
                quantity=quantity,
                realized=realized,
                fee=fee,
                fee_currency=state.ledger.currency,
                is_maker=is_maker,
                ts_event_ns=state.now_ns,
            )
            self._tell_fill(order, trade)

    def _tell_fill(self, order: OrderRecord, trade: TradeRecord) -> None:
        state = self.state
        state.histories.add_trade(trade)
        state.note_income(
            order.account, "realized", trade.realized, symbol=order.symbol, trade_id=trade.trade_id
        )
        state.note_income(
            order.account, "fee", -trade.fee, symbol=order.symbol, trade_id=trade.trade_id
        )
        self._note("trade", order, trade)
        state.note_account(order.account, "order", symbols=(order.symbol,))


def _ending(report: ExecutionReport) -> OrderStatus:
    """Return how an order ended that nobody asked to cancel."""
    return "expired_in_match" if report.reject_code == "SELF_TRADE_PREVENTED" else "expired"
