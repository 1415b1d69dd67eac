"""What a route may answer beside its result, for the description of the API."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Final

from tradecore.gateway.problems import MEDIA_TYPE, Problem

__all__ = ["CREATED", "PAGED", "PRIVATE", "PUBLIC", "WRITES", "problems"]

PUBLIC: Final = (400, 405, 429, 503)
"""Of what anybody may read."""
PRIVATE: Final = (*PUBLIC, 401, 403)
"""Of what needs a token."""
WRITES: Final = (*PRIVATE, 409, 413, 415, 422)
"""Of what changes something."""
_TITLES: Final = {
    400: "The request is malformed.",
    401: "Nobody is proved to ask, or the proof does not hold.",
    403: "The caller may not.",
    404: "There is none, or none that the caller may see.",
    405: "The path has no such method.",
    409: "It does not fit how things stand.",
    413: "The body is too large.",
    415: "The body is not JSON.",
    422: "The request was understood and refused.",
    429: "Too many requests in too little time.",
    503: "Not at present: halted, draining, busy, or a store is away.",
}


def _header(about: str) -> dict[str, Any]:
    return {"description": about, "schema": {"type": "string"}}


CREATED: Final[dict[int | str, dict[str, Any]]] = {
    201: {
        "headers": {
            "Location": _header("Where it is read."),
            "Idempotency-Replayed": _header("`true` on the answer to a key used before."),
        }
    }
}
"""Of what makes an order: where it is."""
PAGED: Final[dict[int | str, dict[str, Any]]] = {
    200: {"headers": {"Link": _header('Of a list that goes on: `<…>; rel="next"`.')}}
}
"""Of a list that comes in pages."""


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return the refusals a route may answer with."""
    return {status: _described(status) for status in sorted({*statuses})}


def _described(status: int) -> dict[str, Any]:
    described: dict[str, Any] = {
        "description": _TITLES.get(status, HTTPStatus(status).phrase),
        "model": Problem,
        "content": {MEDIA_TYPE: {}},
    }
    headers = {}
    if status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = _header("How to prove who asks.")
    if status == HTTPStatus.METHOD_NOT_ALLOWED:
        headers["Allow"] = _header("The methods there are.")
    if status in {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE}:
        headers["Retry-After"] = _header("Seconds until another try may help.")
    if headers:
        described["headers"] = headers
    return described
