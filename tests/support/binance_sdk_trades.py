"""What the venue's own modular client does against the local exchange: a program of its own."""

from __future__ import annotations

import asyncio
import sys

from binance_common.configuration import (
    ConfigurationRestAPI,
    ConfigurationWebSocketAPI,
    ConfigurationWebSocketStreams,
)
from binance_sdk_derivatives_trading_usds_futures.derivatives_trading_usds_futures import (
    DerivativesTradingUsdsFutures,
)

KEY, SECRET = "testkey", "testsecret"


def made(port):
    """Return the client, pointed here by its own settings."""
    named = {"api_key": KEY, "api_secret": SECRET}
    return DerivativesTradingUsdsFutures(
        config_rest_api=ConfigurationRestAPI(**named, base_path=f"http://127.0.0.1:{port}"),
        config_ws_api=ConfigurationWebSocketAPI(
            **named, stream_url=f"ws://127.0.0.1:{port}/ws-fapi/v1"
        ),
        config_ws_streams=ConfigurationWebSocketStreams(stream_url=f"ws://127.0.0.1:{port}"),
    )


def by_requests(rest):
    """Place, ask, change, cancel; margin and modes; every answer fits the client's models."""
    terms = {"symbol": "BTCUSDT", "side": "BUY", "type": "LIMIT", "time_in_force": "GTC"}
    placed = rest.new_order(**terms, quantity=0.01, price=55_000.0).data()
    named = {"symbol": "BTCUSDT", "order_id": placed.order_id}
    assert rest.query_order(**named).data().status == "NEW"
    changed = rest.modify_order(**named, side="BUY", quantity=0.02, price=55_001.0).data()
    assert changed.orig_qty == "0.020"
    assert rest.cancel_order(**named).data().status == "CANCELED"
    assert rest.change_margin_type(symbol="BTCUSDT", margin_type="ISOLATED").data().code == 200
    assert rest.change_position_mode(dual_side_position="true").data().code == 200
    taken = rest.new_order(
        symbol="BTCUSDT", side="BUY", type="MARKET", quantity=0.01, position_side="LONG"
    ).data()
    assert taken.position_side == "LONG"
    (position,) = rest.position_information_v3().data()
    assert (position.position_side, position.position_amt) == ("LONG", "0.010")
    asked = [
        rest.account_information_v2,
        rest.account_information_v3,
        rest.futures_account_balance_v2,
        rest.futures_account_balance_v3,
        rest.futures_account_configuration,
        rest.get_income_history,
        rest.notional_and_leverage_brackets,
        rest.symbol_configuration,
        rest.exchange_information,
        rest.mark_price,
        rest.ticker24hr_price_change_statistics,
        rest.position_information_v2,
        rest.users_force_orders,
    ]
    for ask in asked:
        assert ask().data() is not None
    assert rest.account_trade_list(symbol="BTCUSDT").data()[0].position_side == "LONG"


async def by_sockets(client):
    """Orders on the request channel, events on the streams."""
    channel = client.websocket_api
    await channel.create_connection()
    placed = await channel.new_order(
        symbol="BTCUSDT",
        side="BUY",
        type="LIMIT",
        time_in_force="GTC",
        quantity=0.01,
        price=55_000.0,
        position_side="LONG",
    )
    order = placed.data().result
    gone = await channel.cancel_order(symbol="BTCUSDT", order_id=order.order_id)
    assert gone.data().result.status == "CANCELED"
    balance = await channel.futures_account_balance_v2()
    assert balance.data().result[0].asset == "USDT"
    await channel.close_connection()
    streams = client.websocket_streams
    await streams.create_connection()
    told = asyncio.get_running_loop().create_future()
    stream = await streams.individual_symbol_book_ticker_streams(symbol="btcusdt")
    stream.on("message", lambda message: told.done() or told.set_result(message))
    assert (await asyncio.wait_for(told, 5)).s == "BTCUSDT"
    await streams.close_connection()


if __name__ == "__main__":
    program = made(int(sys.argv[1]))
    by_requests(program.rest_api)
    asyncio.run(by_sockets(program))
    sys.stdout.write("traded\n")
