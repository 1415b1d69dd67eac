"""The audit log: entries that cover each other, and a check that finds whatever was touched."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradecore.identity.audit import (
    GENESIS,
    AuditError,
    AuditEvent,
    AuditHead,
    canonical,
    chain,
    digest_of,
    entries_of,
    verify,
)
from tradecore.identity.users import IdentityError
from tradecore.telemetry import protect

TEXT = st.text(max_size=20)
DATA = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=5,
)
EVENTS = st.lists(
    st.builds(
        AuditEvent,
        type=st.sampled_from(["user.added", "login.failed", "kill"]),
        actor=TEXT,
        ts_ns=st.integers(0, 2**63),
        data=st.dictionaries(TEXT, DATA, max_size=3),
    ),
    min_size=1,
    max_size=4,
)


def written(events, head: AuditHead = GENESIS) -> list[bytes]:
    """Return events as the lines of a log."""
    lines = []
    for event in events:
        entry = chain(event, head)
        lines.append(entry.line)
        head = entry.head
    return lines


def lines_of(data: bytes) -> list[bytes]:
    """Return the lines of a file with their ends, the last one possibly without."""
    parts = data.split(b"\n")
    return [part + b"\n" for part in parts[:-1]] + [parts[-1]] * bool(parts[-1])


LOG = written(
    [
        AuditEvent("user.added", "local:root", 1, {"user": "usr_a", "roles": ["trader"]}),
        AuditEvent("key.added", "local:root", 2, {"key": "tck_a", "note": 'ä ☃ \\ " \n'}),
        AuditEvent("login.failed", "unproved", 3, {"peer": "192.0.2.1", "code": "wrong"}),
        AuditEvent("key.revoked", "usr_a", 4, {"key": "tck_a"}),
    ]
)
HEAD = verify(LOG)
HEAD_OF_FIRST = digest_of(
    "0" * 64,
    b'{"actor":"local:root","data":{"roles":["trader"],"user":"usr_a"},'
    b'"seq":1,"ts_ns":1,"type":"user.added"}',
)


def test_known_records_have_known_digests(shared_dir):
    """The vectors of a hash chain: canonical text and digest of each record."""
    cases = json.loads((shared_dir / "vectors" / "audit_chain.json").read_text())["cases"]
    case = next(one for one in cases if one["id"] == "hash_chain_3")
    previous = case["input"]["genesis"]
    for record, expected in zip(case["input"]["records"], case["expected"]["chain"], strict=True):
        assert canonical(record) == expected["canonical"]
        assert previous == expected["prev"]
        previous = digest_of(previous, canonical(record).encode())
        assert previous == expected["hash"]


def test_a_line_is_what_the_page_says():
    """The digest first, then the record, names in order and no blanks."""
    assert LOG[0] == (
        b'{"digest":"' + HEAD_OF_FIRST.encode() + b'","record":{"actor":"local:root",'
        b'"data":{"roles":["trader"],"user":"usr_a"},"seq":1,"ts_ns":1,"type":"user.added"}}\n'
    )


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"b": 1, "a": None}, '{"a":null,"b":1}'),
        ({"\ue000": 1, "\U00010000": 2}, '{"\U00010000":2,"\ue000":1}'),
        ([True, False, -5, 10**30], f"[true,false,-5,{10**30}]"),
        ('\b\t\n\f\r"\\/\x00\x1f\x7fé', '"\\b\\t\\n\\f\\r\\"\\\\/\\u0000\\u001f\x7fé"'),
        ({}, "{}"),
    ],
)
def test_json_has_one_spelling(value, text):
    """Names in the order of UTF-16, the short escapes, no blanks."""
    assert canonical(value) == text


@pytest.mark.parametrize("value", [1.5, {1: 2}, {"a": b""}, object(), (1, 2), {1, 2}])
def test_what_has_two_spellings_is_refused(value):
    """Floats, and what JSON does not have, are no part of a record."""
    with pytest.raises(TypeError, match="a record has texts, whole numbers"):
        canonical(value)


@given(DATA)
def test_canonical_text_says_the_value(value):
    """Reading it gives the value again, and writing that gives the text."""
    assert json.loads(canonical(value)) == value
    assert canonical(json.loads(canonical(value))) == canonical(value)


@given(EVENTS)
def test_a_log_verifies_and_says_its_events(events):
    """Whatever was told is found again, in order, numbered from 1 without gaps."""
    lines = written(events)
    entries = list(entries_of(lines))
    assert [entry.seq for entry in entries] == list(range(1, len(events) + 1))
    assert [entry.fields["type"] for entry in entries] == [event.type for event in events]
    assert [entry.fields["ts_ns"] for entry in entries] == [event.ts_ns for event in events]
    assert verify(lines) == entries[-1].head


@given(EVENTS, st.data())
def test_any_change_of_a_byte_is_found_in_its_line(events, data):
    """One byte becomes another: the check fails, at the line it is in."""
    whole = b"".join(written(events))
    place = data.draw(st.integers(0, len(whole) - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda value: value != whole[place]))
    changed = whole[:place] + bytes([byte]) + whole[place + 1 :]
    with pytest.raises(AuditError, match=r": line \d+$") as caught:
        verify(lines_of(changed))
    assert caught.value.line == whole.count(b"\n", 0, place) + 1


@given(EVENTS, st.data())
def test_any_removal_insertion_and_reorder_is_found(events, data):
    """A line taken out, put in twice, or in another's place: found where it begins."""
    lines = written([*events, *events])
    at = data.draw(st.integers(0, len(lines) - 2))
    without = [*lines[:at], *lines[at + 1 :]]
    twice = [*lines[: at + 1], *lines[at:]]
    swapped = [*lines[:at], lines[at + 1], lines[at], *lines[at + 2 :]]
    for wrong, line in ((without, at + 1), (twice, at + 2), (swapped, at + 1)):
        with pytest.raises(AuditError, match="entries follow each other") as caught:
            verify(wrong)
        assert caught.value.line == line


