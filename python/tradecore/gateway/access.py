"""Who asks, and whether they may: once a request, before anything is done for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Final

from fastapi import Depends, Security
from fastapi.security import APIKeyHeader, HTTPBearer

# FastAPI reads the annotations of what it calls.
from starlette.requests import HTTPConnection, Request

from tradecore.gateway.edge import PROBES, PROOFS
from tradecore.gateway.problems import ProblemError
from tradecore.identity.ownership import Access, act_for, permit, reach
from tradecore.identity.principal import Principal
from tradecore.identity.refusals import Refusal
from tradecore.identity.scopes import Scope
from tradecore.identity.signature import SignedRequest
from tradecore.telemetry import get_logger

if TYPE_CHECKING:
    from tradecore.gateway.gateway import Gateway

__all__ = [
    "Caller",
    "account_named",
    "allow",
    "authenticate",
    "counted",
    "gateway_of",
    "needs",
    "own_account",
    "own_object",
]

_BEARER: Final = HTTPBearer(
    auto_error=False,
    scheme_name="bearerAuth",
    bearerFormat="JWT",
    description="A token of `/auth/token`.",
)
_ADMIN: Final = APIKeyHeader(
    name="X-Admin-Token",
    auto_error=False,
    scheme_name="adminToken",
    description="The venue's own token, from the machine it runs on.",
)
UNAUTHENTICATED: Final = 401
_CHALLENGE: Final = {"WWW-Authenticate": 'Bearer realm="tradecore"'}
_SIGNED: Final = ("x-api-key", "x-api-timestamp", "x-api-nonce", "x-api-signature")


def gateway_of(connection: HTTPConnection) -> Gateway:
    """Return the gateway that serves a request."""
    gateway: Gateway = connection.app.state.gateway
    return gateway


def authenticate(request: Request) -> Principal:
    """Return who asks, and charge their budget; the second call answers as the first.

    Raises:
        ProblemError: 401 without a proof that holds, 429 beyond the budget.
    """
    known = getattr(request.state, "principal", None)
    if isinstance(known, Principal):
        return known
    if isinstance(known, ProblemError):
        raise known
    gateway = gateway_of(request)
    found = _proved(request, gateway)
    now_ns = gateway.clock.monotonic_ns()
    peer = request.client.host if request.client else ""
    if isinstance(found, Refusal) or found is None:
        _charge(request, gateway.addresses.take(peer, now_ns=now_ns))
        if isinstance(found, Refusal):
            get_logger("tradecore.gateway").warning(
                "not let in",
                code=found.code.value,
                detail=found.detail,
                peer=peer,
                trace_id=request.state.trace_id,
            )
        request.state.principal = ProblemError(
            401, "UNAUTHENTICATED", "a valid token or signed request is needed", headers=_CHALLENGE
        )
        raise request.state.principal
    fast = found.has(Scope.ORDERS_HIGH_RATE)
    budgets = gateway.fast_users if fast else gateway.users
    _charge(request, budgets.take(found.subject, now_ns=now_ns))
    request.state.principal = found
    return found


async def counted(connection: HTTPConnection) -> None:
    """Charge who offers a proof, also where nobody asks for one.

    Raises:
        ProblemError: 429 beyond the budget of the user, or of the address where it proves nothing.
    """
    if not isinstance(connection, Request) or connection.url.path.startswith(PROBES):
        return
    if PROOFS.isdisjoint(name for name, _ in connection.scope["headers"]):
        return
    try:
        authenticate(connection)
    except ProblemError as problem:
        if problem.status_code != UNAUTHENTICATED:
            raise


def _charge(request: Request, budget: Any) -> None:  # noqa: ANN401 - a Budget
    request.state.budget = budget
    if budget.wait_ns:
        raise ProblemError(
            429,
            "TOO_MANY_REQUESTS",
            f"a {budget.name} asks at most {budget.per_s} times a second",
            retry_after_ms=-(-budget.wait_ns // 1_000_000),
        )


def _proved(request: Request, gateway: Gateway) -> Principal | Refusal | None:
    """Return what a request proves; `None` if it offers nothing."""
    peer = request.client.host if request.client else ""
    offered = request.headers.getlist("authorization")
    now_ns = gateway.clock.now_ns()
    if offered:
        word, _, token = offered[0].partition(" ")
        if len(offered) > 1 or word.lower() != "bearer" or not token:
            return None
        return gateway.identity.authenticate_token(token, now_ns, peer=peer)
    if "x-api-key" in request.headers:
        return _signed(request, gateway, peer, now_ns)
    admin = request.headers.getlist("x-admin-token")
    if len(admin) == 1 and request.url.path.startswith(("/admin", "/metrics", "/health")):
        return gateway.identity.authenticate_admin_token(admin[0], peer, now_ns)
    return None


def _signed(
    request: Request, gateway: Gateway, peer: str, now_ns: int
) -> Principal | Refusal | None:
    parts = [request.headers.getlist(name) for name in _SIGNED]
    if any(len(one) != 1 for one in parts):
        return None
    key, timestamp, nonce, signature = (one[0] for one in parts)
    query = request.scope["query_string"]
    target = request.scope["raw_path"] + (b"?" + query if query else b"")
    signed = SignedRequest(
        key_id=key,
        timestamp_ms=timestamp,
        nonce=nonce,
        signature=signature,
        method=request.method,
        target=target.decode("latin-1"),
        body=request.state.body,
    )
    return gateway.identity.authenticate_request(signed, peer, now_ns)


async def _caller(
    request: Request,
    _bearer: Annotated[object, Security(_BEARER)],
) -> Principal:
    return authenticate(request)


async def _admin_caller(
    request: Request,
    _bearer: Annotated[object, Security(_BEARER)],
    _admin: Annotated[object, Security(_ADMIN)],
) -> Principal:
    return authenticate(request)


Caller = Annotated[Principal, Depends(_caller)]
"""Who asks, proved by a token or a signature."""


AdminCaller = Annotated[Principal, Depends(_admin_caller)]
"""The same; the venue's own token proves it too."""


