"""What every process shares: signals, health, metrics, limits of the machine, alerts, the end.

A process ends well by SIGTERM and is as safe when it is killed: the service it runs writes down
what must survive before it acts, so nothing here has to succeed for the state to be right.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

from prometheus_client import CollectorRegistry

from tradecore.core import TradecoreError
from tradecore.processes.alerts import Alert, AlertQueue
from tradecore.processes.resources import ResourceWatch, Verdict, usage_now
from tradecore.telemetry import get_logger, scrub
from tradecore.telemetry.health import Health
from tradecore.telemetry.metrics import ProcessMetrics

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tradecore.processes.settings.monitoring import Monitoring
    from tradecore.processes.settings.performance import Performance
    from tradecore.telemetry import Clock

__all__ = ["Host", "HostOptions", "Service"]

TICK_NS: Final = 200_000_000
#: What a shell calls a process that a second SIGTERM ended.
KILLED: Final = 128 + signal.SIGTERM
ERROR: Final = 1


class Service(Protocol):
    """The work of one kind of process."""

    async def start(self, host: Host) -> None:
        """Bind and connect; what fails here ends the process with a message."""

    async def run(self) -> None:
        """Work until canceled; returning ends the process well."""

    async def stop(self) -> None:
        """Take no more work, put out what is under way, write down what is left."""

    def sample(self) -> None:
        """Note states in the host's metrics and health; called each interval."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HostOptions:
    """What a host is made of.

    Args:
        name: The process's name.
        kind: What it is: `trading_engine` and so on.
        performance: Limits of the machine.
        monitoring: What it tells of itself.
        stop_budget_ms: How long a stop may take.
        needs: Conditions of readiness.
        workers: Threads for what blocks.
        serve_health: Starts the health endpoint for a host, and returns what ends it.
        deliver: Delivers an alert beyond this machine; raises `OSError` if it cannot.
        notify: Tells the supervisor of the machine a word of its protocol, such as `READY=1`.
        credentials: Reads the key again, and how often, in milliseconds.
    """

    name: str
    kind: str
    performance: Performance
    monitoring: Monitoring
    stop_budget_ms: int
    needs: tuple[str, ...] = ()
    workers: int = 4
    serve_health: Callable[[Host], Awaitable[Callable[[], Awaitable[None]]]] | None = None
    deliver: Callable[[Alert], Awaitable[None]] | None = None
    notify: Callable[[str], object] | None = None
    credentials: tuple[Callable[[], object], int] | None = None


