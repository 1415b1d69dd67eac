"""Matching cases as JSON lines: which of them can be played, and what an answer says otherwise.

A case has a name, ``config`` where its orders share a mode of self-trade prevention, and ``steps``:
``cmd``, a line of ``tradecore match``, and ``expect``. Only the keys that are there are checked.
"""

from __future__ import annotations

import json

from tradecore.cli.match import run_lines
from tradecore.cli.match_line import FIELDS

TYPES = {"limit", "market", "stop", "stop_limit", "trailing_stop", "market_to_limit"}
SEMANTICS = {"cancel_reinsert", "in_flight_mitigation"}


def cases(path):
    """Yield every case of a file; matching is always on here."""
    for line in path.read_text(encoding="utf-8").splitlines():
        case = json.loads(line)
        case["steps"] = [s for s in case["steps"] if s["cmd"]["op"] != "enable_matching"]
        yield case


def is_sayable(case):
    """Whether a case uses only the operations, types and fields that are documented."""
    commands = [step["cmd"] for step in case["steps"]]
    return all(
        command["op"] in FIELDS
        and set(command) <= FIELDS[command["op"]]
        and command.get("type", "limit") in TYPES
        and command.get("semantics", "cancel_reinsert") in SEMANTICS
        for command in commands
    )


def mistakes(case):
    """Play a case and return what was answered otherwise, in words."""
    stp = case.get("config", {}).get("stp", "none").replace("allow", "none")
    lines = [json.dumps(step["cmd"]) for step in case["steps"]]
    answers = map(json.loads, run_lines(lines, book=True, stp=stp))
    return [
        f"{case['case']}, step {number}: {what}"
        for number, (step, got) in enumerate(zip(case["steps"], answers, strict=True), 1)
        for what in differences(step["expect"], got)
    ]


def differences(expect, got):
    """Yield what an answer says otherwise."""
    if "error" in got:
        yield got["error"]
        return
    yield from _differences_of_orders(expect, got)
    bids, asks = got["book"]["bids"], got["book"]["asks"]
    facts = {
        "best_bid": bids[0][:2] if bids else None,
        "best_ask": asks[0][:2] if asks else None,
        "live_orders": sum(len(level[2]) for level in bids + asks),
        "pending_stops": got["stops"],
    }
    if "book" in expect:
        facts["book"] = got["book"]
        expect = {**expect, "book": _plain_book(expect["book"])}
    if "levels" in expect:
        facts["levels"] = {s: [level[:2] for level in got["book"][s]] for s in expect["levels"]}
    if "queue" in expect:
        asked = expect["queue"]
        side = bids if asked["side"] == "buy" else asks
        ids = [i for level in side if level[0] == asked["price"] for i, _ in level[2]]
        facts["queue"] = {**asked, "ids": ids}
    for key, fact in facts.items():
        if key in expect and expect[key] != fact:
            yield f"{key}: {fact}"


def _differences_of_orders(expect, got):
    # Whether a killed order counts as refused or as canceled is a matter of words.
    told_twice = expect.get("status") == "rejected_or_canceled"
    if "trades" in expect and expect["trades"] != got["trades"]:
        yield f"trades: {got['trades']}"
    if told_twice:
        return
    if "canceled" in expect:
        by_id = [sorted((c["id"], c["qty"]) for c in x["canceled"]) for x in (expect, got)]
        if by_id[0] != by_id[1]:
            yield f"canceled: {got['canceled']}"
    if "rejected" in expect and bool(expect["rejected"]) != got["rejected"]:
        yield f"rejected: {got['rejected']}"


def _plain_book(book):
    return {
        side: [[x["price"], x["qty"], x["orders"]] if isinstance(x, dict) else x for x in levels]
        for side, levels in book.items()
    }
