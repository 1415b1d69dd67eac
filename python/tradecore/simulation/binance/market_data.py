"""Public questions: books, trades, candles, tickers, marks and fundings."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from tradecore.exchanges.binance.messages import (
    AggregateRow,
    BookTickerRow,
    Count,
    DayTickerRow,
    DepthParams,
    DepthSnapshot,
    Empty,
    FundingRow,
    HistoryParams,
    KlineParams,
    MaybeSymbolParams,
    Number,
    Params,
    PremiumIndex,
    PriceTicker,
    PublicTrade,
    ServerTime,
    SymbolParams,
    VenueMessage,
)
from tradecore.simulation.binance.candles import INTERVALS_MS, Bar
from tradecore.simulation.binance.digits import (
    amount,
    average,
    price_of,
    quantity_of,
    to_ms,
)
from tradecore.simulation.binance.refusals import RefusedError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tradecore.core import Instrument
    from tradecore.simulation.binance.calls import Call
    from tradecore.venue.events import TradePrinted

DEPTH_LIMITS: Final = (5, 10, 20, 50, 100, 500, 1_000)
_ROWS_DEFAULT: Final = 500
_ZERO: Final = Decimal(0)


class PairKlineParams(Params, frozen=True, kw_only=True, rename="camel"):
    """A page of candles of a pair."""

    pair: str | None = None
    symbol: str | None = None
    interval: str
    start_time: Count | None = None
    end_time: Count | None = None
    limit: Count | None = None


class OpenInterest(VenueMessage, frozen=True, kw_only=True, rename="camel"):
    """What all positions of one side are together."""

    open_interest: Number
    symbol: str
    time: int


def ping(call: Call) -> Empty:
    """Answer that the venue lives."""
    del call
    return Empty()


def clock(call: Call) -> ServerTime:
    """Answer the venue's time."""
    return ServerTime(server_time=call.now_ms)


def depth(call: Call) -> DepthSnapshot:
    """Answer a book: what every change up to `last_update_id` made of it."""
    read = call.read(DepthParams)
    instrument = call.instrument(read.symbol)
    limit = 500 if read.limit is None else read.limit
    if limit not in DEPTH_LIMITS:
        raise RefusedError(-4021, str(limit))
    book = call.service.state.depths[read.symbol]
    return DepthSnapshot(
        last_update_id=call.shop.depth_ids.last(read.symbol),
        event_ms=call.now_ms,
        engine_ms=call.now_ms,
        bids=levels_of(instrument, book.bids(limit)),
        asks=levels_of(instrument, book.asks(limit)),
    )


def levels_of(
    instrument: Instrument, levels: Iterable[tuple[Decimal, Decimal]]
) -> tuple[tuple[Number, Number], ...]:
    """Return levels as the venue writes them."""
    return tuple(
        (price_of(instrument, price), quantity_of(instrument, quantity))
        for price, quantity in levels
    )


def trades(call: Call) -> list[PublicTrade]:
    """List the last trades."""
    read = call.read(HistoryParams)
    instrument = call.instrument(read.symbol)
    prints = call.service.state.histories.prints(read.symbol)
    limit = min(read.limit or _ROWS_DEFAULT, 1_000)
    if read.from_id is not None:
        prints = [one for one in prints if one.trade_id >= read.from_id][:limit]
    return [
        PublicTrade(
            id=one.trade_id,
            price=price_of(instrument, one.price),
            qty=quantity_of(instrument, one.quantity),
            quote_qty=amount(one.price * one.quantity),
            time=to_ms(one.ts_event_ns),
            is_buyer_maker=one.aggressor == "sell",
            is_rpi_trade=False,
        )
        for one in prints[-limit:]
    ]


def grouped(prints: Iterable[TradePrinted]) -> list[list[TradePrinted]]:
    """Return trades of one taker at one price together."""
    groups: list[list[TradePrinted]] = []
    for one in prints:
        last = groups[-1][-1] if groups else None
        if last is not None and (last.taker_order_id, last.price) == (
            one.taker_order_id,
            one.price,
        ):
            groups[-1].append(one)
        else:
            groups.append([one])
    return groups


