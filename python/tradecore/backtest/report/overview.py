"""The top of the page: what ran, what must be known first, and the key figures."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tradecore.backtest.report.figures import (
    ABSENT,
    bps,
    count,
    duration,
    money,
    number,
    percent,
    period,
)
from tradecore.backtest.report.markup import Markup, tag
from tradecore.core import __version__

if TYPE_CHECKING:
    from tradecore.backtest.report.diagnosis import Notice
    from tradecore.backtest.report.facts import FillFacts, OrderFacts
    from tradecore.backtest.report.source import Ratios, Result, Totals

_KNOWN = ("strategy", "currency")


def header(result: Result, span_ns: tuple[int, int] | None) -> Markup:
    """Return the title and the facts that identify the run."""
    facts = [
        (name.replace("_", " ").capitalize(), text)
        for name, text in result.meta.items()
        if name not in _KNOWN
    ]
    if "period" not in result.meta:
        facts.append(("Period", period(*span_ns) if span_ns else ABSENT))
    facts.append(("Made by", f"tradecore {__version__}"))
    return tag(
        "header",
        tag("p", "Backtest report", class_="overline"),
        tag("h1", result.meta.get("strategy") or "Unnamed strategy"),
        tag(
            "dl",
            *(tag("div", tag("dt", name), tag("dd", text)) for name, text in facts),
        ),
    )


def notice_box(found: Notice | None) -> Markup | None:
    """Return the notice as a box, or nothing."""
    if found is None:
        return None
    return tag(
        "section",
        tag("h2", found.title),
        tag("ul", *(tag("li", _sentence(finding)) for finding in found.findings))
        if found.findings
        else None,
        *(tag("p", advice) for advice in found.advice),
        class_=f"notice {found.level}",
        aria_label="Diagnosis",
    )


def _sentence(finding: str) -> str:
    return f"{finding[:1].upper()}{finding[1:]}" + ("" if finding.endswith(".") else ".")


def tiles(
    totals: Totals, fills: FillFacts, orders: OrderFacts, worst: float, *, currency: str
) -> Markup:
    """Return the key figures."""
    net = totals.pnl.net
    share = orders.filled_quantity / orders.ordered_quantity if orders.ordered_quantity else np.nan
    speed = totals.events / totals.wall_s if totals.wall_s > 0 else np.nan
    per_turnover = float(net) / fills.turnover * 1e4 if fills.turnover else np.nan
    cells = [
        ("Net profit", money(net, signed=True), currency, _tone(float(net))),
        (
            "Return on turnover",
            bps(per_turnover),
            f"{_compact(fills.turnover)} {currency} traded",
            "",
        ),
        ("Worst drawdown", money(worst), currency, ""),
        *_ratios(totals.performance, currency),
        ("Fills", count(fills.fills), _maker_share(fills), ""),
        ("Against the mid at the fill", bps(fills.spread_bps), "mean, by quantity", ""),
        ("Fees", money(totals.pnl.fees), currency, ""),
        ("Fill ratio", percent(float(share)), "of quantity ordered", ""),
        (
            "Events",
            count(totals.events),
            f"{_compact(speed)} a second, {duration(totals.wall_s * 1e9)}",
            "",
        ),
    ]
    return tag(
        "section",
        *(
            tag(
                "div",
                tag("p", name, class_="name"),
                tag("p", value, class_=f"value {tone}".rstrip()),
                tag("p", note, class_="note"),
                class_="tile",
            )
            for name, value, note, tone in cells
        ),
        class_="tiles",
        aria_label="Key figures",
    )


def _ratios(told: Ratios, currency: str) -> list[tuple[str, str, str, str]]:
    """Return the cells of return and risk; a dash where there is too little to say."""
    ret, of = told.total_return, told.capital
    steps = f"{_compact(told.steps)} steps of {told.step_s} s, scaled to a year"
    return [
        (
            "Return",
            ABSENT if ret is None else percent(ret, 3),
            "nothing was held" if of is None else f"of {_compact(of)} {currency} held at most",
            "" if ret is None else _tone(ret),
        ),
        *(
            (name, ABSENT if ratio is None else number(ratio), steps, "")
            for name, ratio in (("Sharpe ratio", told.sharpe), ("Sortino ratio", told.sortino))
        ),
        (
            "Turnover",
            ABSENT if told.turnover is None else number(told.turnover, 1),
            "times what was held at most",
            "",
        ),
    ]


def _maker_share(fills: FillFacts) -> str:
    return f"{percent(fills.maker / fills.fills, 0)} as maker" if fills.fills else "none"


def _tone(value: float) -> str:
    return "gain" if value > 0 else "loss" if value < 0 else ""


def _compact(value: float) -> str:
    for size, letter in ((1e9, "G"), (1e6, "M"), (1e4, "k")):
        if abs(value) >= size:
            return number(value / (1e3 if letter == "k" else size), 1) + f" {letter}"
    return number(value, 0)
