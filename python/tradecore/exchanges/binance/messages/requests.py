"""Parameters of requests: written by a connector, read by a venue, declared once for both."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any, Final, Self, TypeVar
from urllib.parse import parse_qsl, urlencode

import msgspec

from tradecore.core import TradecoreError
from tradecore.exchanges.binance.messages.base import (
    Count,
    MalformedError,
    Number,
    VenueMessage,
    convert_as,
    decode_as,
    encode,
    to_plain,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_PLACE: Final = re.compile(r"`\$?\.?(\w+)`")
T = TypeVar("T")
#: Of which parameter a wrong value has a code of its own.
_CODES: Final = {"side": -1117, "type": -1116, "timeInForce": -1115}


class ParameterError(TradecoreError):
    """A request that lacks a parameter, or has one that cannot be read.

    Args:
        code: The venue's code of the fault.
        name: The parameter.
    """

    def __init__(self, code: int, name: str) -> None:
        self.code = code
        self.name = name
        super().__init__(f"a request has the declared parameters: name={name}, code={code}")


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else str(value)


class Params(VenueMessage, frozen=True, kw_only=True):
    """Parameters of one kind of request; those the venue does not know are passed over."""

    def to_params(self) -> dict[str, Any]:
        """Return them as the request channel carries them: text, whole numbers, booleans."""
        plain: dict[str, Any] = to_plain(self)
        return plain

    def to_query(self) -> str:
        """Return them as a query: percent-encoded, in the order declared, unsigned."""
        return urlencode({name: _text(value) for name, value in self.to_params().items()})

    @classmethod
    def from_query(cls, query: str | bytes, /) -> Self:
        """Read them from a query or a form.

        Raises:
            ParameterError: If one is missing, given twice, or of another form.
        """
        text = query.decode("utf-8", "replace") if isinstance(query, bytes) else query
        return cls.from_pairs(parse_qsl(text, keep_blank_values=True))

    @classmethod
    def from_pairs(cls, pairs: Iterable[tuple[str, Any]], /) -> Self:
        """Read them from names and values; the same name twice is a fault.

        Raises:
            ParameterError: If one is missing, given twice, or of another form.
        """
        listed = list(pairs)
        for name, times in Counter(name for name, _ in listed).items():
            if times > 1:
                raise ParameterError(-1101, name)
        return cls.from_params(dict(listed))

    @classmethod
    def from_params(cls, params: Mapping[str, Any], /) -> Self:
        """Read them from the request channel's object.

        Raises:
            ParameterError: If one is missing or of another form.
        """
        given = {name: value for name, value in params.items() if value is not None and value != ""}
        try:
            return convert_as(cls, given)
        except (msgspec.ValidationError, ValueError, OverflowError) as error:
            # Types stand before the place: "Expected `bool`, got `str` - at `$.reduceOnly`".
            found = _PLACE.findall(str(error))
            name = found[-1] if found else "parameter"
            is_missing = "missing required" in str(error)
            raise ParameterError(-1102 if is_missing else _CODES.get(name, -1130), name) from error


class NewOrderParams(Params, frozen=True, kw_only=True, rename="camel"):
    """A new order. `timestamp` and what signs it are added by `signing`."""

    symbol: str
    side: str
    type: str
    position_side: str | None = None
    time_in_force: str | None = None
    quantity: Number | None = None
    price: Number | None = None
    reduce_only: bool | None = None
    new_client_order_id: str | None = None
    new_order_resp_type: str | None = None
    stop_price: Number | None = None
    close_position: bool | None = None
    price_match: str | None = None
    self_trade_prevention_mode: str | None = None
    good_till_date: Count | None = None


class ModifyOrderParams(Params, frozen=True, kw_only=True, rename="camel"):
    """A change of an order; `quantity` is the new total."""

    symbol: str
    side: str
    quantity: Number | None = None
    price: Number | None = None
    order_id: Count | None = None
    orig_client_order_id: str | None = None
    price_match: str | None = None
    modify_id: Count | None = None


class OrderRef(Params, frozen=True, kw_only=True, rename="camel"):
    """One order, by the venue's id or ours: cancel and query."""

    symbol: str
    order_id: Count | None = None
    orig_client_order_id: str | None = None


class SymbolParams(Params, frozen=True, kw_only=True):
    """A symbol that must be named: cancel all, commission."""

    symbol: str


class MaybeSymbolParams(Params, frozen=True, kw_only=True):
    """A symbol, or all: lists and tickers."""

    symbol: str | None = None


