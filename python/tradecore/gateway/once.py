"""A request with an `Idempotency-Key` is done once, however often it is sent."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import re
from typing import TYPE_CHECKING, Annotated, Any, Final

from fastapi import Header
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import Response

from tradecore.gateway.access import authenticate, gateway_of
from tradecore.gateway.json_body import decode
from tradecore.gateway.problems import ProblemError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tradecore.gateway.gateway import Gateway

__all__ = ["JsonRequest", "OnceRoute", "VenueRoute", "idempotency_key"]

_KEY: Final = re.compile(r'"?([!#-~]{1,255})"?')
_KEPT: Final = ("content-type", "location", "etag")
#: Answers after which nothing was done, so that the same key may be tried again.
_NOTHING_DONE: Final = frozenset({400, 401, 403, 404, 413, 415, 429, 500, 503})


async def idempotency_key(
    key: Annotated[
        str | None,
        Header(
            alias="Idempotency-Key",
            min_length=1,
            max_length=257,
            pattern=r'^"?[!#-~]{1,255}"?$',
            description=(
                "A name of your choice for this request. Sent again within a day it is not done "
                "again: the first answer is given, with `Idempotency-Replayed: true`."
            ),
        ),
    ] = None,
) -> str | None:
    """Return the key of a request, if it has one."""
    return key


class JsonRequest(Request):
    """A request whose body is read by our own rules."""

    async def json(self) -> Any:  # noqa: ANN401 - what a client sent
        """Return what the body says.

        Raises:
            ProblemError: 400, if it is not what `decode` takes.
        """
        gateway = gateway_of(self)
        return decode(await self.body(), depth_max=gateway.settings.server.json_depth_max)


class VenueRoute(APIRoute):
    """A route whose bodies are read by our own rules."""

    def get_route_handler(self) -> Callable[[Request], Awaitable[Response]]:  # type: ignore[override]
        """Return what handles a request."""
        inner = super().get_route_handler()

        async def handle(request: Request) -> Response:
            return await inner(JsonRequest(request.scope, request.receive))

        return handle


class OnceRoute(VenueRoute):
    """A route that does a request with a key once."""

    def get_route_handler(self) -> Callable[[Request], Awaitable[Response]]:  # type: ignore[override]
        """Return what handles a request."""
        inner = super().get_route_handler()

        async def handle(request: Request) -> Response:
            keys = request.headers.getlist("idempotency-key")
            if not keys:
                return await inner(request)
            named = _KEY.fullmatch(keys[0]) if len(keys) == 1 else None
            if named is None:
                raise ProblemError(
                    400, "BAD_IDEMPOTENCY_KEY", "a key is 1 to 255 visible characters, given once"
                )
            return await _once(request, named[1], inner)

        return handle


async def _once(
    request: Request, key: str, inner: Callable[[Request], Awaitable[Response]]
) -> Response:
    from tradecore.store.answers import Answered, Conflict, InFlight  # noqa: PLC0415 - an extra

    gateway = gateway_of(request)
    principal = authenticate(request)
    scope = f"{principal.subject} {request.method} {request.url.path}"
    digest = hashlib.sha256(request.state.body).hexdigest()
    if (scope, key) in gateway.keys_in_flight:
        raise _in_flight()
    gateway.keys_in_flight.add((scope, key))
    try:
        found = await asyncio.to_thread(
            gateway.floor.records.answers.reserve, scope, key, digest, now_ns=gateway.clock.now_ns()
        )
        if isinstance(found, Conflict):
            raise ProblemError(
                422, "IDEMPOTENCY_KEY_REUSED", "the key was used for another body before"
            )
        if isinstance(found, Answered):
            return _replayed(found)
        # In flight, but not here: the venue was killed meanwhile. What was done under the key is
        # found by the name that is made of it.
        request.state.once_name = once_name(scope, key)
        request.state.is_retry = isinstance(found, InFlight)
        return await _act(request, inner, gateway, (scope, key))
    finally:
        gateway.keys_in_flight.discard((scope, key))


async def _act(
    request: Request,
    inner: Callable[[Request], Awaitable[Response]],
    gateway: Gateway,
    name: tuple[str, str],
) -> Response:
    try:
        response = await inner(request)
    except ProblemError as problem:
        response = problem.response(instance=request.url.path, trace_id=request.state.trace_id)
        if problem.status_code in _NOTHING_DONE and "order_id" not in problem.extras:
            await _release(gateway, name)
            raise
    except RequestValidationError:
        await _release(gateway, name)
        raise
    await _keep(gateway, name, response)
    return response


async def _keep(gateway: Gateway, name: tuple[str, str], response: Response) -> None:
    headers = {key: value for key, value in response.headers.items() if key.lower() in _KEPT}
    await asyncio.to_thread(
        gateway.floor.records.answers.answer,
        *name,
        status=response.status_code,
        headers=headers,
        body=bytes(response.body),
    )


async def _release(gateway: Gateway, name: tuple[str, str]) -> None:
    await asyncio.to_thread(gateway.floor.records.answers.release, *name)


def _replayed(found: Any) -> Response:  # noqa: ANN401 - the store's Answered
    headers = {**found.headers, "Idempotency-Replayed": "true"}
    return Response(found.body, status_code=found.status, headers=headers)


def _in_flight() -> ProblemError:
    return ProblemError(
        409,
        "IDEMPOTENCY_KEY_IN_FLIGHT",
        "a request of this key is under way",
        retry_after_ms=1_000,
    )


def once_name(scope: str, key: str) -> str:
    """Return the client order id that stands for a key, of an order that was given none."""
    digest = hashlib.sha256(json.dumps([scope, key]).encode()).digest()
    return "once-" + base64.b32encode(digest[:20]).decode().lower()
