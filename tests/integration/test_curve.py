"""CURVE between processes: a position server of its own, an engine's stand-in, and who is let in.

The keys stand in files as they would, so what is tried is a key's whole way to the socket.
"""

from __future__ import annotations

import asyncio
import random
import signal
from decimal import Decimal

import pytest
import zmq
from zmq.utils import z85
from zmq.utils.monitor import recv_monitor_message

from support.bus_ends import CLOCK, Heard, context_of_zmq, until
from support.program import POSITION_KEYS, Program, bus_section, events, log_lines, wait_event
from tradecore.model import VenuePosition
from tradecore.processes.settings import KINDS, load_process
from tradecore.processes.wiring import client_keys, server_keys
from tradecore.transport.bus import ClientKeys, Doorkeeper, Publisher, ServerKeys, Subscriber
from tradecore.wire import decode, encode

COMMON = "[MONITORING]\nHEALTH_PORT=0\nMETRICS_INTERVAL_MS=100\nHEALTH_CHECK_INTERVAL_MS=100\n"
POSITION = VenuePosition(
    symbol="BTCUSDT",
    quantity=Decimal("0.250"),
    entry_price=Decimal("40000.5"),
    ts_event_ns=1_700_000_000_000_000_000,
)


@pytest.fixture
def program(tmp_path):
    """Return a program in a folder of its own."""
    program = Program(tmp_path)
    yield program
    program.end()


class Keys:
    """The pairs of an engine, a position server, and a reader that is let in."""

    def __init__(self):
        self.engine, self.server = ServerKeys.generate(), ServerKeys.generate()
        self.reader = ClientKeys.generate(self.server.public)


def start(program, keys, *, expects):
    """Start a position server; `expects` is the public key of whom it connects to."""
    bus, at = bus_section(*POSITION_KEYS)
    own, expected, allowed = (
        key.decode().replace("$", "$$") for key in (keys.server.public, expects, keys.reader.public)
    )
    curve = (
        f"[CURVE]\nPUBLIC_KEY={own}\nSECRET_KEY=${{PAIR}}\n"
        f"SERVER_KEY={expected}\nALLOWED_KEYS={allowed}\n"
    )
    file = program.write(
        "position_server.ini", f"[GLOBAL]\nEXCHANGE_NAME=BINANCE\n{bus}{COMMON}{curve}"
    )
    child = program.start("position-server", "BINANCE", file, PAIR=keys.server.secret.decode())
    wait_event(child, "started")
    return child, at


def engine(context, keys, at, *, lets_in):
    """Publish as an engine would, to those whose key is known."""
    keeper = Doorkeeper(context, {lets_in: "process"})
    publisher = Publisher(
        context,
        at["TRADE_EVENTS_SUB_ENDPOINT"],
        stream=6_017,
        epoch=1,
        clock=CLOCK,
        keys=keys.engine,
    )
    return keeper, publisher


def test_a_position_goes_through_two_doors(program):
    """The server knows the engine, the engine the server, the server its reader."""
    keys = Keys()
    child, at = start(program, keys, expects=keys.engine.public)

    async def story(context):
        heard = Heard()
        stands_in = engine(context, keys, at, lets_in=keys.server.public)
        stands_in[1].publish("BINANCE.account", *encode(POSITION))
        reader = Subscriber(
            context,
            at["POSITION_EVENTS_PUB_ENDPOINT"],
            topics=["BINANCE.positions"],
            clock=CLOCK,
            on_batch=heard.batches.append,
            on_status=heard.statuses.append,
            keys=keys.reader,
        )
        await until(heard.bodies)
        for opened in (reader, *stands_in):
            opened.close()
        return [decode(batch.kind, body) for batch in heard.batches for body in batch.bodies]

    with context_of_zmq() as context:
        positions = asyncio.run(story(context))
    child.send_signal(signal.SIGTERM)

    assert positions[0] == POSITION
    assert child.wait(timeout=20) == 0
    assert keys.server.secret.decode() not in child.log.read_text()


