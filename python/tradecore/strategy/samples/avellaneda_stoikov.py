"""A market maker that prices its inventory, after Avellaneda and Stoikov (2008).

Everything is measured in basis points of the mid and in seconds, so the same settings make
sense for any instrument.
"""

from __future__ import annotations

import math
from decimal import Decimal
from typing import TYPE_CHECKING

from pydantic import Field

from tradecore.pricing import FillIntensity, Quote, Volatility, avellaneda_stoikov
from tradecore.strategy import AbstractStrategy, StrategyConfig

if TYPE_CHECKING:
    from tradecore.model import BookView, Trade

BPS = 1e-4
NS_PER_S = 1_000_000_000
# Distances from the mid, in basis points, at which trades are counted to learn `k`.
DEPTHS_BPS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0)


class AvellanedaStoikov(AbstractStrategy):
    """Quote around a reservation price that falls as the position grows.

    Volatility is learned from moves of the mid. How fast fills thin out with distance (`k`) is
    learned from trades once enough were seen, unless `calibrate` is off; until then, and where
    it cannot be learned, `k_per_bp` holds. The horizon rolls: there is always as much time left.

    The model knows neither fees nor traders who know more than we do; `edge_bps` is kept back on
    each side for both.
    """

    class Config(StrategyConfig):
        """Risk appetite, what is believed until the market teaches better, and limits."""

        symbol: str = "BTCUSDT"
        risk_aversion: float = Field(0.02, gt=0, description="gamma, per basis point")
        horizon_s: float = Field(30.0, gt=0)
        k_per_bp: float = Field(1.0, gt=0)
        calibrate: bool = True
        volatility_half_life_s: float = Field(60.0, gt=0)
        size: Decimal = Field(Decimal("0.010"), gt=0)
        max_position: Decimal = Field(Decimal("0.100"), gt=0)
        edge_bps: float = Field(0.05, ge=0, description="kept back on each side")
        min_spread_ticks: int = Field(2, ge=1)

    config: Config

    def on_start(self) -> None:
        """Ask for the market, and for a moment each second to learn and to record."""
        self.volatility = Volatility(half_life_s=self.config.volatility_half_life_s)
        self.intensity = FillIntensity(depths=DEPTHS_BPS)
        self.k = self.config.k_per_bp
        self.mid: float | None = None
        self.last_quote: Quote | None = None
        self.started_ns = self.now_ns
        self.subscribe(self.config.symbol, book=1, trades=True)
        self.set_timer("learn", every="1s")

    def on_trade(self, trade: Trade) -> None:
        """Count how far from the mid the market trades."""
        if self.mid is not None:
            self.intensity.observe(abs(float(trade.price) / self.mid - 1) / BPS)

    def on_timer(self, name: str) -> None:
        """Take in what was learned in the last second, and record it for the report."""
        if name != "learn":
            return
        elapsed_s = (self.now_ns - self.started_ns) / NS_PER_S
        fitted = self.intensity.fit(elapsed_s=elapsed_s) if self.config.calibrate else None
        if fitted is not None and fitted.k > 0:
            self.k = fitted.k
        self.record("k_per_bp", self.k)
        if self.last_quote is not None:
            self.record("sigma_bps", self.volatility.per_sqrt_s() or 0.0)
            self.record("reservation_bps", self.last_quote.reservation)
            self.record("spread_bps", self.last_quote.spread + 2 * self.config.edge_bps)

    def on_book(self, book: BookView) -> None:
        """Quote where the formula says, but never across the other side of the market."""
        best_bid, best_ask = book.bid_price, book.ask_price
        if best_bid is None or best_ask is None:
            return
        self.mid = mid = (best_bid + best_ask) / 2
        self.volatility.observe(math.log(mid) / BPS, now_ns=self.now_ns)
        sigma = self.volatility.per_sqrt_s()
        if sigma is None:
            return
        held = self.position(book.symbol).quantity
        self.last_quote = quote = avellaneda_stoikov(
            mid=0.0,
            inventory=float(held / self.config.size),
            time_left=self.config.horizon_s,
            gamma=self.config.risk_aversion,
            sigma=sigma,
            k=self.k,
        )
        tick = float(self.instrument(book.symbol).tick_size)
        centre = mid * (1 + quote.reservation * BPS)
        spread = quote.spread + 2 * self.config.edge_bps
        half = max(mid * spread * BPS, self.config.min_spread_ticks * tick) / 2
        size, limit = self.config.size, self.config.max_position
        bid, ask = min(centre - half, best_ask - tick), max(centre + half, best_bid + tick)
        self.quote(
            book.symbol,
            bids=[(bid, size)] if held + size <= limit else [],
            asks=[(ask, size)] if held - size >= -limit else [],
        )
