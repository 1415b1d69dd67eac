"""Every key of the full engine file has an effect, or is refused with its reason."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from pydantic import SecretStr

from tradecore.config import ConfigError, effective
from tradecore.core import InputError
from tradecore.exchanges.base import ConnectorSettings, Endpoints
from tradecore.processes import wiring
from tradecore.processes.launch import health_address, process_name
from tradecore.processes.order_retries import OrderRetries
from tradecore.processes.settings import KINDS, load_process
from tradecore.processes.trading_engine import STREAMS

MS = 1_000_000
KEYS = ("global.api_key=k-for-tests", "global.api_secret=s-for-tests")
ENVIRON = {
    "TRADECORE__GLOBAL__API_KEY": "k-for-tests",
    "TRADECORE__GLOBAL__API_SECRET": "s-for-tests",
}


class Venue:
    """Addresses of a venue, and of its double for tests."""

    name = "BINANCE"

    def endpoints(self, *, asset_type, is_testnet):
        """Return either."""
        if asset_type not in {"futures", "spot"}:
            raise InputError(f"assets are futures or spot: asset_type={asset_type!r}")
        host = "test.example" if is_testnet else f"{asset_type}.example"
        return Endpoints(
            rest=f"https://rest.{host}",
            channels={
                "public": f"wss://stream.{host}/public/ws",
                "market": f"wss://stream.{host}/market/ws",
                "private": f"wss://stream.{host}/private/ws",
                "api": f"wss://api.{host}/ws-fapi/v1",
            },
        )


@pytest.fixture
def engine(read_with):
    """Return a function that reads an engine's settings with some keys set."""

    def engine(*overrides):
        return read_with("trading_engine", *overrides, environ=ENVIRON)

    return engine


def connector(settings) -> ConnectorSettings:
    """Return what the engine's roles are made from."""
    return wiring.connector_settings(settings, Venue(), channels=("private", "api"), needs_key=True)


