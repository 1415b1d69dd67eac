"""Commands over real sockets: each done once, each replied to, and never a silent drop."""

from __future__ import annotations

import asyncio

import pytest
import zmq

from support.bus_ends import CLOCK, Heard, address, run, say, until
from tradecore.model.errors import InputError
from tradecore.transport.bus import (
    BackPressureError,
    BusLimits,
    ClientKeys,
    CommandClient,
    CommandServer,
    Doorkeeper,
    Publisher,
    ServerKeys,
    Subscriber,
    replay_endpoint,
)
from tradecore.wire.values import CancelAll, CommandAck

QUICK = BusLimits(heartbeat_ns=10_000_000, ask_again_ns=30_000_000, dead_ns=100_000_000)


def client(context, folder, replies, **changes):
    """Make the trader `maker`."""
    named = {"sender": "maker", "epoch": 1, "clock": CLOCK, "limits": QUICK} | changes
    return CommandClient(
        context, address(folder), on_reply=lambda *reply: replies.append(reply), **named
    )


def server(context, folder, taken, **changes):
    """Make an engine that accepts everything."""

    def accept(sender, command, envelope):
        taken.append((sender, command.reason))
        return CommandAck(command=envelope.seq, is_accepted=True)

    named = {"on_command": accept, "clock": CLOCK, "limits": QUICK} | changes
    return CommandServer(context, address(folder), **named)


async def send(source, reason):
    """Send a command as soon as the engine takes it."""
    while True:
        try:
            return source.send(CancelAll(reason=reason))
        except BackPressureError:
            await asyncio.sleep(0.002)


def test_each_command_is_taken_once_and_acknowledged(tmp_path):
    """In order, with its number."""

    async def scenario(context, folder):
        taken, replies = [], []
        engine = server(context, folder, taken)
        trader = client(context, folder, replies)
        for number in range(100):
            await send(trader, str(number))
        await until(lambda: len(replies) == 100)
        assert [reason for _, reason in taken] == [str(n) for n in range(100)]
        assert [number for number, _ in replies] == list(range(1, 101))
        assert all(ack.is_accepted for _, ack in replies)
        assert trader.waiting == 0
        trader.close()
        engine.close()

    run(scenario, tmp_path)


def test_a_command_without_a_reply_is_sent_again_and_done_once(tmp_path):
    """The engine sees the repeats, and does nothing twice; a late reply ends them."""

    async def scenario(context, folder):
        taken, replies = [], []

        def later(*command):
            taken.append(command)

        engine = server(context, folder, taken, on_command=later)
        trader = client(context, folder, replies)
        await send(trader, "once")
        await until(lambda: engine.duplicates >= 2)
        assert len(taken) == 1
        engine.reply("maker", 1, CommandAck(command=1, is_accepted=True))
        await until(lambda: replies)
        assert trader.repeats >= 2
        trader.close()
        engine.close()

    run(scenario, tmp_path)


def test_an_engine_that_is_away_is_back_pressure(tmp_path):
    """Nobody listens: the command is refused at once, not kept for later."""

    async def scenario(context, folder):
        trader = client(context, folder, [])
        with pytest.raises(BackPressureError, match="does not take a command now: type=CancelAll"):
            trader.send(CancelAll())
        assert trader.waiting == 0
        trader.close()

    run(scenario, tmp_path)


def test_a_full_outbox_is_back_pressure(tmp_path):
    """An engine that acknowledges nothing stops the flow at the limit."""

    async def scenario(context, folder):
        engine = server(context, folder, [], on_command=lambda *_: None)
        trader = client(context, folder, [], limits=BusLimits(outbox_max=3))
        for number in range(3):
            await send(trader, str(number))
        with pytest.raises(BackPressureError, match="outbox_max=3"):
            trader.send(CancelAll())
        trader.close()
        engine.close()

    run(scenario, tmp_path)


def test_a_sender_that_falls_silent_is_told(tmp_path):
    """The engine hears that a trader came, and that it is gone."""

    async def scenario(context, folder):
        told = []
        engine = server(context, folder, [], on_peer=lambda *peer: told.append(peer))
        trader = client(context, folder, [])
        await until(lambda: told == [("maker", "up")])
        trader.close()
        await until(lambda: told == [("maker", "up"), ("maker", "silent")])
        engine.close()

    run(scenario, tmp_path)


def test_a_new_life_of_a_sender_counts_from_one(tmp_path):
    """A higher epoch is not taken for repeats."""

    async def scenario(context, folder):
        taken, replies = [], []
        engine = server(context, folder, taken)
        for epoch in (1, 2):
            trader = client(context, folder, replies, epoch=epoch)
            await send(trader, f"life {epoch}")
            await until(lambda epoch=epoch: len(replies) == epoch)
            trader.close()
        assert [reason for _, reason in taken] == ["life 1", "life 2"]
        engine.close()

    run(scenario, tmp_path)


def test_garbage_is_counted_and_refused_with_a_reason(tmp_path):
    """What has a number gets a refusal; what has none is dropped; the next command works."""

    async def scenario(context, folder):
        taken = []
        engine = server(context, folder, taken)
        raw = context.socket(zmq.DEALER)
        raw.connect(address(folder))
        for frame in (b"", b"\x07", b"\x01" + bytes(60), b"\x01\x40" + b"\x01" * 60):
            raw.send(frame)
        await until(lambda: engine.malformed >= 3)
        assert not taken
        raw.close(0)
        engine.close()

    run(scenario, tmp_path)


