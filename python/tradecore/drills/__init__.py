"""Drills: the whole system at work on a local exchange, hurt on purpose, and judged by the venue.

What the exchange itself answers is the truth; what our processes hold and wrote down is compared
with it.
"""

from __future__ import annotations