@dataclass(frozen=True, slots=True)
class _Needs:
    scope: Scope

    async def __call__(self, principal: Caller) -> Principal:
        allow(permit(principal, self.scope), self.scope)
        return principal


@dataclass(frozen=True, slots=True)
class _AdminNeeds:
    scope: Scope

    async def __call__(self, principal: AdminCaller) -> Principal:
        allow(permit(principal, self.scope), self.scope)
        return principal


def needs(scope: Scope, *, is_admin: bool = False) -> Any:  # noqa: ANN401 - what FastAPI takes
    """Return a dependency that lets nobody by who has not `scope`; it answers who asks."""
    return Depends(_AdminNeeds(scope) if is_admin else _Needs(scope))


def allow(access: Access, scope: Scope) -> None:
    """Go on where access is allowed.

    Raises:
        ProblemError: 403, or 404 for what is not to be known of.
    """
    if access is Access.FORBIDDEN:
        raise ProblemError(403, "FORBIDDEN", f"the caller may not: it takes {scope.value}")
    if access is Access.MISSING:
        raise ProblemError(404, "NOT_FOUND", "there is no such thing of yours")


def own_account(principal: Principal) -> int:
    """Return the caller's account.

    Raises:
        ProblemError: 403, if it has none.
    """
    if principal.account is None:
        raise ProblemError(403, "NO_ACCOUNT", "the caller has no account")
    return principal.account


def account_named(gateway: Gateway, principal: Principal, scope: Scope, user: str | None) -> int:
    """Return the account of a user the caller names, its own if it names none.

    Raises:
        ProblemError: 403, if it may not act for that user.
    """
    if user is None or user == principal.subject:
        allow(permit(principal, scope), scope)
        return own_account(principal)
    account = gateway.directory.account_of(user)
    allow(act_for(principal, scope, account), scope)
    return 0 if account is None else account


def own_object(principal: Principal, scope: Scope, owner: int | None) -> int:
    """Return whose an object is, if the caller may see it.

    Raises:
        ProblemError: 403 without the scope, 404 if there is none, or it is somebody else's.
    """
    allow(reach(principal, scope, owner), scope)
    return 0 if owner is None else owner
