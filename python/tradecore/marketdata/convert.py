"""Recordings of others as tapes of ours: read in pieces, written block by block."""

from __future__ import annotations

import os
import re
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, Protocol, TypeAlias, get_args

from tradecore.core import (
    BinanceFrames,
    DataError,
    InputError,
    Instrument,
    TapeImport,
    TapeMerge,
    TapeReader,
    TapeSurvey,
)
from tradecore.marketdata.pieces import ArrayFile, PackedFile
from tradecore.marketdata.sources import open_tape

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from os import PathLike
    from typing import BinaryIO

    from tradecore.marketdata.sources import Kind, Progress

__all__ = ["FORMATS", "Conversion", "Format", "Terms", "UnreadRecord", "convert"]

Format: TypeAlias = Literal["binance", "lobster", "dbn", "tardis", "hftbacktest", "tape"]
FORMATS: Final[tuple[Format, ...]] = get_args(Format)
_SYMBOL: Final = re.compile(rb'"s"\s*:\s*"([^"\\\s]{1,64})"')
#: Prices of LOBSTER are in 1/10 000 dollar.
_LOBSTER_TICK: Final = "0.0001"
_MERGED_AT_ONCE: Final = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a recording does not say of itself.

    Args:
        symbols: Whose records are wanted; all that are named unless given.
        tick_size: Step of prices; the decimals of the recording unless given.
        lot_size: Step of quantities; likewise.
        kind: What the instruments are.
        day: The day of a LOBSTER file, whose times count from midnight.
        first_book: The order book file of a LOBSTER file, whose first row is what was there before.
    """

    symbols: tuple[str, ...] = ()
    tick_size: str | None = None
    lot_size: str | None = None
    kind: Kind = "spot"
    day: date | None = None
    first_book: Path | None = None


@dataclass(frozen=True, slots=True)
class UnreadRecord:
    """A record that could not be read: its file, its number from 1, its byte, and why."""

    path: Path
    record: int
    byte: int
    rule: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversion:
    """What became of the input.

    Args:
        records: Records on the tape.
        inputs: Records of the input.
        unreadable: Those that could not be read; the first hundred of a file are in `faults`.
        skipped: Those that were read and have no place on a tape.
        faults: Where, and why.
        broken: What is wrong with the files as such, such as a cut archive.
        symbols: Instruments of the tape.
        byte_count: Size of the tape.
    """

    records: int
    inputs: int
    unreadable: int
    skipped: int
    faults: tuple[UnreadRecord, ...]
    broken: tuple[str, ...]
    symbols: tuple[str, ...]
    byte_count: int

    @property
    def is_whole(self) -> bool:
        """Whether everything could be read."""
        return not self.unreadable and not self.broken


class _Pieces(Protocol):
    """A file that gives its bytes in pieces."""

    fault: str | None

    def pieces(self) -> Iterator[bytes]:
        """Give what is in it."""


def convert(
    inputs: Sequence[str | PathLike[str]],
    output: str | PathLike[str],
    *,
    format: Format,  # noqa: A002 - what the option is called
    terms: Terms | None = None,
    progress: Progress | None = None,
) -> Conversion:
    """Write recordings as one tape.

    Several inputs are written to tapes beside the output first, which are then played into it in
    order of receipt; tapes are played as they are. The output appears when it is whole.

    Args:
        inputs: Files of one format; plain, gzipped or packed with zstandard.
        output: The tape, replaced if it is there.
        format: What the inputs are.
        terms: What they do not say.
        progress: Told how much of the present input is done.

    Raises:
        InputError: If there is no input, or something it does not say was not given.
        DataError: If an input is nothing of its format at all.
        OSError: If a file cannot be read or written; `FileNotFoundError` if it is not there.
    """
    terms = Terms() if terms is None else terms
    paths, output = [Path(path) for path in inputs], Path(output)
    if not paths:
        raise InputError("a tape is made of one recording at least")
    for path in paths:
        if path.is_dir():
            raise InputError(f"a recording is a file: {path} is a directory")
        if path.resolve() == output.resolve():
            raise InputError(f"a recording is not written over: {path}")
    if format == "tape":
        return _merge(paths, output, progress)
    instruments = _survey(paths, format, terms, progress)
    if len(paths) == 1:
        return _one(paths[0], output, format, instruments, terms, progress=progress)
    with ExitStack() as stack:
        parts = []
        for number, path in enumerate(paths):
            part = output.with_name(f".{output.name}.{os.getpid()}.{number}")
            stack.callback(part.unlink, missing_ok=True)
            parts.append((part, _one(path, part, format, instruments, terms, progress=progress)))
        whole = _merge([part for part, _ in parts], output, progress)
    found = [one for _, one in parts]
    return Conversion(
        records=whole.records,
        inputs=sum(one.inputs for one in found),
        unreadable=sum(one.unreadable for one in found),
        skipped=sum(one.skipped for one in found),
        faults=tuple(fault for one in found for fault in one.faults),
        broken=tuple(text for one in found for text in one.broken),
        symbols=whole.symbols,
        byte_count=whole.byte_count,
    )


def _opened(path: Path, format: Format, progress: Progress | None) -> _Pieces:  # noqa: A002
    if format == "hftbacktest":
        return ArrayFile(path, progress)
    return PackedFile(path, progress)


def _one(
    path: Path,
    output: Path,
    format: Format,  # noqa: A002
    instruments: Sequence[Instrument],
    terms: Terms,
    *,
    progress: Progress | None,
) -> Conversion:
    importing = TapeImport(
        format,
        list(instruments),
        origin=f"{format} {path.name}",
        first_book=_first_row(terms.first_book),
        midnight_ns=_midnight_ns(terms.day),
    )
    file = _opened(path, format, progress)
    with _replaced(output) as out:
        for piece in file.pieces():
            importing.feed(piece)
            out.write(importing.take())
        importing.close()
        inputs, unreadable, skipped, faults = importing.tally
        records = importing.event_count
        out.write(importing.finish())
    return Conversion(
        records=records,
        inputs=inputs,
        unreadable=unreadable,
        skipped=skipped,
        faults=tuple(UnreadRecord(path, *fault) for fault in faults),
        broken=() if file.fault is None else (f"{file.fault}: {path}",),
        symbols=tuple(one.symbol for one in instruments),
        byte_count=output.stat().st_size,
    )


def _merge(paths: Sequence[Path], output: Path, progress: Progress | None) -> Conversion:
    """Play tapes into one."""
    readers = [open_tape(path) for path in paths]
    total = sum(reader.event_count for reader in readers)
    origin = ", ".join(sorted({reader.origin for reader in readers if reader.origin}))
    merge = TapeMerge(list(paths), origin=origin)
    with _replaced(output) as out:
        while merge.advance(_MERGED_AT_ONCE):
            out.write(merge.take())
            if progress is not None:
                progress(min(merge.event_count, total), total)
        records, unreadable = merge.event_count, merge.unreadable
        out.write(merge.finish())
    return Conversion(
        records=records,
        inputs=total,
        unreadable=unreadable,
        skipped=0,
        faults=(),
        broken=(),
        symbols=tuple(one.symbol for one in TapeReader.open(output).instruments),
        byte_count=output.stat().st_size,
    )


@contextmanager
def _replaced(output: Path) -> Iterator[BinaryIO]:
    """Open a file that takes the place of `output` once it is written."""
    part = output.with_name(f".{output.name}.{os.getpid()}.part")
    try:
        with part.open("wb") as file:
            yield file
        part.replace(output)
    finally:
        part.unlink(missing_ok=True)


def _survey(
    paths: Sequence[Path],
    format: Format,  # noqa: A002
    terms: Terms,
    progress: Progress | None,
) -> list[Instrument]:
    """Return the instruments of the recordings, in steps that all of them are whole in."""
    if format == "lobster":
        if len(terms.symbols) > 1:
            raise InputError(f"a LOBSTER file is of one symbol: {', '.join(terms.symbols)}")
        named = terms.symbols[0] if terms.symbols else paths[0].name.split("_")[0]
        return [_made(named, terms, _LOBSTER_TICK, "1")]
    if terms.symbols and terms.tick_size and terms.lot_size:
        return [_made(one, terms, terms.tick_size, terms.lot_size) for one in terms.symbols]
    found: dict[str, tuple[int, int]] = {}
    for path in paths:
        seen = (
            _survey_frames(path, terms, progress)
            if format == "binance"
            else _survey_rows(path, format, progress)
        )
        for symbol, price, quantity in seen:
            before = found.get(symbol, (0, 0))
            found[symbol] = (max(before[0], price), max(before[1], quantity))
    if "" in found:
        if len(terms.symbols) != 1:
            raise InputError("an array of events does not name its symbol: give one")
        found[terms.symbols[0]] = found.pop("")
    wanted = terms.symbols or sorted(found)
    if not wanted:
        raise DataError(f"a recording names its symbols: none does: {paths[0]}")
    missing = [symbol for symbol in wanted if symbol not in found]
    if missing:
        known = ", ".join(sorted(found)) or "none"
        raise InputError(f"a symbol is one that is recorded, {known}: {', '.join(missing)}")
    return [_made(one, terms, *(_step(decimals) for decimals in found[one])) for one in wanted]


def _survey_rows(
    path: Path,
    format: Format,  # noqa: A002
    progress: Progress | None,
) -> list[tuple[str, int, int]]:
    survey = TapeSurvey(format)
    for piece in _opened(path, format, progress).pieces():
        survey.feed(piece)
    return survey.finish()


def _survey_frames(
    path: Path, terms: Terms, progress: Progress | None
) -> list[tuple[str, int, int]]:
    """Look at whole lines at a time; without a symbol the first that is named is meant."""
    found: dict[str, tuple[int, int]] = {}
    wanted, rest = list(terms.symbols), b""
    for piece in (*PackedFile(path, progress).pieces(), b"\n"):
        lines, newline, rest = (rest + piece).rpartition(b"\n")
        if not newline:
            continue
        if not wanted and (named := _SYMBOL.search(lines)) is not None:
            wanted = [named[1].decode("ascii", "replace")]
        for symbol in wanted:
            seen = BinanceFrames.infer_instrument(lines, symbol=symbol, kind=terms.kind)
            before = found.get(symbol, (0, 0))
            found[symbol] = (
                max(before[0], _decimals(seen.tick_size)),
                max(before[1], _decimals(seen.lot_size)),
            )
    return [(symbol, *steps) for symbol, steps in found.items()]


def _decimals(step: Decimal) -> int:
    exponent = step.normalize().as_tuple().exponent
    return max(-exponent, 0) if isinstance(exponent, int) else 0


def _step(decimals: int) -> str:
    return str(Decimal(1).scaleb(-decimals))


def _made(symbol: str, terms: Terms, tick_size: str, lot_size: str) -> Instrument:
    return Instrument(
        symbol,
        tick_size=terms.tick_size or tick_size,
        lot_size=terms.lot_size or lot_size,
        kind=terms.kind,
    )


def _first_row(path: Path | None) -> bytes | None:
    if path is None:
        return None
    row = b""
    for piece in PackedFile(path).pieces():
        row += piece
        if b"\n" in piece:
            break
    return row.partition(b"\n")[0].strip() or None


def _midnight_ns(day: date | None) -> int:
    if day is None:
        return 0
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()) * 1_000_000_000
