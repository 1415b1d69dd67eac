"""All that requests of one venue share."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from tradecore.gateway.edge import Stop
from tradecore.gateway.lines import Lines

if TYPE_CHECKING:
    from tradecore.gateway.budgets import Budgets
    from tradecore.gateway.directory import Directory
    from tradecore.gateway.floor import Floor
    from tradecore.gateway.log_ring import LogRing
    from tradecore.gateway.metrics import VenueMetrics
    from tradecore.gateway.settings import VenueSettings
    from tradecore.gateway.stream.hub import Hub
    from tradecore.gateway.stream.session import Session
    from tradecore.store.identity_service import IdentityService
    from tradecore.telemetry import Clock

__all__ = ["Gateway"]

#: How long an answer to a request with a key is given again.
ANSWERS_NS: Final = 24 * 3_600 * 1_000_000_000


@dataclass(slots=True, eq=False, kw_only=True)
class Gateway:
    """One venue's doors: what is behind them, and what they remember.

    Args:
        settings: What the venue was told.
        clock: Time.
        floor: The venue.
        identity: Who may come in.
        directory: Which account is whose.
        hub: Streams to WebSockets.
        metrics: Counts.
        logs: The last lines of the log.
        users: What a user may ask.
        fast_users: The same, for who makes markets.
        addresses: What an address may ask without a token.
        started_ns: When it began, by the monotonic clock.
    """

    settings: VenueSettings
    clock: Clock
    floor: Floor
    identity: IdentityService
    directory: Directory
    hub: Hub
    metrics: VenueMetrics
    logs: LogRing
    users: Budgets
    fast_users: Budgets
    addresses: Budgets
    started_ns: int
    collected_ns: int = 0
    stop: Stop = field(default_factory=Stop)
    lines: Lines = field(default_factory=Lines)
    sessions: dict[Session, None] = field(default_factory=dict)
    keys_in_flight: set[tuple[str, str]] = field(default_factory=set)

    @property
    def uptime_s(self) -> float:
        """Return how long it has been there, in seconds."""
        return (self.clock.monotonic_ns() - self.started_ns) / 1e9

    async def know_users(self) -> None:
        """Read again who may come in."""
        await asyncio.to_thread(self.identity.refresh, self.clock.now_ns())
        native = self.floor.native
        if native is not None:
            await asyncio.to_thread(native.know_keys)
        self.directory.learn(await asyncio.to_thread(self.identity.users.list))

    async def forget_answers(self) -> None:
        """Forget the answers to requests with a key that are over a day old."""
        before_ns = self.clock.now_ns() - ANSWERS_NS
        await asyncio.to_thread(self.floor.records.answers.forget_before, before_ns)
