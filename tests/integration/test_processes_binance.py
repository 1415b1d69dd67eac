"""The four processes under their supervisor at the local exchange, each killed in turn.

Everything is a process of its own and speaks over sockets. The exchange's own answers, asked for
over REST with the account's key, are the truth.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from support.ports import free_ports
from tradecore import sign
from tradecore.telemetry import SystemClock

KINDS = ("position_server", "market_server", "trading_engine", "trader")
STRATEGY = """
import tradecore as tc

class Maker(tc.AbstractStrategy):
    def on_start(self):
        self.subscribe("BTCUSDT", book=1)

    def on_book(self, book):
        bid, ask = book.bid_price, book.ask_price
        self.quote("BTCUSDT", bids=[(bid - 0.5, "0.010")], asks=[(ask + 0.5, "0.010")],
                   min_life_ms=300)
"""


class System:
    """A local exchange, and the processes that trade there."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.config = folder / "config"
        self.config.mkdir()
        self.journal = folder / "journal"
        self.log = folder / "up.log"
        self.children = []
        self.health = dict(zip(KINDS, free_ports(4), strict=True))

    def spawn(self, *arguments, **streams):
        """Start one of the program's commands."""
        child = subprocess.Popen(
            [sys.executable, "-m", "tradecore", *arguments],
            env={
                **os.environ,
                "SIM_KEY": "k-of-tests",
                "SIM_SECRET": "s-of-tests-and-nothing-else",
            },
            text=True,
            **streams,
        )
        self.children.append(child)
        return child

    def exchange(self):
        """Start the exchange and learn where it is."""
        arguments = ("--key", "k-of-tests", "--secret", "s-of-tests-and-nothing-else")
        child = self.spawn(
            *("simulate", "binance", "--port", "0", "--json", "--seed", "7", *arguments),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self.urls = json.loads(child.stdout.readline())["urls"]

    def write(self):
        """Write the four files."""
        names = ("market", "commands", "orders", "account", "status", "positions", "updates")
        at = dict(zip(names, (f"tcp://127.0.0.1:{n}" for n in free_ports(7)), strict=True))
        venue = (
            f"[HTTP_API]\nHTTP_BASE_URL={self.urls['rest']}\n"
            f"[WEBSOCKET]\nWS_PUBLIC_URL={self.urls['public']}\n"
            f"WS_MARKET_URL={self.urls['market']}\n"
            f"WS_PRIVATE_URL={self.urls['private']}\nWS_API_URL={self.urls['api']}\n"
            "WS_RECONNECT_INTERVAL_MS=500\n"
        )
        binance = "[GLOBAL]\nEXCHANGE_NAME=BINANCE\n"
        files = {
            "position_server": f"{binance}[ZMQ]\nTRADE_EVENTS_SUB_ENDPOINT={at['account']}\n"
            f"POSITION_EVENTS_PUB_ENDPOINT={at['positions']}\n"
            f"POSITION_UPDATES_PUB_ENDPOINT={at['updates']}\n",
            "market_server": f"{binance}{venue}[MARKET_DATA]\nSYMBOLS=BTCUSDT\n"
            f"[ZMQ]\nMARKET_DATA_PUB_ENDPOINT={at['market']}\n",
            "trading_engine": f"{binance}API_KEY=${{SIM_KEY}}\nAPI_SECRET=${{SIM_SECRET}}\n{venue}"
            "[RISK_MANAGEMENT]\nMAX_POSITION_PER_SYMBOL=5\nMAX_POSITION_SIZE=10\n"
            "MAX_DAILY_LOSS=50000\n"
            f"[ZMQ]\nTRADER_SUB_ENDPOINT={at['commands']}\n"
            f"ORDER_EVENTS_PUB_ENDPOINT={at['orders']}\nTRADE_EVENTS_PUB_ENDPOINT={at['account']}\n"
            f"ORDER_STATUS_PUB_ENDPOINT={at['status']}\n"
            f"POSITION_SERVER_SUB_ENDPOINT={at['updates']}\n",
            "trader": "[GLOBAL]\nPROCESS_NAME=maker\nENABLED_EXCHANGES=BINANCE\n"
            "[STRATEGY]\nCLASS=maker.py:Maker\nSYMBOLS=BTCUSDT\n"
            f"[PUBLISHERS]\nORDER_EVENTS_PUB_ENDPOINT={at['orders']}\n"
            f"POSITION_EVENTS_PUB_ENDPOINT={at['positions']}\n"
            f"[SUBSCRIBERS]\nMARKET_SERVER_SUB_ENDPOINT={at['market']}\n"
            f"TRADING_ENGINE_SUB_ENDPOINT={at['commands']}\n",
        }
        for kind, text in files.items():
            path = self.config / f"{kind}.ini"
            path.write_text(
                f"{text}[MONITORING]\nHEALTH_PORT={self.health[kind]}\nMETRICS_INTERVAL_MS=100\n"
                f"HEALTH_CHECK_INTERVAL_MS=100\n[JOURNAL]\nDIRECTORY={self.journal}\n"
            )
            path.chmod(0o600)
        (self.config / "maker.py").write_text(STRATEGY)

    def up(self):
        """Start the supervisor."""
        with self.log.open("w") as log:
            return self.spawn("up", str(self.config), stdout=log, stderr=log)

    def lines(self):
        """Return the log so far."""
        return [json.loads(x) for x in self.log.read_text().splitlines() if x.startswith("{")]

    def pids(self):
        """Return the newest process of each kind."""
        started = [x for x in self.lines() if x["event"] == "started" and "child_pid" in x]
        return {line["child"]: line["child_pid"] for line in started}

    def kill(self, kind):
        """Kill a process, and wait for the next of its kind."""
        before = self.pids()[kind]
        os.kill(before, signal.SIGKILL)
        self.until(lambda: self.pids()[kind] != before, f"{kind} was not started again")

    def detail(self, kind):
        """Return what a process tells of its health; nothing while it is away."""
        with contextlib.suppress(httpx.TransportError):
            url = f"http://127.0.0.1:{self.health[kind]}/health/detailed"
            return httpx.get(url, trust_env=False).json()
        return {"ready": False, "facts": {}, "uptime_s": 0}

    def ask(self, path):
        """Ask the exchange as the account's owner."""
        query = f"recvWindow=5000&timestamp={SystemClock().now_ns() // 1_000_000}"
        signature = sign.hmac_sha256("s-of-tests-and-nothing-else", query)
        answer = httpx.get(
            f"{self.urls['rest']}{path}?{query}&signature={signature}",
            headers={"X-MBX-APIKEY": "k-of-tests"},
            trust_env=False,
        )
        assert answer.status_code == 200, answer.text
        return answer.json()

    def open_orders(self):
        """Return the ids of the account's open orders."""
        return {order["clientOrderId"] for order in self.ask("/fapi/v1/openOrders")}

    def until(self, holds, what, seconds=40):
        """Wait for something in other processes."""
        end = time.monotonic() + seconds
        while not holds():
            assert time.monotonic() < end, f"{what}\n{self.log.read_text()[-3_000:]}"
            time.sleep(0.05)

    def is_ready(self):
        """Whether all four say that they can work."""
        return all(self.detail(kind)["ready"] for kind in KINDS)


@pytest.fixture
def system(tmp_path):
    """Return a system with its exchange started and its files written."""
    system = System(tmp_path)
    try:
        system.exchange()
        system.write()
        yield system
    finally:
        for child in reversed(system.children):
            if child.poll() is None:
                child.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.wait(timeout=25)
            if child.poll() is None:
                child.kill()
                child.wait()
            if child.stdout is not None:
                child.stdout.close()


@pytest.mark.timeout(240)
def test_each_process_may_be_killed(system):
    """After each kill all are ready again, quotes rest, and in the end nothing is left behind."""
    up = system.up()
    system.until(system.is_ready, "the four processes did not get ready")
    system.until(system.open_orders, "no order rests at the exchange")

    for kind in KINDS:
        system.kill(kind)
        system.until(system.is_ready, f"not ready after the kill of {kind}")
        system.until(system.open_orders, f"no order rests after the kill of {kind}")

    up.send_signal(signal.SIGTERM)
    code = up.wait(timeout=40)
    left = system.open_orders()

    assert (code, left) == (0, set())
    ends = [line["exit_code"] for line in system.lines() if line["event"] == "ended"]
    assert sorted(ends) == [-9] * 4 + [0] * 4
