"""Strategies to run as they are, and to copy from."""

from __future__ import annotations

from tradecore.strategy.samples.avellaneda_stoikov import AvellanedaStoikov
from tradecore.strategy.samples.two_sided import TwoSidedQuoter

__all__ = ["AvellanedaStoikov", "TwoSidedQuoter"]
