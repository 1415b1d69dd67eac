"""Which account is whose, both ways."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tradecore.identity.users import User

__all__ = ["Directory"]


@dataclass(slots=True)
class Directory:
    """Names accounts by their users, and finds a user's account by id or login."""

    _accounts: dict[str, int] = field(default_factory=dict)
    _users: dict[int, str] = field(default_factory=dict)

    def learn(self, users: Iterable[User]) -> None:
        """Take over who there is."""
        known = [user for user in users if user.account is not None]
        self._users = {user.account: user.id for user in known if user.account is not None}
        self._accounts = {
            name: user.account
            for user in known
            for name in (user.login, user.id)
            if user.account is not None
        }

    def account_of(self, user: str) -> int | None:
        """Return the account of a user, by id or login; `None` if there is no such user."""
        return self._accounts.get(user)

    def user_of(self, account: int) -> str:
        """Return the id of an account's user, or the account's number where it has none."""
        return self._users.get(account, str(account))
