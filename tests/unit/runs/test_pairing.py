"""Which order, and which fill, of one run is which of another."""

from __future__ import annotations

from decimal import Decimal

from tradecore.runs.history import PlacedOrder, TradedFill
from tradecore.runs.pairing import pair

SECOND = 1_000_000_000


def order(name, ts_ns, *, price="100", quantity="1", side="buy"):
    """An order."""
    return PlacedOrder(
        client_order_id=name,
        symbol="X",
        side=side,
        price=Decimal(price),
        quantity=Decimal(quantity),
        ts_ns=ts_ns,
    )


def fill(name, ts_ns, *, price="100", quantity="1", side="buy"):
    """A fill."""
    return TradedFill(
        client_order_id=name,
        symbol="X",
        side=side,
        price=Decimal(price),
        quantity=Decimal(quantity),
        fee=Decimal("0.1"),
        liquidity="maker",
        ts_event_ns=ts_ns,
        ts_recv_ns=ts_ns,
    )


def paired(a, b, *, fills=((), ()), window_ns=SECOND):
    """Return the names of the pairs, and those of what is alone."""
    found = pair((a, b), fills, window_ns=window_ns)
    names = [(one.client_order_id, other.client_order_id) for one, other in found.orders]
    alone = [[o.client_order_id for o in orders] for orders in (found.orders_a, found.orders_b)]
    return names, *alone


def test_an_order_is_the_nearest_of_the_same_terms():
    """Whatever it is called; another price, side or quantity is another order."""
    a = [order("a1", 10), order("a2", 50, side="sell")]
    b = [order("b1", 900), order("b2", 12), order("b3", 50, price="101"), order("b4", 51)]

    assert paired(a, b) == ([("a1", "b2")], ["a2"], ["b3", "b4", "b1"])


def test_an_order_too_far_away_in_time_is_another():
    """The window ends it."""
    assert paired([order("a", 0)], [order("b", SECOND)])[0] == [("a", "b")]
    assert paired([order("a", 0)], [order("b", SECOND + 1)]) == ([], ["a"], ["b"])


def test_fills_of_a_pair_are_one_as_far_as_their_quantities_go():
    """One in three parts, one in two: every part has its partner, the rest is alone."""
    a = [fill("a", 1, quantity="0.2"), fill("a", 2, quantity="0.3"), fill("a", 3, quantity="0.5")]
    b = [fill("b", 1, quantity="0.4"), fill("b", 2, quantity="0.45")]

    found = pair(([order("a", 0)], [order("b", 0)]), (a, b), window_ns=SECOND)

    parts = [(two.a.quantity, two.b.quantity) for two in found.fills]
    assert parts == [(Decimal(text), Decimal(text)) for text in ("0.2", "0.2", "0.1", "0.35")]
    assert [piece.quantity for piece in found.fills_a] == [Decimal("0.15")]
    assert found.fills_b == []


def test_fills_of_orders_that_are_no_pair_are_paired_by_side_and_time():
    """At whatever price: the difference of the prices is what a comparison is after."""
    a = [fill("a", 100, price="100")]
    b = [fill("b", 150, price="103"), fill("c", 160, side="sell")]

    found = pair(([], []), (a, b), window_ns=SECOND)

    assert [(two.a.fill.price, two.b.fill.price) for two in found.fills] == [(100, 103)]
    assert [piece.fill.client_order_id for piece in found.fills_b] == ["c"]


def test_nothing_is_paired_with_nothing():
    """An empty run leaves everything of the other alone."""
    assert paired([], [order("b", 1)]) == ([], [], ["b"])


def test_a_fill_that_is_missing_moves_no_other():
    """Those that are alike find each other first."""
    a = [fill("a", ts_ns, quantity=quantity) for ts_ns, quantity in ((1, "0.1"), (2, "0.2"))]

    found = pair(
        ([order("a", 0)], [order("b", 0)]), (a, [fill("b", 2, quantity="0.2")]), window_ns=1
    )

    assert [two.a.fill.ts_event_ns for two in found.fills] == [2]
    assert [piece.fill.ts_event_ns for piece in found.fills_a] == [1]