class AlgoOrderParams(Params, frozen=True, kw_only=True, rename="camel"):
    """A new conditional order; `callback_rate` is in percent."""

    algo_type: str
    symbol: str
    side: str
    type: str
    position_side: str | None = None
    time_in_force: str | None = None
    quantity: Number | None = None
    price: Number | None = None
    trigger_price: Number | None = None
    working_type: str | None = None
    close_position: bool | None = None
    price_protect: bool | None = None
    reduce_only: bool | None = None
    activate_price: Number | None = None
    callback_rate: Number | None = None
    client_algo_id: str | None = None
    self_trade_prevention_mode: str | None = None
    good_till_date: Count | None = None


class AlgoRef(Params, frozen=True, kw_only=True, rename="camel"):
    """One conditional order, by the venue's id or ours."""

    algo_id: Count | None = None
    client_algo_id: str | None = None


class BatchParams(Params, frozen=True, kw_only=True, rename="camel"):
    """Several orders or changes in one request, as JSON inside a parameter."""

    batch_orders: str

    @classmethod
    def pack(cls, items: Iterable[Params], /) -> Self:
        """Return the parameter that holds `items`, every value as text."""
        listed = [
            {name: _text(value) for name, value in item.to_params().items()} for item in items
        ]
        return cls(batch_orders=encode(listed).decode())

    def items(self) -> tuple[dict[str, Any], ...]:
        """Return what each item asks, to be read one by one.

        Raises:
            ParameterError: If it is no list of objects.
        """
        try:
            return decode_as(tuple[dict[str, Any], ...], self.batch_orders.encode())
        except MalformedError as error:
            raise ParameterError(-1130, "batchOrders") from error


def _json_list(kind: type[tuple[T, ...]], text: str | None, name: str) -> tuple[T, ...]:
    if text is None:
        return ()
    try:
        return decode_as(kind, text.encode())
    except MalformedError as error:
        raise ParameterError(-1130, name) from error


class CancelBatchParams(Params, frozen=True, kw_only=True, rename="camel"):
    """Several orders of a symbol to cancel; each list is JSON inside a parameter."""

    symbol: str
    order_id_list: str | None = None
    orig_client_order_id_list: str | None = None

    @classmethod
    def pack(
        cls, symbol: str, /, *, order_ids: Sequence[int], client_order_ids: Sequence[str]
    ) -> Self:
        """Return the parameters that name orders by the venue's ids, or by ours."""
        return cls(
            symbol=symbol,
            order_id_list=encode(order_ids).decode() if order_ids else None,
            orig_client_order_id_list=encode(client_order_ids).decode()
            if client_order_ids
            else None,
        )

    def order_ids(self) -> tuple[int, ...]:
        """Return the venue's ids that are named.

        Raises:
            ParameterError: If it is no list of whole numbers.
        """
        return _json_list(tuple[int, ...], self.order_id_list, "orderIdList")

    def client_order_ids(self) -> tuple[str, ...]:
        """Return our ids that are named.

        Raises:
            ParameterError: If it is no list of texts.
        """
        return _json_list(tuple[str, ...], self.orig_client_order_id_list, "origClientOrderIdList")


class CountdownParams(Params, frozen=True, kw_only=True, rename="camel"):
    """The dead-man switch: all orders of the symbol go after `countdown_time` ms; 0 stops it."""

    symbol: str
    countdown_time: Count


class DepthParams(Params, frozen=True, kw_only=True):
    """A book of at most `limit` levels a side."""

    symbol: str
    limit: Count | None = None


class HistoryParams(Params, frozen=True, kw_only=True, rename="camel"):
    """A page of trades or orders: from an id, or between times in ms."""

    symbol: str
    order_id: Count | None = None
    start_time: Count | None = None
    end_time: Count | None = None
    from_id: Count | None = None
    limit: Count | None = None


class KlineParams(Params, frozen=True, kw_only=True, rename="camel"):
    """A page of candles."""

    symbol: str
    interval: str
    start_time: Count | None = None
    end_time: Count | None = None
    limit: Count | None = None


class LeverageParams(Params, frozen=True, kw_only=True):
    """A symbol's new leverage."""

    symbol: str
    leverage: Count


class MarginTypeParams(Params, frozen=True, kw_only=True, rename="camel"):
    """A symbol's new margin mode: `ISOLATED` or `CROSSED`."""

    symbol: str
    margin_type: str


class PositionModeParams(Params, frozen=True, kw_only=True, rename="camel"):
    """Whether long and short are to be held apart."""

    dual_side_position: bool


class IncomeParams(Params, frozen=True, kw_only=True, rename="camel"):
    """A page of changes of the wallet."""

    symbol: str | None = None
    income_type: str | None = None
    start_time: Count | None = None
    end_time: Count | None = None
    page: Count | None = None
    limit: Count | None = None


class SignedParams(Params, frozen=True, kw_only=True, rename="camel"):
    """What every signed request has: when it was made, and for how long it is good, in ms."""

    timestamp: Count
    recv_window: Count | None = None
