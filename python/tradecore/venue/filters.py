"""Which orders a venue looks at at all: steps, ranges and value, in the order they are checked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tradecore.venue.refusals import Reason, Refused

if TYPE_CHECKING:
    from decimal import Decimal

    from tradecore.model.orders import Side
    from tradecore.venue.instruments import VenueInstrument

__all__ = ["check_terms"]


def check_terms(
    instrument: VenueInstrument,
    *,
    side: Side,
    price: Decimal | None,
    quantity: Decimal,
    mark: Decimal,
    reduces: bool,
) -> Refused | None:
    """Return the first rule an order breaks, or `None`.

    Args:
        instrument: Of what.
        side: Which way.
        price: Its limit; `None` for a market order, which is valued at the mark.
        quantity: Total.
        mark: What the symbol is valued at.
        reduces: Whether it is reduce-only, which may be of any value.
    """
    if not instrument.terms.is_trading:
        return Refused(Reason.DELISTED)
    refused = _check_quantity(instrument, quantity, is_market=price is None)
    if refused is None and price is not None:
        refused = _check_price(instrument, side, price, mark)
    if refused is not None:
        return refused
    least = instrument.instrument.min_notional
    if not reduces and (mark if price is None else price) * quantity < least:
        return Refused(Reason.NOTIONAL_TOO_SMALL, f"{least.normalize():f}")
    return None


def _check_quantity(
    instrument: VenueInstrument, quantity: Decimal, *, is_market: bool
) -> Refused | None:
    terms, step = instrument.terms, instrument.instrument.lot_size
    low = terms.market_quantity_min if is_market else terms.quantity_min
    high = terms.market_quantity_max if is_market else terms.quantity_max
    if quantity <= 0:
        return Refused(Reason.QUANTITY_NOT_POSITIVE)
    if low is not None and quantity < low:
        return Refused(Reason.QUANTITY_TOO_SMALL)
    if high is not None and quantity > high:
        return Refused(Reason.QUANTITY_TOO_LARGE)
    return Refused(Reason.QUANTITY_OFF_LOT) if quantity % step else None


def _check_price(
    instrument: VenueInstrument, side: Side, price: Decimal, mark: Decimal
) -> Refused | None:
    terms = instrument.terms
    if price <= 0:
        return Refused(Reason.PRICE_NOT_POSITIVE)
    if terms.price_min is not None and price < terms.price_min:
        return Refused(Reason.PRICE_TOO_LOW)
    if terms.price_max is not None and price > terms.price_max:
        return Refused(Reason.PRICE_TOO_HIGH)
    if price % instrument.instrument.tick_size:
        return Refused(Reason.PRICE_OFF_TICK)
    return _check_band(instrument, side, price, mark)


def _check_band(
    instrument: VenueInstrument, side: Side, price: Decimal, mark: Decimal
) -> Refused | None:
    terms = instrument.terms
    if side == "buy" and terms.price_up is not None and price > mark * terms.price_up:
        return Refused(Reason.PRICE_ABOVE_BAND, f"{mark * terms.price_up:f}")
    if side == "sell" and terms.price_down is not None and price < mark * terms.price_down:
        return Refused(Reason.PRICE_BELOW_BAND, f"{mark * terms.price_down:f}")
    return None
