"""What is tried without starting a process: the key, the connections, the bus."""

from __future__ import annotations

import asyncio
import socket

import pytest
import zmq

from support.bus_ends import CLOCK, context_of_zmq
from support.local_venue import KEY, SECRET, LocalVenue, local_venue
from support.ports import free_port, free_ports
from tradecore.processes.probe import probe_auth, probe_websocket
from tradecore.processes.settings import EngineSettings, load_process
from tradecore.processes.venue_visit import VenueSilentError
from tradecore.simulation.faults import Faults
from tradecore.transport.bus import Doorkeeper, Publisher, ServerKeys


@pytest.fixture(scope="module")
def venue():
    """Run one exchange for all tests here; none of them sends an order."""
    with local_venue() as venue:
        yield venue


@pytest.fixture
def write(tmp_path):
    """Return a function that writes an engine's file for an exchange."""

    def write(venue, *, key=KEY, secret=SECRET, replace=("", "")):
        path = tmp_path / "trading_engine.ini"
        path.write_text(
            f"[GLOBAL]\nEXCHANGE_NAME=BINANCE\nAPI_KEY={key}\nAPI_SECRET={secret}\n"
            f"{venue.sections.replace(*replace) if replace[0] else venue.sections}"
        )
        path.chmod(0o600)
        return str(path)

    return write


def told(result):
    """Return what each try came to."""
    return {answer["name"]: answer for answer in result.json["answers"]}


def test_a_good_key_is_accepted(run, write, venue):
    """The clock's difference and the number of balances are told; nothing is sent."""
    result = run("trading-engine", "BINANCE", write(venue), "--test-auth", "--json")

    assert result.code == 0, result.out + result.err
    assert told(result)["venue"]["detail"].startswith("answers, clock ")
    assert told(result)["key"]["detail"] == "accepted, 1 balances"
    assert venue.open_orders() == set()


@pytest.mark.parametrize(
    ("wrong", "code"),
    [({"secret": "wrong-secret-of-a-test"}, "-1022"), ({"key": "wrong-key-of-a-test"}, "-2015")],
    ids=["signature", "key"],
)
def test_a_wrong_key_fails_with_the_venues_words(run, write, venue, wrong, code):
    """Code 1; neither key nor secret is printed."""
    result = run("trading-engine", "BINANCE", write(venue, **wrong), "--test-auth", "--json")

    assert result.code == 1
    assert told(result)["venue"]["is_ok"]
    assert told(result)["key"]["detail"].startswith(code)
    assert "-of-a-test" not in result.out + result.err


def test_a_clock_that_is_off_is_allowed_for(run, write, venue):
    """What is signed bears the venue's time; by how much it differs is told."""
    venue.faults.switch_all("clock_skew:1:amount=30000")
    result = run("trading-engine", "BINANCE", write(venue), "--test-auth", "--json")
    venue.faults.switch_all("clock_skew:0")

    assert result.code == 0, result.out
    offset_ms = float(told(result)["venue"]["detail"].removeprefix("answers, clock ")[:-3])
    assert 25_000 < offset_ms < 35_000


def test_connections_come_up(run, write, venue):
    """Both, and the private stream is live."""
    result = run("trading-engine", "BINANCE", write(venue), "--test-websocket", "--json")

    assert result.code == 0, result.out + result.err
    assert {name: answer["detail"] for name, answer in told(result).items()} == {
        "api": "up",
        "private": "up",
        "private stream": "live",
    }


def test_a_connection_that_does_not_come_up_is_named(write, venue):
    """The others are tried all the same."""
    nowhere = f"ws://127.0.0.1:{free_port()}/ws-fapi/v1"
    file = write(venue, replace=(f"ws://127.0.0.1:{venue.port}/ws-fapi/v1", nowhere))
    settings = load_process(EngineSettings, file, environ={}).settings

    answers = asyncio.run(probe_websocket(settings, wait_s=1.5))

    fared = {answer.name: answer for answer in answers}
    assert {name: answer.is_ok for name, answer in fared.items()} == {
        "api": False,
        "private": True,
        "private stream": True,
    }
    assert "refused" in fared["api"].detail.lower()


@pytest.mark.parametrize("probe", [probe_auth, probe_websocket])
def test_a_venue_that_is_not_there_is_code_5_with_where_it_was_asked(write, probe):
    """And with what went wrong last, where anything did."""
    file = write(LocalVenue(free_port(), Faults()))
    settings = load_process(EngineSettings, file, environ={}).settings

    with pytest.raises(VenueSilentError, match=r"asked http://127\.0\.0\.1:\d+") as raised:
        asyncio.run(probe(settings, wait_s=0.3))

    assert raised.value.exit_code == 5


