"""Requests of both families as orders: what belongs together, and what does not."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tradecore.gateway.problems import ProblemError
from tradecore.gateway.schemas.orders import OrderCreate
from tradecore.gateway.schemas.orders_v1 import OrderCreateV1
from tradecore.gateway.terms import nanoseconds, of_strict, of_v1

NEW = {"symbol": "BTCUSDT", "side": "buy", "type": "limit", "quantity": "1", "price": "100"}


def strict(**changes):
    """Return an order of the strict family as the venue takes it."""
    said = {name: value for name, value in {**NEW, **changes}.items() if value is not None}
    return of_strict(OrderCreate.model_validate(said), account=7, symbol="BTCUSDT")


def lenient(**changes):
    """Return an order of the other family, and its warnings."""
    said = {name: value for name, value in {**NEW, **changes}.items() if value is not None}
    return of_v1(OrderCreateV1.model_validate(said), account=7, symbol="BTCUSDT")


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        pytest.param({"price": None}, {"/price": "missing"}, id="limit-without-price"),
        pytest.param({"stopPrice": "90"}, {"/stopPrice": "unexpected_field"}, id="limit-stop"),
        pytest.param({"type": "market"}, {"/price": "unexpected_field"}, id="market-price"),
        pytest.param(
            {"type": "stop"},
            {"/price": "unexpected_field", "/stopPrice": "missing"},
            id="stop-with-price",
        ),
        pytest.param({"type": "iceberg"}, {"/displayQuantity": "missing"}, id="iceberg"),
        pytest.param(
            {"displayQuantity": "1"}, {"/displayQuantity": "unexpected_field"}, id="shown"
        ),
        pytest.param({"timeInForce": "GTD"}, {"/expireTime": "missing"}, id="gtd"),
        pytest.param(
            {"expireTime": "2030-01-01T00:00:00Z"}, {"/expireTime": "unexpected_field"}, id="gtc"
        ),
    ],
)
def test_the_strict_family_refuses_what_does_not_belong_together(changes, fields):
    """Every field that is missing or out of place is named, in one answer."""
    with pytest.raises(ProblemError, match=r".+") as caught:
        strict(**changes)

    assert caught.value.status_code == 422
    assert {one.pointer: one.code for one in caught.value.errors} == fields


def test_each_type_takes_what_it_needs():
    """A stop-limit has both prices, an iceberg what it shows, a GTD order its end."""
    stop = strict(type="stop_limit", stopPrice="90")
    iceberg = strict(type="iceberg", displayQuantity=Decimal("0.1"))
    until = strict(timeInForce="GTD", expireTime="2030-01-01T00:00:00.5+01:00")

    assert (stop.type, stop.price, stop.stop_price) == ("stop_limit", 100, 90)
    assert iceberg.display_quantity == Decimal("0.1")
    assert until.expire_time_ns == 1_893_452_400_500_000_000


def test_the_other_family_ignores_what_its_type_has_no_use_for():
    """The requirement's own example names all three prices: each one ignored is told."""
    order, warnings = lenient(stop_price=1.1 and Decimal("1.1"), color="blue")

    assert (order.type, order.price, order.stop_price) == ("limit", 100, None)
    assert [warning.split()[0] for warning in warnings] == ["color", "stop_price"]


def test_a_stop_with_a_price_is_a_stop_limit_in_the_other_family():
    """It is the only way its words can say so."""
    order, warnings = lenient(type="stop", stop_price="90")

    assert (order.type, order.price, order.stop_price, warnings) == ("stop_limit", 100, 90, [])


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [({"price": None}, "/price"), ({"type": "stop"}, "/stop_price")],
)
def test_a_price_that_is_needed_is_asked_for(changes, pointer):
    """Lenient is not careless."""
    with pytest.raises(ProblemError, match="an order of type") as caught:
        lenient(**changes)

    assert [one.pointer for one in caught.value.errors] == [pointer]


@pytest.mark.parametrize(
    ("text", "ns"),
    [
        ("1970-01-01T00:00:00Z", 0),
        ("2026-01-01T00:00:00.123456789Z", 1_767_225_600_123_456_789),
        ("2026-01-01T01:00:00+01:00", 1_767_225_600_000_000_000),
    ],
)
def test_moments_are_exact_to_the_nanosecond(text, ns):
    """Nine decimals are read."""
    assert nanoseconds(text, "/x") == ns


@pytest.mark.parametrize(
    "text",
    [
        *("", "now", "2026-01-01", "2026-01-01T00:00:00", "2026-13-01T00:00:00Z"),
        *("1969-12-31T23:59:59Z", "9999-01-01T00:00:00Z", "2026-01-01T00:00:00.Z"),
        *("2026-01-01T00:00:00.1234567890Z", "0001-01-01T00:00:00+14:00"),
    ],
)
def test_what_is_no_moment_is_refused(text):
    """A moment names its zone, and is one that fits."""
    with pytest.raises(ProblemError, match="a moment is"):
        nanoseconds(text, "/x")
