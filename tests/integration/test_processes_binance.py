"""The four processes under their supervisor at the local exchange, each killed in turn.

Everything is a process of its own and speaks over sockets. The exchange's own answers, asked for
over REST with the account's key, are the truth.
"""

from __future__ import annotations

import pytest

from tradecore.drills.configs import KINDS, Setup
from tradecore.drills.system import System
from tradecore.drills.truth import compare, settle
from tradecore.telemetry import SystemClock

STRATEGY = """
import tradecore as tc

class Maker(tc.AbstractStrategy):
    def on_start(self):
        self.subscribe("BTCUSDT", book=1)

    def on_book(self, book):
        bid, ask = book.bid_price, book.ask_price
        self.quote("BTCUSDT", bids=[(bid - 0.5, "0.010")], asks=[(ask + 0.5, "0.010")],
                   min_life_ms=300)
"""


@pytest.fixture
def system(tmp_path):
    """Return a system with its exchange started and its files written."""
    with System(tmp_path, Setup(strategy="maker.py:Maker"), clock=SystemClock(), seed=7) as system:
        (system.config / "maker.py").write_text(STRATEGY)
        yield system


@pytest.mark.timeout(240)
def test_each_process_may_be_killed(system):
    """After each kill quotes rest and both sides agree, to the order; in the end nothing is left.

    Agree: on the set of open orders, the set of trades, the position and the fees, between the
    venue, the engine's journal, the position server and the trader.
    """
    system.up()
    system.until(system.is_ready, "the four processes get ready")
    system.until(system.account.open_orders, "an order rests at the exchange")

    for kind in KINDS:
        killed = system.kill(kind)
        system.until(lambda: system.pids()[kind] != killed, f"{kind} is started again")  # noqa: B023
        system.until(system.is_ready, f"ready after the kill of {kind}")
        system.until(system.account.open_orders, f"an order rests after the kill of {kind}")
        # A position server that starts again counts fees anew: it never saw the fills before.
        after = settle(system, with_fees=False)
        assert not after.lost, f"{kind}: {after}"

    code = system.stop()

    assert (code, system.account.open_orders()) == (0, frozenset())
    end = compare(system, is_up=False)
    assert not end.lost, str(end)
    ends = [line["exit_code"] for line in system.lines() if line["event"] == "ended"]
    assert sorted(ends) == [-9] * 4 + [0] * 4
