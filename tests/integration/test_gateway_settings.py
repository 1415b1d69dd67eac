"""Each variable of a venue has its effect, over a real socket."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import jwt
import pytest
import redis
import sqlalchemy as sa

from support.databases import postgres_server, redis_server
from support.program import until
from support.venue_server import quick_folder, running_venue
from tradecore.config import ConfigError
from tradecore.gateway.places import database_url, secrets_given
from tradecore.gateway.settings import PLAIN_NAMES, load_venue
from tradecore.identity.sealing import SealError
from tradecore.store.identity_secrets import venue_secrets
from tradecore.store.identity_service import IdentityService, IdentitySettings, open_identity

ORDERS = "/api/trading/orders"
SOL = {"symbol": "SOLUSDT", "side": "buy", "type": "limit", "quantity": "1", "price": "100"}
ENVIRON = {
    "MAX_ORDER_VALUE": "2000",
    "MAX_POSITION_VALUE": "2500",
    "MAX_POSITION_SIZE": "22",
    "MAX_LEVERAGE": "3",
    "MAX_QUEUE_SIZE": "3",
    "PROCESS_INTERVAL": "20",
    "CIRCUIT_BREAKER_THRESHOLD": "2",
    "JWT_SECRET": "a-secret-of-a-test-that-is-long-enough-0123456789",
    "ENCRYPTION_KEY": "00112233445566778899aabbccddeeff" * 2,
}


@pytest.fixture(scope="module")
def venue():
    """Return a venue with every variable set that needs no server."""
    with quick_folder() as folder, running_venue(folder, environ=ENVIRON) as running:
        yield SimpleNamespace(running=running, folder=folder)


def trader_of(running, account, amount="100000"):
    """Return a client with an account and money of its own."""
    with running.client(running.admin()) as admin:
        money = {"amount": amount, "reason": "a test"}
        answer = admin.post(f"/admin/accounts/{account}/deposits", json=money)
        assert answer.status_code == 200, answer.text
    return running.client(running.token(f"t{account}", account=account))


def place(client, **changes):
    """Place an order and return its answer."""
    return client.post(ORDERS, json={**SOL, **changes})


def test_max_order_value(venue):
    """One order is worth no more."""
    with trader_of(venue.running, 11) as trader:
        codes = [place(trader, quantity=quantity).json().get("code") for quantity in ("20", "21")]

    assert codes == [None, "MAX_ORDER_VALUE"]


def test_max_position_value(venue):
    """What works on one side is worth no more together, at the mark."""
    with trader_of(venue.running, 12) as trader:
        place(trader, symbol="ETHUSDT", price="2400", quantity="0.8")
        refused = place(trader, symbol="ETHUSDT", price="2400", quantity="0.4")

    assert (refused.json()["code"], refused.json()["limit"]) == ("MAX_POSITION_VALUE", "2500")


def test_max_position_size(venue):
    """What works on one side is no more together, in base units."""
    with trader_of(venue.running, 13) as trader:
        place(trader, quantity="15")
        refused = place(trader, quantity="8")

    assert (refused.json()["code"], refused.json()["limit"]) == ("MAX_POSITION_QTY", "22")


def test_max_leverage(venue):
    """Exposure is at most so many times equity."""
    with trader_of(venue.running, 14, amount="500") as trader:
        codes = [place(trader, quantity=quantity).json().get("code") for quantity in ("14", "2")]

    assert codes == [None, "MAX_LEVERAGE"]


def test_risk_limits_enabled():
    """Switched off, none of the limits holds; margin does."""
    environ = {**ENVIRON, "RISK_LIMITS_ENABLED": "false", "PROCESS_INTERVAL": "0"}
    with (
        quick_folder() as folder,
        running_venue(folder, environ=environ) as running,
        trader_of(running, 15) as trader,
    ):
        placed = place(trader, quantity="100")
        limits = trader.get("/api/risk/limits").json()
        refused = place(trader, quantity="100000")

    assert placed.status_code == 201
    assert (limits["isEnabled"], limits["maxOrderValue"]) == (False, None)
    assert refused.json()["code"] == "INSUFFICIENT_MARGIN"


def test_max_queue_size(venue):
    """While the disk is busy so many commands wait; one more is told to come again."""
    running = venue.running
    may_go_on = threading.Event()
    queue = running.gateway.floor.queue
    with trader_of(running, 16) as trader, ThreadPoolExecutor(4) as pool:
        queue.disk.submit(may_go_on.wait, 10)
        try:
            first = pool.submit(place, trader)
            until(lambda: not queue.status().depth and not queue._is_settled.is_set(), "at work")
            waiting = [pool.submit(place, trader, price=f"{90 + n}") for n in range(3)]
            until(lambda: queue.status().depth == 3, "three wait")
            refused = place(trader, price="80")
        finally:
            may_go_on.set()
        answers = [one.result(10).status_code for one in (first, *waiting)]

    assert (refused.status_code, refused.json()["code"]) == (503, "QUEUE_FULL")
    assert answers == [201] * 4


def test_process_interval(venue):
    """Commands that come within it share one wait for the disk."""
    floor = venue.running.gateway.floor

    async def commands():
        before = floor.queue.status().batches
        await asyncio.gather(*(floor.command(lambda _now_ns: None) for _ in range(3)))
        return floor.queue.status().batches - before

    batches = asyncio.run_coroutine_threadsafe(commands(), venue.running.loop).result(10)

    # A tick of the venue's clock may come in between.
    assert batches <= 2


def test_circuit_breaker_threshold(venue):
    """So many errors of ours in a row, and new orders wait for an administrator."""
    running = venue.running
    breaker = running.gateway.floor.queue.breaker

    with trader_of(running, 17) as trader:
        opened = running.within(lambda: [breaker.failed(), breaker.failed()])
        refused = place(trader)
    running.within(breaker.reset)

    assert opened == [False, True]
    assert refused.json()["code"] == "ENGINE_BREAKER_OPEN"


def test_jwt_secret(venue):
    """It signs tokens: whoever has it can check one."""
    token = venue.running.token("signed", account=18)

    claims = jwt.decode(
        token, ENVIRON["JWT_SECRET"], algorithms=["HS256"], options={"verify_aud": False}
    )

    assert claims["acc"] == 18
    assert "JWT_SECRET" not in (venue.folder / "secrets.env").read_text()


def test_encryption_key(venue):
    """It seals the secrets of keys: with another one they are not opened."""
    venue.running.token("sealed", account=19)
    settings = load_venue(environ={}, overrides=[f"store.data={venue.folder}"]).settings
    others = secrets_given(settings, {**ENVIRON, "ENCRYPTION_KEY": "0123456789abcdef" * 4})
    database = open_identity(database_url(settings, venue.folder))
    try:
        with pytest.raises(SealError, match="key"):
            IdentityService(
                database, IdentitySettings(venue_secrets(venue.folder, others)), now_ns=1
            )
    finally:
        database.close()


def test_database_url():
    """Records are where it says: a real PostgreSQL has the order, and lists come from it."""
    with postgres_server() as server, quick_folder() as folder:
        url = server.format(name="postgres")
        with running_venue(folder, environ={"DATABASE_URL": url}) as running:
            with trader_of(running, 20) as trader:
                number = place(trader).json()["orderId"]
                listed = trader.get("/api/orders").json()["data"]
            engine = running.gateway.floor.records.engine
            with engine.connect() as connection:
                rows = connection.execute(sa.text("select order_id from orders")).all()
            dialect = engine.dialect.name
        kept = {one.name for one in folder.iterdir()}

    assert dialect == "postgresql"
    assert [one["orderId"] for one in listed] == [number]
    assert [str(row.order_id) for row in rows] == [number]
    assert "records.db" not in kept


def test_redis_url():
    """Books that were asked for are there for other readers; without Redis all goes on."""
    with (
        redis_server() as (url, process),
        quick_folder() as folder,
        running_venue(folder, environ={"REDIS_URL": url}) as running,
        trader_of(running, 21) as trader,
    ):
        place(trader)
        book = trader.get("/api/trading/orderbook/SOLUSDT", params={"depth": 5}).json()
        with redis.Redis.from_url(url) as client:
            kept = client.get("tradecore:book:SOLUSDT:5")
        healthy = trader.get("/health").json()["status"]
        process.kill()
        process.wait()
        place(trader, price="99")
        other = trader.get("/api/trading/orderbook/SOLUSDT", params={"depth": 5}).json()

    assert book["bids"] == [["100", "1"]]
    assert b'"100' in kept
    assert healthy == "pass"
    assert other["bids"] == [["100", "1"], ["99", "1"]]


@pytest.mark.parametrize("name", sorted(PLAIN_NAMES))
def test_a_variable_that_is_empty_counts_as_not_set(name):
    """Compose files hand on what they were not given as empty text."""
    assert load_venue(environ={name: ""}).settings == load_venue(environ={}).settings


@pytest.mark.parametrize(
    ("environ", "overrides", "match"),
    [
        pytest.param({"PORT": "70000"}, [], "PORT", id="port"),
        pytest.param({"MAX_QUEUE_SIZE": "0"}, [], "MAX_QUEUE_SIZE", id="queue"),
        pytest.param({"MAX_LEVERAGE": "-1"}, [], "MAX_LEVERAGE", id="leverage"),
        pytest.param({"RISK_LIMITS_ENABLED": "perhaps"}, [], "RISK_LIMITS_ENABLED", id="truth"),
        pytest.param({}, ["server.cors_origins=*"], "an origin is scheme and host", id="origin"),
        pytest.param({}, ["server.ops_networks=x"], "ops_networks", id="network"),
        pytest.param({}, ["engine.speed=1"], "unknown key 'speed'", id="unknown"),
    ],
)
def test_a_setting_that_cannot_be_is_refused_by_name(environ, overrides, match):
    """And nothing starts."""
    with pytest.raises(ConfigError, match=match):
        load_venue(environ=environ, overrides=overrides)


def test_a_file_names_instruments(tmp_path):
    """Its sections are what is traded, in their order; all share one quote."""
    path = tmp_path / "venue.ini"
    section = "[INSTRUMENTS.{}]\nBASE={}\nQUOTE={}\nTICK_SIZE=0.1\nLOT_SIZE=0.01\nPRICE=5\n"
    path.write_text(section.format("AUSD", "A", "USD") + section.format("BUSD", "B", "USD"))
    path.chmod(0o600)
    settings = load_venue(path, environ={}).settings
    path.write_text(section.format("AUSD", "A", "USD") + section.format("BEUR", "B", "EUR"))

    assert [*settings.instruments] == ["AUSD", "BUSD"]
    with pytest.raises(ConfigError, match="share one quote"):
        load_venue(path, environ={})
