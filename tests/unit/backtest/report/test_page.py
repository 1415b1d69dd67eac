"""The page as a whole: well formed, self-contained, small, and deaf to what its texts contain."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pytest

from support.sample_result import RECORD, START_NS, resulting, special_cases
from tradecore.backtest.report import render_report, write_report

CASES = special_cases()
ATTACK = "</title></style></script><script>alert(1)</script><img src=x onerror=alert(1)>\"'&"


@pytest.fixture(scope="module", params=CASES)
def page(request):
    """The page of each run, ordinary or not."""
    return render_report(CASES[request.param])


class Nesting(HTMLParser):
    """Checks that every element is closed where it should be."""

    VOID = frozenset({"meta", "link", "br"})

    def __init__(self):
        super().__init__()
        self.open, self.seen = [], []

    def handle_starttag(self, name, attributes):
        """Open an element."""
        self.seen.append((name, dict(attributes)))
        if name not in self.VOID:
            self.open.append(name)

    def handle_endtag(self, name):
        """Close the innermost element, which must be this one."""
        assert self.open.pop() == name


def elements(page):
    """Return the elements of a page that is nested as it should be."""
    reader = Nesting()
    reader.feed(page)
    reader.close()
    assert reader.open == []
    return reader.seen


def drawings(page):
    """Return every drawing on the page, parsed."""
    texts = re.findall(r"<svg.*?</svg>", page, re.DOTALL)
    return [ET.fromstring(text) for text in texts]  # noqa: S314 - ours


def test_every_element_is_closed(page):
    """A browser need not guess."""
    assert elements(page)[0][0] == "html"


def test_every_drawing_is_well_formed_and_inside_its_frame(page):
    """XML that parses, numbers that are numbers."""
    for drawing in drawings(page):
        for element in drawing.iter():
            for name in ("x", "y", "x1", "x2", "y1", "y2", "cx", "cy", "width", "height", "d"):
                value = element.get(name, "")
                assert "nan" not in value
                assert "inf" not in value


def test_every_chart_says_in_words_what_it_shows(page):
    """A picture without a label is silent to a screen reader."""
    charts = [drawing for drawing in drawings(page) if drawing.get("role")]
    assert all(chart.get("aria-label") for chart in charts)


def test_nothing_is_fetched(page):
    """No address, no import, no element that loads; and a policy that forbids it."""
    assert not re.search(r"https?:|//[a-z]|@import|url\(", page)
    names = {name for name, _ in elements(page)}
    assert not names & {"img", "link", "iframe", "object", "embed", "image", "use", "base", "form"}
    policies = [a["content"] for _, a in elements(page) if "http-equiv" in a]
    assert [policy.startswith("default-src 'none'; ") for policy in policies] == [True]
    assert not any({"src", "href"} & set(attributes) for _, attributes in elements(page))


def test_the_page_is_below_a_megabyte(page):
    """Also for a million points and twenty thousand fills."""
    assert len(page.encode()) < 1_000_000


def test_words_from_outside_stay_words():
    """A name, a reason, a code, an assumption or a series cannot become markup."""
    series = np.zeros(3, RECORD)
    series["ts_ns"] = START_NS + np.arange(3)
    full = CASES["full"]
    hostile = resulting(
        full,
        meta={"strategy": ATTACK, "data": ATTACK, "currency": ATTACK, ATTACK: ATTACK},
        denials={ATTACK: 1},
        assumptions=(ATTACK,),
        records={ATTACK: series},
        errors=(ATTACK,),
        totals={
            "halted": True,
            "reason": ATTACK,
            "callbacks": {ATTACK: 1},
            "counts": full.summary().counts | {ATTACK: 1},
        },
    )

    page = render_report(hostile)

    seen = elements(page)
    assert [name for name, _ in seen].count("script") == 1
    assert not any(name == "img" for name, _ in seen)
    assert not any(key.startswith("on") for _, attributes in seen for key in attributes)
    assert drawings(page)


def test_equal_results_give_equal_pages():
    """No date of rendering, no random id."""
    assert render_report(CASES["full"]) == render_report(CASES["full"])


def test_the_key_figures_are_the_exact_totals():
    """What `summary` says is what stands on the page."""
    totals = CASES["full"].summary()

    page = render_report(CASES["full"])

    assert f"{abs(totals.pnl.net):,.2f}" in page
    assert f"{totals.events:,}" in page


def test_a_peak_of_one_point_in_a_million_is_on_the_page():
    """The equity path reaches the height of the highest point."""
    case = CASES["million"]
    equity = case.equity.copy()
    equity["equity"][500_000] = 1e6

    chart = next(d for d in drawings(render_report(replace(case, equity=equity))) if d.get("role"))
    panel = chart.find("g[@data-name='Equity']")

    heights = [float(y) for _, y in re.findall(r"[ML]([-\d.]+) ([-\d.]+)", panel[-1].get("d"))]
    low, high = float(panel.get("data-low")), float(panel.get("data-high"))
    base, top = float(panel.get("data-base")), float(panel.get("data-top"))
    assert low + (base - min(heights)) / (base - top) * (high - low) == pytest.approx(1e6, rel=1e-3)


def test_series_beyond_the_limit_are_named_instead_of_drawn():
    """A strategy that records a hundred series still gets a page."""
    series = np.zeros(2, RECORD)
    series["ts_ns"] = START_NS, START_NS + 1
    many = replace(CASES["full"], records={f"series{at:02}": series for at in range(14)})

    assert "there are more than 12: series12, series13" in render_report(many)


def test_huge_and_missing_numbers_do_not_break_the_page():
    """Equity of 1e300 with gaps, prices of zero: drawn as far as it goes."""
    case = CASES["full"]
    equity, fills = case.equity.copy(), case.fills.copy()
    equity["equity"][::2], equity["mid"][::3] = 1e300, np.nan
    fills["price"][::5] = 0.0
    fills["mid"][::7] = np.nan

    assert drawings(render_report(replace(case, equity=equity, fills=fills)))


def test_the_file_is_written_where_it_was_asked_for(tmp_path):
    """Its folder is made, and what was there is replaced."""
    path = write_report(CASES["empty"], tmp_path / "new" / "out.html")
    write_report(CASES["full"], path)

    assert path.read_text(encoding="utf-8") == render_report(CASES["full"])


def test_a_refusal_is_named_and_explained():
    """The number in the orders becomes the name and the sentence of the core's table."""
    page = render_report(CASES["full"])

    assert "POST_ONLY_WOULD_CROSS" in page
    assert "A post-only order would have traded at once." in page


def test_a_run_without_a_finding_or_a_record_has_neither_part():
    """No empty box, and no empty chart."""
    page = render_report(resulting(CASES["full"], denials={}, records={}))

    assert 'class="notice' not in page
    assert "Recorded by the strategy" not in page


def test_records_that_could_not_be_read_are_named():
    """With their places, so that the recording can be looked at."""
    page = render_report(replace(CASES["full"], errors=("a frame is JSON: line 17",)))

    assert "<li>a frame is JSON: line 17</li>" in page
