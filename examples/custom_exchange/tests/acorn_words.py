"""What Acorn's venue says of itself: its instrument, and its records in Acorn's words."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final

from acorn_exchange.messages import Fill, Market, Order, Position, Print

from tradecore.core import Instrument
from tradecore.model import InstrumentTerms
from tradecore.venue import VenueInstrument, brackets_of

if TYPE_CHECKING:
    from tradecore.venue import OrderRecord, TradeRecord
    from tradecore.venue.events import TradePrinted
    from tradecore.venue.ledger import PositionState

NS_PER_US: Final = 1_000


def oak() -> VenueInstrument:
    """Return the one thing that is traded."""
    instrument = Instrument(
        "OAK-USD",
        tick_size="0.5",
        lot_size="0.01",
        kind="linear",
        min_notional="10",
        maker_fee="0.0001",
        taker_fee="0.0004",
    )
    return VenueInstrument(
        terms=InstrumentTerms(
            instrument=instrument, base="OAK", quote="USD", margin_currency="USD", is_trading=True
        ),
        brackets=brackets_of(((50, "1000000", "0.01"), (10, "100000000", "0.05"))),
        reference_price=Decimal(2_000),
    )


def market_of(one: VenueInstrument) -> Market:
    """Return what is traded."""
    known = one.instrument
    return Market(
        name=known.symbol,
        base=one.terms.base,
        quote=one.terms.quote,
        tick=known.tick_size,
        lot=known.lot_size,
        min_value=known.min_notional,
        is_open=one.terms.is_trading,
    )


def order_of(order: OrderRecord) -> Order:
    """Return an order as it stands."""
    words = {"new": "open", "partially_filled": "open", "expired_in_match": "expired"}
    request = order.request
    return Order(
        id=order.client_order_id,
        number=order.order_id,
        market=order.symbol,
        side=order.side,
        quantity=order.quantity,
        filled=order.cumulative,
        status=words.get(order.status, order.status),
        life=request.time_in_force if request.time_in_force != "GTD" else "GTC",
        post_only=request.post_only,
        reduce_only=request.reduce_only,
        at_us=order.updated_ns // NS_PER_US,
        price=order.price,
    )


def position_of(held: PositionState, now_ns: int) -> Position:
    """Return what is held."""
    return Position(
        market=held.symbol,
        quantity=held.quantity,
        entry_price=held.entry_price or None,
        at_us=now_ns // NS_PER_US,
    )


def print_of(event: TradePrinted) -> Print:
    """Return a trade as everybody sees it."""
    return Print(
        market=event.symbol,
        number=event.trade_id,
        price=event.price,
        quantity=event.quantity,
        aggressor=event.aggressor,
        at_us=event.ts_event_ns // NS_PER_US,
    )


def fill_of(order: OrderRecord, trade: TradeRecord) -> Fill:
    """Return a trade of an order."""
    return Fill(
        number=trade.trade_id,
        order_id=order.client_order_id,
        order_number=trade.order_id,
        market=trade.symbol,
        side=trade.side,
        price=trade.price,
        quantity=trade.quantity,
        fee=trade.fee,
        fee_currency="USD",
        is_maker=trade.is_maker,
        order_filled=order.cumulative,
        at_us=trade.ts_event_ns // NS_PER_US,
    )
