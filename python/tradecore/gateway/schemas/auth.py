"""Tokens."""

from __future__ import annotations

from typing import Literal

from pydantic import ConfigDict, Field, SecretStr, model_validator

from tradecore.gateway.schemas.base import Snake
from tradecore.identity.users import PASSWORD_BYTES_MAX

__all__ = ["RefreshRequest", "RevokeRequest", "Token", "TokenRequest"]


class _Request(Snake):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)


class TokenRequest(_Request):
    """An API key and its secret, or a login and its password."""

    api_key: str | None = Field(default=None, max_length=128)
    api_secret: SecretStr | None = Field(default=None, max_length=256)
    login: str | None = Field(default=None, max_length=128)
    password: SecretStr | None = Field(default=None, max_length=PASSWORD_BYTES_MAX)

    @model_validator(mode="after")
    def _one_pair(self) -> TokenRequest:
        by_key = self.api_key is not None and self.api_secret is not None
        by_login = self.login is not None and self.password is not None
        if by_key == by_login:
            raise ValueError(
                "a token is asked for with api_key and api_secret, or with login and password"
            )
        return self


class RefreshRequest(_Request):
    """A refresh token; it is good for one use."""

    refresh_token: SecretStr = Field(max_length=512)


class RevokeRequest(_Request):
    """What is to end: the token of the request, or every token of its user."""

    everywhere: bool = False


class Token(Snake):
    """A token to be sent as `Authorization: Bearer`."""

    access_token: str
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105 - the kind, not one
    expires_in: int = Field(description="Seconds.")
    refresh_token: str
    scope: str