def aggregate_trades(call: Call) -> list[AggregateRow]:
    """List the last trades, those of one taker at one price together.

    A group is numbered by its first trade, so the numbers grow but have gaps.
    """
    read = call.read(HistoryParams)
    instrument = call.instrument(read.symbol)
    limit = min(read.limit or _ROWS_DEFAULT, 1_000)
    groups = [
        group
        for group in grouped(call.service.state.histories.prints(read.symbol))
        if group[0].trade_id >= (read.from_id or 0)
        and to_ms(group[0].ts_event_ns) >= (read.start_time or 0)
        and (read.end_time is None or to_ms(group[0].ts_event_ns) <= read.end_time)
    ]
    chosen = groups[-limit:] if read.from_id is None else groups[:limit]
    return [
        AggregateRow(
            trade_id=group[0].trade_id,
            price=price_of(instrument, group[0].price),
            quantity=quantity_of(instrument, sum((one.quantity for one in group), start=_ZERO)),
            normal_quantity=quantity_of(
                instrument, sum((one.quantity for one in group), start=_ZERO)
            ),
            first=group[0].trade_id,
            last=group[-1].trade_id,
            trade_ms=to_ms(group[0].ts_event_ns),
            is_buyer_maker=group[0].aggressor == "sell",
        )
        for group in chosen
    ]


def klines(call: Call) -> list[list[Any]]:
    """List candles of a symbol's trades."""
    read = call.read(KlineParams)
    return _bars(call, read.symbol, read, is_price_only=False)


def pair_klines(call: Call) -> list[list[Any]]:
    """List candles of a pair's perpetual."""
    read = call.read(PairKlineParams)
    return _bars(call, _named(read), read, is_price_only=False)


def price_klines(call: Call) -> list[list[Any]]:
    """List candles of a price without volume. Index and mark are near the trades: theirs serve."""
    read = call.read(PairKlineParams)
    return _bars(call, _named(read), read, is_price_only=True)


def _named(read: PairKlineParams) -> str:
    named = read.symbol or read.pair
    if named is None:
        raise RefusedError(-1102, "symbol")
    return named


def _bars(
    call: Call, symbol: str, read: KlineParams | PairKlineParams, *, is_price_only: bool
) -> list[list[Any]]:
    instrument = call.instrument(symbol)
    if read.interval not in INTERVALS_MS:
        raise RefusedError(-1120)
    bars = call.shop.candles[symbol].bars(read.interval, since_ms=read.start_time or 0)
    if read.end_time is not None:
        bars = [bar for bar in bars if bar.open_ms <= read.end_time]
    limit = min(read.limit or _ROWS_DEFAULT, 1_500)
    chosen = bars[:limit] if read.start_time is not None else bars[-limit:]
    return [_row(instrument, bar, read.interval, is_price_only) for bar in chosen]


def _row(instrument: Instrument, bar: Bar, interval: str, is_price_only: bool) -> list[Any]:  # noqa: FBT001
    volumes: Sequence[object] = (
        quantity_of(instrument, bar.volume),
        amount(bar.notional),
        bar.trades,
        quantity_of(instrument, bar.taker_volume),
        amount(bar.taker_notional),
    )
    volume, notional, count, taker, taker_value = (
        ("0", "0", 0, "0", "0") if is_price_only else volumes
    )
    return [
        bar.open_ms,
        price_of(instrument, bar.open),
        price_of(instrument, bar.high),
        price_of(instrument, bar.low),
        price_of(instrument, bar.close),
        volume,
        bar.open_ms + INTERVALS_MS[interval] - 1,
        notional,
        count,
        taker,
        taker_value,
        "0",
    ]


def _one_or_all(call: Call, rows: list[Any]) -> Any:  # noqa: ANN401 - a row or a list of rows
    return rows[0] if call.read(MaybeSymbolParams).symbol is not None else rows


def premium_index(call: Call) -> Any:  # noqa: ANN401 - a row or a list of rows
    """Answer mark, index and funding of a symbol, or of all."""
    rows = []
    for symbol in call.symbols(call.read(MaybeSymbolParams).symbol):
        mark = call.service.state.marks[symbol]
        instrument = call.instrument(symbol)
        rows.append(
            PremiumIndex(
                symbol=symbol,
                mark_price=average(instrument, mark.mark),
                index_price=average(instrument, mark.index),
                estimated_settle_price=average(instrument, mark.index),
                last_funding_rate=str(amount(mark.rate)),
                interest_rate="0.00010000",
                next_funding_time=to_ms(mark.next_funding_ns),
                time=call.now_ms,
            )
        )
    return _one_or_all(call, rows)


