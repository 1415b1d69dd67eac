"""A folder of processes: their order, their restarts, their end; with real children."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest

from tradecore.config import ConfigError, ConfigNotFoundError
from tradecore.processes.settings import ProcessFile
from tradecore.processes.supervisor import RestartRules, Supervisor, command_line, find_files
from tradecore.telemetry import SystemClock

QUICK = RestartRules(
    first_wait_ns=1_000_000, settle_ns=10_000_000, stop_ns=5_000_000_000, ends_max=3
)
# Writes its name when it begins and when it is asked to end.
LIVES = """
import pathlib, signal, sys
log, name = pathlib.Path(sys.argv[1]), sys.argv[2]
def tell(word):
    with log.open("a") as file:
        file.write(word + " " + name + "\\n")
def end(*_):
    tell("end")
    sys.exit(0)
signal.signal(signal.SIGTERM, end)
tell("begin")
signal.pause()
"""


@pytest.fixture
def log(tmp_path):
    """Return the file the children write into."""
    return tmp_path / "log"


@pytest.fixture
def folder(tmp_path):
    """Return a folder with the files of four processes and one that is none."""
    folder = tmp_path / "config"
    folder.mkdir()
    (folder / "trader.ini").write_text(
        "[GLOBAL]\nENABLED_EXCHANGES=BINANCE\n[STRATEGY]\nCLASS=a.b:C\n"
    )
    venue = "[GLOBAL]\nEXCHANGE_NAME=BINANCE\n"
    (folder / "trading_engine_binance.ini").write_text(venue)
    (folder / "position_server_binance.ini").write_text(venue)
    (folder / "market_server_binance.ini").write_text(f"{venue}[MARKET_DATA]\nSYMBOLS=BTCUSDT\n")
    (folder / "prometheus.yml").write_text("scrape_configs: []\n")
    return folder


async def told(log: Path, lines: int) -> list[str]:
    """Return what the children wrote, once it is so many lines."""

    # The children are other programs: their file is all there is to wait for.
    def written():
        return log.read_text().splitlines() if log.exists() else []

    while len(found := written()) < lines:  # noqa: ASYNC110
        await asyncio.sleep(0.005)
    return found


def supervisor(folder, program, log, rules=QUICK, **settings):
    """Return a supervisor whose children run a program."""
    return Supervisor(
        find_files(folder),
        clock=SystemClock(),
        rules=rules,
        command=lambda file: [sys.executable, "-c", program, str(log), file.kind],
        **settings,
    )


def test_files_are_found_by_name_in_the_order_of_starting(folder):
    """Positions first, the trader last; what is no process's is left alone."""
    kinds = [file.kind for file in find_files(folder)]

    assert kinds == ["position_server", "market_server", "trading_engine", "trader"]


@pytest.mark.parametrize("name", ["missing", "empty"])
def test_a_folder_without_processes_is_refused(tmp_path, name):
    """The names it should have are told."""
    (tmp_path / "empty").mkdir()

    with pytest.raises(ConfigNotFoundError, match=r"no such folder|position_server\*\.ini"):
        find_files(tmp_path / name)


def test_a_process_is_started_by_its_own_command(folder):
    """The venue stands in the file."""
    position, *_, trader = find_files(folder)

    assert command_line(position)[2:5] == ["tradecore", "position-server", "BINANCE"]
    assert command_line(trader)[2:4] == ["tradecore", "trader"]


def test_every_file_is_checked_before_anything_starts(folder, log):
    """A mistake in the last file is told with those of the first."""
    (folder / "trader.ini").write_text("[GLOBAL]\nLOUD=yes\n")
    (folder / "position_server_binance.ini").write_text("[GLOBAL]\n")

    async def run():
        await Supervisor(find_files(folder), clock=SystemClock()).run()

    with pytest.raises(ConfigError, match="problems in the configuration") as caught:
        asyncio.run(run())

    assert len(caught.value.problems) >= 3
    assert not log.exists()


def test_all_start_in_order_and_stop_in_reverse(folder, log):
    """The trader is the last to come and the first to go."""
    words = []

    async def run():
        ready = asyncio.Event()

        def notify(word):
            words.append(word)
            ready.set()

        runner = supervisor(folder, LIVES, log, notify=notify)
        work = asyncio.create_task(runner.run())
        await told(log, 4)
        await ready.wait()
        runner.request_stop("the test")
        return await work

    assert asyncio.run(run()) == 0
    order = ["position_server", "market_server", "trading_engine", "trader"]
    lines = log.read_text().splitlines()
    assert sorted(lines[:4]) == sorted(f"begin {kind}" for kind in order)
    assert lines[4:] == [f"end {kind}" for kind in reversed(order)]
    assert words == ["READY=1", "STOPPING=1"]


def test_a_killed_process_is_started_again(folder, log):
    """The others go on."""

    async def run():
        runner = supervisor(folder, LIVES, log)
        work = asyncio.create_task(runner.run())
        await told(log, 4)
        runner.children[2].process.kill()
        lines = await told(log, 5)
        starts = [child.starts for child in runner.children]
        runner.request_stop("the test")
        await work
        return lines[4], starts

    assert asyncio.run(run()) == ("begin trading_engine", [1, 1, 2, 1])


def test_a_process_that_ends_too_often_takes_all_down(folder, log):
    """The code says that it was no wish of anybody's."""
    program = LIVES.replace("signal.pause()", 'name == "trader" or signal.pause()')

    async def run():
        runner = supervisor(folder, program, log)
        code = await runner.run()
        return code, runner.children[3].starts, any(child.is_alive for child in runner.children)

    assert asyncio.run(run()) == (1, 3, False)


@pytest.mark.parametrize("code", [2, 3, 4])
def test_a_mistake_of_configuration_is_not_tried_again(folder, log, code):
    """Once is enough to know; the code comes out."""
    program = f"import sys; sys.exit({code} if sys.argv[2] == 'position_server' else 0)"

    async def run():
        runner = supervisor(folder, program, log)
        return await runner.run(), runner.children[0].starts

    assert asyncio.run(run()) == (code, 1)


def test_a_process_that_does_not_end_is_made_to(folder, log):
    """A stop has an end."""
    program = LIVES.replace('    tell("end")\n    sys.exit(0)', '    tell("no")')
    program = program.replace("signal.pause()", "\nwhile True:\n    signal.pause()")
    deaf = RestartRules(first_wait_ns=1_000_000, settle_ns=1_000_000, stop_ns=50_000_000)
    files = [ProcessFile(folder / "trader.ini", "trader")]

    async def run():
        runner = Supervisor(
            files,
            clock=SystemClock(),
            rules=deaf,
            command=lambda file: [sys.executable, "-c", program, str(log), file.kind],
        )
        work = asyncio.create_task(runner.run())
        await told(log, 1)
        runner.request_stop("the test")
        return await work, runner.children[0].process.returncode

    assert asyncio.run(run()) == (0, -9)
