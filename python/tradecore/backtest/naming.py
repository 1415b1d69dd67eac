"""Fees and latency as a caller names them, in one of several forms."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Final, TypeAlias

from tradecore.backtest.assumptions import QUEUE_MODELS, Fees, Latency, QueueModel
from tradecore.core import InputError

if TYPE_CHECKING:
    from tradecore.backtest.venues import VenueProfile

__all__ = ["FeesLike", "LatencyLike", "named_fees", "named_latency", "named_queue"]

_PAIR: Final = 2
_TRIPLE: Final = 3
_POWER: Final = re.compile(r"power:[0-9]{1,2}(\.[0-9]{1,2})?")

FeesLike: TypeAlias = Fees | Mapping[str, object] | tuple[object, object] | str
LatencyLike: TypeAlias = Latency | Mapping[str, object] | tuple[object, object, object] | str

ZERO_FEES: Final = Fees(maker=Decimal(0), taker=Decimal(0))
ZERO_LATENCY: Final = Latency(feed_ns=0, entry_ns=0, response_ns=0)


def named_fees(value: FeesLike | None, venue: VenueProfile) -> Fees:
    """Return the fees that were named.

    Args:
        value: `Fees`, a mapping or pair of maker and taker, the text `2bps,5bps`, `venue` for the
            venue's dated profile, or `zero`.
        venue: Whose profile.

    Raises:
        InputError: If none were named, or not so that they are understood.
    """
    if value is None:
        raise InputError(
            f"fees must be named: 'venue' takes {venue.fees} ({venue.fees_source}), "
            "'2bps,5bps' names maker and taker, 'zero' none: fees=None"
        )
    if isinstance(value, Fees):
        return value
    if isinstance(value, Mapping):
        _same_keys(value, ("maker", "taker"), "fees")
        return Fees.of(maker=value["maker"], taker=value["taker"])
    if value == "venue":
        return venue.fees
    if value == "zero":
        return ZERO_FEES
    parts = _parts(value)
    if len(parts) != _PAIR:
        raise InputError(
            f"fees are 'venue', 'zero', or maker and taker such as '2bps,5bps': fees={value!r}"
        )
    return Fees.of(maker=parts[0], taker=parts[1])


def named_latency(value: LatencyLike | None, venue: VenueProfile) -> Latency:
    """Return the latency that was named.

    Args:
        value: `Latency`, a mapping or triple of feed, entry and response, the text `2ms,3ms,3ms`,
            `venue` for the venue's profile, or `zero`.
        venue: Whose profile.

    Raises:
        InputError: If none was named, or not so that it is understood.
    """
    if value is None:
        raise InputError(
            f"latency must be named: 'venue' takes {venue.latency} ({venue.latency_source}), "
            "'2ms,3ms,3ms' names feed, order entry and response, 'zero' none: latency=None"
        )
    if isinstance(value, Latency):
        return value
    if isinstance(value, Mapping):
        _same_keys(value, ("feed", "entry", "response"), "latency")
        return Latency.of(feed=value["feed"], entry=value["entry"], response=value["response"])
    if value == "venue":
        return venue.latency
    if value == "zero":
        return ZERO_LATENCY
    parts = _parts(value)
    if len(parts) != _TRIPLE:
        raise InputError(
            "latency is 'venue', 'zero', or feed, order entry and response such as "
            f"'2ms,3ms,3ms': latency={value!r}"
        )
    return Latency.of(feed=parts[0], entry=parts[1], response=parts[2])


def _parts(value: object) -> tuple[object, ...]:
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(","))
    return tuple(value) if isinstance(value, tuple) else ()


def _same_keys(value: Mapping[str, object], keys: tuple[str, ...], what: str) -> None:
    if set(value) != set(keys):
        raise InputError(f"{what} names {', '.join(keys)}: {what}={sorted(map(str, value))}")


def named_queue(value: str) -> QueueModel:
    """Return the queue model that was named.

    Raises:
        InputError: If there is none of that name.
    """
    if value in QUEUE_MODELS or _POWER.fullmatch(value):
        return value
    raise InputError(f"queue must be one of {', '.join(QUEUE_MODELS)}, or power:N: queue={value!r}")
