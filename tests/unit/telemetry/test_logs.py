"""Log lines: one JSON object each, or readable ones; in order, stamped, without secrets."""

from __future__ import annotations

import io
import json
import logging

import pytest
import structlog
from pydantic import SecretStr

from tradecore.telemetry import ManualClock, configure_logging, get_logger
from tradecore.telemetry.logs import iso_utc

CANARY = "CaNaRy7w3Zq9KtBv5"


class _Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self):
        return True


class _Broken(io.StringIO):
    """A stream whose reader has gone."""

    def write(self, _text):
        raise BrokenPipeError


@pytest.fixture(autouse=True)
def restore():
    """Leave logging as it was found."""
    root = logging.getLogger()
    level, handlers = root.level, root.handlers[:]
    yield
    structlog.reset_defaults()
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.fixture
def clock():
    """Return a clock at a moment that reads well."""
    return ManualClock(wall_ns=1_700_000_000_000_000_007)


def test_a_line_is_one_json_object_in_a_fixed_order(clock):
    """Time in both forms, level, logger and event come first."""
    out = io.StringIO()
    configure_logging(stream=out, clock=clock)

    get_logger("tradecore.test", venue="x").info("order\naccepted", price="1.5")

    assert out.getvalue() == (
        '{"ts": "2023-11-14T22:13:20.000000007Z", "ts_ns": 1700000000000000007, "level": "info",'
        ' "logger": "tradecore.test", "event": "order\\naccepted", "venue": "x", "price": "1.5"}\n'
    )


@pytest.mark.parametrize(
    ("level", "shown"),
    [
        ("debug", 5), ("INFO", 4), ("Warning", 3), ("warn", 3), ("ERROR", 2), ("critical", 1),
        ("fatal", 1),
    ],
)  # fmt: skip
def test_lines_under_the_level_are_not_written(level, shown):
    """A level lets itself and what is graver through."""
    out = io.StringIO()
    configure_logging(level, stream=out)
    log = get_logger("x")

    for say in (log.debug, log.info, log.warning, log.error, log.critical):
        say("line")

    assert out.getvalue().count("\n") == shown


def test_an_unknown_level_is_refused():
    """The text names the five there are."""
    rule = r"^log level is one of DEBUG INFO WARNING ERROR CRITICAL: level='loud'$"
    with pytest.raises(ValueError, match=rule):
        configure_logging("loud")


@pytest.mark.parametrize("json_lines", [True, False])
def test_a_canary_reaches_no_output(json_lines):
    """By key, value, text, exception, header, and through the standard library."""
    out = io.StringIO()
    configure_logging("DEBUG", json=json_lines, stream=out)
    log = get_logger("x", api_secret=CANARY)

    log.info("plain", password=CANARY, nested=[{"a": ({"listenKey": CANARY},)}])
    text = f"text with token={CANARY}"
    log.info(text, secret=SecretStr(CANARY))
    log.info("headers", headers=[(b"X-MBX-APIKEY", CANARY.encode())])
    log.bind(signature=CANARY).warning("bound")
    try:
        int(f"https://h/p?signature={CANARY}")
    except ValueError:
        log.exception("failed")
        logging.getLogger("lib").exception("failed")
    logging.getLogger("httpx").info("GET %s", f"https://u:{CANARY}@h/p?apiKey={CANARY}")
    structlog.contextvars.bind_contextvars(jwt=CANARY)
    log.info("context")
    structlog.contextvars.clear_contextvars()

    assert CANARY not in out.getvalue()
    assert out.getvalue().count("failed") == 2
    assert out.getvalue().count("***") >= 12


def test_lines_of_the_standard_library_look_like_ours(clock):
    """Their logger's name and level are in the same places."""
    out = io.StringIO()
    configure_logging(stream=out, clock=clock)

    logging.getLogger("httpx").info("GET %s", "https://host/path")

    assert json.loads(out.getvalue()) == {
        "ts": "2023-11-14T22:13:20.000000007Z",
        "ts_ns": 1700000000000000007,
        "level": "info",
        "logger": "httpx",
        "event": "GET https://host/path",
    }


