"""Conditional orders, which the venue keeps apart: placed, asked about, canceled, over HTTP."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import msgspec

from tradecore.core import InputError
from tradecore.exchanges.base import (
    Failure,
    FaultKind,
    HttpResponse,
    OrderFound,
    Repeat,
)
from tradecore.exchanges.binance.answers import failed, refused, silent
from tradecore.exchanges.binance.asks import Ask, AskTable, update_of
from tradecore.exchanges.binance.conditional_readings import (
    conditional_order,
    conditional_told,
    status_of,
)
from tradecore.exchanges.binance.errors import classify_http, faulted
from tradecore.exchanges.binance.messages import (
    AlgoCanceled,
    AlgoRef,
    AlgoReply,
    MalformedError,
)
from tradecore.exchanges.binance.order_params import conditional_of, conditional_params
from tradecore.exchanges.binance.rest import Rest, rates_of_headers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tradecore.exchanges.base import (
        CancelOrder,
        ConnectorSettings,
        Event,
        HttpRequest,
        Incoming,
        NewConditional,
        NewOrder,
        Outgoing,
    )
    from tradecore.exchanges.binance.asks import What
    from tradecore.model import Approved

_PLACE: Final = "POST /fapi/v1/algoOrder"
_QUERY: Final = "GET /fapi/v1/algoOrder"
_CANCEL: Final = "DELETE /fapi/v1/algoOrder"
_ANSWER_NS_MAX: Final = 5_000_000_000
_OK: Final = 200


@dataclass(slots=True)
class BinanceConditionals:
    """Places, asks about and cancels conditional orders; see `ExchangeConditionals`.

    Source: Binance USDⓈ-M Futures, *New Algo Order*, *Query Algo Order* and *Cancel Algo Order*.
    """

    settings: ConnectorSettings
    #: How far the venue's clock was ahead when something was asked last.
    offset_ns: int = field(default=0, init=False)
    _rest: Rest = field(init=False)
    _asks: AskTable = field(init=False)
    _out: list[Outgoing] = field(default_factory=list, init=False)

    def __post_init__(self) -> None:
        self._rest = Rest(self.settings, "conditional")
        self._asks = AskTable(_ANSWER_NS_MAX)

    def submit(self, order: Approved[NewConditional], /, *, now_ns: int, venue_ns: int) -> None:
        """Sign and queue a new one.

        Raises:
            InputError: If it lacks what its kind needs.
        """
        new, params = order.value, conditional_params(order.value)
        request = self._rest.signed(_PLACE, params, venue_ns=venue_ns, repeat=Repeat.NEVER)
        offset_ns = self.offset_ns = venue_ns - now_ns
        ids = (new.client_order_id,)
        self._send(request, Ask("new", new.symbol, ids, _PLACE, now_ns, offset_ns))

    def objection(self, order: NewOrder, /) -> str | None:
        """Return why the venue cannot take an order that waits, in words; `None` if it can."""
        try:
            conditional_params(conditional_of(order))
        except InputError as error:
            return str(error)
        return None

    def query(self, client_order_id: str, symbol: str, /, *, now_ns: int, venue_ns: int) -> None:
        """Ask how one stands, by our id."""
        params = AlgoRef(client_algo_id=client_order_id)
        request = self._rest.signed(_QUERY, params, venue_ns=venue_ns)
        offset_ns = self.offset_ns = venue_ns - now_ns
        self._send(request, Ask("query", symbol, (client_order_id,), _QUERY, now_ns, offset_ns))

    def _send(self, request: HttpRequest, ask: Ask) -> None:
        self._asks.add(request.request_id, ask)
        self._out.append(request)

    def cancel(self, cancel: CancelOrder, /, *, now_ns: int, venue_ns: int) -> None:
        """Sign and queue a cancel, by the venue's id where it is known."""
        self._take_back(cancel, "cancel", now_ns=now_ns, venue_ns=venue_ns)

    def withdraw(self, cancel: CancelOrder, /, *, now_ns: int, venue_ns: int) -> None:
        """As `cancel`, but never of what an order became."""
        self._take_back(cancel, "modify", now_ns=now_ns, venue_ns=venue_ns)

    def _take_back(self, cancel: CancelOrder, what: What, *, now_ns: int, venue_ns: int) -> None:
        text = cancel.venue_order_id or ""
        by_venue = int(text) if text.isascii() and text.isdigit() else None
        params = AlgoRef(
            algo_id=by_venue,
            client_algo_id=cancel.client_order_id if by_venue is None else None,
        )
        request = self._rest.signed(_CANCEL, params, venue_ns=venue_ns, repeat=Repeat.NEVER)
        offset_ns = self.offset_ns = venue_ns - now_ns
        ids = (cancel.client_order_id,)
        self._send(request, Ask(what, cancel.symbol, ids, _CANCEL, now_ns, offset_ns))

    def pending(self) -> Sequence[Outgoing]:
        """Return requests to send."""
        out, self._out = self._out, []
        return out

    def tick(self, now_ns: int, /) -> Sequence[Event]:
        """Give up waiting for answers whose time is up: what they were about is not known."""
        return [
            event
            for ask in self._asks.expire(now_ns)
            for event in silent(ask, now_ns, "no answer in time")
        ]

    def receive(self, incoming: Incoming, ts_recv_ns: int, /) -> Sequence[Event]:
        """Take an answer or a failure; what belongs to others is passed over."""
        if not isinstance(incoming, (HttpResponse, Failure)):
            return []
        request_id = getattr(incoming.request, "request_id", None) or ""
        ask = self._asks.take(request_id)
        return [] if ask is None else self._answered(incoming, ask, ts_recv_ns)

    def _answered(self, incoming: HttpResponse | Failure, ask: Ask, ts_recv_ns: int) -> list[Event]:
        if isinstance(incoming, Failure):
            return silent(ask, ts_recv_ns, incoming.reason, fate=incoming.fate)
        events: list[Event] = [*rates_of_headers(incoming.headers)]
        if incoming.status == _OK:
            return events + _confirmed(ask, incoming.body, ts_recv_ns)
        answered = classify_http(
            incoming.status,
            incoming.headers,
            incoming.body,
            ask.where,
            venue_ns=ts_recv_ns + ask.offset_ns,
        )
        if answered.error is not None and answered.is_final:
            return events + refused(ask, answered.error, answered.fault, ts_recv_ns)
        return events + failed(ask, answered.fault, ts_recv_ns, is_final=answered.is_final)


