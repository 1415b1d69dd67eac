"""The two spellings of the API, and words both families share."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from pydantic.alias_generators import to_camel

__all__ = [
    "Camel",
    "CamelIn",
    "ClientOrderId",
    "MarginMode",
    "OrderTypeWord",
    "SideWord",
    "Snake",
    "SnakeIn",
    "StatusFilter",
    "StatusWord",
    "StrategyId",
    "SymbolIn",
    "TimeInForceWord",
]

SideWord: TypeAlias = Literal["buy", "sell"]
OrderTypeWord: TypeAlias = Literal["market", "limit", "stop", "stop_limit", "iceberg"]
TimeInForceWord: TypeAlias = Literal["GTC", "IOC", "FOK", "GTD", "DAY"]
MarginMode: TypeAlias = Literal["cross", "isolated"]
StatusWord: TypeAlias = Literal[
    "pending_new",
    "new",
    "partially_filled",
    "filled",
    "pending_cancel",
    "cancelled",
    "pending_replace",
    "rejected",
    "expired",
    "suspended",
    "triggered",
]
StatusFilter: TypeAlias = Literal["active", "closed", "all"] | StatusWord
SymbolIn = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Za-z0-9]{1,24}([/_-][A-Za-z0-9]{1,24}){0,3}$"),
    Field(examples=["BTCUSDT"]),
]
"""A symbol as a client spells it: `BTCUSDT`, `BTC-USDT`, `BTC_USDT` and `BTC/USDT` are one."""
ClientOrderId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._:/-]{1,64}$")]
StrategyId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._:/-]{1,64}$")]
"""What an account calls one of its strategies."""


class Camel(BaseModel):
    """An answer of the `/api` family."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True)


class CamelIn(BaseModel):
    """A request of the `/api` family: strict, and a field it does not know is refused."""

    model_config = ConfigDict(
        alias_generator=to_camel, populate_by_name=False, extra="forbid", strict=True
    )


class Snake(BaseModel):
    """An answer of the `/api/v1` family."""


class SnakeIn(BaseModel):
    """A request of the `/api/v1` family: what it does not know is ignored, and said so."""

    model_config = ConfigDict(extra="allow", strict=True)
