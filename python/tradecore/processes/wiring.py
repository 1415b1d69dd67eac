"""Settings brought to the parts they are for: one place where each key takes effect."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol
from urllib.parse import urlsplit, urlunsplit

import zmq

from tradecore.config import ConfigError, Place, Problem
from tradecore.core import InputError
from tradecore.exchanges.base import ConnectorSettings, Credentials, Endpoints, RateRule
from tradecore.exchanges.registry import load_exchange
from tradecore.execution.desk_settings import DeskSettings
from tradecore.oms.outcomes import OutcomeRules
from tradecore.processes.settings.bus import is_loopback_url
from tradecore.processes.settings.safe_use import check_addresses
from tradecore.transport.backoff import BackoffRules
from tradecore.transport.bus import BusLimits, ClientKeys, ServerKeys
from tradecore.transport.http import HttpSettings
from tradecore.transport.pump import PumpSettings
from tradecore.transport.websocket import WebSocketSettings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tradecore.exchanges.base import ExchangePlugin
    from tradecore.processes.settings import EngineSettings
    from tradecore.processes.settings.bus import Curve
    from tradecore.processes.settings.http_api import HttpApi
    from tradecore.processes.settings.identity import VenueIdentity
    from tradecore.processes.settings.order_management import OrderManagement
    from tradecore.processes.settings.performance import Performance
    from tradecore.processes.settings.safety import Safety
    from tradecore.processes.settings.websocket import WebSocket

__all__ = [
    "VenueSettings",
    "bus_context",
    "bus_limits",
    "client_keys",
    "connector_settings",
    "desk_settings",
    "http_settings",
    "own_rules",
    "plugin_of",
    "pump_settings",
    "server_keys",
    "workers_of",
]

MS: Final = 1_000_000
SECOND_NS: Final = 1_000_000_000
KIB: Final = 1_024
RESERVE_PERCENT: Final = 20
#: A connection is tried again after this part of the longest wait, and later each time.
FIRST_WAIT_PART: Final = 20


class VenueSettings(Protocol):
    """What the settings of each process that talks to a venue have in common."""

    @property
    def global_(self) -> VenueIdentity:
        """Which process, which venue."""

    @property
    def http_api(self) -> HttpApi:
        """Requests."""

    @property
    def websocket(self) -> WebSocket:
        """Connections."""

    @property
    def performance(self) -> Performance:
        """Limits of the machine."""

    @property
    def safety(self) -> Safety:
        """Silence."""


def plugin_of(settings: VenueSettings) -> ExchangePlugin:
    """Return the plug-in of the venue that is named.

    Raises:
        InputError: If there is none of that name.
    """
    return load_exchange(settings.global_.exchange_name)


def connector_settings(
    settings: VenueSettings,
    plugin: ExchangePlugin,
    *,
    channels: Sequence[str],
    depth_ms: int = 100,
    needs_key: bool = False,
) -> ConnectorSettings:
    """Return what a plug-in's roles are made from.

    Args:
        settings: The process's.
        plugin: The venue's.
        channels: Those that the process will open.
        depth_ms: How often books change, where the venue lets one choose.
        needs_key: Whether the process cannot work without a key.

    Raises:
        ConfigError: If a key is missing.
        InputError: If more connections are named than allowed, some addresses are on this machine
            and others are not, or a test run would use addresses where money is real.
    """
    identity, http, socket = settings.global_, settings.http_api, settings.websocket
    own = plugin.endpoints(asset_type=identity.asset_type, is_testnet=identity.testnet_mode)
    given = socket.overrides()
    if "public" in given and "market" in own.channels:
        given.setdefault("market", given["public"])
    urls = {
        name: tuple(_routed(url, own.channels.get(name, url)) for url in found)
        for name, found in given.items()
    }
    whole = Endpoints(
        rest=http.http_base_url or own.rest,
        channels={**own.channels, **{name: found[0] for name, found in urls.items()}},
        backups={
            **{name: found for name, found in own.backups.items() if name not in urls},
            **{name: found[1:] for name, found in urls.items() if len(found) > 1},
        },
    )
    used = [name for name in channels if name in whole.channels]
    _same_side(whole, used)
    if identity.testnet_mode:
        real = plugin.endpoints(asset_type=identity.asset_type, is_testnet=False)
        tried = (whole.rest, *(url for name in used for url in whole.urls(name)))
        try:
            check_addresses(testnet=True, given=tried, real=(real.rest, *real.channels.values()))
        except ValueError as error:
            raise InputError(str(error)) from error
    if len(used) > settings.performance.websocket_pool_size:
        raise InputError(
            f"this process needs {len(used)} connections to the venue: "
            f"WEBSOCKET_POOL_SIZE={settings.performance.websocket_pool_size}"
        )
    return ConnectorSettings(
        endpoints=whole,
        credentials=_credentials(identity, http, needs_key=needs_key),
        receive_window_ms=http.signature_timestamp_tolerance_ms,
        depth_ms=depth_ms,
        channels=frozenset(socket.private_channels),
    )


def _routed(given: str, own: str) -> str:
    """Return an address with the venue's own route where it names none: `HOST` or `HOST/ws`."""
    parts, route = urlsplit(given), urlsplit(own)
    if parts.path.rstrip("/") not in {"", "/ws", "/stream"}:
        return given
    return urlunsplit((parts.scheme, parts.netloc, route.path, route.query, ""))


