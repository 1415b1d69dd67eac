"""What venues charge and how far away they are: dated, with sources, never assumed silently."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Literal

from tradecore.backtest.assumptions import Fees, Latency
from tradecore.core import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["VENUES", "VenueProfile", "venue_profile"]

MS: Final = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class VenueProfile:
    """A venue on a date.

    Args:
        name: As `--venue` takes it.
        title: As a reader knows it.
        kind: What its instruments are.
        currency: What they settle in.
        fees: Of an account without volume, holdings or referral.
        fees_source: Where the fees are published, and as of when.
        latency: Between a host in the region and the venue.
        latency_source: What that figure rests on.
    """

    name: str
    title: str
    kind: Literal["spot", "linear", "inverse"]
    currency: str
    fees: Fees
    fees_source: str
    latency: Latency
    latency_source: str


_LATENCY_SOURCE: Final = (
    "an assumption, not a published figure: a host in the venue's region over the public endpoint"
)

VENUES: Final[Mapping[str, VenueProfile]] = MappingProxyType(
    {
        profile.name: profile
        for profile in (
            VenueProfile(
                name="binance-usdm",
                title="Binance USD-M futures",
                kind="linear",
                currency="USDT",
                fees=Fees(maker=Decimal("0.0002"), taker=Decimal("0.0005")),
                fees_source="Binance, Futures Trading Fee, USDT contracts, regular user, 2024-08",
                latency=Latency(feed_ns=2 * MS, entry_ns=3 * MS, response_ns=3 * MS),
                latency_source=_LATENCY_SOURCE,
            ),
            VenueProfile(
                name="binance-spot",
                title="Binance spot",
                kind="spot",
                currency="USDT",
                fees=Fees(maker=Decimal("0.001"), taker=Decimal("0.001")),
                fees_source="Binance, Spot Trading Fee, regular user without BNB, 2024-08",
                latency=Latency(feed_ns=2 * MS, entry_ns=3 * MS, response_ns=3 * MS),
                latency_source=_LATENCY_SOURCE,
            ),
        )
    }
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
