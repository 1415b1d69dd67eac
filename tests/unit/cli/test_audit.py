"""`tradecore audit`: a log is checked and read, and what was touched has its line."""

from __future__ import annotations

import pytest

from tradecore.identity.audit import GENESIS, AuditEvent, chain


@pytest.fixture
def log(tmp_path):
    """Return a log of four entries in the folder the command runs in."""
    events = [
        AuditEvent("user.added", "local:root", 1_800_000_000_000_000_000, {"user": "usr_a"}),
        AuditEvent("key.added", "local:root", 1_800_000_001_000_000_000, {"key": "tck_a"}),
        AuditEvent("keys", "usr_a", 1_800_000_002_000_000_000, {}),
        AuditEvent("key.revoked", "usr\x1b[2J", 1_800_000_003_000_000_000, {"text": "\u202e"}),
    ]
    head, lines = GENESIS, []
    for event in events:
        entry = chain(event, head)
        lines.append(entry.line)
        head = entry.head
    path = tmp_path / "audit.jsonl"
    path.write_bytes(b"".join(lines))
    return path


def head_of(run, count: int, log) -> str:
    """Return the head a log had when it had so many entries."""
    whole = log.read_bytes()
    log.write_bytes(b"".join(whole.splitlines(keepends=True)[:count]))
    head = run("audit", "verify", str(log), "--json").json["head"]
    log.write_bytes(whole)
    return head


def test_a_whole_log_is_whole(run, log):
    """The command says how many entries there are, and the head to keep; a folder is its log."""
    ran = run("audit", "verify", str(log))
    assert ran.code == 0
    assert "is whole: 4 entries" in ran.out
    assert run("audit", "verify", str(log.parent), "--json").json["entries"] == 4
    head = head_of(run, 4, log)
    assert f"head {head}" in ran.out
    assert run("audit", "verify", str(log), "--head", head).code == 0
    earlier = head_of(run, 2, log)
    ran = run("audit", "verify", str(log), "--head", earlier)
    assert "it goes on from the head that was kept, 2" in ran.out


@pytest.mark.parametrize(
    ("change", "line"),
    [
        (change, line)
        for change in ("byte", "removed", "twice", "swapped", "cut")
        for line in range(2 if change == "swapped" else 1, 5)
    ],
)
def test_what_was_touched_has_its_line(run, log, change, line):
    """A changed byte, a line gone, doubled or moved, an end cut off: 1, and the place."""
    head = head_of(run, 4, log)
    lines = log.read_bytes().splitlines(keepends=True)
    at = line - 1
    changed = {
        "byte": [*lines[:at], lines[at].replace(b"ts_ns", b"ts_nS"), *lines[line:]],
        "removed": [*lines[:at], *lines[line:]],
        "twice": [*lines[:line], *lines[at:]],
        "swapped": [*lines[: at - 1], lines[at], lines[at - 1], *lines[line:]],
        "cut": lines[:at],
    }[change]
    log.write_bytes(b"".join(changed))
    ran = run("audit", "verify", str(log), "--head", head, "--json")
    assert ran.code == 1
    place = line + {"twice": 1, "swapped": -1}.get(change, 0)
    assert ran.json["error"].endswith(f": line {place}")


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("nowhere.jsonl",), 3, "no such file or directory: nowhere.jsonl"),
        ((".", "--head", "4"), 1, "a head is SEQ:DIGEST"),
        ((), 3, "no such file or directory: venue-data"),
        (("a", "b"), 2, "unexpected extra argument"),
    ],
    ids=["missing", "head", "nowhere", "usage"],
)
@pytest.mark.usefixtures("log")
def test_what_cannot_be_checked_has_its_code(run, arguments, code, said):
    """Nothing there, a head that is none, no venue here, one argument too many."""
    ran = run("audit", "verify", *arguments)
    assert ran.code == code
    assert said in ran.out + ran.err


def test_entries_are_read_in_order(run, log):
    """Each line has number, time, type, actor and data, and nothing that drives a terminal."""
    lines = run("audit", "show", str(log)).out.splitlines()
    assert lines[0] == (
        '1 2027-01-15T08:00:00.000000000Z user.added by local:root {"user":"usr_a"}'
    )
    assert lines[3].endswith(r'key.revoked by usr\u001b[2J {"text":"\u202e"}')
    shown = run("audit", "show", str(log), "--json").json
    assert [entry["seq"] for entry in shown] == [1, 2, 3, 4]


@pytest.mark.parametrize(
    ("options", "numbers"),
    [
        (("--after", "2"), [3, 4]),
        (("--type", "key"), [2, 4]),
        (("--type", "key.revoked"), [4]),
        (("--actor", "local:root"), [1, 2]),
        (("--limit", "1"), [1]),
        (("--type", "key", "--after", "2", "--limit", "5"), [4]),
    ],
    ids=["after", "kind", "one-type", "actor", "limit", "all"],
)
def test_entries_are_found(run, log, options, numbers):
    """By number, type, actor; a type is meant with what is below it."""
    shown = run("audit", "show", str(log), *options, "--json").json
    assert [entry["seq"] for entry in shown] == numbers


def test_a_touched_log_is_read_up_to_its_fault(run, log):
    """What stands before the fault is shown, and then the fault."""
    log.write_bytes(log.read_bytes().replace(b"tck_a", b"tck_b"))
    ran = run("audit", "show", str(log))
    assert ran.code == 1
    assert len(ran.out.splitlines()) == 1
    assert "an entry has its digest: 2: line 2" in ran.err