# What a key is set to, and what that changes: each names the part that uses it.
EFFECTS = [
    ("global.process_name=engine7", lambda s: process_name("trading_engine", s), "engine7"),
    ("global.exchange_name=DERIBIT", lambda s: s.endpoints()["TRADER_SUB_ENDPOINT"][-4:], "7103"),
    ("global.asset_type=spot", lambda s: connector(s).endpoints.rest, "https://rest.spot.example"),
    (
        "global.testnet_mode=true",
        lambda s: connector(s).endpoints.rest,
        "https://rest.test.example",
    ),
    ("global.log_level=error", lambda s: s.global_.log_level, "ERROR"),
    ("global.log_file=engine.log", lambda s: s.global_.log_file, "engine.log"),
    (
        "zmq.order_events_pub_endpoint=tcp://127.0.0.1:5001",
        lambda s: s.endpoints()[STREAMS["orders"][1]],
        "tcp://127.0.0.1:5001",
    ),
    (
        "zmq.trade_events_pub_endpoint=tcp://127.0.0.1:5001",
        lambda s: s.endpoints()[STREAMS["account"][1]],
        "tcp://127.0.0.1:5001",
    ),
    (
        "zmq.order_status_pub_endpoint=tcp://127.0.0.1:5001",
        lambda s: s.endpoints()[STREAMS["status"][1]],
        "tcp://127.0.0.1:5001",
    ),
    (
        "zmq.trader_sub_endpoint=ipc:///run/tc/7003",
        lambda s: s.endpoints()["TRADER_SUB_ENDPOINT"],
        "ipc:///run/tc/7003",
    ),
    (
        "zmq.position_server_sub_endpoint=tcp://127.0.0.1:5001",
        lambda s: s.endpoints()["POSITION_SERVER_SUB_ENDPOINT"],
        "tcp://127.0.0.1:5001",
    ),
    ("order_management.order_timeout_ms=700", lambda s: desk(s).queue_timeout_ns, 700 * MS),
    ("order_management.order_timeout_ms=700", lambda s: desk(s).answer_timeout_ns, 700 * MS),
    ("order_management.order_queue_size=7", lambda s: desk(s).queue_max, 7),
    ("order_management.retry_failed_orders=false", lambda s: retries(s).retries_max, 0),
    ("order_management.max_order_retries=7", lambda s: retries(s).retries_max, 7),
    (
        "order_management.order_processing_threads=9 performance.max_worker_threads=64",
        wiring.workers_of,
        13,
    ),
    ("http_api.http_timeout_ms=700", lambda s: wiring.http_settings(s).timeout_ns, 700 * MS),
    ("http_api.http_max_retries=7", lambda s: wiring.pump_settings(s).repeats_max, 7),
    (
        "http_api.http_retry_delay_ms=70",
        lambda s: wiring.pump_settings(s).repeats.first_ns,
        70 * MS,
    ),
    ("http_api.http_retry_delay_ms=70", lambda s: retries(s).delay_ns, 70 * MS),
    ("http_api.api_requests_per_second=70", lambda s: rule(s, 0), (70, 1_000 * MS)),
    ("http_api.api_burst_limit=30", lambda s: rule(s, 0), (30, 3_000 * MS)),
    ("http_api.api_requests_per_minute=70", lambda s: rule(s, 1), (70, 60_000 * MS)),
    ("order_management.max_orders_per_second=8", lambda s: rule(s, 2), (10, 1_000 * MS)),
    ("http_api.auth_method=ed25519", lambda s: connector(s).credentials.method, "ed25519"),
    (
        "http_api.signature_timestamp_tolerance_ms=700",
        lambda s: connector(s).receive_window_ms,
        700,
    ),
    (
        "http_api.signature_timestamp_tolerance_ms=700",
        lambda s: desk(s).outcomes.receive_window_ns,
        700 * MS,
    ),
    (
        "websocket.ws_reconnect_interval_ms=700",
        lambda s: wiring.pump_settings(s).backoff.cap_ns,
        700 * MS,
    ),
    (
        "websocket.ws_ping_interval_ms=700",
        lambda s: wiring.pump_settings(s).websocket.ping_interval_ns,
        700 * MS,
    ),
    (
        "websocket.ws_pong_timeout_ms=700",
        lambda s: wiring.pump_settings(s).websocket.pong_timeout_ns,
        700 * MS,
    ),
    (
        "websocket.ws_max_reconnect_attempts=7",
        lambda s: wiring.pump_settings(s).backoff.alarm_after,
        7,
    ),
    (
        "websocket.ws_connection_timeout_ms=700",
        lambda s: wiring.pump_settings(s).websocket.connect_timeout_ns,
        700 * MS,
    ),
    (
        "websocket.ws_max_message_size_kb=7",
        lambda s: wiring.pump_settings(s).websocket.message_bytes_max,
        7_168,
    ),
    (
        "websocket.ws_message_buffer_size=70",
        lambda s: wiring.bus_limits(s.safety, s.websocket).high_water,
        70,
    ),
    ("websocket.ws_processing_threads=9 performance.max_worker_threads=64", wiring.workers_of, 13),
    (
        "websocket.private_channels=order_update",
        lambda s: connector(s).channels,
        frozenset({"order_update"}),
    ),
    ("risk_management.max_position_size=7", lambda s: s.risk_management.max_position_size, 7),
    (
        "risk_management.max_position_per_symbol=7",
        lambda s: s.risk_management.max_position_per_symbol,
        7,
    ),
    ("risk_management.max_daily_loss=7", lambda s: s.risk_management.max_daily_loss, 7),
    ("performance.max_worker_threads=3", wiring.workers_of, 3),
    ("performance.http_pool_size=7", lambda s: wiring.http_settings(s).connections_max, 7),
    ("performance.memory_limit_mb=77", lambda s: s.performance.memory_limit_mb, 77),
    ("performance.cpu_limit_percent=77", lambda s: s.performance.cpu_limit_percent, 77),
    ("monitoring.health_port=77", lambda s: health_address("trading_engine", s)[1], 77),
    ("monitoring.health_host=::1", lambda s: health_address("trading_engine", s)[0], "::1"),
    (
        "safety.heartbeat_interval_ms=70",
        lambda s: wiring.bus_limits(s.safety).heartbeat_ns,
        70 * MS,
    ),
    ("safety.silence_timeout_ms=700", lambda s: wiring.bus_limits(s.safety).dead_ns, 700 * MS),
    ("safety.external_orders=halt", lambda s: desk(s).orphans, "halt"),
    ("safety.audit_interval_ms=7000", lambda s: desk(s).audit_every_ns, 7_000 * MS),
]


