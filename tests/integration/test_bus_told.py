"""What the ends of a stream are told: a new life, silence, a loss, nonsense."""

from __future__ import annotations

import asyncio

import zmq

from support.bus_ends import (
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
from tradecore.wire import Envelope, Kind, decode, encode, pack, unpack, values


def test_a_new_life_of_the_publisher_is_told(tmp_path):
    """A higher epoch starts again at one, and the reader says `restarted`, once."""

    async def scenario(context, folder):
        source = publisher(context, folder)
        heard = Heard()
        reader = subscriber(context, folder, heard)
        say(source, 1, 2)
        await until(lambda: len(heard.bodies()) == 2)
        source.close()
        source = publisher(context, folder, epoch=2)
        say(source, 10, 11)
        await until(lambda: len(heard.bodies()) == 4)
        assert numbers(heard.bodies()) == [1, 2, 10, 11]
        assert heard.words().count("restarted") == 1
        assert reader.positions() == {"t": (2, 2)}
        reader.close()
        source.close()

    run(scenario, tmp_path)


def test_silence_is_stale_then_dead_then_up_again(tmp_path):
    """A publisher that says nothing is told of, and so is its return."""

    async def scenario(context, folder):
        limits = BusLimits(heartbeat_ns=10_000_000, stale_ns=40_000_000, dead_ns=80_000_000)
        source = publisher(context, folder, limits=limits)
        heard = Heard()
        reader = subscriber(context, folder, heard, limits=limits)
        await until(lambda: heard.words() == ["up"])
        source.close()
        await until(lambda: heard.words() == ["up", "stale", "dead"])
        source = publisher(context, folder, limits=limits)
        await until(lambda: heard.words()[-1] == "up")
        reader.close()
        source.close()

    run(scenario, tmp_path)


def test_what_is_not_kept_any_more_is_told_as_lost(tmp_path):
    """A gap beyond the history, with no state to replace it, is said; what follows is heard."""

    async def scenario(context, folder):
        source = publisher(context, folder, limits=BusLimits(history_max=10))
        say(source, *range(1, 101))
        source.flush()
        heard = Heard()
        reader = subscriber(context, folder, heard)
        await until(lambda: "lost" in heard.words())
        say(source, 101)
        await until(lambda: numbers(heard.bodies()) == [101])
        reader.close()
        source.close()

    run(scenario, tmp_path)


def test_a_message_of_another_schema_is_told_and_not_read(tmp_path):
    """The wrong version stands in a status, and nothing is applied."""

    async def scenario(context, folder):
        (folder / "bus").mkdir(mode=0o700)
        socket, door = context.socket(zmq.PUB), context.socket(zmq.ROUTER)
        socket.bind(address(folder))
        door.bind(address(folder) + ".replay")
        heard = Heard()
        reader = subscriber(context, folder, heard)
        while not heard.statuses:
            socket.send(b"t\0\x09rest")
            await asyncio.sleep(0.005)
        assert heard.statuses[0].word == "malformed"
        assert "schema version 1" in heard.statuses[0].text
        assert "version=9" in heard.statuses[0].text
        assert not heard.batches
        reader.close()
        socket.close(0)
        door.close(0)

    run(scenario, tmp_path)


def test_a_question_that_cannot_be_read_is_refused_with_the_reason(tmp_path):
    """The publisher goes on; whoever asked is told what was wrong."""

    async def scenario(context, folder):
        source = publisher(context, folder)
        asker = context.socket(zmq.DEALER)
        asker.connect(source.replay_endpoint)
        stamp = Envelope(Kind.TRADE, 0, 0, 0, 0, 0, 0)
        for question in ([b""], [b"\x07"], [stamp.pack()], [b"a", b"b"]):
            asker.send_multipart(question)
        texts = []
        while len(texts) < 4:
            await asyncio.sleep(0.002)
            if asker.poll(0):
                _, envelope, bodies = unpack(asker.recv_multipart()[1])
                assert envelope.kind == Kind.REFUSAL
                texts.append(decode(Kind.REFUSAL, bodies[0]).text)
        assert "bytes=0" in texts[0]
        assert "version=7" in texts[1]
        assert "not a question: kind=33" in texts[2]
        assert "a question is one frame: frames=2" in texts[3]
        asker.close(0)
        source.close()

    run(scenario, tmp_path)


def test_an_answer_nobody_asked_for_is_told(tmp_path):
    """A door that sends nonsense changes nothing."""

    async def scenario(context, folder):
        (folder / "bus").mkdir(mode=0o700)
        socket, door = context.socket(zmq.PUB), context.socket(zmq.ROUTER)
        socket.bind(address(folder))
        door.bind(address(folder) + ".replay")
        heard = Heard()
        reader = subscriber(context, folder, heard)
        beat = encode(values.Heartbeat(topics=("t",), last_seqs=(3,)))[1]
        stamp = Envelope(Kind.HEARTBEAT, 1, 1, 0, 0, 0, 0)
        while not door.poll(0):
            socket.send(pack(b"~heartbeat\0", stamp, [beat]))
            await asyncio.sleep(0.005)
        who = door.recv_multipart()[0]
        for answer in ([b"replay"], [b"replay", b"x\0"], [b"else", pack(b"t\0", stamp, [])]):
            door.send_multipart([who, *answer])
        socket.send(pack(b"~heartbeat\0", stamp, [b"\xff"]))
        await until(lambda: reader.malformed >= 4)
        assert not heard.batches
        assert not reader.is_whole
        reader.close()
        socket.close(0)
        door.close(0)

    run(scenario, tmp_path)
