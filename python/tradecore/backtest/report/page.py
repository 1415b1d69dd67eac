"""One HTML page of a run, with nothing to fetch: it opens offline, by mail, in ten years."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

import numpy as np

from tradecore.backtest.report import facts, overview, sections
from tradecore.backtest.report.diagnosis import notice
from tradecore.backtest.report.markup import Markup, join, tag

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from tradecore.backtest.report.source import Result

# Nothing may be fetched, whatever text got in: only the page's own style and script run.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'"


def render_report(result: Result) -> str:
    """Return the page as text; equal results give equal pages."""
    title = result.meta.get("strategy") or "Unnamed strategy"
    return page_of(f"{title}: backtest report", _parts(result))


def page_of(title: str, parts: Iterable[Markup | None]) -> str:
    """Return a page of these parts as text, with style and script in it."""
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=_POLICY),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("title", title),
        tag("style", _own_file("page.css")),
    )
    body = tag(
        "body",
        tag("main", *parts),
        tag("div", id="tip", role="status", hidden="hidden"),
        tag("script", _own_file("page.js")),
    )
    return "<!doctype html>\n" + tag("html", head, body, lang="en").text + "\n"


def write_report(result: Result, path: Path) -> Path:
    """Write the page to `path`, making its folder when there is none, and return `path`.

    Raises:
        OSError: If the file cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(render_report(result), encoding="utf-8")
    return path


def _parts(result: Result) -> list[Markup | None]:
    totals, orders = result.summary(), facts.order_facts(result)
    traded, span_ns = facts.fill_facts(result.fills), facts.span(result)
    fall = facts.drawdown(result.equity["equity"])
    worst = float(fall[np.isfinite(fall)].min()) if np.isfinite(fall).any() else 0.0
    currency = result.meta.get("currency") or "quote"
    parts = [
        overview.header(result, span_ns),
        overview.notice_box(notice(result, orders)),
        overview.tiles(totals, traded, orders, worst, currency=currency),
    ]
    if span_ns and result.equity.size:
        parts += [
            sections.equity_section(result, span_ns, currency=currency),
            sections.price_section(result, span_ns, currency=currency),
        ]
    if result.fills.size:
        parts.append(
            tag(
                "div",
                sections.profit_section(totals, currency=currency),
                sections.markout_section(result.fills),
                class_="pair charts",
            )
        )
    parts += [
        tag(
            "div",
            sections.order_section(result, orders),
            tag(
                "div",
                sections.latency_section(result),
                sections.recording_section(result, totals),
            ),
            class_="pair",
        ),
        sections.record_section(result, span_ns) if span_ns else None,
        sections.assumption_section(result),
    ]
    return parts


def _own_file(name: str) -> Markup:
    """Return a file shipped beside this module, which is ours and so is markup as it is."""
    return join(Markup(files(__package__).joinpath(name).read_text(encoding="utf-8")))
