"""What whoever operates a process relies on, each tried on a real one at the local exchange.

Daemons, the supervisor's socket, alerts by HTTP, limits of the machine, keys that change.
"""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path

import httpx
import pytest

from support.local_venue import KEY, SECRET, local_venue
from support.ports import free_port
from support.program import (
    ENGINE_KEYS,
    POSITION_KEYS,
    Program,
    alert_receiver,
    bus_section,
    events,
    log_lines,
    supervisor_socket,
    until,
    wait_event,
)

COMMON = "[MONITORING]\nHEALTH_PORT=0\nMETRICS_INTERVAL_MS=100\nHEALTH_CHECK_INTERVAL_MS=100\n"


@pytest.fixture
def program(tmp_path):
    """Return a program in a folder of its own."""
    program = Program(tmp_path)
    yield program
    program.end()


@pytest.fixture(scope="module")
def venue():
    """Run one exchange for all tests here; none of them sends an order."""
    with local_venue() as venue:
        yield venue


def engine_file(program, venue, *, secret=SECRET, identity="", monitoring=COMMON, more=""):
    """Write an engine's file."""
    bus, _ = bus_section(*ENGINE_KEYS)
    return program.write(
        "trading_engine.ini",
        f"[GLOBAL]\nEXCHANGE_NAME=BINANCE\nAPI_KEY={KEY}\nAPI_SECRET={secret}\n{identity}"
        f"{venue.sections}{bus}{monitoring}{more}",
    )


def position_file(program, more="", monitoring=COMMON):
    """Write the file of a position server that follows an engine which is not there."""
    bus, _ = bus_section(*POSITION_KEYS)
    text = f"[GLOBAL]\nEXCHANGE_NAME=BINANCE\n{bus}{monitoring}{more}"
    return program.write("position_server.ini", text)


def test_a_daemon_writes_its_number_and_its_log_and_ends_by_sigterm(program, venue):
    """It leaves the terminal, runs once, tells its supervisor, and takes its file away."""
    file = engine_file(program, venue)
    pid_file = program.folder / "journal" / "trading_engine_binance" / "pid"
    with supervisor_socket(program.folder) as (address, said):
        code, out, err = program.run(
            "trading-engine", "BINANCE", file, "--daemon", "--json", NOTIFY_SOCKET=address
        )
        assert code == 0, err
        log = program.folder / json.loads(out)["log"]
        pid = int(pid_file.read_text())
        try:
            os.kill(pid, 0)
            assert os.getsid(pid) != os.getsid(0)
            until(lambda: "READY=1" in said, lambda: log.read_text()[-2_000:])
            again, _, refused = program.run("trading-engine", "BINANCE", file, "--daemon")
        finally:
            os.kill(pid, signal.SIGTERM)
        until(lambda: not pid_file.exists(), lambda: log.read_text()[-2_000:])
        until(lambda: "STOPPING=1" in said, lambda: str(said))

    assert (again, f"a process runs once: pid={pid}" in refused) == (1, True)
    assert {"WATCHDOG=1", "READY=1"} <= set(said)
    assert said.index("READY=1") < said.index("STOPPING=1")
    assert "runs; its log is" not in log.read_text()
    assert events(log)[-1] == "stopped"
    assert (log_lines(log)[-1]["reason"], log_lines(log)[-1]["exit_code"]) == ("SIGTERM", 0)


def test_a_daemons_log_goes_where_its_file_says(program):
    """`LOG_FILE` goes before `logs/NAME.log`, and `PROCESS_NAME` names it."""
    bus, _ = bus_section(*POSITION_KEYS)
    file = program.write(
        "position_server.ini",
        "[GLOBAL]\nEXCHANGE_NAME=BINANCE\nPROCESS_NAME=books\nLOG_FILE=deep/er/books.log\n"
        f"{bus}{COMMON}",
    )

    code, _, err = program.run("position-server", "BINANCE", file, "--daemon")
    pid_file = program.folder / "journal" / "books" / "pid"
    log = program.folder / "deep" / "er" / "books.log"
    os.kill(int(pid_file.read_text()), signal.SIGTERM)
    until(lambda: not pid_file.exists(), log.read_text)

    assert code == 0, err
    assert events(log)[-1] == "stopped"
    assert not (program.folder / "logs").exists()


