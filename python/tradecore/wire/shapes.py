"""How a value and its message correspond: field by field, under the same names."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from google.protobuf.message import DecodeError

from tradecore.model.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from google.protobuf.message import Message

__all__ = ["Shape"]


@dataclass(frozen=True, slots=True)
class Shape:
    """One value and its message.

    Args:
        make: The value's class; takes its fields by name.
        message: The message's class, with a field of each name.
        decimals: Fields that are exact decimals, text on the wire.
        nested: Fields that are tuples of values, with their shapes.
    """

    make: Callable[..., Any]
    message: type[Message]
    decimals: frozenset[str] = frozenset()
    nested: Mapping[str, Shape] = field(default_factory=dict)
    _plain: tuple[str, ...] = field(init=False)
    _optional: frozenset[str] = field(init=False)
    _lists: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        fields = self.message.DESCRIPTOR.fields
        set_ = object.__setattr__
        set_(self, "_optional", frozenset(f.name for f in fields if f.has_presence))
        set_(self, "_lists", frozenset(f.name for f in fields if f.is_repeated))
        skipped = self.decimals | self.nested.keys()
        set_(self, "_plain", tuple(f.name for f in fields if f.name not in skipped))

    def to_message(self, value: object) -> Message:
        """Return the message that says a value."""
        said: dict[str, Any] = {name: getattr(value, name) for name in self._plain}
        for name in self.decimals:
            number = getattr(value, name)
            said[name] = None if number is None else f"{number:f}"
        for name, shape in self.nested.items():
            said[name] = [shape.to_message(part) for part in getattr(value, name)]
        return self.message(**said)

    def encode(self, value: object) -> bytes:
        """Return the body of a message that says a value."""
        return self.to_message(value).SerializeToString()

    def from_message(self, message: Message) -> Any:  # noqa: ANN401 - what `make` makes
        """Return the value a message says.

        Raises:
            DataError: If a decimal is not one.
        """
        named: dict[str, Any] = {}
        for name in self._plain:
            if name in self._optional and not message.HasField(name):
                named[name] = None
            elif name in self._lists:
                named[name] = tuple(getattr(message, name))
            else:
                named[name] = getattr(message, name)
        for name in self.decimals:
            if name in self._optional and not message.HasField(name):
                named[name] = None
            else:
                named[name] = self._decimal(name, getattr(message, name))
        for name, shape in self.nested.items():
            named[name] = tuple(shape.from_message(part) for part in getattr(message, name))
        return self.make(**named)

    def decode(self, body: bytes) -> Any:  # noqa: ANN401 - what `make` makes
        """Return the value a body says.

        Raises:
            DataError: If the body is not such a message.
        """
        message = self.message()
        try:
            message.ParseFromString(body)
        except DecodeError as error:
            name = self.message.DESCRIPTOR.name
            raise DataError(f"a body is not the message {name}: bytes={len(body)}") from error
        return self.from_message(message)

    def _decimal(self, name: str, text: str) -> Decimal:
        try:
            number = Decimal(text)
        except InvalidOperation:
            number = Decimal("NaN")
        if not number.is_finite():
            message = self.message.DESCRIPTOR.name
            raise DataError(f"a decimal is finite text: {message}.{name}={text[:40]!r}")
        return number
