"""The audit log: entries that each cover the one before, and the check that finds what was touched.

An entry is a record and a digest. The record is canonical JSON (RFC 8785, without floats):
`actor`, `data`, `seq`, `ts_ns`, `type`. The digest is the SHA-256 of the digest before, 32 raw
bytes and zeros at first, followed by the record. As a line of a file:

    {"digest":"64 hexadecimal digits","record":{...}}

A chain cannot tell that its end was cut off: keep its head, `SEQ:DIGEST`, somewhere else.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from tradecore.identity.users import IdentityError
from tradecore.telemetry import redact

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

__all__ = [
    "GENESIS",
    "LINE_BYTES_MAX",
    "AuditEntry",
    "AuditError",
    "AuditEvent",
    "AuditHead",
    "canonical",
    "chain",
    "digest_of",
    "entries_of",
    "verify",
]

RECORD_BYTES_MAX: Final = 32_768
LINE_BYTES_MAX: Final = RECORD_BYTES_MAX + 128
TEXT_CHARS_MAX: Final = 1024
_TYPE: Final = re.compile(r"[a-z_]+(?:\.[a-z_]+)*")
_HEAD: Final = re.compile(r"([0-9]{1,18}):([0-9a-f]{64})")
_LINE: Final = re.compile(rb'\{"digest":"([0-9a-f]{64})","record":(\{.*\})\}\n')


class AuditError(IdentityError):
    """An audit log that is not as it was written.

    Args:
        line: Line of the file, from 1; the one after the last where something is missing.
        rule: What does not hold there.
    """

    def __init__(self, line: int, rule: str) -> None:
        self.line = line
        self.rule = rule
        super().__init__(f"{rule}: line {line}")


@dataclass(frozen=True, slots=True)
class AuditHead:
    """Where a chain ends.

    Args:
        seq: Number of its last entry; 0 for none.
        digest: That entry's digest, 64 hexadecimal digits.
    """

    seq: int
    digest: str

    def __str__(self) -> str:
        """Return `SEQ:DIGEST`, to be kept elsewhere."""
        return f"{self.seq}:{self.digest}"

    @classmethod
    def parse(cls, text: str) -> AuditHead:
        """Return the head that `SEQ:DIGEST` writes down.

        Raises:
            IdentityError: If it is none.
        """
        found = _HEAD.fullmatch(text.strip())
        if found is None:
            raise IdentityError(f"a head is SEQ:DIGEST, 64 hexadecimal digits: {text[:100]!r}")
        return cls(int(found[1]), found[2])


GENESIS: Final = AuditHead(0, "0" * 64)
"""The head of a chain with no entry."""


@dataclass(frozen=True, slots=True)
class AuditEvent:
    """Something that was done, before it has a place in the chain.

    Args:
        type: What, `user.added`.
        actor: Who did it: id of a user, `local:NAME` at this machine, or what was claimed.
        ts_ns: When, nanoseconds since the Unix epoch.
        data: To whom and with what; secrets in it are taken out.
    """

    type: str
    actor: str
    ts_ns: int
    data: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """An event in its place.

    Args:
        seq: Its number, from 1, without gaps.
        digest: SHA-256 of the digest before and of the record, 64 hexadecimal digits.
        record: The event as canonical JSON.
    """

    seq: int
    digest: str
    record: str

    @property
    def head(self) -> AuditHead:
        """Return the head of a chain that ends here."""
        return AuditHead(self.seq, self.digest)

    @property
    def line(self) -> bytes:
        """Return the entry as a line of a file, with its end."""
        return f'{{"digest":"{self.digest}","record":{self.record}}}\n'.encode()

    @property
    def fields(self) -> dict[str, Any]:
        """Return what the record says."""
        fields: dict[str, Any] = json.loads(self.record)
        return fields


def canonical(value: object) -> str:
    """Return JSON in its one spelling: names in the order of UTF-16, no blanks, no floats.

    Raises:
        TypeError: If `value` has in it what such JSON cannot say.
    """
    if value is None or isinstance(value, bool | str | int):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, list):
        return f"[{','.join(map(canonical, value))}]"
    if isinstance(value, dict) and all(isinstance(name, str) for name in value):
        names = sorted(value, key=lambda name: name.encode("utf-16-be"))
        return f"{{{','.join(f'{canonical(n)}:{canonical(value[n])}' for n in names)}}}"
    raise TypeError(f"a record has texts, whole numbers, lists and maps: {type(value).__name__}")


def digest_of(previous: str, record: bytes) -> str:
    """Return the digest of a record that follows one with the digest `previous`."""
    return hashlib.sha256(bytes.fromhex(previous) + record).hexdigest()


def chain(event: AuditEvent, head: AuditHead) -> AuditEntry:
    """Return `event` as the entry after `head`.

    Secrets are taken out of it, texts are cut at 1,024 characters, and data over 32 KiB is left
    out whole, which the entry says.

    Raises:
        IdentityError: If its type is no name.
    """
    if _TYPE.fullmatch(event.type) is None:
        raise IdentityError(f"a type of event is words with dots between: {event.type[:80]!r}")
    record = {
        "actor": _plain(redact(event.actor)),
        "data": _plain(redact(dict(event.data))),
        "seq": head.seq + 1,
        "ts_ns": event.ts_ns,
        "type": event.type,
    }
    text = canonical(record)
    if len(text.encode()) > RECORD_BYTES_MAX:
        text = canonical(record | {"data": {"left_out_bytes": len(text.encode())}})
    return AuditEntry(head.seq + 1, digest_of(head.digest, text.encode()), text)


def entries_of(lines: Iterable[bytes], *, head: AuditHead = GENESIS) -> Iterator[AuditEntry]:
    """Yield each entry of a file, checked, in order.

    Args:
        lines: Lines with their ends, the first being the one after `head`.
        head: Where they go on from.

    Raises:
        AuditError: At the first line that is not as it was written.
    """
    for number, line in enumerate(lines, 1):
        found = _LINE.fullmatch(line) if len(line) <= LINE_BYTES_MAX else None
        if found is None:
            rule = "a line is an entry" if line.endswith(b"\n") else "a line is written to its end"
            raise AuditError(number, rule)
        seq = _seq_of(found[2])
        digest = digest_of(head.digest, found[2])
        is_chained = hmac.compare_digest(digest, found[1].decode("ascii"))
        if seq != head.seq + 1 and (seq is not None or is_chained):
            raise AuditError(number, f"entries follow each other: {head.seq + 1} is due, not {seq}")
        if not is_chained:
            raise AuditError(number, f"an entry has its digest: {head.seq + 1}")
        head = AuditHead(head.seq + 1, digest)
        yield AuditEntry(head.seq, digest, found[2].decode("utf-8"))


def verify(lines: Iterable[bytes], *, kept: AuditHead = GENESIS) -> AuditHead:
    """Check a whole file and return its head.

    Args:
        lines: Its lines, with their ends.
        kept: A head it had once.

    Raises:
        AuditError: At the first line that is not as it was written, or after the last if the
            entry of `kept` is not there.
    """
    head, number = GENESIS, 0
    for number, entry in enumerate(entries_of(lines), 1):
        head = entry.head
        if head.seq == kept.seq and head != kept:
            raise AuditError(number, f"entry {kept.seq} has the digest that was kept")
    if head.seq < kept.seq:
        raise AuditError(number + 1, f"entries reach to the head that was kept, {kept.seq}")
    return head


def _seq_of(record: bytes) -> int | None:
    """Return the number a record gives itself, or None."""
    try:
        fields = json.loads(record)
    except (ValueError, RecursionError):
        return None
    seq = fields.get("seq")
    return seq if type(seq) is int else None


def _plain(value: object) -> object:
    """Return redacted data as canonical JSON can say it."""
    if isinstance(value, str):
        text = value if len(value) <= TEXT_CHARS_MAX else f"{value[:TEXT_CHARS_MAX]}<cut>"
        return text.encode("utf-8", "backslashreplace").decode()
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {str(_plain(name)): _plain(item) for name, item in value.items()}
    return value
