"""What the venue trades and allows: `exchangeInfo` with its filters and rate limits, and time."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from msgspec import Raw, field

from tradecore.exchanges.binance.messages.base import (
    Count,
    Millis,
    Number,
    VenueMessage,
    decode_as,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class PriceFilter(
    VenueMessage,
    frozen=True,
    kw_only=True,
    tag_field="filterType",
    tag="PRICE_FILTER",
    rename="camel",
):
    """Range and tick of prices; 0 is no bound."""

    min_price: Number
    max_price: Number
    tick_size: Number


class LotSize(
    VenueMessage, frozen=True, kw_only=True, tag_field="filterType", tag="LOT_SIZE", rename="camel"
):
    """Range and step of quantities."""

    min_qty: Number
    max_qty: Number
    step_size: Number


class MarketLotSize(
    VenueMessage,
    frozen=True,
    kw_only=True,
    tag_field="filterType",
    tag="MARKET_LOT_SIZE",
    rename="camel",
):
    """Range and step of quantities of market orders."""

    min_qty: Number
    max_qty: Number
    step_size: Number


class MaxNumOrders(
    VenueMessage,
    frozen=True,
    kw_only=True,
    tag_field="filterType",
    tag="MAX_NUM_ORDERS",
    rename="camel",
):
    """Most open orders of an account in the symbol; spot has its own name for the number."""

    limit: Count | None = None
    max_num_orders: Count | None = None


class MaxNumAlgoOrders(
    VenueMessage,
    frozen=True,
    kw_only=True,
    tag_field="filterType",
    tag="MAX_NUM_ALGO_ORDERS",
    rename="camel",
):
    """Most conditional orders of an account in the symbol."""

    limit: Count | None = None
    max_num_algo_orders: Count | None = None


class MinNotional(
    VenueMessage,
    frozen=True,
    kw_only=True,
    tag_field="filterType",
    tag="MIN_NOTIONAL",
    rename="camel",
):
    """Least price times quantity of an order that opens."""

    notional: Number | None = None
    min_notional: Number | None = None
    apply_to_market: bool | None = None
    avg_price_mins: Count | None = None


class Notional(
    VenueMessage, frozen=True, kw_only=True, tag_field="filterType", tag="NOTIONAL", rename="camel"
):
    """Spot's range of price times quantity."""

    min_notional: Number
    apply_min_to_market: bool | None = None
    max_notional: Number | None = None
    apply_max_to_market: bool | None = None
    avg_price_mins: Count | None = None


class PercentPrice(
    VenueMessage,
    frozen=True,
    kw_only=True,
    tag_field="filterType",
    tag="PERCENT_PRICE",
    rename="camel",
):
    """Highest buy and lowest sell, as multiples of the mark price."""

    multiplier_up: Number
    multiplier_down: Number
    multiplier_decimal: str | Count | None = None
    avg_price_mins: Count | None = None


class FilterType(VenueMessage, frozen=True, kw_only=True, rename="camel"):
    """Of what type a filter is."""

    filter_type: str


KnownFilter: TypeAlias = (
    PriceFilter
    | LotSize
    | MarketLotSize
    | MaxNumOrders
    | MaxNumAlgoOrders
    | MinNotional
    | Notional
    | PercentPrice
)
KINDS: Final[Mapping[str, type[KnownFilter]]] = MappingProxyType(
    {
        "PRICE_FILTER": PriceFilter,
        "LOT_SIZE": LotSize,
        "MARKET_LOT_SIZE": MarketLotSize,
        "MAX_NUM_ORDERS": MaxNumOrders,
        "MAX_NUM_ALGO_ORDERS": MaxNumAlgoOrders,
        "MIN_NOTIONAL": MinNotional,
        "NOTIONAL": Notional,
        "PERCENT_PRICE": PercentPrice,
    }
)


def write_filters(filters: Iterable[KnownFilter], /) -> tuple[Raw, ...]:
    """Return filters as a `SymbolInfo` carries them."""
    return tuple(Raw(one.encode()) for one in filters)


class RateLimit(VenueMessage, frozen=True, kw_only=True, rename="camel"):
    """A limit, and in answers of the request channel how much of it is used (`count`)."""

    rate_limit_type: str
    interval: str
    interval_num: Count
    limit: Count
    count: Count | None = None


class AssetInfo(VenueMessage, frozen=True, kw_only=True, rename="camel"):
    """A currency that can be margin."""

    asset: str
    margin_available: bool
    auto_asset_exchange: str | None = None


class SymbolInfo(VenueMessage, frozen=True, kw_only=True, rename="camel"):
    """One instrument. `price_precision` is not the tick: the filters say what is allowed."""

    symbol: str
    pair: str | None = None
    contract_type: str | None = None
    delivery_date: Millis | None = None
    onboard_date: Millis | None = None
    status: str
    maint_margin_percent: str | None = None
    required_margin_percent: str | None = None
    base_asset: str
    quote_asset: str
    margin_asset: str | None = None
    price_precision: Count | None = None
    quantity_precision: Count | None = None
    base_asset_precision: Count | None = None
    quote_precision: Count | None = None
    underlying_type: str | None = None
    underlying_sub_type: tuple[str, ...] | None = None
    settle_plan: Count | None = None
    trigger_protect: str | None = None
    liquidation_fee: str | None = None
    market_take_bound: str | None = None
    max_move_order_limit: Count | None = None
    filters: tuple[Raw, ...]
    order_types: tuple[str, ...] | None = None
    order_type: tuple[str, ...] | None = field(default=None, name="OrderType")
    time_in_force: tuple[str, ...] | None = None
    permission_sets: tuple[Any, ...] | None = None

    def known_filters(self) -> tuple[KnownFilter, ...]:
        """Return the filters that are declared here; others are passed over.

        Raises:
            MalformedError: If a declared one has another form.
        """
        kinds = ((raw, FilterType.decode(raw).filter_type) for raw in self.filters)
        return tuple(decode_as(KINDS[kind], raw) for raw, kind in kinds if kind in KINDS)


class ExchangeInfo(VenueMessage, frozen=True, kw_only=True, rename="camel"):
    """Everything the venue trades, and how much it lets clients send."""

    timezone: str | None = None
    server_time: Millis | None = None
    futures_type: str | None = None
    rate_limits: tuple[RateLimit, ...]
    exchange_filters: tuple[Any, ...] | None = None
    assets: tuple[AssetInfo, ...] | None = None
    symbols: tuple[SymbolInfo, ...]


class ServerTime(VenueMessage, frozen=True, kw_only=True, rename="camel"):
    """The venue's clock."""

    server_time: Millis
