"""A strategy trades on Acorn through the four processes, and none of them knows Acorn."""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest
from acorn_exchange import PLUGIN
from acorn_exchange.requests import Desk
from acorn_venue import KEY, SECRET
from pydantic import SecretStr

from tradecore.exchanges.base import ConnectorSettings, Credentials, Endpoints
from tradecore.exchanges.registry import load_exchange
from tradecore.telemetry import SystemClock

KINDS = ("position_server", "market_server", "trading_engine", "trader")
STRATEGY = """
import tradecore as tc

class Maker(tc.AbstractStrategy):
    def on_start(self):
        self.subscribe("OAK-USD", book=1)

    def on_book(self, book):
        bid, ask = book.bid_price, book.ask_price
        self.quote("OAK-USD", bids=[(bid - 5, "0.10")], asks=[(ask + 5, "0.10")], min_life_ms=300)
"""


def ports(count):
    """Return ports that are free now; a stream's replay door is 10000 above it."""
    found = []
    chance = random.SystemRandom()
    while len(found) < count:
        number = chance.randrange(20_000, 32_000)
        with contextlib.suppress(OSError), socket.socket() as line, socket.socket() as above:
            line.bind(("127.0.0.1", number))
            above.bind(("127.0.0.1", number + 10_000))
            found.append(number)
    return found


