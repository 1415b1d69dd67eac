"""`tradecore convert`: recordings of others as a tape."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from pathlib import Path  # noqa: TC003 -- typer reads the types when the command is called
from typing import Annotated, Final

import typer

from tradecore.cli.output import JsonOption, Output
from tradecore.cli.progress import Progress
from tradecore.marketdata import Conversion, Terms
from tradecore.marketdata import convert as convert_files

__all__ = ["Format", "convert"]

_SHOWN_MAX: Final = 10


class Format(StrEnum):
    """What a recording is written in."""

    BINANCE = "binance"
    LOBSTER = "lobster"
    DBN = "dbn"
    TARDIS = "tardis"
    HFTBACKTEST = "hftbacktest"
    TAPE = "tape"


class InstrumentKind(StrEnum):
    """How price and quantity turn into money."""

    SPOT = "spot"
    LINEAR = "linear"
    INVERSE = "inverse"


def convert(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE...", help="Recordings; .gz and .zst are unpacked.")
    ],
    *,
    output: Annotated[Path, typer.Option("--output", "-o", metavar="FILE", help="The tape.")],
    format: Annotated[Format, typer.Option(help="What they are written in.")],  # noqa: A002
    symbol: Annotated[
        list[str] | None, typer.Option(help="Whose records; all, or the first (binance).")
    ] = None,
    tick_size: Annotated[
        str | None, typer.Option(help="Step of prices; found from the numbers.")
    ] = None,
    lot_size: Annotated[
        str | None, typer.Option(help="Step of quantities; found from the numbers.")
    ] = None,
    kind: Annotated[
        InstrumentKind, typer.Option(help="What the instruments are.")
    ] = InstrumentKind.SPOT,
    day: Annotated[
        str | None, typer.Option(metavar="YYYY-MM-DD", help="Day of a LOBSTER file, in UTC.")
    ] = None,
    first_book: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Order book file of a LOBSTER file.")
    ] = None,
    strict: Annotated[
        bool, typer.Option("--strict", help="End with 1 if anything could not be read.")
    ] = False,
    json: JsonOption = False,
) -> None:
    """Write recordings as one tape; several are merged in order of receipt.

    binance: raw frames, `<ns> <json>` a line. lobster: a message file. dbn: Databento market by
    order. tardis: CSV files of books, trades, quotes, tickers. hftbacktest: npz of events.
    tape: tapes. What cannot be read is counted, and named by its place.
    """
    try:
        midnight = None if day is None else date.fromisoformat(day)
    except ValueError as error:
        raise typer.BadParameter(f"a day is YYYY-MM-DD: day={day!r}") from error
    terms = Terms(
        symbols=tuple(symbol or ()),
        tick_size=tick_size,
        lot_size=lot_size,
        kind=kind.value,
        day=midnight,
        first_book=first_book,
    )
    total = max(path.stat().st_size for path in files)
    with Progress(f"converting {files[0].name}", total=total, enabled=not json) as bar:

        def advance(done: int, of: int) -> None:
            bar.update(done * total // max(of, 1))

        found = convert_files(files, output, format=format.value, terms=terms, progress=advance)
    _tell(Output(json=json), output, found)
    if strict and not found.is_whole:
        raise typer.Exit(1)


def _tell(out: Output, path: Path, found: Conversion) -> None:
    out.value(
        {
            "file": str(path),
            "records": found.records,
            "inputs": found.inputs,
            "unreadable": found.unreadable,
            "skipped": found.skipped,
            "symbols": found.symbols,
            "bytes": found.byte_count,
            "broken_files": found.broken,
            "faults": found.faults,
        }
    )
    shown = ", ".join(found.symbols[:_SHOWN_MAX])
    rows = [
        ("symbols", f"{len(found.symbols)}: {shown}"),
        ("records of the input", f"{found.inputs:,}"),
        ("unreadable", f"{found.unreadable:,}"),
        ("without a place on a tape", f"{found.skipped:,}"),
        ("records on the tape", f"{found.records:,}"),
        ("bytes", f"{found.byte_count:,}"),
    ]
    out.table(["what", "found"], rows, title=f"converted to {path}")
    for text in found.broken:
        out.line(f"broken file: {text}")
    for fault in found.faults[:_SHOWN_MAX]:
        out.line(
            f"unreadable: record {fault.record:,}, byte {fault.byte:,}: {fault.rule}: {fault.path}"
        )
