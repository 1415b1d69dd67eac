"""A local exchange on a thread of its own, for commands and processes that reach it by socket."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from dataclasses import dataclass, field
from urllib.parse import urlencode

import httpx
from pydantic import SecretStr

from tradecore import sign
from tradecore.simulation.faults import Faults
from tradecore.simulation.local import make_binance
from tradecore.simulation.server import LocalExchange
from tradecore.telemetry import SystemClock

KEY, SECRET = "k-of-tests", "s-of-tests-and-nothing-else"


@dataclass
class LocalVenue:
    """The exchange's addresses, its faults, and its account's owner beside the program."""

    port: int
    faults: Faults
    secret: str = SECRET
    key: str = KEY
    clock: SystemClock = field(default_factory=SystemClock)

    @property
    def rest(self):
        """Return the address of requests."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def sections(self):
        """Return the sections of a file that point here."""
        stream = f"ws://127.0.0.1:{self.port}"
        return (
            f"[HTTP_API]\nHTTP_BASE_URL={self.rest}\n"
            f"[WEBSOCKET]\nWS_PUBLIC_URL={stream}/public/ws\nWS_MARKET_URL={stream}/market/ws\n"
            f"WS_PRIVATE_URL={stream}/private/ws\nWS_API_URL={stream}/ws-fapi/v1\n"
            "WS_RECONNECT_INTERVAL_MS=200\n"
        )

    def ask(self, method, path, **params):
        """Ask as the account's owner."""
        query = urlencode({**params, "timestamp": self.clock.now_ns() // 1_000_000})
        query += f"&signature={sign.hmac_sha256(self.secret, query)}"
        answer = httpx.request(
            method,
            f"{self.rest}{path}?{query}",
            headers={"X-MBX-APIKEY": self.key},
            trust_env=False,
        )
        assert answer.status_code == 200, answer.text
        return answer.json()

    def rest_order(self, client_order_id, *, symbol="BTCUSDT", price="40000.0"):
        """Have a bid rest, far below the market."""
        terms = {"symbol": symbol, "side": "BUY", "type": "LIMIT", "timeInForce": "GTC"}
        return self.ask(
            "POST",
            "/fapi/v1/order",
            **terms,
            quantity="0.010",
            price=price,
            newClientOrderId=client_order_id,
        )

    def wait_order(self, client_order_id, *, symbol="BTCUSDT"):
        """Have a conditional order wait for a price far above the market."""
        return self.ask(
            "POST",
            "/fapi/v1/algoOrder",
            algoType="CONDITIONAL",
            symbol=symbol,
            side="BUY",
            type="STOP_MARKET",
            quantity="0.010",
            triggerPrice="90000.0",
            clientAlgoId=client_order_id,
        )

    def open_orders(self):
        """Return the ids of what rests."""
        return {one["clientOrderId"] for one in self.ask("GET", "/fapi/v1/openOrders")}

    def waiting_orders(self):
        """Return the ids of what waits for a trigger."""
        return {one["clientAlgoId"] for one in self.ask("GET", "/fapi/v1/openAlgoOrders")}


@contextlib.contextmanager
def local_venue(*, faults="", flow="none", seed=1, port=0, limits=None):
    """Run a local exchange until the end of the block."""
    clock = SystemClock()
    switched = Faults(seed=seed)
    switched.switch_all(faults)
    dialect, background = make_binance(
        keys={KEY: SecretStr(SECRET)},
        now_ns=clock.now_ns(),
        flow=flow,
        faults=switched,
        seed=seed,
        is_unlimited=limits is None,
        limits=limits,
    )
    exchange = LocalExchange(dialect, clock, flow=background, port=port)
    port = exchange.bind()
    started = threading.Event()
    loops = []

    async def serve():
        loops.append(asyncio.get_running_loop())
        running = asyncio.create_task(exchange.run())
        await exchange.started()
        started.set()
        await running

    thread = threading.Thread(target=asyncio.run, args=(serve(),), daemon=True)
    thread.start()
    assert started.wait(10), "the local exchange did not start"
    try:
        yield LocalVenue(port, switched)
    finally:
        loops[0].call_soon_threadsafe(exchange.stop)
        thread.join(10)
