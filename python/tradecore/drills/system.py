"""A local exchange and the four processes that trade there, each a child process in a folder."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from contextlib import suppress
from time import sleep
from typing import TYPE_CHECKING, Any, Final, Self

import httpx
from pydantic import SecretStr

from tradecore.drills.account import Account
from tradecore.drills.configs import KEY_NAME, KINDS, SECRET_NAME
from tradecore.drills.latency import Stage, read_stages
from tradecore.drills.ports import free_ports
from tradecore.model.errors import TradecoreError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path
    from types import TracebackType

    from tradecore.drills.configs import Setup
    from tradecore.telemetry.clock import Clock

__all__ = ["DrillError", "System"]

LOOK_S: Final = 0.05
STOP_S: Final = 25.0
READY_S: Final = 60.0
_ERROR_LINES: Final = 5


class DrillError(TradecoreError):
    """Something in the system did not come to pass."""


class System:
    """An exchange and the processes; ended, all of them, when the block is left.

    Args:
        folder: Where files, journal and logs go; it is there, and has none of them.
        setup: What the processes are told.
        clock: Measures waits, and stamps questions.
        seed: Chooses the exchange's market.
        exchange: Further options of `tradecore simulate binance`.
    """

    def __init__(
        self,
        folder: Path,
        setup: Setup,
        *,
        clock: Clock,
        seed: int = 1,
        exchange: Sequence[str] = (),
    ) -> None:
        """Take the place; nothing is started."""
        self.folder, self.setup = folder, setup
        self.config, self.journal = folder / "config", folder / "journal"
        self.log, self.exchange_log = folder / "up.log", folder / "exchange.log"
        self.urls: dict[str, str] = {}
        self.health_ports = dict(zip(KINDS, free_ports(len(KINDS)), strict=True))
        self._clock, self._seed, self._exchange = clock, seed, tuple(exchange)
        self._children: list[subprocess.Popen[str]] = []
        self._client = httpx.Client(trust_env=False, timeout=5.0)
        self._environ: Mapping[str, str] = os.environ
        self._account: Account | None = None
        self._supervisor: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        """Start the exchange, and write the files."""
        try:
            self._start_exchange()
            self.config.mkdir()
            self.setup.write(
                self.config,
                journal=self.journal,
                urls=self.urls,
                health_ports=self.health_ports,
            )
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End everything that runs."""
        self.close()

    def close(self) -> None:
        """End everything that runs, the last that was started first."""
        for child in reversed(self._children):
            _end(child)
        if self._account is not None:
            self._account.close()
        self._client.close()

    # Starting and stopping

    def _start_exchange(self) -> None:
        arguments = ("simulate", "binance", "--port", "0", "--seed", str(self._seed), "--json")
        child = self._spawn(*arguments, *self._exchange, log=self.exchange_log, is_asked=True)
        assert child.stdout is not None, "Invariant: it was piped"  # noqa: S101
        told = json.loads(child.stdout.readline() or "{}")
        if "urls" not in told:
            raise DrillError(f"the local exchange says where it is: {_tail(self.exchange_log)}")
        self.urls = told["urls"]
        secret = SecretStr(told["secret"])
        # The key is in the environment of the processes alone.
        self._environ = {
            **os.environ,
            KEY_NAME: told["key"],
            SECRET_NAME: secret.get_secret_value(),
        }
        self._account = Account(
            self.urls["rest"],
            key=told["key"],
            secret=secret,
            symbol=self.setup.symbol,
            clock=self._clock,
        )

    @property
    def account(self) -> Account:
        """The account at the exchange, for its owner."""
        assert self._account is not None, "Invariant: asked for within the block"  # noqa: S101
        return self._account

    def up(self) -> None:
        """Start the supervisor, which starts the four."""
        self._supervisor = self._spawn("up", str(self.config), log=self.log)

    def stop(self) -> int:
        """Have the supervisor stop the four, and return its exit code.

        Raises:
            DrillError: If it does not end.
        """
        supervisor = self._supervisor
        assert supervisor is not None, "Invariant: stop follows up"  # noqa: S101
        supervisor.send_signal(signal.SIGTERM)
        try:
            return supervisor.wait(timeout=STOP_S)
        except subprocess.TimeoutExpired as error:
            raise DrillError(f"the supervisor ends within {STOP_S:.0f} s: {self.tail()}") from error

    def kill(self, kind: str) -> int:
        """Kill the newest process of a kind without a word; return its number."""
        pid = self.pids()[kind]
        os.kill(pid, signal.SIGKILL)
        return pid

    def cut(self, where: str) -> None:
        """Cut the exchange's connections of a kind, once: `market`, `private` or `api`."""
        spec = {"faults": f"disconnect:1:times=1:where={where}"}
        self._client.put(self.urls["faults"], json=spec).raise_for_status()

    def replay(self) -> dict[str, Any]:
        """Return how the exchange's log replays: its length, its state's hash, whether equal."""
        told: dict[str, Any] = self._client.get(self.urls["replay"]).raise_for_status().json()
        return told

    def _spawn(self, *arguments: str, log: Path, is_asked: bool = False) -> subprocess.Popen[str]:
        """Start one of the program's commands."""
        with log.open("a", encoding="utf-8") as file:
            child = subprocess.Popen(  # noqa: S603 - our own program
                [sys.executable, "-m", "tradecore", *arguments],
                env=self._environ,
                text=True,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE if is_asked else file,
                stderr=file,
            )
        self._children.append(child)
        return child

    # What they tell

    def lines(self) -> list[dict[str, Any]]:
        """Return what was logged so far."""
        text = self.log.read_text(encoding="utf-8")
        whole = text[: text.rfind("\n") + 1]
        return [json.loads(line) for line in whole.splitlines() if line.startswith("{")]

    def tail(self) -> str:
        """Return the last lines of the log."""
        return _tail(self.log)

    def pids(self) -> dict[str, int]:
        """Return the newest process of each kind."""
        started = [line for line in self.lines() if line["event"] == "started"]
        return {line["child"]: line["child_pid"] for line in started if "child_pid" in line}

    def detail(self, kind: str) -> dict[str, Any]:
        """Return what a process tells of its health; that it is not ready while it is away."""
        with suppress(httpx.TransportError):
            answer = self._client.get(f"{self._address(kind)}/health/detailed")
            told: dict[str, Any] = answer.json()
            return told
        return {"ready": False, "facts": {}, "uptime_s": 0, "reasons": ["does not answer"]}

    def stages(self, kind: str) -> dict[str, Stage]:
        """Return how long the stages of a process took in its present life.

        Raises:
            httpx.TransportError: If it does not answer.
        """
        return read_stages(self._client.get(f"{self._address(kind)}/metrics").text)

    def is_ready(self) -> bool:
        """Whether all four say that they can work."""
        return all(self.detail(kind)["ready"] for kind in KINDS)

    def until(self, holds: Callable[[], object], what: str, *, seconds: float = READY_S) -> None:
        """Wait for something in other processes.

        Raises:
            DrillError: If it does not come to pass in time, with the end of the log.
        """
        end_ns = self._clock.monotonic_ns() + int(seconds * 1e9)
        while not holds():
            if self._supervisor is not None and self._supervisor.poll() is not None:
                raise DrillError(f"{what}: the supervisor ended: {self.tail()}")
            if self._clock.monotonic_ns() > end_ns:
                raise DrillError(f"{what}: waited {seconds:.0f} s: {self.tail()}")
            sleep(LOOK_S)

    def _address(self, kind: str) -> str:
        return f"http://127.0.0.1:{self.health_ports[kind]}"


def _end(child: subprocess.Popen[str]) -> None:
    """End a child, by force if it does not by word."""
    if child.poll() is None:
        child.terminate()
        with suppress(subprocess.TimeoutExpired):
            child.wait(timeout=STOP_S)
    if child.poll() is None:
        child.kill()
        child.wait()
    if child.stdout is not None:
        child.stdout.close()


def _tail(log: Path) -> str:
    lines = log.read_text(encoding="utf-8").splitlines()[-_ERROR_LINES:]
    return f"{log}: " + " | ".join(lines)
