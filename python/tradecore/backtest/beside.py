"""What a recording says beside its book, as a strategy is told of it."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final, TypeAlias

from tradecore.core import Instrument
from tradecore.model import ConnectionChange, FundingRate, MarkPrice

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tradecore.core import Simulation

__all__ = ["Told", "said_beside"]

Told: TypeAlias = FundingRate | MarkPrice | Instrument | ConnectionChange

_NANO: Final = Decimal(10) ** -9


def said_beside(
    simulation: Simulation, instruments: Sequence[Instrument], venues: Sequence[str]
) -> Iterator[tuple[str, Told]]:
    """Return the callbacks for what was said last, and what each is told.

    Args:
        simulation: What said it.
        instruments: What is traded, by place.
        venues: Where, by place.
    """
    said = simulation.last_aside
    if said is None:
        return
    place, kind, (rate, mark, next_ns), terms, (ts_event_ns, now_ns) = said
    symbol = instruments[place].symbol
    if kind == "funding":
        yield (
            "on_funding_rate",
            FundingRate(
                symbol=symbol,
                rate=rate * _NANO,
                next_funding_ns=next_ns,
                ts_event_ns=ts_event_ns,
            ),
        )
        if mark > 0:
            price = MarkPrice(symbol=symbol, mark=mark * _NANO, index=None, ts_event_ns=ts_event_ns)
            yield "on_mark_price", price
    elif terms is not None:
        yield "on_instrument", terms
    elif kind in {"disconnected", "connected"}:
        # Of a gap a strategy hears that no book comes, as it does live.
        change = ConnectionChange(
            peer=venues[place],
            channel="market",
            state="up" if kind == "connected" else "down",
            ts_recv_ns=now_ns,
        )
        yield "on_connection", change