def funding_rates(call: Call) -> list[FundingRow]:
    """List fundings of the past."""
    read = call.read(MaybeSymbolParams)
    rows = [
        FundingRow(
            symbol=symbol,
            funding_rate=amount(paid.rate),
            funding_time=to_ms(paid.ts_event_ns),
            mark_price=str(average(call.instrument(symbol), paid.mark)),
        )
        for symbol in call.symbols(read.symbol)
        for paid in call.service.state.histories.fundings(symbol)
    ]
    return sorted(rows, key=lambda row: row.funding_time)[-1_000:]


def funding_info(call: Call) -> list[Any]:
    """List symbols whose funding is not the usual one: none."""
    del call
    return []


def price_tickers(call: Call) -> Any:  # noqa: ANN401 - a row or a list of rows
    """Answer the last price of a symbol, or of all; the mark before the first trade."""
    rows = [
        PriceTicker(
            symbol=symbol,
            price=price_of(call.instrument(symbol), _last(call, symbol)),
            time=call.now_ms,
        )
        for symbol in call.symbols(call.read(MaybeSymbolParams).symbol)
    ]
    return _one_or_all(call, rows)


def _last(call: Call, symbol: str) -> Decimal:
    """Return the price of the last trade, before the first one the mark on the tick."""
    last = call.service.state.last_prices.get(symbol)
    if last is not None:
        return last
    return call.instrument(symbol).round_price(call.service.state.mark(symbol), "buy")


def book_tickers(call: Call) -> Any:  # noqa: ANN401 - a row or a list of rows
    """Answer best bid and ask of a symbol, or of all."""
    rows = []
    for symbol in call.symbols(call.read(MaybeSymbolParams).symbol):
        instrument, book = call.instrument(symbol), call.service.state.depths[symbol]
        bid = book.best("buy") or (_ZERO, _ZERO)
        ask = book.best("sell") or (_ZERO, _ZERO)
        rows.append(
            BookTickerRow(
                symbol=symbol,
                bid_price=price_of(instrument, bid[0]),
                bid_qty=quantity_of(instrument, bid[1]),
                ask_price=price_of(instrument, ask[0]),
                ask_qty=quantity_of(instrument, ask[1]),
                time=call.now_ms,
                last_update_id=call.shop.depth_ids.last(symbol),
            )
        )
    return _one_or_all(call, rows)


def day_of(call: Call, symbol: str) -> Bar:
    """Return the last 24 hours of a symbol; without a trade, the last price with no volume."""
    day = call.shop.candles[symbol].day(call.now_ms)
    if day is not None:
        return day
    last = _last(call, symbol)
    return Bar(open_ms=call.now_ms - 86_400_000, open=last, high=last, low=last, close=last)


def day_tickers(call: Call) -> Any:  # noqa: ANN401 - a row or a list of rows
    """Answer the last 24 hours of a symbol, or of all."""
    rows = []
    for symbol in call.symbols(call.read(MaybeSymbolParams).symbol):
        instrument, day = call.instrument(symbol), day_of(call, symbol)
        rows.append(
            DayTickerRow(
                symbol=symbol,
                price_change=price_of(instrument, day.change),
                price_change_percent=Number.of(day.change_percent),
                weighted_avg_price=average(instrument, day.average),
                last_price=price_of(instrument, day.close),
                last_qty=quantity_of(instrument, day.last_quantity),
                open_price=price_of(instrument, day.open),
                high_price=price_of(instrument, day.high),
                low_price=price_of(instrument, day.low),
                volume=quantity_of(instrument, day.volume),
                quote_volume=amount(day.notional),
                open_time=day.open_ms,
                close_time=call.now_ms,
                first_id=day.first_id,
                last_id=day.last_id,
                count=day.trades,
            )
        )
    return _one_or_all(call, rows)


def open_interest(call: Call) -> OpenInterest:
    """Answer how much is held of a symbol."""
    symbol = call.read(SymbolParams).symbol
    instrument, ledger = call.instrument(symbol), call.service.state.ledger
    positions = [ledger.position(one, symbol).quantity for one in ledger.accounts()]
    held = sum((one for one in positions if one > 0), start=_ZERO)
    return OpenInterest(
        open_interest=quantity_of(instrument, held), symbol=symbol, time=call.now_ms
    )