def test_every_bit_of_a_log_is_covered():
    """Each single bit of a log, turned, is found."""
    whole = b"".join(LOG)
    for place in range(len(whole)):
        for bit in range(8):
            changed = bytearray(whole)
            changed[place] ^= 1 << bit
            with pytest.raises(AuditError, match=r"line \d+"):
                verify(lines_of(bytes(changed)), kept=HEAD)


def test_a_cut_at_every_byte_is_found_by_a_kept_head():
    """Whatever the end that is cut off, the head that was kept says that something is missing."""
    whole = b"".join(LOG)
    for length in range(len(whole)):
        with pytest.raises(AuditError, match=r"reach to the head|written to its end"):
            verify(lines_of(whole[:length]), kept=HEAD)


def test_a_cut_between_lines_is_not_found_without_a_head():
    """A chain cannot know what was to follow; that is why its head is kept elsewhere."""
    assert verify(LOG[:2]).seq == 2
    with pytest.raises(AuditError, match=r"entries reach to the head that was kept, 4: line 3"):
        verify(LOG[:2], kept=HEAD)


def test_a_log_written_anew_is_found_by_a_kept_head():
    """Somebody who rewrites everything gets another digest at the kept place."""
    forged = written([AuditEvent("user.added", "nobody", n, {}) for n in range(6)])
    assert verify(forged).seq == 6
    with pytest.raises(AuditError, match="entry 4 has the digest that was kept: line 4"):
        verify(forged, kept=HEAD)


