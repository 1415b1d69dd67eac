"""Matching cases that several independent engines agree on, where the team's folder is at hand."""

from __future__ import annotations

import json

import pytest

from tradecore.cli.match import run_lines

FILES = ("edge_hard_invariants", "random_consensus", "liquibook_unit", "cpptrader_matching")
OPS = {"new", "cancel", "modify", "move", "reduce_to"}
FIELDS = {"op", "id", "type", "side", "qty", "price", "tif", "post_only", "user", "semantics"}
TYPES = {"limit", "market"}


def says_what_we_have(command):
    """Whether a command asks only for what this version matches."""
    return (
        command["op"] in OPS
        and set(command) <= FIELDS
        and command.get("type", "limit") in TYPES
        and command.get("semantics", "cancel_reinsert") == "cancel_reinsert"
    )


def cases(path):
    """Yield the name and the steps of every case that any correct engine must answer alike."""
    for line in path.read_text().splitlines():
        case = json.loads(line)
        steps = [step for step in case["steps"] if step["cmd"]["op"] != "enable_matching"]
        if not case.get("conventions") and all(says_what_we_have(s["cmd"]) for s in steps):
            yield case["case"], steps


def books(expect):
    """Return the expected book as the filter writes it, or nothing where it is not told."""
    if "book" not in expect:
        return None
    sides = {}
    for side in ("bids", "asks"):
        levels = expect["book"][side]
        sides[side] = [
            [x["price"], x["qty"], x["orders"]] if isinstance(x, dict) else x for x in levels
        ]
    return sides


def differences(expect, got):
    """Yield what an answer says otherwise."""
    told_twice = expect.get("status") == "rejected_or_canceled"
    if "trades" in expect and expect["trades"] != got["trades"]:
        yield "trades"
    if "canceled" in expect and not told_twice:
        by_id = [sorted(map(str, answer["canceled"])) for answer in (expect, got)]
        if by_id[0] != by_id[1]:
            yield "canceled"
    if "rejected" in expect and not told_twice and bool(expect["rejected"]) != got["rejected"]:
        yield "rejected"
    if books(expect) not in (None, got["book"]):
        yield "book"


@pytest.mark.parametrize("name", FILES)
def test_every_case_is_answered_as_the_engines_agree(shared_dir, name):
    """Trades, cancels, refusals and every queue, after each command."""
    path = shared_dir / "conformance" / f"{name}.jsonl"
    if not path.exists():
        pytest.skip(f"needs {path.name}: not present")
    wrong, played = [], 0
    for case, steps in cases(path):
        played += 1
        answers = run_lines((json.dumps(step["cmd"]) for step in steps), book=True)
        for number, (step, answer) in enumerate(zip(steps, answers, strict=True), 1):
            got = json.loads(answer)
            found = [got["error"]] if "error" in got else list(differences(step["expect"], got))
            wrong += [f"{case}, step {number}: {what}" for what in found]

    assert played > 0
    assert not wrong
