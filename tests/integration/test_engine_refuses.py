"""An engine in bad circumstances: no order leaves, somebody is told, and it goes on by itself.

The engine stands in this process, the venue is the local exchange over sockets, and a trader's
end of the bus sends what must not get through.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
from decimal import Decimal
from functools import partial

import pytest
import zmq

from support.bus_ends import context_of_zmq
from support.engine_rig import ORDER, EngineRig
from support.engine_rig import play as play_engine
from support.local_venue import KEY, SECRET, LocalVenue, local_venue
from support.ports import free_port
from support.program import ENGINE_KEYS, Program, bus_section, until, wait_event
from tradecore.simulation.faults import Faults
from tradecore.wire import Envelope, Kind, encode
from tradecore.wire.values import NewOrder


@pytest.fixture
def play(tmp_path):
    """Return a function that runs a story with an engine that has started."""
    return partial(play_engine, tmp_path)


@pytest.fixture(scope="module")
def venue():
    """Run one exchange for all tests here; each leaves it without orders."""
    with local_venue() as venue:
        yield venue
        assert venue.open_orders() == set()


@pytest.mark.parametrize(
    ("wrong", "alert"),
    [
        ({"key": "another-key-of-tests"}, "VENUE_AUTH"),
        ({"secret": "another-secret-of-tests"}, "VENUE_AUTH"),
    ],
    ids=["key", "signature"],
)
def test_with_a_wrong_key_no_order_is_taken(play, venue, wrong, alert):
    """The trader is refused with the reason, somebody is told, nothing reaches the venue."""

    async def story(rig, context):
        ack = await rig.send(context)
        await rig.until(lambda: alert in rig.codes())
        return ack, rig.reasons(), [one.text for one in rig.told]

    ack, reasons, texts = play(venue, story, **wrong)

    assert (ack.is_accepted, ack.reject_code) == (False, "VENUE_UNAVAILABLE")
    assert any(reason.startswith("reconciled: ") for reason in reasons)
    assert "-of-tests" not in f"{ack} {texts}"
    assert venue.open_orders() == set()


def test_with_a_clock_too_far_off_no_order_is_taken_until_it_is_right(play, venue):
    """The venue's clock is a minute ahead; it is told, and its end is noticed."""
    venue.faults.switch_all("clock_skew:1:amount=60000")

    async def story(rig, context):
        ack = await rig.send(context)
        await rig.until(lambda: "CLOCK" in rig.codes())
        return ack, rig.reasons()

    try:
        ack, reasons = play(venue, story)
    finally:
        venue.faults.switch_all("clock_skew:0")

    assert (ack.is_accepted, ack.reject_code) == (False, "VENUE_UNAVAILABLE")
    assert any(reason.startswith("clock: ") for reason in reasons)
    assert venue.open_orders() == set()


def test_a_venue_that_comes_later_is_found(tmp_path):
    """The engine asks again; what it does then is what it would have done."""
    port = free_port()

    async def story(stack):
        rig = EngineRig(tmp_path, LocalVenue(port, Faults()), http="HTTP_MAX_RETRIES=0\n")
        starting = asyncio.create_task(rig.engine.start(rig.host))
        try:
            await rig.until(lambda: "VENUE_TRANSIENT" in rig.codes())
            venue = stack.enter_context(local_venue(port=port))
            await starting
            running = asyncio.create_task(rig.engine.run())
            await rig.until(lambda: rig.engine.desk.blocked is None)
            with context_of_zmq() as context:
                ack = await rig.send(context)
            await rig.until(lambda: venue.open_orders() == {"tc-1-1"})
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
        finally:
            await rig.engine.stop()
        return ack, venue.open_orders()

    with contextlib.ExitStack() as stack:
        ack, left = asyncio.run(asyncio.wait_for(story(stack), 40))

    assert (ack.is_accepted, left) == (True, set())