def _same_side(endpoints: Endpoints, used: Sequence[str]) -> None:
    """Refuse addresses of which some are on this machine and some are not.

    Orders would go to a real venue while everything else speaks with a local one.
    """
    sides = {"HTTP_BASE_URL": is_loopback_url(endpoints.rest)}
    sides |= {f"WS_{name.upper()}_URL": is_loopback_url(endpoints.channels[name]) for name in used}
    if len(set(sides.values())) > 1:
        local = ", ".join(name for name, is_local in sides.items() if is_local)
        others = ", ".join(name for name, is_local in sides.items() if not is_local)
        raise InputError(
            f"every address of a venue is on this machine or none is: {local} is, {others} is not"
        )


def _credentials(identity: VenueIdentity, http: HttpApi, *, needs_key: bool) -> Credentials | None:
    key, secret = identity.api_key, identity.api_secret
    if key is None or secret is None:
        if needs_key:
            name = identity.exchange_name
            rule = f"this process trades for an account: set {name}_API_KEY and {name}_API_SECRET"
            raise ConfigError([Problem(rule, Place("the environment"))])
        return None
    return Credentials(key=key, secret=secret, method=http.signing)


def http_settings(settings: VenueSettings) -> HttpSettings:
    """Return the limits of the client for requests."""
    timeout_ns = settings.http_api.http_timeout_ms * MS
    return HttpSettings(
        timeout_ns=timeout_ns,
        connect_timeout_ns=min(timeout_ns, 2 * SECOND_NS),
        connections_max=settings.performance.http_pool_size,
        idle_max=settings.performance.http_pool_size,
    )


