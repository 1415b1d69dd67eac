"""Tokens: `/auth`."""

from __future__ import annotations

import asyncio
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from fastapi import APIRouter, Request

from tradecore.gateway.access import Caller, gateway_of
from tradecore.gateway.once import VenueRoute
from tradecore.gateway.problems import ProblemError
from tradecore.gateway.responses import PRIVATE, WRITES, problems
from tradecore.gateway.schemas.auth import RefreshRequest, RevokeRequest, Token, TokenRequest
from tradecore.identity.refusals import AuthCode, Refusal
from tradecore.telemetry import get_logger

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tradecore.store.identity_service import Issued

__all__ = ["router"]

router = APIRouter(prefix="/auth", tags=["auth"], route_class=VenueRoute)


#: What a login is told that is not looked at now; whether it was right it is not told.
_WAITS: Final[Mapping[AuthCode, str]] = MappingProxyType(
    {
        AuthCode.TOO_MANY_FAILURES: "this login failed too often from here: wait, then try again",
        AuthCode.BUSY: "as many passwords are checked at once as may be: try again",
    }
)


def _peer(request: Request) -> str:
    return request.client.host if request.client else ""


def _token(request: Request, found: Issued | Refusal) -> Token:
    if isinstance(found, Refusal):
        get_logger("tradecore.gateway").warning(
            "login refused",
            code=found.code.value,
            detail=found.detail,
            peer=_peer(request),
            trace_id=request.state.trace_id,
        )
        if found.wait_ns:
            raise ProblemError(
                429,
                found.code.name,
                _WAITS[found.code],
                retry_after_ms=-(-found.wait_ns // 1_000_000),
            )
        raise ProblemError(
            401,
            "UNAUTHENTICATED",
            "the key, its secret, the login or the password is not right",
            headers={"WWW-Authenticate": 'Bearer realm="tradecore"'},
        )
    return Token(
        access_token=found.access_token,
        expires_in=found.expires_in_s,
        refresh_token=found.refresh_token,
        scope=found.scope,
    )


@router.post("/token", response_model=Token, responses=problems(*WRITES))
async def issue_token(request: Request, asked: TokenRequest) -> Token:
    """Get a token for an API key and its secret, or for a login and its password."""
    gateway = gateway_of(request)
    identity, now_ns = gateway.identity, gateway.clock.now_ns()
    if asked.api_key is not None and asked.api_secret is not None:
        found = await asyncio.to_thread(
            identity.issue_for_key,
            asked.api_key,
            asked.api_secret.get_secret_value(),
            _peer(request),
            now_ns,
        )
    else:
        found = await asyncio.to_thread(
            identity.login,
            asked.login or "",
            "" if asked.password is None else asked.password.get_secret_value(),
            _peer(request),
            now_ns,
        )
    return _token(request, found)


@router.post("/refresh", response_model=Token, responses=problems(*WRITES))
async def refresh_token(request: Request, asked: RefreshRequest) -> Token:
    """Get another token for a refresh token, which is good for one use.

    One that comes twice was stolen from somebody: every token of its family ends.
    """
    gateway = gateway_of(request)
    found = await asyncio.to_thread(
        gateway.identity.refresh_token,
        asked.refresh_token.get_secret_value(),
        _peer(request),
        gateway.clock.now_ns(),
    )
    return _token(request, found)


@router.post("/revoke", status_code=204, response_model=None, responses=problems(*WRITES, *PRIVATE))
async def revoke_token(
    request: Request, caller: Caller, asked: RevokeRequest | None = None
) -> None:
    """End the token of this request, or every token of its user."""
    gateway = gateway_of(request)
    now_ns = gateway.clock.now_ns()
    if asked is not None and asked.everywhere:
        await asyncio.to_thread(
            gateway.identity.revoke_user, caller.subject, by=caller, now_ns=now_ns
        )
    else:
        await asyncio.to_thread(gateway.identity.logout, caller, now_ns)
