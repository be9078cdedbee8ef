"""The one chain of all rows: which row is the newest, and how the next ones are tied to it.

One chain, and not one for each item, so that whatever row is anchored somewhere holds on to every
row before it, of all items (ADR 14). The price is that rows are added one after another; on SQLite
that is so anyway, and on PostgreSQL a lock that lasts for one short transaction sees to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, insert, select, text
from sqlalchemy.orm import Session

from ledger.canonical import BEGINNING, row_digest, seal_of
from ledger.keys import ChainKeys
from ledger.personal import digest_of, parted, personal_row
from ledger.rows import event_row, in_parts
from ledger.tables import EventRow, PersonalTextRow
from models.events import LedgerEntry

_LOCK = 7_104_221
"""Any constant number: it names the end of the chain among PostgreSQL's advisory locks."""


class Head(NamedTuple):
    """The newest row; sequence 0 before there is any."""

    sequence: int
    digest: str
    key_id: str | None


class Rows(NamedTuple):
    """Rows ready to be inserted, and the head after them."""

    head: Head
    events: list[dict[str, Any]]
    texts: list[dict[str, Any]]


def head_of(session: Session) -> Head:
    """The newest row as it stands."""
    newest = select(EventRow.sequence, EventRow.digest, EventRow.key_id)
    row = session.execute(newest.order_by(EventRow.sequence.desc()).limit(1)).first()
    return Head(*row) if row else Head(0, "", None)


def lock(session: Session) -> Head:
    """The newest row, and nobody else may add one until this transaction ends."""
    hold(session.connection())
    return head_of(session)


def hold(connection: Connection) -> None:
    """Keep others from adding rows until this transaction ends. SQLite has one writer by itself."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})


def not_yet_there(session: Session, entries: Sequence[LedgerEntry]) -> list[LedgerEntry]:
    """Each entry whose operation id has no row, once. True for as long as the lock is held."""
    by_id = {entry.event.operation_id: entry for entry in reversed(entries)}
    for asked in in_parts(list(by_id)):
        known = select(EventRow.operation_id).where(EventRow.operation_id.in_(asked))
        for name in session.scalars(known):
            del by_id[name]
    return list(reversed(by_id.values()))


def key_of(session: Session, issue_id: str) -> str:
    """The issue's key as its newest row has it; the id where there is no row."""
    newest = select(EventRow.issue_key).where(EventRow.issue_id == issue_id)
    return session.scalar(newest.order_by(EventRow.sequence.desc()).limit(1)) or issue_id


def add(
    session: Session,
    head: Head,
    entries: Sequence[LedgerEntry],
    keys: ChainKeys,
    recorded_at: datetime,
) -> Head:
    """Append rows after the head, which is locked."""
    values = []
    for entry in entries:
        row = event_row(entry, recorded_at)
        row["facts"], personal = parted(row["facts"])
        values.append((row, entry.customer, personal))
    rows = sealed(head, values, keys)
    session.execute(insert(EventRow), rows.events)
    if rows.texts:
        session.execute(insert(PersonalTextRow), rows.texts)
    return rows.head


def sealed(
    head: Head, values: Iterable[tuple[dict[str, Any], str | None, dict[str, Any]]], keys: ChainKeys
) -> Rows:
    """Tie rows to the head, in order: each a row of `events`, its customer and its personal facts.

    A row that has a sequence already keeps it.
    """
    key = keys.newest
    events, texts = [], []
    for row, customer, facts in values:
        sequence = row.get("sequence", head.sequence + 1)
        personal = personal_row(sequence, customer, facts)
        whole = {
            **row,
            "sequence": sequence,
            "personal_digest": digest_of(personal) if personal else None,
            "key_id": key.key_id,
        }
        digest = row_digest(whole, head.digest or BEGINNING)
        whole |= {"digest": digest, "seal": seal_of(digest, key.secret_bytes)}
        events.append(whole)
        if personal is not None:
            texts.append(personal)
        head = Head(sequence, digest, key.key_id)
    return Rows(head, events, texts)
