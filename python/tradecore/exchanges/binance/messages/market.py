"""Public market data: events of the streams, and the answers that begin them."""

from __future__ import annotations

from typing import TypeAlias

from msgspec import field

from tradecore.exchanges.binance.messages.base import (
    Count,
    Millis,
    Number,
    VenueMessage,
)

Level: TypeAlias = tuple[Number, Number]
"""A price and what rests at it; 0 removes the level."""


class DepthUpdate(VenueMessage, frozen=True, kw_only=True, tag_field="e", tag="depthUpdate"):
    """Change of a book since the last update of this stream.

    Source: Binance USDⓈ-M Futures, *Diff. Book Depth Streams*. Spot has no `prev_last`.
    """

    event_ms: Millis = field(name="E")
    engine_ms: Millis | None = field(default=None, name="T")
    symbol: str = field(name="s")
    pair: str | None = field(default=None, name="ps")
    market: Count | None = field(default=None, name="st")
    first: Count = field(name="U")
    last: Count = field(name="u")
    prev_last: Count | None = field(default=None, name="pu")
    bids: tuple[Level, ...] = field(name="b")
    asks: tuple[Level, ...] = field(name="a")


class BookTicker(VenueMessage, frozen=True, kw_only=True, tag_field="e", tag="bookTicker"):
    """Best bid and ask; `update_id` is of the same counter as those of depth."""

    update_id: Count = field(name="u")
    event_ms: Millis = field(name="E")
    engine_ms: Millis = field(name="T")
    symbol: str = field(name="s")
    pair: str | None = field(default=None, name="ps")
    bid: Number = field(name="b")
    bid_quantity: Number = field(name="B")
    ask: Number = field(name="a")
    ask_quantity: Number = field(name="A")
    market: Count | None = field(default=None, name="st")


class TradePrint(VenueMessage, frozen=True, kw_only=True, tag_field="e", tag="trade"):
    """One trade; one of price 0 is none, but a spent id."""

    event_ms: Millis = field(name="E")
    trade_ms: Millis = field(name="T")
    symbol: str = field(name="s")
    trade_id: Count = field(name="t")
    price: Number = field(name="p")
    quantity: Number = field(name="q")
    kind: str | None = field(default=None, name="X")
    is_buyer_maker: bool = field(name="m")
    market: Count | None = field(default=None, name="st")


class AggregateTrade(VenueMessage, frozen=True, kw_only=True, tag_field="e", tag="aggTrade"):
    """Trades of one taker at one price."""

    event_ms: Millis = field(name="E")
    symbol: str = field(name="s")
    trade_id: Count = field(name="a")
    price: Number = field(name="p")
    quantity: Number = field(name="q")
    normal_quantity: Number | None = field(default=None, name="nq")
    first: Count = field(name="f")
    last: Count = field(name="l")
    trade_ms: Millis = field(name="T")
    is_buyer_maker: bool = field(name="m")
    market: Count | None = field(default=None, name="st")


class MarkPriceUpdate(
    VenueMessage, frozen=True, kw_only=True, tag_field="e", tag="markPriceUpdate"
):
    """What positions are valued at, and what longs pay shorts at `next_funding_ms`."""

    event_ms: Millis = field(name="E")
    symbol: str = field(name="s")
    mark: Number = field(name="p")
    average_mark: Number | None = field(default=None, name="ap")
    index: Number | None = field(default=None, name="i")
    settle: Number | None = field(default=None, name="P")
    rate: str = field(name="r")
    next_funding_ms: Millis = field(name="T")
    market: Count | None = field(default=None, name="st")


class Candle(VenueMessage, frozen=True, kw_only=True):
    """Trades of one period, `is_closed` when it is over."""

    open_ms: Millis = field(name="t")
    close_ms: Millis = field(name="T")
    symbol: str | None = field(default=None, name="s")
    interval: str = field(name="i")
    first: Count = field(name="f")
    last: Count = field(name="L")
    open: Number = field(name="o")
    close: Number = field(name="c")
    high: Number = field(name="h")
    low: Number = field(name="l")
    volume: Number = field(name="v")
    trades: Count = field(name="n")
    is_closed: bool = field(name="x")
    notional: Number = field(name="q")
    taker_volume: Number = field(name="V")
    taker_notional: Number = field(name="Q")
    ignored: str | None = field(default=None, name="B")


class Kline(VenueMessage, frozen=True, kw_only=True, tag_field="e", tag="kline"):
    """A candle of a symbol as it stands."""

    event_ms: Millis = field(name="E")
    symbol: str = field(name="s")
    candle: Candle = field(name="k")


class ContinuousKline(
    VenueMessage, frozen=True, kw_only=True, tag_field="e", tag="continuous_kline"
):
    """A candle of a pair's contract of one type."""

    event_ms: Millis = field(name="E")
    pair: str = field(name="ps")
    contract_type: str = field(name="ct")
    candle: Candle = field(name="k")