def test_a_log_goes_on_behind_a_kept_head():
    """A head kept some time ago is found inside the longer log of today."""
    longer = LOG + written([AuditEvent("kill", "usr_a", 9, {})], HEAD)
    assert verify(longer, kept=HEAD).seq == 5
    assert next(entries_of(longer[4:], head=HEAD)).fields["type"] == "kill"


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        (b"\n", "a line is an entry"),
        (b"{}\n", "a line is an entry"),
        (LOG[0].replace(b'"digest"', b'"Digest"'), "a line is an entry"),
        (LOG[0].replace(b":", b": ", 1), "a line is an entry"),
        (LOG[0].upper(), "a line is an entry"),
        (LOG[0][:-1], "a line is written to its end"),
        (LOG[0][:-1] + b" \n", "a line is an entry"),
        (LOG[0][:-1] + b"\r\n", "a line is an entry"),
        (b"x" * 40_000 + b"\n", "a line is an entry"),
        (LOG[1], "entries follow each other: 1 is due, not 2"),
        (LOG[0].replace(b'"seq":1', b'"seq":1.0'), "an entry has its digest: 1"),
        (LOG[0].replace(b'"seq":1', b'"seq":"1"'), "an entry has its digest: 1"),
        (LOG[0].replace(b'"seq":1', b"seq"), "an entry has its digest: 1"),
    ],
    ids=str,
)
def test_what_is_no_entry_is_named(line, rule):
    """The message has the rule and the line."""
    with pytest.raises(AuditError, match=f"^{rule}: line 1$"):
        verify([line])


def test_a_rightly_chained_record_of_nonsense_is_refused():
    """A digest that fits does not make a record of what has no number."""
    record = b'{"seq":\xff}'
    line = b'{"digest":"' + digest_of("0" * 64, record).encode() + b'","record":' + record + b"}\n"
    with pytest.raises(AuditError, match="1 is due, not None: line 1"):
        verify([line])


def test_secrets_do_not_get_in():
    """What is secret by its name, its form, or because it is known, is masked."""
    protect("canary-8f3a1c-audit")
    event = AuditEvent(
        "user.added",
        "canary-8f3a1c-audit",
        1,
        {
            "password": "hunter2hunter2",
            "note": "Authorization: Bearer abcdefghijklmnop",
            "nested": {"text": "with canary-8f3a1c-audit in it", "api_key": "k" * 20},
            "canary-8f3a1c-audit": 1,
        },
    )
    (line,) = written([event])
    for secret in (b"canary", b"hunter2", b"abcdefghijklmnop", b"kkkk"):
        assert secret not in line


def test_an_entry_has_a_limit():
    """Long texts are cut, floats become text, and data beyond 32 KiB is left out, saying so."""
    (line,) = written([AuditEvent("kill", "a", 1, {"text": "x" * 5000, "ratio": 1.5})])
    data = json.loads(line)["record"]["data"]
    assert data == {"ratio": "1.5", "text": "x" * 1024 + "<cut>"}
    (line,) = written([AuditEvent("kill", "a", 1, {str(n): "y" * 1000 for n in range(40)})])
    assert list(json.loads(line)["record"]["data"]) == ["left_out_bytes"]
    assert verify([line]).seq == 1


def test_half_a_character_is_written_down_escaped():
    """Text that is no Unicode, as JSON may carry it, does not stop the log."""
    (line,) = written([AuditEvent("login.failed", "\ud800", 1, {"\udfff": "\ud800"})])
    assert json.loads(line)["record"]["actor"] == "\\ud800"


@pytest.mark.parametrize("kind", ["", "User.added", "user..added", "user added", "user.added\n"])
def test_a_type_is_a_name(kind):
    """Words with dots between, so that they can be searched for."""
    with pytest.raises(IdentityError, match="a type of event is words"):
        chain(AuditEvent(kind, "a", 1), GENESIS)


def test_a_head_is_text_that_can_be_kept():
    """`SEQ:DIGEST`, there and back; anything else is refused."""
    assert AuditHead.parse(f" {HEAD}\n") == HEAD
    for text in ("", "4", f"4:{'A' * 64}", f"-1:{'0' * 64}", f"4:{'0' * 63}"):
        with pytest.raises(IdentityError, match="a head is SEQ:DIGEST"):
            AuditHead.parse(text)
