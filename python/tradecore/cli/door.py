"""One door: runs a command line and turns what went wrong into a code and one message."""

from __future__ import annotations

import io
import json as json_text
import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

from tradecore.cli.exit_codes import ExitCode, exit_code_of
from tradecore.cli.version import print_version
from tradecore.core import TradecoreError
from tradecore.telemetry.scrub import scrub

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["main"]


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command line and return its exit code.

    0 ok, 1 error, 2 usage, 3 not found, 4 configuration, 5 timeout, 6 not running, 130
    interrupted. An error is one message on standard error; with `--json` it is an object on
    standard output too. A reader that has closed the pipe is no news: the code is 1.
    """
    _open_streams()
    arguments = list(sys.argv[1:] if argv is None else argv)
    verbose = arguments[:1] == ["--verbose"]
    try:
        if arguments == ["--version"]:
            print_version(as_json=False)
            result: object = ExitCode.OK
        else:
            # Parsing costs some 100 ms of imports; a question of one word need not wait for it.
            from tradecore.cli.app import run  # noqa: PLC0415

            result = run(arguments)
        sys.stdout.flush()
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else int(bool(stop.code))
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - the host's outermost loop
        return _report(error, arguments, verbose=verbose)
    return result if isinstance(result, int) else ExitCode.OK


def _open_streams() -> None:
    """Let any text out: what the locale cannot say is escaped, what was closed is thrown away."""
    if sys.stdout is None:
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123 - stays open
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123 - the same
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _report(error: BaseException, arguments: Sequence[str], *, verbose: bool) -> int:
    """Tell what went wrong, secrets taken out, and return its code."""
    code = exit_code_of(error)
    _flush()
    if isinstance(error, BrokenPipeError):
        return code
    if hasattr(error, "show") and hasattr(error, "format_message"):
        message = error.format_message()
        error.show()
    else:
        message = _message(error)
        if verbose:
            import traceback  # noqa: PLC0415 - only for who asks

            trace = traceback.format_exception(error)
            sys.stderr.write(scrub("".join(trace)))
        sys.stderr.write(f"error: {message}\n")
    if "--json" in arguments:
        places = [str(problem) for problem in getattr(error, "problems", ())]
        report = {"error": message, "exit_code": code, "problems": [scrub(p) for p in places]}
        with suppress(OSError):  # standard error has the message
            sys.stdout.write(json_text.dumps(report) + "\n")
        _flush()
    return code


def _flush() -> None:
    """Flush standard output; throw away what it cannot take, so that the end does not try again."""
    try:
        sys.stdout.flush()
    except OSError:
        with suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _message(error: BaseException) -> str:
    """Return what to tell: ours as it stands, a stranger's with its kind and where to look."""
    if isinstance(error, KeyboardInterrupt):
        return "interrupted"
    if isinstance(error, OSError) and error.strerror:
        place = "" if error.filename is None else f": {error.filename}"
        return scrub(f"{error.strerror.lower()}{place}")
    if isinstance(error, TradecoreError) or hasattr(error, "exit_code"):
        return scrub(str(error))
    hint = "run `tradecore --verbose ...` for the traceback"
    return scrub(f"unexpected {type(error).__name__}: {error}\n{hint}")
