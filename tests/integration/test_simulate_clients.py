"""The local exchange over real sockets: the command itself, and clients of other people."""

from __future__ import annotations

import asyncio
import json
import signal
import socket
import subprocess
import sys
import threading
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr

from tradecore.simulation.faults import Faults
from tradecore.simulation.local import make_binance
from tradecore.simulation.server import LocalExchange, PortInUseError
from tradecore.telemetry.clock import SystemClock

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
        with pytest.raises(PortInUseError, match=r"listens on a free port: host=127\.0\.0\.1"):
            server.bind()


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


@pytest.mark.parametrize(
    ("package", "program"),
    [
        pytest.param("ccxt", "ccxt_trades.py", id="ccxt"),
        pytest.param("binance", "python_binance_trades.py", id="python-binance"),
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
