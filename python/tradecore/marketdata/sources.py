"""Recordings on disk: plain or gzipped, told apart by what they start with, not by their names."""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, Protocol, TypeAlias

from tradecore.core import (
    BinanceFrames,
    DataError,
    Instrument,
    OrderRecording,
    TapeReader,
    TapeWriter,
)

if TYPE_CHECKING:
    from os import PathLike

__all__ = [
    "Progress",
    "RawFile",
    "Recording",
    "copy_beside",
    "open_recording",
    "open_tape",
    "read_file",
    "write_tape",
]

Kind: TypeAlias = Literal["spot", "linear", "inverse"]

_GZIP_START: Final = b"\x1f\x8b"
_TAPE_START: Final = b"\x89TCT"
_VERSION_AT: Final = 8
_CHUNK_BYTES: Final = 1 << 20
_LOBSTER: Final = re.compile(r"_message_.*\.csv(\.gz)?$")
_SYMBOL: Final = re.compile(rb'"s"\s*:\s*"([^"\\\s]{1,64})"')


class Progress(Protocol):
    """What is told how far a reading has come."""

    def __call__(self, done: int, total: int, /) -> None:
        """Take the bytes done and the bytes in all."""


@dataclass(frozen=True, slots=True)
class RawFile:
    """The bytes of a file, unpacked.

    Args:
        data: Everything that could be unpacked.
        fault: Why there is not more; None when the file is whole.
    """

    data: bytes
    fault: str | None = None


@dataclass(frozen=True, slots=True)
class Recording:
    """A recording of one instrument, ready to be played.

    Args:
        source: What is played; it has no position, so it serves many players.
        path: Where it came from.
        fault: Why the file gave no more than it did; None when it is whole.
    """

    source: BinanceFrames | TapeReader | OrderRecording
    path: Path
    fault: str | None = None

    @property
    def instrument(self) -> Instrument:
        """Whose messages it holds."""
        return self.source.instrument

    @property
    def knows_orders(self) -> bool:
        """Whether it tells of every order of the book."""
        source = self.source
        return isinstance(source, OrderRecording) or (
            isinstance(source, TapeReader) and source.is_by_order
        )

    @property
    def knows_funding(self) -> bool:
        """Whether it tells of funding, or may: of a tape without an end that is not known."""
        source = self.source
        if not isinstance(source, TapeReader):
            return False
        return dict(source.counts).get("fundings", 0) > 0 or not source.is_finished


def read_file(path: str | PathLike[str], *, progress: Progress | None = None) -> RawFile:
    """Read a file and unpack it if it is gzipped.

    Of a damaged or truncated archive the part before the damage is kept, and the fault said.

    Raises:
        OSError: If the file cannot be read; `FileNotFoundError` if it is not there.
    """
    raw = Path(path).read_bytes()
    if not raw.startswith(_GZIP_START):
        return RawFile(raw)
    parts: list[bytes] = []
    rest = memoryview(raw)
    fault = None
    while rest and fault is None:
        used, fault = _unpack_member(rest, parts, len(raw), progress)
        rest = rest[used:]
        # Archives may be padded with zeros.
        if not any(rest[:_CHUNK_BYTES]):
            break
    return RawFile(b"".join(parts), fault)


def _unpack_member(
    packed: memoryview, parts: list[bytes], total: int, progress: Progress | None
) -> tuple[int, str | None]:
    """Unpack one member of an archive; return how many bytes it took, and its fault."""
    unpacker = zlib.decompressobj(wbits=31)
    before = total - len(packed)
    at = 0
    while at < len(packed) and not unpacker.eof:
        chunk = packed[at : at + _CHUNK_BYTES]
        try:
            parts.append(unpacker.decompress(chunk))
        except zlib.error as error:
            return at, f"a gzip archive can be unpacked: {error}, near byte {before + at}"
        at += len(chunk)
        if progress is not None:
            progress(before + at, total)
    if not unpacker.eof:
        return at, f"a gzip archive has its end: the data stop at byte {before + at}"
    return at - len(unpacker.unused_data), None


