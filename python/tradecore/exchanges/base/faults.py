"""Errors of venues in one taxonomy, which says what may be done about each."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class FaultKind(Enum):
    """What is wrong, and so who can mend it."""

    AUTH = "auth"
    CLOCK = "clock"
    LIMIT = "limit"
    PARAMETER = "parameter"
    FILTER = "filter"
    RISK = "risk"
    NOT_FOUND = "not found"
    TRANSIENT = "transient"
    #: Whether it was done is not known: query before anything else.
    UNKNOWN_OUTCOME = "unknown outcome"
    #: Not what the protocol promises.
    MALFORMED = "malformed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A venue's refusal or failure.

    Args:
        kind: What may be done about it.
        code: The venue's own code, as text.
        text: The venue's own words, secrets taken out.
        where: What was asked, such as `POST /fapi/v1/order`.
        retry_after_ns: How long the venue wants to be left alone; 0 if it does not say.
        is_ban: Whether every request is refused until then, not only this kind.
    """

    kind: FaultKind
    code: str
    text: str
    where: str
    retry_after_ns: int = 0
    is_ban: bool = False
