"""Commands wait, run in batches, and are answered when what they did is kept."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from tradecore.core import BusyError, JournalError
from tradecore.gateway.problems import ProblemError
from tradecore.gateway.queue import CommandQueue, EngineBreaker


class Disk:
    """A medium that keeps what was done when it is let."""

    def __init__(self):
        self.may_go_on = threading.Event()
        self.may_go_on.set()
        self.done = []
        self.kept = []
        self.waits = 0
        self.fault = None

    def settle(self):
        """Wait, then keep what was done before."""
        self.waits += 1
        upto = [*self.done]
        assert self.may_go_on.wait(10)
        if self.fault is not None:
            raise self.fault
        self.kept = upto

    async def is_asked(self, times):
        """Return when somebody waits for the medium."""
        while self.waits < times:  # noqa: ASYNC110 - counted on another thread
            await asyncio.sleep(0)

    def work(self, name):
        """Do something."""
        self.done.append(name)
        return name


def running(test, **options):
    """Run a test beside a queue that works."""

    async def run():
        disk = Disk()
        published = []
        with ThreadPoolExecutor(1) as pool:
            queue = CommandQueue(
                settle=disk.settle,
                publish=lambda: published.append([*disk.kept]),
                disk=pool,
                breaker=EngineBreaker(options.pop("threshold", 3)),
                size_max=options.pop("size_max", 100),
                **options,
            )
            queue.start()
            try:
                return await test(queue, disk, published)
            finally:
                disk.may_go_on.set()
                await queue.stop()

    return asyncio.run(run())


def test_nobody_is_answered_before_the_disk_has_it():
    """A command is done at once; its answer, its events and reads wait for the medium."""

    async def test(queue, disk, published):
        disk.may_go_on.clear()
        asked = asyncio.create_task(queue.run(lambda: disk.work("one")))
        await disk.is_asked(1)
        reading = asyncio.create_task(queue.settled())
        await asyncio.sleep(0)
        before = (asked.done(), reading.done(), [*published], [*disk.done])
        disk.may_go_on.set()
        assert await asked == "one"
        await reading
        return before, published

    before, published = running(test)

    assert before == (False, False, [], ["one"])
    assert published == [["one"]]


def test_what_comes_while_the_disk_works_shares_the_next_wait():
    """A hundred commands are two waits."""

    async def test(queue, disk, _published):
        disk.may_go_on.clear()
        first = asyncio.create_task(queue.run(lambda: disk.work(0)))
        await disk.is_asked(1)
        rest = [
            asyncio.create_task(queue.run(lambda number=number: disk.work(number)))
            for number in range(1, 100)
        ]
        await asyncio.sleep(0)
        disk.may_go_on.set()
        return await asyncio.gather(first, *rest), disk.waits, queue.status()

    answers, waits, status = running(test)

    assert answers == [*range(100)]
    assert (waits, status.executed, status.batches) == (2, 100, 2)


def test_a_batch_gathers_for_its_interval():
    """With an interval, what comes within it is one batch."""

    async def test(queue, disk, _published):
        return await asyncio.gather(
            *(queue.run(lambda: disk.work(0)) for _ in range(5))
        ), disk.waits

    _, waits = running(test, interval_ms=20)

    assert waits == 1


def test_a_full_queue_says_so():
    """One more than may wait is refused, and nothing is dropped."""

    async def test(queue, disk, _published):
        disk.may_go_on.clear()
        first = asyncio.create_task(queue.run(lambda: disk.work(0)))
        await disk.is_asked(1)
        waiting = [asyncio.create_task(queue.run(lambda: disk.work(1))) for _ in range(2)]
        await asyncio.sleep(0)
        with pytest.raises(ProblemError, match="at most 2 commands wait") as caught:
            await queue.run(lambda: disk.work(2))
        disk.may_go_on.set()
        return caught.value, await asyncio.gather(first, *waiting), queue.status().refused

    problem, answers, refused = running(test, size_max=2)

    assert (problem.status_code, problem.code) == (503, "QUEUE_FULL")
    assert problem.headers["Retry-After"] == "1"
    assert (answers, refused) == ([0, 1, 1], 1)


def fail(error):
    """Return a command that fails."""

    def work():
        raise error

    return work


def test_the_breaker_opens_after_errors_in_a_row_and_lets_cancels_pass():
    """Refusals are no errors; a reset lets orders in again."""

    async def test(queue, disk, _published):
        told = []
        for error in (
            ZeroDivisionError("a fault"),
            ZeroDivisionError("a fault"),
            ProblemError(422, "NO", "a fault"),
        ):
            with pytest.raises((ZeroDivisionError, ProblemError), match="a fault"):
                await queue.run(fail(error))
        for _ in range(3):
            with pytest.raises(ZeroDivisionError, match="a fault"):
                await queue.run(fail(ZeroDivisionError("a fault")))
        with pytest.raises(ProblemError, match="administrator") as caught:
            await queue.run(lambda: disk.work("order"))
        told.append(caught.value.code)
        told.append(await queue.run(lambda: disk.work("cancel"), reduces=True))
        queue.breaker.failures = 3
        told.append(queue.breaker.reset())
        told.append(await queue.run(lambda: disk.work("order")))
        return told

    assert running(test) == ["ENGINE_BREAKER_OPEN", "cancel", True, "order"]


def test_a_busy_engine_is_no_error_of_the_venue():
    """The client may try again, and the breaker does not count it."""

    async def test(queue, _disk, _published):
        with pytest.raises(ProblemError, match="full") as caught:
            await queue.run(fail(BusyError("full")))
        return caught.value.code, queue.breaker.failures

    assert running(test) == ("BUSY", 0)


def test_when_the_disk_fails_nobody_is_told_that_it_is_done():
    """The command that may be lost, what waits and what comes later: all are refused."""

    async def test(queue, disk, _published):
        disk.fault = JournalError("no space")
        codes = []
        for name in ("lost", "later"):
            with pytest.raises(ProblemError, match="no longer takes") as caught:
                await queue.run(lambda name=name: disk.work(name))
            codes.append((caught.value.status_code, caught.value.code))
        return codes, _published, disk.done

    codes, published, done = running(test)

    assert codes == [(503, "JOURNAL_STOPPED")] * 2
    assert (published, done) == ([], ["lost"])


def test_a_client_that_goes_away_does_not_take_its_command_with_it():
    """What was begun is done and published."""

    async def test(queue, disk, _published):
        asked = asyncio.create_task(queue.run(lambda: disk.work("one")))
        await asyncio.sleep(0)
        asked.cancel()
        await asyncio.gather(asked, return_exceptions=True)
        await queue.run(lambda: disk.work("two"))
        return disk.kept

    assert running(test) == ["one", "two"]


def test_an_end_does_not_wait_for_books_that_never_come_along():
    """Who waits behind what others did is told that the venue ends; the journal has the rest."""

    async def test(queue, disk, _):
        queue.call()
        waiting = asyncio.create_task(queue.run(lambda: disk.work("late")))
        while queue.depth == 0:  # noqa: ASYNC110 - the task says nothing of its turn
            await asyncio.sleep(0)
        await queue.stop(patience_s=0.02)
        with pytest.raises(ProblemError, match="the venue ends") as told:
            await waiting
        return told.value, disk.done, queue.failure

    problem, done, failure = running(test, follow=lambda _: True)
    assert (problem.status_code, problem.code, done) == (503, "DRAINING", [])
    assert failure is not None


def test_what_is_on_the_medium_already_waits_for_nobody():
    """A part of what others did that the journal has needs no look at the disk."""
    parts = [True, True, False]

    async def test(queue, disk, published):
        queue.call()
        while parts:  # noqa: ASYNC110 - counted by the queue
            await asyncio.sleep(0)
        before = disk.waits
        await queue.run(lambda: disk.work("own"))
        return before, disk.waits, len(published)

    found = running(test, follow=lambda _: parts.pop(0), is_kept=lambda: True)
    assert found == (0, 1, 4)


def test_a_batch_ends_where_others_did_too_much():
    """The rest has its turn behind that: each command books at once what came before it."""
    behind, followed = [], []

    def follow(is_awaited):
        followed.append(is_awaited)
        behind.clear()
        return False

    async def test(queue, disk, _):
        def work(name):
            behind.append(name)
            return disk.work(name)

        names = "abc"
        await asyncio.gather(*(queue.run(lambda name=name: work(name)) for name in names))
        return disk.done, queue.status().batches

    served = []
    done, batches = running(
        test, follow=follow, is_behind=lambda: bool(behind), served=lambda: served.append(None)
    )
    assert (done, batches, len(served)) == (["a", "b", "c"], 3, 3)
    assert followed == [True, True]


def test_books_are_told_whether_somebody_waits_for_them():
    """While there is more of others nobody's command runs, and the books know who waits."""
    told = []

    def follow(is_awaited):
        told.append(is_awaited)
        return len(told) < 4

    async def test(queue, disk, _):
        queue.call()
        while not told:  # noqa: ASYNC110 - counted by the queue
            await asyncio.sleep(0)
        await queue.run(lambda: disk.work("own"))
        return len(told), disk.done

    assert running(test, follow=follow) == (4, ["own"])
    assert told[0] is False
    assert told[-1] is True
