"""Why two runs earned what they did: the difference of their profit in parts that add up."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from tradecore.core import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tradecore.runs.entries import Facts
    from tradecore.runs.history import History, TradedFill
    from tradecore.runs.pairing import Pairing, Piece

__all__ = ["Attribution", "attribute"]

#: Decimals of what is printed; sums are exact fractions before.
DECIMALS: Final = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribution:
    """The first run's profit less the second's, in the settlement currency, to the last digit.

    Each run's profit is that of its fills, less their fees, with what is open at its end at its
    own mark. `net_a - net_b` is the sum of the parts.

    Args:
        net_a: The first run's profit.
        net_b: The second's.
        price: What fills that both have were better against the mid, in the first.
        timing: What the mid was better at the first run's time of the same fills.
        fees: What the first paid less for the same fills.
        missing_a: What only the second run traded, taken from it: below 0 for what earned.
        missing_b: What only the first run traded earned it.
        marks: What the first run's marks make its open positions worth more than the second's do.
        without_mid: Pairs of which a mid is not known: their timing is in `price`.
    """

    net_a: Decimal
    net_b: Decimal
    price: Decimal
    timing: Decimal
    fees: Decimal
    missing_a: Decimal
    missing_b: Decimal
    marks: Decimal
    without_mid: int

    @property
    def difference(self) -> Decimal:
        """All together."""
        return self.net_a - self.net_b


@dataclass(frozen=True, slots=True)
class _Worth:
    """Turns prices of a symbol into money, exactly."""

    facts: Facts

    def gain(self, side: int, quantity: Decimal, frm: Decimal, to: Decimal) -> Fraction:
        """Return what `quantity` gains from one price to another."""
        size = side * Fraction(quantity) * Fraction(self.facts.multiplier)
        if self.facts.kind == "inverse":
            return size * (1 / Fraction(frm) - 1 / Fraction(to))
        return size * (Fraction(to) - Fraction(frm))


def attribute(a: History, b: History, pairing: Pairing, facts: Mapping[str, Facts]) -> Attribution:
    """Return the parts of the difference.

    Raises:
        InputError: If a symbol that was traded has neither a mark nor an instrument.
    """
    worths = {symbol: _Worth(each) for symbol, each in facts.items()}
    marks_a, marks_b = _marks(a, b), _marks(b, a)
    net_a = sum((_net(worths, f, marks_a) for f in a.fills), Fraction(0))
    net_b = sum((_net(worths, f, marks_b) for f in b.fills), Fraction(0))
    price = timing = fees = Fraction(0)
    without_mid = 0
    for two in pairing.fills:
        one, other = two.a.fill, two.b.fill
        worth, quantity = _worth(worths, one), two.a.quantity
        whole = worth.gain(one.sign, quantity, one.price, other.price)
        moved = Fraction(0)
        if one.mid is None or other.mid is None:
            without_mid += 1
        else:
            moved = worth.gain(one.sign, quantity, one.mid, other.mid)
        timing += moved
        price += whole - moved
        fees += _fee(two.b) - _fee(two.a)
    # Everything so far is at the second run's marks: what is left of the first is its own.
    missing_b = sum((_earned(worths, piece, marks_b) for piece in pairing.fills_a), Fraction(0))
    missing_a = -sum((_earned(worths, piece, marks_b) for piece in pairing.fills_b), Fraction(0))
    marks = sum(
        (
            _worth(worths, f).gain(f.sign, f.quantity, marks_b[f.symbol], marks_a[f.symbol])
            for f in a.fills
        ),
        Fraction(0),
    )
    parts = [price, timing, fees, missing_a, missing_b, marks]
    assert sum(parts) == net_a - net_b, "Invariant: the parts are the difference"  # noqa: S101
    return _rounded(net_a, net_b, parts, without_mid)


def _rounded(
    net_a: Fraction, net_b: Fraction, parts: list[Fraction], without_mid: int
) -> Attribution:
    """Turn fractions into decimals that still add up: the largest part takes what is lost."""
    ends = _decimal(net_a), _decimal(net_b)
    texts = [_decimal(part) for part in parts]
    largest = max(range(len(parts)), key=lambda at: abs(parts[at]))
    texts[largest] += ends[0] - ends[1] - sum(texts, Decimal(0))
    price, timing, fees, missing_a, missing_b, marks = texts
    return Attribution(
        net_a=ends[0],
        net_b=ends[1],
        price=price,
        timing=timing,
        fees=fees,
        missing_a=missing_a,
        missing_b=missing_b,
        marks=marks,
        without_mid=without_mid,
    )


def _decimal(value: Fraction) -> Decimal:
    scaled = round(value * 10**DECIMALS)
    if not scaled:
        return Decimal(0)
    return Decimal((int(scaled < 0), tuple(map(int, str(abs(scaled)))), -DECIMALS))


def _net(worths: Mapping[str, _Worth], fill: TradedFill, marks: Mapping[str, Decimal]) -> Fraction:
    worth = _worth(worths, fill)
    return worth.gain(fill.sign, fill.quantity, fill.price, marks[fill.symbol]) - Fraction(fill.fee)


def _earned(worths: Mapping[str, _Worth], piece: Piece, marks: Mapping[str, Decimal]) -> Fraction:
    fill = piece.fill
    worth = _worth(worths, fill)
    return worth.gain(fill.sign, piece.quantity, fill.price, marks[fill.symbol]) - _fee(piece)


def _fee(piece: Piece) -> Fraction:
    fee, of = piece.fee_part
    return Fraction(fee) * Fraction(piece.quantity) / Fraction(of)


def _worth(worths: Mapping[str, _Worth], fill: TradedFill) -> _Worth:
    worth = worths.get(fill.symbol)
    if worth is None:
        raise InputError(f"what a fill is worth needs its instrument: symbol={fill.symbol}")
    return worth


def _marks(own: History, other: History) -> dict[str, Decimal]:
    """Return a mark for every symbol: its own, the other run's, or the last price traded."""
    marks: dict[str, Decimal] = {}
    for fill in _by_time([*other.fills, *own.fills]):
        marks[fill.symbol] = fill.price
    return {**marks, **other.marks, **own.marks}


def _by_time(fills: Iterable[TradedFill]) -> list[TradedFill]:
    return sorted(fills, key=lambda fill: fill.ts_event_ns)
