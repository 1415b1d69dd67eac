"""Public market events: who listens to which stream, and what each stream tells when."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from tradecore.exchanges.binance.messages import (
    AggregateTrade,
    BookTicker,
    Candle,
    ContinuousKline,
    DayMiniTicker,
    DayTicker,
    DepthUpdate,
    ForceOrder,
    Kline,
    Liquidation,
    MarkPriceUpdate,
    Number,
    TradePrint,
    encode,
)
from tradecore.simulation.binance.candles import INTERVALS_MS, opening
from tradecore.simulation.binance.depth_ids import SPEEDS_MS
from tradecore.simulation.binance.digits import amount, average, price_of, quantity_of, to_ms
from tradecore.simulation.binance.market_data import day_of, grouped, levels_of
from tradecore.simulation.binance.orders import status_of
from tradecore.venue.events import LevelsChanged, TradePrinted

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal
    from typing import TypeAlias

    from tradecore.exchanges.binance.messages import VenueMessage
    from tradecore.simulation.binance.calls import Call, Shop
    from tradecore.simulation.binance.streams import StreamSession
    from tradecore.simulation.faults import Faults
    from tradecore.venue.orders import OrderRecord

    Levels: TypeAlias = Sequence[tuple[Decimal, Decimal]]

__all__ = ["Publisher"]

PARTIAL_LEVELS: Final = (5, 10, 20)
_AGGREGATE_MS: Final = 100
_KLINE_MS: Final = 250
_SECOND_MS: Final = 1_000
_MARKET: Final = 1


@dataclass(slots=True)
class Publisher:
    """Tells streams what happens; a depth update is made whether or not anybody listens."""

    shop: Shop
    faults: Faults
    _listeners: dict[str, dict[StreamSession, None]] = field(default_factory=dict)
    _trades: dict[str, deque[TradePrinted]] = field(default_factory=dict)
    _touch: dict[str, object] = field(default_factory=dict)
    _traded: set[str] = field(default_factory=set)
    _last_ms: int = 0

    def listen(self, stream: str, session: StreamSession) -> None:
        """Let a session hear a stream."""
        self._listeners.setdefault(stream, {})[session] = None

    def leave(self, stream: str, session: StreamSession) -> None:
        """Let a session hear a stream no more."""
        heard = self._listeners.get(stream, {})
        heard.pop(session, None)
        if not heard:
            self._listeners.pop(stream, None)

    def tell(self, stream: str, message: VenueMessage | list[VenueMessage]) -> None:
        """Tell a stream's listeners something."""
        heard = self._listeners.get(stream)
        if not heard:
            return
        frame = encode(message)
        for session in list(heard):
            session.tell(stream, frame)

    def is_heard(self, stream: str) -> bool:
        """Return whether anybody listens."""
        return stream in self._listeners

    def receive(self, event: LevelsChanged | TradePrinted, now_ms: int) -> None:
        """Take what happened, and tell at once what is told at once."""
        if isinstance(event, LevelsChanged):
            self.shop.depth_ids.change(event)
            self._tell_touch(event.symbol, now_ms)
            return
        self.shop.candles[event.symbol].trade(event)
        self._traded.add(event.symbol)
        self._trades.setdefault(event.symbol, deque(maxlen=10_000)).append(event)
        name = f"{event.symbol.lower()}@trade"
        if self.is_heard(name):
            instrument = self.shop.service.state.instruments[event.symbol].instrument
            message = TradePrint(
                event_ms=now_ms,
                trade_ms=to_ms(event.ts_event_ns),
                symbol=event.symbol,
                trade_id=event.trade_id,
                price=price_of(instrument, event.price),
                quantity=quantity_of(instrument, event.quantity),
                kind="MARKET",
                is_buyer_maker=event.aggressor == "sell",
                market=_MARKET,
            )
            self.tell(name, message)

    def tell_forced(self, order: OrderRecord, now_ms: int) -> None:
        """Tell that the venue closed somebody's position."""
        instrument = self.shop.service.state.instruments[order.symbol].instrument
        body = Liquidation(
            symbol=order.symbol,
            side=order.side.upper(),
            type="LIMIT",
            time_in_force="IOC",
            quantity=quantity_of(instrument, order.quantity),
            price=price_of(instrument, order.price),
            average_price=average(instrument, order.average_price),
            status=status_of(order),
            last_quantity=quantity_of(instrument, order.cumulative),
            cumulative=quantity_of(instrument, order.cumulative),
            trade_ms=to_ms(order.updated_ns),
        )
        message = ForceOrder(event_ms=now_ms, order=body, pair=order.symbol, market=_MARKET)
        self.tell(f"{order.symbol.lower()}@forceOrder", message)
        self.tell("!forceOrder@arr", message)

    def _tell_touch(self, symbol: str, now_ms: int) -> None:
        state = self.shop.service.state
        depth = state.depths[symbol]
        bid, ask = depth.best("buy"), depth.best("sell")
        name = f"{symbol.lower()}@bookTicker"
        if self._touch.get(symbol) == (bid, ask):
            return
        self._touch[symbol] = (bid, ask)
        if not (self.is_heard(name) or self.is_heard("!bookTicker")):
            return
        if bid is None or ask is None:
            return
        instrument = state.instruments[symbol].instrument
        message = BookTicker(
            update_id=self.shop.depth_ids.last(symbol),
            event_ms=now_ms,
            engine_ms=to_ms(state.now_ns),
            symbol=symbol,
            pair=symbol,
            bid=price_of(instrument, bid[0]),
            bid_quantity=quantity_of(instrument, bid[1]),
            ask=price_of(instrument, ask[0]),
            ask_quantity=quantity_of(instrument, ask[1]),
            market=_MARKET,
        )
        self.tell(name, message)
        self.tell("!bookTicker", message)

    def advance(self, call: Call) -> None:
        """Close every window that ended since the last call."""
        now_ms, before_ms = call.now_ms, self._last_ms
        self._last_ms = now_ms

        def is_due(period_ms: int) -> bool:
            return before_ms // period_ms != now_ms // period_ms

        for symbol in self.shop.service.state.instruments:
            for speed in SPEEDS_MS:
                if is_due(speed):
                    self._tell_depth(symbol, speed, now_ms)
            if is_due(_AGGREGATE_MS):
                self._tell_aggregates(symbol, now_ms)
            if is_due(_KLINE_MS) and symbol in self._traded:
                self._traded.discard(symbol)
                self._tell_candles(symbol, now_ms)
        for seconds, suffix in ((1, "@1s"), (3, "")):
            if is_due(seconds * _SECOND_MS):
                self._tell_marks(suffix, now_ms)
        if is_due(_SECOND_MS):
            self._tell_days(call)

    def _tell_depth(self, symbol: str, speed: int, now_ms: int) -> None:
        window = self.shop.depth_ids.take(symbol, speed)
        if window is None:
            return
        if self.faults.hits("gap"):
            return
        state = self.shop.service.state
        instrument, lower = state.instruments[symbol].instrument, symbol.lower()
        names = [f"{lower}@depth@{speed}ms"]
        if speed == SPEEDS_MS[0]:
            names.append(f"{lower}@depth@0ms")
        elif speed == SPEEDS_MS[1]:
            names.append(f"{lower}@depth")

        def message(bids: Levels, asks: Levels) -> DepthUpdate:
            return DepthUpdate(
                event_ms=now_ms,
                engine_ms=to_ms(state.now_ns),
                symbol=symbol,
                pair=symbol,
                market=_MARKET,
                first=window.first,
                last=window.last,
                prev_last=window.prev_last,
                bids=levels_of(instrument, bids),
                asks=levels_of(instrument, asks),
            )

        if any(self.is_heard(name) for name in names):
            update = message([*window.bids.items()], [*window.asks.items()])
            for name in names:
                self.tell(name, update)
        for levels in PARTIAL_LEVELS:
            suffix = "" if speed == SPEEDS_MS[1] else f"@{speed}ms"
            name = f"{lower}@depth{levels}{suffix}"
            if self.is_heard(name):
                depth = state.depths[symbol]
                self.tell(name, message(depth.bids(levels), depth.asks(levels)))

    def _tell_aggregates(self, symbol: str, now_ms: int) -> None:
        waiting = self._trades.pop(symbol, None)
        name = f"{symbol.lower()}@aggTrade"
        if waiting is None or not self.is_heard(name):
            return
        instrument = self.shop.service.state.instruments[symbol].instrument
        for group in grouped(waiting):
            quantity = sum((one.quantity for one in group[1:]), start=group[0].quantity)
            self.tell(
                name,
                AggregateTrade(
                    event_ms=now_ms,
                    symbol=symbol,
                    trade_id=group[0].trade_id,
                    price=price_of(instrument, group[0].price),
                    quantity=quantity_of(instrument, quantity),
                    normal_quantity=quantity_of(instrument, quantity),
                    first=group[0].trade_id,
                    last=group[-1].trade_id,
                    trade_ms=to_ms(group[-1].ts_event_ns),
                    is_buyer_maker=group[0].aggressor == "sell",
                    market=_MARKET,
                ),
            )

    def _tell_candles(self, symbol: str, now_ms: int) -> None:
        lower = symbol.lower()
        for interval in INTERVALS_MS:
            name = f"{lower}@kline_{interval}"
            continuous = f"{lower}_perpetual@continuousKline_{interval}"
            if not (self.is_heard(name) or self.is_heard(continuous)):
                continue
            since_ms = opening(interval, now_ms - _KLINE_MS)
            for candle in self._candles(symbol, interval, since_ms, now_ms):
                self.tell(name, Kline(event_ms=now_ms, symbol=symbol, candle=candle))
                self.tell(
                    continuous,
                    ContinuousKline(
                        event_ms=now_ms, pair=symbol, contract_type="PERPETUAL", candle=candle
                    ),
                )

    def _candles(self, symbol: str, interval: str, since_ms: int, now_ms: int) -> list[Candle]:
        instrument = self.shop.service.state.instruments[symbol].instrument
        made = []
        for bar in self.shop.candles[symbol].bars(interval, since_ms=since_ms):
            close_ms = bar.open_ms + INTERVALS_MS[interval] - 1
            made.append(
                Candle(
                    open_ms=bar.open_ms,
                    close_ms=close_ms,
                    symbol=symbol,
                    interval=interval,
                    first=bar.first_id,
                    last=bar.last_id,
                    open=price_of(instrument, bar.open),
                    close=price_of(instrument, bar.close),
                    high=price_of(instrument, bar.high),
                    low=price_of(instrument, bar.low),
                    volume=quantity_of(instrument, bar.volume),
                    trades=bar.trades,
                    is_closed=now_ms > close_ms,
                    notional=amount(bar.notional),
                    taker_volume=quantity_of(instrument, bar.taker_volume),
                    taker_notional=amount(bar.taker_notional),
                    ignored="0",
                )
            )
        return made

    def _tell_marks(self, suffix: str, now_ms: int) -> None:
        every: list[VenueMessage] = []
        for symbol, mark in self.shop.service.state.marks.items():
            instrument = mark.instrument.instrument
            message = MarkPriceUpdate(
                event_ms=now_ms,
                symbol=symbol,
                mark=average(instrument, mark.mark),
                average_mark=average(instrument, mark.mark),
                index=average(instrument, mark.index),
                settle=average(instrument, mark.index),
                rate=str(amount(mark.rate)),
                next_funding_ms=to_ms(mark.next_funding_ns),
                market=_MARKET,
            )
            every.append(message)
            self.tell(f"{symbol.lower()}@markPrice{suffix}", message)
        self.tell(f"!markPrice@arr{suffix}", every)

    def _tell_days(self, call: Call) -> None:
        tickers: list[VenueMessage] = []
        minis: list[VenueMessage] = []
        for symbol in self.shop.service.state.instruments:
            names = {f"{symbol.lower()}@ticker", f"{symbol.lower()}@miniTicker"}
            names |= {"!ticker@arr", "!miniTicker@arr"}
            if not any(self.is_heard(name) for name in names):
                continue
            ticker, mini = self._day(call, symbol)
            tickers.append(ticker)
            minis.append(mini)
            self.tell(f"{symbol.lower()}@ticker", ticker)
            self.tell(f"{symbol.lower()}@miniTicker", mini)
        self.tell("!ticker@arr", tickers)
        self.tell("!miniTicker@arr", minis)

    def _day(self, call: Call, symbol: str) -> tuple[DayTicker, DayMiniTicker]:
        instrument, day = call.instrument(symbol), day_of(call, symbol)
        ticker = DayTicker(
            event_ms=call.now_ms,
            symbol=symbol,
            change=price_of(instrument, day.change),
            change_percent=Number.of(day.change_percent),
            average=average(instrument, day.average),
            last_price=price_of(instrument, day.close),
            last_quantity=quantity_of(instrument, day.last_quantity),
            open=price_of(instrument, day.open),
            high=price_of(instrument, day.high),
            low=price_of(instrument, day.low),
            volume=quantity_of(instrument, day.volume),
            notional=amount(day.notional),
            open_ms=day.open_ms,
            close_ms=call.now_ms,
            first=day.first_id,
            last=day.last_id,
            trades=day.trades,
            pair=symbol,
            market=_MARKET,
        )
        mini = DayMiniTicker(
            event_ms=call.now_ms,
            symbol=symbol,
            close=ticker.last_price,
            open=ticker.open,
            high=ticker.high,
            low=ticker.low,
            volume=ticker.volume,
            notional=ticker.notional,
            pair=symbol,
            market=_MARKET,
        )
        return ticker, mini
