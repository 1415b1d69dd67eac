"""Acorn itself: its language in front of tradecore's own venue, for tests and for trying out.

`python acorn_venue.py PORT` runs it with the key `squirrel` and the secret `hidden-in-the-oak`.
"""

from __future__ import annotations

import asyncio
import json
import sys
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl

import msgspec
from acorn_exchange.messages import (
    Book,
    Change,
    Deadline,
    Fill,
    MalformedError,
    Order,
    OrderTerms,
    Position,
    Print,
    Ready,
    Refusal,
    Time,
    Wallet,
    read,
    write,
)
from acorn_words import NS_PER_US, fill_of, market_of, oak, order_of, position_of, print_of

from tradecore.sign import HmacKey
from tradecore.simulation.exchange import Connection, Request, Response
from tradecore.simulation.faults import Faults
from tradecore.simulation.flow import Market as Traders
from tradecore.simulation.server import LocalExchange
from tradecore.telemetry import SystemClock
from tradecore.venue import (
    OrderRecord,
    PlaceOrder,
    Reason,
    Refused,
    VenueService,
)
from tradecore.venue.events import AccountChanged, LevelsChanged, OrderChanged, TradePrinted

if TYPE_CHECKING:
    from collections.abc import Callable

    from tradecore.venue import TradeRecord

KEY: Final = "squirrel"
SECRET: Final = "hidden-in-the-oak"  # noqa: S105 - of a venue on this machine
ACCOUNT: Final = 1
WINDOW_US: Final = 5_000_000
_REASONS: Final = {
    Reason.POST_ONLY: "POST_ONLY",
    Reason.UNKNOWN_ORDER: "UNKNOWN_ORDER",
    Reason.DUPLICATE_CLIENT_ORDER_ID: "SAME_ID",
    Reason.INSUFFICIENT_MARGIN: "NO_MONEY",
    Reason.PRICE_OFF_TICK: "OFF_STEP",
    Reason.QUANTITY_OFF_LOT: "OFF_STEP",
}


class RefusedError(Exception):
    """A request is not done."""

    def __init__(self, status: int, code: str, text: str = "") -> None:
        """Keep what the client is told."""
        super().__init__(code)
        self.response = Response(status=status, body=write(Refusal(code, text)))


