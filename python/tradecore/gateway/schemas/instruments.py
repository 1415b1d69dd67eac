"""Instruments as administrators see and say them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from tradecore.gateway.numbers import DecimalIn, DecimalOut
from tradecore.gateway.schemas.admin import Phase, Reason
from tradecore.gateway.schemas.base import Camel, CamelIn

__all__ = [
    "InstrumentChange",
    "InstrumentCreate",
    "InstrumentRow",
    "Instruments",
    "PhaseChange",
    "Terms",
]

Asset = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9]{1,16}$")]
HALT_MS_MAX = 86_400_000


class InstrumentRow(Camel):
    """An instrument and how it stands."""

    index: int = Field(description="Its place, which binary order entry counts symbols by.")
    symbol: str
    base: str
    quote: str
    kind: Literal["spot", "linear", "inverse"]
    tick_size: DecimalOut
    lot_size: DecimalOut
    min_notional: DecimalOut
    maker_fee: DecimalOut
    taker_fee: DecimalOut
    price_min: DecimalOut | None
    price_max: DecimalOut | None
    quantity_min: DecimalOut | None
    quantity_max: DecimalOut | None
    leverage_max: int
    maintenance_rate: DecimalOut
    band_bps: int
    halt_ms: int
    is_trading: bool = Field(description="Whether it was not taken out of trading for good.")
    phase: Phase
    mark_price: DecimalOut
    index_price: DecimalOut


class Instruments(Camel):
    """What is traded."""

    data: list[InstrumentRow]


class PhaseChange(CamelIn):
    """A state of a symbol. From an auction to `open` what is crossed trades at one price first."""

    state: Phase
    reason: str = Reason


class Terms(CamelIn):
    """Terms that may become others while an instrument trades."""

    price_min: DecimalIn | None = Field(default=None, gt=0, description="Lowest limit taken.")
    price_max: DecimalIn | None = Field(default=None, gt=0, description="Highest limit taken.")
    quantity_min: DecimalIn | None = Field(default=None, gt=0, description="Least of an order.")
    quantity_max: DecimalIn | None = Field(default=None, gt=0, description="Most of an order.")
    leverage_max: int | None = Field(default=None, ge=1, le=125, description="Highest leverage.")
    maintenance_rate: DecimalIn | None = Field(
        default=None, gt=0, lt=1, description="Maintenance margin over the value."
    )
    band_bps: int | None = Field(
        default=None,
        ge=0,
        lt=10_000,
        description="How far from the reference price a trade may be, in 0.01 %; 0 for any.",
    )
    halt_ms: int | None = Field(
        default=None,
        ge=0,
        le=HALT_MS_MAX,
        description="How long an auction pauses trading beyond the band; 0 cancels the order.",
    )


class InstrumentCreate(Terms):
    """An instrument to list: a linear contract settled in the venue's currency."""

    symbol: Annotated[
        str, StringConstraints(pattern=r"^[A-Z0-9]{1,16}([_-][A-Z0-9]{1,16}){0,2}$")
    ] = Field(examples=["XRPUSDT"], description="Its name, for good.")
    base: Asset = Field(examples=["XRP"])
    quote: Asset = Field(examples=["USDT"])
    tick_size: DecimalIn = Field(gt=0, description="Smallest step of a price.")
    lot_size: DecimalIn = Field(gt=0, description="Smallest step of a quantity.")
    price: DecimalIn = Field(gt=0, description="What it is worth before anybody traded.")
    min_notional: DecimalIn | None = Field(
        default=None, ge=0, description="Least value of an order; 5 unless given."
    )
    maker_fee: DecimalIn | None = Field(
        default=None, gt=-1, lt=1, description="Fee of a resting order; 0.0002 unless given."
    )
    taker_fee: DecimalIn | None = Field(
        default=None, gt=-1, lt=1, description="Fee of an order that takes; 0.0005 unless given."
    )
    state: Phase = Field(default="open", description="How it begins.")
    reason: str = Reason


class InstrumentChange(Terms):
    """What is to be another way; what is not given stays."""

    state: Phase | None = None
    index_price: DecimalIn | None = Field(
        default=None, gt=0, description="What the symbol is worth elsewhere; the mark follows."
    )
    reason: str = Reason
