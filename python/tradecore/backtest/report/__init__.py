"""The report of a backtest: one self-contained HTML page with its own SVG."""

from __future__ import annotations

from tradecore.backtest.report.page import render_report, write_report

__all__ = ["render_report", "write_report"]
