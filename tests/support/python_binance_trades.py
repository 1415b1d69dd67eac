"""What python-binance does against the local exchange: a program, since it leaves sockets open."""

from __future__ import annotations

import asyncio
import sys

import binance

KEY, SECRET = "testkey", "testsecret"


async def trade(port):
    """Form-bodied orders, both streams and the request channel."""

    class Client(binance.AsyncClient):
        FUTURES_URL = f"http://127.0.0.1:{port}/fapi"
        WS_FUTURES_URL = f"ws://127.0.0.1:{port}/ws-fapi/v1"

    class Sockets(binance.BinanceSocketManager):
        STREAM_URL = FSTREAM_URL = f"ws://127.0.0.1:{port}/"

    client = Client(KEY, SECRET)
    terms = {"symbol": "BTCUSDT", "side": "BUY", "type": "LIMIT", "timeInForce": "GTC"}
    terms |= {"quantity": "0.010", "price": "55000.0"}
    try:
        info = await client.futures_exchange_info()
        assert "BTCUSDT" in [one["symbol"] for one in info["symbols"]]
        sockets = Sockets(client)
        streams = ["btcusdt@depth@100ms"]
        async with sockets.futures_multiplex_socket(streams, category="public") as public:
            depth = await asyncio.wait_for(public.recv(), 5)
            assert depth["stream"] == streams[0]
        async with sockets.futures_user_socket() as private:
            placed = await client.futures_create_order(**terms, newClientOrderId="pb1")
            told = await asyncio.wait_for(private.recv(), 5)
            assert (told["e"], told["o"]["c"]) == ("ORDER_TRADE_UPDATE", "pb1")
        gone = await client.futures_cancel_order(symbol="BTCUSDT", orderId=placed["orderId"])
        assert gone["status"] == "CANCELED"
        channel = await client.ws_futures_create_order(**terms)
        assert channel["status"] == "NEW"
        follows = await client.futures_create_algo_order(
            symbol="BTCUSDT",
            side="SELL",
            type="TRAILING_STOP_MARKET",
            quantity="0.010",
            callbackRate="1.5",
            algoType="CONDITIONAL",
        )
        assert (follows["algoStatus"], follows["callbackRate"]) == ("NEW", "1.5")
        gone = await client.futures_cancel_algo_order(algoId=follows["algoId"])
        assert gone["msg"] == "success"
    finally:
        await client.close_connection()


if __name__ == "__main__":
    asyncio.run(trade(int(sys.argv[1])))
    sys.stdout.write("traded\n")
