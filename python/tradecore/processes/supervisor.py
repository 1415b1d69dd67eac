"""Starts a folder of processes in their order, keeps them alive within reason, and stops them.

The processes are children; what each does when it is killed is its own affair, and safe. One that
ends is started again after a wait that doubles; one that ends too often takes all down, because a
system that trades without one of its parts is worse than one that stands still.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from tradecore.config import ConfigError, ConfigNotFoundError, Place, Problem
from tradecore.processes.settings import KINDS, ProcessFile, kind_of, load_process
from tradecore.telemetry import get_logger

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from tradecore.telemetry import Clock

__all__ = ["Child", "RestartRules", "Supervisor", "command_line", "find_files"]

#: A configuration that cannot be used does not get better by trying again.
HOPELESS: Final = frozenset({2, 3, 4})


@dataclass(frozen=True, slots=True, kw_only=True)
class RestartRules:
    """When a process that ended is started again.

    Args:
        first_wait_ns: Wait before the first restart; doubled for each further one.
        longest_wait_ns: The longest wait.
        ends_max: So many ends within the window are too many.
        window_ns: The window; one that ran longer starts afresh.
        settle_ns: How long a process must live before the next kind is started.
        stop_ns: How long a process may take to end before it is killed.
    """

    first_wait_ns: int = 250_000_000
    longest_wait_ns: int = 10_000_000_000
    ends_max: int = 5
    window_ns: int = 60_000_000_000
    settle_ns: int = 300_000_000
    stop_ns: int = 20_000_000_000


@dataclass(slots=True)
class Child:
    """One process of the folder."""

    file: ProcessFile
    process: asyncio.subprocess.Process | None = None
    starts: int = 0
    ends_ns: deque[int] = field(default_factory=deque)

    @property
    def name(self) -> str:
        """Its name: that of its file, without the ending."""
        return self.file.path.stem

    @property
    def is_alive(self) -> bool:
        """Whether it runs."""
        return self.process is not None and self.process.returncode is None


def find_files(folder: Path) -> list[ProcessFile]:
    """Return the files of processes in a folder, in the order they are to be started.

    Raises:
        ConfigNotFoundError: If there is no such folder, or no file in it is for a process.
    """
    if not folder.is_dir():
        raise ConfigNotFoundError([Problem("no such folder", Place(str(folder)))])
    order = list(KINDS)
    found = [
        ProcessFile(path, kind)
        for path in sorted(folder.iterdir())
        if path.is_file() and (kind := kind_of(path)) is not None
    ]
    if not found:
        names = " ".join(f"{kind}*.ini" for kind in KINDS)
        rule = f"a folder of processes has files named {names}"
        raise ConfigNotFoundError([Problem(rule, Place(str(folder)))])
    return sorted(found, key=lambda file: order.index(file.kind))


def command_line(file: ProcessFile, arguments: Sequence[str] = ()) -> list[str]:
    """Return how a process of a file is started; the file is read, so a mistake is told here.

    Raises:
        ConfigError: With everything that is wrong in the file.
    """
    settings = load_process(KINDS[file.kind], file.path).settings
    exchange = getattr(settings.global_, "exchange_name", None)
    command = [sys.executable, "-m", "tradecore", file.kind.replace("_", "-")]
    if exchange is not None:
        command.append(exchange)
    return [*command, str(file.path), *arguments]


class Supervisor:
    """Keeps the processes of a folder running until it is told to stop."""

    def __init__(
        self,
        files: Sequence[ProcessFile],
        *,
        clock: Clock,
        rules: RestartRules | None = None,
        command: Callable[[ProcessFile], list[str]] = command_line,
        environ: Mapping[str, str] | None = None,
        notify: Callable[[str], object] | None = None,
    ) -> None:
        """Take the files in the order of starting; nothing runs yet.

        Args:
            files: What to run.
            clock: Measures how long they live.
            rules: When they are started again.
            command: Returns the command line of a file's process.
            environ: Their environment; ours by default.
            notify: Tells the supervisor of the machine, such as `READY=1`.
        """
        self.children = [Child(file) for file in files]
        self._clock = clock
        self._rules = rules or RestartRules()
        self._command = command
        self._environ = environ
        self._notify = notify
        self._stop = asyncio.Event()
        self._code = 0
        self._log = get_logger("tradecore.supervisor")

    def request_stop(self, reason: str, *, code: int = 0) -> None:
        """End every process, and `run` with this code unless a worse one was asked for."""
        self._code = max(self._code, code)
        if not self._stop.is_set():
            self._log.info("stopping", reason=reason)
            self._stop.set()

    async def run(self) -> int:
        """Start all in order, watch them, stop them in reverse; return the exit code.

        Raises:
            ConfigError: If a file has mistakes; then nothing was started.
        """
        commands = self._commands()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.request_stop, signal.Signals(number).name)
        watchers: list[asyncio.Task[None]] = []
        try:
            for child, command in zip(self.children, commands, strict=True):
                watchers.append(loop.create_task(self._keep(child, command)))
                await self._wait(self._rules.settle_ns)
                if self._stop.is_set():
                    break
            if not self._stop.is_set():
                self._tell("READY=1")
            await self._stop.wait()
        finally:
            self._tell("STOPPING=1")
            for watcher in watchers:
                watcher.cancel()
            await asyncio.gather(*watchers, return_exceptions=True)
            for child in reversed(self.children):
                await self._end(child)
            for number in (signal.SIGTERM, signal.SIGINT):
                loop.remove_signal_handler(number)
        self._log.info("stopped", exit_code=self._code)
        return self._code

    def _commands(self) -> list[list[str]]:
        problems: list[Problem] = []
        commands = []
        for child in self.children:
            try:
                commands.append(self._command(child.file))
            except ConfigError as error:
                problems += error.problems
        if problems:
            raise ConfigError(problems)
        return commands

    async def _keep(self, child: Child, command: Sequence[str]) -> None:
        """Start a process, and again when it ends, until that is hopeless."""
        rules = self._rules
        while not self._stop.is_set():
            child.starts += 1
            # A session of its own: the terminal's Ctrl-C reaches us alone, and we stop in order.
            child.process = await asyncio.create_subprocess_exec(
                *command, env=self._environ, start_new_session=True
            )
            pid, began_ns = child.process.pid, self._clock.monotonic_ns()
            self._log.info("started", child=child.name, child_pid=pid, starts=child.starts)
            code = await child.process.wait()
            now_ns = self._clock.monotonic_ns()
            lived_s = round((now_ns - began_ns) / 1e9, 3)
            self._log.warning("ended", child=child.name, exit_code=code, lived_s=lived_s)
            if code in HOPELESS:
                self.request_stop(f"{child.name} cannot be started: exit code {code}", code=code)
                return
            child.ends_ns.append(now_ns)
            while child.ends_ns[0] < now_ns - rules.window_ns:
                child.ends_ns.popleft()
            ends = len(child.ends_ns)
            if ends >= rules.ends_max:
                window_s = rules.window_ns // 1_000_000_000
                self.request_stop(f"{child.name} ended {ends} times in {window_s} s", code=1)
                return
            await self._wait(min(rules.first_wait_ns << (ends - 1), rules.longest_wait_ns))

    async def _wait(self, wait_ns: int) -> None:
        """Wait, unless a stop is asked for meanwhile."""
        try:
            async with asyncio.timeout(wait_ns / 1e9):
                await self._stop.wait()
        except TimeoutError:
            return

    async def _end(self, child: Child) -> None:
        """Ask a process to end, and make it, if it does not."""
        process = child.process
        if process is None or process.returncode is not None:
            return
        process.send_signal(signal.SIGTERM)
        try:
            async with asyncio.timeout(self._rules.stop_ns / 1e9):
                code = await process.wait()
            self._log.info("ended", child=child.name, exit_code=code)
        except TimeoutError:
            self._log.warning("killed", child=child.name, child_pid=process.pid)
            process.kill()
            await process.wait()

    def _tell(self, word: str) -> None:
        if self._notify is not None:
            try:
                self._notify(word)
            except OSError as error:
                self._log.warning(
                    "supervisor of the machine not told", reason=os.strerror(error.errno or 0)
                )
