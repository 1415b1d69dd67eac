"""`tradecore drill`: what a good strategy passes, and how a broken one fails."""

from __future__ import annotations

import gc
import json
import os
import signal
import subprocess
import sys

import pytest

from tradecore.cli.door import main

MAKER = """
import tradecore as tc

class Maker(tc.AbstractStrategy):
    def on_start(self):
        self.subscribe("BTCUSDT", book=1)
        self.set_timer("beat", every="50ms")

    def on_timer(self, name):
        book = self.book("BTCUSDT")
        if not book.is_stale and book.bid_price is not None:
            if len(self.orders()) > 3:
                self.cancel_all("BTCUSDT")
            else:
                self.buy("BTCUSDT", "0.010", int(book.bid_price) - 3)
"""
SILENT = """
import tradecore as tc

class Silent(tc.AbstractStrategy):
    def on_start(self):
        self.subscribe("BTCUSDT", book=1)
"""
BROKEN = """
import tradecore as tc

class Broken(tc.AbstractStrategy):
    def on_start(self):
        self.subscribe("BTCUSDT", book=1)

    def on_book(self, book):
        if self.orders():
            raise ValueError("a level is missing")
        self.buy("BTCUSDT", "0.010", int(book.bid_price) - 3)
"""


# A request that is given up can leave its socket to the garbage collector. It is collected here,
# and not blamed on whatever test comes next.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


@pytest.fixture(autouse=True)
def _collected():
    yield
    gc.collect()


@pytest.fixture
def drill(tmp_path, capsys):
    """Return a function that drills a strategy and returns the exit code and the document."""

    def drill(text, *arguments):
        file = tmp_path / "strategy_of_a_drill.py"
        file.write_text(text)
        code = main(["drill", str(file), *arguments, "--json"])
        return code, json.loads(capsys.readouterr().out)

    return drill


def test_a_maker_comes_through_one_fault_of_each_kind(drill):
    """Requests, events, connections, refusals, the clock; eight drills, four at once."""
    names = (
        *("gap", "drop-frame-private", "disconnect-all", "error-5xx-after-orders"),
        *("timeout-after-cancels", "rate-limit-429", "clock-skew", "outage-fills"),
    )
    only = [word for name in names for word in ("--only", name)]

    code, said = drill(MAKER, *only, "--jobs", "4")

    failed = {one["drill"]: one["reasons"] for one in said["verdicts"] if not one["is_passed"]}
    assert not failed, json.dumps(failed)
    assert code == 0
    assert [one["drill"] for one in said["verdicts"]] == sorted(
        names, key=[one["drill"] for one in said["verdicts"]].index
    )
    assert len(said["verdicts"]) == len(names)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        pytest.param(BROKEN, "the strategy failed: on_book raised ValueError", id="raises"),
        pytest.param(SILENT, "the strategy sent no order before the fault", id="never-quotes"),
    ],
)
def test_a_broken_strategy_fails_with_its_reason(drill, text, reason):
    """And the exit code says so."""
    code, said = drill(text, "--only", "gap", "--first-order-s", "1")

    (verdict,) = said["verdicts"]
    assert (code, said["passed"], verdict["is_passed"]) == (1, False, False)
    assert reason in verdict["reasons"][0]


def test_what_is_not_well_in_time_fails(drill):
    """With what was missing: in no time at all nothing can be."""
    code, said = drill(MAKER, "--only", "reset-before-orders", "--limit-s", "0")

    (verdict,) = said["verdicts"]
    assert code == 1
    assert "not well in time: " in verdict["reasons"][0]


def test_drills_can_be_listed(drill):
    """Without running one."""
    code, said = drill(MAKER, "--only", "gap", "--list")

    assert (code, [one["name"] for one in said["drills"]]) == (0, ["gap"])


def test_a_trader_does_all_in_one_process(tmp_path):
    """`tradecore trader INI --one-process ENGINE_INI`: it quotes, and SIGTERM ends it well."""
    secret = {"SIM_KEY": "k-of-tests", "SIM_SECRET": "s-of-tests-and-nothing-else"}
    command = (sys.executable, "-m", "tradecore")
    environ = {**os.environ, **secret, "TRADECORE_SIMULATE_SECRET": secret["SIM_SECRET"]}
    local = subprocess.Popen(
        [*command, "simulate", "binance", "--port", "0", "--json", "--key", secret["SIM_KEY"]],
        env=environ,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        urls = json.loads(local.stdout.readline())["urls"]
        engine, trader = tmp_path / "trading_engine.ini", tmp_path / "trader.ini"
        (tmp_path / "maker.py").write_text(MAKER)
        engine.write_text(
            "[GLOBAL]\nEXCHANGE_NAME=BINANCE\nAPI_KEY=${SIM_KEY}\nAPI_SECRET=${SIM_SECRET}\n"
            f"[HTTP_API]\nHTTP_BASE_URL={urls['rest']}\n"
            f"[WEBSOCKET]\nWS_PUBLIC_URL={urls['public']}\nWS_MARKET_URL={urls['market']}\n"
            f"WS_PRIVATE_URL={urls['private']}\nWS_API_URL={urls['api']}\n"
        )
        trader.write_text(
            "[GLOBAL]\nPROCESS_NAME=maker\n[STRATEGY]\nCLASS=maker.py:Maker\nSYMBOLS=BTCUSDT\n"
            f"[JOURNAL]\nDIRECTORY={tmp_path / 'journal'}\n[MONITORING]\nHEALTH_PORT=0\n"
        )
        child = subprocess.Popen(
            [*command, "trader", str(trader), "--one-process", str(engine)],
            env=environ,
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            log = []
            for line in child.stderr:
                log.append(line)
                if '"event": "ready"' in line:
                    child.send_signal(signal.SIGTERM)
            code = child.wait()
        finally:
            child.kill()
            child.wait()
            child.stderr.close()
    finally:
        local.terminate()
        local.wait()
        local.stdout.close()

    assert code == 0, "".join(log)[-3_000:]
    assert any('"event": "strategy started"' in line for line in log)
    assert (tmp_path / "journal" / "maker" / "intents").stat().st_size > 0
