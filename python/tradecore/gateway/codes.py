"""Refusals of a venue as problems: one table of codes, one of statuses."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from tradecore.gateway.problems import ProblemError
from tradecore.venue import Reason
from tradecore.venue.strategies import STRATEGIES_MAX

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tradecore.venue import Refused

__all__ = ["CODES", "code_of", "refusal"]

#: What each rule of the venue is called outside. Where the engine refused, its own code is told.
CODES: Final[Mapping[Reason, str]] = MappingProxyType(
    {
        Reason.UNKNOWN_SYMBOL: "UNKNOWN_SYMBOL",
        Reason.NOT_TRADING: "TRADING_HALTED",
        Reason.DELISTED: "DELISTED",
        Reason.PRICE_NOT_POSITIVE: "BAD_PRICE",
        Reason.PRICE_TOO_LOW: "BAD_PRICE",
        Reason.PRICE_TOO_HIGH: "BAD_PRICE",
        Reason.PRICE_OFF_TICK: "OFF_TICK",
        Reason.PRICE_ABOVE_BAND: "PRICE_COLLAR",
        Reason.PRICE_BELOW_BAND: "PRICE_COLLAR",
        Reason.QUANTITY_NOT_POSITIVE: "QTY_NOT_POSITIVE",
        Reason.QUANTITY_TOO_SMALL: "QTY_TOO_SMALL",
        Reason.QUANTITY_TOO_LARGE: "MAX_ORDER_QTY",
        Reason.QUANTITY_OFF_LOT: "OFF_LOT",
        Reason.NOTIONAL_TOO_SMALL: "MIN_NOTIONAL",
        Reason.DUPLICATE_CLIENT_ORDER_ID: "DUPLICATE_CLIENT_ORDER_ID",
        Reason.TOO_MANY_OPEN_ORDERS: "MAX_OPEN_ORDERS",
        Reason.TOO_MANY_STRATEGIES: "TOO_MANY_STRATEGIES",
        Reason.TOO_MANY_CONDITIONAL_ORDERS: "MAX_OPEN_ORDERS",
        Reason.INSUFFICIENT_MARGIN: "INSUFFICIENT_MARGIN",
        Reason.LEVERAGE_TOO_HIGH: "MAX_LEVERAGE",
        Reason.LEVERAGE_INVALID: "BAD_SETTING",
        Reason.REDUCE_ONLY: "REDUCE_ONLY_WOULD_INCREASE",
        Reason.POST_ONLY: "POST_ONLY_WOULD_CROSS",
        Reason.NO_LIQUIDITY: "NO_LIQUIDITY",
        Reason.NOT_FILLABLE: "FOK_NOT_FILLABLE",
        Reason.WOULD_TRIGGER: "BAD_STOP_PRICE",
        Reason.BAD_EXPIRE_TIME: "BAD_EXPIRE_TIME",
        Reason.UNKNOWN_ORDER: "ORDER_NOT_LIVE",
        Reason.NOT_A_LIMIT_ORDER: "NOT_A_LIMIT_ORDER",
        Reason.UNCHANGED: "UNCHANGED",
        Reason.TOO_MANY_AMENDMENTS: "TOO_MANY_AMENDMENTS",
        Reason.WRONG_LEG: "WRONG_LEG",
    }
)

_STATUSES: Final[Mapping[str, int]] = MappingProxyType(
    {
        "UNKNOWN_SYMBOL": 404,
        "DELISTED": 409,
        "DUPLICATE_CLIENT_ORDER_ID": 409,
        "DUPLICATE_ORDER_ID": 409,
        "UNKNOWN_ORDER": 409,
        "ORDER_NOT_LIVE": 409,
        "REQUEST_IN_FLIGHT": 409,
        "RATE_LIMIT": 429,
        "TRADING_HALTED": 503,
        "ENGINE_FULL": 503,
    }
)
_DETAILS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "BAD_PRICE": "the price is missing, not positive, or out of the instrument's range",
        "BAD_STOP_PRICE": "the trigger is missing, out of range, or reached already",
        "DELISTED": "the instrument was taken out of trading for good",
        "DUPLICATE_CLIENT_ORDER_ID": "an order of this client order id is open already",
        "FOK_NOT_FILLABLE": "a fill-or-kill order could not be filled whole",
        "INSUFFICIENT_FUNDS": "the free balance does not cover the order",
        "INSUFFICIENT_MARGIN": "equity does not cover the margin the order would need",
        "MAX_DAILY_LOSS": "the account lost as much as it may lose in a day",
        "MAX_LEVERAGE": "exposure over equity would be above the leverage allowed",
        "MAX_OPEN_ORDERS": "the account has as many open orders as it may have",
        "MAX_ORDER_QTY": "the quantity is above the largest one allowed for an order",
        "MAX_ORDER_VALUE": "the value is above the largest one allowed for an order",
        "MAX_POSITION_QTY": "position and working orders would be above the largest position",
        "MAX_POSITION_VALUE": "position and working orders would be worth more than allowed",
        "MIN_NOTIONAL": "price times quantity is below the instrument's smallest order",
        "NO_LIQUIDITY": "a market order found nothing on the other side",
        "NO_REFERENCE_PRICE": "there is no price to value the order at",
        "OFF_LOT": "the quantity is not a multiple of the lot",
        "OFF_TICK": "the price is not a multiple of the tick",
        "ORDER_NOT_LIVE": "the order is not live any more",
        "POST_ONLY_WOULD_CROSS": "a post-only order would have traded at once",
        "PRICE_BAND": "the price is outside the symbol's price band",
        "PRICE_COLLAR": "the price is too far beyond the reference price",
        "QTY_NOT_POSITIVE": "the quantity is above 0",
        "QTY_TOO_SMALL": "the quantity is below the instrument's smallest order",
        "RATE_LIMIT": "too many orders in too little time",
        "REDUCE_ONLY_STATE": "only orders that reduce a position pass at present",
        "REDUCE_ONLY_WOULD_INCREASE": "a reduce-only order would not reduce a position",
        "TOO_MANY_STRATEGIES": f"an account names at most {STRATEGIES_MAX} strategies",
        "TRADING_HALTED": "trading is halted: only cancels pass",
        "UNCHANGED": "the order has these terms already",
        "UNKNOWN_SYMBOL": "no such instrument is traded here",
    }
)
_RETRY_MS: Final = 1_000


def code_of(refused: Refused) -> str:
    """Return the code a refusal is known by outside."""
    named = getattr(refused, "code", "")
    if named and named.isupper():
        return str(named)
    if refused.reason is Reason.OTHER and refused.value.isupper():
        return refused.value
    return CODES.get(refused.reason, refused.reason.name)


def refusal(
    refused: Refused, *, limit: str | None = None, value: str | None = None
) -> ProblemError:
    """Return a venue's refusal as a problem; the id of the kept order is in it where one was."""
    code = code_of(refused)
    status = _STATUSES.get(code, 422)
    order_id = getattr(refused, "order_id", 0)
    return ProblemError(
        status,
        code,
        _DETAILS.get(code, code.lower().replace("_", " ")),
        retry_after_ms=_RETRY_MS if status in {429, 503} else None,
        order_id=str(order_id) if order_id else None,
        scope=getattr(refused, "scope", None) or None,
        limit=limit,
        value=value,
    )
