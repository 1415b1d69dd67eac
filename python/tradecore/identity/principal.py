"""Who is asking, once that is proved, and how it was proved."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tradecore.identity.roles import Role
    from tradecore.identity.scopes import Scope

__all__ = ["Principal", "Proof"]


class Proof(StrEnum):
    """How somebody showed who they are."""

    PASSWORD = "password"  # noqa: S105 - the kind, not one
    API_KEY = "api_key"
    TOKEN = "token"  # noqa: S105 - the same
    ADMIN_TOKEN = "admin_token"  # noqa: S105 - the same
    LOCAL = "local"


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """A caller whose proof was accepted.

    Args:
        subject: Id of the user; `admin` for the bearer of the admin token.
        account: Number of the account that is the user's own; None for who trades nothing.
        roles: What the user is.
        scopes: What this proof lets the user do, never more than the roles do.
        proof: How it was proved.
        credential: Id of the API key or of the token; empty where there is none.
        expires_ns: When the proof ends; None if it does not.
        is_person: If a password was typed for it, by now or for the session it is of.
    """

    subject: str
    account: int | None
    roles: frozenset[Role]
    scopes: frozenset[Scope]
    proof: Proof
    credential: str = ""
    expires_ns: int | None = None
    is_person: bool = False

    def has(self, scope: Scope) -> bool:
        """Return whether this caller may do what `scope` names, on its own account at least."""
        return scope in self.scopes