def test_a_daemon_that_cannot_begin_says_why(program):
    """What went wrong is told in the terminal that asked."""
    file = position_file(program, more="[JOURNAL]\nDIRECTORY=taken\n")
    program.write("taken", "a file stands where a folder is meant")

    code, out, err = program.run("position-server", "BINANCE", file, "--daemon")

    assert (code, out) == (1, "")
    assert "taken" in err


def test_an_error_reaches_the_receiver_of_alerts(program, venue):
    """A wrong secret is told by HTTP, once, without the secret and without the hook's address."""
    with alert_receiver() as (url, posted):
        monitoring = COMMON + "ALERT_WEBHOOK_URL=${HOOK}\n"
        file = engine_file(program, venue, secret="another-secret", monitoring=monitoring)  # noqa: S106
        child = program.start("trading-engine", "BINANCE", file, HOOK=url)
        until(lambda: posted, lambda: child.log.read_text()[-2_000:])
        child.send_signal(signal.SIGTERM)
        code = child.wait(timeout=20)

    path, alert = posted[0]
    text = child.log.read_text()
    assert (code, path) == (0, "/hook/a-secret-path")
    assert (alert["process"], alert["code"]) == ("trading_engine_binance", "VENUE_AUTH")
    assert alert.keys() == {"process", "code", "text", "ts_ns", "repeats"}
    assert "a-secret-path" not in text
    assert "another-secret" not in text
    assert len({alert["code"] for _, alert in posted}) == len(posted)


def test_no_alert_leaves_where_none_is_wanted(program, venue):
    """`ALERT_ON_ERRORS=false`: the error is counted, nobody is called."""
    with alert_receiver() as (url, posted):
        monitoring = COMMON + "ALERT_WEBHOOK_URL=${HOOK}\nALERT_ON_ERRORS=false\n"
        file = engine_file(program, venue, secret="another-secret", monitoring=monitoring)  # noqa: S106
        child = program.start("trading-engine", "BINANCE", file, HOOK=url)
        line = until(
            lambda: next(
                (
                    one
                    for one in log_lines(child.log)
                    if one["event"] == "METRICS" and "auth" in json.dumps(one)
                ),
                None,
            ),
            lambda: child.log.read_text()[-3_000:],
        )
        child.send_signal(signal.SIGTERM)
        child.wait(timeout=20)

    assert line
    assert posted == []
    assert "ALERT" not in events(child.log)


def test_a_key_that_changed_ends_the_process(program, venue):
    """It is read again in its interval; with another one the process ends to be started anew."""
    bus, _ = bus_section(*ENGINE_KEYS)
    sections = venue.sections.replace(
        "[HTTP_API]\n", "[HTTP_API]\nREFRESH_CREDENTIALS_INTERVAL_MS=1000\n"
    )
    file = program.write(
        "trading_engine.ini", f"[GLOBAL]\nEXCHANGE_NAME=BINANCE\n{sections}{bus}{COMMON}"
    )
    program.write(".env", f"BINANCE_API_KEY={KEY}\nBINANCE_API_SECRET={SECRET}\n")
    child = program.start("trading-engine", "BINANCE", file)
    wait_event(child, "ready")
    program.write(".env", f"BINANCE_API_KEY={KEY}\nBINANCE_API_SECRET=the-next-secret\n")

    code = child.wait(timeout=20)

    assert code == 1
    alert = next(line for line in log_lines(child.log) if line["event"] == "ALERT")
    assert alert["text"] == "the key was changed: ending to be started with it"
    assert log_lines(child.log)[-1]["reason"] == "another key"
    assert "the-next-secret" not in child.log.read_text()


