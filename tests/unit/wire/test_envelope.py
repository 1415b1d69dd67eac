"""The header before each body."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradecore.model.errors import DataError
from tradecore.wire import HEADER_BYTES, Envelope, Kind, SchemaVersionError

U64 = st.integers(0, 2**64 - 1)
U32 = st.integers(0, 2**32 - 1)
I64 = st.integers(-(2**63), 2**63 - 1)


@given(st.builds(Envelope, st.integers(0, 255), U32, U32, U64, U64, I64, I64), st.binary())
def test_a_header_comes_back_as_it_was(envelope, body):
    """And the body begins right after it."""
    frame = envelope.pack(body)
    assert Envelope.unpack(frame) == envelope
    assert frame[HEADER_BYTES:] == body


def test_another_version_is_refused_with_both_numbers():
    """Whatever follows."""
    with pytest.raises(
        SchemaVersionError,
        match=re.escape("we speak schema version 1: a message came in version=2"),
    ):
        Envelope.unpack(b"\x02")


@pytest.mark.parametrize("frame", [b"", b"\x01", b"\x01" * (HEADER_BYTES - 1)])
def test_a_short_frame_has_no_header(frame):
    """It is refused with its length."""
    with pytest.raises(DataError, match=f"bytes={len(frame)}"):
        Envelope.unpack(frame)


def test_kinds_fit_the_header_and_never_move():
    """A few numbers that other builds rely on."""
    assert max(Kind) < 256
    assert (Kind.HEARTBEAT, Kind.BOOK_UPDATE, Kind.NEW_ORDER, Kind.ORDER_UPDATE) == (1, 32, 64, 96)
