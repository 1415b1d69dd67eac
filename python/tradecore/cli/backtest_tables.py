"""A backtest's result on a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tradecore.backtest import BacktestResult, Summary
    from tradecore.backtest.performance import Performance
    from tradecore.backtest.summary import Percentiles
    from tradecore.cli.output import Output

__all__ = ["print_result", "result_value"]


def print_result(out: Output, result: BacktestResult, report: Path | None) -> None:
    """Print what a run did; the last line says how it ended."""
    told = result.summary()
    meta = result.meta
    out.line(f"{meta['strategy']} on {meta['data']}: {meta['symbol']}, {meta['venue']}")
    out.line(meta["period"])
    out.line()
    out.table(["measured", "value", "note"], _rows(told, meta["currency"]), right=["value"])
    out.line()
    for sentence in result.assumptions:
        out.line(f"  {sentence}")
    out.line()
    for error in result.errors[:_ERRORS_SHOWN_MAX]:
        out.line(f"left out: {error}")
    for sentence in result.diagnosis:
        out.line(sentence)
    if report is not None:
        out.line(f"report: {report}")
    out.line(told.ending)


_ERRORS_SHOWN_MAX = 5


def _rows(told: Summary, currency: str) -> Iterator[tuple[str, str, str]]:
    yield "events", f"{told.events:,}", f"{told.events_per_s:,.0f} a second"
    yield "orders", f"{told.orders:,}", _refusals(told)
    yield "fills", f"{told.fills:,}", f"{told.maker_fills:,} maker"
    yield "volume", f"{told.volume:,.2f}", currency
    if len(told.symbols) == 1:
        yield "position at the end", f"{told.position:f}", ""
    yield "net profit", f"{told.pnl.net:+,.4f}", currency
    yield "  spread", f"{told.pnl.spread:+,.4f}", "against the mid at each fill"
    yield "  inventory", f"{told.pnl.inventory:+,.4f}", "as the mid moved"
    yield "  fees", f"{-told.pnl.fees:+,.4f}", "paid"
    yield "  funding", f"{told.pnl.funding:+,.4f}", "received"
    for symbol in told.symbols if len(told.symbols) > 1 else ():
        note = f"{symbol.currency}, {symbol.fills:,} fills, holds {symbol.position:f}"
        yield f"  {symbol.symbol}", f"{symbol.pnl.net:+,.4f}", note
    yield from _ratios(told.performance, currency)
    for seconds, gain in told.adverse_selection.items():
        fills = told.markout_fills[seconds]
        yield f"fills after {seconds} s", f"{gain:+,.4f}", f"against their mid, {fills:,} fills"
    for kind, shape in told.latency.items():
        yield _LATENCY_WORDS[kind], _duration(shape.p50), _tail(shape)


def _ratios(told: Performance, currency: str) -> Iterator[tuple[str, str, str]]:
    """Say what was earned for what was risked, where there is enough to say it."""
    if told.capital is not None and told.total_return is not None:
        of = "" if told.capital_is_named else ", the largest value held"
        yield "return", f"{told.total_return:+.4%}", f"of {told.capital:,.2f} {currency}{of}"
    steps = f"of {told.steps:,} steps of {told.step_s:,} s, scaled to a year"
    if told.steps * told.step_s < _DAY_S:
        steps += ": less than a day says little"
    for name, ratio in (("Sharpe ratio", told.sharpe), ("Sortino ratio", told.sortino)):
        if ratio is not None:
            yield name, f"{ratio:+,.2f}", steps
    lasted = _duration(told.drawdown_to_ns - told.drawdown_from_ns)
    yield "worst drawdown", f"{-told.drawdown:,.4f}", f"{currency}, within {lasted}"
    if told.turnover is not None:
        yield "turnover", f"{told.turnover:,.1f}", "times the same capital"
    if told.fill_ratio is not None:
        yield "fill ratio", f"{told.fill_ratio:.2%}", "of the quantity ordered"
    for seconds, gain in told.markout_bps.items():
        if gain is not None:
            yield f"markout after {seconds} s", f"{gain:+.3f}", "basis points of the fill's price"


_DAY_S = 86_400
_LATENCY_WORDS = {
    "new": "order to answer",
    "modify": "change to answer",
    "cancel": "cancel to answer",
    "callback": "callback, measured",
}


def _refusals(told: Summary) -> str:
    denied, refused = sum(told.denials.values()), sum(told.rejections.values())
    return f"{refused:,} refused by the venue, {denied:,} denied before"


def _tail(shape: Percentiles) -> str:
    p99, largest = _duration(shape.p99), _duration(shape.largest)
    return f"p99 {p99}, most {largest}, of {shape.count:,}"


def _duration(duration_ns: int) -> str:
    for unit, size in (("s", 10**9), ("ms", 10**6), ("us", 10**3)):
        if duration_ns >= size:
            return f"{duration_ns / size:.2f} {unit}"
    return f"{duration_ns} ns"


def result_value(result: BacktestResult, report: Path | None) -> dict[str, object]:
    """Return what a program reads of a run."""
    told = result.summary()
    return {
        "meta": result.meta,
        "summary": told,
        "net": told.pnl.net,
        "ending": told.ending,
        "assumptions": result.assumptions,
        "diagnosis": result.diagnosis,
        "errors": result.errors,
        "report": None if report is None else str(report),
    }
