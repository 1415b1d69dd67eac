"""The recording that ships: made by our own market generator, and made again by this module.

``python -m tradecore.backtest.samples FILE`` writes the same bytes as the file in the wheel.
"""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from typing import Final

from tradecore.core import Instrument, generate_tape

__all__ = ["SAMPLE_SECONDS", "SAMPLE_SEED", "generate_sample", "sample_instrument", "sample_path"]

SAMPLE_SEED: Final = 20_240_101
SAMPLE_SECONDS: Final = 600
START_NS: Final = 1_704_067_200_000_000_000
"""2024-01-01 00:00:00 UTC: a date, so that a chart has an axis; the market is invented."""
PRICE: Final = "60000"
VOLATILITY_MILLITICKS: Final = 2_000
"""Standard deviation of the fair value over a calm second: two ticks."""


def sample_instrument() -> Instrument:
    """Return what the sample trades: like BTCUSDT perpetual, settled in USDT."""
    return Instrument("BTCUSDT", tick_size="0.1", lot_size="0.001", kind="linear")


def generate_sample(seconds: int = SAMPLE_SECONDS, seed: int = SAMPLE_SEED) -> bytes:
    """Return a tape of the generated market; the same bytes for the same arguments, anywhere."""
    return generate_tape(
        sample_instrument(),
        seed=seed,
        start_ns=START_NS,
        duration_ns=seconds * 1_000_000_000,
        price=PRICE,
        volatility_milliticks=VOLATILITY_MILLITICKS,
    )


def sample_path() -> Path:
    """Return where the tape that ships lies."""
    return Path(str(resources.files("tradecore") / "backtest" / "samples" / "btcusdt.tape"))
