"""Books and prices."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from tradecore.gateway.numbers import DecimalOut, Timestamp
from tradecore.gateway.schemas.base import Camel, Snake

__all__ = ["Book", "Level", "PriceSource", "Prices"]

Level = Annotated[
    list[DecimalOut], Field(min_length=2, max_length=2, description="Price and quantity.")
]


class Book(Camel):
    """A book by price, best first."""

    symbol: str
    sequence: int = Field(description="Number of the last event in it; grows with each change.")
    timestamp: Timestamp
    bids: list[Level]
    asks: list[Level]
    checksum: int = Field(
        description="CRC-32 of `bid price:quantity:ask price:quantity:…`, level by level from "
        "the best, 25 of each side at most; a side that runs out is left out."
    )


class PriceSource(Snake):
    """One of the prices that a mark is made of."""

    name: str
    price: DecimalOut | None


class Prices(Snake):
    """What a symbol is worth, by several measures; null where there is none."""

    symbol: str
    mid: DecimalOut | None = Field(description="Middle of the best bid and ask.")
    micro: DecimalOut | None = Field(description="The same, weighed by the size across.")
    last: DecimalOut | None = Field(description="Price of the last trade.")
    index: DecimalOut = Field(description="What it is worth elsewhere.")
    mark: DecimalOut = Field(description="What positions are valued at.")
    sources: list[PriceSource]
    timestamp: Timestamp
