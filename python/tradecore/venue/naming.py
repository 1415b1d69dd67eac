"""Names of strategies on their way to the engine, which gives them their numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from tradecore.core import DataError
from tradecore.venue.refusals import Reason, Refused
from tradecore.venue.strategies import STRATEGIES_MAX

if TYPE_CHECKING:
    from tradecore.core import VenueEngine
    from tradecore.venue.books import Books
    from tradecore.venue.notes import Notes
    from tradecore.venue.orders import PlaceOrder

__all__ = ["name_refused", "number_of", "tell_names", "was_named"]


class Namer(Protocol):
    """What naming needs of a venue's commands."""

    engine: VenueEngine
    books: Books
    notes: Notes | None

    def named(self, account: int, strategy: str) -> None:
        """Book a strategy that the engine named now."""


def number_of(commands: Namer, account: int, strategy: str, /) -> int:
    """Return the engine's number of a strategy, given when it is first named; 0 for none.

    It is 0, too, where the account named as many as it may: see `name_refused`.
    """
    if not strategy:
        return 0
    found = commands.books.state.strategies.find(account, strategy)
    if found is not None:
        return found.number
    number = commands.engine.name_strategy(account, strategy)
    if number:
        commands.named(account, strategy)
    return number


def name_refused(commands: Namer, account: int, strategy: str, /) -> Refused | None:
    """Return why an account may not have a strategy of this name, which else it has now."""
    may_name = commands.books.state.strategies.may_name(account, strategy)
    # The native door may have given the last name, and the books not know it yet.
    if may_name and (not strategy or number_of(commands, account, strategy)):
        return None
    return Refused(Reason.TOO_MANY_STRATEGIES, str(STRATEGIES_MAX))


def was_named(commands: Namer, request: PlaceOrder, /) -> bool:
    """Return whether the engine may know the answer already: the order came before."""
    account, name = request.account, request.client_order_id
    if commands.notes is None or not (name and commands.engine.answers_kept):
        return False
    is_known = commands.books.state.histories.by_client(account, name) is not None
    return is_known and name_refused(commands, account, request.strategy) is None


def tell_names(commands: Namer, /) -> None:
    """Tell the engine names that an older venue kept beside its journal, as notes.

    Raises:
        DataError: If the engine has them by other numbers.
    """
    known = set(commands.engine.strategies)
    for one in commands.books.state.strategies:
        if (one.account, one.name) in known:
            continue
        number = commands.engine.name_strategy(one.account, one.name)
        if number != one.number:
            raise DataError(
                f"a strategy has one number: notes={one.number}, journal={number}, "
                f"account={one.account}"
            )
        commands.named(one.account, one.name)
