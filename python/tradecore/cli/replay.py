"""`tradecore replay`: rebuilds a book from a recording and compares it with the recorded one."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path  # noqa: TC003 -- typer reads the types when the command is called
from typing import TYPE_CHECKING, Annotated, Final

import typer

from tradecore.cli.output import JsonOption, Output
from tradecore.cli.progress import Progress
from tradecore.cli.replay_commands import CommandReplay, replay_commands
from tradecore.core import DataError, Instrument
from tradecore.marketdata import (
    BookRebuild,
    LobsterComparison,
    RowDifference,
    open_recording,
    read_file,
    rebuild_book,
    replay_lobster,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tradecore.marketdata import Fault

__all__ = ["Format", "replay"]

_SHOWN_MAX: Final = 10


class Format(StrEnum):
    """What a recording is written in."""

    LOBSTER = "lobster"
    BINANCE = "binance"
    JSONL = "jsonl"
    TAPE = "tape"


def replay(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The recording; .gz is unpacked.")],
    *,
    format: Annotated[Format, typer.Option(help="What the recording is written in.")],  # noqa: A002
    check: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="What to compare with: a LOBSTER order book file, or recorded answers (jsonl).",
        ),
    ] = None,
    strict: Annotated[
        bool, typer.Option("--strict", help="End at the first line that cannot be read.")
    ] = False,
    symbol: Annotated[
        str | None, typer.Option(help="Whose frames (binance); the first named by default.")
    ] = None,
    tick_size: Annotated[
        str | None, typer.Option(help="Step of prices; found from the numbers, 1 for jsonl.")
    ] = None,
    lot_size: Annotated[
        str | None, typer.Option(help="Step of quantities; found from the numbers, 1 for jsonl.")
    ] = None,
    json: JsonOption = False,
) -> None:
    """Rebuild a book from recorded flow and compare it with the recorded one.

    lobster: order by order, every row of the order book file of --check compared in all levels.
    binance, tape: from snapshots and deltas, every bookTicker compared at its own update.
    jsonl: commands of `tradecore match` played again, answers compared with those of --check.

    Ends with 0 when the book was rebuilt and whatever could be compared agrees, with 1 otherwise.
    """
    out = Output(json=json)
    rebuilds = format in {Format.BINANCE, Format.TAPE}
    if rebuilds and check is not None:
        raise typer.BadParameter(f"--check is for lobster and jsonl: format={format.value}")
    if (tick_size is None) != (lot_size is None):
        raise typer.BadParameter("--tick-size and --lot-size are given together")
    for path in (file, check):
        if path is not None and path.is_dir():
            raise typer.BadParameter(f"a recording is a file: {path} is a directory")
    with Progress(f"replaying {file.name}", total=file.stat().st_size, enabled=not json) as bar:
        if rebuilds:
            sound = _rebuild(out, bar, file, (symbol, tick_size, lot_size), strict=strict)
        elif format is Format.LOBSTER:
            sound = _lobster(out, bar, file, check, strict=strict)
        else:
            steps = (tick_size or "1", lot_size or "1")
            sound = _commands(out, bar, file, check, steps, strict=strict)
    if not sound:
        raise typer.Exit(1)


def _whole(path: Path, *, strict: bool) -> tuple[bytes, list[str]]:
    """Read a file; return its bytes and what is wrong with it."""
    raw = read_file(path)
    if raw.fault is None:
        return raw.data, []
    fault = f"{raw.fault}: {path}"
    if strict:
        raise DataError(fault)
    return raw.data, [fault]


def _bar(bar: Progress, size: int) -> _Scaled:
    return _Scaled(bar, size)


class _Scaled:
    """A bar over the bytes of a file, told of bytes that may be unpacked ones."""

    def __init__(self, bar: Progress, size: int) -> None:
        self._bar, self._size = bar, size

    def __call__(self, done: int, total: int, /) -> None:
        self._bar.update(self._size * done // max(total, 1))


def _rebuild(
    out: Output,
    bar: Progress,
    file: Path,
    steps: tuple[str | None, str | None, str | None],
    *,
    strict: bool,
) -> bool:
    symbol, tick_size, lot_size = steps
    instrument = None
    if tick_size is not None and lot_size is not None:
        named = symbol or open_recording(file).instrument.symbol
        instrument = Instrument(named, tick_size=tick_size, lot_size=lot_size)
    recording = open_recording(file, instrument=instrument, symbol=symbol)
    result = rebuild_book(recording, strict=strict, progress=_bar(bar, file.stat().st_size))
    out.value({"file": str(file), "sound": result.is_sound, **_fields(result)})
    _tell_rebuild(out, file, result)
    return result.is_sound


def _fields(result: BookRebuild | LobsterComparison | CommandReplay) -> dict[str, object]:
    return {name: getattr(result, name) for name in result.__dataclass_fields__}


def _tell_rebuild(out: Output, file: Path, result: BookRebuild) -> None:
    counts = result.counts
    skipped = sum(count for name, count in counts.items() if name.startswith("skipped_"))
    book = f"{counts['bid_levels']:,} bids, {counts['ask_levels']:,} asks"
    rows: list[tuple[str, object]] = [
        ("symbol", f"{result.symbol}, tick {result.tick_size}, lot {result.lot_size}"),
        ("messages", f"{counts['events']:,}"),
        ("depth deltas", f"{counts['depths']:,} with {counts['levels']:,} levels"),
        ("snapshots", f"{counts['snapshots']:,}"),
        ("trades", f"{counts['trades']:,}"),
        ("quotes", f"{counts['quotes']:,}"),
        ("gaps", f"{counts['gaps']:,}"),
        ("quotes agreeing", f"{counts['quotes_agreed']:,} of {counts['quotes_compared']:,}"),
        ("crossed books", f"{counts['crossed']:,}"),
        ("unreadable lines", f"{counts['unreadable']:,}"),
        ("frames skipped", f"{skipped:,}"),
        ("book at the end", "stale" if result.is_stale else f"{book}, {result.touch}"),
        ("checksum", f"{result.checksum:08x}"),
    ]
    if counts.get("dust"):
        rows.insert(-2, ("quantities off the lot", f"{counts['dust']:,}, rounded down to it"))
    out.table(["what", "found"], rows, title=f"replay of {file.name}")
    _tell_faults(out, result.faults)
    _tell_first(
        out,
        "gap",
        (f"message {gap.event:,}: expected {gap.expected}, got {gap.got}" for gap in result.gaps),
    )
    _tell_first(
        out,
        "not the touch",
        (
            f"update {found.update_id}: quoted {found.quoted}; book {found.book}"
            for found in result.disagreements
        ),
    )


def _lobster(out: Output, bar: Progress, file: Path, check: Path | None, *, strict: bool) -> bool:
    messages, broken = _whole(file, strict=strict)
    books = None
    if check is not None:
        books, more = _whole(check, strict=strict)
        broken += more
    size = file.stat().st_size
    result = replay_lobster(messages, books, strict=strict, progress=_bar(bar, size))
    out.value(
        {
            "file": str(file),
            "sound": result.is_sound and not broken,
            "summary": _equal_rows(result),
            "explanation": _explained(result),
            "broken_files": broken,
            **_fields(result),
        }
    )
    _tell_lobster(out, file, result)
    for fault in broken:
        out.line(f"broken file: {fault}")
    return result.is_sound and not broken


def _equal_rows(result: LobsterComparison) -> str:
    if result.compared == 0:
        return "nothing to compare with: give --check"
    return f"{result.equal} of {result.compared} full {result.levels}-level books equal"


def _explained(result: LobsterComparison) -> str | None:
    """Say why rows differ, where it is known."""
    if result.equal == result.compared:
        return None
    if result.unexplained:
        return f"{result.unexplained} rows differ at a level that was inside the window all along"
    return (
        "the level below the window is unknown: the file tells nothing of orders deeper than its "
        "deepest level, so a level that comes up from there is wrong until it is gone"
    )


def _tell_lobster(out: Output, file: Path, result: LobsterComparison) -> None:
    counts = result.counts
    rows: list[tuple[str, object]] = [
        ("messages", f"{result.messages:,}"),
        ("books", _equal_rows(result)),
        ("orders resting at the end", f"{counts['resting_orders']:,}"),
        ("about orders from before", f"{counts['older_orders']:,}"),
        ("at levels never seen", f"{counts['unknown_levels']:,}"),
        ("contradicting their order", f"{counts['contradictions']:,}"),
        ("unreadable lines", f"{result.unreadable:,}"),
    ]
    if result.rows_left:
        rows.append(("book rows without a message", f"{result.rows_left:,}"))
    out.table(["what", "found"], rows, title=f"replay of {file.name}")
    for text in _differences(result.differing):
        out.line(text)
    if explained := _explained(result):
        out.line(explained)
    _tell_faults(out, result.faults)


def _differences(differing: Sequence[RowDifference]) -> list[str]:
    """Say which rows differ, neighbours that differ alike in one line."""
    runs: list[tuple[int, int, list[int]]] = []
    for found in differing:
        if runs and runs[-1][1] == found.row - 1 and runs[-1][2] == found.levels:
            runs[-1] = (runs[-1][0], found.row, found.levels)
        else:
            runs.append((found.row, found.row, found.levels))
    return [
        f"{last - first + 1} rows differ in level {', '.join(map(str, levels))} only: "
        f"rows {', '.join(map(str, range(first, last + 1)))} (counted from 0)"
        for first, last, levels in runs[:_SHOWN_MAX]
    ]


def _commands(
    out: Output,
    bar: Progress,
    file: Path,
    check: Path | None,
    steps: tuple[str, str],
    *,
    strict: bool,
) -> bool:
    data, broken = _whole(file, strict=strict)
    lines = _text(data, file).splitlines()
    recorded = None
    if check is not None:
        expected, more = _whole(check, strict=strict)
        recorded = _text(expected, check).splitlines()
        broken += more
    result = replay_commands(
        lines,
        recorded,
        tick_size=steps[0],
        lot_size=steps[1],
        strict=strict,
        progress=_bar(bar, file.stat().st_size),
        total=len(lines),
    )
    sound = result.is_sound and not broken
    out.value({"file": str(file), "sound": sound, "broken_files": broken, **_fields(result)})
    compared = f"{result.equal:,} of {result.compared:,}" if check else "nothing to compare with"
    rows = [
        ("answers", f"{result.answers:,}"),
        ("equal to the recorded", compared),
        ("lines that are no command", f"{result.unreadable:,}"),
    ]
    out.table(["what", "found"], rows, title=f"replay of {file.name}")
    _tell_first(
        out,
        "differs",
        (
            f"answer {found.answer}: got {found.got or 'nothing'}, "
            f"recorded {found.recorded or 'nothing'}"
            for found in result.differing
        ),
    )
    _tell_first(out, "no command", result.faults)
    for fault in broken:
        out.line(f"broken file: {fault}")
    return sound


def _text(data: bytes, path: Path) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise DataError(f"a command file is UTF-8 text: byte {error.start}: {path}") from error


def _tell_faults(out: Output, faults: Sequence[Fault]) -> None:
    _tell_first(
        out,
        "unreadable",
        (
            f"line {fault.record:,}, byte {fault.byte:,}: {fault.rule}"
            if fault.record
            else f"byte {fault.byte:,}: {fault.rule}"
            for fault in faults
        ),
    )


def _tell_first(out: Output, what: str, findings: Iterable[str]) -> None:
    """Print the first few findings of a kind."""
    for text, _ in zip(findings, range(_SHOWN_MAX), strict=False):
        out.line(f"{what}: {text}")
