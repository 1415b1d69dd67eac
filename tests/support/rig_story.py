"""Stories with a strategy and the exchange it trades at, both in the test's own process."""

from __future__ import annotations

import asyncio

from tradecore.drills.faults_rig import FaultRig
from tradecore.telemetry import SystemClock


async def until(holds):
    """Wait until something holds; the test's own time-out ends a wait for what never does."""
    while not holds():  # noqa: ASYNC110 - it happens in sockets
        await asyncio.sleep(0.01)


def play(strategy, story, folder):
    """Run a story with a rig around a strategy, end both, and return what it found."""

    async def whole():
        rig = FaultRig(strategy, folder, SystemClock())
        try:
            async with asyncio.timeout(40):
                await rig.start()
                return await story(rig)
        finally:
            if rig.is_running:
                await rig.stop()
            await rig.aclose()

    return asyncio.run(whole())
