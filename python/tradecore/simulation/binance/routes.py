"""Every request the exchange answers, and who may make it."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from tradecore.simulation.binance import (
    account,
    account_settings,
    conditional,
    figures,
    market_data,
    positions,
    trading,
)
from tradecore.simulation.binance.calls import Endpoint
from tradecore.simulation.binance.listing import exchange_info

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["METHODS", "ROUTES"]

#: Method and path of HTTP requests.
ROUTES: Final[Mapping[str, Endpoint]] = MappingProxyType(
    {
        "GET /fapi/v1/ping": Endpoint(market_data.ping, "none"),
        "GET /fapi/v1/time": Endpoint(market_data.clock, "none"),
        "GET /fapi/v1/exchangeInfo": Endpoint(exchange_info, "none"),
        "GET /fapi/v1/depth": Endpoint(market_data.depth, "none"),
        "GET /fapi/v1/rpiDepth": Endpoint(market_data.depth, "none"),
        "GET /fapi/v1/trades": Endpoint(market_data.trades, "none"),
        "GET /fapi/v1/historicalTrades": Endpoint(market_data.trades, "key"),
        "GET /fapi/v1/aggTrades": Endpoint(market_data.aggregate_trades, "none"),
        "GET /fapi/v1/klines": Endpoint(market_data.klines, "none"),
        "GET /fapi/v1/continuousKlines": Endpoint(market_data.pair_klines, "none"),
        "GET /fapi/v1/indexPriceKlines": Endpoint(market_data.price_klines, "none"),
        "GET /fapi/v1/markPriceKlines": Endpoint(market_data.price_klines, "none"),
        "GET /fapi/v1/premiumIndexKlines": Endpoint(market_data.price_klines, "none"),
        "GET /fapi/v1/premiumIndex": Endpoint(market_data.premium_index, "none"),
        "GET /fapi/v1/fundingRate": Endpoint(market_data.funding_rates, "none"),
        "GET /fapi/v1/fundingInfo": Endpoint(market_data.funding_info, "none"),
        "GET /fapi/v1/ticker/24hr": Endpoint(market_data.day_tickers, "none"),
        "GET /fapi/v1/ticker/price": Endpoint(market_data.price_tickers, "none"),
        "GET /fapi/v2/ticker/price": Endpoint(market_data.price_tickers, "none"),
        "GET /fapi/v1/ticker/bookTicker": Endpoint(market_data.book_tickers, "none"),
        "GET /fapi/v1/openInterest": Endpoint(market_data.open_interest, "none"),
        "GET /fapi/v1/constituents": Endpoint(figures.constituents, "none"),
        "GET /fapi/v1/insuranceBalance": Endpoint(figures.insurance, "none"),
        "GET /fapi/v1/symbolAdlRisk": Endpoint(figures.adl_risks, "none"),
        "GET /fapi/v1/indexInfo": Endpoint(figures.composites, "none"),
        "GET /fapi/v1/apiTradingStatus": Endpoint(figures.restrictions, "read"),
        "GET /futures/data/takerlongshortRatio": Endpoint(figures.taker_volumes, "none"),
        "POST /fapi/v1/order": Endpoint(trading.place, "trade"),
        "POST /fapi/v1/order/test": Endpoint(trading.check_order, "trade"),
        "PUT /fapi/v1/order": Endpoint(trading.modify, "trade"),
        "DELETE /fapi/v1/order": Endpoint(trading.cancel, "trade"),
        "GET /fapi/v1/order": Endpoint(trading.query, "read"),
        "GET /fapi/v1/openOrder": Endpoint(trading.query_open, "read"),
        "GET /fapi/v1/openOrders": Endpoint(trading.open_orders, "read"),
        "GET /fapi/v1/allOrders": Endpoint(trading.all_orders, "read"),
        "GET /fapi/v1/userTrades": Endpoint(trading.user_trades, "read"),
        "POST /fapi/v1/batchOrders": Endpoint(trading.place_batch, "trade"),
        "PUT /fapi/v1/batchOrders": Endpoint(trading.modify_batch, "trade"),
        "DELETE /fapi/v1/batchOrders": Endpoint(trading.cancel_batch, "trade"),
        "DELETE /fapi/v1/allOpenOrders": Endpoint(trading.cancel_all, "trade"),
        "POST /fapi/v1/countdownCancelAll": Endpoint(trading.countdown, "trade"),
        "GET /fapi/v1/orderAmendment": Endpoint(trading.amendments, "read"),
        "GET /fapi/v1/rateLimit/order": Endpoint(trading.order_limits, "read"),
        "GET /fapi/v1/forceOrders": Endpoint(trading.forced_orders, "read"),
        "POST /fapi/v1/algoOrder": Endpoint(conditional.place_condition, "trade"),
        "DELETE /fapi/v1/algoOrder": Endpoint(conditional.cancel_condition, "trade"),
        "GET /fapi/v1/algoOrder": Endpoint(conditional.query_condition, "read"),
        "GET /fapi/v1/openAlgoOrders": Endpoint(conditional.open_conditions, "read"),
        "GET /fapi/v1/allAlgoOrders": Endpoint(conditional.all_conditions, "read"),
        "DELETE /fapi/v1/algoOpenOrders": Endpoint(conditional.cancel_conditions, "trade"),
        "GET /fapi/v2/balance": Endpoint(account.balances, "read"),
        "GET /fapi/v3/balance": Endpoint(account.balances, "read"),
        "GET /fapi/v2/account": Endpoint(account.account_v2, "read"),
        "GET /fapi/v3/account": Endpoint(account.account, "read"),
        "GET /fapi/v2/positionRisk": Endpoint(positions.positions_v2, "read"),
        "GET /fapi/v3/positionRisk": Endpoint(positions.positions, "read"),
        "GET /fapi/v1/symbolConfig": Endpoint(positions.symbol_config, "read"),
        "GET /fapi/v1/accountConfig": Endpoint(account.account_config, "read"),
        "GET /fapi/v1/commissionRate": Endpoint(account.commission, "read"),
        "GET /fapi/v1/leverageBracket": Endpoint(account.leverage_brackets, "read"),
        "GET /fapi/v1/income": Endpoint(account.incomes, "read"),
        "GET /fapi/v1/adlQuantile": Endpoint(account_settings.adl_quantiles, "read"),
        "POST /fapi/v1/leverage": Endpoint(account_settings.set_leverage, "trade"),
        "POST /fapi/v1/marginType": Endpoint(account_settings.set_margin_type, "trade"),
        "POST /fapi/v1/positionMargin": Endpoint(account_settings.set_position_margin, "trade"),
        "GET /fapi/v1/positionMargin/history": Endpoint(account_settings.margin_moves, "read"),
        "GET /fapi/v1/positionSide/dual": Endpoint(account_settings.position_mode, "read"),
        "POST /fapi/v1/positionSide/dual": Endpoint(account_settings.set_position_mode, "trade"),
        "GET /fapi/v1/multiAssetsMargin": Endpoint(account_settings.assets_mode, "read"),
        "POST /fapi/v1/multiAssetsMargin": Endpoint(account_settings.set_assets_mode, "trade"),
        "GET /fapi/v1/feeBurn": Endpoint(account_settings.fee_burn, "read"),
        "POST /fapi/v1/feeBurn": Endpoint(account_settings.set_fee_burn, "trade"),
        "POST /fapi/v1/listenKey": Endpoint(account_settings.start_stream, "key"),
        "PUT /fapi/v1/listenKey": Endpoint(account_settings.prolong_stream, "key"),
        "DELETE /fapi/v1/listenKey": Endpoint(account_settings.stop_stream, "key"),
    }
)
#: Methods of the request channel.
METHODS: Final[Mapping[str, Endpoint]] = MappingProxyType(
    {
        "ping": Endpoint(market_data.ping, "none"),
        "time": Endpoint(market_data.clock, "none"),
        "depth": Endpoint(market_data.depth, "none"),
        "ticker.price": Endpoint(market_data.price_tickers, "none"),
        "ticker.book": Endpoint(market_data.book_tickers, "none"),
        "order.place": Endpoint(trading.place, "trade"),
        "order.modify": Endpoint(trading.modify, "trade"),
        "order.cancel": Endpoint(trading.cancel, "trade"),
        "order.status": Endpoint(trading.query, "read"),
        "algoOrder.place": Endpoint(conditional.place_condition, "trade"),
        "algoOrder.cancel": Endpoint(conditional.cancel_condition, "trade"),
        "account.balance": Endpoint(account.balances, "read"),
        "v2/account.balance": Endpoint(account.balances, "read"),
        "account.status": Endpoint(account.account_v2, "read"),
        "v2/account.status": Endpoint(account.account, "read"),
        "account.position": Endpoint(positions.positions_v2, "read"),
        "v2/account.position": Endpoint(positions.positions, "read"),
        "userDataStream.start": Endpoint(account_settings.start_stream, "key"),
        "userDataStream.ping": Endpoint(account_settings.prolong_stream, "key"),
        "userDataStream.stop": Endpoint(account_settings.stop_stream, "key"),
    }
)
