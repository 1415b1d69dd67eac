"""The application: every route, every refusal as a problem, and the description of it all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from fastapi import Depends, FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import HTMLResponse
from starlette.routing import Match

from tradecore.core import __version__
from tradecore.gateway.access import counted
from tradecore.gateway.description import DESCRIPTION, TAGS, described
from tradecore.gateway.edge import Edge
from tradecore.gateway.problems import FieldProblem, ProblemError
from tradecore.gateway.reference import SECURITY_POLICY, page
from tradecore.gateway.routes import (
    accounts,
    admin,
    auth,
    health,
    instruments,
    market,
    orders,
    orders_v1,
    positions,
    risk,
    streams,
    trading,
    users,
)
from tradecore.store.errors import StoreError
from tradecore.telemetry import get_logger

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.types import ASGIApp, Scope

    from tradecore.gateway.gateway import Gateway

__all__ = ["make_api", "make_app"]

_CODES: Final = {404: "NOT_FOUND", 405: "METHOD_NOT_ALLOWED"}
_ROUTERS: Final = (
    trading.writes,
    trading.reads,
    orders.router,
    positions.router,
    risk.router,
    orders_v1.writes,
    orders_v1.reads,
    market.router,
    auth.router,
    health.router,
    admin.router,
    instruments.router,
    accounts.router,
    users.router,
    streams.router,
)
FIELD_ERRORS_MAX: Final = 20


def make_api(*, has_docs: bool = True) -> FastAPI:
    """Return the routes and their description; no venue is needed for either."""
    api = FastAPI(
        title="tradecore",
        version=__version__,
        description=DESCRIPTION,
        openapi_tags=TAGS,
        openapi_url="/openapi.json" if has_docs else None,
        docs_url=None,
        redoc_url=None,
    )
    for router in _ROUTERS:
        api.include_router(router, dependencies=[Depends(counted)])
    if has_docs:
        api.add_route("/docs", _docs, methods=["GET"], include_in_schema=False)
    api.add_exception_handler(ProblemError, _problem)
    api.add_exception_handler(StoreError, _away)
    api.add_exception_handler(HTTPException, _framework)
    api.add_exception_handler(RequestValidationError, _invalid)
    api.add_exception_handler(Exception, _mistake)
    api.openapi = lambda: described(api)  # type: ignore[method-assign]
    return api


def make_app(gateway: Gateway) -> Edge:
    """Return the application that serves a venue."""
    server = gateway.settings.server
    api = make_api(has_docs=server.has_docs)
    api.state.gateway = gateway
    inner: ASGIApp = api
    if server.cors_origins:
        inner = CORSMiddleware(
            api,
            allow_origins=server.cors_origins,
            allow_methods=("GET", "POST", "PUT", "PATCH", "DELETE"),
            allow_headers=("Authorization", "Content-Type", "Idempotency-Key", "If-None-Match"),
            expose_headers=("ETag", "Link", "Location", "RateLimit", "Retry-After", "X-Trace-Id"),
            max_age=600,
        )
    return Edge(
        app=inner,
        clock=gateway.clock,
        metrics=gateway.metrics,
        addresses=gateway.addresses,
        body_bytes_max=server.body_bytes_max,
        stop=gateway.stop,
        route_of=_RouteNames(api),
    )


class _RouteNames:
    """Names the route of a request, so that metrics have as many names as there are routes."""

    def __init__(self, api: FastAPI) -> None:
        self._api = api

    def __call__(self, scope: Scope) -> str:
        route = scope.get("route")
        found = getattr(route, "path", None)
        if isinstance(found, str):
            return found
        for one in self._api.routes:
            match, _ = one.matches(scope)
            if match is not Match.NONE:
                return getattr(one, "path", "other")
        return "other"


async def _docs(request: Request) -> Response:
    """Show the description to people."""
    headers = {"Content-Security-Policy": SECURITY_POLICY}
    return HTMLResponse(page(request.app.openapi()), headers=headers)


def _answer(request: Request, problem: ProblemError) -> Response:
    return problem.response(instance=request.url.path, trace_id=request.state.trace_id)


async def _problem(request: Request, error: Exception) -> Response:
    if not isinstance(error, ProblemError):
        raise error
    return _answer(request, error)


async def _framework(request: Request, error: Exception) -> Response:
    """Say what the framework refused in our form."""
    if not isinstance(error, HTTPException):
        raise error
    status = error.status_code
    code = _CODES.get(status, "MALFORMED")
    detail = {
        404: "there is no such path",
        405: f"the path has no method {request.method[:20]}",
    }.get(status, "the request could not be read")
    return _answer(request, ProblemError(status, code, detail, headers=error.headers))


async def _away(request: Request, error: Exception) -> Response:
    """Say that the database is away: why, and where it is, is in the log alone."""
    get_logger("tradecore.gateway").warning(
        "the database was needed",
        trace_id=request.state.trace_id,
        path=request.url.path,
        reason=str(error),
    )
    problem = ProblemError(
        503, "RECORDS_UNAVAILABLE", "the database cannot be reached now", retry_after_ms=1_000
    )
    return _answer(request, problem)


async def _mistake(request: Request, error: Exception) -> Response:
    """Say that the mistake is ours; what it was is in the log, by the number of the request."""
    get_logger("tradecore.gateway").error(
        "request failed", trace_id=request.state.trace_id, path=request.url.path, exc_info=error
    )
    return _answer(request, ProblemError(500, "INTERNAL", "the venue made a mistake"))


async def _invalid(request: Request, error: Exception) -> Response:
    """Say which fields are wrong: 422 for a body, 400 for the path, the query and the headers."""
    if not isinstance(error, RequestValidationError):
        raise error
    found = [_field(one) for one in error.errors()[:FIELD_ERRORS_MAX]]
    in_body = all(one["loc"][:1] == ("body",) for one in error.errors())
    status, code = (422, "VALIDATION") if in_body else (400, "BAD_PARAMETER")
    detail = f"{found[0].pointer or 'the body'}: {found[0].detail}" if found else "not valid"
    return _answer(request, ProblemError(status, code, detail, errors=found))


def _field(said: dict[str, Any]) -> FieldProblem:
    """Return one thing that is wrong; what was sent is not told again."""
    place, *path = said["loc"]
    pointer = "".join(f"/{_escaped(str(part))}" for part in path)
    if place != "body":
        pointer = ".".join(str(part) for part in said["loc"])
    detail = str(said["msg"]).removeprefix("Value error, ")
    code = "unexpected_field" if said["type"] == "extra_forbidden" else str(said["type"])
    return FieldProblem(pointer=pointer[:200], detail=detail[:1].lower() + detail[1:300], code=code)


def _escaped(part: str) -> str:
    return part.replace("~", "~0").replace("/", "~1")
