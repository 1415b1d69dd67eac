"""Assumptions and periods in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from tradecore.backtest.assumptions import DEFAULT_QUEUE, QUEUE_MODELS

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from tradecore.backtest.assumptions import Fees, Latency, QueueModel
    from tradecore.backtest.rules import Demands
    from tradecore.backtest.venues import VenueProfile
    from tradecore.marketdata import Recording

__all__ = ["NOT_MODELLED", "Assumed", "assumption_sentences", "period"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Assumed:
    """What a run rests on."""

    fees: Fees
    latency: Latency
    queue: QueueModel
    demands: Demands


NOT_MODELLED: Final = (
    "our effect on others: nobody in the recording reacts to our orders",
    "hidden orders and icebergs: what is not displayed is seen only when it trades",
    "several symbols or accounts in one run",
)
"""What no figure of a backtest contains."""

_CHOSEN: Final = (
    " It is the default because it misjudged fewest shadow orders in `tradecore calibrate`."
)


def assumption_sentences(
    assumed: Assumed, venue: VenueProfile, recording: Recording
) -> tuple[str, ...]:
    """Return every assumption of a run, a sentence each."""
    instrument = recording.instrument
    fees, latency, queue, demands = assumed.fees, assumed.latency, assumed.queue, assumed.demands
    fees_source = f" ({venue.fees_source})" if fees == venue.fees else ""
    latency_source = f" ({venue.latency_source})" if latency == venue.latency else ""
    kind = "varying" if latency.varies else "constant"
    steps = f"tick {instrument.tick_size:f}, lot {instrument.lot_size:f}"
    return (
        f"Fees: {fees}{fees_source}.",
        f"Latency: {latency}, {kind}{latency_source}.",
        f"Queue: {_queue(queue)}; an order joins behind all that is displayed."
        + _CHOSEN * (queue == DEFAULT_QUEUE),
        *demands.sentences(venue),
        "Clock: the recording's time of receipt; a message left the venue the feed latency before.",
        f"Instrument: {instrument.symbol}, {instrument.kind}, {steps}.",
        *(f"Not modelled: {missing}." for missing in (*NOT_MODELLED, *demands.missing())),
    )


def _queue(queue: QueueModel) -> str:
    words = "cancels come from before and behind us as powers of their sizes"
    return f"{queue}, {QUEUE_MODELS.get(queue, words)}"


def period(times_ns: npt.NDArray[np.int64]) -> str:
    """Return the first and last of times in words."""
    if times_ns.size == 0:
        return "no time at all"
    first, last = int(times_ns[0]), int(times_ns[-1])
    seconds = (last - first) / 1e9
    start = datetime.fromtimestamp(first // 1_000_000_000, tz=UTC)
    minutes, rest = divmod(round(seconds), 60)
    return f"{start:%Y-%m-%d %H:%M:%S} UTC, {minutes} min {rest} s"
