"""Frames as the core reads and writes them, against the library's own reading and writing."""

from __future__ import annotations

import random

import pytest
from websockets.frames import CloseCode, Frame, Opcode
from websockets.protocol import Protocol, Side

from tradecore.core import FrameReader, InputError, text_frame

MASK = b"\x12\x34\x56\x78"


def heard(pieces, message_max=1 << 20):
    """Return what a reader tells of bytes: messages, and the rest joined where it stands."""
    reader, told = FrameReader(message_bytes_max=message_max), []
    for piece in pieces:
        messages, other = reader.receive(piece)
        told += [("message", data) for data in messages]
        while other is not None:
            if told and told[-1][0] == "raw":
                told[-1] = ("raw", told[-1][1] + other)
            else:
                told.append(("raw", other))
            messages, other = reader.receive(b"")
            told += [("message", data) for data in messages]
    return told


def sent(*frames):
    """Return the bytes a server sends for frames."""
    return b"".join(frame.serialize(mask=False) for frame in frames)


def test_a_stream_is_the_same_however_it_was_cut():
    """Messages whole; all that is none as it came, in its place."""
    draw = random.Random(7)
    texts = [draw.randbytes(draw.choice([0, 1, 125, 126, 300, 65_535, 65_536])) for _ in range(40)]
    parts = [Frame(Opcode.TEXT, b"par", fin=False), Frame(Opcode.CONT, b"ts")]
    ping = Frame(Opcode.PING, b"?")
    frames = [Frame(Opcode.BINARY, text) for text in texts]
    stream = sent(*frames[:20], ping, *parts, *frames[20:])
    want = [("message", text) for text in texts]
    want.insert(20, ("raw", sent(ping, *parts)))

    assert heard([stream]) == want
    for _ in range(20):
        cuts = sorted(draw.choices(range(len(stream)), k=draw.randrange(1, 60)))
        pieces = [stream[a:b] for a, b in zip([0, *cuts], [*cuts, len(stream)], strict=True)]
        assert heard(pieces) == want


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param(b"\xc1\x01x", id="reserved-bit"),
        pytest.param(b"\x83\x00", id="unknown-opcode"),
        pytest.param(Frame(Opcode.TEXT, b"x").serialize(mask=True), id="masked"),
        pytest.param(Frame(Opcode.TEXT, bytes(101)).serialize(mask=False), id="too-long"),
        pytest.param(b"\x82\x7f" + b"\xff" * 8, id="huge"),
    ],
)
def test_what_breaks_a_rule_is_left_to_the_library_with_all_that_follows(wrong):
    """It answers with the code that the protocol has for it."""
    stream = sent(Frame(Opcode.TEXT, b"good")) + wrong + sent(Frame(Opcode.TEXT, b"after"))

    message, *rest = heard([stream], message_max=100)
    library = Protocol(Side.CLIENT, max_size=100)
    library.receive_data(rest[0][1])

    assert message == ("message", b"good")
    assert [kind for kind, _ in rest] == ["raw"]
    assert library.close_sent.code in {CloseCode.PROTOCOL_ERROR, CloseCode.MESSAGE_TOO_BIG}


@pytest.mark.parametrize("size", [0, 1, 125, 126, 65_535, 65_536])
def test_a_text_is_written_as_the_library_writes_it(size):
    """Read back by a server of the library."""
    text = "\u00fc" * (size // 2) + "x" * (size % 2)
    server = Protocol(Side.SERVER)
    server.receive_data(text_frame(text, MASK))

    (frame,) = server.events_received()
    assert (frame.opcode, frame.fin, frame.data) == (Opcode.TEXT, True, text.encode())


def test_a_mask_has_four_bytes():
    """No more and no less."""
    with pytest.raises(InputError, match="a mask is four bytes: bytes=3"):
        text_frame("x", b"abc")
