"""Contacts from other tools: kept by (source, id), brought up to date when sent again.

They are not evidence, so they stand outside the events: whoever sends a newer export replaces them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import ColumnElement, Engine, func, select, tuple_
from sqlalchemy.orm import Session

from ledger.rows import insert_into
from ledger.tables import ImportedContactRow
from ledger.transactions import reading, writing
from models.contact import Contact, ImportSummary

BATCH = 400
"""Rows looked up and written in one statement; databases bound the values of one."""


class ImportedContacts:
    """Raises `LedgerUnavailable` as every part of the ledger does."""

    def __init__(self, engine: Engine, now: Callable[[], datetime]) -> None:
        self._engine = engine
        self._now = now

    def put(self, contacts: Sequence[Contact]) -> ImportSummary:
        """Keep each contact; of two with the same (source, id) the last counts. All or nothing."""
        wanted = {(one.source, one.id): one for one in contacts}
        rows = [_values(one, self._now()) for one in wanted.values()]
        counts = dict.fromkeys(("created", "updated", "unchanged"), 0)
        with writing(self._engine, "keep imported contacts") as session:
            for batch in _batches(rows):
                for became, many in _put(session, batch).items():
                    counts[became] += many
        return ImportSummary(**counts)

    def sources(self) -> tuple[tuple[str, int], ...]:
        """Every source with its number of contacts, by name."""
        row = ImportedContactRow
        counted = select(row.source, func.count()).group_by(row.source).order_by(row.source)
        with reading(self._engine, "count imported contacts") as session:
            return tuple((source, many) for source, many in session.execute(counted))

    def contacts(self, sources: Sequence[str] = ()) -> tuple[Contact, ...]:
        """The contacts of these sources, or of all, oldest first."""
        return self._read(*([ImportedContactRow.source.in_(sources)] if sources else []))

    def contacts_of(self, customers: Collection[str]) -> tuple[Contact, ...]:
        """The contacts of a customer, whom each of these pseudonyms means, oldest first."""
        return self._read(ImportedContactRow.content["customer"].as_string().in_(customers))

    def _read(self, *chosen_by: ColumnElement[bool]) -> tuple[Contact, ...]:
        row = ImportedContactRow
        chosen = select(row.content).where(*chosen_by)
        chosen = chosen.order_by(row.opened_at, row.source, row.id)
        with reading(self._engine, "read imported contacts") as session:
            return tuple(Contact.model_validate(content) for content in session.scalars(chosen))


def _values(contact: Contact, now: datetime) -> dict[str, Any]:
    content = contact.model_dump(mode="json", exclude_defaults=True)
    return {
        "source": contact.source,
        "id": contact.id,
        "opened_at": contact.opened_at,
        "digest": sha256(contact.model_dump_json().encode()).hexdigest(),
        "content": content,
        "imported_at": now,
    }


def _put(session: Session, rows: Sequence[dict[str, Any]]) -> dict[str, int]:
    row = ImportedContactRow
    keys = [(values["source"], values["id"]) for values in rows]
    asked = select(row.source, row.id, row.digest).where(tuple_(row.source, row.id).in_(keys))
    known = {(source, one): digest for source, one, digest in session.execute(asked)}
    changed = [one for one in rows if known.get((one["source"], one["id"])) != one["digest"]]
    if changed:
        statement = insert_into(session, row).values(changed)
        news = ("opened_at", "digest", "content", "imported_at")
        session.execute(
            statement.on_conflict_do_update(
                index_elements=[row.source, row.id],
                set_={name: statement.excluded[name] for name in news},
            )
        )
    updated = sum((one["source"], one["id"]) in known for one in changed)
    return {
        "created": len(changed) - updated,
        "updated": updated,
        "unchanged": len(rows) - len(changed),
    }


def _batches(rows: Iterable[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    batch: list[dict[str, Any]] = []
    for row in rows:
        batch.append(row)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
