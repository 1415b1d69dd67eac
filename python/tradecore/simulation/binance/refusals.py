"""Which of the venue's error codes says what: refusals of the service, and our own checks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tradecore.core import TradecoreError
from tradecore.exchanges.binance.error_table import ERRORS
from tradecore.exchanges.binance.errors import error_body
from tradecore.venue import Reason, Refused

if TYPE_CHECKING:
    from tradecore.exchanges.binance.messages import ErrorBody

__all__ = ["RefusedError", "refuse"]

_CODES: Final = {
    Reason.UNKNOWN_SYMBOL: -1121,
    Reason.NOT_TRADING: -4141,
    Reason.DELISTED: -4141,
    Reason.PRICE_NOT_POSITIVE: -4001,
    Reason.PRICE_TOO_LOW: -4013,
    Reason.PRICE_TOO_HIGH: -4002,
    Reason.PRICE_OFF_TICK: -4014,
    Reason.PRICE_ABOVE_BAND: -4016,
    Reason.PRICE_BELOW_BAND: -4024,
    Reason.QUANTITY_NOT_POSITIVE: -4003,
    Reason.QUANTITY_TOO_SMALL: -4004,
    Reason.QUANTITY_TOO_LARGE: -4005,
    Reason.QUANTITY_OFF_LOT: -4023,
    Reason.NOTIONAL_TOO_SMALL: -4164,
    Reason.DUPLICATE_CLIENT_ORDER_ID: -4116,
    Reason.TOO_MANY_OPEN_ORDERS: -2025,
    Reason.TOO_MANY_CONDITIONAL_ORDERS: -4045,
    Reason.INSUFFICIENT_MARGIN: -2019,
    Reason.LEVERAGE_TOO_HIGH: -2027,
    Reason.LEVERAGE_INVALID: -4028,
    Reason.REDUCE_ONLY: -2022,
    Reason.POST_ONLY: -5022,
    Reason.NO_LIQUIDITY: -4131,
    Reason.NOT_FILLABLE: -5021,
    Reason.WOULD_TRIGGER: -2021,
    Reason.BAD_EXPIRE_TIME: -5040,
    Reason.UNKNOWN_ORDER: -2013,
    Reason.NOT_A_LIMIT_ORDER: -5025,
    Reason.UNCHANGED: -5027,
    Reason.TOO_MANY_AMENDMENTS: -5026,
    Reason.WRONG_LEG: -4061,
    Reason.NOT_ISOLATED: -4049,
    Reason.NO_POSITION: -4054,
    Reason.AMOUNT_NOT_POSITIVE: -4055,
    Reason.CROSS_MONEY_SHORT: -4050,
    Reason.ISOLATED_MONEY_SHORT: -4051,
    Reason.LESS_LEVERAGE_ISOLATED: -4161,
    Reason.OTHER: -2010,
}


class RefusedError(TradecoreError):
    """A request that is answered with an error of the venue.

    Args:
        code: The venue's code.
        values: What its text is completed with.
    """

    def __init__(
        self, code: int, *values: str, text: str | None = None, status: int | None = None
    ) -> None:
        self.body: ErrorBody = error_body(code)
        expected = self.body.msg.count("%s")
        if text is not None:
            self.body = type(self.body)(code=code, msg=text)
        elif expected:
            self.body = error_body(code, *(values + ("",) * expected)[:expected])
        self.status = ERRORS[code].status if status is None else status
        super().__init__(f"{code}: {self.body.msg}")


def refuse(refused: Refused, /, *, unknown_order: int = -2013) -> RefusedError:
    """Return the venue's error for a refusal of the service."""
    code = unknown_order if refused.reason is Reason.UNKNOWN_ORDER else _CODES[refused.reason]
    return RefusedError(code, refused.value)
