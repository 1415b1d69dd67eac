"""The local exchange over real sockets: the command itself, and clients of other people."""

from __future__ import annotations

import asyncio
import json
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from tradecore.simulation.faults import Faults
from tradecore.simulation.local import make_binance
from tradecore.simulation.server import LocalExchange
from tradecore.telemetry.clock import SystemClock
from tradecore.transport.listening import PortTakenError

KEY, SECRET = "testkey", "testsecret"


@contextmanager
def exchange(*, flow="synthetic", faults=""):
    """Serve an exchange in a thread of its own, and yield its port."""
    clock, switched = SystemClock(), Faults(seed=1)
    switched.switch_all(faults)
    dialect, background = make_binance(
        keys={KEY: SecretStr(SECRET)}, now_ns=clock.now_ns(), flow=flow, faults=switched
    )
    server = LocalExchange(dialect, clock, flow=background)
    port = server.bind()
    is_up = threading.Event()

    async def serve():
        running = asyncio.create_task(server.run())
        await server.started()
        is_up.set()
        await running

    thread = threading.Thread(target=asyncio.run, args=(serve(),), daemon=True)
    thread.start()
    assert is_up.wait(10)
    try:
        yield port
    finally:
        server.stop()
        thread.join(10)
    assert not thread.is_alive()


