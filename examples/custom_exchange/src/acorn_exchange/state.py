"""State by HTTP: at start-up, and after each gap of the private stream."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from acorn_exchange.messages import (
    Fill,
    MalformedError,
    Market,
    Order,
    Position,
    Time,
    Wallet,
    read,
)
from acorn_exchange.readings import balance_of, listed_fill, listed_order, position_of
from acorn_exchange.requests import NS_PER_US, OK, Desk, fault_of
from tradecore.core import Instrument, TradecoreError
from tradecore.exchanges.base import (
    BalancesListed,
    ClockSample,
    Failure,
    Fault,
    Faulted,
    FaultKind,
    FillsListed,
    HttpResponse,
    InstrumentsListed,
    OpenOrdersListed,
    PositionsListed,
    RateRule,
)
from tradecore.model import InstrumentTerms

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tradecore.exchanges.base import (
        ConnectorSettings,
        Event,
        HttpRequest,
        Incoming,
        Outgoing,
    )

T = TypeVar("T")
_RULES = (RateRule(pool="requests", capacity=600, period_ns=10_000_000_000),)


@dataclass(frozen=True, slots=True)
class _Ask:
    read: Callable[[bytes, int, _Ask], list[Event]]
    sent_ns: int
    symbol: str | None = None
    since_ns: int | None = None


class AcornDataFetcher:
    """Asks for state; see `tradecore.exchanges.base.ExchangeDataFetcher`."""

    def __init__(self, settings: ConnectorSettings, /) -> None:
        """Wait for questions."""
        self._desk = Desk(settings, "state")
        self._asked: dict[str, _Ask] = {}
        self._out: list[Outgoing] = []

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
        if not isinstance(incoming, (HttpResponse, Failure)):
            return []
        ask = self._asked.pop(incoming.request.request_id or "", None)
        if ask is None:
            return []
        if isinstance(incoming, Failure):
            return [_fault(FaultKind.TRANSIENT, incoming.reason)]
        if incoming.status != OK:
            return [Faulted(fault=fault_of(incoming))]
        try:
            return ask.read(incoming.body, ts_recv_ns, ask)
        except (MalformedError, TradecoreError) as error:
            return [_fault(FaultKind.MALFORMED, str(error)[:200])]

    def _ask(self, request: HttpRequest, ask: _Ask) -> None:
        self._asked[request.request_id] = ask
        self._out.append(request)

    def fetch_clock(self, now_ns: int, /) -> None:
        """Ask for the venue's time."""
        self._ask(self._desk.public("/v1/time"), _Ask(_clock, now_ns))

    def fetch_instruments(self, now_ns: int, /) -> None:
        """Ask for what is traded."""
        self._ask(self._desk.public("/v1/markets"), _Ask(_markets, now_ns))

    def fetch_open_orders(self, symbol: str | None, /, *, now_ns: int, venue_ns: int) -> None:
        """Ask for open orders of a symbol, or of all."""
        query = {} if symbol is None else {"market": symbol}
        request = self._desk.signed("GET", "/v1/orders", venue_ns=venue_ns, query=query)
        self._ask(request, _Ask(_orders, now_ns, symbol))

    def fetch_fills(
        self, symbol: str, /, *, since_exec_id: int, since_ns: int, now_ns: int, venue_ns: int
    ) -> None:
        """Ask for fills after a number, or since a time; Acorn answers in one page."""
        query = {
            "market": symbol,
            "after": str(since_exec_id),
            "since_us": str(since_ns // NS_PER_US),
        }
        request = self._desk.signed("GET", "/v1/fills", venue_ns=venue_ns, query=query)
        self._ask(request, _Ask(_fills, now_ns, symbol, None if since_exec_id else since_ns))

    def fetch_positions(self, *, now_ns: int, venue_ns: int) -> None:
        """Ask for positions."""
        request = self._desk.signed("GET", "/v1/positions", venue_ns=venue_ns)
        self._ask(request, _Ask(_positions, now_ns))

    def fetch_balances(self, *, now_ns: int, venue_ns: int) -> None:
        """Ask for money."""
        request = self._desk.signed("GET", "/v1/wallets", venue_ns=venue_ns)
        self._ask(request, _Ask(_wallets, now_ns))


def _clock(body: bytes, ts_recv_ns: int, ask: _Ask) -> list[Event]:
    venue_ns = read(Time, body).now_us * NS_PER_US
    return [ClockSample(venue_ns=venue_ns, sent_ns=ask.sent_ns, received_ns=ts_recv_ns)]


def _markets(body: bytes, ts_recv_ns: int, ask: _Ask) -> list[Event]:
    del ts_recv_ns, ask
    terms = tuple(
        InstrumentTerms(
            instrument=Instrument(
                one.name,
                tick_size=one.tick,
                lot_size=one.lot,
                min_notional=one.min_value,
                kind="linear",
            ),
            base=one.base,
            quote=one.quote,
            margin_currency=one.quote,
            is_trading=one.is_open,
        )
        for one in read(list[Market], body)
    )
    return [InstrumentsListed(terms=terms, rules=_RULES)]


def _orders(body: bytes, ts_recv_ns: int, ask: _Ask) -> list[Event]:
    orders = tuple(listed_order(one) for one in read(list[Order], body))
    return [
        OpenOrdersListed(
            symbol=ask.symbol, orders=orders, asked_ns=ask.sent_ns, ts_recv_ns=ts_recv_ns
        )
    ]


def _fills(body: bytes, ts_recv_ns: int, ask: _Ask) -> list[Event]:
    del ts_recv_ns
    fills = sorted(
        (listed_fill(one) for one in read(list[Fill], body)), key=lambda one: one.exec_id
    )
    return [
        FillsListed(
            symbol=ask.symbol or "",
            fills=tuple(fills),
            is_whole=True,
            asked_ns=ask.sent_ns,
            since_ns=ask.since_ns,
        )
    ]


def _positions(body: bytes, ts_recv_ns: int, ask: _Ask) -> list[Event]:
    del ask
    positions = tuple(position_of(one) for one in read(list[Position], body))
    return [PositionsListed(positions=positions, ts_recv_ns=ts_recv_ns)]


def _wallets(body: bytes, ts_recv_ns: int, ask: _Ask) -> list[Event]:
    del ts_recv_ns, ask
    return [BalancesListed(balances=tuple(balance_of(one) for one in read(list[Wallet], body)))]


def _fault(kind: FaultKind, text: str) -> Faulted:
    return Faulted(fault=Fault(kind=kind, code=kind.name, text=text, where="state"))
