"""What the venue answers instead of what was asked, or when there is nothing else to say."""

from __future__ import annotations

from tradecore.exchanges.binance.messages.base import VenueMessage


class ErrorBody(VenueMessage, frozen=True, kw_only=True):
    """A refusal: a negative code and the venue's words."""

    code: int
    msg: str


class Done(VenueMessage, frozen=True, kw_only=True):
    """It was done: `code` 200, as a number."""

    code: int
    msg: str


class Empty(VenueMessage, frozen=True, kw_only=True):
    """`{}`: it was done, and there is nothing to tell."""