def _confirmed(ask: Ask, body: bytes, ts_recv_ns: int) -> list[Event]:
    """Return what a positive answer says; one about another order says nothing."""
    try:
        return _read(ask, body, ts_recv_ns)
    except MalformedError as error:
        return [
            *silent(ask, ts_recv_ns, "the answer cannot be read"),
            faulted(FaultKind.MALFORMED, str(error), ask.where),
        ]


def _read(ask: Ask, body: bytes, ts_recv_ns: int) -> list[Event]:
    ours = ask.ids[0]
    if ask.what in {"cancel", "modify"}:
        if AlgoCanceled.decode(body).client_algo_id != ours:
            return silent(ask, ts_recv_ns, "the answer is about another order")
        return [update_of(ask, ours, "canceled", ts_recv_ns)]
    message = AlgoReply.decode(body)
    if (message.client_algo_id, message.symbol) != (ours, ask.symbol):
        return silent(ask, ts_recv_ns, "the answer is about another order")
    if ask.what == "query":
        told = conditional_told(message, ts_recv_ns)
        if told.order_id is not None or told.status == "finished":
            return [told]
        return [OrderFound(order=conditional_order(message, ts_recv_ns), asked_ns=ask.sent_ns)]
    is_refused = status_of(message.algo_status) == "rejected"
    update = update_of(ask, ours, "rejected" if is_refused else "accepted", ts_recv_ns)
    return [msgspec.structs.replace(update, venue_order_id=str(message.algo_id))]