def handshake(endpoint, protect):
    """Connect as a reader would, and return how the handshake ended."""
    with zmq.Context() as context, context.socket(zmq.SUB) as reader:
        protect(reader)
        reader.set(zmq.LINGER, 0)
        reader.set(zmq.SUBSCRIBE, b"")
        monitor = reader.get_monitor_socket(
            zmq.EVENT_HANDSHAKE_SUCCEEDED
            | zmq.EVENT_HANDSHAKE_FAILED_AUTH
            | zmq.EVENT_HANDSHAKE_FAILED_PROTOCOL
            | zmq.EVENT_HANDSHAKE_FAILED_NO_DETAIL
            | zmq.EVENT_DISCONNECTED
        )
        reader.connect(endpoint)
        assert monitor.poll(10_000), "nothing came of the handshake"
        event = recv_monitor_message(monitor)["event"]
        reader.disable_monitor()
        monitor.close(0)
        return zmq.Event(event)


def test_who_is_not_on_the_list_is_not_let_in(program):
    """Neither another pair, nor a pair that expects another server, nor nobody at all."""
    keys = Keys()
    child, at = start(program, keys, expects=keys.engine.public)
    endpoint = at["POSITION_EVENTS_PUB_ENDPOINT"]
    mistaken = ClientKeys(keys.reader.public, keys.reader.secret, keys.engine.public)

    ends = {
        "known": handshake(endpoint, keys.reader.protect),
        "stranger": handshake(endpoint, ClientKeys.generate(keys.server.public).protect),
        "mistaken": handshake(endpoint, mistaken.protect),
        "open": handshake(endpoint, lambda _: None),
    }
    child.send_signal(signal.SIGTERM)

    assert child.wait(timeout=20) == 0
    assert ends.pop("known") is zmq.Event.HANDSHAKE_SUCCEEDED
    assert zmq.Event.HANDSHAKE_SUCCEEDED not in ends.values()


@pytest.mark.parametrize("wrong", ["expects-another", "is-not-let-in"])
def test_a_server_with_a_wrong_key_hears_nothing_and_is_not_ready(program, wrong):
    """The engine's stand-in publishes; the server counts it as away."""
    keys = Keys()
    other = ServerKeys.generate().public
    expects = other if wrong == "expects-another" else keys.engine.public
    child, at = start(program, keys, expects=expects)

    with context_of_zmq() as context:

        async def story():
            lets_in = other if wrong == "is-not-let-in" else keys.server.public
            keeper, publisher = engine(context, keys, at, lets_in=lets_in)
            publisher.publish("BINANCE.account", *encode(POSITION))
            if wrong == "is-not-let-in":
                await until(lambda: keeper.refused)
            await until(lambda: any(one["event"] == "METRICS" for one in log_lines(child.log)))

        asyncio.run(story())
    child.send_signal(signal.SIGTERM)

    assert child.wait(timeout=20) == 0
    assert "ready" not in events(child.log)


@pytest.mark.parametrize("seed", range(200))
def test_any_key_survives_a_file(tmp_path, seed):
    """Keys have brackets and hashes in them; only a dollar is written twice."""
    dice = random.Random(seed)
    public, secret, known = (z85.encode(dice.randbytes(32)).decode() for _ in range(3))
    path = tmp_path / "position_server.ini"
    text = (
        f"[GLOBAL]\nEXCHANGE_NAME=BINANCE\n[CURVE]\nPUBLIC_KEY={public}\nSECRET_KEY={secret}\n"
        f"SERVER_KEY={known}\nALLOWED_KEYS={known},{public}\n"
    )
    path.write_text(text.replace("$", "$$"))
    path.chmod(0o600)

    curve = load_process(KINDS["position_server"], path, environ={}).settings.curve

    assert server_keys(curve) == ServerKeys(public.encode(), secret.encode())
    assert client_keys(curve) == ClientKeys(public.encode(), secret.encode(), known.encode())
    assert curve.allowed_keys == (known, public)