def pump_settings(settings: VenueSettings) -> PumpSettings:
    """Return how connections and safe requests behave."""
    http, socket = settings.http_api, settings.websocket
    longest_ns = socket.ws_reconnect_interval_ms * MS
    return PumpSettings(
        websocket=WebSocketSettings(
            connect_timeout_ns=socket.ws_connection_timeout_ms * MS,
            message_bytes_max=socket.ws_max_message_size_kb * KIB,
            ping_interval_ns=socket.ws_ping_interval_ms * MS,
            pong_timeout_ns=socket.ws_pong_timeout_ms * MS,
        ),
        backoff=BackoffRules(
            first_ns=max(longest_ns // FIRST_WAIT_PART, MS),
            cap_ns=longest_ns,
            alarm_after=socket.ws_max_reconnect_attempts,
        ),
        repeats_max=http.http_max_retries,
        repeats=BackoffRules(
            first_ns=http.http_retry_delay_ms * MS, cap_ns=http.http_retry_delay_ms * MS * 8
        ),
    )


def own_rules(http: HttpApi, orders: OrderManagement | None = None) -> Sequence[RateRule]:
    """Return the limits we set ourselves, beside those the venue states."""
    rules = [
        RateRule(
            pool="requests",
            capacity=max(http.api_requests_per_second, http.api_burst_limit),
            period_ns=SECOND_NS * max(1, http.api_burst_limit // http.api_requests_per_second),
        ),
        RateRule(pool="requests", capacity=http.api_requests_per_minute, period_ns=60 * SECOND_NS),
    ]
    if orders is not None:
        most = orders.max_orders_per_second
        # A budget keeps a fifth for cancels, which are no orders: it comes on top.
        capacity = most * 100 // (100 - RESERVE_PERCENT)
        rules.append(RateRule(pool="orders", capacity=capacity, period_ns=SECOND_NS))
    return rules


def desk_settings(settings: EngineSettings) -> DeskSettings:
    """Return how the desk behaves."""
    orders = settings.order_management
    timeout_ns = orders.order_timeout_ms * MS
    return DeskSettings(
        queue_max=orders.order_queue_size,
        queue_timeout_ns=timeout_ns,
        answer_timeout_ns=timeout_ns,
        audit_every_ns=settings.safety.audit_interval_ms * MS,
        orphans=settings.safety.external_orders,
        outcomes=OutcomeRules(
            receive_window_ns=settings.http_api.signature_timestamp_tolerance_ms * MS
        ),
    )


def bus_limits(safety: Safety, websocket: WebSocket | None = None) -> BusLimits:
    """Return the habits of sockets between our processes."""
    most = BusLimits().high_water if websocket is None else websocket.ws_message_buffer_size
    silence_ns = safety.silence_timeout_ms * MS
    beat_ns = min(safety.heartbeat_interval_ms * MS, silence_ns // 2)
    return BusLimits(
        high_water=most,
        heartbeat_ns=beat_ns,
        stale_ns=max(min(3 * beat_ns, silence_ns), 1),
        dead_ns=silence_ns,
    )


def server_keys(curve: Curve) -> ServerKeys | None:
    """Return the pair of who listens; `None` where nothing is encrypted."""
    if curve.public_key is None or curve.secret_key is None:
        return None
    return ServerKeys(curve.public_key.encode(), curve.secret_key.get_secret_value().encode())


def client_keys(curve: Curve) -> ClientKeys | None:
    """Return the pair of who connects; `None` where nothing is encrypted.

    Raises:
        InputError: If it is not said whom we expect.
    """
    if curve.public_key is None or curve.secret_key is None:
        return None
    if curve.server_key is None:
        raise InputError("who connects names whom it expects: SERVER_KEY of [CURVE] is missing")
    return ClientKeys(
        curve.public_key.encode(),
        curve.secret_key.get_secret_value().encode(),
        curve.server_key.encode(),
    )


def workers_of(settings: object) -> int:
    """Return how many threads do what blocks: those each section asks for, up to the most."""
    performance: Performance = settings.performance  # type: ignore[attr-defined]
    socket: WebSocket | None = getattr(settings, "websocket", None)
    orders: OrderManagement | None = getattr(settings, "order_management", None)
    asked = performance.message_processing_threads
    asked += 0 if socket is None else socket.ws_processing_threads
    asked += 0 if orders is None else orders.order_processing_threads
    return min(asked, performance.max_worker_threads)


def bus_context(performance: Performance) -> zmq.Context[zmq.Socket[bytes]]:
    """Return a context whose threads move messages between our processes."""
    return zmq.Context(io_threads=performance.message_processing_threads)