def desk(settings):
    """Return how the desk behaves."""
    return wiring.desk_settings(settings)


def retries(settings):
    """Return how often an order that was not sent is tried again."""
    delay_ns = settings.http_api.http_retry_delay_ms * MS
    return OrderRetries(settings.order_management.retries, delay_ns)


def rule(settings, number):
    """Return a limit we set ourselves: how many, in how long."""
    found = wiring.own_rules(settings.http_api, settings.order_management)[number]
    return found.capacity, found.period_ns


@pytest.mark.parametrize(
    ("override", "part", "value"),
    EFFECTS,
    ids=[f"{number}-{override}" for number, (override, _, _) in enumerate(EFFECTS)],
)
def test_a_key_reaches_the_part_it_is_for(engine, override, part, value):
    """What is set is what the part is made with."""
    assert part(engine(*override.split())) == value


def test_threads_of_messages_are_those_of_the_bus(engine):
    """ZeroMQ moves messages in so many threads of its own."""
    import zmq  # noqa: PLC0415 - only here

    context = wiring.bus_context(engine("performance.message_processing_threads=3").performance)

    assert context.get(zmq.IO_THREADS) == 3
    context.term()


def test_a_pool_too_small_for_the_streams_is_refused(engine):
    """The engine has two connections."""
    with pytest.raises(InputError, match=r"needs 2 connections .*WEBSOCKET_POOL_SIZE=1"):
        connector(engine("performance.websocket_pool_size=1"))


def test_addresses_are_those_given_and_the_backup_is_second(engine):
    """An address without a route gets the venue's own; the old `/ws` is such a one."""
    settings = engine(
        "http_api.http_base_url=https://mine.example/",
        "websocket.ws_private_url=wss://mine.example/ws",
        "websocket.ws_private_backup_url=wss://other.example/some/path",
    )

    endpoints = connector(settings).endpoints

    assert endpoints.rest == "https://mine.example"
    assert endpoints.urls("private") == (
        "wss://mine.example/private/ws",
        "wss://other.example/some/path",
    )


def test_an_order_never_goes_to_the_venue_while_the_rest_is_on_this_machine(engine):
    """One forgotten address would trade for real."""
    settings = engine(
        "http_api.http_base_url=http://127.0.0.1:80",
        "websocket.ws_private_url=ws://127.0.0.1:80",
    )

    with pytest.raises(InputError, match="WS_PRIVATE_URL is, WS_API_URL is not"):
        connector(settings)


def test_a_test_run_does_not_use_real_addresses(engine):
    """`TESTNET_MODE` beside the requirement's own production address."""
    settings = engine(
        "global.testnet_mode=true", "http_api.http_base_url=https://rest.futures.example"
    )

    with pytest.raises(InputError, match="TESTNET_MODE=true beside an address where money is real"):
        connector(settings)


@pytest.mark.parametrize("missing", ["API_KEY", "API_SECRET"])
def test_half_a_key_is_refused(read_with, missing):
    """Both or neither, whatever the process."""
    environ = {name: text for name, text in ENVIRON.items() if not name.endswith(missing)}

    for kind in ("trading_engine", "position_server", "market_server"):
        with pytest.raises(
            ConfigError, match=rf"{missing} is missing, set it or BINANCE_{missing} \("
        ) as e:
            read_with(kind, environ=environ)
        assert e.value.exit_code == 4
        assert "for-tests" not in str(e.value)


def test_an_engine_without_a_key_says_which_to_set(read_with):
    """By the names of the variables."""
    with pytest.raises(ConfigError, match="set BINANCE_API_KEY and BINANCE_API_SECRET"):
        connector(read_with("trading_engine"))


