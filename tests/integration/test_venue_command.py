"""`tradecore venue` as a process: a first start, a session, a kill, an end, a backup."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess

import httpx
import pytest

from support.program import Program, until
from support.venue_server import PLAIN, quick_folder
from tradecore.cli import main

ORDERS = "/api/trading/orders"
LIMIT = {"symbol": "BTCUSDT", "side": "buy", "type": "limit", "quantity": "0.01"}


class Venue:
    """A running command, and what it said of itself."""

    def __init__(self, program, data, *more, **environ):
        self.clients = []
        small = ("--set", "store.segment_bytes=8388608")
        given = ("--data", data, "--port", 0, "--json", *small, *more)
        self.child = program.start("venue", *given, **environ)
        line = self.child.stdout.readline()
        assert line, self.child.log.read_text()
        self.said = json.loads(line)
        self.url = self.said["urls"]["rest"]
        until(self.is_ready, self.child.log.read_text)

    def is_ready(self):
        """Return whether it takes requests."""
        try:
            return self.client().get("/health/ready").status_code == 200
        except httpx.TransportError:
            return False

    def client(self, token=None):
        """Return a client."""
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        client = httpx.Client(base_url=self.url, headers=headers, trust_env=False, verify=PLAIN)
        self.clients.append(client)
        return client

    def leave(self):
        """Close every client."""
        for client in self.clients:
            client.close()

    def end(self):
        """Ask it to end, and return how it did."""
        self.leave()
        self.child.send_signal(signal.SIGTERM)
        return self.child.wait(30)


@pytest.fixture
def program(tmp_path):
    """Return what starts commands in a folder of the test's."""
    running = Program(tmp_path)
    yield running
    running.end()
    for child in running.children:
        child.stdout.close()


@pytest.fixture
def data():
    """Lend a folder for a venue."""
    with quick_folder() as folder:
        yield folder


def open_numbers(client):
    """Return the numbers of a trader's open orders."""
    listed = client.get("/api/orders", params={"status": "active", "limit": 1_000}).json()["data"]
    return {one["orderId"] for one in listed}


def session_of(guide, name="field()"):
    """Return what the guide says to type, by a function of it."""
    blocks = re.findall(r"```sh\n(.*?)```", guide.read_text(), re.DOTALL)
    (session,) = (block for block in blocks if name in block)
    return session


def type_in(session, venue):
    """Type a session, with the key that the venue printed, and return its answers."""
    first = venue.said["first"]
    done = subprocess.run(
        [shutil.which("bash"), "-euo", "pipefail", "-c", session],
        env={
            "PATH": os.environ["PATH"],
            "VENUE": venue.url,
            "NATIVE": venue.said["urls"]["order_entry"],
            "API_KEY": first["api_key"],
            "API_SECRET": first["api_secret"],
        },
        capture_output=True,
        text=True,
        timeout=50,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines() if line.strip()]


