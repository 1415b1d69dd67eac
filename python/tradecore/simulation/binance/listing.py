"""What the exchange lists: `exchangeInfo` from the instruments and the limits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from tradecore.exchanges.binance.filters import write_terms
from tradecore.exchanges.binance.messages import AssetInfo, ExchangeInfo
from tradecore.venue.admission import AMENDMENTS_MAX
from tradecore.venue.liquidation import FORCED_BOUND, LIQUIDATION_FEE

if TYPE_CHECKING:
    from tradecore.exchanges.binance.messages import SymbolInfo
    from tradecore.simulation.binance.calls import Call
    from tradecore.venue import VenueInstrument

__all__ = ["exchange_info"]

_ONBOARD_MS: Final = 1_569_398_400_000
_ORDER_TYPES: Final = (
    "LIMIT",
    "MARKET",
    "STOP",
    "STOP_MARKET",
    "TAKE_PROFIT",
    "TAKE_PROFIT_MARKET",
    "TRAILING_STOP_MARKET",
)


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
    """Return an instrument as the connector writes it, and what only an exchange knows of it."""
    return msgspec.structs.replace(
        write_terms(one.terms),
        onboard_date=_ONBOARD_MS,
        status="TRADING" if one.terms.is_trading else "SETTLING",
        underlying_sub_type=("PoW",),
        settle_plan=0,
        liquidation_fee=f"{LIQUIDATION_FEE:.6f}",
        market_take_bound=f"{FORCED_BOUND:f}",
        max_move_order_limit=AMENDMENTS_MAX,
        order_types=_ORDER_TYPES,
        permission_sets=("GRID", "COPY"),
    )
