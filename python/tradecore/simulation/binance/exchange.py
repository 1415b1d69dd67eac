"""The local exchange in the language of Binance USDⓈ-M futures, without socket and clock."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from tradecore.exchanges.binance.costs import HANDSHAKE_WEIGHT
from tradecore.exchanges.binance.messages import ListenKeyExpired, encode
from tradecore.simulation.binance.access import Access, merged_params, request_cost
from tradecore.simulation.binance.api_session import ApiSession
from tradecore.simulation.binance.calls import Call, Shop
from tradecore.simulation.binance.candles import Candles
from tradecore.simulation.binance.depth_ids import DepthIds
from tradecore.simulation.binance.digits import MS_NS, to_ms
from tradecore.simulation.binance.limits import BackOffError, Limits, LimitSettings
from tradecore.simulation.binance.listen_keys import ListenKeys
from tradecore.simulation.binance.publisher import Publisher
from tradecore.simulation.binance.refusals import RefusedError
from tradecore.simulation.binance.routes import ROUTES
from tradecore.simulation.binance.streams import StreamSession
from tradecore.simulation.binance.user_events import account_of, user_events
from tradecore.simulation.exchange import Connection, Request, Response
from tradecore.simulation.flow import fill_in_part
from tradecore.venue.events import LevelsChanged, OrderChanged, TradePrinted

if TYPE_CHECKING:
    from tradecore.simulation.binance.checks import RequestCheck
    from tradecore.simulation.faults import Faults
    from tradecore.simulation.kept import KeptOrders
    from tradecore.simulation.keys import KeyTable
    from tradecore.venue import OrderRecord, VenueService

__all__ = ["BinanceExchange"]

_UNKNOWN = b"Unknown error, please check your request or try again later."
_JSON = {"content-type": "application/json;charset=UTF-8"}
_ROUTES = ("public", "market", "private")
_LIFE_MS = 24 * 3_600_000


def where_of(request: Request) -> str:
    """Return to which group of requests faults count a request."""
    if request.method in {"POST", "PUT"} and "rder" in request.path:
        return "orders"
    is_cancel = request.method == "DELETE" or "Cancel" in request.path
    return "cancels" if is_cancel else "queries"


def is_liquidation(order: OrderRecord) -> bool:
    """Return whether the venue closed a position, or a part of it, by an order that ended."""
    return order.request.is_forced and bool(order.cumulative) and not order.is_open


@dataclass(slots=True, eq=False)
class BinanceExchange:
    """A `Dialect`: requests and frames in, answers and frames out.

    Args:
        service: The venue behind.
        keys: Who may come.
        faults: What goes wrong on purpose.
        seed: Of update numbers and listen keys.
        limit_settings: What clients may use.
        has_legacy_paths: Whether stream paths without a route are served, with every stream.
        kept: Keeps the orders of those who may come; nobody does unless given.
    """

    service: VenueService
    keys: KeyTable[RequestCheck]
    faults: Faults
    seed: int = 0
    limit_settings: LimitSettings = field(default_factory=LimitSettings)
    has_legacy_paths: bool = True
    kept: KeptOrders | None = None
    shop: Shop = field(init=False)
    publisher: Publisher = field(init=False)
    _access: Access = field(init=False)
    _connections: dict[Connection, int] = field(default_factory=dict)
    _private: dict[str, dict[StreamSession, None]] = field(default_factory=dict)
    _ticks_ms: int = 0

    def __post_init__(self) -> None:
        chance = random.Random(self.seed)  # noqa: S311 - numbers for a local exchange
        self.shop = Shop(
            service=self.service,
            limits=Limits(self.limit_settings),
            listen_keys=ListenKeys(chance),
            candles={symbol: Candles() for symbol in self.service.state.instruments},
            depth_ids=DepthIds(chance, counter=1_000_000_000),
        )
        self.publisher = Publisher(self.shop, self.faults)
        self._access = Access(self.keys)

    def time_ns(self, now_ns: int) -> int:
        """Return the venue's time, which a fault may set wrong."""
        return now_ns + self.faults.amount("clock_skew") * MS_NS

    def delay_ms(self, request: Request, /) -> int:
        """Return how long a request waits before it is looked at."""
        return self.faults.delay_ms(where_of(request))

    def handle(self, request: Request, now_ns: int, /) -> Response:
        """Answer a request; faults may do it and not tell, or tell and not do it."""
        where, now_ns = where_of(request), self.time_ns(now_ns)
        failure = self.faults.failure(where, "before")
        if failure is None:
            answer = self._answer(request, where, now_ns)
            failure = self.faults.failure(where, "after")
            self.settle(now_ns)
        if failure is None:
            return answer
        return Response(
            status=503,
            body=_UNKNOWN,
            headers={"content-type": "text/plain"},
            failure=None if failure == "error" else failure,
        )

    def _answer(self, request: Request, where: str, now_ns: int) -> Response:
        now_ms = to_ms(now_ns)
        headers: dict[str, str] = dict(_JSON)
        try:
            status, body = 200, self._result(request, where, now_ns, headers)
        except RefusedError as error:
            status, body = error.status, encode(error.body)
            if isinstance(error, BackOffError):
                headers["Retry-After"] = str(error.wait_s)
        used = self.shop.limits.used(request.peer, now_ms)
        headers["X-MBX-USED-WEIGHT-1M"] = str(used)
        return Response(status=status, body=body, headers=headers)

    def _result(self, request: Request, where: str, now_ns: int, headers: dict[str, str]) -> bytes:
        now_ms, name = to_ms(now_ns), f"{request.method} {request.path}"
        limits = self.shop.limits
        if self.faults.hits("ban_418", where):
            raise limits.ban(request.peer, self.faults.amount("ban_418"), now_ms)
        if self.faults.hits("rate_limit_429", where):
            raise limits.slow_down(self.faults.amount("rate_limit_429"))
        params = merged_params(request)
        cost = request_cost(name, params)
        limits.admit(request.peer, cost.weight, now_ms)
        endpoint = ROUTES.get(name)
        if endpoint is None:
            raise RefusedError(-1099, text="Path not found.", status=404)
        account = self._access.check_request(request, params, endpoint.security, now_ms)
        if cost.orders:
            limits.admit_orders(account, cost.orders, now_ms)
        call = Call(shop=self.shop, params=params, account=account, now_ns=now_ns)
        body = encode(endpoint.handler(call))
        if cost.orders:
            headers.update(limits.order_headers(account, now_ms))
        return body

    # Connections

    def connect(self, request: Request, now_ns: int, /) -> Connection | Response:
        """Take a WebSocket connection by its path, or refuse it."""
        now_ns = self.time_ns(now_ns)
        parts = [part for part in request.path.split("/") if part]
        query = parse_qsl(request.query.decode("utf-8", "replace"))
        if parts[:1] == ["ws-fapi"]:
            return self._connect_api(request, dict(query), to_ms(now_ns))
        route = parts.pop(0) if parts and parts[0] in _ROUTES else None
        mode = parts.pop(0) if parts else ""
        if mode not in {"ws", "stream"} or (route is None and not self.has_legacy_paths):
            return Response(status=404, body=b"")
        events = frozenset(
            event for name, value in query if name == "events" for event in value.split("/")
        )
        connection = Connection("private" if route == "private" else "market", self.faults)
        session = StreamSession(
            connection=connection,
            publisher=self.publisher,
            route=route or "any",
            is_combined=mode == "stream",
            on_key=self._hear_private,
            events=events,
        )
        named = [part for part in parts if not part.isdigit()]
        for name, value in query:
            if name == "streams":
                named += value.split("/")
            elif name == "listenKey":
                named.append(value)
        session.begin([stream for stream in named if stream])
        connection.receive = session.receive
        connection.closed = lambda: self._forget(connection, session)
        self._connections[connection] = to_ms(now_ns)
        return connection

    def _connect_api(
        self, request: Request, query: dict[str, str], now_ms: int
    ) -> Connection | Response:
        try:
            self.shop.limits.admit(request.peer, HANDSHAKE_WEIGHT, now_ms)
        except BackOffError as error:
            wait = {"Retry-After": str(error.wait_s)}
            return Response(status=error.status, body=encode(error.body), headers=wait)
        connection = Connection("api", self.faults)
        session = ApiSession(
            connection=connection,
            shop=self.shop,
            access=self._access,
            peer=request.peer,
            connected_ms=now_ms,
            settle=self.settle,
            time_ns=self.time_ns,
            tells_limits=query.get("returnRateLimits", "").lower() != "false",
        )
        connection.receive = session.receive
        connection.delay_ms = session.delay_ms
        connection.closed = partial(self._connections.pop, connection, None)
        self._connections[connection] = now_ms
        return connection

    def _forget(self, connection: Connection, session: StreamSession) -> None:
        session.leave()
        self._connections.pop(connection, None)

    def _hear_private(self, key: str, session: StreamSession, hears: bool) -> None:  # noqa: FBT001
        if hears:
            self._private.setdefault(key, {})[session] = None
            return
        heard = self._private.get(key, {})
        heard.pop(session, None)
        if not heard:
            self._private.pop(key, None)

    def disconnect(self, kind: str, /) -> int:
        """Cut the connections of a kind, or `all`; return how many."""
        cut = [one for one in self._connections if kind in {one.kind, "all", ""}]
        for connection in cut:
            connection.reset()
        return len(cut)

    # Time

    def settle(self, now_ns: int) -> None:
        """Tell listeners what happened."""
        now_ms = to_ms(now_ns)
        for event in self.service.take_events():
            if isinstance(event, LevelsChanged | TradePrinted):
                self.publisher.receive(event, now_ms)
                continue
            if isinstance(event, OrderChanged):
                self._order_changed(event, now_ms)
            account = account_of(event)
            key = None if account is None else self.shop.listen_keys.key_of(account)
            heard = None if key is None else self._private.get(key)
            if key is None or not heard:
                continue
            for message in user_events(event, self.service, now_ms):
                frame = encode(message)
                kind = str(message.__struct_config__.tag)
                for session in list(heard):
                    session.tell_private(key, kind, frame)

    def _order_changed(self, event: OrderChanged, now_ms: int) -> None:
        if self.kept is not None:
            self.kept.keep(event)
        if is_liquidation(event.order):
            self.publisher.tell_forced(event.order, now_ms)

    def advance(self, now_ns: int, /) -> None:
        """Let time pass: what is due happens, windows close, keys run out."""
        now_ns = self.time_ns(now_ns)
        now_ms = to_ms(now_ns)
        self.service.advance(now_ns)
        self.settle(now_ns)
        self.publisher.advance(Call(shop=self.shop, params={}, account=0, now_ns=now_ns))
        if now_ms // 100 != self._ticks_ms // 100:
            self._ticks_ms = now_ms
            self._tick(now_ms)
            self._fill_unheard(now_ns)
        for key in self.shop.listen_keys.take_expired(now_ms):
            self._tell_expired(key, now_ms)

    def _tick(self, now_ms: int) -> None:
        """Do what happens ten times a second: faults in time, and old connections cut."""
        for connection, since_ms in list(self._connections.items()):
            connection.release()
            if now_ms - since_ms >= _LIFE_MS:
                connection.close(1008)
        if self._connections and self.faults.hits("disconnect"):
            self.disconnect(self.faults.confined_to("disconnect"))
        if self.faults.hits("listen_key_expiry"):
            self.shop.listen_keys.expire_all()

    def _fill_unheard(self, now_ns: int) -> None:
        """Let orders trade while their owners do not listen, where that fault is on."""
        listeners = (session for heard in self._private.values() for session in heard)
        if not all(one.connection.is_reset for one in listeners):
            return
        if not self.faults.hits("outage_fills"):
            return
        for account in self.keys.accounts():
            fill_in_part(self.service, account, now_ns=now_ns)
        self.settle(now_ns)

    def expire_keys(self, now_ns: int, /) -> int:
        """Let every listen key run out; return how many."""
        now_ms = to_ms(self.time_ns(now_ns))
        self.shop.listen_keys.expire_all()
        expired = self.shop.listen_keys.take_expired(now_ms)
        for key in expired:
            self._tell_expired(key, now_ms)
        return len(expired)

    def _tell_expired(self, key: str, now_ms: int) -> None:
        frame = encode(ListenKeyExpired(event_ms=now_ms, listen_key=key))
        for session in self._private.pop(key, {}):
            session.tell_private(key, "listenKeyExpired", frame)
