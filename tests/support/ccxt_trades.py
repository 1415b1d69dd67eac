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


def hears_private(client):
    """Return whether the line of the private stream is open."""
    lines = client.clients.items()
    return any("listenKey" in address and line.connected.done() for address, line in lines)


async def wait_for_prices(client, symbol):
    """Stops by price wait outside the book, are listed as such, and go."""
    sell = ("market", "sell", 0.01, None)
    stop = await client.create_order(symbol, *sell, {"stopLossPrice": 50_000, "reduceOnly": True})
    await client.create_order(symbol, *sell, {"takeProfitPrice": 68_000, "reduceOnly": True})
    listed = await client.fetch_open_orders(symbol, None, None, {"trigger": True})
    assert len(listed) == 2
    await client.cancel_order(stop["id"], symbol, {"trigger": True})
    await client.cancel_all_orders(symbol, {"trigger": True})
    assert await client.fetch_open_orders(symbol, None, None, {"trigger": True}) == []
    trail = {"trailingPercent": 1.5, "trailingTriggerPrice": 69_000, "reduceOnly": True}
    await client.create_order(symbol, *sell, trail)
    (follows,) = await client.fetch_open_orders(symbol, None, None, {"trigger": True})
    assert float(follows["info"]["callbackRate"]) == trail["trailingPercent"]
    assert float(follows["info"]["activatePrice"]) == trail["trailingTriggerPrice"]
    await client.cancel_order(follows["id"], symbol, {"trigger": True})
    await client.create_order(symbol, *sell, {"reduceOnly": True})
    await client.cancel_all_orders(symbol)


async def hold_both_ways(client, symbol):
    """Isolated margin, then long and short beside each other, then batches."""
    await client.set_leverage(10, symbol)
    await client.set_margin_mode("isolated", symbol)
    with pytest.raises(ccxt.MarginModeAlreadySet, match="-4046"):
        await client.set_margin_mode("isolated", symbol)
    await client.set_position_mode(hedged=True)
    for side, leg in (("buy", "LONG"), ("sell", "SHORT")):
        await client.create_order(symbol, "market", side, 1, None, {"positionSide": leg})
    held = {one["side"]: one for one in await client.fetch_positions([symbol])}
    assert set(held) == {"long", "short"}
    assert {one["marginMode"] for one in held.values()} == {"isolated"}
    with pytest.raises(ccxt.OperationRejected, match="-4068"):
        await client.set_position_mode(hedged=False)
    terms = {"symbol": symbol, "type": "limit", "side": "buy", "params": {"positionSide": "LONG"}}
    made = await client.create_orders([terms | {"amount": 1, "price": 2_800 + n} for n in range(2)])
    gone = await client.cancel_orders([one["id"] for one in made], symbol)
    assert [one["status"] for one in gone] == ["canceled"] * 2
    trades = await client.fetch_my_trades(symbol)
    assert {one["info"]["positionSide"] for one in trades} == {"LONG", "SHORT"}


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
        while not hears_private(client):  # noqa: ASYNC110 - ccxt has no event for it
            await asyncio.sleep(0.01)
        placed = await client.create_order(symbol, "limit", "buy", 0.01, 55_000)
        told = await asyncio.wait_for(watching, 20)
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
        await wait_for_prices(client, symbol)
        await hold_both_ways(client, "ETH/USDT:USDT")
    finally:
        await client.close()


if __name__ == "__main__":
    asyncio.run(trade(int(sys.argv[1])))
    sys.stdout.write("traded\n")
