"""Several orders in one request: what may go together, and in which parameters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeVar

from tradecore.exchanges.binance.costs import cost_of
from tradecore.exchanges.binance.messages import BatchParams, CancelBatchParams
from tradecore.exchanges.binance.order_params import cancel_params, modify_params, new_params

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence

    from tradecore.exchanges.base import CancelOrder, Cost, ModifyOrder, NewOrder
    from tradecore.exchanges.binance.asks import What
    from tradecore.exchanges.binance.messages import Params
    from tradecore.model import Approved

#: Most new orders or changes in a request, and most cancels.
ORDERS_MAX: Final = 5
CANCELS_MAX: Final = 10
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Batch:
    """One request about several orders of a symbol."""

    what: What
    call: str
    params: Params
    symbol: str
    ids: tuple[str, ...]
    cost: Cost


def together(
    actions: Iterable[T], kind_of: Callable[[T], Hashable], most: int, /
) -> Iterator[list[T]]:
    """Return what may share a request, at most so many at a time, in the order asked."""
    kinds: dict[Hashable, list[T]] = {}
    for action in actions:
        kinds.setdefault(kind_of(action), []).append(action)
    for listed in kinds.values():
        for begin in range(0, len(listed), most):
            yield listed[begin : begin + most]


def new_batch(orders: Sequence[Approved[NewOrder]], /) -> Batch:
    """Return a request for up to `ORDERS_MAX` new orders of a symbol."""
    call = "POST /fapi/v1/batchOrders"
    return Batch(
        what="new",
        call=call,
        params=BatchParams.pack(new_params(one.value) for one in orders),
        symbol=orders[0].value.symbol,
        ids=tuple(one.value.client_order_id for one in orders),
        cost=cost_of(call, orders=len(orders)),
    )


def modify_batch(changes: Sequence[Approved[ModifyOrder]], /) -> Batch:
    """Return a request for up to `ORDERS_MAX` changes of a symbol."""
    call = "PUT /fapi/v1/batchOrders"
    return Batch(
        what="modify",
        call=call,
        params=BatchParams.pack(modify_params(one.value) for one in changes),
        symbol=changes[0].value.symbol,
        ids=tuple(one.value.client_order_id for one in changes),
        cost=cost_of(call, orders=len(changes)),
    )


def cancel_kind(cancel: CancelOrder, /) -> tuple[str, bool]:
    """Return what cancels of a request have in common: the symbol, and whose ids they name."""
    return cancel.symbol, cancel_params(cancel).order_id is not None


def cancel_batch(cancels: Sequence[CancelOrder], /) -> Batch:
    """Return a request for up to `CANCELS_MAX` cancels of one `cancel_kind`."""
    call = "DELETE /fapi/v1/batchOrders"
    read = [cancel_params(one) for one in cancels]
    params = CancelBatchParams.pack(
        cancels[0].symbol,
        order_ids=[one.order_id for one in read if one.order_id is not None],
        client_order_ids=[
            one.orig_client_order_id for one in read if one.orig_client_order_id is not None
        ],
    )
    return Batch(
        what="cancel",
        call=call,
        params=params,
        symbol=cancels[0].symbol,
        ids=tuple(one.client_order_id for one in cancels),
        cost=cost_of(call),
    )
