"""The tables of the report: figures with a unit, names on the left, numbers on the right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tradecore.backtest.report.figures import ABSENT, count, duration, number, percent
from tradecore.backtest.report.markup import Markup, join, tag
from tradecore.core import reject_codes

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from tradecore.backtest.report.facts import OrderFacts, Percentiles
    from tradecore.backtest.report.source import Queue


def table(
    caption: str, head: Sequence[Markup | str], rows: Iterable[Sequence[Markup | str]]
) -> Markup:
    """Return a table whose first column names the row."""
    return tag(
        "div",
        tag(
            "table",
            tag("caption", caption),
            tag("thead", tag("tr", *(tag("th", name, scope="col") for name in head))),
            tag(
                "tbody",
                *(
                    tag(
                        "tr", tag("th", row[0], scope="row"), *(tag("td", cell) for cell in row[1:])
                    )
                    for row in rows
                ),
            ),
        ),
        class_="scroll",
    )


def order_table(orders: OrderFacts, *, denied: int) -> Markup:
    """Return what became of the orders, each with its share of all."""
    total = max(1, orders.submitted)
    rows = [
        ("Submitted", orders.submitted),
        ("Accepted by the venue", orders.accepted),
        ("Filled whole", orders.filled),
        ("Filled in part", orders.partly_filled),
        ("Canceled or expired", orders.canceled),
        ("Refused by the venue", sum(orders.refusals.values())),
        ("Denied before they left", denied),
    ]
    return table(
        "What became of the orders",
        ("", "Orders", "Share", ""),
        [(name, count(n), percent(n / total), _meter(n / total)) for name, n in rows],
    )


def _meter(share: float) -> Markup:
    return tag("span", tag("span", style=f"width:{min(1.0, share) * 100:.1f}%"), class_="meter")


def refusal_table(denials: Mapping[str, int], refusals: Mapping[int, int]) -> Markup | None:
    """Return the codes of denials and refusals, the most frequent first, if there were any."""
    names = {number: name for number, name, _ in reject_codes()}
    meanings = {name: sentence for _, name, sentence in reject_codes()}
    rows = [("us", code, n) for code, n in denials.items()]
    rows += [("venue", names.get(code, f"code {code}"), n) for code, n in refusals.items()]
    if not rows:
        return None
    rows.sort(key=lambda row: (-row[2], row[1]))
    return table(
        "Why orders were denied or refused",
        ("Code", "By", "Orders"),
        [(_explained(code, meanings.get(code)), by, count(n)) for by, code, n in rows],
    )


def _explained(code: str, meaning: str | None) -> Markup:
    return join(code, tag("span", meaning, class_="meaning") if meaning else None)


def queue_table(queue: Queue) -> Markup | None:
    """Return how far resting orders stood from where trades happened, if any rested."""
    if not queue.rested:
        return None
    short = queue.nearest_ticks
    rows = [
        ("Orders that came to rest", count(queue.rested)),
        ("Ticks behind the touch then, on average", number(queue.distance_ticks, 1)),
        ("Displayed at their price then, on average", number(queue.quantity_ahead, 3)),
        ("Trades on their side while they rested", count(queue.trades)),
        ("Of these, at our best price or through it", count(queue.trades_reached)),
        ("Volume of those", number(queue.volume_reached, 3)),
        ("Nearest trade, in ticks", ABSENT if short is None else count(short)),
    ]
    return table("How orders stood in the queue", ("", ""), rows)


def count_table(caption: str, counts: Mapping[str, int]) -> Markup | None:
    """Return names with how often each was seen, zeros left out, if there were any."""
    rows = [(name, count(n)) for name, n in counts.items() if n]
    return table(caption, ("", "Count"), rows) if rows else None


def duration_table(caption: str, rows: Iterable[tuple[str, Percentiles]]) -> Markup:
    """Return percentiles of durations, one kind a row."""
    return table(
        caption,
        ("", "Count", "p50", "p90", "p99", "Max"),
        [
            (
                name,
                count(shape.count) if shape.count else ABSENT,
                *(duration(ns) for ns in (shape.p50, shape.p90, shape.p99, shape.largest)),
            )
            for name, shape in rows
        ],
    )
