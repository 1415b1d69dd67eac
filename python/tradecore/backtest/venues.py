"""Venues by the name that `--venue` takes: dated, with sources, never assumed silently."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from tradecore.backtest.profiles import (
    BINANCE_SPOT,
    BINANCE_USDM,
    DERIBIT,
    GRVT,
    VenueProfile,
)
from tradecore.core import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["VENUES", "VenueProfile", "venue_profile"]

VENUES: Final[Mapping[str, VenueProfile]] = MappingProxyType(
    {profile.name: profile for profile in (BINANCE_USDM, BINANCE_SPOT, DERIBIT, GRVT)}
)


def venue_profile(name: str) -> VenueProfile:
    """Return the profile of a venue.

    Raises:
        InputError: If there is none of that name.
    """
    profile = VENUES.get(name)
    if profile is None:
        raise InputError(f"venue must be one of {', '.join(VENUES)}: venue={name!r}")
    return profile
