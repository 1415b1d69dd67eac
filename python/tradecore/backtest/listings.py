"""Which markets a run plays: each a recording with its venue, fees, latency and queue model."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeAlias

from tradecore.backtest.assumptions import DEFAULT_QUEUE
from tradecore.backtest.naming import named_fees, named_latency, named_queue
from tradecore.backtest.rules import Asked
from tradecore.backtest.samples import sample_path
from tradecore.backtest.venues import venue_profile
from tradecore.core import InputError, Instrument
from tradecore.marketdata import Recording, open_recording

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tradecore.backtest.assumptions import Fees, Latency, QueueModel
    from tradecore.backtest.naming import FeesLike, LatencyLike
    from tradecore.backtest.rules import Demands
    from tradecore.backtest.venues import VenueProfile

__all__ = ["LISTINGS_MAX", "Data", "Listing", "RecordedMarket", "distinct", "listed"]

LISTINGS_MAX: Final = 256
"""Recordings of one run."""

Data: TypeAlias = "str | PathLike[str] | Recording"


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedMarket:
    """One of several recordings of a run; what is None is as the run has it.

    Args:
        data: A recording, or `sample`.
        venue: Whose rules it follows.
        fees: What its venue charges.
        latency: How far away its venue is.
        queue: Where orders of ours stand in its queues.
        instrument: Whose frames are meant.
    """

    data: Data
    venue: str | None = None
    fees: FeesLike | None = None
    latency: LatencyLike | None = None
    queue: QueueModel | None = None
    instrument: Instrument | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A market of a run, everything named.

    Args:
        instrument: What the strategy trades; its symbol names the venue where several list one.
        recording: What is played.
        venue: Whose rules.
        fees: What it charges.
        latency: How far away it is.
        queue: Where orders stand in its queues.
        demands: What else it demands.
    """

    instrument: Instrument
    recording: Recording
    venue: VenueProfile
    fees: Fees
    latency: Latency
    queue: QueueModel
    demands: Demands


def listed(
    data: Data | RecordedMarket | Sequence[Data | RecordedMarket],
    *,
    venue: str,
    fees: FeesLike | None,
    latency: LatencyLike | None,
    queue: QueueModel = DEFAULT_QUEUE,
    instrument: Instrument | None = None,
    asked: Asked | None = None,
) -> tuple[Listing, ...]:
    """Return the markets of a run, in the order in which they were named.

    A symbol that several venues list is named `VENUE:SYMBOL`, as in `BINANCE-SPOT:BTCUSDT`.

    Raises:
        InputError: If there is none, too many, one twice, or what must be named is not.
        DataError: If a recording cannot be read, or is empty.
        OSError: If a file cannot be read.
    """
    named = _several(data)
    if not 1 <= len(named) <= LISTINGS_MAX:
        raise InputError(f"a backtest has 1 to {LISTINGS_MAX} recordings: data={len(named)}")
    if instrument is not None and len(named) > 1:
        raise InputError(
            "of several recordings each names its instrument, as RecordedMarket(instrument=...): "
            f"instrument={instrument.symbol}"
        )
    made = []
    for market in named:
        profile = venue_profile(venue if market.venue is None else market.venue)
        made.append(
            _listing(
                market,
                profile,
                named_fees(fees if market.fees is None else market.fees, profile),
                named_latency(latency if market.latency is None else market.latency, profile),
                queue=named_queue(queue if market.queue is None else market.queue),
                instrument=instrument if market.instrument is None else market.instrument,
                demands=(asked or Asked()).of(profile),
            )
        )
    return distinct(made)


def _several(
    data: Data | RecordedMarket | Sequence[Data | RecordedMarket],
) -> tuple[RecordedMarket, ...]:
    if isinstance(data, str | PathLike | Recording):
        return (RecordedMarket(data=data),)
    if isinstance(data, RecordedMarket):
        return (data,)
    return tuple(
        one if isinstance(one, RecordedMarket) else RecordedMarket(data=one) for one in data
    )


def _listing(
    market: RecordedMarket,
    profile: VenueProfile,
    fees: Fees,
    latency: Latency,
    *,
    queue: QueueModel,
    instrument: Instrument | None,
    demands: Demands,
) -> Listing:
    recording = _opened(market.data, profile, instrument)
    return Listing(
        instrument=recording.instrument,
        recording=recording,
        venue=profile,
        fees=fees,
        latency=latency,
        queue=queue,
        demands=demands,
    )


def _opened(data: Data, profile: VenueProfile, instrument: Instrument | None) -> Recording:
    if isinstance(data, Recording):
        return data
    path = sample_path() if data == "sample" else Path(data)
    return open_recording(path, instrument=instrument, kind=profile.kind)


def distinct(listings: Sequence[Listing]) -> tuple[Listing, ...]:
    """Return the markets of a run with a symbol each: `VENUE:SYMBOL` where several list one.

    Raises:
        InputError: If a venue's symbol is there twice.
    """
    symbols = Counter(listing.instrument.symbol for listing in listings)
    pairs = Counter((listing.venue.name, listing.instrument.symbol) for listing in listings)
    twice = [f"{venue}:{symbol}" for (venue, symbol), count in pairs.items() if count > 1]
    if twice:
        raise InputError(f"a venue's symbol is played from one recording: twice {twice[0]}")
    return tuple(
        replace(listing, instrument=_named(listing))
        if symbols[listing.instrument.symbol] > 1
        else listing
        for listing in listings
    )


def _named(listing: Listing) -> Instrument:
    facts = listing.instrument
    return Instrument(
        f"{listing.venue.name.upper()}:{facts.symbol}",
        tick_size=facts.tick_size,
        lot_size=facts.lot_size,
        kind=facts.kind,
        multiplier=facts.multiplier,
        min_notional=facts.min_notional,
        maker_fee=facts.maker_fee,
        taker_fee=facts.taker_fee,
    )
