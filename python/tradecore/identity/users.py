"""Who has an account at a venue, and what a login and a password must be."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from tradecore.core import TradecoreError
from tradecore.identity.roles import scopes_of
from tradecore.telemetry import is_placeholder

if TYPE_CHECKING:
    from tradecore.identity.roles import Role
    from tradecore.identity.scopes import Scope

__all__ = ["IdentityError", "UnknownIdentityError", "User", "check_login", "prepared_password"]

PASSWORD_CHARS_MIN: Final = 12
PASSWORD_BYTES_MAX: Final = 1024
ACCOUNT_MAX: Final = (1 << 63) - 1
_LOGIN: Final = re.compile(r"[a-z0-9][a-z0-9._@+-]{0,63}")


class IdentityError(TradecoreError):
    """A user, key or password that cannot be; nothing was changed."""


class UnknownIdentityError(IdentityError):
    """A user or key that is not there."""

    exit_code = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """Somebody who may log in.

    Args:
        id: What records call this user; never reused.
        login: What the user calls itself.
        account: Number of its account; None for who trades nothing.
        roles: What it is.
        is_disabled: If nothing proves it any more.
        password: Its argon2id hash; None for a user that has only keys.
        tokens_from_s: Tokens issued before this second since the Unix epoch are revoked.
        created_ns: When it was made, nanoseconds since the Unix epoch.
    """

    id: str
    login: str
    account: int | None
    roles: frozenset[Role]
    is_disabled: bool = False
    password: str | None = field(default=None, repr=False)
    tokens_from_s: int = 0
    created_ns: int = 0

    @property
    def scopes(self) -> frozenset[Scope]:
        """Return what its roles let it do."""
        return scopes_of(self.roles)


def check_login(login: str) -> str:
    """Return `login` if it may be one.

    Raises:
        IdentityError: If it is not 1 to 64 of a-z 0-9 . _ @ + -, a letter or digit first.
    """
    if _LOGIN.fullmatch(login) is None:
        raise IdentityError(f"a login is 1 to 64 of a-z 0-9 . _ @ + -: {login[:80]!r}")
    return login


def prepared_password(password: str, *, login: str) -> str:
    """Return `password` as it is hashed, in Unicode's form NFKC, if it may be one.

    Raises:
        IdentityError: If it is shorter than 12 characters, longer than 1,024 bytes, a
            placeholder, or has the login in it; the message does not show it.
    """
    text = unicodedata.normalize("NFKC", password)
    if len(text) < PASSWORD_CHARS_MIN:
        raise IdentityError(f"a password has at least {PASSWORD_CHARS_MIN} characters")
    if len(text.encode("utf-8", "surrogatepass")) > PASSWORD_BYTES_MAX:
        raise IdentityError(f"a password has at most {PASSWORD_BYTES_MAX} bytes")
    if is_placeholder(text):
        raise IdentityError("a placeholder stands where a password belongs")
    if login in text.casefold() and len(login) >= PASSWORD_CHARS_MIN // 3:
        raise IdentityError("a password does not have the login in it")
    return text
