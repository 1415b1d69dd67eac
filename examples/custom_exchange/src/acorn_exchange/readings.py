"""What Acorn's messages say of the account, in the words of the model."""

from __future__ import annotations

from typing import TYPE_CHECKING

from acorn_exchange.messages import MalformedError
from acorn_exchange.requests import NS_PER_US
from tradecore.model import Balance, OrderUpdate, VenueFill, VenueOrder, VenuePosition

if TYPE_CHECKING:
    from acorn_exchange.messages import Fill, Order, Position, Wallet
    from tradecore.model import Reply, Source

_REPLIES: dict[str, Reply] = {
    "placed": "accepted",
    "changed": "replaced",
    "canceled": "canceled",
    "expired": "expired",
}


def update_of_order(
    said: Order, ts_recv_ns: int, *, reply: Reply | None = None, source: Source = "stream"
) -> OrderUpdate:
    """Return what happened to an order of ours.

    Raises:
        MalformedError: If the message does not say what happened.
    """
    if reply is None:
        if said.what not in _REPLIES:
            raise MalformedError(f"an event says what happened: what={said.what!r}")
        reply = _REPLIES[said.what]
    has_terms = reply in {"accepted", "replaced"}
    return OrderUpdate(
        client_order_id=said.id,
        symbol=said.market,
        reply=reply,
        ts_event_ns=said.at_us * NS_PER_US,
        ts_recv_ns=ts_recv_ns,
        source=source,
        venue_order_id=str(said.number),
        price=said.price if has_terms else None,
        quantity=said.quantity if has_terms else None,
        cumulative=said.filled,
        side=said.side,
    )


def update_of_fill(said: Fill, ts_recv_ns: int) -> OrderUpdate:
    """Return a fill as what happened to its order."""
    _check(said)
    return OrderUpdate(
        client_order_id=said.order_id,
        symbol=said.market,
        reply="filled",
        ts_event_ns=said.at_us * NS_PER_US,
        ts_recv_ns=ts_recv_ns,
        venue_order_id=str(said.order_number),
        exec_id=said.number,
        price=said.price,
        quantity=said.quantity,
        cumulative=said.order_filled,
        side=said.side,
        liquidity="maker" if said.is_maker else "taker",
        fee=said.fee,
        fee_currency=said.fee_currency,
    )


def listed_fill(said: Fill) -> VenueFill:
    """Return a fill as a row of a list."""
    _check(said)
    return VenueFill(
        exec_id=said.number,
        venue_order_id=str(said.order_number),
        symbol=said.market,
        side=said.side,
        price=said.price,
        quantity=said.quantity,
        fee=said.fee,
        fee_currency=said.fee_currency,
        liquidity="maker" if said.is_maker else "taker",
        ts_event_ns=said.at_us * NS_PER_US,
    )


def _check(said: Fill) -> None:
    if said.number <= 0 or not said.price > 0 or not said.quantity > 0:
        raise MalformedError(
            "a fill has a number, a price and a quantity above zero:"
            f" number={said.number}, price={said.price}, quantity={said.quantity}"
        )


def listed_order(said: Order) -> VenueOrder:
    """Return an order as it stands."""
    if not 0 <= said.filled <= said.quantity:
        raise MalformedError(
            f"an order trades at most its quantity: quantity={said.quantity}, filled={said.filled}"
        )
    status = said.status
    return VenueOrder(
        client_order_id=said.id,
        venue_order_id=str(said.number),
        symbol=said.market,
        side=said.side,
        type="market" if said.price is None else "limit",
        time_in_force=said.life,
        price=said.price,
        quantity=said.quantity,
        cumulative=said.filled,
        status=status if status != "open" else ("partially_filled" if said.filled else "new"),
        post_only=said.post_only,
        reduce_only=said.reduce_only,
        ts_event_ns=said.at_us * NS_PER_US,
    )


def position_of(said: Position) -> VenuePosition:
    """Return what is held."""
    return VenuePosition(
        symbol=said.market,
        quantity=said.quantity,
        entry_price=said.entry_price,
        ts_event_ns=said.at_us * NS_PER_US,
    )


def balance_of(said: Wallet) -> Balance:
    """Return money."""
    return Balance(
        currency=said.currency,
        total=said.total,
        free=said.free,
        ts_event_ns=said.at_us * NS_PER_US,
    )
