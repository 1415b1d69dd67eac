"""Write the sample recording: ``python -m tradecore.backtest.samples FILE``."""

from __future__ import annotations

import sys
from pathlib import Path

from tradecore.backtest.samples import generate_sample

Path(sys.argv[1]).write_bytes(generate_sample())
