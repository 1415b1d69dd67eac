"""Decimals of the API: which are taken, and how they are written."""

from __future__ import annotations

from decimal import Decimal

import pytest
from pydantic import TypeAdapter, ValidationError

from tradecore.gateway.numbers import DecimalIn, written

READS = TypeAdapter(DecimalIn)


@pytest.mark.parametrize(
    ("sent", "meant"),
    [
        ("45000.00", "45000"),
        ("-1.5", "-1.5"),
        (3, "3"),
        (Decimal("1E+5"), "100000"),
        (Decimal("0.1"), "0.1"),
        ("0.000000000000000001", "1E-18"),
        ("999999999999999999", "999999999999999999"),
    ],
)
def test_text_and_numbers_are_decimals(sent, meant):
    """Both are exact."""
    assert READS.validate_python(sent, strict=True) == Decimal(meant)


@pytest.mark.parametrize(
    "sent",
    [
        *(True, None, 1.5, [], {}, "", " 1", "1 ", "1e5", "+1", ".5", "5.", "1,5", "NaN", "٣"),
        *("1_000", "0x10", "1" * 19, "0." + "1" * 19, Decimal("1E+999999"), Decimal("1E-999999")),
        *(10**18, "-" + "9" * 19),
    ],
)
def test_everything_else_is_refused(sent):
    """Truth is no number, and no number is larger than any engine counts."""
    with pytest.raises(ValidationError, match="decimal"):
        READS.validate_python(sent, strict=True)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("0", "0"),
        ("-0.000", "0"),
        ("1.500", "1.5"),
        ("1E+3", "1000"),
        ("1E-8", "0.00000001"),
        ("100", "100"),
        ("0.3333333333333333333333333333", "0.333333333333"),
    ],
)
def test_a_decimal_is_written_in_plain_digits(value, text):
    """No exponent and no idle zeros; a quotient ends after twelve places."""
    assert written(Decimal(value)) == text