REFUSALS = [
    ("websocket.enable_private_websocket=false", "without the private stream fills would go"),
    ("websocket.private_channels=prices", "a private channel is one of order_update"),
    ("websocket.private_channels=trade_update", "orders cannot be followed without order_update"),
    ("http_api.http_base_url=http://venue.example", "http:// is for this machine only"),
    ("websocket.ws_api_url=ws://venue.example", "ws:// is for this machine only"),
    ("websocket.ws_api_url=https://venue.example", "an address starts with wss://"),
    ("http_api.signature_timestamp_tolerance_ms=60001", "less than or equal to 60000"),
    ("http_api.auth_method=RSA", "HMAC_SHA256"),
    ("order_management.order_queue_size=0", "greater than or equal to 1"),
    ("risk_management.risk_alert_threshold=1.1", "less than or equal to 1"),
    ("safety.deadman_countdown_ms=5000", "a countdown is at least twice its refresh"),
    ("zmq.trader_sub_endpoint=tcp://10.0.0.1:7003", "other machines can reach is encrypted"),
    ("zmq.trader_sub_endpoint=7003", "an endpoint is tcp://HOST:PORT"),
    ("zmq.trader_sub_endpoint=tcp://127.0.0.1:6002", "an endpoint has one purpose"),
    ("curve.server_key=" + "a" * 40, "other processes' keys need our own"),
    ("global.log_level=LOUD", "LOUD"),
    ("global.environment=moon", "moon"),
    ("monitoring.alert_webhook_url=x", "a secret on the command line"),
    ("global.pass=1", "unknown key 'pass'"),
]


@pytest.mark.parametrize(("override", "reason"), REFUSALS, ids=[text for text, _ in REFUSALS])
def test_what_cannot_be_is_refused_with_its_reason(engine, override, reason):
    """The rule, and the value that breaks it."""
    with pytest.raises(ConfigError, match=re.escape(reason)):
        engine(override)


PRODUCTION = [
    ("global.log_level=DEBUG", "debug lines show what orders say"),
    ("global.testnet_mode=true", "a venue for tests is not for production"),
    ("http_api.http_base_url=http://127.0.0.1:80", "addresses of a venue are encrypted"),
    ("monitoring.alert_on_errors=false", "somebody is told of errors in production"),
    ("risk_management.enable_pre_trade_checks=false", "orders are held against limits"),
]


@pytest.mark.parametrize(("override", "reason"), PRODUCTION, ids=[text for text, _ in PRODUCTION])
def test_production_refuses_what_is_for_trying_out(read_with, override, reason):
    """The same is allowed elsewhere."""
    read_with("trading_engine", override)

    with pytest.raises(ConfigError, match=reason):
        read_with("trading_engine", override, environ={"ENVIRONMENT": "production"})


@pytest.mark.parametrize("kind", KINDS)
def test_every_setting_says_what_it_does(kind, read):
    """No key without a sentence; every section without one either."""
    schema = KINDS[kind]
    for section in schema.model_fields.values():
        model = section.annotation
        assert model.__doc__
        for name, field in model.model_fields.items():
            is_section = hasattr(field.annotation, "model_fields")
            assert field.description or is_section, f"{model.__name__}.{name}"
    assert read(kind) is not None


def test_a_secret_is_never_shown(write):
    """What is in force is told with stars."""
    path = write("[GLOBAL]\nEXCHANGE_NAME=BINANCE\n", "trading_engine.ini")
    loaded = load_process(KINDS["trading_engine"], path, environ=ENVIRON)

    shown = {row.key: row.value for row in effective(loaded)}

    assert (shown["api_key"], shown["api_secret"]) == ("***", "***")
    assert loaded.settings.global_.api_key == SecretStr("k-for-tests")


def test_money_is_exact(engine):
    """A limit is a decimal, not a float."""
    settings = engine("risk_management.max_position_size=0.1")

    assert settings.risk_management.max_position_size == Decimal("0.1")