@pytest.mark.parametrize(
    ("is_known", "has_right_server"),
    [
        pytest.param(True, True, id="known"),
        pytest.param(False, True, id="unknown-key"),
        pytest.param(True, False, id="wrong-server-key"),
    ],
)
def test_only_known_keys_are_let_in(tmp_path, is_known, has_right_server):
    """A key that is not on the list, or talks to another server, hears nothing."""

    async def scenario(context, folder):
        guard = ServerKeys.generate()
        expected = guard.public if has_right_server else ServerKeys.generate().public
        keys = ClientKeys.generate(expected)
        friend = ClientKeys.generate(guard.public)
        allowed = {friend.public: "trader"} | ({keys.public: "ops"} if is_known else {})
        door = Doorkeeper(context, allowed)
        source = Publisher(
            context, address(folder), stream=1, epoch=1, clock=CLOCK, keys=guard, limits=QUICK
        )
        heard, told = Heard(), Heard()

        def reader(with_keys, to):
            return Subscriber(
                context,
                address(folder),
                topics=["t"],
                clock=CLOCK,
                on_batch=to.batches.append,
                keys=with_keys,
            )

        readers = [reader(keys, heard), reader(friend, told)]
        say(source, 1)
        await until(told.bodies)
        if is_known and has_right_server:
            await until(heard.bodies)
        else:
            assert not heard.bodies()
        for one in readers:
            one.close()
        source.close()
        door.close()

    run(scenario, tmp_path)


@pytest.mark.parametrize("endpoint", ["tcp://0.0.0.0:7001", "tcp://*:7001", "tcp://venue:7001"])
def test_off_loopback_the_bus_needs_keys(endpoint):
    """Neither end opens a socket without."""

    async def scenario(context, _):
        with pytest.raises(InputError, match="off loopback the bus needs keys: endpoint="):
            Publisher(context, endpoint, stream=1, epoch=1, clock=CLOCK)
        with pytest.raises(InputError, match="off loopback the bus needs keys"):
            Subscriber(context, endpoint, topics=["t"], clock=CLOCK, on_batch=print)
        with pytest.raises(InputError, match="off loopback the bus needs keys"):
            CommandServer(context, endpoint, clock=CLOCK, on_command=print)

    run(scenario, None)


def test_a_folder_others_can_enter_holds_no_socket(tmp_path):
    """The folder of local sockets is the owner's alone."""

    async def scenario(context, folder):
        (folder / "bus").mkdir(mode=0o755)
        with pytest.raises(InputError, match=r"owner's alone: folder=.*mode=755"):
            Publisher(context, address(folder), stream=1, epoch=1, clock=CLOCK)

    run(scenario, tmp_path)


def test_a_port_in_use_is_said(tmp_path):
    """The second who binds is refused, with the address."""

    async def scenario(context, _):
        holder = context.socket(zmq.PUB)
        holder.set(zmq.LINGER, 0)
        port = holder.bind_to_random_port("tcp://127.0.0.1")
        with pytest.raises(InputError, match=f"cannot listen: endpoint=tcp://127.0.0.1:{port}"):
            Publisher(
                context,
                f"tcp://127.0.0.1:{port}",
                stream=1,
                epoch=1,
                clock=CLOCK,
                replay_at="tcp://127.0.0.1:*",
            )
        holder.close(0)

    run(scenario, tmp_path)


@pytest.mark.parametrize(
    ("endpoint", "door"),
    [
        ("tcp://127.0.0.1:6002", "tcp://127.0.0.1:16002"),
        ("ipc:///run/bus/orders", "ipc:///run/bus/orders.replay"),
    ],
)
def test_the_door_stands_beside_the_stream(endpoint, door):
    """Ten thousand ports above, or under the same name."""
    assert replay_endpoint(endpoint) == door


@pytest.mark.parametrize("endpoint", ["tcp://127.0.0.1:60000", "tcp://127.0.0.1:0", "udp://x"])
def test_an_address_without_a_neighbour_is_refused(endpoint):
    """The door must fit."""
    with pytest.raises(InputError, match="endpoint="):
        replay_endpoint(endpoint)


def test_senders_that_are_gone_are_forgotten_above_a_number(tmp_path, monkeypatch):
    """A tool that takes a new name each time does not fill the engine; who lives is known."""
    monkeypatch.setattr("tradecore.transport.bus.command_server.SENDERS_MAX", 3)

    async def scenario(context, folder):
        taken, replies = [], []
        silent = []
        engine = server(context, folder, taken, on_peer=lambda *word: silent.append(word))
        stays = client(context, folder, replies, sender="stays")
        await send(stays, "first")
        for number in range(8):
            one = client(context, folder, replies, sender=f"one-{number}")
            await send(one, str(number))
            await until(lambda number=number: len(replies) == number + 2)
            one.close()
            await until(lambda number=number: (f"one-{number}", "silent") in silent)
        await send(stays, "last")
        await until(lambda: len(replies) == 10)
        assert engine.senders <= 4
        assert taken[-1] == ("stays", "last")

    run(scenario, tmp_path)
