"""Keys of traders, market servers and position servers: what each reaches, and what none takes."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from tradecore.config import ConfigError
from tradecore.exchanges.binance import PLUGIN
from tradecore.exchanges.binance.streams import streams_of
from tradecore.model import Subscription
from tradecore.processes import wiring
from tradecore.processes.launch import health_address, process_name

MS = 1_000_000
A = "tcp://127.0.0.1:5001"


ENDPOINT = "subscribers.inventory_sub_endpoint"


def first(settings):
    """Return the addresses of the first venue."""
    return settings.venues()[0]


def limits(settings):
    """Return the habits of its sockets."""
    return wiring.bus_limits(settings.safety)


def second(settings):
    """Return the addresses of the second."""
    return settings.venues()[1]


TRADER = [
    ("global.process_name=maker7", lambda s: process_name("trader", s), "maker7"),
    ("global.enabled_exchanges=DERIBIT", lambda s: first(s).commands, "tcp://127.0.0.1:7103"),
    ("publishers.order_events_pub_endpoint=" + A, lambda s: first(s).order_events, A),
    ("publishers.position_events_pub_endpoint=" + A, lambda s: first(s).positions, A),
    ("subscribers.market_server_sub_endpoint=" + A, lambda s: first(s).market_data, A),
    ("subscribers.trading_engine_sub_endpoint=" + A, lambda s: first(s).commands, A),
    ("subscribers.position_server_sub_endpoint=" + A, lambda s: first(s).positions, A),
    (
        "subscribers.inventory_sub_endpoint=" + A,
        lambda s: s.endpoints()["INVENTORY_SUB_ENDPOINT"],
        A,
    ),
    ("monitoring.health_port=77", lambda s: health_address("trader", s)[1], 77),
    (
        "safety.heartbeat_interval_ms=70",
        lambda s: wiring.bus_limits(s.safety).heartbeat_ns,
        70 * MS,
    ),
    ("safety.silence_timeout_ms=700", lambda s: limits(s).dead_ns, 700 * MS),
    ("performance.max_worker_threads=1", wiring.workers_of, 1),
    ("performance.message_processing_threads=3", wiring.workers_of, 3),
    ("strategy.params.SPREAD=5", lambda s: s.strategy.params, {"spread": "5"}),
    ("strategy.symbols=BTCUSDT,ETHUSDT", lambda s: s.strategy.symbols, ("BTCUSDT", "ETHUSDT")),
]
PARAMS = "[STRATEGY.PARAMS]\nSPREAD=5\nmixedCase=6\n"
SECOND = [
    ("market_server_sub_endpoint", "market_data"),
    ("trading_engine_sub_endpoint", "commands"),
    ("order_events_sub_endpoint", "order_events"),
    ("position_server_sub_endpoint", "positions"),
]
POSITION = [
    ("zmq.trade_events_sub_endpoint=" + A, "TRADE_EVENTS_SUB_ENDPOINT"),
    ("zmq.position_events_pub_endpoint=" + A, "POSITION_EVENTS_PUB_ENDPOINT"),
    ("zmq.position_updates_pub_endpoint=" + A, "POSITION_UPDATES_PUB_ENDPOINT"),
]


@pytest.mark.parametrize(("override", "part", "value"), TRADER, ids=[row[0] for row in TRADER])
def test_a_key_of_a_trader_reaches_the_part_it_is_for(read_with, override, part, value):
    """What is set is what the part is made with."""
    assert part(read_with("trader", override)) == value


def test_a_strategys_own_settings_lose_capitals_only_where_all_are(read):
    """Files write keys in capitals, Python does not."""
    text = f"[GLOBAL]\n[STRATEGY]\nCLASS=package.module:Maker\n{PARAMS}"

    assert read("trader", text).strategy.params == {"spread": "5", "mixedCase": "6"}


@pytest.mark.parametrize(("key", "part"), SECOND)
def test_a_further_venue_has_a_section_of_its_own(read_with, key, part):
    """`[SUBSCRIBERS.DERIBIT]`; what it leaves out is shifted for the venue."""
    two = "global.enabled_exchanges=BINANCE,DERIBIT"
    plain = second(read_with("trader", two))
    told = second(read_with("trader", two, f"subscribers.deribit.{key}={A}"))

    assert told == replace(plain, **{part: A})


@pytest.mark.parametrize(("override", "name"), POSITION)
def test_a_position_servers_endpoints_are_those_given(read_with, override, name):
    """Each by the key that sets it."""
    assert read_with("position_server", override).endpoints()[name] == A


def test_a_market_servers_endpoint_is_the_one_given(read_with):
    """One is all it has."""
    settings = read_with("market_server", f"zmq.market_data_pub_endpoint={A}")

    assert settings.endpoints() == {"MARKET_DATA_PUB_ENDPOINT": A}


@pytest.mark.parametrize(
    ("interval_ms", "stream"),
    [(0, "@depth@100ms"), (100, "@depth@100ms"), (250, "@depth"), (300, "@depth@500ms")],
)
def test_a_books_interval_is_what_the_venue_is_asked_for(read_with, interval_ms, stream):
    """The next one that it has."""
    settings = read_with("market_server", f"market_data.depth_interval_ms={interval_ms}")
    connector = wiring.connector_settings(
        settings,
        PLUGIN,
        channels=("public", "market"),
        depth_ms=settings.market_data.depth_interval_ms,
    )
    book = Subscription(symbol="BTCUSDT", book=1)

    assert streams_of(book, depth_ms=connector.depth_ms)["public"] == {f"btcusdt{stream}"}


@pytest.mark.parametrize(
    ("channel", "own"),
    [("public", "/public/ws"), ("market", "/market/ws")],
)
def test_addresses_of_market_data_and_their_backups(read_with, channel, own):
    """The one given first, then its backup, each with the venue's own route."""
    settings = read_with(
        "market_server",
        f"websocket.ws_{channel}_url=wss://one.example",
        f"websocket.ws_{channel}_backup_url=wss://two.example/ws",
    )

    endpoints = wiring.connector_settings(settings, PLUGIN, channels=("public", "market")).endpoints

    assert endpoints.urls(channel) == (f"wss://one.example{own}", f"wss://two.example{own}")


