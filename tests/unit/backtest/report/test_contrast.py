"""Text and lines stand out enough to be read, in light, in the dark and on paper.

Source: WCAG 2.1, success criteria 1.4.3 (text, 4.5) and 1.4.11 (graphics, 3).
"""

from __future__ import annotations

import re
from importlib.resources import files

import pytest

STYLE = files("tradecore.backtest.report").joinpath("page.css").read_text(encoding="utf-8")
BLOCKS = [
    dict(re.findall(r"--([\w-]+): (#\w+)", block))
    for block in re.findall(r":root \{(.*?)\}", STYLE, re.DOTALL)
]
THEMES = dict(zip(("light", "dark", "paper"), BLOCKS, strict=True))

TEXT = [("ink", "card"), ("ink", "paper"), ("soft", "card"), ("soft", "paper")]
TEXT += [("gain", "card"), ("loss", "card"), ("warn", "warn-bg"), ("bad", "bad-bg")]
LINES = ["equity", "drawdown", "position", "mid", "buy", "sell", "all", "gain", "loss", "sum", "r2"]


def luminance(colour):
    """Return the relative luminance of `#rgb` or `#rrggbb`."""
    digits = colour[1:] if len(colour) == 7 else "".join(digit * 2 for digit in colour[1:])
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(theme, front, back):
    """Return the contrast ratio of two colours of a theme."""
    lighter, darker = sorted((luminance(theme[front]), luminance(theme[back])), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def test_the_measure_is_the_one_of_the_standard():
    """Black on white is 21 to 1."""
    assert contrast({"a": "#000", "b": "#ffffff"}, "a", "b") == pytest.approx(21.0)


@pytest.mark.parametrize("name", THEMES)
def test_text_can_be_read(name):
    """Every text colour on what it stands on."""
    assert {
        pair: contrast(THEMES[name], *pair) for pair in TEXT if contrast(THEMES[name], *pair) < 4.5
    } == {}


@pytest.mark.parametrize("name", THEMES)
def test_lines_can_be_seen(name):
    """Every line, bar and marker on its card."""
    assert {line for line in LINES if contrast(THEMES[name], line, "card") < 3.0} == set()


def test_every_theme_names_every_colour():
    """A colour forgotten in the dark would be the light one."""
    assert {frozenset(theme) for theme in THEMES.values()} == {frozenset(THEMES["light"])}
