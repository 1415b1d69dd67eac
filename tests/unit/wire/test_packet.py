"""Messages of a topic in one frame."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradecore.model.errors import DataError
from tradecore.wire import Envelope, Kind, pack, unpack

HEADER = Envelope(Kind.BOOK_UPDATE, 1, 2, 3, 2, 4, 5)


@given(st.lists(st.binary(max_size=40), max_size=20))
def test_bodies_come_back_as_they_were(bodies):
    """None, one or many, empty ones too."""
    assert unpack(pack(b"topic\0", HEADER, bodies)) == (b"topic\0", HEADER, bodies)


@given(st.binary(max_size=200), st.booleans())
def test_garbage_is_refused_or_read_never_worse(garbage, is_headed):
    """Any bytes are a packet or a clear error, with no memory taken for what they promise."""
    frame = b"t\0" + HEADER.pack(garbage) if is_headed else garbage
    try:
        unpack(frame)
    except DataError:
        return


@pytest.mark.parametrize(
    ("frame", "said"),
    [
        pytest.param(b"topic", "a frame begins with a topic", id="no-topic"),
        pytest.param(b"t\0", "a message has a header", id="no-header"),
        pytest.param(b"t\0" + HEADER.pack(), "a frame names its bodies", id="no-count"),
        pytest.param(b"t\0" + HEADER.pack(b"\xff\xff\xff\xff"), "count=4294967295", id="too-many"),
        pytest.param(pack(b"t\0", HEADER, [b"ab", b"c"])[:-1], "ends with its last body", id="cut"),
        pytest.param(pack(b"t\0", HEADER, [b"ab"]) + b"x", "ends with its last", id="longer"),
    ],
)
def test_a_frame_that_breaks_off_is_refused(frame, said):
    """With what is wrong."""
    with pytest.raises(DataError, match=said):
        unpack(frame)
