"""Requests about orders that wait for an answer, and what follows if none comes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

import msgspec

from tradecore.model import OrderUpdate

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tradecore.model import Reply

What: TypeAlias = Literal["new", "modify", "cancel", "query", "cancel all", "countdown", "logon"]
REFUSED: Final[dict[str, Reply]] = {
    "new": "rejected",
    "modify": "modify_rejected",
    "cancel": "cancel_rejected",
}
"""The word for a refusal of what was asked; only these are about one order's own change."""

#: The request channel's word, what it asks, and the call over HTTP it stands for.
METHODS: Final[dict[str, tuple[What, str]]] = {
    "order.place": ("new", "POST /fapi/v1/order"),
    "order.modify": ("modify", "PUT /fapi/v1/order"),
    "order.cancel": ("cancel", "DELETE /fapi/v1/order"),
    "order.status": ("query", "GET /fapi/v1/order"),
}

_LATE_NS: Final = 60_000_000_000


class Ask(msgspec.Struct, gc=False):
    """One request.

    Args:
        what: What was asked.
        symbol: Of which instrument.
        ids: Our ids of the orders it is about; several in a batch.
        where: How it is named in faults.
        sent_ns: When it was queued, by our clock.
        offset_ns: How far the venue's clock was ahead of ours.
        channel_generation: Of which connection of the request channel; 0 for HTTP.
        is_late: Whether its time was up before the answer.
    """

    what: What
    symbol: str
    ids: tuple[str, ...]
    where: str
    sent_ns: int
    offset_ns: int
    channel_generation: int = 0
    is_late: bool = False


def updates_of(
    ask: Ask,
    reply: Reply,
    ts_recv_ns: int,
    /,
    *,
    code: str | None = None,
    text: str | None = None,
) -> list[OrderUpdate]:
    """Return the same reply for every order a request is about."""
    return [update_of(ask, one, reply, ts_recv_ns, code=code, text=text) for one in ask.ids]


def update_of(
    ask: Ask,
    client_order_id: str,
    reply: Reply,
    ts_recv_ns: int,
    /,
    *,
    code: str | None = None,
    text: str | None = None,
) -> OrderUpdate:
    """Return a reply for one of them."""
    return OrderUpdate(
        client_order_id=client_order_id,
        symbol=ask.symbol,
        reply=reply,
        ts_event_ns=ts_recv_ns + ask.offset_ns,
        ts_recv_ns=ts_recv_ns,
        source="response",
        reject_code=code,
        reject_text=text,
    )


@dataclass(slots=True)
class AskTable:
    """What waits for an answer. A late answer is evidence still, so a request stays a while.

    Args:
        answer_ns_max: After how long an answer counts as lost.
    """

    answer_ns_max: int
    _asks: dict[str, Ask] = field(default_factory=dict, init=False)

    def __len__(self) -> int:
        return len(self._asks)

    def add(self, request_id: str, ask: Ask, /) -> None:
        """Remember a request."""
        self._asks[request_id] = ask

    def take(self, request_id: str, /) -> Ask | None:
        """Return the request an answer belongs to, and forget it."""
        return self._asks.pop(request_id, None)

    def expire(self, now_ns: int, /) -> Iterator[Ask]:
        """Return requests whose time is up, each once."""
        for request_id, ask in list(self._asks.items()):
            age_ns = now_ns - ask.sent_ns
            if age_ns > self.answer_ns_max + _LATE_NS:
                del self._asks[request_id]
            if age_ns > self.answer_ns_max and not ask.is_late:
                ask.is_late = True
                yield ask

    def lose(self, generation: int, /) -> Iterator[Ask]:
        """Return requests that went out on connections up to this one, and forget them."""
        for request_id, ask in list(self._asks.items()):
            if 0 < ask.channel_generation <= generation:
                del self._asks[request_id]
                if not ask.is_late:
                    yield ask
