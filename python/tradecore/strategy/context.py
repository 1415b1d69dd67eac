"""What a strategy's container needs from the program that runs it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal

    from tradecore.model import BookView, Budget, Subscription


class Host(Protocol):
    """A backtest, a local run, a live process.

    A host owns the clock and the way to the venue. It calls the container when something
    happened (`deliver_book`, `deliver_events`, …), one call at a time, and takes the trader's
    commands after each call. It calls `deliver_book` only when the subscribed depth changed.
    """

    @property
    def now_ns(self) -> int:
        """The time of what is being delivered, in nanoseconds since 1970; it never runs back."""

    def book(self, symbol: str) -> BookView:
        """Return the book of a symbol, which goes on changing.

        Raises:
            UnknownSymbolError: If there is none.
        """

    def subscribe(self, subscription: Subscription) -> None:
        """Add to what is delivered.

        Raises:
            UnknownSymbolError: If there is no such symbol.
            UnsupportedError: If it asks for a channel that this host does not have.
        """

    def set_timer(self, at_ns: int, /, *, every_ns: int = 0) -> int:
        """Call `deliver_timer` with the number returned, at a time and then each period.

        A time that is past rings at once. Timers due at one moment ring in the order they were
        set. `every_ns=0` rings once.
        """

    def cancel_timer(self, timer_id: int, /) -> bool:
        """Take a timer out; `False` if it rang for the last time or never was."""

    def balances(self) -> Mapping[str, Decimal]:
        """Return what the account holds, by currency."""

    def budget(self, exchange: str) -> Budget | None:
        """Return what the venue's rate limit leaves; `None` where there is none."""

    def request_bars(self, symbol: str, *, period: str, count: int) -> None:
        """Ask for past bars, delivered by `on_bar`.

        Raises:
            UnsupportedError: If this host has none.
        """
