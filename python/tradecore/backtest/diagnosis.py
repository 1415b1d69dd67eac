"""What went wrong, in plain sentences with numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import numpy.typing as npt

    from tradecore.backtest.summary import QueueStats, Summary

__all__ = ["diagnose"]

_MANY = 0.1
"""More than this part of all orders refused is no accident."""
_FEW = 0.01
"""Fewer fills than this part of all orders ask for a reason."""


def diagnose(summary: Summary, orders: npt.NDArray[np.void] | None = None) -> tuple[str, ...]:
    """Return what a reader should know before any figure; nothing where all went well.

    Args:
        summary: The totals of a run.
        orders: Its orders, of `ORDER_DTYPE`: they say how long quotes rested, and for how long
            they had been under way.
    """
    return (
        *_halted(summary),
        *_denied(summary),
        *_refused(summary),
        *_unfilled(summary),
        *_short_lived(summary, orders),
        *_recording(summary.counts),
    )


def _halted(summary: Summary) -> Iterator[str]:
    if summary.halted:
        reason = summary.reason or "no reason was given"
        yield f"the strategy was halted before the recording ended: {reason}"


def _denied(summary: Summary) -> Iterator[str]:
    denied = sum(summary.denials.values())
    if denied:
        named, wanted = _counted(summary.denials), denied + summary.orders
        yield f"{denied:,} of {wanted:,} orders were denied before leaving: {named}"


def _refused(summary: Summary) -> Iterator[str]:
    refused = sum(summary.rejections.values())
    if refused > _MANY * summary.orders:
        named = _counted(summary.rejections)
        yield f"the venue refused {refused:,} of {summary.orders:,} orders: {named}"


def _unfilled(summary: Summary) -> Iterator[str]:
    if summary.fills:
        return
    queue = summary.queue
    if summary.orders == 0:
        heard = sum(summary.callbacks.get(name, 0) for name in ("on_book", "on_trade", "on_quote"))
        why = (
            "no market callback was ever called: does on_start subscribe?"
            if heard == 0
            else f"although market callbacks were called {heard:,} times"
        )
        if not summary.denials and not summary.halted:
            yield f"nothing was filled: no order was sent, {why}"
    elif queue.rested == 0:
        yield "nothing was filled: no order came to rest and none found anything to take"
    else:
        yield f"nothing was filled: {_resting(queue)}"


def _short_lived(summary: Summary, orders: npt.NDArray[np.void] | None) -> Iterator[str]:
    """Say where latency ate what orders lived."""
    if orders is None or summary.fills > _FEW * summary.orders:
        return
    came = orders[orders["ts_accept_ns"] > 0]
    ended = came[came["ts_done_ns"] > 0]
    if ended.size == 0:
        return
    under_way_ns = float(np.median(came["ts_accept_ns"] - came["ts_submit_ns"]))
    rested_ns = float(np.median(ended["ts_done_ns"] - ended["ts_accept_ns"]))
    if rested_ns < under_way_ns:
        yield (
            f"half of the orders rested less than {rested_ns / 1e6:.1f} ms, while their way to the "
            f"venue and back took {under_way_ns / 1e6:.1f} ms: latency ate most of their life"
        )


def _resting(queue: QueueStats) -> str:
    side = "behind" if queue.distance_ticks >= 0 else "before"
    text = (
        f"quotes rested {queue.rested:,} times, on average {abs(queue.distance_ticks):.1f} ticks "
        f"{side} the touch with {queue.quantity_ahead:.3f} displayed at their price; "
    )
    if queue.trades == 0:
        return text + "no trade happened on their side while they rested"
    if queue.trades_reached == 0:
        return text + (
            f"none of {queue.trades:,} trades on their side reached them, the nearest came "
            f"{queue.nearest_ticks} ticks short"
        )
    return text + (
        f"{queue.trades_reached:,} of {queue.trades:,} trades on their side reached them with a "
        f"volume of {queue.volume_reached:.3f}, and the queue ahead took it all"
    )


def _recording(counts: Mapping[str, int]) -> Iterator[str]:
    if counts["corrupt"]:
        yield f"{counts['corrupt']:,} records could not be read and were left out"
    if counts["gaps"]:
        yield (
            f"{counts['gaps']:,} gaps in the book: until the next snapshot the strategy saw none "
            "and the venue took no orders"
        )
    if counts["snapshots"] == 0:
        yield "the recording has no snapshot of the book: nothing could be shown or traded"


def _counted(codes: Mapping[str, int]) -> str:
    ordered = sorted(codes.items(), key=lambda item: (-item[1], item[0]))
    return ", ".join(f"{count:,} {code}" for code, count in ordered)
