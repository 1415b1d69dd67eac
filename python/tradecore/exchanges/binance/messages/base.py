"""How a message of the venue is declared once, and read and written from that declaration."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, Final, Self, TypeAlias, TypeVar, cast

import msgspec

from tradecore.core import TradecoreError

if TYPE_CHECKING:
    from collections.abc import Iterable

_DIGITS_MAX: Final = 40
_NUMBER: Final = re.compile(r"-?[0-9]{1,40}(?:\.[0-9]{1,40})?")
_I64_MAX: Final = 2**63 - 1

Count: TypeAlias = Annotated[int, msgspec.Meta(ge=-_I64_MAX, le=_I64_MAX)]
"""A whole number that fits 64 bits: ids, counts, flags."""

Millis: TypeAlias = Annotated[int, msgspec.Meta(ge=0, le=_I64_MAX // 1_000_000)]
"""Milliseconds since 1970 that fit 64 bits as nanoseconds."""


class MalformedError(TradecoreError):
    """What a venue sent is not what its protocol promises; asking again may help."""


class Number(Decimal):
    """An exact number as the venue writes it: digits in a string, every trailing zero kept.

    No exponent, no NaN, no infinity, at most 40 digits before and after the point.
    """

    __slots__ = ()

    @classmethod
    def parse(cls, value: object) -> Self:
        """Return the number that `value` writes: text, or a number where a client sent one.

        Raises:
            ValueError: If it is anything else.
        """
        if type(value) in {int, float}:
            value = repr(value)
        if not isinstance(value, str) or _NUMBER.fullmatch(value) is None:
            shown = str(value)[:_DIGITS_MAX]
            raise ValueError(f"a number is digits with at most one point: value={shown!r}")
        return cls(value)

    @classmethod
    def of(cls, value: Decimal | int, /) -> Self:
        """Return an exact value as one the venue writes.

        Raises:
            ValueError: If it is not finite or has too many digits.
        """
        return cls.parse(format(value, "f") if isinstance(value, Decimal) else value)

    def __str__(self) -> str:
        return format(self, "f")


def _decode_hook(kind: type, value: object) -> object:
    assert kind is Number, f"Invariant: no message has another such field: {kind}"  # noqa: S101
    return Number.parse(value)


def _encode_hook(value: object) -> str:
    assert isinstance(value, Number), f"Invariant: no other value is sent: {type(value)}"  # noqa: S101
    return str(value)


_ENCODER: Final = msgspec.json.Encoder(enc_hook=_encode_hook)
T = TypeVar("T")


@cache
def _decoder(kind: Any) -> msgspec.json.Decoder[Any]:  # noqa: ANN401 - msgspec takes any type form
    return msgspec.json.Decoder(kind, dec_hook=_decode_hook)


def decode_as(kind: type[T], body: bytes | msgspec.Raw, /) -> T:
    """Read JSON as `kind`; fields that are not declared are passed over.

    Raises:
        MalformedError: If it is not such a message: rule and place, never the message itself.
    """
    try:
        message: T = _decoder(cast("Any", kind)).decode(body)
    except (msgspec.MsgspecError, ValueError, RecursionError, OverflowError) as error:
        name = getattr(kind, "__name__", "message")
        text = str(error)[:200] if isinstance(error, msgspec.MsgspecError) else type(error).__name__
        raise MalformedError(f"a message has the declared form: message={name}: {text}") from None
    return message


def convert_as(kind: type[T], value: object, /) -> T:
    """Read already parsed values as `kind`, numbers and booleans written as text included.

    Raises:
        msgspec.ValidationError: If they are not of that form.
    """
    return msgspec.convert(value, kind, strict=False, dec_hook=_decode_hook)


def to_plain(message: object, /) -> Any:  # noqa: ANN401 - whatever JSON can hold
    """Return a message as dictionaries, lists, text and whole numbers."""
    return msgspec.to_builtins(message, enc_hook=_encode_hook)


def encode(message: object, /) -> bytes:
    """Return a message, or a list of them, as JSON: numbers as the venue writes them."""
    return _ENCODER.encode(message)


class VenueMessage(msgspec.Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """A message of the venue. `None` is a field that is absent: it is not written at all."""

    @classmethod
    def decode(cls, body: bytes | msgspec.Raw, /) -> Self:
        """Read one message.

        Raises:
            MalformedError: If it has another form.
        """
        return decode_as(cls, body)

    @classmethod
    def decode_many(cls, body: bytes | msgspec.Raw, /) -> tuple[Self, ...]:
        """Read a list of such messages.

        Raises:
            MalformedError: If it has another form.
        """
        return decode_as(tuple[cls, ...], body)  # type: ignore[valid-type]

    def encode(self) -> bytes:
        """Return the message as the venue writes it."""
        return _ENCODER.encode(self)


def encode_many(messages: Iterable[VenueMessage], /) -> bytes:
    """Return messages as the list the venue writes."""
    return _ENCODER.encode(list(messages))
