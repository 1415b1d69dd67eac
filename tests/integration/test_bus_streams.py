"""A stream over real sockets: everything once, in order, whatever is dropped on the way."""

from __future__ import annotations

import asyncio

import zmq

from support.bus_ends import (
    CLOCK,
    Heard,
    address,
    numbers,
    publisher,
    run,
    say,
    subscriber,
    until,
)
from tradecore.transport.bus import BusLimits
from tradecore.wire import Kind, values


def test_a_late_joiner_hears_everything_from_the_start(tmp_path):
    """What was published before somebody came is replayed, and what follows comes after it."""

    async def scenario(context, folder):
        source = publisher(context, folder)
        say(source, *range(1, 501))
        source.flush()
        heard = Heard()
        reader = subscriber(context, folder, heard)
        await until(lambda: len(heard.bodies()) == 500)
        say(source, 501, 502)
        await until(lambda: len(heard.bodies()) == 502)
        assert numbers(heard.bodies()) == list(range(1, 503))
        assert reader.is_whole
        reader.close()
        source.close()

    run(scenario, tmp_path)


class SlowReader(Heard):
    """Needs two fifths of the wait for an answer for whatever it is handed; so says its clock."""

    def __init__(self, wait_ns):
        super().__init__()
        self.wait_ns, self.at_ns = wait_ns, 1
        self.batches = self

    def append(self, batch):
        """Take a batch; time passes."""
        self.at_ns += self.wait_ns * 2 // 5
        self.taken = [*getattr(self, "taken", []), *batch.bodies]

    def now_ns(self):
        """Return the time."""
        return CLOCK.now_ns()

    def monotonic_ns(self):
        """Return the time that passes with what was read."""
        return self.at_ns


def test_a_long_answer_is_not_asked_for_again_while_it_comes(tmp_path):
    """A reader far behind takes longer than the wait for an answer: asking on would drown it."""

    async def scenario(context, folder):
        source = publisher(context, folder)
        say(source, *range(1, 20_001))
        source.flush()
        limits = BusLimits(heartbeat_ns=1, drain_max=5, dead_ns=1 << 60, stale_ns=1 << 60)
        slow = SlowReader(limits.ask_again_ns)
        reader = subscriber(context, folder, slow, limits=limits, clock=slow)
        await until(lambda: reader.positions().get("t", (0, 0))[1] == 20_000)
        assert numbers(slow.taken) == list(range(1, 20_001))
        assert slow.at_ns > 5 * limits.ask_again_ns
        # One for what the first sign of life follows, one for that itself.
        assert source.answers == 2
        reader.close()
        source.close()

    run(scenario, tmp_path)


def test_what_a_full_queue_dropped_is_asked_for(tmp_path):
    """A reader that stood still while its queue overflowed mends the gap; order is kept."""

    async def scenario(context, folder):
        limits = BusLimits(high_water=10)
        source = publisher(context, folder, limits=limits)
        heard = Heard()
        reader = subscriber(context, folder, heard, limits=limits)
        await until(lambda: "up" in heard.words())
        for number in range(1, 3_001):
            say(source, number)
            source.flush()
        await until(lambda: len(heard.bodies()) == 3_000)
        assert numbers(heard.bodies()) == list(range(1, 3_001))
        assert reader.gaps > 0
        reader.close()
        source.close()

    run(scenario, tmp_path)


def test_a_backlog_is_read_in_turns_however_much_a_frame_holds(tmp_path):
    """Between them the rest of the process lives: `drain_max` is of messages, not of frames."""

    async def scenario(context, folder):
        limits = BusLimits(drain_max=100)
        source = publisher(context, folder)
        heard = Heard()
        reader = subscriber(context, folder, heard, limits=limits)
        await until(lambda: "up" in heard.words())
        say(source, 1)
        source.flush()
        await until(heard.bodies)
        for first in range(2, 5_002, 50):
            say(source, *range(first, first + 50))
            source.flush()
        await until(lambda: len(heard.bodies()) == 5_001)
        assert numbers(heard.bodies()) == list(range(1, 5_002))
        assert reader.gaps == 0
        assert max(len(batch.bodies) for batch in heard.batches) < 150
        reader.close()
        source.close()

    run(scenario, tmp_path)


def test_a_slow_reader_holds_nobody_up(tmp_path):
    """One that never reads costs the others nothing, and the publisher never waits."""

    async def scenario(context, folder):
        limits = BusLimits(high_water=10)
        source = publisher(context, folder, limits=limits)
        stuck = context.socket(zmq.SUB)
        stuck.set(zmq.RCVHWM, 1)
        stuck.subscribe(b"")
        stuck.connect(address(folder))
        heard = Heard()
        reader = subscriber(context, folder, heard)
        await until(lambda: "up" in heard.words())
        say(source, *range(1, 1_001))
        await until(lambda: len(heard.bodies()) == 1_000)
        assert numbers(heard.bodies()) == list(range(1, 1_001))
        stuck.close(0)
        reader.close()
        source.close()

    run(scenario, tmp_path)


