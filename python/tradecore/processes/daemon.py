"""Leaves the terminal: one process of a name, its number in a file, its words in another."""

from __future__ import annotations

import fcntl
import os
import sys
from typing import TYPE_CHECKING, Final

from tradecore.core import TradecoreError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

__all__ = ["AlreadyRunningError", "PidFile", "become_daemon"]

READY: Final = b"ok"


class AlreadyRunningError(TradecoreError):
    """Another process of this name runs; two would trade twice."""

    exit_code = 1


class PidFile:
    """A file with a process's number, locked as long as the process lives.

    The lock is the kernel's, so that a file left by a killed process stands in nobody's way.
    """

    def __init__(self, path: Path) -> None:
        """Name the file; nothing is opened yet."""
        self.path = path
        self._descriptor: int | None = None

    def take(self) -> None:
        """Lock the file and write our number.

        Raises:
            AlreadyRunningError: If another process has it.
        """
        self.path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            number = os.read(descriptor, 32).decode("ascii", "replace").strip() or "unknown"
            os.close(descriptor)
            raise AlreadyRunningError(
                f"a process runs once: pid={number}, file={self.path}"
            ) from None
        os.ftruncate(descriptor, 0)
        os.write(descriptor, f"{os.getpid()}\n".encode())
        self._descriptor = descriptor

    def release(self) -> None:
        """Take the file away; the lock ends with the process in any case."""
        if self._descriptor is not None:
            self.path.unlink(missing_ok=True)
            os.close(self._descriptor)
            self._descriptor = None


def become_daemon(log_file: Path, prepare: Callable[[], None]) -> int | None:
    """Go on in a process without a terminal.

    Call it before any thread or event loop exists.

    Args:
        log_file: Where standard output and error go from now on; appended to.
        prepare: Run in the new process; what it raises is told in the old one.

    Returns:
        In the old process the number of the new one; `None` in the new one.

    Raises:
        AlreadyRunningError: In the old process, if `prepare` failed in the new one.
    """
    log_file.parent.mkdir(parents=True, exist_ok=True)
    sys.stdout.flush()
    sys.stderr.flush()
    reading, writing = os.pipe()
    child = os.fork()
    if child:
        os.close(writing)
        return _wait_for(reading, child)
    os.close(reading)
    os.setsid()
    if os.fork():
        os._exit(0)
    _redirect(log_file)
    try:
        prepare()
    except (TradecoreError, OSError) as error:
        os.write(writing, f"{error}".encode()[:4096])
        os._exit(1)
    os.write(writing, READY + f" {os.getpid()}".encode())
    os.close(writing)
    return None


def _wait_for(reading: int, child: int) -> int:
    """Return the number of the process that is ready, or raise what it says instead."""
    said = b""
    while part := os.read(reading, 4096):
        said += part
    os.close(reading)
    os.waitpid(child, 0)
    word, _, number = said.partition(b" ")
    if word == READY:
        return int(number)
    raise AlreadyRunningError(said.decode("utf-8", "replace") or "the new process ended at once")


def _redirect(log_file: Path) -> None:
    nothing = os.open(os.devnull, os.O_RDONLY)
    out = os.open(log_file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o640)
    os.dup2(nothing, 0)
    os.dup2(out, 1)
    os.dup2(out, 2)
    os.close(nothing)
    os.close(out)
