"""What the number at the end of a command means, and which exception it stands for."""

from __future__ import annotations

from enum import IntEnum

__all__ = ["ExitCode", "exit_code_of"]


class ExitCode(IntEnum):
    """How a command ended."""

    OK = 0
    ERROR = 1
    USAGE = 2
    NOT_FOUND = 3
    CONFIGURATION = 4
    TIMEOUT = 5
    NOT_RUNNING = 6
    INTERRUPTED = 130


_BY_EXCEPTION: tuple[tuple[type[BaseException], ExitCode], ...] = (
    (FileNotFoundError, ExitCode.NOT_FOUND),
    (TimeoutError, ExitCode.TIMEOUT),
    (ConnectionRefusedError, ExitCode.NOT_RUNNING),
    (KeyboardInterrupt, ExitCode.INTERRUPTED),
)


def exit_code_of(error: BaseException) -> int:
    """Return the code for `error`: its own `exit_code` if it has one, else by its kind."""
    own = getattr(error, "exit_code", None)
    if isinstance(own, int):
        return own
    return next((code for kind, code in _BY_EXCEPTION if isinstance(error, kind)), ExitCode.ERROR)
