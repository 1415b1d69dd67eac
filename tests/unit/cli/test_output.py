"""Results are printed for people or for programs, never for both."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from pathlib import Path

import numpy as np
import pytest

from tradecore.cli.output import Output, to_plain


class _Colour(Enum):
    RED = "red"


@dataclass
class _Point:
    x: int
    y: Decimal


@pytest.fixture(params=[True, False], ids=["json", "text"])
def printed(request):
    """Return an output and its stream, once for programs and once for people."""
    stream = io.StringIO()
    return Output(json=request.param, stream=stream), stream


def test_one_reader_is_served(printed):
    """Programs get one document, people lines and tables."""
    out, stream = printed

    out.line("hello")
    out.table(["a", "b"], [("x", 1)], right=["b"])
    out.value({"a": 1})

    if out.json:
        assert stream.getvalue() == '{"a": 1}\n'
    else:
        assert [line.split() for line in stream.getvalue().splitlines()] == [
            ["hello"], ["a", "b"], ["x", "1"],
        ]  # fmt: skip


def test_markup_in_cells_is_text():
    """A symbol in brackets is not a colour."""
    stream = io.StringIO()

    Output(json=False, stream=stream).table(["a"], [("[red]x[/red] [FEES]",)], title="T")

    assert "[red]x[/red] [FEES]" in stream.getvalue()
    assert stream.getvalue().startswith("T")


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        (None, None), (True, True), (1, 1), ("a", "a"), (0.5, 0.5),
        (float("nan"), None), (float("inf"), None),
        (Decimal("1.50"), "1.50"), (Path("a/b"), "a/b"), (_Colour.RED, "red"),
        (_Point(1, Decimal(2)), {"x": 1, "y": "2"}),
        ({1: (2, {"a"})}, {"1": [2, ["a"]]}),
        (np.array([1.0, np.nan]), [1.0, None]), (np.int64(3), 3), (np.float64(2.5), 2.5),
        (iter([1]), [1]),
    ],
)  # fmt: skip
def test_values_become_what_json_can_say(value, plain):
    """No digit of a decimal is lost, and what is not a number is null."""
    assert to_plain(value) == plain
    json.dumps(to_plain(plain), allow_nan=False)
