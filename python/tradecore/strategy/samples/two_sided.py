"""The simplest market maker there is: a bid and an ask around the mid, leaning on the position."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from pydantic import Field

from tradecore.strategy import AbstractStrategy, StrategyConfig

if TYPE_CHECKING:
    from tradecore.model import BookView

BPS = 1e-4


class TwoSidedQuoter(AbstractStrategy):
    """Quote both sides of the mid at a fixed distance, lower when long and higher when short.

    With the largest position allowed, both quotes have moved by `skew_bps`, so the side that
    brings the position back is filled more often.
    """

    class Config(StrategyConfig):
        """What to quote, how far from the mid, and how much to hold at most."""

        symbol: str = "BTCUSDT"
        half_spread_bps: float = Field(0.1, gt=0)
        skew_bps: float = Field(0.1, ge=0)
        size: Decimal = Field(Decimal("0.010"), gt=0)
        max_position: Decimal = Field(Decimal("0.100"), gt=0)

    config: Config

    def on_start(self) -> None:
        """Ask for the best bid and ask."""
        self.subscribe(self.config.symbol, book=1)

    def on_book(self, book: BookView) -> None:
        """Move the quotes to where the mid and the position want them."""
        bid, ask = book.bid_price, book.ask_price
        if bid is None or ask is None:
            return
        held = self.position(book.symbol).quantity
        mid = (bid + ask) / 2
        skew = self.config.skew_bps * float(held / self.config.max_position)
        centre = mid * (1 - skew * BPS)
        half = mid * self.config.half_spread_bps * BPS
        size, limit = self.config.size, self.config.max_position
        # A side that could take the position past the limit is not quoted at all.
        self.quote(
            book.symbol,
            bids=[(centre - half, size)] if held + size <= limit else [],
            asks=[(centre + half, size)] if held - size >= -limit else [],
        )
