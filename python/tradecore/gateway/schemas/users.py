"""Users and their keys."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, SecretStr, StringConstraints

from tradecore.gateway.numbers import ACCOUNT_MAX, Timestamp
from tradecore.gateway.schemas.base import Camel, CamelIn
from tradecore.identity.roles import Role
from tradecore.identity.scopes import Scope
from tradecore.identity.users import PASSWORD_BYTES_MAX

__all__ = ["KeyCreate", "KeyMade", "KeyRow", "Keys", "UserChange", "UserCreate", "UserRow", "Users"]

RoleIn = Annotated[Role, Field(strict=False)]
ScopeIn = Annotated[Scope, Field(strict=False)]
Login = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._@+-]{0,63}$")]


class UserCreate(CamelIn):
    """A new user."""

    login: Login
    roles: list[RoleIn] = Field(min_length=1, max_length=8)
    account: int | None = Field(
        default=None, ge=1, le=ACCOUNT_MAX, description="Number of its account, if it trades."
    )
    password: SecretStr | None = Field(
        default=None,
        min_length=12,
        max_length=PASSWORD_BYTES_MAX,
        strict=False,
        description="None for a user that has only keys.",
    )


class UserChange(CamelIn):
    """What is to be another way; sessions of the user end."""

    roles: list[RoleIn] | None = Field(default=None, min_length=1, max_length=8)
    is_disabled: bool | None = None
    password: SecretStr | None = Field(
        default=None, min_length=12, max_length=PASSWORD_BYTES_MAX, strict=False
    )


class UserRow(Camel):
    """A user."""

    user_id: str
    login: str
    account: int | None
    roles: list[Role]
    is_disabled: bool
    created_at: Timestamp


class Users(Camel):
    """Every user."""

    data: list[UserRow]


class KeyCreate(CamelIn):
    """A new API key."""

    label: str = Field(default="", max_length=80)
    scopes: list[ScopeIn] | None = Field(
        default=None,
        min_length=1,
        max_length=20,
        description="At most what the user may; all of that if not given.",
    )
    networks: list[Annotated[str, StringConstraints(max_length=64)]] = Field(
        default_factory=list, max_length=32, description="Where it may be used from."
    )
    expires_at: Timestamp | None = None


class KeyRow(Camel):
    """An API key; its secret is not shown again."""

    key_id: str
    user_id: str
    label: str
    scopes: list[Scope]
    networks: list[str]
    created_at: Timestamp
    expires_at: Timestamp | None
    is_revoked: bool


class KeyMade(KeyRow):
    """A key and its secret, which is shown this once."""

    secret: str


class Keys(Camel):
    """Keys of a user, revoked ones too."""

    data: list[KeyRow]
