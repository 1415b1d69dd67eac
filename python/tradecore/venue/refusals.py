"""Why a venue will not do what it was asked, as a value that each door says in its own words."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

__all__ = ["REASONS_OF_CORE", "Reason", "Refused", "refused_by_core"]


class Reason(StrEnum):
    """The rule that was not kept."""

    UNKNOWN_SYMBOL = "unknown_symbol"
    NOT_TRADING = "not_trading"
    DELISTED = "delisted"
    PRICE_NOT_POSITIVE = "price_not_positive"
    PRICE_TOO_LOW = "price_too_low"
    PRICE_TOO_HIGH = "price_too_high"
    PRICE_OFF_TICK = "price_off_tick"
    PRICE_ABOVE_BAND = "price_above_band"
    PRICE_BELOW_BAND = "price_below_band"
    QUANTITY_NOT_POSITIVE = "quantity_not_positive"
    QUANTITY_TOO_SMALL = "quantity_too_small"
    QUANTITY_TOO_LARGE = "quantity_too_large"
    QUANTITY_OFF_LOT = "quantity_off_lot"
    NOTIONAL_TOO_SMALL = "notional_too_small"
    DUPLICATE_CLIENT_ORDER_ID = "duplicate_client_order_id"
    TOO_MANY_OPEN_ORDERS = "too_many_open_orders"
    TOO_MANY_STRATEGIES = "too_many_strategies"
    TOO_MANY_CONDITIONAL_ORDERS = "too_many_conditional_orders"
    INSUFFICIENT_MARGIN = "insufficient_margin"
    LEVERAGE_TOO_HIGH = "leverage_too_high"
    LEVERAGE_INVALID = "leverage_invalid"
    REDUCE_ONLY = "reduce_only"
    POST_ONLY = "post_only"
    NO_LIQUIDITY = "no_liquidity"
    NOT_FILLABLE = "not_fillable"
    WOULD_TRIGGER = "would_trigger"
    BAD_EXPIRE_TIME = "bad_expire_time"
    UNKNOWN_ORDER = "unknown_order"
    NOT_A_LIMIT_ORDER = "not_a_limit_order"
    UNCHANGED = "unchanged"
    TOO_MANY_AMENDMENTS = "too_many_amendments"
    WRONG_LEG = "wrong_leg"
    MODE_UNCHANGED = "mode_unchanged"
    HAS_OPEN_ORDERS = "has_open_orders"
    HAS_POSITION = "has_position"
    NOT_ISOLATED = "not_isolated"
    NO_POSITION = "no_position"
    AMOUNT_NOT_POSITIVE = "amount_not_positive"
    CROSS_MONEY_SHORT = "cross_money_short"
    ISOLATED_MONEY_SHORT = "isolated_money_short"
    LESS_LEVERAGE_ISOLATED = "less_leverage_isolated"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Refused:
    """A refusal; nothing was changed.

    Args:
        reason: Which rule.
        value: The value it asks for, where one helps the caller.
        code: The engine's name for it, where the engine refused.
        scope: Of a limit, whose it is.
        order_id: The number under which the refused order is on record; 0 if it is not.
    """

    reason: Reason
    value: str = ""
    code: str = ""
    scope: str = ""
    order_id: int = 0


#: What the engine's refusals mean here.
REASONS_OF_CORE: Final = {
    "UNKNOWN_SYMBOL": Reason.UNKNOWN_SYMBOL,
    "TRADING_HALTED": Reason.NOT_TRADING,
    "QTY_NOT_POSITIVE": Reason.QUANTITY_NOT_POSITIVE,
    "QTY_TOO_LARGE": Reason.QUANTITY_TOO_LARGE,
    "BAD_PRICE": Reason.PRICE_NOT_POSITIVE,
    "BAD_EXPIRE_TIME": Reason.BAD_EXPIRE_TIME,
    "DUPLICATE_CLIENT_ORDER_ID": Reason.DUPLICATE_CLIENT_ORDER_ID,
    "MIN_NOTIONAL": Reason.NOTIONAL_TOO_SMALL,
    "POST_ONLY_WOULD_CROSS": Reason.POST_ONLY,
    "FOK_NOT_FILLABLE": Reason.NOT_FILLABLE,
    "REDUCE_ONLY_WOULD_INCREASE": Reason.REDUCE_ONLY,
    "INSUFFICIENT_MARGIN": Reason.INSUFFICIENT_MARGIN,
    "NO_REFERENCE_PRICE": Reason.NO_LIQUIDITY,
    "UNKNOWN_ORDER": Reason.UNKNOWN_ORDER,
    "TOTAL_BELOW_FILLED": Reason.QUANTITY_TOO_SMALL,
}


def refused_by_core(code: str, *, scope: str = "", order_id: int = 0) -> Refused:
    """Return a refusal of the engine in the words of a venue."""
    reason = REASONS_OF_CORE.get(code, Reason.OTHER)
    return Refused(reason, code, code=code, scope=scope, order_id=order_id)
