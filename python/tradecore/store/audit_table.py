"""The audit log as a table: an entry stands in the transaction of what it tells of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import insert, select, update

from tradecore.identity.audit import (
    GENESIS,
    AuditEntry,
    AuditError,
    AuditEvent,
    AuditHead,
    chain,
    entries_of,
)
from tradecore.identity.users import IdentityError
from tradecore.store.identity_tables import audit_entries, audit_head

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

__all__ = ["HEAD_ROW", "append", "check", "entries", "head"]

HEAD_ROW: Final = 1
PAGE_ENTRIES: Final = 1_000


def append(connection: Connection, event: AuditEvent) -> AuditEntry:
    """Add an event to the log and return its entry; it is there when the transaction is.

    The row of the head is taken first, so that of two writers one waits for the other.

    Raises:
        IdentityError: If the log was not started: the schema is older than this program.
    """
    taken = connection.execute(
        update(audit_head)
        .where(audit_head.c.id == HEAD_ROW)
        .values(seq=audit_head.c.seq + 1)
        .returning(audit_head.c.seq, audit_head.c.digest)
    ).one_or_none()
    if taken is None:
        raise IdentityError("an audit log has a head: run `tradecore db upgrade`")
    entry = chain(event, AuditHead(taken.seq - 1, taken.digest))
    connection.execute(
        insert(audit_entries).values(seq=entry.seq, digest=entry.digest, record=entry.record)
    )
    connection.execute(
        update(audit_head).where(audit_head.c.id == HEAD_ROW).values(digest=entry.digest)
    )
    return entry


def head(connection: Connection) -> AuditHead:
    """Return where the log ends."""
    row = connection.execute(select(audit_head.c.seq, audit_head.c.digest)).one_or_none()
    return GENESIS if row is None else AuditHead(row.seq, row.digest)


def entries(connection: Connection, *, after: int = 0) -> Iterator[AuditEntry]:
    """Yield the entries behind one, as they are stored, in order."""
    while True:
        rows = connection.execute(
            select(audit_entries)
            .where(audit_entries.c.seq > after)
            .order_by(audit_entries.c.seq)
            .limit(PAGE_ENTRIES)
        ).all()
        for row in rows:
            yield AuditEntry(row.seq, row.digest, row.record)
        if len(rows) < PAGE_ENTRIES:
            return
        after = rows[-1].seq


def check(connection: Connection, *, kept: AuditHead = GENESIS) -> AuditHead:
    """Check every entry of the table and return its head; see `identity.audit.verify`.

    Raises:
        AuditError: At the first entry that is not as it was written, or after the last if one
            that the head or `kept` speaks of is not there. Its line is the entry's place.
    """
    wanted = head(connection)
    found = GENESIS
    for entry in entries_of(entry.line for entry in entries(connection)):
        found = entry.head
        for known in (kept, wanted):
            if found.seq == known.seq and found != known:
                raise AuditError(found.seq, f"entry {found.seq} has the digest that was kept")
    for known in (kept, wanted):
        if found.seq < known.seq:
            raise AuditError(found.seq + 1, f"entries reach to the head, {known.seq}")
    if found.seq > wanted.seq:
        raise AuditError(found.seq, f"entries end with the head, {wanted.seq}")
    return found
