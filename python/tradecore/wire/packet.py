"""Messages of a topic in one frame: the topic, one header, and one or more bodies in order.

The topic ends in a zero byte, so that a subscription to it is to it alone. Then come the envelope
of the first body, the number of bodies, the length of each, and the bodies.
"""

from __future__ import annotations

import struct
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, Final

from tradecore.model.errors import DataError
from tradecore.wire.envelope import HEADER_BYTES, Envelope

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["pack", "unpack"]

_COUNT: Final = struct.Struct("<I")
_ONE: Final = struct.Struct("<II")


def pack(name: bytes, envelope: Envelope, bodies: Sequence[bytes], /) -> bytes:
    """Return the frame; `name` is the topic with its zero byte."""
    if len(bodies) == 1:
        return b"".join((name, envelope.pack(_ONE.pack(1, len(bodies[0]))), bodies[0]))
    count = len(bodies)
    lengths = struct.pack(f"<{count + 1}I", count, *map(len, bodies))
    return b"".join((name, envelope.pack(lengths), *bodies))


def unpack(frame: bytes, /) -> tuple[bytes, Envelope, list[bytes]]:
    """Return the topic with its zero byte, the envelope of the first body, and the bodies.

    Raises:
        DataError: If the frame is not such a one.
    """
    start = frame.find(b"\0") + 1
    if not start:
        raise DataError(f"a frame begins with a topic: bytes={len(frame)}")
    envelope = Envelope.unpack(frame, start)
    at = start + HEADER_BYTES
    if len(frame) < at + _COUNT.size:
        raise DataError(f"a frame names its bodies: bytes={len(frame)}")
    (count,) = _COUNT.unpack_from(frame, at)
    at += _COUNT.size
    begin = at + _COUNT.size * count
    if len(frame) < begin:
        raise DataError(f"a frame has the lengths of its bodies: bytes={len(frame)}, count={count}")
    if count == 1:
        (length,) = _COUNT.unpack_from(frame, at)
        bodies, end = [frame[begin : begin + length]], begin + length
    else:
        lengths = struct.unpack_from(f"<{count}I", frame, at)
        ends = list(accumulate(lengths, initial=begin))
        bodies, end = [frame[a:b] for a, b in pairwise(ends)], ends[-1]
    if end != len(frame):
        raise DataError(f"a frame ends with its last body: bytes={len(frame)}, end={end}")
    return frame[:start], envelope, bodies