def test_a_logger_of_structlog_itself_keeps_its_name():
    """Whoever asks structlog gets the same lines."""
    out = io.StringIO()
    configure_logging(stream=out)

    structlog.get_logger("named").info("a")
    structlog.get_logger().info("b")

    first, second = map(json.loads, out.getvalue().splitlines())
    assert first["logger"] == "named"
    assert "logger" not in second


def test_configuring_twice_writes_once():
    """The second configuration replaces the first, for loggers made before too."""
    first, second = io.StringIO(), io.StringIO()
    configure_logging(stream=first)
    log, library = get_logger("x"), logging.getLogger("lib")
    configure_logging(stream=second)

    log.info("ours")
    library.info("theirs")

    assert first.getvalue() == ""
    assert second.getvalue().count("\n") == 2


def test_a_terminal_gets_readable_lines(clock):
    """Colours and columns there, JSON anywhere else, unless told."""
    terminal, forced = _Terminal(), _Terminal()
    configure_logging(stream=terminal, clock=clock)
    get_logger("x").info("hello", price=1)
    configure_logging(stream=forced, json=True, clock=clock)
    get_logger("x").info("hello", price=1)

    assert "\x1b[" in terminal.getvalue()
    assert "hello" in terminal.getvalue()
    assert json.loads(forced.getvalue())["event"] == "hello"


def test_a_venue_cannot_forge_a_line_or_drive_the_terminal():
    """Control characters of a value are escaped where lines are for people."""
    out = io.StringIO()
    configure_logging(stream=out, json=False)

    get_logger("x").info("rejected\nFORGED", reason="\x1b[2Jgone\r")

    assert out.getvalue().count("\n") == 1
    assert "\x1b" not in out.getvalue()
    assert "\\nFORGED" in out.getvalue()


def test_a_traceback_keeps_its_lines_for_people():
    """What is read by a person is not folded into one line."""
    out = io.StringIO()
    configure_logging(stream=out, json=False)
    try:
        int("x")
    except ValueError:
        get_logger("x").exception("failed")

    assert 'File "' in out.getvalue()
    assert out.getvalue().count("\n") > 3


def test_a_stream_that_broke_ends_nothing():
    """A strategy is not halted because nobody reads its log."""
    configure_logging(stream=_Broken())

    get_logger("x").info("lost")
    logging.getLogger("lib").info("lost too")


def test_a_badly_formatted_line_of_a_library_does_not_print_its_arguments():
    """The standard library's own answer to it prints them, secrets and all."""
    out = io.StringIO()
    logging.getLogger().handlers[:] = []  # the test runner's own would raise
    configure_logging(stream=out)

    logging.getLogger("lib").info("%d orders", f"token={CANARY}")

    assert CANARY not in out.getvalue()
    assert "a log line could not be written: " in out.getvalue()
    assert "test_logs.py" in out.getvalue()


def test_a_logger_is_safe_before_anything_is_configured(capsys):
    """Without a configuration lines go to standard error, redacted all the same."""
    structlog.reset_defaults()

    get_logger("x").info("early", api_key=CANARY)

    shown = capsys.readouterr()
    assert shown.out == ""
    assert json.loads(shown.err)["api_key"] == "***"


@pytest.mark.parametrize(
    ("ns", "text"),
    [
        (0, "1970-01-01T00:00:00.000000000Z"),
        (-1, "1969-12-31T23:59:59.999999999Z"),
        (1_709_164_800_000_000_000, "2024-02-29T00:00:00.000000000Z"),
    ],
)
def test_time_is_written_with_nine_decimals(ns, text):
    """ISO 8601, UTC, no rounding."""
    assert iso_utc(ns) == text
