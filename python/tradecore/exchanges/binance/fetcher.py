"""State by HTTP: the clock, what is traded, open orders, fills, positions, balances."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from tradecore.exchanges.base import (
    BalancesListed,
    ClockSample,
    Failure,
    Faulted,
    FaultKind,
    FillsListed,
    HttpResponse,
    InstrumentsListed,
    OpenOrdersListed,
    OrdersListed,
    PositionsListed,
)
from tradecore.exchanges.binance.conditional_readings import conditional_order
from tradecore.exchanges.binance.costs import cost_of
from tradecore.exchanges.binance.errors import classify_http, faulted
from tradecore.exchanges.binance.filters import read_info
from tradecore.exchanges.binance.messages import (
    AlgoReply,
    BalanceRow,
    ExchangeInfo,
    HistoryParams,
    MalformedError,
    MaybeSymbolParams,
    OrderReply,
    PositionRow,
    ServerTime,
    UserTrade,
)
from tradecore.exchanges.binance.readings import (
    NS_PER_MS,
    balances_of_rows,
    positions_of_rows,
    venue_fill,
    venue_order,
)
from tradecore.exchanges.binance.rest import Rest, rates_of_headers

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tradecore.exchanges.base import (
        ConnectorSettings,
        Event,
        HttpRequest,
        Incoming,
        Outgoing,
    )
    from tradecore.model import VenueOrder

_PAGE: Final = 1_000
_WAITING: Final = "GET /fapi/v1/openAlgoOrders"
_RESTING: Final = "GET /fapi/v1/openOrders"
_TRADES: Final = "GET /fapi/v1/userTrades"
_EVERY: Final = "GET /fapi/v1/allOrders"
#: The venue answers at most this much of time without an id.
_WINDOW_NS: Final = 7 * 24 * 3_600 * 1_000_000_000
_OK: Final = 200


@dataclass(frozen=True, slots=True)
class _Asked:
    """A request under way: when it was made, by which clocks, and who reads the answer.

    Args:
        question_ns: When what it is a part of was asked.
        since_ns: Since when that asks for trades or orders.
        until_ns: Until when this one does, without a number.
    """

    sent_ns: int
    offset_ns: int
    read: Callable[[bytes, int, _Asked], list[Event]]
    symbol: str | None = None
    question_ns: int = 0
    since_ns: int | None = None
    until_ns: int = 0
    #: What was listed before, of the same question.
    waiting: tuple[VenueOrder, ...] = ()


@dataclass(slots=True)
class BinanceDataFetcher:
    """Asks the venue for state; see `ExchangeDataFetcher`."""

    settings: ConnectorSettings
    lists_waiting: bool = False
    _rest: Rest = field(init=False)
    _asked: dict[str, _Asked] = field(default_factory=dict, init=False)
    _out: list[Outgoing] = field(default_factory=list, init=False)

    def __post_init__(self) -> None:
        self._rest = Rest(self.settings, "state")

    def pending(self) -> Sequence[Outgoing]:
        """Return requests to send."""
        out, self._out = self._out, []
        return out

    def tick(self, now_ns: int, /) -> Sequence[Event]:
        """Nothing here depends on time: the pump ends what gets no answer."""
        del now_ns
        return ()

    def receive(self, incoming: Incoming, ts_recv_ns: int, /) -> Sequence[Event]:
        """Take an answer or a failure; what belongs to others is passed over."""
        match incoming:
            case HttpResponse(request=request):
                asked = self._asked.pop(request.request_id, None)
                return [] if asked is None else self._answered(incoming, asked, ts_recv_ns)
            case Failure(request=request):
                asked = self._asked.pop(request.request_id or "", None)
                if asked is None:
                    return []
                where = getattr(request, "path", "request")
                return [faulted(FaultKind.TRANSIENT, incoming.reason, where)]
            case _:
                return []

    def _answered(self, response: HttpResponse, asked: _Asked, ts_recv_ns: int) -> list[Event]:
        events: list[Event] = [*rates_of_headers(response.headers)]
        where = f"{response.request.method} {response.request.path}"
        if response.status != _OK:
            answered = classify_http(
                response.status,
                response.headers,
                response.body,
                where,
                venue_ns=ts_recv_ns + asked.offset_ns,
            )
            return [*events, Faulted(fault=answered.fault)]
        try:
            return events + asked.read(response.body, ts_recv_ns, asked)
        except MalformedError as error:
            return [*events, faulted(FaultKind.MALFORMED, str(error), where)]

    def _ask(self, request: HttpRequest, asked: _Asked) -> None:
        self._asked[request.request_id] = asked
        self._out.append(request)

    def fetch_clock(self, now_ns: int, /) -> None:
        """Ask for the venue's time."""
        self._ask(self._rest.public("GET /fapi/v1/time"), _Asked(now_ns, 0, self._clock))

    def fetch_instruments(self, now_ns: int, /) -> None:
        """Ask for what is traded."""
        request = self._rest.public("GET /fapi/v1/exchangeInfo")
        self._ask(request, _Asked(now_ns, 0, self._instruments))

    def fetch_open_orders(self, symbol: str | None, /, *, now_ns: int, venue_ns: int) -> None:
        """Ask for open orders of a symbol, or of all; first for those that wait, where wanted.

        So one that is triggered meanwhile is in the second list, and never in none.
        """
        offset_ns = venue_ns - now_ns
        if self.lists_waiting:
            self._list(_WAITING, _Asked(now_ns, offset_ns, self._waiting, symbol, now_ns))
        else:
            self._list(_RESTING, _Asked(now_ns, offset_ns, self._open_orders, symbol, now_ns))

    def _list(self, call: str, asked: _Asked) -> None:
        request = self._rest.signed(
            call,
            MaybeSymbolParams(symbol=asked.symbol),
            venue_ns=asked.sent_ns + asked.offset_ns,
            cost=cost_of(call, has_symbol=asked.symbol is not None),
        )
        self._ask(request, asked)

    def fetch_fills(
        self, symbol: str, /, *, since_exec_id: int, since_ns: int, now_ns: int, venue_ns: int
    ) -> None:
        """Ask for fills after an id, or since a time where that is 0; all pages follow."""
        since = None if since_exec_id > 0 else since_ns
        asked = _Asked(now_ns, venue_ns - now_ns, self._fills, symbol, now_ns, since)
        if since is None:
            self._page(_TRADES, asked, since_exec_id + 1, 0, now_ns)
        else:
            self._page(_TRADES, asked, 0, since_ns, now_ns)

    def fetch_orders(self, symbol: str, /, *, since_ns: int, now_ns: int, venue_ns: int) -> None:
        """Ask for orders placed since a time; all pages follow."""
        asked = _Asked(now_ns, venue_ns - now_ns, self._orders, symbol, now_ns, since_ns)
        self._page(_EVERY, asked, 0, since_ns, now_ns)

    def fetch_positions(self, *, now_ns: int, venue_ns: int) -> None:
        """Ask for positions."""
        request = self._rest.signed("GET /fapi/v3/positionRisk", None, venue_ns=venue_ns)
        self._ask(request, _Asked(now_ns, venue_ns - now_ns, self._positions))

    def fetch_balances(self, *, now_ns: int, venue_ns: int) -> None:
        """Ask for balances."""
        request = self._rest.signed("GET /fapi/v3/balance", None, venue_ns=venue_ns)
        self._ask(request, _Asked(now_ns, venue_ns - now_ns, self._balances))

    def _page(self, call: str, asked: _Asked, from_id: int, since_ns: int, now_ns: int) -> None:
        """Ask for the next page of a question, from a number or a time on."""
        symbol, until_ns = asked.symbol or "", 0
        if from_id and call == _EVERY:
            params = HistoryParams(symbol=symbol, order_id=from_id, limit=_PAGE)
        elif from_id:
            params = HistoryParams(symbol=symbol, from_id=from_id, limit=_PAGE)
        else:
            until_ns = since_ns + _WINDOW_NS - NS_PER_MS
            params = HistoryParams(
                symbol=symbol,
                start_time=since_ns // NS_PER_MS,
                end_time=until_ns // NS_PER_MS,
                limit=_PAGE,
            )
        venue_ns = now_ns + asked.offset_ns
        request = self._rest.signed(call, params, venue_ns=venue_ns)
        self._ask(request, replace(asked, sent_ns=now_ns, until_ns=until_ns))

    def _goes_on(self, call: str, asked: _Asked, rows: int, last_id: int, now_ns: int) -> bool:
        """Ask for the page behind one of so many rows, if there may be one."""
        if rows >= _PAGE or (rows and asked.until_ns):
            self._page(call, asked, last_id + 1, 0, now_ns)
        elif asked.until_ns and asked.until_ns < now_ns + asked.offset_ns:
            self._page(call, asked, 0, asked.until_ns + NS_PER_MS, now_ns)
        else:
            return False
        return True

    def _clock(self, body: bytes, ts_recv_ns: int, asked: _Asked) -> list[Event]:
        venue_ns = ServerTime.decode(body).server_time * NS_PER_MS
        return [ClockSample(venue_ns=venue_ns, sent_ns=asked.sent_ns, received_ns=ts_recv_ns)]

    def _instruments(self, body: bytes, ts_recv_ns: int, asked: _Asked) -> list[Event]:
        del ts_recv_ns, asked
        terms, rules, wrong = read_info(ExchangeInfo.decode(body))
        events: list[Event] = [InstrumentsListed(terms=terms, rules=rules)]
        where = "GET /fapi/v1/exchangeInfo"
        return events + [faulted(FaultKind.MALFORMED, text, where) for text in wrong[:10]]

    def _waiting(self, body: bytes, ts_recv_ns: int, asked: _Asked) -> list[Event]:
        orders = tuple(conditional_order(one, ts_recv_ns) for one in AlgoReply.decode_many(body))
        _hold(orders, asked.symbol)
        then = replace(asked, sent_ns=ts_recv_ns, read=self._open_orders, waiting=orders)
        self._list(_RESTING, then)
        return []

    def _open_orders(self, body: bytes, ts_recv_ns: int, asked: _Asked) -> list[Event]:
        orders = tuple(venue_order(one, ts_recv_ns) for one in OrderReply.decode_many(body))
        _hold(orders, asked.symbol)
        became = {one.client_order_id for one in orders}
        waiting = (one for one in asked.waiting if one.client_order_id not in became)
        listed = (*orders, *waiting)
        return [
            OpenOrdersListed(
                symbol=asked.symbol,
                orders=listed,
                asked_ns=asked.question_ns,
                ts_recv_ns=ts_recv_ns,
            )
        ]

    def _fills(self, body: bytes, ts_recv_ns: int, asked: _Asked) -> list[Event]:
        symbol = asked.symbol or ""
        fills = sorted(
            (venue_fill(one) for one in UserTrade.decode_many(body)), key=lambda one: one.exec_id
        )
        if any(one.symbol != symbol for one in fills):
            raise MalformedError(f"a list holds what was asked for: symbol={symbol}")
        last = fills[-1].exec_id if fills else 0
        has_more = self._goes_on(_TRADES, asked, len(fills), last, ts_recv_ns)
        return [
            FillsListed(
                symbol=symbol,
                fills=tuple(fills),
                is_whole=not has_more,
                asked_ns=asked.question_ns,
                since_ns=asked.since_ns,
            )
        ]

    def _orders(self, body: bytes, ts_recv_ns: int, asked: _Asked) -> list[Event]:
        symbol, rows = asked.symbol or "", OrderReply.decode_many(body)
        orders = tuple(venue_order(one, ts_recv_ns) for one in rows)
        _hold(orders, symbol)
        last = max((one.order_id for one in rows), default=0)
        has_more = self._goes_on(_EVERY, asked, len(rows), last, ts_recv_ns)
        return [
            OrdersListed(
                symbol=symbol,
                orders=orders,
                is_whole=not has_more,
                asked_ns=asked.question_ns,
                since_ns=asked.since_ns or 0,
            )
        ]

    def _positions(self, body: bytes, ts_recv_ns: int, asked: _Asked) -> list[Event]:
        del asked
        positions = positions_of_rows(PositionRow.decode_many(body))
        return [PositionsListed(positions=positions, ts_recv_ns=ts_recv_ns)]

    def _balances(self, body: bytes, ts_recv_ns: int, asked: _Asked) -> list[Event]:
        del ts_recv_ns, asked
        return [BalancesListed(balances=balances_of_rows(BalanceRow.decode_many(body)))]


def _hold(orders: Sequence[VenueOrder], symbol: str | None) -> None:
    """Refuse a list of one symbol's orders that names another's."""
    if symbol is not None and any(one.symbol != symbol for one in orders):
        raise MalformedError(f"a list holds what was asked for: symbol={symbol}")
