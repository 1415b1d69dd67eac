"""What each request takes from the venue's budgets: one table that both ends count by."""

from __future__ import annotations

from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from tradecore.exchanges.base import Cost

if TYPE_CHECKING:
    from collections.abc import Mapping

#: Most levels a side of a book, and the weight of asking for as many.
_DEPTH: Final = ((50, 2), (100, 5), (500, 10), (1_000, 20))
_KLINES: Final = ((99, 1), (499, 2), (1_000, 5), (1_500, 10))
_DEPTH_LIMIT: Final = 500
_KLINE_LIMIT: Final = 500

#: Weight, and weight without a symbol where that differs; orders it counts as.
_TABLE: Final[Mapping[str, tuple[int, int, int]]] = MappingProxyType(
    {
        "GET /fapi/v1/ping": (1, 1, 0),
        "GET /fapi/v1/time": (1, 1, 0),
        "GET /fapi/v1/exchangeInfo": (1, 1, 0),
        "GET /fapi/v1/trades": (5, 5, 0),
        "GET /fapi/v1/historicalTrades": (20, 20, 0),
        "GET /fapi/v1/aggTrades": (20, 20, 0),
        "GET /fapi/v1/premiumIndex": (1, 10, 0),
        "GET /fapi/v1/fundingRate": (1, 1, 0),
        "GET /fapi/v1/fundingInfo": (0, 0, 0),
        "GET /fapi/v1/ticker/24hr": (1, 40, 0),
        "GET /fapi/v1/ticker/price": (1, 2, 0),
        "GET /fapi/v2/ticker/price": (1, 2, 0),
        "GET /fapi/v1/ticker/bookTicker": (2, 5, 0),
        "GET /fapi/v1/openInterest": (1, 1, 0),
        "POST /fapi/v1/order": (0, 0, 1),
        "POST /fapi/v1/order/test": (1, 1, 0),
        "PUT /fapi/v1/order": (0, 0, 1),
        "DELETE /fapi/v1/order": (1, 1, 0),
        "GET /fapi/v1/order": (1, 1, 0),
        "GET /fapi/v1/openOrder": (1, 1, 0),
        "GET /fapi/v1/openOrders": (1, 40, 0),
        "GET /fapi/v1/allOrders": (5, 5, 0),
        "GET /fapi/v1/userTrades": (5, 5, 0),
        "POST /fapi/v1/batchOrders": (5, 5, 5),
        "PUT /fapi/v1/batchOrders": (5, 5, 5),
        "DELETE /fapi/v1/batchOrders": (1, 1, 0),
        "DELETE /fapi/v1/allOpenOrders": (1, 1, 0),
        "POST /fapi/v1/countdownCancelAll": (10, 10, 0),
        "GET /fapi/v1/orderAmendment": (1, 1, 0),
        "GET /fapi/v1/rateLimit/order": (1, 1, 0),
        "POST /fapi/v1/algoOrder": (0, 0, 1),
        "DELETE /fapi/v1/algoOrder": (1, 1, 0),
        "GET /fapi/v1/algoOrder": (1, 1, 0),
        "GET /fapi/v1/openAlgoOrders": (1, 40, 0),
        "GET /fapi/v1/allAlgoOrders": (5, 5, 0),
        "DELETE /fapi/v1/algoOpenOrders": (1, 1, 0),
        "GET /fapi/v1/forceOrders": (20, 50, 0),
        "GET /fapi/v2/balance": (5, 5, 0),
        "GET /fapi/v3/balance": (5, 5, 0),
        "GET /fapi/v2/account": (5, 5, 0),
        "GET /fapi/v3/account": (5, 5, 0),
        "GET /fapi/v2/positionRisk": (5, 5, 0),
        "GET /fapi/v3/positionRisk": (5, 5, 0),
        "GET /fapi/v1/symbolConfig": (5, 5, 0),
        "GET /fapi/v1/accountConfig": (5, 5, 0),
        "GET /fapi/v1/commissionRate": (20, 20, 0),
        "GET /fapi/v1/leverageBracket": (1, 1, 0),
        "GET /fapi/v1/income": (30, 30, 0),
        "GET /fapi/v1/adlQuantile": (5, 5, 0),
        "POST /fapi/v1/leverage": (1, 1, 0),
        "POST /fapi/v1/marginType": (1, 1, 0),
        "POST /fapi/v1/positionMargin": (1, 1, 0),
        "GET /fapi/v1/positionSide/dual": (30, 30, 0),
        "POST /fapi/v1/positionSide/dual": (1, 1, 0),
        "GET /fapi/v1/multiAssetsMargin": (30, 30, 0),
        "POST /fapi/v1/multiAssetsMargin": (1, 1, 0),
        "POST /fapi/v1/listenKey": (1, 1, 0),
        "PUT /fapi/v1/listenKey": (1, 1, 0),
        "DELETE /fapi/v1/listenKey": (1, 1, 0),
        "order.place": (0, 0, 1),
        "order.modify": (0, 0, 1),
        "order.cancel": (1, 1, 0),
        "order.status": (1, 1, 0),
        "session.logon": (2, 2, 0),
        "session.status": (2, 2, 0),
        "session.logout": (2, 2, 0),
        "account.balance": (5, 5, 0),
        "v2/account.balance": (5, 5, 0),
        "account.status": (5, 5, 0),
        "v2/account.status": (5, 5, 0),
        "account.position": (5, 5, 0),
        "v2/account.position": (5, 5, 0),
        "ticker.price": (1, 2, 0),
        "ticker.book": (2, 5, 0),
        "userDataStream.start": (5, 5, 0),
        "userDataStream.ping": (1, 1, 0),
        "userDataStream.stop": (1, 1, 0),
    }
)
HANDSHAKE_WEIGHT: Final = 5
"""What opening the request channel takes."""


def _by_limit(steps: tuple[tuple[int, int], ...], limit: int) -> int:
    return next((weight for most, weight in steps if limit <= most), steps[-1][1])


@lru_cache(maxsize=1_024)
def cost_of(
    call: str,
    /,
    *,
    has_symbol: bool = True,
    limit: int | None = None,
    orders: int | None = None,
) -> Cost:
    """Return what a call takes, such as `POST /fapi/v1/order` or `order.place`.

    Args:
        call: Method and path, or the request channel's method; an unknown one weighs 1.
        has_symbol: Whether it names a symbol.
        limit: How many rows it asks for, where that matters.
        orders: How many orders a batch holds.
    """
    if call in {"GET /fapi/v1/depth", "depth"}:
        return Cost(weight=_by_limit(_DEPTH, limit or _DEPTH_LIMIT))
    if call.endswith("lines") and call.startswith("GET "):
        return Cost(weight=_by_limit(_KLINES, limit or _KLINE_LIMIT))
    weight, weight_of_all, counted = _TABLE.get(call, (1, 1, 0))
    is_cancel = call.startswith("DELETE ") or call.endswith((".cancel", "countdownCancelAll"))
    return Cost(
        weight=weight if has_symbol else weight_of_all,
        orders=counted if orders is None or not counted else orders,
        is_cancel=is_cancel,
    )
