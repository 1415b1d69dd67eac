"""Users and their keys: `/admin/users`. Each change is in the audit log with what it changed."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Path, Request

from tradecore.gateway.access import gateway_of, needs
from tradecore.gateway.once import VenueRoute
from tradecore.gateway.problems import ProblemError
from tradecore.gateway.responses import PRIVATE, WRITES, problems
from tradecore.gateway.routes.market import UserPath
from tradecore.gateway.schemas.users import (
    KeyCreate,
    KeyMade,
    KeyRow,
    Keys,
    UserChange,
    UserCreate,
    UserRow,
    Users,
)
from tradecore.gateway.terms import nanoseconds
from tradecore.identity.principal import Principal
from tradecore.identity.scopes import Scope
from tradecore.identity.users import IdentityError, UnknownIdentityError
from tradecore.telemetry.logs import iso_utc

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeVar

    from tradecore.gateway.gateway import Gateway
    from tradecore.identity.api_keys import ApiKey
    from tradecore.identity.users import User

    T = TypeVar("T")

__all__ = ["router"]

router = APIRouter(prefix="/admin", tags=["admin"], route_class=VenueRoute)
Admin = Annotated[Principal, needs(Scope.ADMIN, is_admin=True)]


async def _done(gateway: Gateway, work: Callable[[], T]) -> T:
    """Change who may come in, and let it count at once.

    Raises:
        ProblemError: 404 for who is not there, 422 for what cannot be.
    """
    try:
        result = await asyncio.to_thread(work)
    except UnknownIdentityError as error:
        raise ProblemError(404, "NOT_FOUND", str(error)) from error
    except IdentityError as error:
        raise ProblemError(422, "REFUSED", str(error)) from error
    await gateway.know_users()
    return result


def _user(user: User) -> UserRow:
    return UserRow(
        user_id=user.id,
        login=user.login,
        account=user.account,
        roles=sorted(user.roles),
        is_disabled=user.is_disabled,
        created_at=iso_utc(user.created_ns),
    )


def _key(key: ApiKey) -> KeyRow:
    return KeyRow(
        key_id=key.id,
        user_id=key.user,
        label=key.label,
        scopes=sorted(key.scopes),
        networks=[str(one) for one in key.networks],
        created_at=iso_utc(key.created_ns),
        expires_at=None if key.expires_ns is None else iso_utc(key.expires_ns),
        is_revoked=key.revoked_ns is not None,
    )


@router.get("/users", response_model=Users, responses=problems(*PRIVATE))
async def list_users(request: Request, _caller: Admin) -> Users:
    """List every user."""
    users = await asyncio.to_thread(gateway_of(request).identity.users.list)
    return Users(data=[_user(one) for one in users])


@router.post("/users", status_code=201, response_model=UserRow, responses=problems(*WRITES, 404))
async def add_user(request: Request, asked: UserCreate, caller: Admin) -> UserRow:
    """Make a user."""
    gateway = gateway_of(request)
    now_ns = gateway.clock.now_ns()
    password = None if asked.password is None else asked.password.get_secret_value()
    user = await _done(
        gateway,
        lambda: gateway.identity.users.add(
            asked.login,
            roles=frozenset(asked.roles),
            account=asked.account,
            password=password,
            by=caller.subject,
            now_ns=now_ns,
        ),
    )
    return _user(user)


@router.patch("/users/{user_id}", response_model=UserRow, responses=problems(*WRITES, 404))
async def change_user(
    request: Request, user_id: UserPath, change: UserChange, caller: Admin
) -> UserRow:
    """Disable or enable a user, or give it other roles or another password."""
    gateway = gateway_of(request)
    users, by, now_ns = gateway.identity.users, caller.subject, gateway.clock.now_ns()

    def work() -> User:
        user = users.find(user_id)
        if change.roles is not None:
            user = users.set_roles(user_id, frozenset(change.roles), by=by, now_ns=now_ns)
        if change.password is not None:
            secret = change.password.get_secret_value()
            user = users.set_password(user_id, secret, by=by, now_ns=now_ns)
        if change.is_disabled is True:
            user = users.disable(user_id, by=by, now_ns=now_ns)
        elif change.is_disabled is False:
            user = users.enable(user_id, by=by, now_ns=now_ns)
        return user

    return _user(await _done(gateway, work))


@router.get("/users/{user_id}/keys", response_model=Keys, responses=problems(*PRIVATE, 404))
async def list_keys(request: Request, user_id: UserPath, _caller: Admin) -> Keys:
    """List the keys of a user."""
    gateway = gateway_of(request)
    try:
        found = await asyncio.to_thread(gateway.identity.keys.list, user_id)
    except UnknownIdentityError as error:
        raise ProblemError(404, "NOT_FOUND", str(error)) from error
    return Keys(data=[_key(one) for one in found])


@router.post(
    "/users/{user_id}/keys",
    status_code=201,
    response_model=KeyMade,
    responses=problems(*WRITES, 404),
)
async def add_key(request: Request, user_id: UserPath, asked: KeyCreate, caller: Admin) -> KeyMade:
    """Make an API key; its secret is in the answer and nowhere else."""
    gateway = gateway_of(request)
    expires = asked.expires_at
    expires_ns = None if expires is None else nanoseconds(expires, "/expiresAt")
    now_ns = gateway.clock.now_ns()
    key, secret = await _done(
        gateway,
        lambda: gateway.identity.keys.add(
            user_id,
            label=asked.label,
            scopes=None if asked.scopes is None else frozenset(asked.scopes),
            networks=asked.networks,
            expires_ns=expires_ns,
            by=caller.subject,
            now_ns=now_ns,
        ),
    )
    return KeyMade(**_key(key).model_dump(), secret=secret)


@router.delete("/keys/{key_id}", response_model=KeyRow, responses=problems(*PRIVATE, 404, 422))
async def revoke_key(
    request: Request,
    key_id: Annotated[str, Path(pattern="^[A-Za-z0-9_]{1,64}$")],
    caller: Admin,
) -> KeyRow:
    """End a key for good."""
    gateway = gateway_of(request)
    now_ns = gateway.clock.now_ns()
    found = await _done(
        gateway,
        lambda: gateway.identity.keys.revoke(key_id, by=caller.subject, now_ns=now_ns),
    )
    return _key(found)
