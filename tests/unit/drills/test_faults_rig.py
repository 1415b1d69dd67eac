"""What a drill sees of the exchange beside the strategy: its failure is no success of ours."""

from __future__ import annotations

import asyncio

import tradecore as tc
from tradecore.drills.faults_rig import FaultRig
from tradecore.telemetry import SystemClock


class Silent(tc.AbstractStrategy):
    """Does nothing."""


class BrokenMarket:
    """A market that fails at its next step."""

    def step(self, now_ns):
        """Fail."""
        raise LookupError(f"the market has no price: now_ns={now_ns}")


def test_an_exchange_that_fails_is_named_and_fails_the_drill(tmp_path):
    """Nobody is left waiting for a venue that stands still."""

    async def play():
        rig = FaultRig(Silent(), tmp_path, SystemClock())
        await rig.start()
        well = rig.failure()
        rig.exchange.flow = BrokenMarket()
        async with asyncio.timeout(10):
            while rig.failure() is None:  # noqa: ASYNC110 - the exchange is a task of its own
                await asyncio.sleep(0.01)
        failed = rig.failure()
        await rig.kill()
        await rig.aclose()
        return well, failed

    well, failed = asyncio.run(play())

    assert well is None
    assert failed.startswith("the exchange failed: LookupError: the market has no price")