def hostile_frames():
    """Return what an engine may find in its command socket: garbage, lies and another language."""
    kind, body = encode(ORDER)
    whole = Envelope(kind, 7_003, 1, 1, 0, 0, 0).pack(body)
    dice = random.Random(3)
    return {
        "nothing": [b""],
        "garbage": [dice.randbytes(200)],
        "cut-short": [whole[: len(whole) // 2]],
        "header-only": [whole[:10]],
        "another-schema": [bytes([whole[0] + 1]) + whole[1:]],
        "unknown-kind": [Envelope(250, 7_003, 1, 1, 0, 0, 0).pack(body)],
        "not-a-command": [Envelope(int(Kind.BOOK_UPDATE), 7_003, 1, 1, 0, 0, 0).pack(b"")],
        "body-of-another": [Envelope(kind, 7_003, 1, 1, 0, 0, 0).pack(b"\xff" * 40)],
        "many-parts": [b"x"] * 50,
        "large": [dice.randbytes(2_000_000)],
    }


@pytest.mark.parametrize("name", hostile_frames())
def test_a_frame_that_is_no_command_does_nothing(play, venue, name):
    """And the next trader's order is taken: the engine reads on."""

    async def story(rig, context):
        await rig.until(lambda: rig.engine.desk.blocked is None)
        stranger = context.socket(zmq.DEALER)
        stranger.set(zmq.IDENTITY, b"stranger")
        stranger.connect(rig.at["TRADER_SUB_ENDPOINT"])
        stranger.send_multipart(hostile_frames()[name])
        ack = await rig.send(context)
        await rig.until(lambda: venue.open_orders() == {"tc-1-1"})
        stranger.close(0)
        return ack

    ack = play(venue, story)

    assert ack.is_accepted
    assert venue.open_orders() == set()


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"symbol": "DOGEUSDT"}, "UNKNOWN_SYMBOL"),
        ({"price": Decimal("40000.05")}, "OFF_TICK"),
        ({"quantity": Decimal("0.0001")}, "OFF_LOT"),
        ({"quantity": Decimal(-1)}, None),
        ({"quantity": Decimal(0)}, None),
        ({"price": Decimal(-1)}, None),
        ({"price": None}, None),
        ({"quantity": Decimal("1e30")}, None),
        ({"client_order_id": "tc-" + "x" * 500}, "UNSUPPORTED"),
        ({"client_order_id": ""}, "UNSUPPORTED"),
        ({"client_order_id": "tc-spaces & signs"}, "UNSUPPORTED"),
        ({"client_order_id": "by-hand-1"}, "UNSUPPORTED"),
    ],
    ids=lambda value: "" if value is None else str(value)[:40],
)
def test_an_order_that_makes_no_sense_is_refused_before_the_venue(play, venue, changes, code):
    """With a code; the engine goes on."""
    fields = {name: getattr(ORDER, name) for name in ORDER.__struct_fields__}

    async def story(rig, context):
        await rig.until(lambda: rig.engine.desk.blocked is None)
        ack = await rig.send(context, NewOrder(**{**fields, **changes}))
        return ack, rig.reasons()

    ack, reasons = play(venue, story)

    assert not ack.is_accepted
    assert ack.reject_code
    assert code in {None, ack.reject_code}
    assert reasons == ()
    assert venue.open_orders() == set()


@pytest.fixture
def program(tmp_path):
    """Return a program in a folder of its own."""
    program = Program(tmp_path)
    yield program
    program.end()


def engine_file(program, venue, *, more="[MONITORING]\nHEALTH_PORT=0\n"):
    """Write an engine's file."""
    bus, at = bus_section(*ENGINE_KEYS)
    text = f"[GLOBAL]\nEXCHANGE_NAME=BINANCE\nAPI_KEY={KEY}\nAPI_SECRET={SECRET}\n"
    sections = venue.sections.replace("[HTTP_API]\n", "[HTTP_API]\nHTTP_MAX_RETRIES=0\n")
    return program.write("trading_engine.ini", f"{text}{sections}{bus}{more}"), at


def test_an_engine_waits_for_a_venue_that_is_not_there_and_ends_when_told(program):
    """It is alive, not ready, says what it waits for, and ends with 0."""
    file, _ = engine_file(program, LocalVenue(free_port(), Faults()))
    child = program.start("trading-engine", "BINANCE", file)
    wait_event(child, "ALERT", code="VENUE_TRANSIENT")
    child.terminate()

    assert child.wait(timeout=20) == 0
    assert '"event": "ready"' not in child.log.read_text()


@pytest.mark.parametrize(
    "taken", ["TRADER_SUB_ENDPOINT", "TRADE_EVENTS_PUB_ENDPOINT", "HEALTH_PORT"]
)
def test_a_port_in_use_is_code_1_and_names_it(program, venue, taken):
    """Before anything is sent; what it had bound is free again."""
    health = free_port()
    more = f"[MONITORING]\nHEALTH_PORT={health}\n"
    file, at = engine_file(program, venue, more=more)
    port = health if taken == "HEALTH_PORT" else int(at[taken].rsplit(":", 1)[1])
    with zmq.Context() as context, context.socket(zmq.PUB) as other:
        other.bind(f"tcp://127.0.0.1:{port}")
        code, out, err = program.run("trading-engine", "BINANCE", file)

    assert (code, out) == (1, "")
    assert str(port) in err.splitlines()[-1]
    assert "in use" in err.splitlines()[-1].lower()
    assert "Traceback" not in err
    until(lambda: not (program.folder / "journal/trading_engine_binance/pid").exists(), err)


@pytest.mark.parametrize("missing", ["API_KEY", "API_SECRET", "both"])
def test_half_a_key_or_none_is_code_4_and_names_what_is_missing(program, venue, missing):
    """Nothing is started that a restart would not mend, and no half of a key is shown."""
    file, _ = engine_file(program, venue)
    given = {"API_KEY": KEY, "API_SECRET": SECRET}
    text = file.read_text()
    for name, value in given.items():
        if missing in {name, "both"}:
            text = text.replace(f"{name}={value}\n", "")
    file.write_text(text)

    code, out, err = program.run("trading-engine", "BINANCE", file)

    assert (code, out) == (4, "")
    named = "BINANCE_API_SECRET" if missing == "both" else f"BINANCE_{missing}"
    assert named in err.splitlines()[-1]
    assert "-of-tests" not in err
    assert "Traceback" not in err
