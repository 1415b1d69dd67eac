"""Pages are bounded, and a cursor goes on only with the list that gave it."""

from __future__ import annotations

import pytest

from tradecore.core import InputError
from tradecore.store.pages import check_limit, read_cursor, write_cursor


@pytest.mark.parametrize("limit", [0, -1, 1_001])
def test_a_page_is_bounded(limit):
    """No limit beyond a thousand, and none below one."""
    with pytest.raises(InputError, match=r"a page has 1 to 1000 rows"):
        check_limit(limit)


@pytest.mark.parametrize("numbers", [(0,), (1, 2), (2**63 - 1, 0, -(2**63))])
def test_a_cursor_says_where_a_list_ended(numbers):
    """Text and back."""
    assert read_cursor("o", write_cursor("o", *numbers), count=len(numbers)) == numbers


@pytest.mark.parametrize(
    "cursor",
    [
        pytest.param("", id="empty"),
        pytest.param("!!!", id="no-letters"),
        pytest.param("AAAA", id="short"),
        pytest.param("\u00e9", id="not-ascii"),
        pytest.param(write_cursor("s", 1, 2, 3), id="of-another-list"),
        pytest.param(write_cursor("o", 1, 2), id="of-another-length"),
        pytest.param("' OR 1=1 --", id="injection"),
    ],
)
def test_a_cursor_of_another_list_is_refused(cursor):
    """A cursor is one that this list gave."""
    with pytest.raises(InputError, match="a cursor is one that this list gave"):
        read_cursor("o", cursor, count=3)