@pytest.mark.timeout(300)
def test_the_life_of_a_venue(program, data, project_root):
    """A session, orders, a backup, a kill: the restart and the copy have what was answered."""
    venue = Venue(program, data)
    first = venue.said["first"]
    book, changed, listed, gone, read, summary = type_in(
        session_of(project_root / "docs/guides/running_a_venue.md"), venue
    )
    assert book["bids"] == [["45000", "0.5"]]
    assert changed["price"] == listed["data"][0]["price"] == "44900"
    assert gone["status"] == read["status"] == "cancelled"
    assert summary["openOrders"] == 0
    placed, swept = type_in(
        session_of(project_root / "docs/guides/running_a_venue.md", "send()"), venue
    )
    assert (placed["status"], swept) == ("new", {"cancelled": 1})

    trader = venue.client(first["token"])
    answered = [
        trader.post(ORDERS, json={**LIMIT, "price": f"{44000 + n}"}).json()["orderId"]
        for n in range(20)
    ]
    trader.post(ORDERS, json={**LIMIT, "side": "sell", "type": "market"})
    saved, copy = data.parent / "saved.tar.gz", data.parent / "copy"
    assert program.run("backup", data, saved)[0] == 0
    trader.delete(f"{ORDERS}/{answered[0]}")
    summary = trader.get("/api/positions/portfolio/summary").json()
    code, _, told = program.run("venue", "--data", data, "--port", 0)
    assert (code, "journal" in told) == (1, True), told
    venue.child.send_signal(signal.SIGKILL)
    venue.child.wait()
    venue.leave()

    again = Venue(program, data)
    trader = again.client(first["token"])
    assert again.said["first"] is None
    # The market order met the best bid, the last one.
    assert open_numbers(trader) == {*answered[1:-1]}
    found = trader.get("/api/positions/portfolio/summary").json()
    same = ("cash", "equity", "openOrders", "marginUsed")
    assert {name: found[name] for name in same} == {name: summary[name] for name in same}
    filled = trader.get(f"/api/orders/{answered[-1]}").json()
    assert (filled["status"], filled["filledQuantity"]) == ("filled", "0.01")
    assert [one["liquidity"] for one in filled["fills"]] == ["maker"]
    more = trader.post(ORDERS, json={**LIMIT, "price": "43000"}).json()["orderId"]
    assert more not in answered
    assert again.end() == 0

    code, out, _ = program.run("restore", saved, copy, "--json")
    assert (code, json.loads(out)["sequence"] > 0) == (0, True)
    restored = Venue(program, copy)
    assert open_numbers(restored.client(first["token"])) == {*answered[:-1]}
    assert restored.end() == 0
    for one in (venue, again, restored):
        told = one.child.log.read_text()
        assert first["api_secret"] not in told
        assert "Traceback" not in told


@pytest.mark.timeout(120)
def test_what_it_prints_for_people(program, data):
    """Addresses, the folder, and once what opens it; the port and the level of its log are told."""
    child = program.start("venue", "--data", data, PORT="0", LOG_LEVEL="error")
    lines = [child.stdout.readline() for _ in range(14)]
    child.send_signal(signal.SIGTERM)

    assert child.wait(30) == 0
    text = "".join(lines)
    for word in ("rest", "streams", "docs", "login", "password", "api_key", "api_secret", "token"):
        assert re.search(rf"^{word} +\S", text, re.MULTILINE), text
    assert "shown once" in text
    assert ":3003" not in text
    assert "draining" not in child.log.read_text()


@pytest.mark.parametrize(
    ("arguments", "environ", "code", "message"),
    [
        pytest.param(["--set", "server.colour=1"], {}, 4, "unknown key 'colour'", id="key"),
        pytest.param(["nowhere.ini"], {}, 3, "no such file", id="file"),
        pytest.param([], {"PORT": "x"}, 4, "environment variable PORT", id="port"),
        pytest.param([], {"JWT_SECRET": "short"}, 4, "JWT_SECRET", id="short-secret"),
        pytest.param([], {"JWT_SECRET": "your-jwt-secret"}, 4, "JWT_SECRET", id="sample"),
        pytest.param([], {"ENCRYPTION_KEY": "x" * 31}, 4, "ENCRYPTION_KEY", id="encryption-key"),
        pytest.param([], {"DATABASE_URL": "mongodb://x"}, 1, "sqlite or postgresql", id="database"),
    ],
)
def test_what_it_does_not_start_with(  # noqa: PLR0917
    data, arguments, environ, code, message, monkeypatch, capsys
):
    """Each with its exit code, and a message that names the setting and shows no secret."""
    for name, value in environ.items():
        monkeypatch.setenv(name, value)

    found = main(["venue", *arguments, "--data", str(data)])

    told = capsys.readouterr().err
    assert found == code, told
    assert message in told
    for name, secret in environ.items():
        assert name in {"PORT", "DATABASE_URL"} or secret not in told
    assert "Traceback" not in told


def test_a_secret_in_an_open_file_is_refused(tmp_path, monkeypatch, capsys):
    """A `.env` that others can read holds no secret; one of the owner alone may."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_text(f"JWT_SECRET={'s3cr3t-of-a-test' * 4}\n")
    (tmp_path / ".env").chmod(0o644)

    found = main(["venue", "--data", str(tmp_path / "data")])

    told = capsys.readouterr().err
    assert (found, "chmod 600" in told) == (4, True), told
    assert "s3cr3t" not in told
