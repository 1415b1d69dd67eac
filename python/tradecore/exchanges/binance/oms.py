"""Orders over the request channel, with HTTP in its stead; no answer is taken for granted."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from tradecore.exchanges.base import (
    CancelOrder,
    ChannelDown,
    ChannelUp,
    ConditionalTold,
    Connect,
    Failure,
    Faulted,
    FaultKind,
    Frame,
    HttpResponse,
    Message,
    ModifyOrder,
    NewOrder,
    OrderNotFound,
    PlainTerms,
    Repeat,
)
from tradecore.exchanges.binance.answers import failed, refused, silent, succeeded
from tradecore.exchanges.binance.asks import METHODS, Ask, AskTable
from tradecore.exchanges.binance.batches import (
    CANCELS_MAX,
    ORDERS_MAX,
    cancel_batch,
    cancel_kind,
    modify_batch,
    new_batch,
    together,
)
from tradecore.exchanges.binance.conditionals import BinanceConditionals
from tradecore.exchanges.binance.costs import cost_of
from tradecore.exchanges.binance.errors import classify_code, classify_http, faulted
from tradecore.exchanges.binance.messages import (
    ApiResponse,
    CountdownParams,
    MalformedError,
    OrderRef,
    SymbolParams,
)
from tradecore.exchanges.binance.order_params import (
    cancel_params,
    conditional_of,
    modify_params,
    new_params,
)
from tradecore.exchanges.binance.rest import Rest, rates_of_headers, rates_of_limits
from tradecore.model import Approved, OrderUpdate

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tradecore.core import RequestWriter
    from tradecore.exchanges.base import ConnectorSettings, Cost, Event, Incoming, Outgoing
    from tradecore.exchanges.binance.asks import What
    from tradecore.exchanges.binance.batches import Batch
    from tradecore.exchanges.binance.messages import Params

CHANNEL: Final = "api"
_OK: Final = 200
_ANSWER_NS_MAX: Final = 5_000_000_000
_CALLS: Final = {
    NewOrder: "order.place",
    ModifyOrder: "order.modify",
    CancelOrder: "order.cancel",
}
_REPEATS: Final = {"query": Repeat.SAFE, "logon": Repeat.SAFE}


@dataclass(slots=True)
class BinanceOMS:
    """Sends orders and tells what became of them; see `ExchangeOMS`.

    Args:
        settings: Where, and as whom.
        answer_ns_max: After how long an answer counts as lost.
    """

    settings: ConnectorSettings
    answer_ns_max: int = _ANSWER_NS_MAX
    _rest: Rest = field(init=False)
    #: Orders that wait for a trigger.
    waiting: BinanceConditionals = field(init=False)
    _asks: AskTable = field(init=False)
    _out: list[Outgoing] = field(default_factory=list, init=False)
    _is_started: bool = field(default=False, init=False)
    #: The newest open connection of the request channel; 0 if there is none.
    _generation: int = field(default=0, init=False)
    #: Connections that are logged on to, where the key can do so.
    _sessions: set[int] = field(default_factory=set, init=False)
    _offset_ns: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        self._rest = Rest(self.settings, "order")
        self._rest.keys()
        self._asks = AskTable(self.answer_ns_max)
        self.waiting = BinanceConditionals(self.settings)

    def start(self, now_ns: int, /) -> None:
        """Ask for the request channel; until it is open HTTP stands in."""
        del now_ns
        self._is_started = True
        urls = self.settings.endpoints.urls(CHANNEL)
        self._out.append(Connect(channel=CHANNEL, urls=urls, max_age_ns=self.settings.max_age_ns))

    @property
    def can_send(self) -> bool:
        """Whether an order sent now would leave at once, over either way."""
        return self._is_started

    def cost_of(self, action: NewOrder | ModifyOrder | CancelOrder, /) -> Cost:
        """Return what an action takes from the venue's budgets."""
        is_apart = isinstance(action, NewOrder) and action.is_conditional
        return cost_of("POST /fapi/v1/algoOrder" if is_apart else _CALLS[type(action)])

    @property
    def writer(self) -> RequestWriter:
        """What writes its messages."""
        return self._rest.keys().writer

    @property
    def plain_terms(self) -> PlainTerms:
        """By what plain orders are worded and sent."""
        window_ms, cost = self.settings.receive_window_ms, cost_of("order.place")
        return PlainTerms(writer=self.writer, channel=CHANNEL, window_ms=window_ms, cost=cost)

    def next_request(self) -> tuple[str, bool, int] | None:
        """Return the next request's id, whether it is signed, and by which connection it may go."""
        if not (generation := self._generation):
            return None
        request_id = f"{self._rest.name}-{self._rest.number + 1}"
        return request_id, generation not in self._sessions, 0 if self._out else generation

    def worded(
        self, order: NewOrder, text: str, /, *, is_sent: bool, now_ns: int, venue_ns: int
    ) -> None:
        """Await the answer to a new order, and queue its message unless it was sent already."""
        offset_ns = self._offset_ns = venue_ns - now_ns
        ids, where = (order.client_order_id,), "order.place"
        ask = Ask("new", order.symbol, ids, where, now_ns, offset_ns, self._generation)
        request_id = self._rest.next_id()
        if is_sent:
            self._asks.add(request_id, ask)
        else:
            self._queue(request_id, text, ask)

    def submit(self, order: Approved[NewOrder], /, *, now_ns: int, venue_ns: int) -> None:
        """Sign and queue a new order; one that waits for a trigger goes where those are kept."""
        new = order.value
        if new.is_conditional:
            apart = Approved(conditional_of(new), order.check)
            self.waiting.submit(apart, now_ns=now_ns, venue_ns=venue_ns)
            return
        params, one = new_params(new), new.client_order_id
        self._send("order.place", params, new.symbol, one, now_ns=now_ns, venue_ns=venue_ns)

    def modify(self, change: Approved[ModifyOrder], /, *, now_ns: int, venue_ns: int) -> None:
        """Sign and queue a change."""
        new = change.value
        params, one = modify_params(new), new.client_order_id
        self._send("order.modify", params, new.symbol, one, now_ns=now_ns, venue_ns=venue_ns)

    def cancel(self, cancel: CancelOrder, /, *, now_ns: int, venue_ns: int) -> None:
        """Sign and queue a cancel."""
        params, one = cancel_params(cancel), cancel.client_order_id
        self._send("order.cancel", params, cancel.symbol, one, now_ns=now_ns, venue_ns=venue_ns)

    def submit_batch(
        self, orders: Sequence[Approved[NewOrder]], /, *, now_ns: int, venue_ns: int
    ) -> None:
        """Sign and queue new orders, five of a symbol in a request."""
        for some in together(orders, lambda one: one.value.symbol, ORDERS_MAX):
            if len(some) == 1:
                self.submit(some[0], now_ns=now_ns, venue_ns=venue_ns)
            else:
                self._send_batch(new_batch(some), now_ns=now_ns, venue_ns=venue_ns)

    def modify_batch(
        self, changes: Sequence[Approved[ModifyOrder]], /, *, now_ns: int, venue_ns: int
    ) -> None:
        """Sign and queue changes, five of a symbol in a request."""
        for some in together(changes, lambda one: one.value.symbol, ORDERS_MAX):
            if len(some) == 1:
                self.modify(some[0], now_ns=now_ns, venue_ns=venue_ns)
            else:
                self._send_batch(modify_batch(some), now_ns=now_ns, venue_ns=venue_ns)

    def cancel_batch(
        self, cancels: Sequence[CancelOrder], /, *, now_ns: int, venue_ns: int
    ) -> None:
        """Sign and queue cancels, ten of a symbol in a request."""
        for some in together(cancels, cancel_kind, CANCELS_MAX):
            if len(some) == 1:
                self.cancel(some[0], now_ns=now_ns, venue_ns=venue_ns)
            else:
                self._send_batch(cancel_batch(some), now_ns=now_ns, venue_ns=venue_ns)

    def cancel_all(self, symbol: str, /, *, now_ns: int, venue_ns: int) -> None:
        """Sign and queue the cancel of every order of a symbol; each is told by the stream."""
        call = "DELETE /fapi/v1/allOpenOrders"
        params = SymbolParams(symbol=symbol)
        self._send_http(call, "cancel all", params, symbol, (), now_ns=now_ns, venue_ns=venue_ns)

    def query(self, client_order_id: str, symbol: str, /, *, now_ns: int, venue_ns: int) -> None:
        """Ask how an order stands, by our id."""
        one = client_order_id
        params = OrderRef(symbol=symbol, orig_client_order_id=one)
        self._send("order.status", params, symbol, one, now_ns=now_ns, venue_ns=venue_ns)

    def keep_alive(
        self, symbols: Sequence[str], countdown_ms: int, /, *, now_ns: int, venue_ns: int
    ) -> None:
        """Wind the dead-man switch of each symbol; 0 stops it."""
        for symbol in symbols:
            params = CountdownParams(symbol=symbol, countdown_time=countdown_ms)
            call = "POST /fapi/v1/countdownCancelAll"
            self._send_http(call, "countdown", params, symbol, (), now_ns=now_ns, venue_ns=venue_ns)

    def pending(self) -> Sequence[Outgoing]:
        """Return what is to be sent."""
        out, self._out = self._out, []
        return [*out, *apart] if (apart := self.waiting.pending()) else out

    def tick(self, now_ns: int, /) -> Sequence[Event]:
        """Give up waiting for answers whose time is up: what they were about is not known."""
        events: list[Event] = []
        for ask in self._asks.expire(now_ns):
            events += silent(ask, now_ns, "no answer in time")
        return events + self._became(self.waiting.tick(now_ns), now_ns)

    def receive(self, incoming: Incoming, ts_recv_ns: int, /) -> Sequence[Event]:
        """Take an answer, a failure or a change of the connection."""
        events: list[Event] = []
        match incoming:
            case Message(channel=channel, data=data) if channel == CHANNEL:
                events = self._heard(data, ts_recv_ns)
            case ChannelUp(channel=channel, generation=generation) if channel == CHANNEL:
                self._generation = max(self._generation, generation)
                self._log_on(generation, ts_recv_ns)
            case ChannelDown(channel=channel, generation=generation) if channel == CHANNEL:
                events = self._lost(generation, incoming.reason, ts_recv_ns)
            case HttpResponse(request=request):
                ask = self._asks.take(request.request_id)
                if ask is not None:
                    return self._answered(incoming, ask, ts_recv_ns)
                events = self._became(self.waiting.receive(incoming, ts_recv_ns), ts_recv_ns)
            case Failure(request=request):
                ask = self._asks.take(request.request_id or "")
                if ask is None:
                    events = self._became(self.waiting.receive(incoming, ts_recv_ns), ts_recv_ns)
                elif not ask.is_late:
                    events = silent(ask, ts_recv_ns, incoming.reason, fate=incoming.fate)
            case _:
                pass
        return events

    def _became(self, events: Sequence[Event], now_ns: int) -> list[Event]:
        """Go on where an order does not wait any more: what it became bears the same id."""
        left: list[Event] = []
        venue_ns = now_ns + self.waiting.offset_ns
        for event in events:
            match event:
                case ConditionalTold(client_order_id=one) | OrderNotFound(client_order_id=one):
                    self.query(one, event.symbol, now_ns=now_ns, venue_ns=venue_ns)
                case OrderUpdate(reply="unknown", reject_code="UNKNOWN_ORDER"):
                    cancel = CancelOrder(client_order_id=event.client_order_id, symbol=event.symbol)
                    self.cancel(cancel, now_ns=now_ns, venue_ns=venue_ns)
                case _:
                    left.append(event)
        return left

    def _send(
        self,
        method: str,
        params: Params,
        symbol: str,
        client_order_id: str,
        *,
        now_ns: int,
        venue_ns: int,
    ) -> None:
        """Queue a request on the channel if it is open, else over HTTP; never on both."""
        what, call = METHODS[method]
        ids = (client_order_id,)
        if not self._generation:
            self._send_http(call, what, params, symbol, ids, now_ns=now_ns, venue_ns=venue_ns)
            return
        offset_ns = self._offset_ns = venue_ns - now_ns
        stamped = {**params.to_params(), **self._rest.stamp(venue_ns).to_params()}
        ask = Ask(what, symbol, ids, method, now_ns, offset_ns, self._generation)
        self._ask(method, stamped, ask, signed=self._generation not in self._sessions)

    def _ask(self, method: str, params: dict[str, Any], ask: Ask, *, signed: bool) -> None:
        request_id = self._rest.next_id()
        self._queue(request_id, self.writer.write(request_id, method, params, signed=signed), ask)

    def _queue(self, request_id: str, text: str, ask: Ask) -> None:
        self._asks.add(request_id, ask)
        self._out.append(
            Frame(
                channel=CHANNEL,
                text=text,
                request_id=request_id,
                cost=cost_of(ask.where),
                repeat=_REPEATS.get(ask.what, Repeat.NEVER),
                generation=ask.channel_generation,
            )
        )

    def _send_http(
        self,
        call: str,
        what: What,
        params: Params,
        symbol: str,
        ids: tuple[str, ...],
        *,
        now_ns: int,
        venue_ns: int,
        cost: Cost | None = None,
    ) -> None:
        repeat = Repeat.SAFE if what in {"query", "countdown"} else Repeat.NEVER
        self._offset_ns = venue_ns - now_ns
        request = self._rest.signed(call, params, venue_ns=venue_ns, repeat=repeat, cost=cost)
        ask = Ask(what, symbol, ids, call, now_ns, self._offset_ns)
        self._asks.add(request.request_id, ask)
        self._out.append(request)

    def _send_batch(self, batch: Batch, *, now_ns: int, venue_ns: int) -> None:
        self._send_http(
            batch.call,
            batch.what,
            batch.params,
            batch.symbol,
            batch.ids,
            now_ns=now_ns,
            venue_ns=venue_ns,
            cost=batch.cost,
        )

    def _log_on(self, generation: int, now_ns: int) -> None:
        """Log on to a new connection, where the key can; until then each request is signed."""
        if not self._rest.keys().has_session:
            return
        stamp = self._rest.stamp(now_ns + self._offset_ns).to_params()
        ask = Ask("logon", "", (), "session.logon", now_ns, self._offset_ns, generation)
        self._ask("session.logon", stamp, ask, signed=True)

    def _lost(self, generation: int, reason: str, ts_recv_ns: int) -> list[Event]:
        """Nothing that went out on the connection will be answered: each may have been done."""
        if generation >= self._generation:
            self._generation = 0
        self._sessions = {one for one in self._sessions if one > generation}
        events: list[Event] = []
        for ask in self._asks.lose(generation):
            if ask.what != "logon":
                events += silent(ask, ts_recv_ns, reason)
        return events

    def _heard(self, data: bytes, ts_recv_ns: int) -> list[Event]:
        try:
            response = ApiResponse.decode(data)
        except MalformedError as error:
            return [faulted(FaultKind.MALFORMED, str(error), CHANNEL)]
        events: list[Event] = [*rates_of_limits(response.rate_limits or ())]
        ask = self._asks.take(response.id) if isinstance(response.id, str) else None
        if ask is None:
            if response.error is None or response.id is not None:
                return events
            return [*events, Faulted(fault=classify_code(response.error, CHANNEL))]
        if response.status == _OK and response.error is None:
            if ask.what == "logon":
                self._sessions.add(ask.channel_generation)
                return events
            return events + succeeded(ask, response.result, ts_recv_ns)
        body = response.error.encode() if response.error else b""
        return events + self._judge(response.status, {}, body, ask, ts_recv_ns)

    def _judge(
        self, status: int, headers: Mapping[str, str], body: bytes, ask: Ask, ts_recv_ns: int
    ) -> list[Event]:
        venue_ns = ts_recv_ns + ask.offset_ns
        answered = classify_http(status, headers, body, ask.where, venue_ns=venue_ns)
        if answered.error is not None and answered.is_final:
            return refused(ask, answered.error, answered.fault, ts_recv_ns)
        return failed(ask, answered.fault, ts_recv_ns, is_final=answered.is_final)

    def _answered(self, response: HttpResponse, ask: Ask, ts_recv_ns: int) -> list[Event]:
        events: list[Event] = [*rates_of_headers(response.headers)]
        if response.status == _OK:
            return events + succeeded(ask, response.body, ts_recv_ns)
        return events + self._judge(
            response.status, response.headers, response.body, ask, ts_recv_ns
        )
