"""A venue's folder as one file, taken while it runs, and a folder made from it again."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import sqlite3
import tarfile
import tempfile
import zlib
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Final

from tradecore.core import DataError, InputError, __version__, journal_inspect
from tradecore.gateway.places import CHECKPOINT, JOURNAL, RECORDS

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Saved", "back_up", "restore"]

MANIFEST: Final = "manifest.json"
FORMAT: Final = 1
ATTEMPTS: Final = 5
_CHUNK: Final = 1 << 20
_BYTES_MAX: Final = 1 << 40
_LOCK: Final = "LOCK"


@dataclass(frozen=True, slots=True)
class Saved:
    """What a backup holds.

    Args:
        path: The file, or the folder made of it.
        sequence: Number of the last command in its journal.
        files: How many files.
        bytes: Their length in all.
    """

    path: Path
    sequence: int
    files: int
    bytes: int


def back_up(data: Path, target: Path) -> Saved:
    """Write a venue's folder into one compressed file that only its owner can read.

    The venue may run meanwhile. What is copied is checked before the file gets its name; records
    are copied before the journal, so that it has everything they rest on.

    Args:
        data: The folder.
        target: The file to make; there must be none of that name.

    Raises:
        InputError: If the folder holds no venue, or the file is there already.
        DataError: If what was copied is not whole.
        OSError: If something cannot be read or written.
    """
    if not (data / JOURNAL).is_dir():
        raise InputError(f"a folder of a venue has a journal: {data}")
    if target.exists():
        raise InputError(f"a backup is a new file: {target} is there already")
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".backup-") as made:
        copy = Path(made) / "data"
        sequence = _copy(data, copy)
        part = Path(made) / "part"
        saved = _pack(copy, part, sequence)
        part.rename(target)
    _sync_folder(target.parent)
    return Saved(target, sequence, saved.files, saved.bytes)


def restore(source: Path, data: Path) -> Saved:
    """Make a venue's folder from a backup, and check it.

    Raises:
        InputError: If the folder is there and not empty.
        DataError: If the file is no backup, or was damaged.
        OSError: If something cannot be read or written.
    """
    if data.exists() and any(data.iterdir()):
        raise InputError(f"a backup is restored into an empty folder: {data}")
    data.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=data.parent, prefix=".restore-") as made:
        fresh = Path(made) / "data"
        fresh.mkdir(mode=0o700)
        said = _unpack(source, fresh)
        found = journal_inspect(fresh / JOURNAL)
        if found["last"] < said["sequence"]:
            raise DataError(
                f"a backup has every command it names: last={found['last']}, "
                f"named={said['sequence']}"
            )
        if data.exists():
            data.rmdir()
        fresh.rename(data)
    _sync_folder(data.parent)
    sizes = [one.stat().st_size for one in _files(data)]
    return Saved(data, int(found["last"]), len(sizes), sum(sizes))


def _copy(data: Path, copy: Path) -> int:
    """Copy a folder so that it opens; return the last command's number.

    Records and checkpoint go before the journal, which has everything they rest on, and notes after
    it. Segments go from the newest to the oldest, and the watermark before all: a block that is
    written meanwhile is then at the end, and promised by nothing.
    """
    for attempt in range(ATTEMPTS):
        folder = copy.with_name(f"data-{attempt}")
        folder.mkdir(mode=0o700)
        try:
            _copy_database(data, folder)
            if (data / CHECKPOINT).exists():
                _copy_file(data / CHECKPOINT, folder / CHECKPOINT)
            _copy_journal(data / JOURNAL, folder / JOURNAL)
            for one in _files(data):
                name = one.relative_to(data)
                is_copied = name.parts[0] in {JOURNAL, CHECKPOINT}
                if not is_copied and not name.name.startswith(RECORDS):
                    _copy_file(one, folder / name)
        except FileNotFoundError:
            # A snapshot let an old segment go in between.
            continue
        found = journal_inspect(folder / JOURNAL)
        folder.rename(copy)
        return int(found["last"])
    raise DataError(f"files of the journal went {ATTEMPTS} times while they were copied: {data}")


def _copy_database(data: Path, folder: Path) -> None:
    source = data / RECORDS
    if not source.exists():
        return
    with (
        closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True)) as here,
        closing(sqlite3.connect(folder / RECORDS)) as there,
    ):
        here.backup(there)


def _copy_journal(journal: Path, folder: Path) -> None:
    folder.mkdir(mode=0o700)
    names = sorted(one.name for one in journal.iterdir() if one.is_file())
    order = [name for name in names if name == "watermark"]
    order += [name for name in names if name.startswith("snap-")]
    order += [name for name in reversed(names) if name.startswith("seg-")]
    for name in order:
        _copy_file(journal / name, folder / name)


def _copy_file(source: Path, target: Path) -> None:
    """Copy a file; runs of zeros, which segments prepared ahead are made of, become holes."""
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with source.open("rb") as here, target.open("wb") as there:
        while chunk := here.read(_CHUNK):
            if chunk.count(0) == len(chunk):
                there.seek(len(chunk), os.SEEK_CUR)
            else:
                there.write(chunk)
        there.truncate(here.tell())


def _files(folder: Path) -> Iterator[Path]:
    for one in sorted(folder.rglob("*")):
        is_made = one.suffix in {".tmp", ".new"} or one.name == _LOCK
        if one.is_file() and not one.is_symlink() and not is_made:
            yield one


def _pack(folder: Path, part: Path, sequence: int) -> Saved:
    files = [(one, str(one.relative_to(folder))) for one in _files(folder)]
    manifest = {
        "format": FORMAT,
        "version": __version__,
        "sequence": sequence,
        "files": {name: _digest(one) for one, name in files},
    }
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as out:
        with tarfile.open(fileobj=out, mode="w:gz", compresslevel=3) as archive:
            _add(archive, MANIFEST, io.BytesIO(json.dumps(manifest, indent=1).encode()))
            for one, name in files:
                with one.open("rb") as file:
                    _add(archive, name, file)
        out.flush()
        os.fsync(out.fileno())
    return Saved(part, sequence, len(files), sum(one.stat().st_size for one, _ in files))


def _add(archive: tarfile.TarFile, name: str, file: BinaryIO) -> None:
    entry = tarfile.TarInfo(name)
    entry.size = file.seek(0, os.SEEK_END)
    entry.mode = 0o600
    file.seek(0)
    archive.addfile(entry, file)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _unpack(source: Path, folder: Path) -> dict[str, Any]:
    """Write the files of a backup, each of them named and measured by its manifest."""
    try:
        with gzip.open(source) as text, tarfile.open(fileobj=text, mode="r|") as archive:
            said = _manifest(archive)
            for entry in archive:
                if entry.name != MANIFEST:
                    _write(archive, entry, folder, said)
            while text.read(_CHUNK):
                """Behind the last file stands the checksum of them all."""
    except (tarfile.TarError, EOFError, ValueError, zlib.error) as error:
        raise DataError(f"a backup is a file that `tradecore backup` made: {source}") from error
    except OSError as error:
        if error.errno is None:
            raise DataError(f"the backup is damaged: {source}: {error}") from error
        raise
    for name, digest in said["files"].items():
        path = folder / name
        if not path.is_file() or _digest(path) != digest:
            raise DataError(f"the backup is damaged: {source}: {name}")
    return said


def _manifest(archive: tarfile.TarFile) -> dict[str, Any]:
    first = archive.next()
    file = None if first is None or first.name != MANIFEST else archive.extractfile(first)
    if file is None:
        raise ValueError("no manifest")
    said = json.loads(file.read(_CHUNK * 16))
    if not isinstance(said, dict) or said.get("format") != FORMAT:
        raise DataError(f"a backup of format {FORMAT} is read: format={said.get('format')}")
    return said


def _write(
    archive: tarfile.TarFile, entry: tarfile.TarInfo, folder: Path, said: dict[str, Any]
) -> None:
    path = (folder / entry.name).resolve()
    is_within = path.is_relative_to(folder.resolve())
    if entry.name not in said["files"] or not entry.isreg() or not is_within:
        raise ValueError(f"a file that the manifest does not name: {entry.name[:80]!r}")
    if entry.size > _BYTES_MAX:
        raise ValueError(f"a file of {entry.size} bytes")
    file = archive.extractfile(entry)
    if file is None:
        raise ValueError(entry.name)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as out:
        while chunk := file.read(_CHUNK):
            out.write(chunk)
        out.flush()
        os.fsync(out.fileno())


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
