"""`tradecore compare`: two runs of one period, what they share and why they differ."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final

import typer

from tradecore.cli.moments import moment_text
from tradecore.cli.output import JsonOption, Output
from tradecore.cli.run_files import open_history
from tradecore.config.quantities import parse_duration
from tradecore.runs.comparison import compare_runs

if TYPE_CHECKING:
    from collections.abc import Iterator
    from decimal import Decimal

    from tradecore.runs.comparison import Comparison, Lonely

__all__ = ["compare"]

_SHOWN_MAX: Final = 10
_STAGES: Final = {
    "new": "order to answer",
    "modify": "change to answer",
    "cancel": "cancel to answer",
    "venue": "venue's fill to us",
}

_File = Annotated[
    str,
    typer.Argument(
        metavar="FILE[@TRADER]",
        help="A run's journal, of a trader or a backtest, or an engine's journal of intents.",
    ),
]


def compare(
    a: _File,
    b: _File,
    *,
    window: Annotated[
        str, typer.Option(help="How far apart the same order, or fill, may be in time.")
    ] = "1s",
    symbol: Annotated[
        list[str] | None, typer.Option(help="Of this symbol alone; may be given again.")
    ] = None,
    json: JsonOption = False,
) -> None:
    """Compare two runs of one period: orders, fills, latency, and why their profit differs.

    Ends with 0 when both did the same, with 1 when not.
    """
    try:
        window_ns = parse_duration(window)
    except ValueError as error:
        raise typer.BadParameter(f"{error}: window") from error
    found = compare_runs(
        open_history(a), open_history(b), window_ns=window_ns, symbols=symbol or None
    )
    out = Output(json=json)
    _tell(out, found)
    out.value({"same": found.is_same, "difference": found.pnl.difference, **_fields(found)})
    if not found.is_same:
        raise typer.Exit(1)


def _fields(found: Comparison) -> dict[str, object]:
    return {name: getattr(found, name) for name in found.__dataclass_fields__}


def _tell(out: Output, found: Comparison) -> None:
    out.line(f"A: {found.name_a}")
    out.line(f"B: {found.name_b}")
    out.line(f"{moment_text(found.start_ns)} to {moment_text(found.end_ns)}")
    for run, count in (("A", found.left_out_a), ("B", found.left_out_b)):
        if count:
            out.line(f"{count:,} orders and fills of {run} are outside that time, and left out")
    out.line()
    out.table(["what", "in both", "only A", "only B"], _counts(found), right=_RIGHT)
    out.line()
    out.table(["latency", "A: count, p50, p99, most", "B"], _latency(found))
    if found.behind_ns is not None:
        p50, p99 = found.behind_ns
        out.line(f"A's orders left later by {_time(p50)} (p50), {_time(p99)} (p99)")
    out.line()
    out.table(["profit", "amount", "why"], _profit(found), right=["amount"])
    if found.pnl.without_mid:
        out.line(f"{found.pnl.without_mid:,} pairs without a mid: their timing is in the price")
    for what, alone in (("order", found.orders_alone), ("fill", found.fills_alone)):
        _tell_alone(out, what, alone)
    out.line()
    out.line("both did the same" if found.is_same else _verdict(found))


_RIGHT: Final = ("in both", "only A", "only B")


def _counts(found: Comparison) -> Iterator[tuple[str, str, str, str]]:
    for name, one in (("orders", found.orders), ("fills", found.fills)):
        yield name, f"{one.both:,}", f"{one.only_a:,}", f"{one.only_b:,}"
    yield (
        "quantity traded",
        f"{found.quantity_both:f}",
        f"{found.quantity_a:f}",
        f"{found.quantity_b:f}",
    )


def _latency(found: Comparison) -> Iterator[tuple[str, str, str]]:
    for stage in found.stages:
        yield _STAGES[stage.name], _shape(stage.a), _shape(stage.b)


def _shape(shape: tuple[int, int, int, int] | None) -> str:
    if shape is None:
        return "none"
    count, p50, p99, most = shape
    return f"{count:,}, {_time(p50)}, {_time(p99)}, {_time(most)}"


def _profit(found: Comparison) -> Iterator[tuple[str, str, str]]:
    pnl = found.pnl
    yield "A", _money(pnl.net_a), "its fills, less fees, at its last mid"
    yield "B", _money(pnl.net_b), "the same"
    yield "A less B", _money(pnl.difference), "the sum of what follows"
    yield "  price", _money(pnl.price), "the same fills, better against the mid"
    yield "  timing", _money(pnl.timing), "the same fills, at a time of a better mid"
    yield "  fees", _money(pnl.fees), "paid less for the same fills"
    yield "  missing in A", _money(pnl.missing_a), "what only B traded, taken from B"
    yield "  missing in B", _money(pnl.missing_b), "what only A traded earned A"
    yield "  marks", _money(pnl.marks), "what is open, at another last mid"


def _tell_alone(out: Output, what: str, alone: tuple[Lonely, ...]) -> None:
    for one in alone[:_SHOWN_MAX]:
        price = "market" if one.price is None else f"@ {one.price:f}"
        ending = f", {one.ending}" if one.ending else ""
        out.line(
            f"only {one.run.upper()}: {what} {one.client_order_id} {one.side} {one.quantity:f} "
            f"{one.symbol} {price}{ending}, {moment_text(one.ts_ns)}"
        )
    if len(alone) > _SHOWN_MAX:
        out.line(f"and {len(alone) - _SHOWN_MAX:,} more {what}s without a partner: see --json")


def _verdict(found: Comparison) -> str:
    missing = f"{found.fills.only_b:,} fills missing in A, {found.fills.only_a:,} in B"
    return f"they differ by {_money(found.pnl.difference)}: {missing}"


def _money(amount: Decimal) -> str:
    rounded = round(amount, 6)
    return f"{rounded:+,.6f}" if rounded else "0.000000"


def _time(duration_ns: int) -> str:
    for unit, size in (("s", 10**9), ("ms", 10**6), ("us", 10**3)):
        if abs(duration_ns) >= size:
            return f"{duration_ns / size:.2f} {unit}"
    return f"{duration_ns} ns"
