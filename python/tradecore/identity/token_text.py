"""A token taken apart, strictly: one spelling of each part, and no header that we do not use."""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass, field
from typing import Any, Final

__all__ = ["TOKEN_CHARS_MAX", "MalformedTokenError", "TokenParts", "take_apart"]

TOKEN_CHARS_MAX: Final = 4096
SEGMENTS: Final = 3
HEADER_NAMES: Final = frozenset({"alg", "typ", "kid"})
TYPES: Final = frozenset({"at+jwt", "JWT"})
KID_CHARS_MAX: Final = 64


class MalformedTokenError(ValueError):
    """A text that is no token; the message does not show it."""


@dataclass(frozen=True, slots=True)
class TokenParts:
    """What a token says, before anything in it is believed.

    Args:
        algorithm: How it says it was signed.
        kid: The key it says it was signed with; None if it does not say.
        claims: The payload.
    """

    algorithm: str
    kid: str | None
    claims: dict[str, Any] = field(repr=False)


def take_apart(token: str) -> TokenParts:
    """Return the parts of a compact JWS.

    Raises:
        MalformedTokenError: If it is longer than 4,096 characters, has not three parts of
            base64url in their one spelling, header and payload are no JSON objects with each
            name once, or the header has more than `alg`, `typ` and `kid`.
    """
    if len(token) > TOKEN_CHARS_MAX:
        raise MalformedTokenError(f"a token has at most {TOKEN_CHARS_MAX} characters")
    segments = token.split(".")
    if len(segments) != SEGMENTS:
        raise MalformedTokenError(f"a token has {SEGMENTS} parts: {len(segments)}")
    header, claims = (_object(_bytes(segment)) for segment in segments[:2])
    if not _bytes(segments[2]):
        raise MalformedTokenError("a token is signed")
    _check_header(header)
    return TokenParts(header["alg"], header.get("kid"), claims)


def _check_header(header: dict[str, Any]) -> None:
    strange = sorted(set(header) - HEADER_NAMES)
    if strange:
        raise MalformedTokenError(f"a header has alg, typ and kid: {strange[0][:32]!r}")
    if any(not isinstance(value, str) for value in header.values()):
        raise MalformedTokenError("alg, typ and kid are text")
    if "alg" not in header:
        raise MalformedTokenError("a header has alg")
    if header.get("typ") not in TYPES:
        raise MalformedTokenError(f"typ is one of {' '.join(sorted(TYPES))}")
    if len(header.get("kid", "")) > KID_CHARS_MAX:
        raise MalformedTokenError(f"kid has at most {KID_CHARS_MAX} characters")


def _bytes(segment: str) -> bytes:
    """Return what a part says; padding, strange characters and loose bits are refused."""
    try:
        raw = segment.encode("ascii")
        data = base64.b64decode(raw + b"=" * (-len(raw) % 4), altchars=b"-_", validate=True)
    except (UnicodeEncodeError, binascii.Error) as error:
        raise MalformedTokenError("a part of a token is base64url") from error
    if base64.urlsafe_b64encode(data).rstrip(b"=") != raw:
        raise MalformedTokenError("a part of a token is base64url in its one spelling")
    return data


def _object(data: bytes) -> dict[str, Any]:
    try:
        value = json.loads(
            data.decode("utf-8"), object_pairs_hook=_each_once, parse_constant=_no_constant
        )
    except MalformedTokenError:
        raise
    except (ValueError, RecursionError) as error:
        raise MalformedTokenError("header and payload of a token are JSON") from error
    if not isinstance(value, dict):
        raise MalformedTokenError("header and payload of a token are JSON objects")
    return value


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise MalformedTokenError("a name stands once in an object")
    return members


def _no_constant(name: str) -> object:
    raise MalformedTokenError(f"a number of JSON is finite: {name}")
