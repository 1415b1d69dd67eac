"""YAML text: what it says, with lines, and what is refused without being constructed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradecore.config.tree import Items, Scalar, Table
from tradecore.config.yaml_file import parse_yaml


def plain(node):
    """Return a node as plain Python."""
    if isinstance(node, Table):
        return {name: plain(inner) for name, inner in node.entries.items()}
    if isinstance(node, Items):
        return [plain(inner) for inner in node.nodes]
    assert isinstance(node, Scalar)
    return node.value


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("", {}, id="empty"),
        pytest.param("# only a comment\n---\n", {}, id="nothing"),
        pytest.param("a: 1\nb: x\nc: 1.5\nd: true\ne: null\nf:\n",
                     {"a": 1, "b": "x", "c": 1.5, "d": True, "e": None, "f": None}, id="scalars"),
        pytest.param("a: [1, {b: 2}]\n", {"a": [1, {"b": 2}]}, id="nested"),
        pytest.param("a: &x [1]\nb: *x\n", {"a": [1], "b": [1]}, id="alias"),
        pytest.param("a: 2026-01-01\n", {"a": "2026-01-01"}, id="dates-are-text"),
        pytest.param("1: a\n", {"1": "a"}, id="keys-are-text"),
        pytest.param("a: '1'\n", {"a": "1"}, id="quoted-number-is-text"),
    ],
)  # fmt: skip
def test_what_a_text_says(text, said):
    """Scalars as YAML reads them, sections and lists."""
    table, problems = parse_yaml(text, "x.yaml")

    assert (plain(table), problems) == (said, [])


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("- a\n", "a configuration is a mapping of sections (x.yaml:1)"),
        ("hello\n", "a configuration is a mapping of sections (x.yaml:1)"),
        ("a: 1\nb: 2\na: 3\n", "duplicated name 'a', first in line 1 (a, x.yaml:3)"),
        ("s:\n  a: 1\n  A: 2\n", "duplicated name 'A', first in line 2 ([s] A, x.yaml:3)"),
        ("a: !!python/object/apply:os.system [id]\n",
         ("tag not allowed in a configuration: 'tag:yaml.org,2002:python/object/apply:os.system'"
         " (a, x.yaml:1)")),
        ("a: !mine x\n", "tag not allowed in a configuration: '!mine' (a, x.yaml:1)"),
        ("a: !!binary aGk=\n",
         "tag not allowed in a configuration: 'tag:yaml.org,2002:binary' (a, x.yaml:1)"),
        ("a: !!int x\n",
         "not a YAML scalar: invalid literal for int() with base 10: 'x' (a, x.yaml:1)"),
        ("b: &b {x: 1}\na:\n  <<: *b\n", "merge keys (<<) are not supported ([a], x.yaml:3)"),
        ("? [a]\n: 1\n", "a key is a plain word (x.yaml:1)"),
        ("a: &a\n  b: *a\n", "an alias stands within what it names ([a.b], x.yaml:1)"),
        ("a: 1\n---\nb: 2\n",
         ("not YAML: expected a single document in the stream, but found another document"
         " (x.yaml:2)")),
        ("a: *lost\n", "not YAML: found undefined alias 'lost' (x.yaml:1)"),
        ("a:\n\t- 1\n",
         ("not YAML: while scanning for the next token, found character '\\t' that cannot start"
         " any token (x.yaml:2)")),
        ("a: [1\n", ("not YAML: while parsing a flow sequence, expected ',' or ']', but got"
         " '<stream end>' (x.yaml:2)")),
        ("a: \x07\n", ("not YAML: unacceptable character #x0007: special characters are not"
         " allowed (x.yaml)")),
    ],
)  # fmt: skip
def test_what_a_text_must_not_say(text, problem):
    """Each with its line, and nothing constructed from it."""
    _, problems = parse_yaml(text, "x.yaml")

    assert [str(found) for found in problems] == [problem]


def test_values_multiplied_by_aliases_are_counted():
    """A few lines that name a billion values are refused at ten thousand."""
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10)]

    _, problems = parse_yaml("\n".join(lines), "x.yaml")

    assert {found.message for found in problems} == {"a configuration has at most 10000 values"}


def test_depth_is_bounded():
    """Thirty-two levels are enough, and no depth ends the interpreter."""
    _, deep = parse_yaml("a: " + "[" * 40 + "]" * 40, "x.yaml")
    _, deeper = parse_yaml("[" * 100_000, "x.yaml")

    assert deep[0].message == "a configuration has at most 32 levels"
    assert deeper[0].message.startswith("not YAML: ")


def test_each_value_knows_its_place():
    """Sections joined by dots, the key, the line."""
    table, _ = parse_yaml("a:\n  b:\n    c: 1\n", "x.yaml")

    assert str(table.entries["a"].entries["b"].entries["c"].place) == "[a.b] c, x.yaml:3"


@given(st.text(alphabet="ab:-[]{}&*!|>'\"#? \n,", max_size=40))
def test_no_text_makes_the_reader_fail(text):
    """The answer is a tree and a list of problems, whatever is written."""
    table, problems = parse_yaml(text, "x.yaml")

    assert isinstance(plain(table), dict)
    assert all(found.message for found in problems)
