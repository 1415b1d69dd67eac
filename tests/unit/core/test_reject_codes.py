"""The table of refusals, as Python reads it."""

from __future__ import annotations

from tradecore.core import reject_codes


def test_codes_have_a_number_a_name_and_a_sentence():
    """Numbers rise within their bands, names are words, sentences end."""
    codes = reject_codes()

    numbers = [number for number, _, _ in codes]
    assert numbers == sorted(set(numbers))
    assert {number // 1000 for number in numbers} <= {1, 2, 3, 4}
    assert all(name.isupper() for _, name, _ in codes)
    assert all(sentence.endswith(".") for _, _, sentence in codes)
    assert (3004, "POST_ONLY_WOULD_CROSS") in [code[:2] for code in codes]