def test_the_command_serves_and_ends_on_sigterm():
    """One line of JSON says where; what was made is told, what was given is not; the end is 0."""
    command = [sys.executable, "-m", "tradecore", "simulate", "binance", "--port", "0", "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        told = json.loads(process.stdout.readline())
        assert len(told["secret"]) == 64
        for _ in range(200):
            try:
                answer = httpx.get(f"{told['urls']['rest']}/fapi/v1/ping")
                break
            except httpx.ConnectError:
                continue
        assert answer.json() == {}
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        pytest.param(["--flow", "no/such/file"], 3, "no such file", id="no-flow-file"),
        pytest.param(["--flow", __file__], 1, "a recording", id="bad-flow-file"),
        pytest.param(["--faults", "nothing"], 4, "a fault is one of", id="bad-fault"),
        pytest.param(["--key", "a"], 1, "given together", id="half-a-key"),
        pytest.param(["--deposit", "x"], 1, "a deposit is a number", id="bad-deposit"),
    ],
)
def test_a_wrong_choice_is_refused_with_its_code(arguments, code, words):
    """The message names the rule, and nothing is served."""
    command = [sys.executable, "-m", "tradecore", "simulate", "binance", "--port", "0"]
    done = subprocess.run([*command, *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == code
    assert words in done.stderr


def test_a_port_in_use_is_said():
    """The message names host and port."""
    clock = SystemClock()
    dialect, _ = make_binance(keys={}, now_ns=clock.now_ns())
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        server = LocalExchange(dialect, clock, port=taken.getsockname()[1])
        with pytest.raises(PortTakenError, match=r"listens on a free port: host=127\.0\.0\.1"):
            server.bind()


def test_its_log_replays_to_the_same_state():
    """A fresh engine, told everything that was done, ends where the one at work is."""
    with exchange() as port, httpx.Client(base_url=f"http://127.0.0.1:{port}") as client:
        while (told := client.get("/simulate/replay").json())["commands"] < 200:
            pass
        assert told["is_identical"] is True
        assert len(told["state_hash"]) == 32
        assert client.put("/simulate/replay", json={}).status_code == 405


def test_faults_are_switched_while_it_runs():
    """The control endpoint shows, changes and clears them; a cut line is an error of the client."""
    with exchange(flow="none") as port, httpx.Client(base_url=f"http://127.0.0.1:{port}") as client:
        control = "/simulate/faults"
        assert client.get(control).json()["on"] == {}
        client.put(control, json={"faults": "error_5xx_before:times=1"})
        assert client.get("/fapi/v1/ping").status_code == 503
        assert client.get("/fapi/v1/ping").status_code == 200
        client.put(control, json={"faults": "reset_before:times=1"})
        with pytest.raises(httpx.TransportError, match=r"reset|disconnected"):
            client.get("/fapi/v1/ping")
        assert client.put(control, json={"faults": "odd"}).status_code == 400
        client.put(control, json={"faults": "timeout_before:times=1"})
        with pytest.raises(httpx.ReadTimeout, match="timed out"):
            client.get("/fapi/v1/ping", timeout=0.2)
        told = client.delete(control).json()
        assert told["on"] == {}
        assert told["counts"]["reset_before"] == 1


def test_requests_on_one_connection_are_late_together_and_in_their_order():
    """Delays do not add up: ten answers after one delay, each after the one before it."""
    with (
        exchange(flow="none", faults="latency:amount=300") as port,
        connect(f"ws://127.0.0.1:{port}/ws-fapi/v1") as line,
    ):
        began_s = time.monotonic()
        for number in range(10):
            line.send(json.dumps({"id": number, "method": "time"}))
        told = [json.loads(line.recv(5))["id"] for _ in range(10)]
        took_s = time.monotonic() - began_s
    assert told == list(range(10))
    assert 0.3 <= took_s < 3


def test_a_client_that_leaves_while_requests_wait_leaves_nothing_behind():
    """What was late for it is dropped; others are answered."""
    with exchange(flow="none", faults="latency:amount=100") as port:
        with connect(f"ws://127.0.0.1:{port}/ws-fapi/v1") as line:
            line.send(json.dumps({"id": 1, "method": "time"}))
        assert httpx.get(f"http://127.0.0.1:{port}/fapi/v1/ping").json() == {}


@pytest.mark.parametrize(
    ("length", "status"),
    [pytest.param(64 * 1024 + 1, 413, id="too-long"), pytest.param(20_000_000, 413, id="huge")],
)
def test_a_huge_body_is_refused_before_it_is_read(length, status):
    """The answer comes, and the next client is served."""
    with exchange(flow="none") as port, httpx.Client(base_url=f"http://127.0.0.1:{port}") as client:
        try:
            assert client.post("/fapi/v1/order", content=b"x" * length).status_code == status
        except httpx.TransportError:
            assert length > 64 * 1024
        assert httpx.get(f"http://127.0.0.1:{port}/fapi/v1/ping").json() == {}


@pytest.mark.parametrize(
    "frame",
    [
        pytest.param("x" * (64 * 1024 + 1), id="too-long"),
        pytest.param(b"\xff\xfe", id="binary"),
        pytest.param("[" * 60_000, id="nested"),
    ],
)
def test_a_hostile_frame_ends_at_most_its_own_connection(frame):
    """Answered with an error or cut off, and the next client is served."""
    with exchange(flow="none") as port:
        for path in ("/ws-fapi/v1", "/public/ws"):
            with connect(f"ws://127.0.0.1:{port}{path}") as line:
                line.send(frame)
                try:
                    told = json.loads(line.recv(5))
                    assert "error" in told or "code" in told
                except ConnectionClosed:
                    assert len(frame) > 64 * 1024
        assert httpx.get(f"http://127.0.0.1:{port}/fapi/v1/ping").json() == {}


@pytest.mark.parametrize(
    ("package", "program"),
    [
        pytest.param("ccxt", "ccxt_trades.py", id="ccxt"),
        pytest.param("binance", "python_binance_trades.py", id="python-binance"),
        pytest.param(
            "binance_sdk_derivatives_trading_usds_futures",
            "binance_sdk_trades.py",
            id="binance-sdk",
        ),
    ],
)
def test_other_peoples_clients_trade_unchanged(package, program):
    """Pointed here by their own settings they list, listen, place, change, cancel and take."""
    pytest.importorskip(package)
    path = Path(__file__).parent.parent / "support" / program
    with exchange() as port:
        done = subprocess.run(
            [sys.executable, str(path), str(port)],
            capture_output=True,
            text=True,
            check=False,
            timeout=50,
        )
    assert done.stdout.endswith("traded\n"), done.stderr[-2_000:]
