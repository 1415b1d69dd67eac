"""Numbers as the venue writes them: strings with the digits of the symbol's steps."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal
from typing import TYPE_CHECKING, Final

from tradecore.exchanges.binance.messages import Number

if TYPE_CHECKING:
    from tradecore.core import Instrument

__all__ = ["MS_NS", "amount", "average", "decimals_of", "price_of", "quantity_of", "to_ms"]

MS_NS: Final = 1_000_000
_MONEY: Final = Decimal("0.00000001")
_PRICE_DIGITS: Final = Decimal("0.01")


def to_ms(time_ns: int) -> int:
    """Return whole milliseconds of a time in nanoseconds."""
    return time_ns // MS_NS


def decimals_of(step: Decimal) -> int:
    """Return how many digits after the point a step has."""
    exponent = step.normalize().as_tuple().exponent
    return max(-exponent, 0) if isinstance(exponent, int) else 0


def price_of(instrument: Instrument, price: Decimal | None) -> Number:
    """Return a price with the digits of its tick, at least two; 0 for none."""
    step = min(instrument.tick_size, _PRICE_DIGITS).normalize()
    value = (price or Decimal(0)).quantize(Decimal(1).scaleb(-decimals_of(step)))
    return Number.of(value)


def average(instrument: Instrument, price: Decimal) -> Number:
    """Return an average or a mark, rounded half to even, with more digits than a price has."""
    digits = decimals_of(instrument.tick_size) + 4
    rounded = price.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_EVEN)
    return Number.of(rounded)


def quantity_of(instrument: Instrument, quantity: Decimal) -> Number:
    """Return a quantity with the digits of its lot."""
    step = Decimal(1).scaleb(-decimals_of(instrument.lot_size))
    return Number.of(quantity.quantize(step))


def amount(value: Decimal) -> Number:
    """Return money with eight digits."""
    return Number.of(value.quantize(_MONEY, rounding=ROUND_HALF_EVEN))
