"""The venue's error codes: words, kind, HTTP status and our own code, for both ends of the wire."""

from __future__ import annotations

import re
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from tradecore.exchanges.base import Fault, Faulted, FaultKind
from tradecore.exchanges.binance.error_table import ERRORS, ErrorRow
from tradecore.exchanges.binance.messages import ErrorBody, MalformedError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "ERRORS",
    "Answered",
    "ErrorRow",
    "classify_code",
    "classify_http",
    "error_body",
    "faulted",
    "is_outcome_unknown",
    "reject_code",
]

_NS_PER_S: Final = 1_000_000_000
_RETRY_S_MAX: Final = 3 * 24 * 3_600
_TOO_MANY: Final = 429
_BANNED: Final = 418
_SERVER_FAULT: Final = 500
_TEXT_MAX: Final = 200
_BAN_UNTIL: Final = re.compile(r"banned until (\d{13})\b")
#: Whatever a venue may echo of a request that must not be kept: signatures and keys are long.
_LONG_WORD: Final = re.compile(r"[A-Za-z0-9+/=_%-]{48,}")
_FILTERS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "PRICE_FILTER": "OFF_TICK",
        "PERCENT_PRICE": "PRICE_BAND",
        "PERCENT_PRICE_BY_SIDE": "PRICE_BAND",
        "LOT_SIZE": "OFF_LOT",
        "MARKET_LOT_SIZE": "OFF_LOT",
        "MIN_NOTIONAL": "MIN_NOTIONAL",
        "NOTIONAL": "MIN_NOTIONAL",
        "MAX_NUM_ORDERS": "MAX_OPEN_ORDERS",
    }
)
#: Spot says with one code (-2010) what futures says with several.
_SPOT_WORDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "insufficient balance": "INSUFFICIENT_FUNDS",
        "immediately match and take": "POST_ONLY_WOULD_CROSS",
        "duplicate order": "DUPLICATE_CLIENT_ORDER_ID",
    }
)


def error_body(code: int, /, *values: str) -> ErrorBody:
    """Return the refusal with this code, its `%s` replaced, as the venue words it.

    Raises:
        KeyError: If the table has no such code.
    """
    text = ERRORS[code].text
    return ErrorBody(code=code, msg=text % values if values else text)


def faulted(kind: FaultKind, text: str, where: str, /) -> Faulted:
    """Return a fault that we found ourselves, without a code of the venue's."""
    return Faulted(fault=Fault(kind=kind, code=kind.name, text=text, where=where))


def safe_text(text: str, /) -> str:
    """Return a venue's words, shortened, and without what could be a key or a signature."""
    return _LONG_WORD.sub("[...]", text)[:_TEXT_MAX]


def is_outcome_unknown(code: int, /) -> bool:
    """Return whether an order refused with this code may live all the same."""
    row = ERRORS.get(code)
    return row is not None and row.kind is FaultKind.UNKNOWN_OUTCOME


def reject_code(code: int, text: str = "", /) -> str:
    """Return our name for a refusal of an order; `VENUE_REJECTED` where none fits."""
    if code == -1013 and "Filter failure" in text:  # noqa: PLR2004 - spot's code of every filter
        return _FILTERS.get(text.rpartition(" ")[2], "VENUE_REJECTED")
    if code == -2010:  # noqa: PLR2004 - spot's code of most refusals
        found = (ours for words, ours in _SPOT_WORDS.items() if words in text)
        return next(found, "VENUE_REJECTED")
    row = ERRORS.get(code)
    return row.reject_code if row else "VENUE_REJECTED"


def classify_code(error: ErrorBody, where: str, /, *, venue_ns: int = 0) -> Fault:
    """Say what may be done about a refusal; `venue_ns` places the end of a ban."""
    row = ERRORS.get(error.code)
    ban = _BAN_UNTIL.search(error.msg) if error.code == -1003 else None  # noqa: PLR2004
    wait_ns = 0
    if ban and venue_ns:
        wait_ns = min(max(int(ban.group(1)) * 1_000_000 - venue_ns, 0), _RETRY_S_MAX * _NS_PER_S)
    return Fault(
        kind=row.kind if row else FaultKind.PARAMETER,
        code=str(error.code),
        text=safe_text(error.msg),
        where=where,
        retry_after_ns=wait_ns,
        is_ban=ban is not None,
    )


@dataclass(frozen=True, slots=True)
class Answered:
    """What an HTTP answer that is no success says.

    Args:
        fault: What is wrong.
        error: The refusal in the body, if it holds one.
        is_final: Whether it is certain that nothing was done.
    """

    fault: Fault
    error: ErrorBody | None
    is_final: bool


def classify_http(
    status: int, headers: Mapping[str, str], body: bytes, where: str, /, *, venue_ns: int = 0
) -> Answered:
    """Say what an answer other than 200 means. Doubt counts as an unknown outcome.

    A 4xx with a code is a refusal, unless the code itself leaves it open. 429 and 418 stop the
    request before it is looked at. 5xx is unknown, but for `Service Unavailable.` and -1008,
    of which the venue says that nothing was done.
    """
    try:
        error = ErrorBody.decode(body)
    except MalformedError:
        error = None
    seconds = headers.get("retry-after", "")
    has_wait = seconds.isascii() and seconds.isdigit() and len(seconds) < 10  # noqa: PLR2004
    wait_ns = min(int(seconds), _RETRY_S_MAX) * _NS_PER_S if has_wait else 0
    known = classify_code(error, where, venue_ns=venue_ns) if error else None
    kind, is_final = _judge(status, error, body)
    fault = Fault(
        kind=kind,
        code=known.code if known else str(status),
        text=known.text if known else safe_text(body[:_TEXT_MAX].decode("utf-8", "replace")),
        where=where,
        retry_after_ns=max(wait_ns, known.retry_after_ns if known else 0),
        is_ban=status == _BANNED or (known is not None and known.is_ban),
    )
    return Answered(fault, error, is_final)


def _judge(status: int, error: ErrorBody | None, body: bytes) -> tuple[FaultKind, bool]:
    """Return the kind of a failed answer, and whether it is certain that nothing was done."""
    if status in {_TOO_MANY, _BANNED}:
        # Refused at the gate only if the venue's own code says so; a proxy's word is not enough.
        is_final = error is not None and error.code in {-1003, -1015}
        return FaultKind.LIMIT, is_final
    row = ERRORS.get(error.code) if error else None
    if status >= _SERVER_FAULT:
        if error is not None and error.code == -1008:  # noqa: PLR2004 - throttled, not done
            return FaultKind.TRANSIENT, True
        if body.strip(b' "\r\n') == b"Service Unavailable.":
            return FaultKind.TRANSIENT, True
        return FaultKind.UNKNOWN_OUTCOME, False
    if error is None or status < 400:  # noqa: PLR2004 - the venue refuses with a body
        return FaultKind.UNKNOWN_OUTCOME, False
    kind = row.kind if row else FaultKind.PARAMETER
    return kind, kind is not FaultKind.UNKNOWN_OUTCOME
