"""Assumptions and periods in words."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from tradecore.backtest.assumptions import DEFAULT_QUEUE, QUEUE_MODELS

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from tradecore.backtest.assumptions import Fees, Latency, QueueModel
    from tradecore.backtest.venues import VenueProfile
    from tradecore.marketdata import Recording

__all__ = ["NOT_MODELLED", "assumption_sentences", "period"]

NOT_MODELLED: Final = (
    "our effect on others: nobody in the recording reacts to our orders",
    "hidden orders and icebergs: what is not displayed is seen only when it trades",
    "funding, margin and liquidation",
    "rate limits, outages and refusals of the venue beyond the terms of an order",
    "several symbols or accounts in one run",
)
"""What no figure of a backtest contains."""

_CHOSEN: Final = (
    " It is the default because it misjudged fewest shadow orders in `tradecore calibrate`."
)


def assumption_sentences(
    fees: Fees, latency: Latency, queue: QueueModel, venue: VenueProfile, recording: Recording
) -> tuple[str, ...]:
    """Return every assumption of a run, a sentence each."""
    instrument = recording.instrument
    fees_source = f" ({venue.fees_source})" if fees == venue.fees else ""
    latency_source = f" ({venue.latency_source})" if latency == venue.latency else ""
    steps = f"tick {instrument.tick_size:f}, lot {instrument.lot_size:f}"
    return (
        f"Fees: {fees}{fees_source}.",
        f"Latency: {latency}, constant{latency_source}.",
        f"Queue: {queue}, {QUEUE_MODELS[queue]}; an order joins behind all that is displayed."
        + _CHOSEN * (queue == DEFAULT_QUEUE),
        "Clock: the recording's time of receipt; a message left the venue the feed latency before.",
        f"Instrument: {instrument.symbol}, {instrument.kind}, {steps}.",
        *(f"Not modelled: {missing}." for missing in NOT_MODELLED),
    )


def period(times_ns: npt.NDArray[np.int64]) -> str:
    """Return the first and last of times in words."""
    if times_ns.size == 0:
        return "no time at all"
    first, last = int(times_ns[0]), int(times_ns[-1])
    seconds = (last - first) / 1e9
    start = datetime.fromtimestamp(first // 1_000_000_000, tz=UTC)
    minutes, rest = divmod(round(seconds), 60)
    return f"{start:%Y-%m-%d %H:%M:%S} UTC, {minutes} min {rest} s"