MARKET = "[GLOBAL]\nEXCHANGE_NAME=BINANCE\n[MARKET_DATA]\nSYMBOLS=BTCUSDT\n"


@pytest.fixture
def endpoints(tmp_path):
    """Write a position server's file, and return its endpoints."""
    keys = (
        "TRADE_EVENTS_SUB_ENDPOINT",
        "POSITION_EVENTS_PUB_ENDPOINT",
        "POSITION_UPDATES_PUB_ENDPOINT",
    )
    ports = free_ports(3)
    at = {key: f"tcp://127.0.0.1:{port}" for key, port in zip(keys, ports, strict=True)}
    lines = "".join(f"{key}={endpoint}\n" for key, endpoint in at.items())
    path = tmp_path / "position_server.ini"
    path.write_text(f"[GLOBAL]\nEXCHANGE_NAME=BINANCE\n[ZMQ]\n{lines}")
    return at


def test_zmq_test_of_a_system_that_runs_is_code_0(run, endpoints, tmp_path):
    """Somebody speaks our language at every endpoint."""
    with zmq.Context() as context:
        sockets = []
        for endpoint in endpoints.values():
            sockets.append(context.socket(zmq.PUB))
            sockets[-1].bind(endpoint)
        result = run("zmq-test", str(tmp_path / "position_server.ini"), "--json")
        for one in sockets:
            one.close(0)

    assert result.code == 0, result.out
    assert {name: answer["detail"] for name, answer in told(result).items()} == dict.fromkeys(
        endpoints, "answers"
    )


def test_zmq_test_of_a_part_that_runs_is_code_1(run, endpoints, tmp_path):
    """One answers by CURVE, one is a stranger, one is not there: each is told."""
    guarded, foreign, nobody = endpoints
    with zmq.Context() as context, context.socket(zmq.PUB) as one:
        one.set(zmq.CURVE_SERVER, 1)
        one.set(zmq.CURVE_SECRETKEY, zmq.curve_keypair()[1])
        one.bind(endpoints[guarded])
        port = int(endpoints[foreign].rsplit(":", 1)[1])
        with socket.create_server(("127.0.0.1", port)):
            result = run("zmq-test", str(tmp_path / "position_server.ini"), "--json")

    assert result.code == 1, result.out
    assert {name: answer["detail"] for name, answer in told(result).items()} == {
        guarded: "answers, and wants a key",
        foreign: "a connection, but nobody speaks ZMTP there",
        nobody: "nobody there",
    }


class Guarded:
    """A publisher that lets one key in, and a position server's file with a pair of its own."""

    def __init__(self, folder, endpoints, *, lets_in_us=True, names_the_server=True):
        self.server, self.ours = ServerKeys.generate(), ServerKeys.generate()
        other = ServerKeys.generate().public
        self.lets_in = self.ours.public if lets_in_us else other
        expects = self.server.public if names_the_server else other
        path = folder / "position_server.ini"
        keys = (
            f"[CURVE]\nPUBLIC_KEY={self.ours.public.decode()}\n"
            f"SECRET_KEY={self.ours.secret.decode()}\nSERVER_KEY={expects.decode()}\n"
        )
        path.write_text(path.read_text() + keys.replace("$", "$$"))
        path.chmod(0o600)
        self.path, self.at = path, endpoints["TRADE_EVENTS_SUB_ENDPOINT"]

    async def tried(self, run):
        """Try the file while the publisher runs."""
        with context_of_zmq() as context:
            keeper = Doorkeeper(context, {self.lets_in: "process"})
            publisher = Publisher(
                context, self.at, stream=1, epoch=1, clock=CLOCK, keys=self.server
            )
            result = await asyncio.to_thread(run, "zmq-test", str(self.path), "--json")
            publisher.close()
            keeper.close()
        return told(result)["TRADE_EVENTS_SUB_ENDPOINT"]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, (True, "answers")),
        ({"lets_in_us": False}, (False, "answers, and does not let our key in")),
        ({"names_the_server": False}, (False, "is it the process whose key is SERVER_KEY?")),
    ],
    ids=["let-in", "not-on-the-list", "another-server"],
)
def test_zmq_test_shows_the_files_own_keys(run, endpoints, tmp_path, changes, expected):
    """What it tells is what the process will meet."""
    answer = asyncio.run(Guarded(tmp_path, endpoints, **changes).tried(run))

    is_ok, detail = expected
    assert answer["is_ok"] is is_ok
    assert detail in answer["detail"]


def test_zmq_test_needs_a_file_named_after_its_process(run, tmp_path):
    """The name says which endpoints there are."""
    path = tmp_path / "mine.ini"
    path.write_text(MARKET)

    result = run("zmq-test", str(path))

    assert result.code == 2
    assert "a file is named after its process" in result.err
