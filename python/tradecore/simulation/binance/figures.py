"""Figures about the venue itself: its index, its insurance fund, what takers bought and sold."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from tradecore.exchanges.binance.messages import Count, MaybeSymbolParams, Params, SymbolParams
from tradecore.simulation.binance.candles import INTERVALS_MS
from tradecore.simulation.binance.digits import amount, average, quantity_of, to_ms
from tradecore.simulation.binance.refusals import RefusedError
from tradecore.venue.liquidation import INSURANCE

if TYPE_CHECKING:
    from tradecore.simulation.binance.calls import Call

__all__ = ["adl_risks", "composites", "constituents", "insurance", "restrictions", "taker_volumes"]

_ROWS_DEFAULT: Final = 30
_ROWS_MAX: Final = 500
_RATIO: Final = Decimal("0.0001")


class PeriodParams(Params, frozen=True, kw_only=True, rename="camel"):
    """A page of figures of a symbol, one each period."""

    symbol: str
    period: str
    start_time: Count | None = None
    end_time: Count | None = None
    limit: Count | None = None


def constituents(call: Call) -> dict[str, Any]:
    """Answer what a symbol's index is made of: one price, which is the index."""
    symbol = call.read(SymbolParams).symbol
    instrument = call.instrument(symbol)
    price = str(average(instrument, call.service.state.marks[symbol].index))
    one = {"exchange": "local", "symbol": symbol, "price": price, "weight": "1.00000000"}
    return {"symbol": symbol, "time": call.now_ms, "constituents": [one]}


def insurance(call: Call) -> dict[str, Any]:
    """Answer what the insurance fund of all symbols holds; nothing before it was needed."""
    symbols = call.symbols(call.read(MaybeSymbolParams).symbol)
    ledger = call.service.state.ledger
    asset = {
        "asset": ledger.currency,
        "marginBalance": str(amount(ledger.wallet(INSURANCE))),
        "updateTime": to_ms(ledger.updated_ns(INSURANCE)),
    }
    return {"symbols": symbols, "assets": [asset]}


def adl_risks(call: Call) -> Any:  # noqa: ANN401 - a row or a list of rows
    """Answer how likely deleveraging is: nobody is deleveraged here."""
    symbol = call.read(MaybeSymbolParams).symbol
    rows = [
        {"symbol": one, "adlRisk": "low", "updateTime": call.now_ms} for one in call.symbols(symbol)
    ]
    return rows if symbol is None else rows[0]


def composites(call: Call) -> list[Any]:
    """List symbols made of several: none."""
    call.symbols(call.read(MaybeSymbolParams).symbol)
    return []


def restrictions(call: Call) -> dict[str, Any]:
    """Answer by which rules on behaviour an account is held back: none."""
    call.symbols(call.read(MaybeSymbolParams).symbol)
    return {"indicators": {}, "updateTime": call.now_ms}


def taker_volumes(call: Call) -> list[dict[str, Any]]:
    """List how much takers bought and sold in each period, oldest first."""
    read = call.read(PeriodParams)
    instrument = call.instrument(read.symbol)
    if read.period not in INTERVALS_MS or INTERVALS_MS[read.period] < INTERVALS_MS["5m"]:
        raise RefusedError(-1130, "period")
    bars = [
        bar
        for bar in call.shop.candles[read.symbol].bars(read.period, since_ms=read.start_time or 0)
        if read.end_time is None or bar.open_ms <= read.end_time
    ]
    rows = []
    for bar in bars[-min(read.limit or _ROWS_DEFAULT, _ROWS_MAX) :]:
        bought, sold = bar.taker_volume, bar.volume - bar.taker_volume
        rows.append(
            {
                "buySellRatio": str((bought / sold).quantize(_RATIO)) if sold else "0.0000",
                "buyVol": str(quantity_of(instrument, bought)),
                "sellVol": str(quantity_of(instrument, sold)),
                "timestamp": bar.open_ms,
            }
        )
    return rows
