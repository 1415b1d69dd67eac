"""Two runs of one period beside each other."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from tradecore.core import InputError
from tradecore.runs.attribution import attribute
from tradecore.runs.pairing import pair

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from tradecore.runs.attribution import Attribution
    from tradecore.runs.history import History, PlacedOrder, TradedFill
    from tradecore.runs.pairing import Piece

__all__ = ["Comparison", "Counted", "Lonely", "Stage", "compare_runs"]

STAGES: Final = ("new", "modify", "cancel", "venue")
SHOWN_MAX: Final = 1_000
"""Orders and fills without a partner that are listed; more are counted."""


@dataclass(frozen=True, slots=True)
class Counted:
    """How many of something: in both runs, and in one alone."""

    both: int
    only_a: int
    only_b: int


@dataclass(frozen=True, slots=True)
class Lonely:
    """An order or a fill that the other run has not."""

    run: str
    client_order_id: str
    symbol: str
    side: str
    price: Decimal | None
    quantity: Decimal
    ts_ns: int
    ending: str = ""


@dataclass(frozen=True, slots=True)
class Stage:
    """Nanoseconds of one stage in both runs: how many, median, 99 of 100, most; `None` of none."""

    name: str
    a: tuple[int, int, int, int] | None
    b: tuple[int, int, int, int] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What two runs have in common, and what not.

    Args:
        name_a: The first, in a reader's words.
        name_b: The second.
        start_ns: Where the period that both have begins.
        end_ns: Where it ends.
        left_out_a: Orders and fills of the first outside the period.
        left_out_b: The same of the second.
        orders: How many orders.
        fills: How many fills, or parts of them.
        quantity_both: What both traded.
        quantity_a: What only the first traded.
        quantity_b: What only the second did.
        behind_ns: By how much the first run's orders left later: median and 99 of 100.
        stages: How long each stage took.
        pnl: Why their profit differs.
        orders_alone: Orders without a partner, in time; at most `SHOWN_MAX`.
        fills_alone: The same of fills.
    """

    name_a: str
    name_b: str
    start_ns: int
    end_ns: int
    left_out_a: int
    left_out_b: int
    orders: Counted
    fills: Counted
    quantity_both: Decimal
    quantity_a: Decimal
    quantity_b: Decimal
    behind_ns: tuple[int, int] | None
    stages: tuple[Stage, ...]
    pnl: Attribution
    orders_alone: tuple[Lonely, ...]
    fills_alone: tuple[Lonely, ...]

    @property
    def is_same(self) -> bool:
        """Whether both did the same: no order and no fill without a partner, and one profit."""
        alone = (self.orders.only_a, self.orders.only_b, self.fills.only_a, self.fills.only_b)
        return not any(alone) and self.pnl.difference == 0


def compare_runs(
    a: History, b: History, *, window_ns: int, symbols: Sequence[str] | None = None
) -> Comparison:
    """Compare two runs over the time that both have.

    Args:
        a: One.
        b: The other.
        window_ns: How far apart the same order, or the same fill, may be in time.
        symbols: Of these alone; of all unless given.

    Raises:
        InputError: If they have no time in common, or one traded what neither knows.
    """
    start_ns, end_ns = max(a.start_ns, b.start_ns), min(a.end_ns, b.end_ns)
    if start_ns > end_ns:
        raise InputError(
            "two runs are compared over a time that both have: "
            f"{a.name} is {a.start_ns} to {a.end_ns}, {b.name} is {b.start_ns} to {b.end_ns}"
        )
    cut_a, out_a = _within(a, start_ns - window_ns, end_ns + window_ns, symbols)
    cut_b, out_b = _within(b, start_ns - window_ns, end_ns + window_ns, symbols)
    found = pair((cut_a.orders, cut_b.orders), (cut_a.fills, cut_b.fills), window_ns=window_ns)
    behind = sorted(one.ts_ns - other.ts_ns for one, other in found.orders)
    return Comparison(
        name_a=a.name,
        name_b=b.name,
        start_ns=start_ns,
        end_ns=end_ns,
        left_out_a=out_a,
        left_out_b=out_b,
        orders=Counted(len(found.orders), len(found.orders_a), len(found.orders_b)),
        fills=Counted(len(found.fills), len(found.fills_a), len(found.fills_b)),
        quantity_both=_sum(two.a for two in found.fills),
        quantity_a=_sum(found.fills_a),
        quantity_b=_sum(found.fills_b),
        behind_ns=(_rank(behind, 50), _rank(behind, 99)) if behind else None,
        stages=tuple(_stage(name, a.latency_ns, b.latency_ns) for name in STAGES),
        pnl=attribute(cut_a, cut_b, found, {**b.facts, **a.facts}),
        orders_alone=_orders_alone(found.orders_a, found.orders_b),
        fills_alone=_fills_alone(found.fills_a, found.fills_b),
    )


def _within(
    run: History, start_ns: int, end_ns: int, symbols: Sequence[str] | None
) -> tuple[History, int]:
    """Return the part of a history, and how many orders and fills are not in it."""

    def is_in(thing: PlacedOrder | TradedFill, ts_ns: int) -> bool:
        return start_ns <= ts_ns <= end_ns and (symbols is None or thing.symbol in symbols)

    orders = [order for order in run.orders if is_in(order, order.ts_ns)]
    fills = [fill for fill in run.fills if is_in(fill, fill.ts_recv_ns)]
    left_out = len(run.orders) + len(run.fills) - len(orders) - len(fills)
    # A run that went on is worth something else at its own end than at that of the period.
    marks = run.marks if run.end_ns <= end_ns else {}
    return replace(run, orders=orders, fills=fills, marks=marks), left_out


def _sum(pieces: Iterable[Piece]) -> Decimal:
    return sum((piece.quantity for piece in pieces), Decimal(0))


def _rank(ordered: Sequence[int], percent: int) -> int:
    return ordered[min(len(ordered) * percent // 100, len(ordered) - 1)]


def _stage(name: str, a: Mapping[str, list[int]], b: Mapping[str, list[int]]) -> Stage:
    return Stage(name, _shape(a.get(name, [])), _shape(b.get(name, [])))


def _shape(values_ns: list[int]) -> tuple[int, int, int, int] | None:
    if not values_ns:
        return None
    ordered = sorted(values_ns)
    return len(ordered), _rank(ordered, 50), _rank(ordered, 99), ordered[-1]


def _orders_alone(a: list[PlacedOrder], b: list[PlacedOrder]) -> tuple[Lonely, ...]:
    return _listed(
        Lonely(run, o.client_order_id, o.symbol, o.side, o.price, o.quantity, o.ts_ns, o.ending)
        for run, orders in (("a", a), ("b", b))
        for o in orders
    )


def _fills_alone(a: list[Piece], b: list[Piece]) -> tuple[Lonely, ...]:
    return _listed(
        Lonely(
            run,
            piece.fill.client_order_id,
            piece.fill.symbol,
            piece.fill.side,
            piece.fill.price,
            piece.quantity,
            piece.fill.ts_event_ns,
        )
        for run, pieces in (("a", a), ("b", b))
        for piece in pieces
    )


def _listed(alone: Iterable[Lonely]) -> tuple[Lonely, ...]:
    return tuple(sorted(alone, key=lambda one: one.ts_ns)[:SHOWN_MAX])