def test_an_address_that_takes_orders_may_have_a_backup(read_with):
    """`WS_API_BACKUP_URL` beside the venue's own."""
    environ = {"BINANCE_API_KEY": "k-of-a-test", "BINANCE_API_SECRET": "s-of-a-test"}
    settings = read_with(
        "trading_engine",
        "websocket.ws_api_url=wss://one.example/ws-fapi/v1",
        "websocket.ws_api_backup_url=wss://two.example/ws-fapi/v1",
        environ=environ,
    )

    endpoints = wiring.connector_settings(settings, PLUGIN, channels=("api",)).endpoints

    assert endpoints.urls("api") == (
        "wss://one.example/ws-fapi/v1",
        "wss://two.example/ws-fapi/v1",
    )


REFUSALS = [
    ("market_server", "safety.on_silence=nothing", "unknown key 'on_silence'"),
    ("position_server", "safety.on_silence=nothing", "unknown key 'on_silence'"),
    ("position_server", "risk_management.enable_pre_trade_checks=false", "unknown key"),
    ("position_server", "risk_management.max_order_notional=5", "unknown key"),
    ("trader", "journal.sync=true", "unknown key 'sync'"),
    ("position_server", "journal.sync=true", "unknown key 'sync'"),
    ("market_server", "market_data.collect_candles=true", "unknown key 'collect_candles'"),
    ("market_server", "market_data.symbols=", "symbols"),
    ("market_server", "market_data.depth_interval_ms=1001", "less than or equal to 1000"),
    ("market_server", "market_data.snapshot_interval_ms=99", "greater than or equal to 100"),
    ("trader", "global.enabled_exchanges=BINANCE,BINANCE", "a venue is named once"),
    ("trader", "global.asset_type=spot", "unknown key 'asset_type'"),
    ("trader", "safety.on_silence=hope", "'cancel_all' or 'nothing'"),
    ("trader", "publishers.order_events_pub_endpoint=nowhere", "an endpoint is tcp://HOST:PORT"),
    ("trader", "http_api.http_timeout_ms=100", "unknown"),
    ("trading_engine", "order_management.max_order_rejects=5", "unknown key 'max_order_rejects'"),
    ("trading_engine", "global.self_trade_prevention=none", "unknown key 'self_trade_prevention'"),
    ("trading_engine", "market_data.symbols=BTCUSDT", "unknown"),
    ("trading_engine", "performance.memory_limit_mb=63", "greater than or equal to 64"),
    ("trading_engine", "performance.cpu_limit_percent=0", "greater than or equal to 1"),
    ("trading_engine", "monitoring.metrics_interval_ms=99", "greater than or equal to 100"),
    ("trading_engine", "http_api.refresh_credentials_interval_ms=999", "equal to 1000"),
]


@pytest.mark.parametrize(
    ("kind", "override", "reason"), REFUSALS, ids=[f"{kind}-{key}" for kind, key, _ in REFUSALS]
)
def test_what_a_process_has_no_use_for_is_refused(read_with, kind, override, reason):
    """A key without an effect would be believed to have one."""
    with pytest.raises(ConfigError, match=re.escape(reason)):
        read_with(kind, override)


@pytest.mark.parametrize("key", ["ORDERBOOK", "TICKER", "TRADES"])
def test_a_market_server_follows_something(read, key):
    """All off is a mistake; one is enough."""
    off = "".join(f"COLLECT_{name}=false\n" for name in ("ORDERBOOK", "TICKER", "TRADES"))
    head = "[GLOBAL]\nEXCHANGE_NAME=BINANCE\n[MARKET_DATA]\nSYMBOLS=BTCUSDT\n"

    assert read("market_server", head + off.replace(f"{key}=false", f"{key}=true"))
    with pytest.raises(ConfigError, match="a market server follows something"):
        read("market_server", head + off)
