"""Structured values become plain data without their secrets, whatever they are made of."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, SecretBytes, SecretStr

from tradecore.telemetry import redact

CANARY = "CaNaRy7w3Zq9KtBv5"


@dataclass
class _Account:
    name: str
    api_secret: str
    hidden: str = field(default=CANARY, repr=False)


class _Struct(msgspec.Struct):
    price: str
    listen_key: str


class _Model(BaseModel):
    url: str
    token: SecretStr


class _Broken:
    def __repr__(self):
        raise RuntimeError("no")


class _Colour(Enum):
    RED = "red"


@pytest.mark.parametrize(
    "value",
    [
        pytest.param({"api_key": CANARY}, id="mapping"),
        pytest.param({"a": [{"b": ({"apiSecret": CANARY},)}]}, id="nested"),
        pytest.param({b"X-MBX-APIKEY": CANARY}, id="key-of-bytes"),
        pytest.param([("X-MBX-APIKEY", CANARY)], id="header-pair"),
        pytest.param([(b"X-MBX-APIKEY", CANARY.encode())], id="header-pair-of-bytes"),
        pytest.param({"passwords": [CANARY, {"x": CANARY}]}, id="everything-under-the-name"),
        pytest.param(SecretStr(CANARY), id="secret-str"),
        pytest.param({"x": SecretBytes(CANARY.encode())}, id="secret-bytes"),
        pytest.param(_Account("a", CANARY), id="dataclass"),
        pytest.param(_Struct("1", CANARY), id="msgspec"),
        pytest.param(_Model(url=f"wss://u:{CANARY}@h", token=SecretStr(CANARY)), id="pydantic"),
        pytest.param(ValueError(f"signature={CANARY}"), id="exception"),
        pytest.param({f"api_key={CANARY}": 1}, id="in-a-key"),
        pytest.param({f"token={CANARY}"}, id="in-a-set"),
        pytest.param(f"password: {CANARY}".encode(), id="in-bytes"),
        pytest.param({"pin": 493_817}, id="number"),
    ],
)
def test_a_secret_leaves_at_any_depth(value):
    """What comes out is JSON and holds neither the canary nor the number."""
    shown = json.dumps(redact(value))

    assert CANARY not in shown
    assert "493817" not in shown


def test_what_is_no_secret_is_kept():
    """Values keep their kind where JSON has it, and are text where it has not."""
    value = {"n": 1, "f": 0.5, "t": True, "none": None, "d": Decimal("1.50"), "e": _Colour.RED}

    assert redact(value) == {
        "n": 1, "f": 0.5, "t": True, "none": None, "d": "Decimal('1.50')", "e": "red",
    }  # fmt: skip


def test_a_count_of_tokens_is_shown():
    """The tokens of a rate limiter are numbers, those of an account are text."""
    assert redact({"tokens": 5}) == {"tokens": 5}
    assert redact({"tokens": "abc"}) == {"tokens": "***"}
    assert redact({"token": None}) == {"token": None}


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
def test_a_number_json_cannot_say_is_text(number):
    """A line stays JSON whatever was measured."""
    assert redact(number) == str(number)


def test_depth_is_bounded():
    """A value that holds itself ends where it is too deep."""
    value: dict[str, object] = {}
    value["self"] = value

    assert "<cut: over 16 levels>" in json.dumps(redact(value))


def test_size_is_bounded():
    """Ten thousand items are shown, then it says that there are more."""
    shown = redact(list(range(20_000)))

    assert isinstance(shown, list)
    assert len(shown) == 10_000
    assert shown[-1] == "<cut: over 10000 items>"


def test_a_wide_mapping_is_bounded():
    """The last key says that there are more."""
    shown = redact({str(number): number for number in range(20_000)})

    assert isinstance(shown, dict)
    assert len(shown) == 10_000
    assert shown["..."] == "<cut: over 10000 items>"


def test_width_and_depth_together_are_bounded():
    """A value that holds itself many times does not grow with the power of its depth."""
    value: list[object] = []
    value.extend([value] * 10)

    assert len(json.dumps(redact(value))) < 1_000_000


def test_long_text_is_cut_after_it_is_scrubbed():
    """A secret on the cut is masked, not halved."""
    text = "x" * 65_520 + f" api_key={CANARY}" + " y" * 100

    shown = redact(text)

    assert isinstance(shown, str)
    assert shown.endswith("characters>")
    assert CANARY[:4] not in shown


def test_a_long_integer_is_cut():
    """Python refuses to write more than 4300 digits; a log line must not raise for it."""
    assert redact(10**5000) == "<cut: a very long integer>"


def test_an_object_that_cannot_be_shown_does_not_silence_the_line():
    """Its type and the error's stand for it."""
    assert redact({"x": _Broken()}) == {"x": "<_Broken: RuntimeError when shown>"}


LEAVES = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20))
TREES = st.recursive(
    st.one_of(LEAVES, st.just({"api_secret": CANARY}), st.just(f"token={CANARY}")),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=20,
)


@given(TREES)
def test_no_tree_leaks_its_canary(tree):
    """Wherever the canary hangs in a tree, it does not come out, and what does is JSON."""
    assert CANARY not in json.dumps(redact(tree), allow_nan=False)
