"""References in values: what they become, and what is no reference."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradecore.config.interpolate import InterpolationError, expand

VARIABLES = {"HOST": "h", "PORT": "7001", "EMPTY": "", "DOLLAR": "${HOST}$$", "BRACE": "a}b"}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        pytest.param("plain", "plain", id="no-reference"),
        pytest.param("", "", id="empty"),
        pytest.param("${HOST}", "h", id="whole"),
        pytest.param("tcp://${HOST}:${PORT}/x", "tcp://h:7001/x", id="within-text"),
        pytest.param("${HOST}${HOST}", "hh", id="twice"),
        pytest.param("${NONE:-d}", "d", id="default"),
        pytest.param("${HOST:-d}", "h", id="default-not-needed"),
        pytest.param("${EMPTY}", "", id="empty-variable"),
        pytest.param("${EMPTY:-d}", "d", id="default-for-empty"),
        pytest.param("${NONE:-}", "", id="empty-default"),
        pytest.param("${NONE:-${HOST}:${PORT}}", "h:7001", id="references-in-default"),
        pytest.param("${NONE:-${OTHER:-x}}", "x", id="default-in-default"),
        pytest.param("${HOST:-${NONE}}", "h", id="unset-in-default-not-needed"),
        pytest.param("${NONE:-a:-b}", "a:-b", id="operator-in-default"),
        pytest.param("$$", "$", id="escape"),
        pytest.param("$${HOST}", "${HOST}", id="escaped-reference"),
        pytest.param("$$${HOST}", "$h", id="escape-then-reference"),
        pytest.param("a$b $ $", "a$b $ $", id="lone-dollars"),
        pytest.param("${DOLLAR}", "${HOST}$$", id="values-are-not-looked-at-again"),
        pytest.param("${BRACE:-x}", "a}b", id="brace-in-value"),
        pytest.param("{}}${NONE:-$$}", "{}}$", id="braces-outside"),
    ],
)
def test_references_are_followed_once(text, value):
    """Names become their values, defaults stand in, `$$` is a dollar."""
    assert expand(text, VARIABLES).text == value


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("${NONE}", r"^variable NONE is not set and \$\{NONE\} has no default$"),
        ("a ${HOST} ${NONE:-${LOST}}", r"^variable LOST is not set"),
        ("${HOSTS}", r"^variable HOSTS is not set .* no default; did you mean HOST\?$"),
        ("${", r"^a reference is \$\{NAME\} or \$\{NAME:-default\}; \$\$ is a dollar$"),
        ("${}", r"^a reference is \$\{NAME\}"),
        ("${1A}", r"^a reference is \$\{NAME\}"),
        ("${ HOST }", r"^a reference is \$\{NAME\}"),
        ("${HOST", r"^\$\{HOST is not closed by \}, or has more than a :-default$"),
        ("${HOST:-a", r"^\$\{HOST is not closed"),
        ("${HOST:?a}", r"^\$\{HOST is not closed"),
        ("${HOST-a}", r"^\$\{HOST is not closed"),
        ("${A:-" * 17 + "x" + "}" * 17, r"^references nest at most 16 deep$"),
    ],
)
def test_what_cannot_be_followed_is_refused(text, message):
    """The rule names the variable, never a value."""
    with pytest.raises(InterpolationError, match=message):
        expand(text, VARIABLES)


@pytest.mark.parametrize(
    ("text", "variables", "has_literal"),
    [
        ("${HOST}", ("HOST",), False),
        ("${NONE:-d}", (), True),
        ("${HOST:-d}", ("HOST",), False),
        ("x${HOST}", ("HOST",), True),
        ("${NONE:-${HOST}}", ("HOST",), False),
        ("plain", (), True),
        ("", (), False),
        ("${HOST}${PORT}${HOST}", ("HOST", "PORT"), False),
    ],
)
def test_it_is_known_what_was_written_and_what_was_referred_to(text, variables, has_literal):
    """A secret may be referred to; whether any of it was written decides if it may stay."""
    expanded = expand(text, VARIABLES)

    assert (expanded.variables, expanded.has_literal) == (variables, has_literal)


NAMES = st.from_regex(r"[A-Z_][A-Z0-9_]{0,8}", fullmatch=True)


@given(st.text())
def test_any_text_can_be_written_with_escapes(text):
    """Doubling the dollars gives back the text, whatever it is."""
    assert expand(text.replace("$", "$$"), {}).text == text


@given(
    NAMES, st.text(), st.text(alphabet="abc :/", max_size=9), st.text(alphabet="abc", max_size=9)
)
def test_a_value_comes_in_as_it_is(name, value, before, after):
    """No character of a variable's value means anything."""
    assert expand(f"{before}${{{name}}}{after}", {name: value}).text == before + value + after


@given(st.text(alphabet="$${}:-AB x", max_size=40))
def test_no_text_does_anything_but_expand_or_be_refused(text):
    """Whatever is written, the answer is a value or one clear refusal."""
    with contextlib.suppress(InterpolationError):
        assert set(expand(text, {"A": "1"}).variables) <= {"A"}
