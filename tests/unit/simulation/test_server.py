"""A local exchange whose time stands still says so: it does not go on answering."""

from __future__ import annotations

import asyncio

import httpx
import pytest
from pydantic import SecretStr

from tradecore.simulation.faults import Faults
from tradecore.simulation.local import make_binance
from tradecore.simulation.server import LocalExchange
from tradecore.telemetry import SystemClock


class BrokenMarket:
    """A flow that fails once it is told to."""

    def __init__(self):
        self.is_broken = False

    def step(self, now_ns):
        """Move nothing, or fail."""
        if self.is_broken:
            raise LookupError(f"the market has no price: now_ns={now_ns}")


def test_a_market_that_fails_ends_the_exchange_with_its_reason():
    """Who runs it gets the exception, and nobody is served any more."""
    clock, market = SystemClock(), BrokenMarket()
    dialect, _ = make_binance(
        keys={"key": SecretStr("secret")}, now_ns=clock.now_ns(), flow="none", faults=Faults(seed=1)
    )
    exchange = LocalExchange(dialect, clock, flow=market)
    url = f"http://127.0.0.1:{exchange.bind()}/fapi/v1/ping"

    async def play():
        serving = asyncio.create_task(exchange.run())
        await exchange.started()
        async with httpx.AsyncClient(trust_env=False) as client:
            before = (await client.get(url)).status_code
            market.is_broken = True
            with pytest.raises(LookupError, match="the market has no price"):
                await serving
            with pytest.raises(httpx.ConnectError, match="connection"):
                await client.get(url)
        return before

    assert asyncio.run(play()) == 200


def test_an_exchange_that_is_stopped_ends_well():
    """A stop is no failure."""
    clock = SystemClock()
    dialect, flow = make_binance(
        keys={"key": SecretStr("secret")},
        now_ns=clock.now_ns(),
        flow="synthetic",
        faults=Faults(seed=1),
    )
    exchange = LocalExchange(dialect, clock, flow=flow)
    exchange.bind()

    async def play():
        serving = asyncio.create_task(exchange.run())
        await exchange.started()
        exchange.stop()
        await serving

    asyncio.run(play())
