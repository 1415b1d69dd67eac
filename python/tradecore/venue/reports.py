"""What the engine reports, booked: orders, depth, trades, money, and events of each."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tradecore.venue.events import OrderChanged, TradePrinted
from tradecore.venue.orders import TradeRecord

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tradecore.core import ExecutionReport, MarketUpdate
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
    #: Of each trade of the engine that was not told yet: which of its symbol it is.
    _numbers: dict[int, int] = field(default_factory=dict)

    def accept(self, order: OrderRecord) -> None:
        """Know an order the engine took."""
        self.live[order.order_id] = order
        self.state.histories.opened(order)

    def number(self, updates: Iterable[MarketUpdate]) -> None:
        """Count trades by symbol, in the order in which the engine made them."""
        for update in updates:
            for engine_number, *_ in update.trades:
                number = self._trade_ids.get(update.symbol, 0) + 1
                self._trade_ids[update.symbol] = self._numbers[engine_number] = number

    def show(self, update: MarketUpdate) -> None:
        """Tell the public of trades, then of levels."""
        state, instrument = self.state, self.state.instruments[update.symbol].instrument
        for engine_number, ticks, lots, buying, selling, side in update.trades:
            if side is None:
                raise AssertionError("Invariant: this venue holds no auction")
            price = instrument.price(ticks)
            state.last_prices[update.symbol] = price
            printed = TradePrinted(
                symbol=update.symbol,
                trade_id=self._numbers.pop(engine_number),
                price=price,
                quantity=instrument.quantity(lots),
                aggressor=side,
                taker_order_id=buying if side == "buy" else selling,
                ts_event_ns=state.now_ns,
            )
            state.histories.add_print(printed)
            state.events.append(printed)
        state.show(update)

    def apply(
        self, reports: Iterable[ExecutionReport], *, ending: OrderStatus | None = None
    ) -> None:
        """Book reports in their order.

        Args:
            reports: What the engine said.
            ending: How an order that was taken out ends; by the report's own words unless given.
        """
        touched: dict[int, None] = {}
        sides: dict[int, list[tuple[OrderRecord, ExecutionReport]]] = {}
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
                sides.setdefault(report.trade_id or 0, []).append((order, report))
            else:
                order.status = ending or _ending(report)
                self._note("canceled" if order.status == "canceled" else "expired", order)
        for booked in sides.values():
            if len(booked) == 1:
                self._counter(*booked[0])
        for order_id in touched:
            self.settle(self.live[order_id])

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
        trade_id = self._numbers[report.trade_id]
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
            leg=order.request.leg,
            isolated_leverage=state.leverage(order.account, order.symbol)
            if (order.account, order.symbol) in state.isolated
            else None,
        )
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
                leg=order.request.leg,
            )
            self._tell_fill(order, trade)

    def _tell_fill(self, order: OrderRecord, trade: TradeRecord) -> None:
        state = self.state
        state.histories.add_trade(trade)
        state.traders[order.account] = None
        state.note_income(
            order.account, "realized", trade.realized, symbol=order.symbol, trade_id=trade.trade_id
        )
        state.note_income(
            order.account, "fee", -trade.fee, symbol=order.symbol, trade_id=trade.trade_id
        )
        self._note("trade", order, trade)
        position = state.ledger.position(order.account, order.symbol, order.request.leg)
        state.note_account(order.account, "order", positions=(position,))


def _ending(report: ExecutionReport) -> OrderStatus:
    """Return how an order ended that nobody asked to cancel."""
    return "expired_in_match" if report.reject_code == "SELF_TRADE_PREVENTED" else "expired"
