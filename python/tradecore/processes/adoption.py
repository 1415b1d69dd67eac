"""A trader that begins with the positions its venue says there are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tradecore.core import InputError, Trader
from tradecore.exchanges.registry import order_types
from tradecore.runs.entries import Held

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tradecore.model import InstrumentTerms, VenuePosition

__all__ = ["adopting_trader"]


def adopting_trader(
    terms: Sequence[InstrumentTerms],
    positions: Iterable[VenuePosition],
    *,
    run_id: str,
    exchange: str,
) -> tuple[Trader, tuple[Held, ...]]:
    """Return a trader of these instruments that holds what the venue says, and what that was.

    Args:
        terms: The instruments.
        positions: What the venue says is held.
        run_id: Part of every client order id.
        exchange: The venue, by the name configurations have; it says which orders there are.

    Raises:
        InputError: If a position has no price.
    """
    trader = Trader(
        [one.instrument for one in terms],
        run_id=run_id,
        venue=exchange.lower(),
        order_types=order_types(exchange),
    )
    known, taken = set(trader.symbols), []
    for position in positions:
        if position.symbol not in known:
            continue
        if position.entry_price is None:
            raise InputError(
                "a position that is taken over has a price: "
                f"symbol={position.symbol}, quantity={position.quantity}"
            )
        held = Held(
            symbol=position.symbol,
            quantity=position.quantity,
            average_price=position.entry_price,
            ts_event_ns=position.ts_event_ns,
        )
        trader.adopt_position(
            held.symbol,
            quantity=held.quantity,
            average_price=held.average_price,
            ts_event_ns=held.ts_event_ns,
        )
        taken.append(held)
    return trader, tuple(taken)
