"""Peak memory of a backtest over generated markets of growing length.

The market is made while it is played, so what grows is what a run keeps: nothing of a run that does
not trade, and of a maker its orders, fills and answers.

    python benches/memory_backtest.py [SECONDS]
"""

from __future__ import annotations

import resource
import subprocess
import sys
from pathlib import Path

START_NS = 1_700_000_000_000_000_000
STRATEGIES = ("silent", "maker")
PARTS = (16, 4, 1)


def play(name: str, seconds: int) -> None:
    """Run one backtest and print its events, orders, fills and peak memory in MiB."""
    import tradecore as tc  # noqa: PLC0415 - the parent needs none of it
    from tradecore.core import Instrument, OrderRecording  # noqa: PLC0415
    from tradecore.marketdata import Recording  # noqa: PLC0415

    class Silent(tc.AbstractStrategy):
        """Hears nothing."""

    class Maker(tc.AbstractStrategy):
        """Quotes the touch."""

        def on_start(self) -> None:
            """Hear of it."""
            self.subscribe("BTCUSDT", book=1)

        def on_book(self, book: tc.OrderBook) -> None:
            """Move both quotes, where there are both."""
            if book.bid_price is None or book.ask_price is None:
                return
            self.quote("BTCUSDT", [(book.bid_price, "0.01")], [(book.ask_price, "0.01")])

    market = OrderRecording.generated(
        Instrument("BTCUSDT", tick_size="0.1", lot_size="0.001", kind="linear"),
        seed=1,
        start_ns=START_NS,
        duration_ns=seconds * 1_000_000_000,
        price="60000",
        volatility_milliticks=2_000,
    )
    strategy = Maker if name == "maker" else Silent
    recording = Recording(market, Path("generated"))
    result = tc.backtest(strategy, data=recording, fees="venue", latency="venue")
    told = result.summary()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(told.events, told.orders, told.fills, peak // 1024)


def main() -> None:
    """Play each strategy over a sixteenth, a quarter and the whole, each in its own process."""
    arguments = sys.argv[1:]
    if len(arguments) == 2:
        play(arguments[0], int(arguments[1]))
        return
    seconds = int(arguments[0]) if arguments else 960
    print(f"{'strategy':<10}{'seconds':>9}{'events':>12}{'orders':>11}{'fills':>9}{'peak MiB':>10}")
    for name in STRATEGIES:
        for part in PARTS:
            command = [sys.executable, __file__, name, str(seconds // part)]
            told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
            events, orders, fills, peak = map(int, told.split())
            row = f"{name:<10}{seconds // part:>9}{events:>12,}{orders:>11,}{fills:>9,}{peak:>10}"
            print(row)


if __name__ == "__main__":
    main()
