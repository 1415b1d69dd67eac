"""Assumptions and periods in words."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from tradecore.backtest.assumptions import DEFAULT_QUEUE, QUEUE_MODELS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy as np
    import numpy.typing as npt

    from tradecore.backtest.assumptions import QueueModel
    from tradecore.backtest.listings import Listing

__all__ = ["NOT_MODELLED", "assumption_sentences", "period"]


NOT_MODELLED: Final = (
    "our effect on others: nobody in the recording reacts to our orders",
    "hidden orders and icebergs: what is not displayed is seen only when it trades",
    "one margin over several symbols: each is an account of its own, added up by venue",
)
"""What no figure of a backtest contains."""

_CHOSEN: Final = (
    " It is the default because it misjudged fewest shadow orders in `tradecore calibrate`."
)


def assumption_sentences(listings: Sequence[Listing]) -> tuple[str, ...]:
    """Return every assumption of a run, a sentence each."""
    is_one = len(listings) == 1
    names = ["" if is_one else f"{listing.instrument.symbol}: " for listing in listings]
    pairs = list(zip(names, listings, strict=True))
    return (
        *(name + told for name, listing in pairs for told in _sentences(listing)),
        _CLOCK,
        *(() if is_one else (_MERGED,)),
        *(_steps(listing) for listing in listings),
        *(f"Not modelled: {missing}." for missing in (*NOT_MODELLED, *_missing(listings))),
    )


_CLOCK: Final = (
    "Clock: the recording's time of receipt; a message left the venue the feed latency before."
)

_MERGED: Final = (
    "Of several recordings what was received first comes first, at one instant the one named "
    "first. One that begins later or ends earlier has no book then, and its venue takes no orders."
)


def _sentences(listing: Listing) -> Iterator[str]:
    fees, latency, queue, venue = listing.fees, listing.latency, listing.queue, listing.venue
    same_rates = (fees.maker, fees.taker) == (venue.fees.maker, venue.fees.taker)
    fees_source = f" ({venue.fees_source})" if same_rates else ""
    latency_source = f" ({venue.latency_source})" if latency == venue.latency else ""
    yield f"Fees: {fees}{fees_source}."
    kind = "varying" if latency.varies else "constant"
    yield f"Latency: {latency}, {kind}{latency_source}."
    if listing.recording.knows_orders:
        yield "Queue: exact; the recording tells of every order, first come, first served."
    else:
        yield (
            f"Queue: {_queue(queue)}; an order joins behind all that is displayed."
            + _CHOSEN * (queue == DEFAULT_QUEUE)
        )
    yield from listing.demands.sentences(venue, is_told=listing.recording.knows_funding)


def _queue(queue: QueueModel) -> str:
    words = "cancels come from before and behind us as powers of their sizes"
    return f"{queue}, {QUEUE_MODELS.get(queue, words)}"


def _missing(listings: Sequence[Listing]) -> Iterator[str]:
    each = (
        missing
        for listing in listings
        for missing in listing.demands.missing(is_told=listing.recording.knows_funding)
    )
    return iter(dict.fromkeys(each))


def _steps(listing: Listing) -> str:
    instrument = listing.instrument
    steps = f"tick {instrument.tick_size:f}, lot {instrument.lot_size:f}"
    return f"Instrument: {instrument.symbol}, {instrument.kind}, {steps}."


def period(times_ns: npt.NDArray[np.int64]) -> str:
    """Return the first and last of times in words."""
    if times_ns.size == 0:
        return "no time at all"
    first, last = int(times_ns[0]), int(times_ns[-1])
    seconds = (last - first) / 1e9
    start = datetime.fromtimestamp(first // 1_000_000_000, tz=UTC)
    minutes, rest = divmod(round(seconds), 60)
    return f"{start:%Y-%m-%d %H:%M:%S} UTC, {minutes} min {rest} s"
