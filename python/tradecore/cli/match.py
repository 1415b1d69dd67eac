"""`tradecore match`: the matching engine as a filter, one JSON command and answer a line."""

from __future__ import annotations

import io
import json as json_text
import sys
from contextlib import nullcontext
from decimal import Decimal, InvalidOperation
from pathlib import Path  # noqa: TC003 - typer reads it
from typing import TYPE_CHECKING, Annotated, TextIO

import typer

from tradecore.cli.match_filter import Filter
from tradecore.cli.match_line import SELF_TRADE_MODES, LineError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tradecore.cli.match_line import SelfTradeMode


def run_lines(
    lines: Iterable[str],
    *,
    tick_size: str = "1",
    lot_size: str = "1",
    book: bool = False,
    stp: SelfTradeMode = "none",
) -> Iterator[str]:
    """Yield one JSON answer for each line that is not blank.

    A line that is no command answers ``{"error": "line 7: ..."}`` and changes nothing.
    """
    matcher = Filter(tick_size=tick_size, lot_size=lot_size, book=book, stp=stp)
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            answer = matcher.answer(line)
        except LineError as error:
            answer = {"error": f"line {number}: {error}"}
        yield json_text.dumps(answer, separators=(",", ":"))


def match(
    file: Annotated[
        Path | None, typer.Argument(metavar="FILE", help="The commands; standard input if none.")
    ] = None,
    *,
    book: Annotated[
        bool, typer.Option("--book", help="Answer with the whole book, queues included.")
    ] = False,
    tick_size: Annotated[str, typer.Option(help="Smallest step of a price.")] = "1",
    lot_size: Annotated[str, typer.Option(help="Smallest step of a quantity.")] = "1",
    stp: Annotated[
        str,
        typer.Option(
            metavar="MODE",
            help="Self-trade prevention of orders that name none: none, allow, "
            "cancel_newest, cancel_oldest, cancel_both, decrement.",
        ),
    ] = "none",
    json: Annotated[
        bool, typer.Option("--json", help="Accepted, as by every command: answers are JSON anyway.")
    ] = False,
) -> None:
    """Match orders as a filter: one JSON command a line in, one JSON answer a line out.

    A line that is no command answers {"error": "line 7: ..."}; the lines after it still run.
    The exit code is 1 then.
    """
    del json  # there is no other way to answer
    if stp not in SELF_TRADE_MODES:
        modes = ", ".join(SELF_TRADE_MODES)
        raise typer.BadParameter(f"must be one of {modes}: {stp!r}", param_hint="--stp")
    for option, step in (("--tick-size", tick_size), ("--lot-size", lot_size)):
        if not _is_step(step):
            raise typer.BadParameter(f"a step is a number above 0: {step!r}", param_hint=option)
    if not _answers(
        file,
        sys.stdout,
        tick_size=tick_size,
        lot_size=lot_size,
        book=book,
        stp=SELF_TRADE_MODES[stp],
    ):
        raise typer.Exit(1)


def _is_step(step: str) -> bool:
    try:
        return Decimal(step).is_finite() and Decimal(step) > 0
    except InvalidOperation:
        return False


def _answers(
    file: Path | None,
    out: TextIO,
    *,
    tick_size: str,
    lot_size: str,
    book: bool,
    stp: SelfTradeMode,
) -> bool:
    """Write one answer a line; return whether every line was a command."""
    clean = True
    # Bytes that are no text make one line wrong, not the whole run.
    if file is None and isinstance(sys.stdin, io.TextIOWrapper):
        sys.stdin.reconfigure(encoding="utf-8", errors="surrogateescape")
    source = None if file is None else file.open(encoding="utf-8", errors="surrogateescape")
    with nullcontext(sys.stdin) if source is None else source as lines:
        answers = run_lines(lines, tick_size=tick_size, lot_size=lot_size, book=book, stp=stp)
        for text in answers:
            clean = clean and not text.startswith('{"error"')
            out.write(f"{text}\n")
            out.flush()
    return clean