@dataclass(slots=True)
class AcornVenue:
    """A `Dialect`: requests and frames in, answers and frames out."""

    service: VenueService
    faults: Faults = field(default_factory=Faults)
    _key: HmacKey = field(default_factory=lambda: HmacKey(SECRET))
    _public: dict[Connection, set[str]] = field(default_factory=dict)
    _private: dict[Connection, bool] = field(default_factory=dict)
    _numbers: dict[str, int] = field(default_factory=dict)

    @classmethod
    def begin(cls, now_ns: int) -> AcornVenue:
        """Open the venue, with money in the one account."""
        service = VenueService.begin([oak()], now_ns=now_ns)
        service.open_account(ACCOUNT, deposit=Decimal(100_000))
        return cls(service)

    # Requests

    def delay_ms(self, request: Request, /) -> int:
        """Answer at once, unless that is a fault that is on."""
        return self.faults.delay_ms(_group(request))

    def handle(self, request: Request, now_ns: int, /) -> Response:
        """Answer a request; a fault may do it and not tell, or tell and not do it."""
        group = _group(request)
        failure = self.faults.failure(group, "before")
        answer = Response(status=503, body=b"overloaded")
        if failure is None:
            try:
                answer = self._answer(request, now_ns)
            except RefusedError as error:
                answer = error.response
            failure = self.faults.failure(group, "after")
            self._tell(now_ns)
        if failure is None:
            return answer
        lost = None if failure == "error" else failure
        return Response(status=503, body=b"overloaded", failure=lost)

    def _answer(self, request: Request, now_ns: int) -> Response:
        name, _, last = request.path.removeprefix("/v1/").partition("/")
        if name == "time":
            return _ok(Time(now_ns // NS_PER_US))
        if name == "markets":
            return _ok([market_of(one) for one in self.service.state.instruments.values()])
        self._check(request, now_ns)
        query = dict(parse_qsl(request.query.decode()))
        routes: dict[tuple[str, str], Callable[[], object]] = {
            ("GET", "positions"): self._positions,
            ("GET", "wallets"): self._wallets,
            ("GET", "fills"): lambda: self._fills(query),
            ("POST", "deadline"): lambda: self._deadline(request.body, now_ns),
            ("GET", "orders"): lambda: self._orders(query, last),
            ("POST", "orders"): lambda: self._place(request.body, now_ns),
            ("PUT", "orders"): lambda: self._change(request.body, last, now_ns),
            ("DELETE", "orders"): lambda: self._cancel(query, last, now_ns),
        }
        route = routes.get((request.method, name))
        if route is None:
            raise RefusedError(404, "NO_SUCH_PATH")
        try:
            return _ok(route())
        except (MalformedError, KeyError) as error:
            raise RefusedError(400, "BAD_REQUEST", str(error)) from error

    def _check(self, request: Request, now_ns: int) -> None:
        """Let only the account's owner through, and only soon after signing."""
        at, signature = (
            request.headers.get("acorn-time", ""),
            request.headers.get("acorn-signature"),
        )
        if request.headers.get("acorn-key") != KEY:
            raise RefusedError(401, "BAD_KEY")
        if not at.isdigit() or abs(int(at) - now_ns // NS_PER_US) > WINDOW_US:
            raise RefusedError(401, "BAD_TIME", f"now_us={now_ns // NS_PER_US}")
        query = b"?" + request.query if request.query else b""
        payload = f"{at} {request.method} {request.path}".encode() + query + b" " + request.body
        if signature is None or not self._key.verify(payload, signature.encode()):
            raise RefusedError(401, "BAD_SIGNATURE")

    def _find(self, market: str, one: str) -> OrderRecord:
        order = self.service.find(ACCOUNT, market, client_order_id=one)
        if order is None:
            raise RefusedError(404, "UNKNOWN_ORDER")
        return order

    def _orders(self, query: dict[str, str], one: str) -> object:
        if one:
            return order_of(self._find(query["market"], one))
        markets = [query["market"]] if "market" in query else self.service.state.instruments
        histories = self.service.state.histories
        return [order_of(order) for market in markets for order in histories.open(ACCOUNT, market)]

    def _place(self, body: bytes, now_ns: int) -> object:
        terms = read(OrderTerms, body)
        placed = self.service.place(
            PlaceOrder(
                account=ACCOUNT,
                symbol=terms.market,
                side=terms.side,
                quantity=terms.quantity,
                price=terms.price,
                time_in_force=terms.life,
                post_only=terms.post_only,
                reduce_only=terms.reduce_only,
                client_order_id=terms.id,
            ),
            now_ns=now_ns,
        )
        return order_of(_done(placed))

    def _change(self, body: bytes, one: str, now_ns: int) -> object:
        change = read(Change, body)
        order = self._find(change.market, one)
        done = self.service.amend(
            order, price=change.price, quantity=change.quantity, now_ns=now_ns
        )
        return order_of(_done(done))

    def _cancel(self, query: dict[str, str], one: str, now_ns: int) -> object:
        if not one:
            return {"canceled": self.service.cancel_all(ACCOUNT, query["market"], now_ns=now_ns)}
        order = self._find(query["market"], one)
        return order_of(_done(self.service.cancel(order, now_ns=now_ns)))

    def _deadline(self, body: bytes, now_ns: int) -> object:
        asked = read(Deadline, body)
        self.service.wind(
            ACCOUNT, asked.market, countdown_ns=asked.after_ms * 1_000_000, now_ns=now_ns
        )
        return {}

    def _fills(self, query: dict[str, str]) -> object:
        after, since_ns = int(query["after"]), int(query["since_us"]) * NS_PER_US
        trades = self.service.state.histories.trades(ACCOUNT, query["market"])
        return [
            self._fill(one)
            for one in trades
            if one.trade_id > after and (after or one.ts_event_ns >= since_ns)
        ]

    def _fill(self, trade: TradeRecord) -> Fill:
        order = self.service.state.histories.order(trade.order_id)
        if order is None:
            raise RefusedError(404, "UNKNOWN_ORDER")
        return fill_of(order, trade)

    def _positions(self) -> object:
        state = self.service.state
        return [position_of(one, state.now_ns) for one in state.ledger.positions(ACCOUNT)]

    def _wallets(self) -> list[Wallet]:
        state, margin = self.service.state, self.service.state.margin(ACCOUNT)
        free = max(margin.equity - margin.initial, Decimal(0))
        at_us = state.now_ns // NS_PER_US
        return [Wallet(currency="USD", total=margin.equity, free=free, at_us=at_us)]

    # Connections

    def connect(self, request: Request, now_ns: int, /) -> Connection | Response:
        """Take a WebSocket connection by its path."""
        del now_ns
        if request.path == "/v1/public":
            connection = Connection("market", self.faults)
            self._public[connection] = set()
            connection.receive = lambda text, _now_ns: self._subscribe(connection, text)
            connection.closed = lambda: self._public.pop(connection, None)
            return connection
        if request.path == "/v1/private":
            connection = Connection("private", self.faults)
            self._private[connection] = False
            connection.receive = lambda text, at_ns: self._prove(connection, text, at_ns)
            connection.closed = lambda: self._private.pop(connection, None)
            return connection
        return Response(status=404, body=b"")

    def _subscribe(self, connection: Connection, text: str) -> None:
        try:
            asked = json.loads(text)
            markets = [self.service.state.instruments[name].symbol for name in asked["markets"]]
        except (ValueError, KeyError, TypeError):
            connection.push(write(Refusal("BAD_REQUEST", "op and markets")), is_answer=True)
            return
        for market in markets:
            if asked.get("op") == "unsubscribe":
                self._public[connection].discard(market)
                continue
            self._public[connection].add(market)
            depth = self.service.state.depths[market]
            connection.push(
                write(
                    Book(
                        market=market,
                        number=self._numbers.get(market, 0),
                        is_whole=True,
                        bids=depth.bids(1_000),
                        asks=depth.asks(1_000),
                        at_us=self.service.state.now_ns // NS_PER_US,
                    )
                )
            )

    def _prove(self, connection: Connection, text: str, now_ns: int) -> None:
        try:
            said: dict[str, Any] = json.loads(text)
            at, payload = said["acorn-time"], f"{said['acorn-time']} listen".encode()
            is_known = said["acorn-key"] == KEY and self._key.verify(
                payload, said["acorn-signature"].encode()
            )
            is_now = abs(int(at) - now_ns // NS_PER_US) <= WINDOW_US
        except (ValueError, KeyError, TypeError, AttributeError):
            is_known = is_now = False
        self._private[connection] = is_known and is_now
        answer = Ready() if is_known and is_now else Refusal("BAD_SIGNATURE")
        connection.push(write(answer), is_answer=True)

    def disconnect(self, kind: str, /) -> int:
        """Cut the connections of a kind, or all."""
        cut = [one for one in (*self._public, *self._private) if kind in {one.kind, "all", ""}]
        for one in cut:
            one.reset()
        return len(cut)

    def expire_keys(self, now_ns: int, /) -> int:
        """Nothing expires here."""
        del now_ns
        return 0

    # Time and events

    def advance(self, now_ns: int, /) -> None:
        """Let time pass."""
        self.service.advance(now_ns)
        self._tell(now_ns)

    def _tell(self, now_ns: int) -> None:
        for event in self.service.take_events():
            match event:
                case LevelsChanged():
                    self._tell_market(event.symbol, self._book(event))
                case TradePrinted():
                    self._tell_market(event.symbol, print_of(event))
                case OrderChanged() if event.order.account == ACCOUNT:
                    self._tell_owner(self._happened(event))
                case AccountChanged() if event.account == ACCOUNT:
                    self._tell_owner(self._wallets()[0])
                    for one in event.positions:
                        self._tell_owner(position_of(one, event.ts_event_ns))
                case _:
                    pass
        if self.faults.hits("disconnect"):
            self.disconnect(self.faults.confined_to("disconnect"))
        del now_ns

    def _book(self, event: LevelsChanged) -> Book:
        number = self._numbers.get(event.symbol, 0) + 1
        self._numbers[event.symbol] = number
        return Book(
            market=event.symbol,
            number=number,
            is_whole=False,
            bids=list(event.bids),
            asks=list(event.asks),
            at_us=event.ts_event_ns // NS_PER_US,
        )

    def _happened(self, event: OrderChanged) -> Order | Fill:
        if event.trade is not None:
            fill = self._fill(event.trade)
            fill.order_filled = event.order.cumulative
            return fill
        words = {"new": "placed", "amended": "changed", "canceled": "canceled"}
        return msgspec.structs.replace(
            order_of(event.order),
            what=words.get(event.change, "expired"),
            at_us=event.ts_event_ns // NS_PER_US,
        )

    def _tell_market(self, market: str, message: Book | Print) -> None:
        frame = write(message)
        for connection, markets in self._public.items():
            if market in markets:
                connection.push(frame)

    def _tell_owner(self, message: Order | Fill | Wallet | Position) -> None:
        frame = write(message)
        for connection, is_known in self._private.items():
            if is_known:
                connection.push(frame)


def _group(request: Request) -> str:
    if request.method in {"POST", "PUT"} and "orders" in request.path:
        return "orders"
    return "cancels" if request.method == "DELETE" else "queries"


def _ok(body: object) -> Response:
    return Response(status=200, body=write(body), headers={"content-type": "application/json"})


def _done(result: OrderRecord | Refused) -> OrderRecord:
    if isinstance(result, Refused):
        code = _REASONS.get(result.reason, "BAD_REQUEST")
        raise RefusedError(400, code, f"{result.reason.value} {result.value}".strip())
    return result


async def serve(port: int) -> None:
    """Run the venue until it is stopped."""
    clock = SystemClock()
    venue = AcornVenue.begin(clock.now_ns())
    exchange = LocalExchange(venue, clock, flow=Traders(venue.service, 1), port=port)
    sys.stdout.write(f"{exchange.bind()}\n")
    sys.stdout.flush()
    await exchange.run()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))
