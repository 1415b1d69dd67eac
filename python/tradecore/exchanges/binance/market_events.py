"""What the messages of the market channel say, in our own values."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final

from tradecore.exchanges.binance.messages import (
    DayTicker,
    Kline,
    MalformedError,
    MarkPriceUpdate,
    Number,
)
from tradecore.exchanges.binance.streams import INTERVALS
from tradecore.model import Bar, FundingRate, MarkPrice, Ticker

if TYPE_CHECKING:
    from tradecore.exchanges.base import Event
    from tradecore.model import Subscription

_NS_PER_MS: Final = 1_000_000
_NS_PER_S: Final = 1_000_000_000


def marks(message: MarkPriceUpdate, wanted: Subscription) -> list[Event]:
    """Return the mark price and the funding rate, as far as they are subscribed to.

    Raises:
        MalformedError: If the rate is no number.
    """
    events: list[Event] = []
    ts_event_ns = message.event_ms * _NS_PER_MS
    if wanted.mark_price:
        index = Decimal(message.index) if message.index is not None else None
        mark = Decimal(message.mark)
        events.append(
            MarkPrice(symbol=message.symbol, mark=mark, index=index, ts_event_ns=ts_event_ns)
        )
    # A delivery contract has no funding: its rate is empty.
    if wanted.funding_rate and message.rate:
        try:
            rate = Decimal(Number.parse(message.rate))
        except ValueError as error:
            raise MalformedError(f"a funding rate is a number: {error}") from error
        events.append(
            FundingRate(
                symbol=message.symbol,
                rate=rate,
                next_funding_ns=message.next_funding_ms * _NS_PER_MS,
                ts_event_ns=ts_event_ns,
            )
        )
    return events


def ticker(message: DayTicker) -> Ticker:
    """Return the summary of a day."""
    return Ticker(
        symbol=message.symbol,
        last_price=Decimal(message.last_price),
        high=Decimal(message.high),
        low=Decimal(message.low),
        volume=Decimal(message.volume),
        ts_event_ns=message.event_ms * _NS_PER_MS,
    )


def bar(message: Kline) -> Bar:
    """Return the bar of a candle that is closed."""
    candle = message.candle
    return Bar(
        symbol=message.symbol,
        period_ns=INTERVALS[candle.interval] * _NS_PER_S,
        open=Decimal(candle.open),
        high=Decimal(candle.high),
        low=Decimal(candle.low),
        close=Decimal(candle.close),
        volume=Decimal(candle.volume),
        ts_event_ns=(candle.close_ms + 1) * _NS_PER_MS,
    )
