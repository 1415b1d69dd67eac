"""Settings of a strategy: declared by it, frozen once made, and no key that nobody reads."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator
from pydantic_core import PydanticCustomError

from tradecore.telemetry.scrub import scrub


class StrategyConfig(BaseModel):
    """Base of a strategy's `Config`; each field is a setting with its default.

    Unknown keys are refused with the nearest known one, because a misspelled limit that is
    silently ignored is no limit.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True)

    @model_validator(mode="before")
    @classmethod
    def _name_what_was_meant(cls, given: Any) -> Any:  # noqa: ANN401 - whatever a caller wrote
        if not isinstance(given, dict):
            return given
        fields = cls.model_fields
        known = {*fields, *(field.alias for field in fields.values() if field.alias)}
        for key in given:
            if key not in known:
                near = get_close_matches(str(key), known, n=1)
                hint = f"did you mean {near[0]!r}" if near else f"known are {sorted(known)}"
                raise PydanticCustomError(
                    "unknown_key",
                    "unknown setting {key}: {hint}",
                    {"key": repr(key), "hint": hint},
                )
        return given


def told(error: ValidationError) -> str:
    """Return each rule that was broken, with the setting and its value; secrets as ***."""
    lines = []
    for found in error.errors(include_url=False):
        rule, place = found["msg"], ".".join(map(str, found["loc"]))
        rule = f"{rule[:1].lower()}{rule[1:]}"
        lines.append(scrub(f"{rule}: {place}={found['input']!r}") if place else rule)
    return "; ".join(lines)
