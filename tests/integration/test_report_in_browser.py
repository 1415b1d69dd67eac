"""The report in a real browser: it renders, complains of nothing and answers the pointer."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile

import pytest

from support.sample_result import resulting, special_cases
from tradecore.backtest.report import Sweep, render_report, render_runs

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
BROWSER = next((found for name in BROWSERS if (found := shutil.which(name))), None)
QUIET = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
    "--enable-logging=stderr",
    "--dump-dom",
)
CASES = special_cases()

# What a reader does: rest the pointer on the middle of the first chart.
POINT = """<script>
const chart = [...document.querySelectorAll("svg[data-from-ns]")].find(
  (drawing) => drawing.getBoundingClientRect().width > 0);
const box = chart.getBoundingClientRect();
chart.dispatchEvent(new PointerEvent("pointermove", {
  clientX: box.left + box.width / 2, clientY: box.top + 40, bubbles: true }));
const widest = Math.max(...[...document.querySelectorAll("main *")].map(
  (element) => element.closest(".scroll") ? 0 : element.getBoundingClientRect().right));
const right = Math.max(widest, document.documentElement.scrollWidth);
document.title = "fits:" + (right <= innerWidth);
</script></body>"""

pytestmark = pytest.mark.skipif(BROWSER is None, reason="needs chromium: not installed")


def open_page(path, *, width):
    """Return the page as the browser sees it, and what the page's scripts complained of."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        done = subprocess.run(
            [
                BROWSER,
                *QUIET,
                f"--user-data-dir={profile}",
                f"--window-size={width},2000",
                path.as_uri(),
            ],
            capture_output=True,
            text=True,
            timeout=50,
            check=True,
        )
    return done.stdout, [line for line in done.stderr.splitlines() if "CONSOLE" in line]


@pytest.mark.parametrize("name", ["full", "empty", "no-fill", "one-fill"])
def test_renders_without_a_complaint(tmp_path, name):
    """No error and no warning on the console, whatever is missing."""
    path = tmp_path / "report.html"
    path.write_text(render_report(CASES[name]), encoding="utf-8")

    page, complaints = open_page(path, width=1400)

    assert complaints == []
    assert "</main>" in page


@pytest.mark.parametrize("width", [1400, 500])
def test_the_pointer_reads_values_and_nothing_is_wider_than_the_window(tmp_path, width):
    """The read-out names the time and every panel; no sideways scrolling."""
    path = tmp_path / "report.html"
    page = render_report(resulting(CASES["full"], totals={"halted": True, "reason": "x" * 300}))
    path.write_text(page.replace("</body>", POINT), encoding="utf-8")

    seen, complaints = open_page(path, width=width)

    assert complaints == []
    tip = re.search(r'<div id="tip" role="status"[^>]*>([^<]*)</div>', seen)[1]
    assert re.search(r"2023-11-14 22:4\d:\d\d\.\d{3} UTC", tip)
    assert re.search(r"Equity: -?[\d.]+ USDT", tip)
    assert re.search(r"Position: -?[\d.]+ base", tip)
    assert "<title>fits:true</title>" in seen


@pytest.mark.parametrize("width", [1400, 500])
def test_a_page_of_runs_reads_every_run_under_the_pointer_and_fits(tmp_path, width):
    """Each line by its name; long names, eight runs and wide maps scroll nothing but tables."""
    runs = {f"run {number} " + "x" * 20: CASES["full"] for number in range(8)}
    rows = [
        {"size": size, "gamma": gamma, "net": size - gamma * 1_000}
        for size in range(30)
        for gamma in range(20)
    ]
    page = render_runs(runs, sweep=Sweep(rows, ("size", "gamma"), unit="USDT"))
    path = tmp_path / "runs.html"
    path.write_text(page.replace("</body>", POINT), encoding="utf-8")

    seen, complaints = open_page(path, width=width)

    assert complaints == []
    tip = re.search(r'<div id="tip" role="status"[^>]*>([^<]*)</div>', seen)[1]
    assert len(re.findall(r"^run \d x+: -?[\d.,]+ USDT$", tip, flags=re.MULTILINE)) == 8
    assert "<title>fits:true</title>" in seen
