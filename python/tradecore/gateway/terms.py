"""Requests of both families as orders for the venue: what belongs together, and what does not."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from tradecore.gateway.problems import FieldProblem, ProblemError
from tradecore.venue import PlaceOrder

if TYPE_CHECKING:
    from decimal import Decimal

    from tradecore.gateway.schemas.base import OrderTypeWord
    from tradecore.gateway.schemas.orders import OrderCreate
    from tradecore.gateway.schemas.orders_v1 import OrderCreateV1

__all__ = ["nanoseconds", "of_strict", "of_v1"]

_PRICED: Final = frozenset({"limit", "stop_limit", "iceberg"})
_TRIGGERED: Final = frozenset({"stop", "stop_limit"})
_S: Final = 1_000_000_000


def nanoseconds(text: str, pointer: str) -> int:
    """Return a moment in RFC 3339 as nanoseconds since 1970; nine decimals are read.

    Raises:
        ProblemError: 422, if it is none, or names no zone.
    """
    whole, dot, rest = text.partition(".")
    digits = rest[: len(rest) - len(rest.lstrip("0123456789"))] if dot else ""
    try:
        when = datetime.fromisoformat(whole + rest[len(digits) :])
    except ValueError:
        when = None
    if when is None or when.tzinfo is None or len(digits) > 9 or (dot and not digits):  # noqa: PLR2004 - nanoseconds
        raise _invalid(pointer, "a moment is RFC 3339 with its zone", "bad_time")
    try:
        seconds = int((when.astimezone(UTC) - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds())
    except OverflowError as error:
        raise _invalid(pointer, "a moment is RFC 3339 with its zone", "bad_time") from error
    found = seconds * _S + int(digits.ljust(9, "0") or "0")
    if not 0 <= found < 2**63:
        raise _invalid(pointer, "a moment is from 1970 to 2262", "bad_time")
    return found


def _invalid(pointer: str, detail: str, code: str) -> ProblemError:
    return ProblemError(
        422,
        "VALIDATION",
        detail,
        errors=[FieldProblem(pointer=pointer, detail=detail, code=code)],
    )


def of_strict(request: OrderCreate, *, account: int, symbol: str) -> PlaceOrder:
    """Return an order of the `/api` family; a field its type has no use for is refused.

    Raises:
        ProblemError: 422, naming every field that is missing or out of place.
    """
    errors = [
        *_fit("price", request.price, wanted=request.type in _PRICED, type_=request.type),
        *_fit(
            "stopPrice", request.stop_price, wanted=request.type in _TRIGGERED, type_=request.type
        ),
        *_fit(
            "displayQuantity",
            request.display_quantity,
            wanted=request.type == "iceberg",
            type_=request.type,
        ),
    ]
    is_gtd = request.time_in_force == "GTD"
    if is_gtd is (request.expire_time is None):
        rule = "expireTime belongs to GTD, and to nothing else"
        errors.append(_field("expireTime", rule, "missing" if is_gtd else "unexpected_field"))
    if errors:
        raise ProblemError(422, "VALIDATION", errors[0].detail, errors=errors)
    expires = request.expire_time
    return PlaceOrder(
        account=account,
        symbol=symbol,
        side=request.side,
        type=request.type,
        quantity=request.quantity,
        price=request.price,
        stop_price=request.stop_price,
        display_quantity=request.display_quantity,
        time_in_force=request.time_in_force,
        expire_time_ns=None if expires is None else nanoseconds(expires, "/expireTime"),
        post_only=request.post_only,
        reduce_only=request.reduce_only,
        client_order_id=request.client_order_id or "",
        strategy=request.strategy_id or "",
        self_trade_prevention=request.self_trade_prevention or "none",
    )


def _fit(name: str, value: Decimal | None, *, wanted: bool, type_: str) -> list[FieldProblem]:
    if wanted is (value is not None):
        return []
    if wanted:
        return [_field(name, f"an order of type {type_} has a {name}", "missing")]
    return [_field(name, f"an order of type {type_} has no {name}", "unexpected_field")]


def _field(name: str, detail: str, code: str) -> FieldProblem:
    return FieldProblem(pointer=f"/{name}", detail=detail, code=code)


def of_v1(request: OrderCreateV1, *, account: int, symbol: str) -> tuple[PlaceOrder, list[str]]:
    """Return an order of the `/api/v1` family, and what was ignored of it.

    Raises:
        ProblemError: 422, if a price that its type needs is missing.
    """
    warnings = [
        f"{name} is not known here and was ignored" for name in sorted(request.model_extra or {})
    ]
    kind: OrderTypeWord = request.type
    if kind == "stop" and request.price is not None:
        kind = "stop_limit"
    price, stop_price = request.price, request.stop_price
    if kind not in _PRICED and price is not None:
        warnings.append(f"price has no meaning for an order of type {kind} and was ignored")
        price = None
    if kind not in _TRIGGERED and stop_price is not None:
        warnings.append(f"stop_price has no meaning for an order of type {kind} and was ignored")
        stop_price = None
    for name, value, wanted in (
        ("price", price, kind in _PRICED),
        ("stop_price", stop_price, kind in _TRIGGERED),
    ):
        if wanted and value is None:
            raise _invalid(f"/{name}", f"an order of type {kind} has a {name}", "missing")
    if request.time_in_force == "GTD":
        raise _invalid(
            "/time_in_force", "GTD needs a time, which this family has none for", "bad_value"
        )
    order = PlaceOrder(
        account=account,
        symbol=symbol,
        side=request.side,
        type=kind,
        quantity=request.quantity,
        price=price,
        stop_price=stop_price,
        time_in_force=request.time_in_force,
        client_order_id=request.client_order_id or "",
        strategy=request.strategy_id or "",
    )
    return order, warnings
