"""Trades and prices as the API writes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tradecore.gateway.schemas.market import Prices, PriceSource
from tradecore.gateway.schemas.orders_v1 import TradeV1
from tradecore.gateway.views import side_of
from tradecore.telemetry.logs import iso_utc

if TYPE_CHECKING:
    from tradecore.model.orders import Side
    from tradecore.store import AccountTradeRow, TradeRow
    from tradecore.venue import VenueService

__all__ = ["account_trade_of", "prices_of", "trade_of"]


def trade_of(row: TradeRow, *, symbol: str | None = None) -> TradeV1:
    """Return a trade as the public sees it."""
    return TradeV1(
        trade_id=str(row.trade_id),
        symbol=symbol or row.symbol,
        price=row.price,
        quantity=row.quantity,
        aggressor_side=side_of(row.aggressor) if row.aggressor else None,
        executed_at=iso_utc(row.ts_event_ns),
    )


def account_trade_of(row: AccountTradeRow) -> TradeV1:
    """Return a trade as one of its two sees it: with its own order, not the other's."""
    side = side_of(row.side)
    other: Side = "sell" if side == "buy" else "buy"
    return TradeV1(
        trade_id=str(row.trade_id),
        symbol=row.symbol,
        price=row.price,
        quantity=row.quantity,
        buyer_order_id=str(row.order_id) if row.side == "buy" else None,
        seller_order_id=str(row.order_id) if row.side == "sell" else None,
        strategy_id=row.strategy_id or None,
        aggressor_side=other if row.is_maker else side,
        executed_at=iso_utc(row.ts_event_ns),
    )


def prices_of(service: VenueService, symbol: str, *, spelled: str) -> Prices:
    """Return what a symbol is worth by each measure there is."""
    state = service.state
    depth, mark = state.depths[symbol], state.marks[symbol]
    bid, ask, last = depth.best("buy"), depth.best("sell"), state.last_prices.get(symbol)
    mid = micro = None
    if bid is not None and ask is not None:
        mid = (bid[0] + ask[0]) / 2
        micro = (bid[0] * ask[1] + ask[0] * bid[1]) / (bid[1] + ask[1])
    return Prices(
        symbol=spelled,
        mid=mid,
        micro=micro,
        last=last,
        index=mark.index,
        mark=mark.mark,
        sources=[
            PriceSource(name="index", price=mark.index),
            PriceSource(name="mid", price=mid),
            PriceSource(name="last", price=last),
        ],
        timestamp=iso_utc(state.now_ns),
    )