def open_recording(
    path: str | PathLike[str],
    *,
    instrument: Instrument | None = None,
    symbol: str | None = None,
    kind: Kind = "spot",
    progress: Progress | None = None,
) -> Recording:
    """Open a recording: a tape, Binance frames, or LOBSTER's files, gzipped or not.

    Args:
        path: The file; of LOBSTER the message file, named `SYMBOL_…_message_….csv`, with the order
            book file beside it.
        instrument: Whose frames are meant, in whose steps they are counted. Without it both are
            taken from the frames: the first symbol named, and the coarsest powers of ten in which
            every number is whole. A tape brings its own.
        symbol: Which symbol's frames, or which of a tape's instruments, is meant, where no
            instrument is given.
        kind: What the symbol is, where no instrument is given.
        progress: Told how far unpacking has come.

    Raises:
        DataError: If the file is empty, a tape that cannot be read, or names no symbol.
        OSError: If the file cannot be read; `FileNotFoundError` if it is not there.
    """
    path = Path(path)
    with path.open("rb") as opened:
        start = opened.read(len(_TAPE_START))
    if start == _TAPE_START:
        return Recording(_selected(open_tape(path), instrument, symbol), path)
    file = read_file(path, progress=progress)
    data = file.data
    if not data:
        why = file.fault or "the file is empty"
        raise DataError(f"a recording has at least one message: {why}: {path}")
    if data.startswith(_TAPE_START):
        return Recording(_selected(_tape(data, path), instrument, symbol), path, file.fault)
    if _LOBSTER.search(path.name):
        return Recording(_lobster(data, path, instrument), path, file.fault)
    if instrument is None:
        named = symbol or _first_symbol(data, path)
        instrument = BinanceFrames.infer_instrument(data, symbol=named, kind=kind)
    return Recording(BinanceFrames(data, instrument), path, file.fault)


def copy_beside(path: Path, part: Path) -> None:
    """Put beside a part of a recording what has to lie there: of LOBSTER the book before it.

    Raises:
        OSError: If it cannot be read, or written.
    """
    if _LOBSTER.search(path.name):
        beside = _book_file(path)
        if beside.is_file():
            row = read_file(beside).data.split(b"\n", 1)[0]
            _book_file(part).write_bytes(row + b"\n")


def _book_file(path: Path) -> Path:
    return path.with_name(path.name.replace("_message_", "_orderbook_"))


def _lobster(data: bytes, path: Path, instrument: Instrument | None) -> OrderRecording:
    """Return a market order by order; prices are in ten-thousandths of a dollar."""
    beside = _book_file(path)
    if not beside.is_file():
        raise DataError(f"a message file of LOBSTER has its order book beside it: {beside}")
    row = read_file(beside).data.split(b"\n", 1)[0].strip()
    symbol = path.name.split("_", 1)[0]
    named = instrument or Instrument(symbol, tick_size="0.0001", lot_size=1)
    try:
        return OrderRecording.lobster(data, named, first_book=row)
    except DataError as error:
        raise DataError(f"{error}: {path}") from error


def open_tape(path: str | PathLike[str]) -> TapeReader:
    """Open a tape of any version; one of ours is read block by block as it is played.

    Raises:
        DataError: If it is none, or damaged at the front.
        OSError: If the file cannot be read; `FileNotFoundError` if it is not there.
    """
    path = Path(path)
    with path.open("rb") as file:
        start = file.read(_VERSION_AT + 2)
    if start[_VERSION_AT:] == b"\x01\x00":
        return _tape(path.read_bytes(), path)
    try:
        return TapeReader.open(path)
    except DataError as error:
        raise DataError(f"{error}: {path}") from error


def _tape(data: bytes, path: Path) -> TapeReader:
    try:
        return TapeReader(data)
    except DataError as error:
        raise DataError(f"{error}: {path}") from error


def _selected(tape: TapeReader, instrument: Instrument | None, symbol: str | None) -> TapeReader:
    """Return the tape for one of its instruments; without a name the first.

    A tape of one instrument is that one's, whatever it is called.
    """
    named = symbol if instrument is None else instrument.symbol
    if named is None or len(tape.instruments) == 1:
        return tape
    return tape.select(named)


def _first_symbol(data: bytes, path: Path) -> str:
    found = _SYMBOL.search(data)
    if found is None:
        raise DataError(f"a recording of Binance names its symbol: no frame does: {path}")
    return found[1].decode("ascii", "replace")


def write_tape(recording: Recording, path: str | PathLike[str], *, strict: bool = True) -> int:
    """Write a recording as a tape; return how many messages it has.

    Args:
        recording: What is written.
        path: The file, replaced if it is there.
        strict: Whether a record that cannot be read is an error, or left out.

    Raises:
        DataError: If `strict` and a record cannot be read; nothing is written then.
        OSError: If the file cannot be written.
    """
    writer = TapeWriter(recording.instrument)
    written, _ = writer.extend(recording.source, strict=strict)
    Path(path).write_bytes(writer.finish())
    return written