class System:
    """Acorn, and the processes that trade there."""

    def __init__(self, folder):
        self.folder = folder
        self.log = folder / "up.log"
        self.children = []
        venue = self.spawn(
            str(Path(__file__).with_name("acorn_venue.py")), "0", out=subprocess.PIPE
        )
        port = int(venue.stdout.readline())
        self.rest = f"http://127.0.0.1:{port}"
        self.write(f"ws://127.0.0.1:{port}")
        self.desk = Desk(
            ConnectorSettings(
                endpoints=Endpoints(rest=self.rest, channels={}),
                credentials=Credentials(key=SecretStr(KEY), secret=SecretStr(SECRET)),
            ),
            "test",
        )

    def spawn(self, *arguments, out):
        """Start a Python program."""
        environ = {**os.environ, "ACORN_KEY": KEY, "ACORN_SECRET": SECRET}
        paths = [str(Path(__file__).parent), *filter(None, [os.environ.get("PYTHONPATH")])]
        environ["PYTHONPATH"] = os.pathsep.join(paths)
        child = subprocess.Popen(
            [sys.executable, *arguments],
            stdout=out,
            stderr=out,
            env=environ,
            text=True,
            start_new_session=True,
        )
        self.children.append(child)
        return child

    def write(self, stream):
        """Write the configuration of the four processes."""
        names = ("market", "commands", "orders", "account", "status", "positions", "updates")
        numbers = ports(len(names) + len(KINDS))
        at = {name: f"tcp://127.0.0.1:{numbers.pop()}" for name in names}
        acorn = "[GLOBAL]\nEXCHANGE_NAME=ACORN\n"
        venue = (
            f"[HTTP_API]\nHTTP_BASE_URL={self.rest}\n[WEBSOCKET]\n"
            f"WS_PUBLIC_URL={stream}/v1/public\nWS_PRIVATE_URL={stream}/v1/private\n"
        )
        files = {
            "position_server": f"{acorn}[ZMQ]\nTRADE_EVENTS_SUB_ENDPOINT={at['account']}\n"
            f"POSITION_EVENTS_PUB_ENDPOINT={at['positions']}\n"
            f"POSITION_UPDATES_PUB_ENDPOINT={at['updates']}\n",
            "market_server": f"{acorn}{venue}[MARKET_DATA]\nSYMBOLS=OAK-USD\n"
            f"[ZMQ]\nMARKET_DATA_PUB_ENDPOINT={at['market']}\n",
            "trading_engine": f"{acorn}API_KEY=${{ACORN_KEY}}\nAPI_SECRET=${{ACORN_SECRET}}\n"
            f"{venue}"
            f"[ZMQ]\nTRADER_SUB_ENDPOINT={at['commands']}\n"
            f"ORDER_EVENTS_PUB_ENDPOINT={at['orders']}\nTRADE_EVENTS_PUB_ENDPOINT={at['account']}\n"
            f"ORDER_STATUS_PUB_ENDPOINT={at['status']}\n"
            f"POSITION_SERVER_SUB_ENDPOINT={at['updates']}\n",
            "trader": "[GLOBAL]\nPROCESS_NAME=maker\nENABLED_EXCHANGES=ACORN\n"
            "[STRATEGY]\nCLASS=maker.py:Maker\nSYMBOLS=OAK-USD\n"
            f"[PUBLISHERS]\nORDER_EVENTS_PUB_ENDPOINT={at['orders']}\n"
            f"POSITION_EVENTS_PUB_ENDPOINT={at['positions']}\n"
            f"[SUBSCRIBERS]\nMARKET_SERVER_SUB_ENDPOINT={at['market']}\n"
            f"TRADING_ENGINE_SUB_ENDPOINT={at['commands']}\n",
        }
        (self.folder / "config").mkdir()
        for kind, text in files.items():
            path = self.folder / "config" / f"{kind}.ini"
            path.write_text(
                f"{text}[MONITORING]\nHEALTH_PORT={numbers.pop()}\n"
                f"[JOURNAL]\nDIRECTORY={self.folder / 'journal'}\n"
            )
            path.chmod(0o600)
        (self.folder / "config" / "maker.py").write_text(STRATEGY)

    def up(self):
        """Start the supervisor."""
        with self.log.open("w") as log:
            return self.spawn("-m", "tradecore", "up", str(self.folder / "config"), out=log)

    def ask(self, path):
        """Ask Acorn as the account's owner."""
        request = self.desk.signed("GET", path, venue_ns=SystemClock().now_ns())
        answer = httpx.get(request.url, headers=dict(request.headers), trust_env=False)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def sides(self):
        """Return which sides are quoted."""
        return {one["side"] for one in self.ask("/v1/orders")}

    def pid_of(self, kind):
        """Return the newest process of a kind."""
        lines = [json.loads(x) for x in self.log.read_text().splitlines() if x.startswith("{")]
        return next(
            (
                x["child_pid"]
                for x in reversed(lines)
                if x.get("child") == kind and "child_pid" in x
            ),
            0,
        )

    def until(self, holds, seconds=40):
        """Wait until something holds."""
        end = time.monotonic() + seconds
        while not holds():
            assert time.monotonic() < end, self.log.read_text()[-4_000:]
            time.sleep(0.05)


@pytest.fixture
def system(tmp_path):
    """Return the system; whatever is left of it ends with the test."""
    one = System(tmp_path)
    yield one
    for child in one.children:
        # With whatever it started, should the test have failed before its end.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()


def test_it_is_found_by_its_name():
    """The entry point is all that is needed."""
    assert load_exchange("acorn") is PLUGIN


def test_a_maker_quotes_survives_and_leaves_nothing(system):
    """Quotes on both sides, again after the engine was killed, and none after the end."""
    supervisor = system.up()
    system.until(lambda: system.sides() == {"buy", "sell"})
    engine = system.pid_of("trading_engine")
    os.kill(engine, signal.SIGKILL)
    system.until(lambda: system.pid_of("trading_engine") not in {0, engine})
    since_us = system.ask("/v1/time")["now_us"]
    system.until(lambda: system.sides() == {"buy", "sell"})
    system.until(lambda: all(one["at_us"] > since_us for one in system.ask("/v1/orders")))
    assert len(system.ask("/v1/orders")) <= 2
    supervisor.terminate()

    assert supervisor.wait(30) == 0
    assert system.ask("/v1/orders") == []
