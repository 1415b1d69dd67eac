"""What codecs on a real exchange concluded, to be awaited."""

from __future__ import annotations

import asyncio

from tradecore.model import OrderUpdate


class Heard:
    """What codecs concluded, to be awaited."""

    def __init__(self):
        self.events = []
        self.more = asyncio.Event()

    def take(self, _codec, events):
        """Keep events."""
        self.events += events
        self.more.set()

    async def until(self, wanted):
        """Return the first event that is wanted, past or to come."""
        seen = 0
        while True:
            for event in self.events[seen:]:
                seen += 1
                if wanted(event):
                    return event
            self.more.clear()
            await self.more.wait()

    async def reply(self, one, reply, source="response"):
        """Return the reply about an order from a source."""
        return await self.until(
            lambda e: (
                isinstance(e, OrderUpdate)
                and (e.client_order_id, e.reply, e.source) == (one, reply, source)
            )
        )
