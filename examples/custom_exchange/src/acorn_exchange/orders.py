"""Orders over HTTP. An answer that does not come leaves the outcome open: it is never guessed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from acorn_exchange.messages import (
    Change,
    Deadline,
    MalformedError,
    Order,
    OrderTerms,
    Refusal,
    read,
)
from acorn_exchange.readings import listed_order, update_of_order
from acorn_exchange.requests import OK, Desk, fault_of, refusal_of
from tradecore.core import InputError
from tradecore.exchanges.base import (
    Cost,
    Failure,
    Fate,
    Fault,
    Faulted,
    FaultKind,
    HttpResponse,
    OrderFound,
    OrderNotFound,
    Repeat,
)
from tradecore.model import OrderUpdate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tradecore.exchanges.base import (
        CancelOrder,
        ConnectorSettings,
        Event,
        HttpRequest,
        Incoming,
        ModifyOrder,
        NewOrder,
        Outgoing,
    )
    from tradecore.model import Approved, Reply

What = Literal["new", "modify", "cancel", "query", "other"]
_ANSWER_NS_MAX: Final = 5_000_000_000
_REFUSED: Final[dict[str, Reply]] = {
    "new": "rejected",
    "modify": "modify_rejected",
    "cancel": "cancel_rejected",
}
_DONE: Final[dict[str, Reply]] = {"new": "accepted", "modify": "replaced", "cancel": "canceled"}
_CODES: Final = {
    "POST_ONLY": "POST_ONLY_WOULD_CROSS",
    "NO_MONEY": "INSUFFICIENT_MARGIN",
    "UNKNOWN_ORDER": "UNKNOWN_ORDER",
    "TOO_MANY": "VENUE_RATE_LIMIT",
}
#: Refusals that leave open how the order stands: it may have ended, or this may be its second try.
_OPEN: Final = {("cancel", "UNKNOWN_ORDER"), ("new", "SAME_ID")}


@dataclass(frozen=True, slots=True)
class _Ask:
    what: What
    symbol: str
    ids: tuple[str, ...]
    sent_ns: int


class AcornOMS:
    """Sends orders and tells what became of them; see `tradecore.exchanges.base.ExchangeOMS`."""

    def __init__(self, settings: ConnectorSettings, /) -> None:
        """Wait for orders."""
        self._desk = Desk(settings, "order")
        self._asked: dict[str, _Ask] = {}
        self._out: list[Outgoing] = []
        self._is_started = False

    def start(self, now_ns: int, /) -> None:
        """There is no connection to open: orders go over HTTP."""
        del now_ns
        self._is_started = True

    @property
    def can_send(self) -> bool:
        """Whether an order sent now would leave at once."""
        return self._is_started

    def cost_of(self, action: NewOrder | ModifyOrder | CancelOrder, /) -> Cost:
        """Return what an action takes from the budgets: each counts as one."""
        is_cancel = not hasattr(action, "quantity")
        return Cost(orders=0 if is_cancel else 1, is_cancel=is_cancel)

    def submit(self, order: Approved[NewOrder], /, *, now_ns: int, venue_ns: int) -> None:
        """Sign and queue a new order."""
        new = order.value
        request = self._desk.signed(
            "POST", "/v1/orders", body=_terms(new), venue_ns=venue_ns,
            cost=self.cost_of(new), repeat=Repeat.NEVER,
        )  # fmt: skip
        self._ask(request, _Ask("new", new.symbol, (new.client_order_id,), now_ns))

    def modify(self, change: Approved[ModifyOrder], /, *, now_ns: int, venue_ns: int) -> None:
        """Sign and queue a change.

        Raises:
            InputError: If it has no price: no order waits for a trigger here.
        """
        new = change.value
        if new.price is None:
            raise InputError(f"an order of this venue has a price: {new.client_order_id}")
        body = Change(market=new.symbol, price=new.price, quantity=new.quantity)
        request = self._desk.signed(
            "PUT", f"/v1/orders/{new.client_order_id}", body=body, venue_ns=venue_ns,
            cost=self.cost_of(new), repeat=Repeat.NEVER,
        )  # fmt: skip
        self._ask(request, _Ask("modify", new.symbol, (new.client_order_id,), now_ns))

    def cancel(self, cancel: CancelOrder, /, *, now_ns: int, venue_ns: int) -> None:
        """Sign and queue a cancel."""
        request = self._desk.signed(
            "DELETE", f"/v1/orders/{cancel.client_order_id}", venue_ns=venue_ns,
            cost=self.cost_of(cancel), repeat=Repeat.NEVER, query={"market": cancel.symbol},
        )  # fmt: skip
        self._ask(request, _Ask("cancel", cancel.symbol, (cancel.client_order_id,), now_ns))

    def submit_batch(
        self, orders: Sequence[Approved[NewOrder]], /, *, now_ns: int, venue_ns: int
    ) -> None:
        """Send them one by one: Acorn has no batches."""
        for order in orders:
            self.submit(order, now_ns=now_ns, venue_ns=venue_ns)

    def cancel_all(self, symbol: str, /, *, now_ns: int, venue_ns: int) -> None:
        """Sign and queue the cancel of every order of a symbol; the stream tells of each."""
        request = self._desk.signed(
            "DELETE", "/v1/orders", venue_ns=venue_ns, cost=Cost(is_cancel=True),
            repeat=Repeat.NEVER, query={"market": symbol},
        )  # fmt: skip
        self._ask(request, _Ask("other", symbol, (), now_ns))

    def query(self, client_order_id: str, symbol: str, /, *, now_ns: int, venue_ns: int) -> None:
        """Ask how an order stands."""
        path = f"/v1/orders/{client_order_id}"
        request = self._desk.signed("GET", path, venue_ns=venue_ns, query={"market": symbol})
        self._ask(request, _Ask("query", symbol, (client_order_id,), now_ns))

    def keep_alive(
        self, symbols: Sequence[str], countdown_ms: int, /, *, now_ns: int, venue_ns: int
    ) -> None:
        """Wind the dead-man switch of each symbol; 0 stops it."""
        for symbol in symbols:
            body = Deadline(market=symbol, after_ms=countdown_ms)
            request = self._desk.signed("POST", "/v1/deadline", body=body, venue_ns=venue_ns)
            self._ask(request, _Ask("other", symbol, (), now_ns))

    def _ask(self, request: HttpRequest, ask: _Ask) -> None:
        self._asked[request.request_id] = ask
        self._out.append(request)

    def pending(self) -> Sequence[Outgoing]:
        """Return what is to be sent."""
        out, self._out = self._out, []
        return out

    def tick(self, now_ns: int, /) -> Sequence[Event]:
        """Give up waiting for answers whose time is up."""
        events: list[Event] = []
        for request_id, ask in list(self._asked.items()):
            if now_ns - ask.sent_ns > _ANSWER_NS_MAX:
                del self._asked[request_id]
                events += _silent(ask, now_ns, "no answer in time")
        return events

    def receive(self, incoming: Incoming, ts_recv_ns: int, /) -> Sequence[Event]:
        """Take an answer or a failure; what belongs to others is passed over."""
        if not isinstance(incoming, (HttpResponse, Failure)):
            return []
        ask = self._asked.pop(incoming.request.request_id or "", None)
        if ask is None:
            return []
        if isinstance(incoming, Failure):
            return _silent(ask, ts_recv_ns, incoming.reason, fate=incoming.fate)
        if incoming.status != OK:
            return _refused(ask, incoming, ts_recv_ns)
        try:
            return _read(ask, incoming.body, ts_recv_ns)
        except MalformedError as error:
            return _silent(ask, ts_recv_ns, str(error)[:200])


def _terms(new: NewOrder) -> OrderTerms:
    return OrderTerms(
        id=new.client_order_id,
        market=new.symbol,
        side=new.side,
        quantity=new.quantity,
        price=new.price,
        life=new.time_in_force if new.time_in_force in {"IOC", "FOK"} else "GTC",
        post_only=new.post_only,
        reduce_only=new.reduce_only,
    )


def _read(ask: _Ask, body: bytes, ts_recv_ns: int) -> list[Event]:
    if ask.what == "other":
        return []
    said = read(Order, body)
    if (said.id, said.market) != (ask.ids[0], ask.symbol):
        raise MalformedError(f"an answer is about what was asked: id={said.id[:64]!r}")
    if ask.what == "query":
        return [OrderFound(order=listed_order(said), asked_ns=ask.sent_ns)]
    return [update_of_order(said, ts_recv_ns, reply=_DONE[ask.what], source="response")]


def _refused(ask: _Ask, response: HttpResponse, ts_recv_ns: int) -> list[Event]:
    """Only the venue's own refusal ends an order; anything else leaves it open."""
    fault, refusal = fault_of(response), refusal_of(response)
    wider: list[Event] = [Faulted(fault=fault)]
    if ask.what == "query" and refusal is not None and refusal.code == "UNKNOWN_ORDER":
        return [
            OrderNotFound(
                client_order_id=ask.ids[0],
                symbol=ask.symbol,
                asked_ns=ask.sent_ns,
                ts_recv_ns=ts_recv_ns,
            )
        ]
    if ask.what not in _REFUSED:
        return wider
    reply, code = _judged(ask, refusal)
    updates = [
        OrderUpdate(
            client_order_id=one,
            symbol=ask.symbol,
            reply=reply,
            ts_event_ns=ts_recv_ns,
            ts_recv_ns=ts_recv_ns,
            source="response",
            reject_code=code,
            reject_text=fault.text,
        )
        for one in ask.ids
    ]
    is_wider = fault.kind in {FaultKind.AUTH, FaultKind.CLOCK, FaultKind.LIMIT}
    return [*updates, *wider] if is_wider else [*updates]


def _judged(ask: _Ask, refusal: Refusal | None) -> tuple[Reply, str | None]:
    if refusal is None:
        return "unknown", None
    if (ask.what, refusal.code) in _OPEN:
        return "unknown", _CODES.get(refusal.code)
    return _REFUSED[ask.what], _CODES.get(refusal.code, "VENUE_REJECTED")


def _silent(ask: _Ask, ts_recv_ns: int, reason: str, *, fate: Fate = Fate.UNKNOWN) -> list[Event]:
    """Return what follows when no answer came, or what was asked never left."""
    if ask.what not in _REFUSED:
        fault = Fault(kind=FaultKind.TRANSIENT, code="SILENT", text=reason, where=ask.what)
        return [Faulted(fault=fault)]
    is_unsent = fate is Fate.NOT_SENT
    return [
        OrderUpdate(
            client_order_id=one,
            symbol=ask.symbol,
            reply=_REFUSED[ask.what] if is_unsent else "unknown",
            ts_event_ns=ts_recv_ns,
            ts_recv_ns=ts_recv_ns,
            source="response",
            reject_code="VENUE_UNAVAILABLE" if is_unsent else None,
            reject_text=reason,
        )
        for one in ask.ids
    ]
