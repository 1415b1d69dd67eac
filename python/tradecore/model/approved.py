"""A passed check as a type: what takes `Approved[T]` cannot be called with an unchecked `T`."""

from __future__ import annotations

from typing import Generic, TypeVar

import msgspec

T_co = TypeVar("T_co", covariant=True)


class Approved(msgspec.Struct, Generic[T_co], frozen=True, gc=False):
    """A value that passed the check named; only checks make one."""

    value: T_co
    check: str


class Refused(msgspec.Struct, frozen=True, gc=False):
    """The other answer of a check: a code of the reject table, and rule, values, place."""

    code: str
    text: str
