"""Fair values and quotes: what to ask for, given risk and how trades arrive.

Analytics in `float`; nothing here touches money that is owed. Prices may be in any unit (quote
currency, ticks, basis points) as long as every argument of one call uses the same one.
"""

from __future__ import annotations

from tradecore.pricing.estimators import FillIntensity, Volatility
from tradecore.pricing.glft import (
    GlftGrid,
    InventoryQuote,
    glft_asymptotic,
    glft_coefficients,
    glft_exact,
)
from tradecore.pricing.intensity import Intensity, fit_intensity
from tradecore.pricing.market_making import Quote, avellaneda_stoikov, average_spread
from tradecore.pricing.simulation import MarketMakingOutcome, simulate_market_making

__all__ = [
    "FillIntensity",
    "GlftGrid",
    "Intensity",
    "InventoryQuote",
    "MarketMakingOutcome",
    "Quote",
    "Volatility",
    "avellaneda_stoikov",
    "average_spread",
    "fit_intensity",
    "glft_asymptotic",
    "glft_coefficients",
    "glft_exact",
    "simulate_market_making",
]
