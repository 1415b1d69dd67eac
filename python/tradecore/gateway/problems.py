"""Refusals as a client reads them: RFC 9457 problems, each with a code that does not change."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException
from starlette.responses import Response

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["MEDIA_TYPE", "FieldProblem", "Problem", "ProblemError", "problem_response"]

MEDIA_TYPE: Final = "application/problem+json"
_TYPE: Final = "https://tradecore.dev/problems/"


class FieldProblem(BaseModel):
    """One thing that is wrong with a request, and where."""

    pointer: str = Field(description="Where: a JSON pointer, or `query.NAME`, `header.NAME`.")
    detail: str
    code: str


class Problem(BaseModel):
    """Why a request was not done (RFC 9457)."""

    model_config = ConfigDict(json_schema_extra={"additionalProperties": True})

    type: str = Field(description="Names the kind of problem; ends in the code, in small letters.")
    title: str
    status: int
    code: str = Field(description="What to decide by; it does not change between versions.")
    detail: str | None = None
    instance: str | None = Field(default=None, description="Path of the request.")
    trace_id: str | None = Field(default=None, description="Finds the request in the logs.")
    errors: list[FieldProblem] | None = None
    order_id: str | None = Field(default=None, description="The order as it was kept, rejected.")
    limit: str | None = Field(default=None, description="The limit that was met.")
    value: str | None = Field(default=None, description="What the order would have come to.")
    scope: str | None = Field(default=None, description="Whose limit it is.")
    retry_after_ms: int | None = None


class ProblemError(HTTPException):
    """Ends the handling of a request with a problem."""

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        *,
        headers: Mapping[str, str] | None = None,
        errors: Sequence[FieldProblem] = (),
        retry_after_ms: int | None = None,
        **extras: str | None,
    ) -> None:
        """Say which problem.

        Args:
            status: HTTP status.
            code: Stable code, in capitals.
            detail: Rule and values; never a secret.
            headers: More headers.
            errors: What is wrong with which field.
            retry_after_ms: When another try may help.
            extras: `order_id`, `limit`, `value`, `scope`.
        """
        named = dict(headers or {})
        if retry_after_ms is not None:
            named["Retry-After"] = str(max(1, -(-retry_after_ms // 1_000)))
        super().__init__(status, detail, named)
        self.code = code
        self.errors = tuple(errors)
        self.retry_after_ms = retry_after_ms
        self.extras = {name: value for name, value in extras.items() if value is not None}

    def problem(self, *, instance: str, trace_id: str) -> Problem:
        """Return what the client reads."""
        extras: dict[str, Any] = dict(self.extras)
        return Problem(
            type=_TYPE + self.code.lower().replace("_", "-"),
            title=HTTPStatus(self.status_code).phrase,
            status=self.status_code,
            code=self.code,
            detail=str(self.detail),
            instance=instance,
            trace_id=trace_id,
            errors=list(self.errors) or None,
            retry_after_ms=self.retry_after_ms,
            **extras,
        )

    def response(self, *, instance: str, trace_id: str) -> Response:
        """Return the answer."""
        return problem_response(
            self.problem(instance=instance, trace_id=trace_id), headers=self.headers
        )


def problem_response(problem: Problem, *, headers: Mapping[str, str] | None = None) -> Response:
    """Return a problem as an answer."""
    return Response(
        problem.model_dump_json(exclude_none=True),
        status_code=problem.status,
        headers=dict(headers or {}),
        media_type=MEDIA_TYPE,
    )
