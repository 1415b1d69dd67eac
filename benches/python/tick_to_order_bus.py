"""Tick to order over the four processes and their bus, and where the time goes.

Exchange, market server, engine, position server and trader are processes of their own on this
machine. The strategy keeps, for each order, when the market server had read the frame that caused
it; the engine's journal says when the order was written down, which is before its bytes leave.
What the engine then takes to the socket it measures itself. All clocks are one: the machine's.
"""

from __future__ import annotations

import json
import statistics
import tempfile
import time
from pathlib import Path

from tradecore.drills.configs import Setup
from tradecore.drills.system import System
from tradecore.exchanges.base import NewOrder
from tradecore.processes.intent_file import read_intents
from tradecore.telemetry import SystemClock

SECONDS = 20
ASKED_US = 400.0
STRATEGY = '''
import json
import time
import tradecore as tc

class Marker(tc.AbstractStrategy):
    """Bids far below at each change of the best levels, takes the bid back, keeps the times."""

    def on_start(self):
        self.marks = {}
        self.subscribe("BTCUSDT", book=5)

    def on_book(self, book):
        if len(self.orders()) < 5:
            heard_ns = time.time_ns()
            order = self.buy(book.symbol, "0.010", int(book.bid_price) - 500)
            self.marks[order.client_order_id] = (book.ts_recv_ns, heard_ns)

    def on_order_accepted(self, event):
        self.cancel(event.order)

    def on_stop(self):
        with open("MARKS", "w") as out:
            json.dump(self.marks, out)
'''


def run() -> list[dict[str, object]]:
    """Measure for a while, and return the way's stages at the median."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        marks = folder / "marks.json"
        strategy = folder / "marker.py"
        strategy.write_text(STRATEGY.replace("MARKS", str(marks)))
        setup = Setup(strategy=f"{strategy}:Marker", limits={})
        with System(folder, setup, clock=SystemClock()) as system:
            system.up()
            system.until(system.is_ready, "all four are ready")
            time.sleep(SECONDS)
            stages = system.stages("trading_engine")
            system.stop()
        told = json.loads(marks.read_text())
        (journal,) = folder.glob("journal/*/intents")
        written = {
            entry.what.client_order_id: at_ns
            for at_ns, entry in read_intents(journal)
            if isinstance(entry.what, NewOrder)
        }
    both = [name for name in told if name in written]
    to_strategy = [(told[name][1] - told[name][0]) / 1e3 for name in both]
    to_engine = [(written[name] - told[name][1]) / 1e3 for name in both]
    wire_ms = stages["order_to_wire"].quantile_ms(0.5)
    parts = {
        "frame read to strategy called": statistics.median(to_strategy),
        "strategy called to order at the engine": statistics.median(to_engine),
        "order at the engine to socket, at most": (wire_ms or 0.0) * 1e3,
    }
    rows = [_row(f"four processes, {name}, p50", value) for name, value in parts.items()]
    whole = _row(f"four processes, sum of the three, {len(both)} orders", sum(parts.values()))
    return [whole | {"asked": f"<= {ASKED_US:g} us"}, *rows]


def _row(name: str, value: float) -> dict[str, object]:
    return {
        "name": name,
        "value": value,
        "unit": "us",
        "baseline_name": None,
        "baseline_value": None,
        "ratio": None,
    }


if __name__ == "__main__":
    for row in run():
        print(f"{row['value']:8.1f} {row['name']}")