class Host:
    """Runs a service in a process of its own, from the first signal handler to the exit code."""

    def __init__(self, options: HostOptions, clock: Clock) -> None:
        """Stand ready; nothing runs yet."""
        self.options = options
        self.clock = clock
        self.metrics = ProcessMetrics(CollectorRegistry(), process=options.name)
        self.health = Health(options.name, clock.monotonic_ns(), options.needs)
        self.alerts = AlertQueue()
        self.log = get_logger("tradecore.host", process=options.name, kind=options.kind)
        self._stop = asyncio.Event()
        self._code = 0
        self._reason = ""
        self._is_started = False
        self._is_ready = False

    # What a service may say

    def request_stop(self, reason: str, *, code: int = 0) -> None:
        """End the process well, with this exit code unless a worse one was asked for."""
        self._code = max(self._code, code)
        if not self._stop.is_set():
            self._reason = reason
            self._stop.set()

    def alert(self, code: str, text: str) -> None:
        """Call somebody, if alerts are wanted."""
        self.metrics.error(code.lower())
        if not self.options.monitoring.alert_on_errors:
            return
        made = self.alerts.add(self.options.name, code, scrub(text), ts_ns=self.clock.now_ns())
        if made is not None:
            self.log.error("ALERT", code=code, text=made.text, repeats=made.repeats)

    def note(self, condition: str, *, is_met: bool, detail: str) -> None:
        """Note a condition of readiness; a change is logged."""
        now_ns = self.clock.monotonic_ns()
        if self.health.note(condition, is_met=is_met, detail=detail, now_ns=now_ns):
            self.log.info("condition", condition=condition, met=is_met, detail=detail)

    # The life of the process

    async def run(self, service: Service) -> int:
        """Run a service to its end, and return the exit code of the process."""
        loop = asyncio.get_running_loop()
        workers = ThreadPoolExecutor(self.options.workers, "worker")
        loop.set_default_executor(workers)
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._signaled, number)
        close_health = None
        around: list[asyncio.Task[None]] = []
        try:
            if self.options.serve_health is not None:
                close_health = await self.options.serve_health(self)
            around = [
                loop.create_task(work)
                for work in (
                    self._tick(),
                    self._measure(service),
                    self._judge(),
                    self._deliver(),
                    self._watch_credentials(),
                )
            ]
            await self._work(service)
        finally:
            await self._end(service)
            for task in around:
                task.cancel()
            await asyncio.gather(*around, return_exceptions=True)
            if close_health is not None:
                await close_health()
            for number in (signal.SIGTERM, signal.SIGINT):
                loop.remove_signal_handler(number)
        self.log.info("stopped", reason=self._reason, exit_code=self._code)
        return self._code

    async def _live(self, service: Service) -> None:
        await service.start(self)
        self._is_started = True
        self.log.info("started", pid=os.getpid())
        await service.run()

    async def _work(self, service: Service) -> None:
        """Run the service until it ends, fails, or a stop is asked for."""
        loop = asyncio.get_running_loop()
        work = loop.create_task(self._live(service))
        stop = loop.create_task(self._stop.wait())
        try:
            await asyncio.wait({work, stop}, return_when=asyncio.FIRST_COMPLETED)
            if work.done():
                error = work.exception()
                if error is None:
                    self.request_stop("the work is done")
                elif not self._is_started:
                    raise error
                else:
                    self.log.error("failed", exc_info=error)
                    self.alert("PROCESS_FAILED", f"{type(error).__name__}: {error}")
                    self.request_stop("a failure", code=ERROR)
        finally:
            for task in (work, stop):
                task.cancel()
            await asyncio.gather(work, stop, return_exceptions=True)

    async def _end(self, service: Service) -> None:
        """Let the service stop, within its budget."""
        reason = self._reason or "a failure at the start"
        self.health.stop(reason)
        self._notify("STOPPING=1")
        self.log.info("stopping", reason=reason)
        try:
            async with asyncio.timeout(self.options.stop_budget_ms / 1e3):
                await service.stop()
        except TimeoutError:
            self._code = max(self._code, ERROR)
            self.log.error(  # noqa: TRY400 - where it was is no news
                "stop took too long", budget_ms=self.options.stop_budget_ms
            )
        await self._deliver_waiting()

    def _signaled(self, number: int) -> None:
        name = signal.Signals(number).name
        if self._stop.is_set():
            # Asked twice: what was to be saved is in the journal already.
            self.log.warning("killed", signal=name)
            os._exit(KILLED)
        self.request_stop(name)

    # What goes on around the service

    async def _tick(self) -> None:
        """Show that the loop turns, and how late it is."""
        while True:
            began_ns = self.clock.monotonic_ns()
            await asyncio.sleep(TICK_NS / 1e9)
            now_ns = self.clock.monotonic_ns()
            self.health.tick(now_ns)
            self.metrics.took("loop", max(now_ns - began_ns - TICK_NS, 0))
            self._notify("WATCHDOG=1")

    async def _measure(self, service: Service) -> None:
        """Hold the process against its limits, and log the line of metrics."""
        monitoring, limits = self.options.monitoring, self.options.performance
        watch = ResourceWatch(limits.memory_limit_mb, limits.cpu_limit_percent)
        last_ns = self.clock.monotonic_ns()
        while True:
            await asyncio.sleep(monitoring.metrics_interval_ms / 1e3)
            now_ns, usage = self.clock.monotonic_ns(), usage_now()
            for verdict in watch.see(usage, now_ns):
                self._over(verdict, usage.memory_bytes, watch.cpu_percent)
            self.metrics.resources(memory_bytes=usage.memory_bytes, cpu_percent=watch.cpu_percent)
            service.sample()
            if monitoring.enable_metrics and monitoring.log_performance_metrics:
                line = self.metrics.line(max(now_ns - last_ns, 1))
                self.log.info("METRICS", **line)
            last_ns = now_ns

    def _over(self, verdict: Verdict, memory_bytes: int, cpu_percent: float) -> None:
        limits = self.options.performance
        values = (
            f"memory_mb={memory_bytes / 2**20:.0f}, memory_limit_mb={limits.memory_limit_mb}, "
            f"cpu_percent={cpu_percent:.0f}, cpu_limit_percent={limits.cpu_limit_percent}"
        )
        self.alert(verdict.name, f"{verdict.value}: {values}")
        if verdict is Verdict.MEMORY_OVER:
            self.request_stop(verdict.value, code=ERROR)

    async def _judge(self) -> None:
        """Log changes of readiness, and tell the supervisor of the machine the first."""
        while True:
            ready = self.health.ready(self.clock.monotonic_ns())
            if ready.is_ok and not self._is_ready:
                self._notify("READY=1")
            if ready.is_ok is not self._is_ready:
                self.log.info("ready" if ready.is_ok else "not ready", reasons=list(ready.reasons))
            self._is_ready = ready.is_ok
            # The first answer is wanted soon, later ones in their interval.
            interval_ms = self.options.monitoring.health_check_interval_ms
            await asyncio.sleep(interval_ms / 1e3 if ready.is_ok else TICK_NS / 1e9)

    async def _watch_credentials(self) -> None:
        """End the process when its key was changed: it is started again with the new one."""
        if self.options.credentials is None:
            return
        read, interval_ms = self.options.credentials
        loop = asyncio.get_running_loop()
        first = await loop.run_in_executor(None, read)
        while True:
            await asyncio.sleep(interval_ms / 1e3)
            try:
                now = await loop.run_in_executor(None, read)
            except (TradecoreError, OSError) as error:
                self.alert("CREDENTIALS", f"the key cannot be read again: {error}")
                continue
            if now != first:
                self.alert("CREDENTIALS", "the key was changed: ending to be started with it")
                self.request_stop("another key", code=ERROR)
                return

    async def _deliver(self) -> None:
        while True:
            await self._deliver_waiting()
            await asyncio.sleep(TICK_NS / 1e9)

    async def _deliver_waiting(self) -> None:
        for alert in self.alerts.take():
            if self.options.deliver is None:
                continue
            try:
                await self.options.deliver(alert)
            except OSError as error:
                reason = type(error).__name__
                self.log.warning("alert not delivered", code=alert.code, reason=reason)

    def _notify(self, word: str) -> None:
        if self.options.notify is not None:
            with contextlib.suppress(OSError):
                self.options.notify(word)
