"""What the exchange lists: `exchangeInfo` from the instruments and the limits."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final

from tradecore.exchanges.binance.messages import (
    AssetInfo,
    ExchangeInfo,
    LotSize,
    MarketLotSize,
    MaxNumAlgoOrders,
    MaxNumOrders,
    MinNotional,
    Number,
    PercentPrice,
    PriceFilter,
    SymbolInfo,
    write_filters,
)
from tradecore.simulation.binance.digits import decimals_of, price_of, quantity_of

if TYPE_CHECKING:
    from tradecore.simulation.binance.calls import Call
    from tradecore.venue import VenueInstrument

__all__ = ["exchange_info"]

_NEVER_MS: Final = 4_133_404_800_000
_ONBOARD_MS: Final = 1_569_398_400_000
_CONDITIONS_MAX: Final = 200


def exchange_info(call: Call) -> ExchangeInfo:
    """Return everything that is traded, and the limits."""
    instruments = call.service.state.instruments
    return ExchangeInfo(
        timezone="UTC",
        server_time=call.now_ms,
        futures_type="U_MARGINED",
        rate_limits=call.shop.limits.settings.listed(),
        exchange_filters=(),
        assets=(
            AssetInfo(
                asset=call.service.state.ledger.currency,
                margin_available=True,
                auto_asset_exchange="0",
            ),
        ),
        symbols=tuple(_symbol(one) for one in instruments.values()),
    )


def _symbol(one: VenueInstrument) -> SymbolInfo:
    terms, instrument = one.terms, one.instrument
    return SymbolInfo(
        symbol=one.symbol,
        pair=one.symbol,
        contract_type="PERPETUAL",
        delivery_date=_NEVER_MS,
        onboard_date=_ONBOARD_MS,
        status="TRADING" if terms.is_trading else "SETTLING",
        maint_margin_percent="2.5000",
        required_margin_percent="5.0000",
        base_asset=terms.base,
        quote_asset=terms.quote,
        margin_asset=terms.margin_currency,
        price_precision=max(decimals_of(instrument.tick_size), 2),
        quantity_precision=decimals_of(instrument.lot_size),
        base_asset_precision=8,
        quote_precision=8,
        underlying_type="COIN",
        underlying_sub_type=("PoW",),
        settle_plan=0,
        trigger_protect="0.0500",
        liquidation_fee="0.012500",
        market_take_bound="0.05",
        max_move_order_limit=10_000,
        filters=write_filters(_filters(one)),
        order_types=(
            "LIMIT",
            "MARKET",
            "STOP",
            "STOP_MARKET",
            "TAKE_PROFIT",
            "TAKE_PROFIT_MARKET",
            "TRAILING_STOP_MARKET",
        ),
        time_in_force=("GTC", "IOC", "FOK", "GTX", "GTD"),
        permission_sets=("GRID", "COPY"),
    )


def _filters(
    one: VenueInstrument,
) -> list[
    PriceFilter
    | LotSize
    | MarketLotSize
    | MaxNumOrders
    | MaxNumAlgoOrders
    | MinNotional
    | PercentPrice
]:
    terms, instrument = one.terms, one.instrument
    least = instrument.lot_size
    return [
        PriceFilter(
            min_price=price_of(instrument, terms.price_min),
            max_price=price_of(instrument, terms.price_max),
            tick_size=price_of(instrument, instrument.tick_size),
        ),
        LotSize(
            min_qty=quantity_of(instrument, terms.quantity_min or least),
            max_qty=quantity_of(instrument, terms.quantity_max or Decimal(0)),
            step_size=quantity_of(instrument, least),
        ),
        MarketLotSize(
            min_qty=quantity_of(instrument, terms.market_quantity_min or least),
            max_qty=quantity_of(instrument, terms.market_quantity_max or Decimal(0)),
            step_size=quantity_of(instrument, least),
        ),
        MaxNumOrders(limit=terms.open_orders_max),
        MaxNumAlgoOrders(limit=_CONDITIONS_MAX),
        MinNotional(notional=Number.of(instrument.min_notional.normalize())),
        PercentPrice(
            multiplier_up=Number.of(terms.price_up or Decimal(0)),
            multiplier_down=Number.of(terms.price_down or Decimal(0)),
            multiplier_decimal="4",
        ),
    ]