def test_a_key_that_cannot_be_read_again_is_told_and_work_goes_on(program, venue):
    """A file that is gone for a moment ends nobody."""
    more = "[HTTP_API]\n"
    file = engine_file(program, venue)
    text = file.read_text().replace(more, f"{more}REFRESH_CREDENTIALS_INTERVAL_MS=1000\n")
    program.write(file.name, text)
    child = program.start("trading-engine", "BINANCE", file)
    wait_event(child, "ready")
    file.rename(program.folder / "away.ini")

    alert = wait_event(child, "ALERT", code="CREDENTIALS")
    child.send_signal(signal.SIGTERM)

    assert child.wait(timeout=20) == 0
    assert "the key cannot be read again" in alert["text"]


def test_a_process_over_its_memory_ends_with_1(program):
    """`MEMORY_LIMIT_MB`: the least that can be set is less than any process of ours takes."""
    file = position_file(program, more="[PERFORMANCE]\nMEMORY_LIMIT_MB=64\n")

    code, _, err = program.run("position-server", "BINANCE", file)

    lines = [json.loads(line) for line in err.splitlines() if line.startswith("{")]
    alert = next(line for line in lines if line["event"] == "ALERT")
    assert code == 1
    assert (alert["code"], "memory_limit_mb=64" in alert["text"]) == ("MEMORY_OVER", True)
    assert lines[-1]["reason"] == "memory over its limit"


@pytest.mark.parametrize(
    ("level", "has_info"), [("INFO", True), ("WARNING", False)], ids=["info", "warning"]
)
def test_a_log_level_leaves_out_what_is_below_it(program, level, has_info):
    """`LOG_LEVEL` in the file; `--log-level` would go before it."""
    file = position_file(program).with_name("position_server_x.ini")
    text = (program.folder / "position_server.ini").read_text()
    program.write(file.name, text.replace("[GLOBAL]\n", f"[GLOBAL]\nLOG_LEVEL={level}\n"))
    with supervisor_socket(program.folder) as (address, said):
        child = program.start("position-server", "BINANCE", file, NOTIFY_SOCKET=address)
        until(lambda: said, "the process tells nothing")
        child.send_signal(signal.SIGTERM)
        assert child.wait(timeout=20) == 0

    assert ("started" in events(child.log)) is has_info


def test_metrics_that_are_off_are_not_served(program):
    """`ENABLE_METRICS=false`: health is told all the same."""
    port = free_port()
    monitoring = f"[MONITORING]\nHEALTH_PORT={port}\nENABLE_METRICS=false\n"
    child = program.start(
        "position-server", "BINANCE", position_file(program, monitoring=monitoring)
    )
    wait_event(child, "started")

    pages = {
        page: httpx.get(f"http://127.0.0.1:{port}{page}", trust_env=False)
        for page in ("/metrics", "/health/live")
    }
    child.send_signal(signal.SIGTERM)

    assert child.wait(timeout=20) == 0
    assert (pages["/metrics"].status_code, pages["/metrics"].text) == (404, "metrics are off\n")
    assert pages["/health/live"].status_code == 200
    assert "METRICS" not in events(child.log)


def test_a_processs_files_stand_where_the_journal_is(program):
    """`DIRECTORY` of `[JOURNAL]`, a folder for each process, each start a new life."""
    file = position_file(program, more="[JOURNAL]\nDIRECTORY=state/of/mine\n")
    child = program.start("position-server", "BINANCE", file)
    wait_event(child, "started")
    folder = Path(program.folder / "state" / "of" / "mine" / "position_server_binance")

    assert int((folder / "pid").read_text()) == child.pid
    child.send_signal(signal.SIGTERM)
    assert child.wait(timeout=20) == 0
    assert not (folder / "pid").exists()
