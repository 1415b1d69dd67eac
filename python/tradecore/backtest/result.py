"""What a backtest leaves: arrays for analysis, exact totals, and every assumption in words."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from tradecore.backtest.diagnosis import diagnose
from tradecore.backtest.frames import table_of, to_pandas, to_polars
from tradecore.backtest.tables import SYMBOL_EQUITY_DTYPE

if TYPE_CHECKING:
    from collections.abc import Mapping
    from os import PathLike

    import numpy.typing as npt

    from tradecore.backtest.summary import Summary

__all__ = ["BacktestResult"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BacktestResult:
    """A finished run.

    Args:
        fills: One row a fill, of `tables.FILL_DTYPE`.
        orders: One row an order that was sent, of `tables.ORDER_DTYPE`.
        equity: Cash, position and mid over time, of `tables.EQUITY_DTYPE`.
        latency: One row a duration, of `tables.LATENCY_DTYPE`.
        records: What the strategy recorded, by name: `ts_ns`, `value`.
        denials: Orders denied before they were sent, by code.
        assumptions: What was assumed and what is not modelled, a sentence each.
        meta: `strategy`, `data`, `venue`, `symbol`, `currency`, `period`, `queue`.
        errors: The first records that could not be read, with their places.
        exit_code: 0, or 1 when the strategy was halted, a callback failed, the run was stopped or
            a recording is damaged: whenever it ended early.
        symbol_equity: `equity` of each symbol, of `tables.SYMBOL_EQUITY_DTYPE`.
        symbols: What the column `symbol` of the tables counts, from 0.
    """

    fills: npt.NDArray[np.void]
    orders: npt.NDArray[np.void]
    equity: npt.NDArray[np.void]
    latency: npt.NDArray[np.void]
    records: Mapping[str, npt.NDArray[np.void]]
    denials: Mapping[str, int]
    assumptions: tuple[str, ...]
    meta: Mapping[str, str]
    errors: tuple[str, ...]
    exit_code: int
    _summary: Summary
    symbol_equity: npt.NDArray[np.void] = field(
        default_factory=lambda: np.zeros(0, dtype=SYMBOL_EQUITY_DTYPE)
    )
    symbols: tuple[str, ...] = ()

    def summary(self) -> Summary:
        """Return the exact totals."""
        return self._summary

    @property
    def diagnosis(self) -> tuple[str, ...]:
        """What a reader should know before any figure, in plain sentences; often nothing."""
        return diagnose(self._summary, self.orders)

    def report(self, path: str | PathLike[str]) -> Path:
        """Write one self-contained HTML page; return where.

        Raises:
            OSError: If the file cannot be written.
        """
        from tradecore.backtest.report import write_report  # noqa: PLC0415 - only who wants one

        return write_report(self, Path(path))

    def to_numpy(self, name: str = "fills") -> npt.NDArray[np.void]:
        """Return `fills`, `orders`, `equity`, `latency` or a recorded series as it is.

        Raises:
            InputError: If there is no such table.
        """
        return table_of(self._tables(), name)

    def to_pandas(self, name: str = "fills") -> Any:  # noqa: ANN401 - pandas is not a dependency
        """Return `fills`, `orders`, `equity`, `latency` or a series as a `pandas.DataFrame`.

        Raises:
            ModuleNotFoundError: If pandas is not installed.
            InputError: If there is no such table.
        """
        return to_pandas(self._tables(), name)

    def to_polars(self, name: str = "fills") -> Any:  # noqa: ANN401 - polars is not a dependency
        """Return `fills`, `orders`, `equity`, `latency` or a series as a `polars.DataFrame`.

        Raises:
            ModuleNotFoundError: If polars is not installed.
            InputError: If there is no such table.
        """
        return to_polars(self._tables(), name)

    def _tables(self) -> dict[str, npt.NDArray[np.void]]:
        own = {name: getattr(self, name) for name in ("fills", "orders", "equity", "latency")}
        return {**self.records, **own}

    def __str__(self) -> str:
        """Return the run in a few lines; the last says how it ended."""
        told, pnl = self._summary, self._summary.pnl
        counted = f"{told.events:,} events, {told.orders:,} orders, {told.fills:,} fills"
        parts = (
            f"spread {pnl.spread:f}, inventory {pnl.inventory:f}, fees {-pnl.fees:f}, "
            f"funding {pnl.funding:f}"
        )
        lines = [
            f"{self.meta['strategy']} on {self.meta['data']}, {self.meta['period']}",
            f"{counted} ({told.maker_fills:,} maker)",
            f"net {pnl.net:f} {self.meta['currency']}: {parts}",
            *self.diagnosis,
        ]
        lines.append(told.ending)
        return "\n".join(lines)
