"""Looking at the venue, and its switches: `/admin`."""

from __future__ import annotations

import asyncio
import gc
from typing import TYPE_CHECKING, Annotated, Final, Literal

from fastapi import APIRouter, Query, Request

from tradecore.core import __version__
from tradecore.gateway.access import gateway_of, needs
from tradecore.gateway.audited import note
from tradecore.gateway.numbers import ACCOUNT_MAX
from tradecore.gateway.once import VenueRoute
from tradecore.gateway.problems import ProblemError
from tradecore.gateway.responses import PRIVATE, WRITES, problems
from tradecore.gateway.schemas.admin import (
    AuditPage,
    BreakerReset,
    BreakerState,
    CollectResult,
    EngagedSwitch,
    EngagedSwitches,
    KillSwitch,
    KillSwitchResult,
    LogLines,
    QueueState,
    SystemState,
)
from tradecore.gateway.switches import scope_name, strategy_named
from tradecore.identity.principal import Principal, Proof
from tradecore.identity.scopes import Scope
from tradecore.telemetry.usage import usage_now

if TYPE_CHECKING:
    from tradecore.gateway.gateway import Gateway
    from tradecore.gateway.switches import Scope as TradingScope

__all__ = ["Admin", "router"]

router = APIRouter(prefix="/admin", tags=["admin"], route_class=VenueRoute)
COLLECT_NS: Final = 10 * 1_000_000_000
Admin = Annotated[Principal, needs(Scope.ADMIN, is_admin=True)]
Ops = Annotated[Principal, needs(Scope.OPS, is_admin=True)]
Killer = Annotated[Principal, needs(Scope.RISK_KILL, is_admin=True)]


def _queue(gateway: Gateway) -> QueueState:
    status, floor = gateway.floor.queue.status(), gateway.floor
    return QueueState(
        depth=status.depth,
        size_max=status.size_max,
        executed=status.executed,
        batches=status.batches,
        refused=status.refused,
        records_behind=max(floor.service.sequence - floor.writer.status.position.sequence, 0),
    )


@router.get("/queue-status", response_model=QueueState, responses=problems(*PRIVATE))
async def queue_status(request: Request, _caller: Ops) -> QueueState:
    """Read how many commands wait."""
    return _queue(gateway_of(request))


@router.get("/status", response_model=SystemState, responses=problems(*PRIVATE))
async def system_status(request: Request, _caller: Ops) -> SystemState:
    """Read how the venue stands."""
    gateway = gateway_of(request)
    service = gateway.floor.service
    return SystemState(
        status="running" if gateway.stop.reason is None else "draining",
        version=__version__,
        uptime_s=round(gateway.uptime_s, 3),
        sequence=service.sequence,
        durable_sequence=service.engine.durable_sequence,
        ack="durable",
        live_orders=service.engine.live_orders,
        websockets=gateway.lines.count,
        trading_state=gateway.floor.switches.of(),
        breakers=[_breaker(gateway)],
        queue=_queue(gateway),
    )


def _breaker(gateway: Gateway) -> BreakerState:
    breaker = gateway.floor.queue.breaker
    return BreakerState(
        name="engine_breaker",
        state="open" if breaker.is_open else "closed",
        failures=breaker.failures,
        threshold=breaker.threshold,
    )


@router.post("/reset-circuit-breaker", response_model=BreakerState, responses=problems(*WRITES))
async def reset_breaker(
    request: Request, caller: Admin, _asked: BreakerReset | None = None
) -> BreakerState:
    """Let new orders in again after internal errors opened the breaker."""
    gateway = gateway_of(request)
    await note(gateway, caller, "breaker_reset", {"breaker": "engine_breaker"})
    gateway.floor.queue.breaker.reset()
    return _breaker(gateway)


@router.post("/gc", response_model=CollectResult, responses=problems(*WRITES))
async def collect_garbage(request: Request, caller: Admin) -> CollectResult:
    """Collect garbage now, what is served waits meanwhile; at most every ten seconds."""
    gateway = gateway_of(request)
    before, now_ns = usage_now().memory_bytes, gateway.clock.monotonic_ns()
    collected = 0
    if now_ns - gateway.collected_ns >= COLLECT_NS:
        gateway.collected_ns = now_ns
        await note(gateway, caller, "garbage_collected", {})
        collected = gc.collect()
    return CollectResult(
        collected=collected,
        memory_bytes_before=before,
        memory_bytes_after=usage_now().memory_bytes,
    )


