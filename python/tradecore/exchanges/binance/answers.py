"""What an answer, a refusal or silence says of the orders that were asked about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tradecore.exchanges.base import Fate, Fault, Faulted, FaultKind, OrderFound, OrderNotFound
from tradecore.exchanges.binance.asks import REFUSED, update_of, updates_of
from tradecore.exchanges.binance.errors import (
    classify_code,
    is_outcome_unknown,
    reject_code,
    safe_text,
)
from tradecore.exchanges.binance.messages import (
    ErrorBody,
    MalformedError,
    OrderReply,
    decode_each,
)
from tradecore.exchanges.binance.readings import reply_update, venue_order

if TYPE_CHECKING:
    import msgspec

    from tradecore.exchanges.base import Event
    from tradecore.exchanges.binance.asks import Ask
    from tradecore.exchanges.binance.messages import BatchItem
    from tradecore.model import OrderUpdate, Reply

_UNKNOWN_ORDER: Final = -2011
_NO_SUCH_ORDER: Final = -2013
_DUPLICATE_ID: Final = -4116
#: What concerns more than the order that was refused.
_WIDER: Final = frozenset({FaultKind.AUTH, FaultKind.CLOCK, FaultKind.LIMIT})
_ENDED: Final = frozenset({"CANCELED", "EXPIRED", "EXPIRED_IN_MATCH"})


def succeeded(ask: Ask, body: bytes | msgspec.Raw, ts_recv_ns: int, /) -> list[Event]:
    """Return what a positive answer says; one that cannot be read leaves the outcome open."""
    try:
        return _read(ask, bytes(body), ts_recv_ns)
    except MalformedError as error:
        fault = Fault(kind=FaultKind.MALFORMED, code="MALFORMED", text=str(error), where=ask.where)
        return [*silent(ask, ts_recv_ns, "the answer cannot be read"), Faulted(fault=fault)]


def _read(ask: Ask, body: bytes, ts_recv_ns: int) -> list[Event]:
    if ask.what in {"cancel all", "countdown", "logon"}:
        return []
    if len(ask.ids) > 1:
        return _read_batch(ask, body, ts_recv_ns)
    message = OrderReply.decode(body)
    if message.symbol != ask.symbol or message.client_order_id != ask.ids[0]:
        raise MalformedError(
            f"an answer is about what was asked: asked {ask.ids[0][:64]!r} of {ask.symbol},"
            f" answered {message.client_order_id[:64]!r} of {message.symbol[:64]!r}"
        )
    if ask.what == "query":
        return [OrderFound(order=venue_order(message, ts_recv_ns), asked_ns=ask.sent_ns)]
    return [reply_update(message, ts_recv_ns, reply=_word(ask, message))]


def _word(ask: Ask, message: OrderReply) -> Reply:
    if message.status == "REJECTED":
        return REFUSED[ask.what]
    if ask.what == "new":
        return "accepted"
    if ask.what == "modify" and message.status not in _ENDED:
        return "replaced"
    if message.status not in _ENDED:
        raise MalformedError(f"what was canceled is so: status={message.status[:64]!r}")
    return "canceled"


def _read_batch(ask: Ask, body: bytes, ts_recv_ns: int) -> list[Event]:
    items = decode_each(body)
    if len(items) != len(ask.ids):
        raise MalformedError(
            f"a batch has an answer for each: asked {len(ask.ids)}, answered {len(items)}"
        )
    for client_order_id, item in zip(ask.ids, items, strict=True):
        is_ours = not isinstance(item, OrderReply) or (
            item.client_order_id == client_order_id and item.symbol == ask.symbol
        )
        if not is_ours:
            # A refusal bears no id: if orders changed places, nobody knows whose it is.
            raise MalformedError("a batch is answered in the order it was asked")
    updates: list[OrderUpdate] = []
    faults: dict[str, Event] = {}
    for client_order_id, item in zip(ask.ids, items, strict=True):
        update, fault = _read_item(ask, client_order_id, item, ts_recv_ns)
        updates.append(update)
        if fault is not None:
            faults[fault.code] = Faulted(fault=fault)
    return [*updates, *faults.values()]


def _read_item(
    ask: Ask, client_order_id: str, item: BatchItem | MalformedError, ts_recv_ns: int
) -> tuple[OrderUpdate, Fault | None]:
    """Return what a batch says of one order, and what of it concerns more than that order."""
    if isinstance(item, ErrorBody):
        fault = classify_code(item, ask.where, venue_ns=ts_recv_ns + ask.offset_ns)
        update = _refusal(ask, client_order_id, item, ts_recv_ns)
        return update, fault if fault.kind in _WIDER else None
    try:
        if isinstance(item, MalformedError):
            raise item
        return reply_update(item, ts_recv_ns, reply=_word(ask, item)), None
    except MalformedError as error:
        text = "the answer cannot be read"
        fault = Fault(kind=FaultKind.MALFORMED, code="MALFORMED", text=str(error), where=ask.where)
        return update_of(ask, client_order_id, "unknown", ts_recv_ns, text=text), fault


def _refusal(ask: Ask, client_order_id: str, error: ErrorBody, ts_recv_ns: int) -> OrderUpdate:
    """Return what a refusal says of one order: it is so, or it must be asked about.

    A cancel of an order that is not known may have met one that traded, was canceled, or never
    came; and an id that is taken names an order that lives.
    """
    code, text = reject_code(error.code, error.msg), safe_text(error.msg)
    is_ambiguous = (ask.what == "cancel" and error.code in {_UNKNOWN_ORDER, _NO_SUCH_ORDER}) or (
        ask.what == "new" and error.code == _DUPLICATE_ID
    )
    is_open = is_ambiguous or is_outcome_unknown(error.code)
    reply: Reply = "unknown" if is_open else REFUSED[ask.what]
    return update_of(ask, client_order_id, reply, ts_recv_ns, code=code, text=text)


def refused(ask: Ask, error: ErrorBody, fault: Fault, ts_recv_ns: int, /) -> list[Event]:
    """Return what a refusal with a code says."""
    if ask.what == "query" and error.code == _NO_SUCH_ORDER:
        return [
            OrderNotFound(
                client_order_id=ask.ids[0],
                symbol=ask.symbol,
                asked_ns=ask.sent_ns,
                ts_recv_ns=ts_recv_ns,
            )
        ]
    if ask.what not in REFUSED:
        return [Faulted(fault=fault)]
    events: list[Event] = [_refusal(ask, one, error, ts_recv_ns) for one in ask.ids]
    return [*events, Faulted(fault=fault)] if fault.kind in _WIDER else events


def failed(ask: Ask, fault: Fault, ts_recv_ns: int, /, *, is_final: bool) -> list[Event]:
    """Return what a failed answer without a usable code says."""
    if ask.what not in REFUSED:
        return [Faulted(fault=fault)]
    if not is_final:
        updates = updates_of(ask, "unknown", ts_recv_ns, text=fault.text)
    else:
        code = "VENUE_RATE_LIMIT" if fault.kind is FaultKind.LIMIT else "VENUE_UNAVAILABLE"
        reply = REFUSED[ask.what]
        updates = updates_of(ask, reply, ts_recv_ns, code=code, text=fault.text)
    is_wider = fault.kind in _WIDER or fault.retry_after_ns > 0
    return [*updates, Faulted(fault=fault)] if is_wider else [*updates]


def silent(ask: Ask, ts_recv_ns: int, reason: str, /, *, fate: Fate = Fate.UNKNOWN) -> list[Event]:
    """Return what follows when no answer came, or what was asked never left."""
    if ask.what not in REFUSED:
        fault = Fault(kind=FaultKind.TRANSIENT, code="SILENT", text=reason, where=ask.where)
        return [Faulted(fault=fault)]
    if fate is Fate.NOT_SENT:
        code, reply = "VENUE_UNAVAILABLE", REFUSED[ask.what]
        return [*updates_of(ask, reply, ts_recv_ns, code=code, text=reason)]
    return [*updates_of(ask, "unknown", ts_recv_ns, text=reason)]