def test_a_reader_that_was_killed_goes_on_where_it_was(tmp_path):
    """Twenty thousand messages, ten readers killed in between, small queues: all once, in order."""

    async def scenario(context, folder):
        limits = BusLimits(high_water=100)
        source = publisher(context, folder, limits=limits)
        heard, positions = Heard(), {}
        for life in range(10):
            reader = subscriber(context, folder, heard, limits=limits, positions=positions)
            for start in range(0, 2_000, 50):
                say(source, *range(life * 2_000 + start, life * 2_000 + start + 50))
                source.flush()
                await asyncio.sleep(0)
            positions = reader.positions()
            reader.close()
        reader = subscriber(context, folder, heard, limits=limits, positions=positions)
        await until(lambda: len(heard.bodies()) >= 20_000)
        assert numbers(heard.bodies()) == list(range(20_000))
        reader.close()
        source.close()

    run(scenario, tmp_path)


def test_market_data_is_mended_by_its_state(tmp_path):
    """A reader of books begins with the state, then follows; a gap brings the state again."""

    async def scenario(context, folder):
        last = [0]
        limits = BusLimits(high_water=10)
        source = publisher(
            context,
            folder,
            limits=limits,
            keeps_history=False,
            snapshot=lambda _: [(Kind.BOOK_UPDATE, last[0].to_bytes(8, "big"))],
        )
        for number in range(1, 1_001):
            last[0] = number
            say(source, number)
        source.flush()
        heard = Heard()
        reader = subscriber(context, folder, heard, limits=limits, repair="snapshot")
        await until(lambda: len(heard.batches) == 1)
        assert heard.batches[0].is_snapshot
        assert numbers(heard.bodies()) == [1_000]
        for number in range(1_001, 3_001):
            last[0] = number
            say(source, number)
            source.flush()
        await until(lambda: numbers(heard.bodies())[-1] == 3_000)
        states = [batch for batch in heard.batches if batch.is_snapshot]
        assert len(states) > 1
        assert numbers(heard.bodies()) == sorted(numbers(heard.bodies()))
        reader.close()
        source.close()

    run(scenario, tmp_path)


def test_a_longer_name_is_another_topic(tmp_path):
    """A topic that only begins like ours is not heard; one asked for by its beginning is."""

    async def scenario(context, folder):
        source = publisher(context, folder)
        one, many = Heard(), Heard()
        readers = [
            subscriber(context, folder, one),
            subscriber(context, folder, many, topics=["t*"]),
        ]
        say(source, 1)
        say(source, 2, topic="tt")
        await until(lambda: one.bodies() and len(many.bodies()) == 2)
        assert numbers(one.bodies()) == [1]
        assert numbers(many.bodies("tt")) == [2]
        for reader in readers:
            reader.close()
        source.close()

    run(scenario, tmp_path)


def test_messages_of_one_turn_arrive_as_one_batch(tmp_path):
    """What is published in one turn is handed on at once, with the last one's number."""

    async def scenario(context, folder):
        source = publisher(context, folder)
        heard = Heard()
        reader = subscriber(context, folder, heard)
        say(source, 0)
        await until(lambda: len(heard.batches) == 1)
        say(source, *range(1, 101))
        await until(lambda: len(heard.batches) == 2)
        assert len(heard.batches[1].bodies) == 100
        assert heard.batches[1].envelope.seq == 101
        assert heard.batches[1].envelope.ts_send_ns <= CLOCK.now_ns()
        reader.close()
        source.close()

    run(scenario, tmp_path)


def test_kinds_keep_their_order_within_a_topic(tmp_path):
    """A change of kind in one turn splits the batch, on the stream and in a replay."""

    async def scenario(context, folder):
        source = publisher(context, folder)
        live = Heard()
        readers = [subscriber(context, folder, live)]
        await until(lambda: "up" in live.words())
        for kind in (Kind.ORDER_UPDATE, Kind.VENUE_FILL, Kind.VENUE_FILL, Kind.ORDER_UPDATE):
            source.publish("t", kind, b"x")
        source.publish_now("t", values.Hello(process="engine"))
        late = Heard()
        readers.append(subscriber(context, folder, late))
        await until(lambda: len(live.bodies()) == len(late.bodies()) == 5)
        for heard in (live, late):
            kinds = [batch.kind for batch in heard.batches for _ in batch.bodies]
            assert kinds == [
                Kind.ORDER_UPDATE,
                Kind.VENUE_FILL,
                Kind.VENUE_FILL,
                Kind.ORDER_UPDATE,
                Kind.HELLO,
            ]
        for reader in readers:
            reader.close()
        source.close()

    run(scenario, tmp_path)


def test_large_bodies_are_split_into_several_frames(tmp_path):
    """Much in one turn stays below the limit of a frame, live and in a replay."""

    async def scenario(context, folder):
        source = publisher(context, folder)
        live, late = Heard(), Heard()
        readers = [subscriber(context, folder, live)]
        await until(lambda: "up" in live.words())
        for _ in range(40):
            source.publish("t", Kind.ORDER_UPDATE, bytes(100_000))
        readers.append(subscriber(context, folder, late))
        await until(lambda: len(live.bodies()) == len(late.bodies()) == 40)
        for reader in readers:
            reader.close()
        source.close()

    run(scenario, tmp_path)
