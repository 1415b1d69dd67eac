"""A file in pieces: plain, gzipped or packed with zstandard, never in memory as a whole."""

from __future__ import annotations

import zipfile
import zlib
from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from tradecore.core import DataError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import BinaryIO

    from tradecore.marketdata.sources import Progress

__all__ = ["PIECE_BYTES", "ArrayFile", "PackedFile"]

#: How much is read at once, in bytes.
PIECE_BYTES: Final = 1 << 20
#: The same of what is packed with zstandard, since what it unpacks to cannot be bounded.
_ZSTANDARD_BYTES: Final = 1 << 14
_GZIP: Final = b"\x1f\x8b"
_ZSTANDARD: Final = b"\x28\xb5\x2f\xfd"
#: Bytes of a row of hftbacktest: eight columns of eight.
_ROW_BYTES: Final = 64
_COLUMNS: Final = ("ev", "exch_ts", "local_ts", "px", "qty", "order_id", "ival", "fval")


@dataclass(slots=True)
class PackedFile:
    """A file whose bytes are unpacked as they are read.

    Args:
        path: Where it is.
        progress: Told how many of the file's own bytes are done.
    """

    path: Path
    progress: Progress | None = None
    #: Why there is not more than was given; None while the file is whole.
    fault: str | None = field(default=None, init=False)

    def pieces(self) -> Iterator[bytes]:
        """Give what is in the file, piece by piece, up to its end or its first damage.

        Raises:
            DataError: If it is packed with zstandard and the library for that is not there.
            OSError: If the file cannot be read; `FileNotFoundError` if it is not there.
        """
        total = self.path.stat().st_size
        with self.path.open("rb") as file:
            start = file.read(4)
            file.seek(0)
            unpack = self._plain
            if start.startswith(_GZIP):
                unpack = self._gzip
            elif start == _ZSTANDARD:
                unpack = self._zstandard
            for piece in unpack(file):
                if piece:
                    yield piece
                if self.progress is not None:
                    self.progress(file.tell(), total)

    def _plain(self, file: BinaryIO) -> Iterator[bytes]:
        while piece := file.read(PIECE_BYTES):
            yield piece

    def _gzip(self, file: BinaryIO) -> Iterator[bytes]:
        unpacker, rest = zlib.decompressobj(wbits=31), b""
        while piece := rest or file.read(PIECE_BYTES):
            rest = b""
            if unpacker.eof:
                # Archives may be padded with zeros, and may have several members.
                piece = piece.lstrip(b"\0")
                if not piece:
                    continue
                unpacker = zlib.decompressobj(wbits=31)
            try:
                # What a piece unpacks to is bounded, however well it was packed.
                yield unpacker.decompress(piece, PIECE_BYTES * 4)
            except zlib.error as error:
                place = file.tell() - len(piece)
                self.fault = f"a gzip archive can be unpacked: {error}, behind byte {place}"
                return
            rest = unpacker.unconsumed_tail or unpacker.unused_data
        yield unpacker.flush()
        if not unpacker.eof:
            self.fault = f"a gzip archive has its end: the data stop at byte {file.tell()}"

    def _zstandard(self, file: BinaryIO) -> Iterator[bytes]:
        library = _zstandard_library(self.path)
        unpacker, rest = None, b""
        while piece := rest or file.read(_ZSTANDARD_BYTES):
            rest = b""
            if unpacker is None:
                unpacker = library.ZstdDecompressor().decompressobj()
            try:
                yield unpacker.decompress(piece)
            except library.ZstdError as error:
                place = file.tell() - len(piece)
                self.fault = f"a zstandard archive can be unpacked: {error}, behind byte {place}"
                return
            if unpacker.eof:
                rest, unpacker = unpacker.unused_data, None
        if unpacker is not None:
            self.fault = f"a zstandard archive has its end: the data stop at byte {file.tell()}"


def _zstandard_library(path: Path) -> Any:  # noqa: ANN401 - a library that need not be there
    try:
        return import_module("zstandard")
    except ImportError as error:
        rule = "a file packed with zstandard needs the library: pip install tradecore[convert]"
        raise DataError(f"{rule}: {path}") from error


@dataclass(slots=True)
class ArrayFile:
    """The event array of hftbacktest: a `.npz` archive or a `.npy` file.

    Args:
        path: Where it is.
        progress: Told how many of the array's bytes are done.
    """

    path: Path
    progress: Progress | None = None
    fault: str | None = field(default=None, init=False)

    def pieces(self) -> Iterator[bytes]:
        """Give the rows, piece by piece.

        Raises:
            DataError: If it is no such array.
            OSError: If the file cannot be read; `FileNotFoundError` if it is not there.
        """
        if not zipfile.is_zipfile(self.path):
            with self.path.open("rb") as file:
                yield from self._rows(file)
            return
        with zipfile.ZipFile(self.path) as archive:
            names = [name for name in archive.namelist() if name.endswith(".npy")]
            if not names:
                raise DataError(f"an archive of events has an array: {self.path}")
            chosen = "data.npy" if "data.npy" in names else names[0]
            with archive.open(chosen) as member:
                yield from self._rows(member)

    def _rows(self, file: Any) -> Iterator[bytes]:  # noqa: ANN401 - whatever reads
        total = self._head(file)
        done = 0
        while done < total:
            try:
                piece: bytes = file.read(min(PIECE_BYTES, total - done))
            except (zipfile.BadZipFile, zlib.error, EOFError) as error:
                self.fault = f"an array can be unpacked: {error}, behind byte {done}"
                return
            if not piece:
                self.fault = f"an array has its end: {total} bytes announced, {done} there"
                return
            done += len(piece)
            yield piece
            if self.progress is not None:
                self.progress(done, total)

    def _head(self, file: Any) -> int:  # noqa: ANN401 - whatever reads
        """Read what stands before the rows; return how many bytes follow."""
        try:
            version = np.lib.format.read_magic(file)
            read = (
                np.lib.format.read_array_header_1_0
                if version == (1, 0)
                else np.lib.format.read_array_header_2_0
            )
            shape, _, dtype = read(file)
        except ValueError as error:
            raise DataError(f"events are an array of numpy: {error}: {self.path}") from error
        if dtype.itemsize != _ROW_BYTES or tuple(dtype.names or ()) != _COLUMNS:
            columns = ", ".join(dtype.names or ("no names",))
            rule = f"events have the columns {', '.join(_COLUMNS)}"
            raise DataError(f"{rule}: found {columns}: {self.path}")
        return int(np.prod(shape, dtype=np.int64)) * _ROW_BYTES
