"""The report of a backtest: one self-contained HTML page with its own SVG."""

from __future__ import annotations

from tradecore.backtest.report.heatmap import Sweep
from tradecore.backtest.report.page import render_report, write_report
from tradecore.backtest.report.runs import render_runs, write_runs

__all__ = ["Sweep", "render_report", "render_runs", "write_report", "write_runs"]
