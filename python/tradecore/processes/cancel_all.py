"""Takes an account's resting orders out of a venue when no engine is there to do it.

Nothing is bound and no stream is opened: requests alone, so that it works beside a process that
hangs and after one that died. What is left is what the venue lists in the end, not what we assume.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from tradecore.core import InputError
from tradecore.exchanges.base import (
    CONDITIONAL_TYPES,
    CancelOrder,
    ExchangeWaitingLists,
    Faulted,
    FaultKind,
    OpenOrdersListed,
)
from tradecore.exchanges.base.roles import ConditionalPlugin
from tradecore.execution.desk_strangers import OUR_PREFIX
from tradecore.model import OrderUpdate
from tradecore.processes.venue_visit import VenueSilentError, VenueVisit

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tradecore.exchanges.base import ExchangeConditionals, ExchangeOMS
    from tradecore.model.venue import VenueOrder
    from tradecore.processes.settings import EngineSettings

__all__ = ["WAIT_S", "Ended", "Sweep", "cancel_all"]

WAIT_S: Final = 30.0
PAUSE_S: Final = 0.2
PAUSE_S_MAX: Final = 2.0
AT_ONCE: Final = 50
#: So often the venue may refuse everything that is left before we stop asking.
ROUNDS_REFUSED_MAX: Final = 3
#: What asking again does not mend.
FINAL: Final = frozenset({FaultKind.AUTH, FaultKind.PARAMETER, FaultKind.NOT_FOUND})

Name: TypeAlias = tuple[Literal["order", "conditional"], str, str]
"""What a resting order is called here: its kind, its symbol, the venue's id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """An order that rested when we came.

    Args:
        kind: `order`, or `conditional` for one that waited for a trigger.
        symbol: Of which instrument.
        client_order_id: Its owner's id.
        venue_order_id: The venue's.
        side: `buy` or `sell`.
        quantity: What was left of it, in base units.
        price: In quote units; empty where it has none.
        outcome: `canceled` if the venue said so; `gone` if it is listed no more, canceled or
            traded; `left` if it still rests.
        detail: The venue's reason, where it refused.
    """

    kind: str
    symbol: str
    client_order_id: str
    venue_order_id: str
    side: str
    quantity: str
    price: str
    outcome: Literal["canceled", "gone", "left"]
    detail: str = ""


@dataclass(slots=True)
class Sweep:
    """What came of it.

    Args:
        orders: Every order that was to be canceled, in the order it was first listed.
        problem: Why it ended before nothing was left; empty if nothing is.
        is_late: Whether time was what ended it.
    """

    orders: list[Ended] = field(default_factory=list)
    problem: str = ""
    is_late: bool = False

    @property
    def left(self) -> list[Ended]:
        """Orders that still rest."""
        return [order for order in self.orders if order.outcome == "left"]


async def cancel_all(
    settings: EngineSettings,
    *,
    symbol: str | None = None,
    strangers: bool = False,
    wait_s: float = WAIT_S,
) -> Sweep:
    """Cancel resting orders until the venue lists none, and tell what became of each.

    Args:
        settings: The engine's.
        symbol: Of which instrument; of all if `None`.
        strangers: Whether orders that are not ours are canceled too.
        wait_s: How long it may take.

    Raises:
        VenueSilentError: If the venue never said what rests.
        InputError: If the symbol is not traded there, or the venue refuses the key.
    """
    visit, sweeper = VenueVisit(settings), None
    try:
        async with visit.within(wait_s):
            terms = await visit.arrive(() if symbol is None else (symbol,))
            plugin, connector = visit.link.plugin, visit.connector
            # Never started: without its connection every cancel goes by HTTP.
            oms = plugin.oms(connector, terms)
            apart = None
            if isinstance(plugin, ConditionalPlugin):
                apart = plugin.conditionals(connector)
            sweeper = _Sweeper(visit, oms, apart, symbol=symbol, strangers=strangers)
            await sweeper.sweep()
    except VenueSilentError as late:
        if sweeper is None or not sweeper.has_looked:
            raise
        return sweeper.told(problem=str(late), is_late=True)
    finally:
        await visit.aclose()
    return sweeper.told()


class _Sweeper:
    """Lists, cancels, lists again."""

    def __init__(
        self,
        visit: VenueVisit,
        oms: ExchangeOMS,
        apart: ExchangeConditionals | None,
        *,
        symbol: str | None,
        strangers: bool,
    ) -> None:
        self._visit, self._oms, self._apart = visit, oms, apart
        self._symbol, self._strangers = symbol, strangers
        self._seen: dict[Name, VenueOrder] = {}
        self._resting: list[Name] = []
        self._said: dict[Name, OrderUpdate] = {}
        self._problem = ""
        self.has_looked = False
        visit.link.pump.add(oms)
        if apart is not None:
            visit.link.pump.add(apart)

    async def sweep(self) -> None:
        """Cancel until nothing is listed, or the venue refuses what is left."""
        pause_s, refused = PAUSE_S, 0
        await self._look()
        while self._resting:
            await self._cancel()
            await self._look()
            said = [self._said.get(name) for name in self._resting]
            is_refused = all(one is not None and one.reply == "cancel_rejected" for one in said)
            refused = refused + 1 if is_refused else 0
            if refused == ROUNDS_REFUSED_MAX:
                self._problem = "the venue refuses to cancel what is left"
                return
            if self._resting:
                await asyncio.sleep(pause_s)
                pause_s = min(2 * pause_s, PAUSE_S_MAX)

    def told(self, *, problem: str = "", is_late: bool = False) -> Sweep:
        """Return what became of everything that was listed once."""
        why = "; ".join(filter(None, (self._problem, problem)))
        return Sweep([self._told(name) for name in self._seen], why, is_late)

    # Listing

    async def _look(self) -> None:
        """Learn what rests now, and remember it."""
        found = await self._listed()
        self.has_looked = True
        self._resting = [
            name
            for name, order in found.items()
            if self._strangers or order.client_order_id.startswith(OUR_PREFIX)
        ]
        for name in self._resting:
            self._seen[name] = found[name]

    async def _listed(self) -> dict[Name, VenueOrder]:
        """Ask until the venue answers; a fault that asking again mends is waited out."""
        pause_s = PAUSE_S
        while True:
            answer = await self._ask()
            if isinstance(answer, OpenOrdersListed):
                return {_name(one): one for one in answer.orders}
            fault = answer.fault
            if fault.kind in FINAL:
                text = f"{fault.where}: {fault.code} {fault.text}"
                problem = f"the venue refuses to say what rests: {text}"
                if self._apart is None:
                    raise InputError(problem)
                # Orders that wait for nothing are canceled all the same, where those are listed.
                self._apart, self._problem = None, problem
                continue
            if fault.kind is FaultKind.CLOCK:
                self._visit.link.fetcher.fetch_clock(self._visit.host.clock.now_ns())
                self._visit.link.pump.flush(self._visit.link.fetcher)
            await asyncio.sleep(max(pause_s, fault.retry_after_ns / 1e9))
            pause_s = min(2 * pause_s, PAUSE_S_MAX)

    async def _ask(self) -> OpenOrdersListed | Faulted:
        visit = self._visit
        fetcher = visit.link.fetcher
        visit.heard.clear()
        now_ns, venue_ns = visit.now()
        if isinstance(fetcher, ExchangeWaitingLists):
            fetcher.lists_waiting = self._apart is not None
        fetcher.fetch_open_orders(self._symbol, now_ns=now_ns, venue_ns=venue_ns)
        visit.link.pump.flush(fetcher)

        def answered() -> OpenOrdersListed | Faulted | None:
            for codec, event in visit.heard:
                if codec is fetcher and isinstance(event, (OpenOrdersListed, Faulted)):
                    return event
            return None

        return await visit.until(answered)

    # Canceling

    async def _cancel(self) -> None:
        """Ask for the end of everything that rests, and hear what became of it."""
        resting = self._resting
        if self._strangers:
            symbols = sorted({symbol for kind, symbol, _ in resting if kind == "order"})
            now_ns, venue_ns = self._visit.now()
            for symbol in symbols:
                self._oms.cancel_all(symbol, now_ns=now_ns, venue_ns=venue_ns)
            self._visit.link.pump.flush(self._oms)
            resting = [name for name in resting if name[0] == "conditional"]
            if not resting:
                await asyncio.sleep(PAUSE_S)
        for begin in range(0, len(resting), AT_ONCE):
            await self._cancel_each(resting[begin : begin + AT_ONCE])

    async def _cancel_each(self, names: Iterable[Name]) -> None:
        visit = self._visit
        visit.heard.clear()
        now_ns, venue_ns = visit.now()
        waiting: dict[tuple[object, str], Name] = {}
        for name in names:
            kind, symbol, venue_order_id = name
            one = CancelOrder(
                client_order_id=self._seen[name].client_order_id,
                symbol=symbol,
                venue_order_id=venue_order_id,
            )
            codec = self._apart if kind == "conditional" and self._apart else self._oms
            codec.cancel(one, now_ns=now_ns, venue_ns=venue_ns)
            waiting[id(codec), one.client_order_id] = name
        visit.link.pump.flush(self._oms)
        if self._apart is not None:
            visit.link.pump.flush(self._apart)

        def answered() -> bool | None:
            for codec, event in visit.heard:
                if isinstance(event, OrderUpdate):
                    name = waiting.pop((id(codec), event.client_order_id), None)
                    if name is not None:
                        self._said[name] = event
            return None if waiting else True

        await visit.until(answered)

    def _told(self, name: Name) -> Ended:
        order, said = self._seen[name], self._said.get(name)
        outcome: Literal["canceled", "gone", "left"] = "gone"
        if name in self._resting:
            outcome = "left"
        elif said is not None and said.reply == "canceled":
            outcome = "canceled"
        reason = "" if said is None or outcome != "left" else said.reject_text or ""
        return Ended(
            kind=name[0],
            symbol=order.symbol,
            client_order_id=order.client_order_id,
            venue_order_id=order.venue_order_id,
            side=order.side,
            quantity=str(order.quantity - order.cumulative),
            price="" if order.price is None else str(order.price),
            outcome=outcome,
            detail=reason,
        )


def _name(order: VenueOrder) -> Name:
    kind: Literal["order", "conditional"] = "order"
    if order.type in CONDITIONAL_TYPES:
        kind = "conditional"
    return kind, order.symbol, order.venue_order_id
