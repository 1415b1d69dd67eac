"""What a backtest was played from, as its journal says it: every assumption by its figures."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

import msgspec

__all__ = ["Drawn", "Outage", "Paid", "Recipe", "Tier"]


class Drawn(msgspec.Struct, frozen=True, kw_only=True):
    """A latency that is not always the same, in nanoseconds.

    Args:
        shape: What `rows` are.
        rows: Of `log-normal` one of median and 99th percentile; of `quantiles` one of delays at
            equal steps of probability; of `measured` one each of time and delay.
    """

    shape: Literal["log-normal", "quantiles", "measured"]
    rows: tuple[tuple[int, ...], ...]


class Tier(msgspec.Struct, frozen=True, array_like=True):
    """Fee rates from a volume of 30 days on."""

    volume: Decimal
    maker: Decimal
    taker: Decimal


class Paid(msgspec.Struct, frozen=True, array_like=True):
    """A recorded funding payment; at the mid where there is no mark."""

    ts_ns: int
    rate: Decimal
    mark: Decimal | None = None


class Outage(msgspec.Struct, frozen=True, array_like=True):
    """A time without a venue; with a timeout commands are lost, else they are refused."""

    from_ns: int
    until_ns: int
    timeout_ns: int | None = None


class Recipe(msgspec.Struct, frozen=True, kw_only=True):
    """What a market of a backtest was played from: with the class and its settings all its input.

    Margin rates and the limits of `rules` are those of the profile, as that version has them.

    Args:
        data: The recording.
        sha256: The digest of its bytes.
        symbol: Which of its instruments.
        profile: The venue's profile by name.
        maker_fee: A part of the notional.
        taker_fee: The same.
        fee_tiers: Other rates from a volume on.
        feed_ns: Latency of the market.
        entry_ns: Latency of a command.
        response_ns: Latency of an answer.
        queue: The queue model.
        strict: Whether a record that cannot be read ends the run.
        rules: Whether the profile's limits hold.
        balance: What the account starts with; without it margin is not checked.
        volume: What it traded in the 30 days before.
        funding_rate: One rate, paid again and again.
        funding_interval_ns: Between two of its payments.
        funding: Recorded payments.
        outages: When the venue takes no commands.
        seed: Where draws start from.
    """

    data: str
    sha256: str
    symbol: str
    profile: str
    maker_fee: Decimal
    taker_fee: Decimal
    fee_tiers: tuple[Tier, ...] = ()
    feed_ns: int | Drawn
    entry_ns: int | Drawn
    response_ns: int | Drawn
    queue: str
    strict: bool = False
    rules: Literal["plain", "venue"] = "plain"
    balance: Decimal | None = None
    volume: Decimal = Decimal(0)
    funding_rate: Decimal | None = None
    funding_interval_ns: int | None = None
    funding: tuple[Paid, ...] | None = None
    outages: tuple[Outage, ...] = ()
    seed: int = 0
