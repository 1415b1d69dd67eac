"""What a venue trades, and what a position in it costs to hold."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from tradecore.core import SymbolTerms

if TYPE_CHECKING:
    from tradecore.core import Instrument
    from tradecore.model.venue import InstrumentTerms

__all__ = ["LeverageBracket", "VenueInstrument", "brackets_of"]

_HOUR_NS: Final = 3_600 * 1_000_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class LeverageBracket:
    """Terms of positions worth more than `floor` and at most `cap`, in the margin currency.

    Args:
        number: From 1, the smallest positions first.
        leverage_max: Highest leverage such a position may have.
        floor: Where it begins.
        cap: Where it ends.
        maintenance_rate: Maintenance margin as a part of the value.
        deduction: What is taken off it, so that it does not jump at `floor`.
    """

    number: int
    leverage_max: int
    floor: Decimal
    cap: Decimal
    maintenance_rate: Decimal
    deduction: Decimal


def brackets_of(rows: tuple[tuple[int, str, str], ...]) -> tuple[LeverageBracket, ...]:
    """Return brackets from rows of highest leverage, cap and maintenance rate.

    Each deduction is `previous deduction + floor x (rate - previous rate)`, which makes maintenance
    margin continuous.
    """
    brackets: list[LeverageBracket] = []
    floor = rate = deduction = Decimal(0)
    for number, (leverage_max, cap, rate_text) in enumerate(rows, 1):
        deduction += floor * (Decimal(rate_text) - rate)
        rate = Decimal(rate_text)
        brackets.append(
            LeverageBracket(
                number=number,
                leverage_max=leverage_max,
                floor=floor,
                cap=Decimal(cap),
                maintenance_rate=rate,
                deduction=deduction,
            )
        )
        floor = Decimal(cap)
    return tuple(brackets)


@dataclass(frozen=True, slots=True, kw_only=True)
class VenueInstrument:
    """An instrument as its venue runs it.

    Args:
        terms: What orders in it must be.
        brackets: Margin by size of the position, smallest first; at least one.
        reference_price: What it is worth before anybody traded.
        funding_rate: What longs pay shorts each period, as a part of the value.
        funding_period_ns: How often; payments fall on multiples of it since 1970.
        leverage: What an account has until it asks for another.
        band_bps: How far from the reference price a trade may be, in hundredths of a percent; 0
            for any distance.
        halt_ns: How long trading pauses when one would be farther; 0 cancels the order instead.
        listed_ns: When it came to a venue that ran already; 0 of one the venue began with.
    """

    terms: InstrumentTerms
    brackets: tuple[LeverageBracket, ...]
    reference_price: Decimal
    funding_rate: Decimal = Decimal("0.0001")
    funding_period_ns: int = 8 * _HOUR_NS
    leverage: int = 20
    band_bps: int = 0
    halt_ns: int = 0
    listed_ns: int = 0

    @property
    def symbol(self) -> str:
        """Return its name."""
        return self.terms.instrument.symbol

    @property
    def instrument(self) -> Instrument:
        """Return its steps, worth and fees."""
        return self.terms.instrument

    @property
    def symbol_terms(self) -> SymbolTerms:
        """Return how the engine's accounts trade it."""
        return SymbolTerms(base=self.terms.base, quote=self.terms.quote)

    def bracket(self, notional: Decimal, /) -> LeverageBracket:
        """Return the bracket a position of this value belongs to; the last one beyond all caps."""
        return next((b for b in self.brackets if notional <= b.cap), self.brackets[-1])

    def cap_at(self, leverage: int, /) -> Decimal:
        """Return the largest value a position may have at this leverage, 0 if none may have it."""
        caps = [b.cap for b in self.brackets if leverage <= b.leverage_max]
        return max(caps, default=Decimal(0))

    def maintenance(self, notional: Decimal, /) -> Decimal:
        """Return the maintenance margin of a position of this value."""
        bracket = self.bracket(notional)
        return notional * bracket.maintenance_rate - bracket.deduction
