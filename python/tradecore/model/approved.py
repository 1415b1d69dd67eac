"""A passed check as a type: what takes `Approved[T]` cannot be called with an unchecked `T`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

T_co = TypeVar("T_co", covariant=True)


@dataclass(frozen=True, slots=True)
class Approved(Generic[T_co]):
    """A value that passed the check named; only checks make one."""

    value: T_co
    check: str


@dataclass(frozen=True, slots=True)
class Refused:
    """The other answer of a check: a code of the reject table, and rule, values, place."""

    code: str
    text: str
