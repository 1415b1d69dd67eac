"""Many runs of one strategy with other settings: `tradecore.sweep(...)`."""

from __future__ import annotations

from tradecore.backtest.sweep.points import RUNS_MAX, grid_points
from tradecore.backtest.sweep.run import sweep
from tradecore.backtest.sweep.table import SweepResult

__all__ = ["RUNS_MAX", "SweepResult", "grid_points", "sweep"]
