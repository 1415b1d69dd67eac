"""INI text: what it says, and the line of everything that says nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradecore.config.ini import parse_ini
from tradecore.config.tree import Table


def plain(table: Table):
    """Return a table as nested dictionaries of texts."""
    return {
        name: plain(node) if isinstance(node, Table) else node.text
        for name, node in table.entries.items()
    }


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("", {}, id="empty"),
        pytest.param("# c\n; c\n\n   \n", {}, id="comments-only"),
        pytest.param("[A]\n", {"A": {}}, id="empty-section"),
        pytest.param("[A]\nX=1\n", {"A": {"X": "1"}}, id="key"),
        pytest.param("[A]\n  X  =  a b  \n", {"A": {"X": "a b"}}, id="blanks-around"),
        pytest.param("[A]\nX=\n", {"A": {"X": ""}}, id="empty-value"),
        pytest.param("[A]\nX=a=b\n", {"A": {"X": "a=b"}}, id="equals-in-value"),
        pytest.param("[A]\nX=1 # c\nY=2 ; c\nZ=a#b;c\n",
                     {"A": {"X": "1", "Y": "2", "Z": "a#b;c"}}, id="comment-after-a-blank"),
        pytest.param("[A]\nX=#c\n", {"A": {"X": ""}}, id="only-a-comment"),
        pytest.param("[A]\nX=\" a # b \" # c\nY='\"'\n",
                     {"A": {"X": " a # b ", "Y": '"'}}, id="quotes"),
        pytest.param("[A.B.C]\nX=1\n[A]\nY=2\n",
                     {"A": {"B": {"C": {"X": "1"}}, "Y": "2"}}, id="sections-within"),
        pytest.param("[ A ] # c\nx=1", {"A": {"x": "1"}}, id="blanks-in-section"),
        pytest.param("[A]\nX=${V:-a}\n", {"A": {"X": "${V:-a}"}}, id="references-are-kept"),
    ],
)  # fmt: skip
def test_what_a_text_says(text, said):
    """Sections, keys, quotes and comments."""
    table, problems = parse_ini(text, "x.ini")

    assert (plain(table), problems) == (said, [])


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("X=1", "a key stands under a [SECTION] (X, x.ini:1)"),
        ("[A]\nhello", "a line is [SECTION], KEY=value or a comment: 'hello' ([A], x.ini:2)"),
        ("[A]\n=1", "a value needs a key before the = ([A], x.ini:2)"),
        ("[A]\nX='a", "a value that starts with ' ends with ' ([A], x.ini:2)"),
        ('[A]\nX="a"b', "only a comment may follow the closing quote ([A], x.ini:2)"),
        ("[A]\nX=1\n\nx=2", "duplicated name 'x', first in line 2 ([A] x, x.ini:4)"),
        ("[A]\n[B]\n[a]", "section opened twice, first in line 1 ([a], x.ini:3)"),
        ("[A", "a section line is [SECTION]: '[A' (x.ini:1)"),
        ("[]", "a section line is [SECTION]: '[]' (x.ini:1)"),
        ("[A..B]", "a section line is [SECTION]: '[A..B]' (x.ini:1)"),
        ("[A] x", "a section line is [SECTION]: '[A] x' (x.ini:1)"),
        ("[A]\nB=1\n[A.B]", "'B' is a key already, not a section ([A.B], x.ini:3)"),
    ],
)
def test_what_a_text_must_not_say(text, problem):
    """Each with its line, section and key."""
    _, problems = parse_ini(text, "x.ini")

    assert [str(found) for found in problems] == [problem]


def test_every_bad_line_is_told():
    """One mistake does not hide the next, and what is right is still read."""
    table, problems = parse_ini("[A]\nhello\nX=1\nworld\n", "x.ini")

    assert [found.place.line for found in problems] == [2, 4]
    assert plain(table) == {"A": {"X": "1"}}


def test_each_value_knows_its_place():
    """File, line, section as written, key as written."""
    table, _ = parse_ini("# c\n[A.b]\n\nKey = v", "dir/x.ini")
    inner = table.entries["A"].entries["b"].entries["Key"]

    assert str(inner.place) == "[A.b] Key, dir/x.ini:4"


@given(st.text(alphabet="[]=#;'\" \nAB.\t", max_size=60))
def test_no_text_makes_the_reader_fail(text):
    """The answer is a tree and a list of problems, whatever is written."""
    table, problems = parse_ini(text, "x.ini")

    assert isinstance(plain(table), dict)
    assert all(1 <= found.place.line <= text.count("\n") + 1 for found in problems)


@given(st.text(st.characters(exclude_characters='"\n', exclude_categories=["Cs"])))
def test_any_line_of_text_can_be_written_in_quotes(value):
    """Between quotes nothing means anything."""
    table, problems = parse_ini(f'[A]\nX="{value}"', "x.ini")

    assert (plain(table), problems) == ({"A": {"X": value}}, [])
