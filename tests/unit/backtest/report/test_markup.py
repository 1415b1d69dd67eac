"""Text from outside cannot become markup."""

from __future__ import annotations

from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from tradecore.backtest.report.markup import Markup, join, tag


class Reader(HTMLParser):
    """Collects what a browser would see."""

    def __init__(self):
        super().__init__()
        self.tags, self.text, self.values = [], "", []

    def handle_starttag(self, name, attributes):
        """Note the element and the values of its attributes."""
        self.tags.append(name)
        self.values += [value for _, value in attributes]

    def handle_data(self, data):
        """Note the text."""
        self.text += data


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"])))
def test_any_text_is_read_back_as_it_was(text):
    """As content and as the value of an attribute, whatever characters it has."""
    reader = Reader()
    reader.feed(tag("p", text, title=text).text)
    reader.close()

    assert reader.tags == ["p"]
    assert reader.text == text
    assert reader.values == [text]


def test_markup_is_kept_and_text_beside_it_escaped():
    """Only what `tag` made stays markup."""
    assert tag("p", tag("b", "1 < 2"), " & more").text == "<p><b>1 &lt; 2</b> &amp; more</p>"
    assert join("<", None, Markup("<br>")).text == "&lt;<br>"


def test_attributes_are_named_as_html_does_and_none_is_left_out():
    """Python words lose their underscore, others become hyphens."""
    assert tag("p", class_="a", data_unit="b", id=None).text == '<p class="a" data-unit="b"></p>'


def test_lengths_are_written_to_a_tenth():
    """A tenth of a pixel is finer than any screen."""
    assert tag("rect", x=1.0, y=2.349, width=-0.0).text == '<rect x="1" y="2.3" width="0"></rect>'


def test_void_elements_have_no_end():
    """A browser would read `</meta>` as a mistake."""
    assert tag("meta", charset="utf-8").text == '<meta charset="utf-8">'
