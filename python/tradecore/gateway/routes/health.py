"""Whether the venue lives, can work and how it fares: `/health`, `/metrics`."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING, Annotated, Literal, TypeAlias

from fastapi import APIRouter, Request, Response

from tradecore.core import __version__
from tradecore.gateway.access import allow, authenticate, gateway_of, needs
from tradecore.gateway.metrics import CONTENT_TYPE
from tradecore.gateway.native_metrics import native_metrics
from tradecore.gateway.once import VenueRoute
from tradecore.gateway.peers import is_within
from tradecore.gateway.responses import PRIVATE, PUBLIC, problems
from tradecore.gateway.schemas.health import Component, Health, Performance
from tradecore.identity.ownership import permit
from tradecore.identity.principal import Principal
from tradecore.identity.scopes import Scope
from tradecore.store.errors import StoreError
from tradecore.telemetry.logs import iso_utc
from tradecore.telemetry.usage import usage_now

if TYPE_CHECKING:
    from tradecore.gateway.gateway import Gateway
    from tradecore.gateway.native import NativeDoor
    from tradecore.store import Cache

__all__ = ["router"]

Word: TypeAlias = Literal["pass", "warn", "fail"]
router = APIRouter(tags=["health"], route_class=VenueRoute)
_HEALTH = {503: {"description": "It cannot.", "model": Health}, **problems(400, 405)}


@router.get("/health", response_model=Health, responses=_HEALTH)
async def health(request: Request, response: Response) -> Health:
    """Ask whether the venue can work."""
    return _answer(response, await _judged(gateway_of(request)), has_checks=False)


@router.get("/health/ready", response_model=Health, responses=_HEALTH)
async def ready(request: Request, response: Response) -> Health:
    """Ask whether requests should be sent here: not while it starts, drains or cannot work."""
    return _answer(response, await _judged(gateway_of(request)), has_checks=False)


@router.get("/health/live", response_model=Health, responses=problems(400, 405))
async def live(request: Request) -> Health:
    """Ask whether the process lives: that depends on no database and on nobody else."""
    gateway = gateway_of(request)
    return Health(status="pass", version=__version__, uptime_s=round(gateway.uptime_s, 3))


@router.get(
    "/health/detailed",
    response_model=Health,
    responses={**_HEALTH, **problems(401, 403, 429)},
)
async def detailed(request: Request, response: Response) -> Health:
    """Read each component; from this machine, or with the scope `ops`."""
    _ops_only(request)
    return _answer(response, await _judged(gateway_of(request)), has_checks=True)


def _ops_only(request: Request) -> None:
    """Let by who asks from a network of operators, or has the scope."""
    peer = request.client.host if request.client else ""
    is_anonymous = not {"authorization", "x-api-key", "x-admin-token"} & {*request.headers}
    networks = gateway_of(request).settings.server.ops_networks
    if is_anonymous and is_within(peer, networks):
        return
    allow(permit(authenticate(request), Scope.OPS), Scope.OPS)


def _answer(response: Response, judged: Health, *, has_checks: bool) -> Health:
    if judged.status == "fail":
        response.status_code = 503
    return judged if has_checks else judged.model_copy(update={"checks": {}})


async def _judged(gateway: Gateway) -> Health:
    checks = {
        "engine": [_engine(gateway)],
        "queue": [_queue(gateway)],
        "records": [await _records(gateway)],
        "journal": [_journal(gateway)],
    }
    if gateway.floor.native is not None:
        checks["order_entry"] = [_order_entry(gateway, gateway.floor.native)]
    if gateway.floor.cache is not None:
        checks["cache"] = [await _cache(gateway, gateway.floor.cache)]
    words = {one.status for group in checks.values() for one in group}
    status: Word = "fail" if "fail" in words else "warn" if "warn" in words else "pass"
    return Health(
        status=status, version=__version__, uptime_s=round(gateway.uptime_s, 3), checks=checks
    )


def _component(
    gateway: Gateway,
    status: Word,
    value: object = None,
    unit: str | None = None,
    output: str | None = None,
) -> Component:
    return Component(
        status=status,
        observedValue=value,
        observedUnit=unit,
        time=iso_utc(gateway.clock.now_ns()),
        output=output,
    )


def _engine(gateway: Gateway) -> Component:
    breaker, stop = gateway.floor.queue.breaker, gateway.stop
    if stop.reason is not None:
        return _component(gateway, "fail", output=stop.reason)
    if breaker.is_open:
        return _component(gateway, "fail", breaker.failures, "errors", "the breaker is open")
    return _component(gateway, "pass", gateway.floor.service.sequence, "commands")


def _queue(gateway: Gateway) -> Component:
    status = gateway.floor.queue.status()
    is_filling = status.depth * 5 >= status.size_max * 4
    return _component(gateway, "warn" if is_filling else "pass", status.depth, "commands")


def _journal(gateway: Gateway) -> Component:
    failure = gateway.floor.queue.failure
    if failure is not None:
        return _component(gateway, "fail", output=failure)
    engine = gateway.floor.service.engine
    return _component(gateway, "pass", engine.durable_sequence, "commands")


def _order_entry(gateway: Gateway, native: NativeDoor) -> Component:
    """Look at the native door: how far the books are behind what came in there."""
    if not native.server.is_running:
        return _component(gateway, "fail", output="it does not listen")
    behind = gateway.floor.following.behind
    is_late = behind * 2 >= (gateway.settings.order_entry.books_behind_max or behind * 2 + 1)
    return _component(gateway, "warn" if is_late else "pass", behind, "commands")


async def _records(gateway: Gateway) -> Component:
    writer = gateway.floor.writer.status
    try:
        async with asyncio.timeout(2):
            await asyncio.to_thread(gateway.floor.records.ping)
    except (StoreError, OSError, TimeoutError) as error:
        return _component(gateway, "fail", output=type(error).__name__)
    if writer.error:
        return _component(gateway, "fail", output=writer.error)
    behind = gateway.floor.service.sequence - writer.position.sequence
    return _component(gateway, "warn" if writer.is_behind else "pass", max(behind, 0), "commands")


async def _cache(gateway: Gateway, cache: Cache) -> Component:
    """Look at the cache; without it everything works, only slower."""
    is_there = await asyncio.to_thread(cache.ping)
    return _component(gateway, "pass" if is_there else "warn", cache.hits, "hits")


@router.get(
    "/metrics",
    response_class=Response,
    responses={
        200: {"content": {"text/plain": {"schema": {"type": "string"}}}},
        **problems(*PRIVATE),
    },
)
async def metrics(request: Request) -> Response:
    """Read everything that is counted, as Prometheus reads it; as `/health/detailed`."""
    _ops_only(request)
    gateway = gateway_of(request)
    floor = gateway.floor
    text = gateway.metrics.text(
        floor.queue, sequence=floor.service.sequence, recorded=floor.writer.status.position.sequence
    )
    if floor.native is not None:
        text += native_metrics(floor.native.statistics(), behind=floor.following.behind)
    return Response(text, media_type=CONTENT_TYPE)


@router.get(
    "/metrics/performance", response_model=Performance, responses=problems(*PRIVATE, *PUBLIC)
)
async def performance(
    request: Request, _caller: Annotated[Principal, needs(Scope.OPS, is_admin=True)]
) -> Performance:
    """Read latencies and what the process takes."""
    gateway = gateway_of(request)
    usage, uptime_s = usage_now(), gateway.uptime_s
    return Performance(
        uptime_s=round(uptime_s, 3),
        requests=gateway.metrics.requests.summary(),
        orders=gateway.metrics.orders.summary(),
        commands_per_s=round(gateway.floor.queue.status().executed / max(uptime_s, 1e-9), 3),
        memory_bytes=usage.memory_bytes,
        cpu_percent=round(usage.cpu_ns / max(uptime_s, 1e-9) / 1e7, 2),
        threads=threading.active_count(),
    )
