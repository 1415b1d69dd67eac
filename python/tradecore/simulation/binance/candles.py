"""Candles of a symbol from its trades: minutes are kept, longer periods are made of them."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from tradecore.venue.events import TradePrinted

__all__ = ["INTERVALS_MS", "Bar", "Candles"]

_MINUTE_MS: Final = 60_000
#: Length of each interval; a month counts as thirty days, a week begins on Monday.
INTERVALS_MS: Final = {
    "1m": _MINUTE_MS,
    "3m": 3 * _MINUTE_MS,
    "5m": 5 * _MINUTE_MS,
    "15m": 15 * _MINUTE_MS,
    "30m": 30 * _MINUTE_MS,
    "1h": 60 * _MINUTE_MS,
    "2h": 120 * _MINUTE_MS,
    "4h": 240 * _MINUTE_MS,
    "6h": 360 * _MINUTE_MS,
    "8h": 480 * _MINUTE_MS,
    "12h": 720 * _MINUTE_MS,
    "1d": 1_440 * _MINUTE_MS,
    "3d": 4_320 * _MINUTE_MS,
    "1w": 10_080 * _MINUTE_MS,
    "1M": 43_200 * _MINUTE_MS,
}
#: 1970 began on a Thursday.
_WEEK_SHIFT_MS: Final = 4 * 1_440 * _MINUTE_MS
_KEPT: Final = 10_080
_ZERO: Final = Decimal(0)


def opening(interval: str, at_ms: int) -> int:
    """Return when the candle that holds a time began."""
    length = INTERVALS_MS[interval]
    shift = _WEEK_SHIFT_MS if interval == "1w" else 0
    return (at_ms - shift) // length * length + shift


@dataclass(slots=True, kw_only=True)
class Bar:
    """Trades of one period."""

    open_ms: int
    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal
    last_quantity: Decimal = _ZERO
    volume: Decimal = _ZERO
    notional: Decimal = _ZERO
    taker_volume: Decimal = _ZERO
    taker_notional: Decimal = _ZERO
    trades: int = 0
    first_id: int = -1
    last_id: int = -1

    @property
    def change(self) -> Decimal:
        """Return by how much the price moved."""
        return self.close - self.open

    @property
    def change_percent(self) -> Decimal:
        """Return the same in percent of where it began, with three digits behind the point."""
        return round(self.change / self.open * 100, 3)

    @property
    def average(self) -> Decimal:
        """Return the mean price of what was traded; the last one where nothing was."""
        return self.notional / self.volume if self.volume else self.close

    def add(self, later: Bar) -> None:
        """Take in what followed."""
        self.high, self.low = max(self.high, later.high), min(self.low, later.low)
        self.close, self.last_quantity = later.close, later.last_quantity
        self.volume += later.volume
        self.notional += later.notional
        self.taker_volume += later.taker_volume
        self.taker_notional += later.taker_notional
        self.trades += later.trades
        self.first_id = later.first_id if self.first_id < 0 else self.first_id
        self.last_id = max(self.last_id, later.last_id)


@dataclass(slots=True)
class Candles:
    """The last week of a symbol, a bar a minute; a minute without a trade has none."""

    _minutes: deque[Bar] = field(default_factory=lambda: deque(maxlen=_KEPT))

    def trade(self, event: TradePrinted) -> None:
        """Count a trade."""
        at_ms = event.ts_event_ns // 1_000_000
        value, is_buy = event.price * event.quantity, event.aggressor == "buy"
        one = Bar(
            open_ms=opening("1m", at_ms),
            open=event.price,
            high=event.price,
            low=event.price,
            close=event.price,
            last_quantity=event.quantity,
            volume=event.quantity,
            notional=value,
            taker_volume=event.quantity if is_buy else _ZERO,
            taker_notional=value if is_buy else _ZERO,
            trades=1,
            first_id=event.trade_id,
            last_id=event.trade_id,
        )
        if self._minutes and self._minutes[-1].open_ms == one.open_ms:
            self._minutes[-1].add(one)
        else:
            self._minutes.append(one)

    def bars(self, interval: str, *, since_ms: int = 0) -> list[Bar]:
        """Return the bars of an interval that have trades and began at a time or later."""
        made: list[Bar] = []
        for minute in self._minutes:
            open_ms = opening(interval, minute.open_ms)
            if open_ms < since_ms:
                continue
            if made and made[-1].open_ms == open_ms:
                made[-1].add(minute)
            else:
                begun = Bar(
                    open_ms=open_ms,
                    open=minute.open,
                    high=minute.high,
                    low=minute.low,
                    close=minute.close,
                )
                begun.add(minute)
                made.append(begun)
        return made

    def day(self, now_ms: int) -> Bar | None:
        """Return the last 24 hours as one bar, `None` without a trade."""
        since_ms = now_ms - INTERVALS_MS["1d"]
        whole: Bar | None = None
        for minute in self._minutes:
            if minute.open_ms < since_ms:
                continue
            if whole is None:
                whole = Bar(
                    open_ms=since_ms,
                    open=minute.open,
                    high=minute.high,
                    low=minute.low,
                    close=minute.close,
                )
            whole.add(minute)
        return whole