class DayTicker(VenueMessage, frozen=True, kw_only=True, tag_field="e", tag="24hrTicker"):
    """The last 24 hours of a symbol."""

    event_ms: Millis = field(name="E")
    symbol: str = field(name="s")
    change: Number = field(name="p")
    change_percent: Number = field(name="P")
    average: Number = field(name="w")
    last_price: Number = field(name="c")
    last_quantity: Number = field(name="Q")
    open: Number = field(name="o")
    high: Number = field(name="h")
    low: Number = field(name="l")
    volume: Number = field(name="v")
    notional: Number = field(name="q")
    open_ms: Millis = field(name="O")
    close_ms: Millis = field(name="C")
    first: Count = field(name="F")
    last: Count = field(name="L")
    trades: Count = field(name="n")
    pair: str | None = field(default=None, name="ps")
    market: Count | None = field(default=None, name="st")


class DayMiniTicker(VenueMessage, frozen=True, kw_only=True, tag_field="e", tag="24hrMiniTicker"):
    """The last 24 hours of a symbol, in short."""

    event_ms: Millis = field(name="E")
    symbol: str = field(name="s")
    close: Number = field(name="c")
    open: Number = field(name="o")
    high: Number = field(name="h")
    low: Number = field(name="l")
    volume: Number = field(name="v")
    notional: Number = field(name="q")
    pair: str | None = field(default=None, name="ps")
    market: Count | None = field(default=None, name="st")


class Liquidation(VenueMessage, frozen=True, kw_only=True):
    """An order by which the venue closed somebody's position."""

    symbol: str = field(name="s")
    side: str = field(name="S")
    type: str = field(name="o")
    time_in_force: str = field(name="f")
    quantity: Number = field(name="q")
    price: Number = field(name="p")
    average_price: Number = field(name="ap")
    status: str = field(name="X")
    last_quantity: Number = field(name="l")
    cumulative: Number = field(name="z")
    trade_ms: Millis = field(name="T")


class ForceOrder(VenueMessage, frozen=True, kw_only=True, tag_field="e", tag="forceOrder"):
    """The largest liquidation of a second."""

    event_ms: Millis = field(name="E")
    order: Liquidation = field(name="o")
    pair: str | None = field(default=None, name="ps")
    market: Count | None = field(default=None, name="st")


StreamEvent: TypeAlias = (
    DepthUpdate
    | BookTicker
    | TradePrint
    | AggregateTrade
    | MarkPriceUpdate
    | Kline
    | ContinuousKline
    | DayTicker
    | DayMiniTicker
    | ForceOrder
)


class DepthSnapshot(VenueMessage, frozen=True, kw_only=True, rename="camel"):
    """A whole book as `GET depth` answers it, best levels first. Spot names no times."""

    last_update_id: Count
    event_ms: Millis | None = field(default=None, name="E")
    engine_ms: Millis | None = field(default=None, name="T")
    bids: tuple[Level, ...]
    asks: tuple[Level, ...]


class PublicTrade(VenueMessage, frozen=True, kw_only=True, rename="camel"):
    """One trade of `GET trades`."""

    id: Count
    price: Number
    qty: Number
    quote_qty: Number
    time: Millis
    is_buyer_maker: bool
    is_rpi_trade: bool | None = field(default=None, name="isRPITrade")


class AggregateRow(VenueMessage, frozen=True, kw_only=True):
    """One row of `GET aggTrades`."""

    trade_id: Count = field(name="a")
    price: Number = field(name="p")
    quantity: Number = field(name="q")
    normal_quantity: Number | None = field(default=None, name="nq")
    first: Count = field(name="f")
    last: Count = field(name="l")
    trade_ms: Millis = field(name="T")
    is_buyer_maker: bool = field(name="m")


class PriceTicker(VenueMessage, frozen=True, kw_only=True):
    """The last price of a symbol."""

    symbol: str
    price: Number
    time: Millis | None = None


class BookTickerRow(VenueMessage, frozen=True, kw_only=True, rename="camel"):
    """Best bid and ask as `GET ticker/bookTicker` answers them."""

    symbol: str
    bid_price: Number
    bid_qty: Number
    ask_price: Number
    ask_qty: Number
    time: Millis | None = None
    last_update_id: Count | None = None


class DayTickerRow(VenueMessage, frozen=True, kw_only=True, rename="camel"):
    """The last 24 hours as `GET ticker/24hr` answers them."""

    symbol: str
    price_change: Number
    price_change_percent: Number
    weighted_avg_price: Number
    last_price: Number
    last_qty: Number
    open_price: Number
    high_price: Number
    low_price: Number
    volume: Number
    quote_volume: Number
    open_time: Millis
    close_time: Millis
    first_id: Count
    last_id: Count
    count: Count


class PremiumIndex(VenueMessage, frozen=True, kw_only=True, rename="camel"):
    """Mark, index and funding as `GET premiumIndex` answers them."""

    symbol: str
    mark_price: Number
    index_price: Number
    estimated_settle_price: Number | None = None
    last_funding_rate: str
    interest_rate: str | None = None
    next_funding_time: Millis
    time: Millis


class FundingRow(VenueMessage, frozen=True, kw_only=True, rename="camel"):
    """One funding of the past."""

    symbol: str
    funding_rate: Number
    funding_time: Millis
    mark_price: str | None = None
    rate_type: str | None = None
