"""What a strategy cannot hear, say or be run on does not type-check."""

from __future__ import annotations

import tradecore as tc


class Wrong(tc.AbstractStrategy):
    """Mistakes that would otherwise show in a run."""

    def on_fill(self, fill: tc.Order) -> None:  # E: override
        """Hear something else than what is told."""

    def on_start(self) -> None:
        """Say what no order can be."""
        self.buy("BTCUSDT")  # E: call-arg
        self.sell("BTCUSDT", 1, 2, time_in_force="NEVER")  # E: arg-type
        self.quote("BTCUSDT", bids=[1], asks=[])  # E: list-item
        self.cancel(7)  # E: arg-type
        self.cancel_all(side="long")  # E: arg-type
        self.subscribe("BTCUSDT", 5)  # E: call-arg
        self.now_ns = 0  # E: misc


tc.backtest(Wrong)  # E: call-arg
tc.backtest(Wrong, data="sample", queue=7)  # E: arg-type
tc.backtest(7, data="sample")  # E: arg-type
