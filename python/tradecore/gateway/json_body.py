"""JSON from outside: each number from its own digits, nothing twice, nothing deep."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import Any, Final, NoReturn

from tradecore.gateway.problems import ProblemError

__all__ = ["decode"]

NUMBER_CHARS_MAX: Final = 64
_STRING: Final = re.compile(rb'"(?:[^"\\]|\\.)*"', re.DOTALL)
_BRACKET: Final = re.compile(rb"[\[\]{}]")
_HALF: Final = re.compile(rb"\\u[dD][89abABcdefCDEF]")


def decode(body: bytes, *, depth_max: int) -> Any:  # noqa: ANN401 - what a client sent
    """Return what a body says; numbers with a point or an exponent as `Decimal`.

    Raises:
        ProblemError: 400, if it is not UTF-8 or not JSON, has `NaN` or `Infinity`, a name twice in
            an object, a number of over 64 characters, half of a surrogate pair, or nests deeper
            than `depth_max`.
    """
    _check_depth(body, depth_max)
    try:
        text = body.decode("utf-8")
        value = json.loads(
            text,
            parse_float=_decimal,
            parse_int=_integer,
            parse_constant=_no_constant,
            object_pairs_hook=_object,
        )
    except UnicodeDecodeError as error:
        raise _malformed("a body is UTF-8 text") from error
    except json.JSONDecodeError as error:
        # Only the decoder's rule: its message holds none of the body.
        raise _malformed(f"a body is JSON: {error.msg.lower()}, at {error.pos}") from error
    if _HALF.search(body):
        _check_text(value)
    return value


def _malformed(detail: str) -> ProblemError:
    return ProblemError(400, "MALFORMED_JSON", detail)


def _check_depth(body: bytes, depth_max: int) -> None:
    if body.count(b"[") + body.count(b"{") <= depth_max:
        return
    depth = 0
    for bracket in _BRACKET.findall(_STRING.sub(b"", body)):
        depth += 1 if bracket in b"[{" else -1
        if depth > depth_max:
            raise ProblemError(400, "JSON_TOO_DEEP", f"a body nests at most {depth_max} deep")


def _decimal(digits: str) -> Decimal:
    _check_length(digits)
    return Decimal(digits)


def _integer(digits: str) -> int:
    _check_length(digits)
    return int(digits)


def _check_length(digits: str) -> None:
    if len(digits) > NUMBER_CHARS_MAX:
        raise _malformed(f"a number has at most {NUMBER_CHARS_MAX} characters: {len(digits)}")


def _no_constant(word: str) -> NoReturn:
    raise _malformed(f"a number is written in digits: {word}")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _malformed("a name stands once in an object")
    return found


def _check_text(value: object) -> None:
    """Refuse half a surrogate pair: it is no text, and could not be written anywhere."""
    if isinstance(value, str):
        try:
            value.encode()
        except UnicodeEncodeError as error:
            raise _malformed("text has no half of a surrogate pair") from error
    elif isinstance(value, dict):
        for name, inner in value.items():
            _check_text(name)
            _check_text(inner)
    elif isinstance(value, list):
        for inner in value:
            _check_text(inner)
