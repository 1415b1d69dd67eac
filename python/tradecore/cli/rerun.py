"""`tradecore rerun`: runs a strategy again from the journal of a run."""

from __future__ import annotations

import inspect
import pdb  # noqa: T100 - what `--debug` opens
import sys
from pathlib import Path  # noqa: TC003 - typer reads it
from typing import TYPE_CHECKING, Annotated

import typer

from tradecore.backtest.rerun import rerun_backtest
from tradecore.cli.moments import moment_text, parse_moment
from tradecore.cli.output import JsonOption, Output
from tradecore.cli.strategy_file import find_strategy
from tradecore.core import DataError, InputError
from tradecore.processes.rerun import rerun_trader
from tradecore.runs.code import spec_of
from tradecore.runs.journal import read_run
from tradecore.strategy.callbacks import Callbacks
from tradecore.telemetry.logs import configure_logging

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tradecore.runs.journal import RunRecords
    from tradecore.runs.moment import Moment
    from tradecore.runs.rerun import Rerun
    from tradecore.strategy import AbstractStrategy

__all__ = ["rerun"]


def rerun(
    journal: Annotated[
        Path, typer.Argument(metavar="JOURNAL", help="A run's file: of a backtest or of a trader.")
    ],
    *,
    break_at: Annotated[
        str | None,
        typer.Option(
            "--break-at",
            metavar="TIME",
            help="Stop before the first thing at this time: `2026-01-05T09:01:30.5` (UTC), `+90s` "
            "behind the start, or nanoseconds since 1970.",
        ),
    ] = None,
    debug: Annotated[
        bool,
        typer.Option("--debug", help="Open the debugger in the strategy's first callback there."),
    ] = False,
    strategy: Annotated[
        str | None,
        typer.Option(metavar="FILE[:Class]", help="Another class or text of it; the run's if not."),
    ] = None,
    json: JsonOption = False,
) -> None:
    """Run a strategy again from the journal of a run, and compare all that it does.

    Nothing is sent anywhere. Ends with 0 when every command and every event is the same to the
    byte, with 1 at the first difference.
    """
    if json and debug:
        raise typer.BadParameter("a debugger talks to people: --debug goes without --json")
    configure_logging("ERROR")
    records = read_run(journal)
    begin = records.begin
    if begin.host == "exchange":
        raise DataError(f"an exchange's orders are compared, not run again: {journal}")
    break_at_ns = None
    if break_at is not None:
        break_at_ns = _moment(break_at, records)
    elif debug:
        break_at_ns = records.ts_ns
    kind = find_strategy(strategy or spec_of(begin.code))
    made = kind.from_params(begin.params)
    play = rerun_backtest if begin.host == "backtest" else rerun_trader
    opened = _Debugger(made) if debug else None
    result = play(
        records,
        made,
        break_at_ns=break_at_ns,
        at_break=None if opened is None else opened.open,
    )
    out = Output(json=json)
    if opened is not None and opened.close():
        out.line("left the debugger")
        return
    _tell(out, result, records)
    out.value(result)
    if not result.is_same:
        raise typer.Exit(1)


def _moment(text: str, records: RunRecords) -> int:
    try:
        return parse_moment(text, start_ns=records.ts_ns)
    except InputError as error:
        raise typer.BadParameter(str(error)) from error


class _Debugger:
    """The debugger, which stops at the first line of every callback the strategy has."""

    def __init__(self, strategy: AbstractStrategy) -> None:
        self._strategy = strategy
        self._pdb = pdb.Pdb(nosigint=True)

    def open(self) -> None:
        """Look on from now on."""
        for name in vars(Callbacks):
            own = getattr(type(self._strategy), name)
            if name.startswith("on_") and own is not getattr(Callbacks, name):
                code = own.__code__
                lines = [at for _, _, at in code.co_lines() if at and at > code.co_firstlineno]
                self._pdb.set_break(code.co_filename, min(lines, default=code.co_firstlineno))
        self._pdb.reset()
        # It would stop at every line before it knows where the outermost frame is: this one.
        self._pdb.botframe = inspect.currentframe()
        self._pdb.set_continue()
        sys.settrace(self._pdb.trace_dispatch)

    def close(self) -> bool:
        """Look on no longer; return whether somebody left it, which halts the strategy."""
        sys.settrace(None)
        self._pdb.clear_all_breaks()
        return bool(self._pdb.quitting)


def _tell(out: Output, result: Rerun, records: RunRecords) -> None:
    begin = records.begin
    out.line(f"{result.strategy}, a {result.host} run of {moment_text(records.ts_ns)}")
    if result.is_changed:
        out.line(f"its file has another text than it had: {begin.code.file}")
    told = f"{result.told:,} things told, " if result.told else ""
    out.line(f"{told}{result.compared:,} records of what it did are the same, to the byte")
    if result.moment is not None and result.ended != "end":
        out.line()
        _tell_moment(out, result.moment)
        for text in result.last:
            out.line(f"before that: {text}")
        out.line()
    for text in _ending(result):
        out.line(text)


def _ending(result: Rerun) -> Iterator[str]:
    match result.ended:
        case "end":
            yield f"the same to the end: sha256 {result.sha256}"
        case "break":
            yield "stopped where it was asked to"
        case "records":
            yield "the same to the last record: the first run was not kept any further"
        case "difference":
            found = result.difference
            assert found is not None, "Invariant: a difference is named"  # noqa: S101
            yield f"differs at record {found.record:,}, {moment_text(found.ts_ns)}"
            yield f"  recorded: {found.recorded or 'nothing'}"
            yield f"  now:      {found.now or 'nothing'}"


def _tell_moment(out: Output, moment: Moment) -> None:
    out.line(f"at {moment_text(moment.ts_ns)}")
    rows = [
        (
            one.client_order_id,
            one.symbol,
            one.side,
            one.state,
            "market" if one.price is None else f"{one.price:f}",
            f"{one.quantity:f}",
            f"{one.filled:f}",
        )
        for one in moment.orders
    ]
    columns = ["order", "symbol", "side", "state", "price", "quantity", "filled"]
    if rows:
        out.table(columns, rows, right=columns[4:])
    else:
        out.line("no live orders")
    for held in moment.positions:
        price = "" if held.average_price is None else f" at {held.average_price.normalize():f}"
        out.line(f"position {held.symbol}: {held.quantity:f}{price}, fees {held.fees:f}")
    for book in moment.books:
        stale = ", stale" if book.is_stale else ""
        bids = " ".join(f"{quantity:g}@{price:g}" for price, quantity in book.bids)
        asks = " ".join(f"{quantity:g}@{price:g}" for price, quantity in book.asks)
        out.line(f"book {book.symbol}{stale}: bids {bids or 'none'} | asks {asks or 'none'}")
