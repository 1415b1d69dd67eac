"""Reads what came over the bus, each body by itself: a bad one takes no other with it."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from tradecore.core import TradecoreError
from tradecore.wire import decode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from tradecore.core import Instrument
    from tradecore.transport.bus import Batch

__all__ = ["readable"]


def readable(
    batch: Batch,
    tell: Callable[[str], None],
    /,
    *,
    instruments: Mapping[str, Instrument] = MappingProxyType({}),
) -> Iterator[Any]:
    """Yield the values of a batch in order; what makes no sense is told and passed over."""
    for body in batch.bodies:
        try:
            value = decode(batch.kind, body, instruments=instruments)
        except TradecoreError as error:
            tell(f"a message on {batch.topic} makes no sense: {error}")
            continue
        yield value
