"""The description of the API: what `/docs` shows and clients are made from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from fastapi.openapi.utils import get_openapi

if TYPE_CHECKING:
    from fastapi import FastAPI

__all__ = ["DESCRIPTION", "TAGS", "described"]

DESCRIPTION: Final = """\
A venue: orders, books, positions and its operation.

There are two spellings of the same engine. `/api` writes camelCase, and refuses what it does not
know. `/api/v1` writes snake_case and ignores what it does not know, which it names in `warnings`.
Decimals are text in both; a request may also send numbers, which are read digit by digit.

Every refusal is `application/problem+json` with a `code` that does not change.
An order is answered when it is on the disk.

**Who asks**: `POST /auth/token` with an API key and its secret, then `Authorization: Bearer`.
Streams are at `/ws`.
"""
TAGS: Final[list[dict[str, Any]]] = [
    {"name": "trading", "description": "Placing, changing and taking out orders; the book."},
    {"name": "orders", "description": "Reading one's orders."},
    {"name": "positions", "description": "What an account holds."},
    {"name": "risk", "description": "Limits, and whether an order would pass."},
    {"name": "v1", "description": "Orders in the other spelling."},
    {"name": "market data", "description": "Trades and prices."},
    {"name": "auth", "description": "Tokens."},
    {"name": "health", "description": "Whether it works, and how fast."},
    {"name": "admin", "description": "Running the venue; needs `admin` or `ops`."},
]
#: What the framework says of its own; our refusals have another form.
_FRAMEWORK: Final = ("HTTPValidationError", "ValidationError")


def described(api: FastAPI) -> dict[str, Any]:
    """Return the description, made once."""
    if api.openapi_schema is None:
        schema = get_openapi(
            title=api.title,
            version=api.version,
            description=api.description,
            routes=api.routes,
            tags=api.openapi_tags,
        )
        for path in schema["paths"].values():
            for operation in path.values():
                _mend(operation)
        for name in _FRAMEWORK:
            schema["components"]["schemas"].pop(name, None)
        api.openapi_schema = schema
    return api.openapi_schema


def _mend(operation: dict[str, Any]) -> None:
    """Say first what it is for, and let refusals be problems alone.

    The framework makes titles of names, and adds a form of its own to what may be wrong.
    """
    operation["summary"] = operation["description"].partition("\n")[0].rstrip(".")
    for status, response in [*operation["responses"].items()]:
        content = response.get("content", {})
        if "application/problem+json" in content:
            content["application/problem+json"] = {
                "schema": {"$ref": "#/components/schemas/Problem"}
            }
            content.pop("application/json", None)
        elif status == "422":
            del operation["responses"][status]
