"""Numbers of the API: decimals that were never a binary float, and how they are written."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Annotated, Any, Final

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema

__all__ = ["ACCOUNT_MAX", "DecimalIn", "DecimalOut", "Timestamp", "written"]

#: Accounts are counted in 32 bits.
ACCOUNT_MAX: Final = 2**32 - 1
#: Digits on either side of the point; more fits no engine.
WHOLE_DIGITS_MAX: Final = 18
FRACTION_DIGITS_MAX: Final = 18
_TEXT: Final = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")
_PATTERN: Final = r"^-?\d+(\.\d+)?$"
#: Decimals of the ledger carry up to 28 digits; what is shown of a quotient is this step.
_STEP: Final = Decimal("1e-12")


def _read(value: Any) -> Decimal:  # noqa: ANN401 - what a client sent
    if isinstance(value, bool) or not isinstance(value, (str, int, Decimal)):
        raise ValueError("a decimal is a number, or its digits as text")  # noqa: TRY004 - pydantic's
    if isinstance(value, str):
        if len(value) > WHOLE_DIGITS_MAX + FRACTION_DIGITS_MAX + 2 or not _TEXT.fullmatch(value):
            raise ValueError("a decimal in text is digits, with one point at most")
        value = Decimal(value)
    number = Decimal(value)
    if not number.is_finite() or number.adjusted() >= WHOLE_DIGITS_MAX:
        raise ValueError(f"a decimal has at most {WHOLE_DIGITS_MAX} digits before the point")
    exponent = number.normalize().as_tuple().exponent
    if isinstance(exponent, int) and -exponent > FRACTION_DIGITS_MAX:
        raise ValueError(f"a decimal has at most {FRACTION_DIGITS_MAX} digits after the point")
    return number


def written(value: Decimal) -> str:
    """Return a decimal as the API writes it: plain digits, no exponent, no idle zeros."""
    if not value:
        return "0"
    exponent = value.as_tuple().exponent
    if isinstance(exponent, int) and exponent < -WHOLE_DIGITS_MAX:
        value = value.quantize(_STEP)
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


DecimalIn = Annotated[
    Decimal,
    BeforeValidator(_read),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string", "pattern": _PATTERN, "maxLength": 38},
                {"type": "number"},
            ],
            "description": "Decimal as text, or a number, which is read digit by digit.",
            "examples": ["45000.00"],
        }
    ),
]
"""A decimal a client sends."""

DecimalOut = Annotated[
    Decimal,
    PlainSerializer(written, return_type=str),
    WithJsonSchema({"type": "string", "pattern": _PATTERN, "examples": ["45000.5"]}),
]
"""A decimal the venue answers, as text."""

Timestamp = Annotated[
    str,
    WithJsonSchema(
        {"type": "string", "format": "date-time", "examples": ["2026-01-01T00:00:00.000000000Z"]}
    ),
]
"""A moment as RFC 3339 in UTC, with nine decimals."""
