"""What ccxt does against the local exchange: a program, since ccxt leaves sockets open."""

from __future__ import annotations

import asyncio
import sys

import ccxt.pro as ccxt
import pytest

KEY, SECRET = "testkey", "testsecret"


def made(port):
    """Return ccxt's client, pointed here by its own settings."""
    client = ccxt.binanceusdm(
        {
            "apiKey": KEY,
            "secret": SECRET,
            "enableRateLimit": False,
            "options": {"fetchCurrencies": False, "fetchMargins": False},
        }
    )
    for name in list(client.urls["api"]):
        if name == "fapiData":
            client.urls["api"][name] = f"http://127.0.0.1:{port}/futures/data"
        elif name.startswith("fapi"):
            version = name[-1] if name[-2] == "V" else "1"
            client.urls["api"][name] = f"http://127.0.0.1:{port}/fapi/v{version}"
    client.urls["api"]["ws"]["linear"] = f"ws://127.0.0.1:{port}/ws"
    client.urls["api"]["ws"]["ws-api"]["linear"] = f"ws://127.0.0.1:{port}/ws-fapi/v1"
    return client


async def trade(port):
    """Markets, balance, book and orders by stream, REST and the request channel."""
    symbol = "BTC/USDT:USDT"
    client = made(port)
    try:
        assert symbol in await client.load_markets()
        assert (await client.fetch_balance())["USDT"]["total"] == 100_000
        book = await client.watch_order_book(symbol)
        assert book["bids"][0][0] < book["asks"][0][0]
        watching = asyncio.create_task(client.watch_orders(symbol))
        while len(client.clients) < 2:  # noqa: ASYNC110 - ccxt has no event for it
            await asyncio.sleep(0.01)
        placed = await client.create_order(symbol, "limit", "buy", 0.01, 55_000)
        told = await asyncio.wait_for(watching, 5)
        assert told[-1]["id"] == placed["id"]
        changed = await client.edit_order(placed["id"], symbol, "limit", "buy", 0.02, 55_001)
        assert changed["id"] == placed["id"]
        assert len(await client.fetch_open_orders(symbol)) == 1
        assert (await client.cancel_order(placed["id"], symbol))["status"] == "canceled"
        with pytest.raises(ccxt.OrderNotFound, match="-2011"):
            await client.cancel_order("999", symbol)
        channel = await client.create_order_ws(symbol, "limit", "sell", 0.01, 65_000)
        assert channel["status"] == "open"
        taken = await client.create_order(symbol, "market", "buy", 0.01)
        assert taken["status"] == "closed"
        (position,) = await client.fetch_positions()
        assert position["contracts"] == 0.01
    finally:
        await client.close()


if __name__ == "__main__":
    asyncio.run(trade(int(sys.argv[1])))
    sys.stdout.write("traded\n")
