"""Which order, and which fill, of one run is which of another."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, replace
from decimal import Decimal  # noqa: TC003 - a field of a value
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence

    from tradecore.runs.history import PlacedOrder, TradedFill

__all__ = ["PairedFill", "Pairing", "Piece", "pair"]

_T = TypeVar("_T")
#: Of equally likely partners, so many are looked at.
NEAR_MAX = 64


@dataclass(frozen=True, slots=True)
class Piece:
    """A fill, or the part of one that has a partner; its fee is the part that goes with it."""

    fill: TradedFill
    quantity: Decimal
    fee_part: tuple[Decimal, Decimal]
    """The whole fee, and the quantity it was of: the part is the first times `quantity` over the
    second, which a decimal cannot always say."""

    @classmethod
    def of(cls, fill: TradedFill) -> Piece:
        """Return the whole of a fill."""
        return cls(fill, fill.quantity, (fill.fee, fill.quantity))

    def cut(self, quantity: Decimal) -> tuple[Piece, Piece]:
        """Return so much of it, and the rest."""
        return replace(self, quantity=quantity), replace(self, quantity=self.quantity - quantity)


@dataclass(frozen=True, slots=True)
class PairedFill:
    """The same quantity traded in both runs."""

    a: Piece
    b: Piece


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairing:
    """What was found.

    Args:
        orders: Pairs of orders.
        orders_a: Orders that only the first run has.
        orders_b: Orders that only the second has.
        fills: Pairs of parts of fills.
        fills_a: What only the first run traded.
        fills_b: What only the second did.
    """

    orders: list[tuple[PlacedOrder, PlacedOrder]]
    orders_a: list[PlacedOrder]
    orders_b: list[PlacedOrder]
    fills: list[PairedFill]
    fills_a: list[Piece]
    fills_b: list[Piece]


def pair(
    orders: tuple[Sequence[PlacedOrder], Sequence[PlacedOrder]],
    fills: tuple[Sequence[TradedFill], Sequence[TradedFill]],
    *,
    window_ns: int,
) -> Pairing:
    """Pair the orders of two runs, then their fills.

    Two orders are one when symbol, side, price and quantity are the same and they left within the
    window; of several the nearest in time. The fills of such a pair are one where price, quantity
    and time are alike, and then as far as their quantities go. What is left is paired by symbol,
    side and the nearest time within the window, whatever its price.
    """
    same, only_a, only_b = _nearest(
        orders[0],
        orders[1],
        key=lambda order: (order.symbol, order.side, order.price, order.quantity),
        time=lambda order: order.ts_ns,
        window_ns=window_ns,
    )
    names = {a.client_order_id: b.client_order_id for a, b in same}
    by_order: dict[str, list[Piece]] = {}
    for fill in fills[1]:
        by_order.setdefault(fill.client_order_id, []).append(Piece.of(fill))
    paired: list[PairedFill] = []
    left_a: list[Piece] = []
    for fill in _twins(fills[0], names, by_order, paired, window_ns):
        theirs = by_order.get(names.get(fill.client_order_id, ""), [])
        rest = _take(Piece.of(fill), theirs, paired)
        if rest is not None:
            left_a.append(rest)
    left_b = [piece for pieces in by_order.values() for piece in pieces]
    only_fills_a, only_fills_b = _pair_rest(left_a, left_b, paired, window_ns)
    return Pairing(
        orders=same,
        orders_a=only_a,
        orders_b=only_b,
        fills=paired,
        fills_a=only_fills_a,
        fills_b=only_fills_b,
    )


def _twins(
    fills: Sequence[TradedFill],
    names: Mapping[str, str],
    by_order: Mapping[str, list[Piece]],
    paired: list[PairedFill],
    window_ns: int,
) -> list[TradedFill]:
    """Pair fills of a pair of orders that are alike in price, quantity and time; return the rest.

    So one that is missing does not move all that come after it.
    """
    rest = []
    for fill in fills:
        theirs = by_order.get(names.get(fill.client_order_id, ""), [])
        for at, piece in enumerate(theirs):
            other = piece.fill
            apart_ns = abs(other.ts_event_ns - fill.ts_event_ns)
            alike = (other.price, other.quantity) == (fill.price, fill.quantity)
            if alike and apart_ns <= window_ns:
                paired.append(PairedFill(Piece.of(fill), theirs.pop(at)))
                break
        else:
            rest.append(fill)
    return rest


def _take(ours: Piece, theirs: list[Piece], paired: list[PairedFill]) -> Piece | None:
    """Pair as much as their pieces, the oldest first, have; return what is left of ours."""
    while theirs:
        other = theirs[0]
        if other.quantity > ours.quantity:
            part, theirs[0] = other.cut(ours.quantity)
            paired.append(PairedFill(ours, part))
            return None
        theirs.pop(0)
        if other.quantity == ours.quantity:
            paired.append(PairedFill(ours, other))
            return None
        part, ours = ours.cut(other.quantity)
        paired.append(PairedFill(part, other))
    return ours


def _pair_rest(
    left_a: list[Piece], left_b: list[Piece], paired: list[PairedFill], window_ns: int
) -> tuple[list[Piece], list[Piece]]:
    """Pair what is left by side and time, until nothing more is near enough."""
    while True:
        near, rest_a, rest_b = _nearest(
            left_a,
            left_b,
            key=lambda piece: (piece.fill.symbol, piece.fill.side),
            time=lambda piece: piece.fill.ts_event_ns,
            window_ns=window_ns,
        )
        if not near:
            return rest_a, rest_b
        for ours, other in near:
            theirs = [other]
            rest = _take(ours, theirs, paired)
            rest_a += [] if rest is None else [rest]
            rest_b += theirs
        left_a, left_b = rest_a, rest_b


def _nearest(
    a: Iterable[_T],
    b: Iterable[_T],
    *,
    key: Callable[[_T], Hashable],
    time: Callable[[_T], int],
    window_ns: int,
) -> tuple[list[tuple[_T, _T]], list[_T], list[_T]]:
    """Pair things of one key, the nearest in time first; return pairs and what is alone."""
    groups: dict[Hashable, tuple[list[_T], list[_T]]] = {}
    for number, things in enumerate((a, b)):
        for thing in things:
            groups.setdefault(key(thing), ([], []))[number].append(thing)
    pairs: list[tuple[_T, _T]] = []
    alone: tuple[list[_T], list[_T]] = ([], [])
    for ours, theirs in groups.values():
        _pair_group(sorted(ours, key=time), sorted(theirs, key=time), time, window_ns, pairs, alone)
    pairs.sort(key=lambda two: time(two[0]))
    return pairs, sorted(alone[0], key=time), sorted(alone[1], key=time)


def _pair_group(  # noqa: PLR0917 - two lists in, three out
    ours: list[_T],
    theirs: list[_T],
    time: Callable[[_T], int],
    window_ns: int,
    pairs: list[tuple[_T, _T]],
    alone: tuple[list[_T], list[_T]],
) -> None:
    times = [time(thing) for thing in theirs]
    candidates: list[tuple[int, int, int]] = []
    for i, thing in enumerate(ours):
        at = time(thing)
        low, high = bisect_left(times, at - window_ns), bisect_right(times, at + window_ns)
        middle = bisect_left(times, at)
        low, high = max(low, middle - NEAR_MAX), min(high, middle + NEAR_MAX)
        candidates += ((abs(times[j] - at), i, j) for j in range(low, high))
    used_a: set[int] = set()
    used_b: set[int] = set()
    for _, i, j in sorted(candidates):
        if i not in used_a and j not in used_b:
            used_a.add(i)
            used_b.add(j)
            pairs.append((ours[i], theirs[j]))
    alone[0].extend(thing for i, thing in enumerate(ours) if i not in used_a)
    alone[1].extend(thing for j, thing in enumerate(theirs) if j not in used_b)
