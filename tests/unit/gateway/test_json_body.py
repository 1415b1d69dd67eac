"""JSON from outside: what is read digit by digit, and what is refused before it is looked at."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tradecore.gateway.json_body import decode
from tradecore.gateway.problems import ProblemError


def test_a_number_is_what_its_digits_say():
    """No number with a point passes through a binary float."""
    said = decode(b'{"price": 0.1, "large": 12345678901234567890.5, "whole": 3}', depth_max=4)

    assert said == {
        "price": Decimal("0.1"),
        "large": Decimal("12345678901234567890.5"),
        "whole": 3,
    }
    assert isinstance(said["price"], Decimal)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        pytest.param(b"{", "MALFORMED_JSON", id="cut"),
        pytest.param(b"", "MALFORMED_JSON", id="empty"),
        pytest.param(b'{"a": NaN}', "MALFORMED_JSON", id="nan"),
        pytest.param(b'{"a": -Infinity}', "MALFORMED_JSON", id="infinity"),
        pytest.param(b'{"a": 1, "a": 2}', "MALFORMED_JSON", id="twice"),
        pytest.param(b'"\xff"', "MALFORMED_JSON", id="no-utf-8"),
        pytest.param(b'["\\ud800"]', "MALFORMED_JSON", id="half-a-pair"),
        pytest.param(b'{"\\udc00": 1}', "MALFORMED_JSON", id="half-a-pair-in-a-name"),
        pytest.param(b"1" * 65, "MALFORMED_JSON", id="long-integer"),
        pytest.param(b"0." + b"1" * 70, "MALFORMED_JSON", id="long-fraction"),
        pytest.param(b"[" * 5 + b"]" * 5, "JSON_TOO_DEEP", id="deep"),
        pytest.param(b'{"a":' * 5_000 + b"1" + b"}" * 5_000, "JSON_TOO_DEEP", id="very-deep"),
        pytest.param(b"[" * 100_000, "JSON_TOO_DEEP", id="deep-and-cut"),
    ],
)
def test_what_is_not_plain_json_is_refused(body, code):
    """Each has its code, and status 400."""
    with pytest.raises(ProblemError, match=r".+") as caught:
        decode(body, depth_max=4)

    assert (caught.value.status_code, caught.value.code) == (400, code)


def test_brackets_in_text_are_not_depth():
    """What stands in quotes nests nothing, whatever is escaped there."""
    assert decode(b'{"a": "[[[[[[{{{{\\"[[["}', depth_max=2) == {"a": '[[[[[[{{{{"[[['}


def test_a_whole_pair_is_text():
    """Two halves that belong together are one character."""
    assert decode(b'["\\ud83d\\ude00"]', depth_max=2) == ["\N{GRINNING FACE}"]