@router.get("/logs", response_model=LogLines, responses=problems(*PRIVATE))
async def read_logs(
    request: Request,
    _caller: Admin,
    level: Annotated[
        Literal["debug", "info", "warn", "error"], Query(description="Least level.")
    ] = "info",
    limit: Annotated[int, Query(ge=1, le=1_000)] = 100,
) -> LogLines:
    """Read the last lines of the log, newest first; secrets are not in them."""
    return LogLines(data=gateway_of(request).logs.last(limit, level=level))


@router.get("/audit", response_model=AuditPage, responses=problems(*PRIVATE))
async def read_audit(
    request: Request,
    _caller: Annotated[Principal, needs(Scope.AUDIT_READ, is_admin=True)],
    after: Annotated[int, Query(ge=0, lt=2**63, description="Number of the entry before.")] = 0,
    limit: Annotated[int, Query(ge=1, le=1_000)] = 100,
) -> AuditPage:
    """Read the audit log behind an entry, oldest first; `tradecore audit verify` checks it."""
    identity = gateway_of(request).identity
    found = await asyncio.to_thread(identity.audited, after=after, limit=limit)
    return AuditPage(data=found)


@router.post("/kill-switch", response_model=KillSwitchResult, responses=problems(*WRITES, 404))
async def kill_switch(request: Request, switch: KillSwitch, caller: Killer) -> KillSwitchResult:
    """Halt trading for a scope, let only reducing orders pass, or let all pass again.

    Engaging it twice is harmless. A halt holds at once, also where it cannot be put on record: then
    the answer is 503, and it is to be said again later. Letting trade again takes a person: a login
    with a password or the venue's own token, not an API key and no token that came of one.
    """
    gateway = gateway_of(request)
    if switch.state == "active" and not _is_person(caller):
        raise ProblemError(
            403, "PERSON_NEEDED", "a person lets trading go on: log in with a password"
        )
    scope = _scope(gateway, switch)
    if switch.state == "halted":
        # Nobody waits for the audit log's database to stop; without it the answer is a 503.
        gateway.floor.hold(switch.state, scope)
    await note(
        gateway,
        caller,
        "kill_switch",
        {"scope": switch.scope, "id": switch.id, "state": switch.state, "reason": switch.reason},
    )

    def work(now_ns: int) -> int:
        gateway.floor.set_state(switch.state, scope, now_ns=now_ns)
        return gateway.floor.cancel_scope(scope, now_ns=now_ns) if switch.cancel_open_orders else 0

    if switch.state == "reducing":
        gateway.floor.hold(switch.state, scope)
    cancelled = await gateway.floor.command(work, reduces=True)
    gateway.hub.tell_state(gateway.clock.now_ns())
    return KillSwitchResult(
        scope=switch.scope, id=switch.id, trading_state=switch.state, cancelled=cancelled
    )


@router.get("/kill-switch", response_model=EngagedSwitches, responses=problems(*PRIVATE))
async def engaged_switches(request: Request, _caller: Killer) -> EngagedSwitches:
    """Read which scopes may not trade as they like; a user's is the one of the account."""
    return EngagedSwitches(
        data=[
            EngagedSwitch.model_validate(
                {
                    "scope": (parts := scope_name(scope).partition(":"))[0],
                    "id": parts[2] or None,
                    "trading_state": state,
                }
            )
            for scope, state in gateway_of(request).floor.switches
        ]
    )


def _is_person(caller: Principal) -> bool:
    """Return whether somebody typed a password, or stands at the venue's own machine."""
    return caller.is_person or caller.proof is Proof.ADMIN_TOKEN


def _scope(gateway: Gateway, switch: KillSwitch) -> TradingScope:
    if (switch.scope == "global") is not (switch.id is None):
        raise ProblemError(
            422, "VALIDATION", "a scope has the id of what it is of, and global has none"
        )
    if switch.id is None:
        return None
    if switch.scope == "symbol":
        return gateway.floor.names.named(switch.id)
    if switch.scope == "strategy":
        return _strategy(gateway, switch.id)
    account = gateway.directory.account_of(switch.id) if switch.scope == "user" else None
    if switch.scope == "account" and switch.id.isascii() and switch.id.isdigit():
        account = int(switch.id)
    if account is None or account > ACCOUNT_MAX:
        raise ProblemError(404, "NOT_FOUND", f"there is no such {switch.scope}")
    return account


def _strategy(gateway: Gateway, text: str) -> TradingScope:
    """Return a strategy that was named: who mistypes one in a hurry is told so."""
    try:
        account, name = strategy_named(text)
    except ValueError as error:
        raise ProblemError(422, "VALIDATION", str(error)) from error
    engine = gateway.floor.service.engine
    if account > ACCOUNT_MAX or not engine.find_strategy(account, name):
        raise ProblemError(404, "NOT_FOUND", "there is no such strategy")
    return account, name
