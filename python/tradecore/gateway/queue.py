"""Commands to the venue: bounded, in batches, and answered only when what they did is kept."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable  # noqa: TC003 - dataclass fields
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, TypeAlias, TypeVar

from tradecore.core import BusyError, InputError, JournalError, TradecoreError
from tradecore.gateway.problems import ProblemError
from tradecore.telemetry import get_logger

if TYPE_CHECKING:
    from concurrent.futures import Executor

__all__ = ["CommandQueue", "EngineBreaker", "QueueStatus"]

BATCH_MAX: Final = 256
#: When a client that found the queue full may try again, in milliseconds.
RETRY_MS: Final = 1_000
T = TypeVar("T")


@dataclass(slots=True)
class EngineBreaker:
    """Opens after so many internal errors in a row; a person closes it again.

    Args:
        threshold: How many.
    """

    threshold: int
    failures: int = 0
    is_open: bool = False

    def failed(self) -> bool:
        """Count an error; return whether the breaker opened by it."""
        self.failures += 1
        opens = not self.is_open and self.failures >= self.threshold
        self.is_open = self.is_open or opens
        return opens

    def worked(self) -> None:
        """Count a command that ended as it should."""
        self.failures = 0

    def reset(self) -> bool:
        """Close it; return whether it was open."""
        was_open, self.is_open, self.failures = self.is_open, False, 0
        return was_open


@dataclass(frozen=True, slots=True)
class QueueStatus:
    """How the queue stands.

    Args:
        depth: Commands that wait.
        size_max: How many may.
        executed: Commands done since the start.
        batches: In how many batches.
        refused: Commands that found it full.
    """

    depth: int
    size_max: int
    executed: int
    batches: int
    refused: int


@dataclass(slots=True)
class _Command:
    work: Callable[[], Any]
    answer: asyncio.Future[Any]
    is_own: bool


#: Who waits, and what came of his command: a result or a fault.
_Done: TypeAlias = tuple[asyncio.Future[Any], Any, BaseException | None]


@dataclass(slots=True, eq=False)
class CommandQueue:
    """Runs commands on the loop's thread, a batch at a time, one wait for the disk a batch.

    Args:
        settle: Returns when all that was done so far is on the medium; it blocks.
        publish: Called after each batch that is kept: events may go out now.
        disk: Where `settle` waits.
        breaker: Counts errors that are nobody's order's fault.
        size_max: Most commands that may wait.
        interval_ms: How long a batch gathers.
        follow: Takes note of a part of what others did, told whether commands wait; says if there
            is more. They wait for it, each part is kept and published, and the loop has its turn
            in between.
        is_kept: Says if all of a part is on the medium already: then nobody waits for that.
        is_behind: Says if others did more meanwhile than the next command should wait for.
        served: Called when commands had their turn.
    """

    settle: Callable[[], None]
    publish: Callable[[], None]
    disk: Executor
    breaker: EngineBreaker
    size_max: int
    interval_ms: int = 0
    follow: Callable[[bool], bool] = lambda _: False
    is_kept: Callable[[], bool] = lambda: False
    is_behind: Callable[[], bool] = lambda: False
    served: Callable[[], None] = lambda: None
    _waiting: deque[_Command] = field(default_factory=deque)
    _own: int = 0
    _is_called: bool = False
    _arrived: asyncio.Event = field(default_factory=asyncio.Event)
    _is_settled: asyncio.Event = field(default_factory=asyncio.Event)
    _worker: asyncio.Task[None] | None = None
    _executed: int = 0
    _batches: int = 0
    _refused: int = 0
    _failure: str | None = None

    def start(self) -> None:
        """Begin to work."""
        self._is_settled.set()
        self._worker = asyncio.get_running_loop().create_task(self._work())

    async def stop(self, *, patience_s: float = 10.0) -> None:
        """Do what waits, then no more; what waits for longer than `patience_s` is not done.

        That is what came behind more than the books could take in that time.
        """
        with suppress(TimeoutError):
            async with asyncio.timeout(patience_s):
                while self._waiting and self._worker is not None and not self._worker.done():  # noqa: ASYNC110 - a count, not an event
                    await asyncio.sleep(0.001)
        ends = ProblemError(503, "DRAINING", "the venue ends", retry_after_ms=RETRY_MS)
        self._failure = self._failure or ends.detail
        self._refuse_waiting(ends)
        await self.settled()
        if self._worker is not None:
            self._worker.cancel()
            await asyncio.gather(self._worker, return_exceptions=True)

    @property
    def failure(self) -> str | None:
        """Return why nothing more is kept; `None` while all is well."""
        return self._failure

    @property
    def depth(self) -> int:
        """Return how many commands of clients wait."""
        return len(self._waiting) - self._own

    def status(self) -> QueueStatus:
        """Return how it stands."""
        return QueueStatus(
            depth=self.depth,
            size_max=self.size_max,
            executed=self._executed,
            batches=self._batches,
            refused=self._refused,
        )

    async def settled(self) -> None:
        """Return when nothing that was executed waits for the disk.

        What is read afterwards, without another wait in between, is on the medium.
        """
        await self._is_settled.wait()

    async def run(self, work: Callable[[], T], *, reduces: bool = False, is_own: bool = False) -> T:
        """Execute a command in its turn, and return its result once it is kept.

        Args:
            work: Does it, at once; called on this thread.
            reduces: Whether it only takes orders out: the breaker lets it pass.
            is_own: Whether it is the venue's: it takes nobody's place, and always has one.

        Raises:
            ProblemError: 503, if the queue is full, the breaker is open or nothing can be kept.
        """
        if self._failure is not None:
            raise ProblemError(503, "JOURNAL_STOPPED", self._failure, retry_after_ms=30_000)
        if self.breaker.is_open and not reduces:
            raise ProblemError(
                503,
                "ENGINE_BREAKER_OPEN",
                f"new orders wait until an administrator resets the breaker: "
                f"errors={self.breaker.failures}",
                retry_after_ms=30_000,
            )
        if self.depth >= self.size_max and not is_own:
            self._refused += 1
            raise ProblemError(
                503,
                "QUEUE_FULL",
                f"at most {self.size_max} commands wait",
                retry_after_ms=RETRY_MS,
            )
        answer: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Command(work, answer, is_own))
        self._own += is_own
        self._arrived.set()
        # A client that goes away does not take its command with it: the answer is kept.
        return await asyncio.shield(answer)

    def call(self) -> None:
        """Have it look at what others did."""
        self._is_called = True
        self._arrived.set()

    async def _work(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await self._arrived.wait()
            if self.interval_ms:
                await asyncio.sleep(self.interval_ms / 1_000)
            self._arrived.clear()
            while self._waiting or self._is_called:
                self._is_settled.clear()
                self._is_called = self._is_called and self._follow()
                done = [] if self._is_called else self._serve()
                try:
                    if done or not self.is_kept():
                        await loop.run_in_executor(self.disk, self.settle)
                except TradecoreError as error:
                    self._stop_keeping(error, done)
                    return
                self._is_settled.set()
                self._batches += bool(done)
                self._executed += len(done)
                self.publish()
                for answer, result, fault in done:
                    _tell(answer, result, fault)
                # A turn of the loop between batches, or its requests would starve.
                await asyncio.sleep(0)

    def _follow(self) -> bool:
        """Take note of what others did; a mistake in that is one of the engine's."""
        try:
            return self.follow(bool(self._waiting))
        except Exception as error:  # noqa: BLE001 - the host's loop: commands go on
            if self.breaker.failed():
                get_logger("tradecore.gateway").error(
                    "engine breaker opened", failures=self.breaker.failures
                )
            get_logger("tradecore.gateway").error("books do not follow", exc_info=error)
            return False

    def _serve(self) -> list[_Done]:
        """Execute a batch of what waits, as far as the books stay with it."""
        done: list[_Done] = []
        while self._waiting and len(done) < BATCH_MAX:
            if done and self.is_behind():
                self._is_called = True
                break
            command = self._waiting.popleft()
            self._own -= command.is_own
            done.append((command.answer, *self._execute(command)))
        if done:
            self.served()
        return done

    def _execute(self, command: _Command) -> tuple[Any, BaseException | None]:
        try:
            result = command.work()
        except ProblemError as problem:
            self.breaker.worked()
            return None, problem
        except BusyError as error:
            return None, ProblemError(503, "BUSY", str(error), retry_after_ms=RETRY_MS)
        except InputError as error:
            # What the engine cannot count, such as a number beyond its range.
            self.breaker.worked()
            return None, ProblemError(422, "REFUSED", str(error))
        except JournalError as error:
            return None, ProblemError(503, "JOURNAL_STOPPED", str(error), retry_after_ms=30_000)
        except Exception as error:  # noqa: BLE001 - the host's loop: one command ends no other
            if self.breaker.failed():
                get_logger("tradecore.gateway").error(
                    "engine breaker opened", failures=self.breaker.failures
                )
            return None, error
        self.breaker.worked()
        return result, None

    def _stop_keeping(self, error: BaseException, done: list[_Done]) -> None:
        """Answer nobody with what may be lost, and take no more commands."""
        self._failure = f"the journal no longer takes commands: {error}"
        get_logger("tradecore.gateway").error("journal stopped", reason=str(error))
        problem = ProblemError(503, "JOURNAL_STOPPED", self._failure)
        for answer, *_ in done:
            _tell(answer, None, problem)
        self._refuse_waiting(problem)
        self._is_settled.set()

    def _refuse_waiting(self, problem: ProblemError) -> None:
        """Do none of what waits."""
        for command in self._waiting:
            _tell(command.answer, None, problem)
        self._waiting.clear()
        self._own = 0


def _tell(answer: asyncio.Future[Any], result: object, error: BaseException | None) -> None:
    if answer.done():
        return
    if error is None:
        answer.set_result(result)
    else:
        answer.set_exception(error)
        # Whoever asked may be gone; then nobody looks at it, and that is well.
        answer.exception()
