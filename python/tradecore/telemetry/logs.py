"""Structured logs: one JSON object a line, or readable lines on a terminal; never a secret."""

from __future__ import annotations

import contextlib
import json as json_text
import logging
import sys
import time
from typing import TYPE_CHECKING, Any, Final, TextIO, cast

import structlog

from tradecore.telemetry.clock import Clock, SystemClock
from tradecore.telemetry.redact import redact

if TYPE_CHECKING:
    from collections.abc import MutableMapping

    from structlog.typing import Processor

__all__ = ["LEVELS", "configure_logging", "get_logger", "iso_utc"]

LEVELS: Final = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
_ALIASES: Final = {"WARN": "WARNING", "FATAL": "CRITICAL"}
_FIRST: Final = ("ts", "ts_ns", "level", "logger", "event")


def configure_logging(
    level: str = "INFO",
    *,
    json: bool | None = None,
    stream: TextIO | None = None,
    clock: Clock | None = None,
) -> None:
    """Send every log line of the process, structlog's and the standard library's, to `stream`.

    Args:
        level: `DEBUG INFO WARNING ERROR CRITICAL`, any case; `WARN` and `FATAL` are understood.
        json: One JSON object a line, or readable lines; by default readable on a terminal only.
        stream: Where lines go; standard error by default.
        clock: What stamps them; the machine's clock by default.

    Raises:
        ValueError: If `level` is not one of the five.
    """
    number = _level_number(level)
    out = sys.stderr if stream is None else stream
    prepare, finish = _chain(out, json=json, clock=SystemClock() if clock is None else clock)
    _configure_structlog(number, out, [*prepare, *finish])
    _adopt_standard_library(number, out, prepare, finish)


def get_logger(name: str, **context: object) -> structlog.typing.FilteringBoundLogger:
    """Return a logger that puts `logger=name` and `context` into every line.

    What `configure_logging` was last told holds, also for loggers made before. On a hot path
    call `.bind()` once: it fixes the configuration and makes a filtered-out line almost free.
    """
    if not structlog.is_configured():
        # structlog's own default prints as it is told, secrets and all.
        prepare, finish = _chain(sys.stderr, json=None, clock=SystemClock())
        _configure_structlog(logging.INFO, sys.stderr, [*prepare, *finish])
    logger = structlog.get_logger(name, **context)
    return cast("structlog.typing.FilteringBoundLogger", logger)


def iso_utc(ns: int) -> str:
    """Return nanoseconds since the Unix epoch as ISO 8601 with nine decimals and a `Z`."""
    seconds, fraction = divmod(ns, 1_000_000_000)
    return f"{time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime(seconds))}.{fraction:09d}Z"


def _level_number(level: str) -> int:
    name = _ALIASES.get(level.upper(), level.upper())
    if name not in LEVELS:
        raise ValueError(f"log level is one of {' '.join(LEVELS)}: level={level!r}")
    return logging.getLevelNamesMapping()[name]


def _chain(
    out: TextIO, *, json: bool | None, clock: Clock
) -> tuple[list[Processor], list[Processor]]:
    """Return what gathers an event and what makes it safe and readable."""
    is_terminal = out.isatty()
    as_json = not is_terminal if json is None else json
    prepare: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        _Stamp(clock),
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,
    ]
    shape: list[Processor] = (
        [_in_order, _render_json] if as_json else [_one_line, _console(colors=is_terminal)]
    )
    return prepare, [_redact_event, *shape]


def _configure_structlog(level: int, out: TextIO, processors: list[Processor]) -> None:
    structlog.configure(
        processors=processors,
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=lambda *names: _Writer(out, names[0] if names else ""),
        cache_logger_on_first_use=False,
    )


class _Writer:
    """Writes finished lines; one that cannot be written must not end what it speaks of."""

    def __init__(self, out: TextIO, name: str) -> None:
        self.name = name
        self._out = out

    def msg(self, line: str) -> None:
        with contextlib.suppress(OSError, ValueError):
            self._out.write(f"{line}\n")
            self._out.flush()

    log = debug = info = warning = error = critical = msg


class _QuietHandler(logging.StreamHandler[TextIO]):
    """A handler that does not answer a bad line by printing its arguments."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - the library's name
        """Say which line of code logs badly, and none of what it wanted to say."""
        with contextlib.suppress(OSError, ValueError):
            place = f"{record.pathname}:{record.lineno}"
            self.stream.write(f"a log line could not be written: {place}\n")


class _Stamp:
    """Puts the time on an event, for people and for arithmetic, and its logger's name."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def __call__(
        self, logger: object, _method: str, event: MutableMapping[str, Any]
    ) -> MutableMapping[str, Any]:
        now_ns = self._clock.now_ns()
        event["ts"] = iso_utc(now_ns)
        event["ts_ns"] = now_ns
        name = getattr(logger, "name", "")
        if name:
            event.setdefault("logger", name)
        return event


def _redact_event(
    _logger: object, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    return cast("dict[str, Any]", redact(dict(event)))


def _in_order(
    _logger: object, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    head = {key: event[key] for key in _FIRST if key in event}
    return {**head, **{key: event[key] for key in event if key not in head}}


def _render_json(_logger: object, _method: str, event: MutableMapping[str, Any]) -> str:
    return json_text.dumps(event, allow_nan=False)


def _one_line(
    _logger: object, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Escape what could forge a second line or drive the terminal; tracebacks keep their lines."""
    for key, value in event.items():
        if not isinstance(value, str):
            continue
        allowed = "\n\t" if key in {"exception", "stack"} else ""
        event[key] = "".join(
            c if c.isprintable() or c in allowed else c.encode("unicode_escape").decode()
            for c in value
        )
    event["timestamp"] = event.pop("ts", "")
    event.pop("ts_ns", None)
    return event


def _console(*, colors: bool) -> Processor:
    return structlog.dev.ConsoleRenderer(
        colors=colors,
        exception_formatter=structlog.dev.plain_traceback,
        pad_event_to=0,
    )


def _adopt_standard_library(
    level: int, out: TextIO, prepare: list[Processor], finish: list[Processor]
) -> None:
    """Give lines of the standard library's loggers the same form and the same redaction."""
    handler = _QuietHandler(out)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.add_logger_name, *prepare],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *finish],
        )
    )
    root = logging.getLogger()
    for old in root.handlers[:]:
        if isinstance(old.formatter, structlog.stdlib.ProcessorFormatter):
            root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(level)
