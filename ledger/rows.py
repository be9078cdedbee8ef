"""Between models and rows, in both directions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from ledger.records import IndexedItem, RecordedEvent
from ledger.tables import Base, EventRow, ItemRow, PersonalTextRow
from models.events import Event, EventKind, Fact, LedgerEntry
from models.people import Channel

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
Value = TypeVar("Value")
OWN = "ledger"
"""What stands in place of an issue and a workflow in rows that belong to no item."""
_AT_ONCE = 500


def in_parts(values: Sequence[Value]) -> Iterator[Sequence[Value]]:
    """The values in parts that one statement may name; databases bound how many."""
    return (values[start : start + _AT_ONCE] for start in range(0, len(values), _AT_ONCE))


def insert_into(session: Session, table: type[Base]) -> sqlite.Insert | postgresql.Insert:
    """An INSERT that can say what to do on conflict; both databases have it, each by itself."""
    if session.get_bind().dialect.name == "postgresql":
        return postgresql.insert(table)
    return sqlite.insert(table)


def event_row(entry: LedgerEntry, recorded_at: datetime) -> dict[str, Any]:
    """The values of one row of `events`, before it has its place and its seal."""
    happened = entry.event
    return {
        "operation_id": happened.operation_id,
        "issue_id": entry.issue_id,
        "issue_key": entry.issue_key,
        "workflow_id": entry.workflow_id,
        "category": entry.category,
        "policy_version": entry.policy_version,
        "item_sequence": happened.sequence,
        "kind": happened.kind.value,
        "at": happened.at,
        "person": _storable(happened.person),
        "channel": happened.channel.value if happened.channel else None,
        "summary": _storable(happened.summary),
        "facts": {name: _storable(value) for name, value in happened.facts.items()},
        "recorded_at": recorded_at,
    }


def _storable(value: Fact) -> Fact:
    """The value with U+FFFD for what not every database keeps: NUL, and halves of a character."""
    return _UNSTORABLE.sub("\N{REPLACEMENT CHARACTER}", value) if isinstance(value, str) else value


def own_entry(
    kind: EventKind, operation_id: str, at: datetime, summary: str, **facts: Fact
) -> LedgerEntry:
    """An event of the ledger itself, which belongs to no item."""
    return LedgerEntry(
        issue_id=OWN,
        issue_key=OWN,
        workflow_id=OWN,
        event=Event(
            operation_id=f"{OWN}/{operation_id}",
            sequence=0,
            kind=kind,
            at=at,
            summary=summary,
            facts=facts,
        ),
    )


def recorded_event(row: EventRow, personal: PersonalTextRow | None) -> RecordedEvent:
    """One row of `events` as a value, with its personal text unless that was erased."""
    return RecordedEvent(
        sequence=row.sequence,
        issue_id=row.issue_id,
        issue_key=row.issue_key,
        workflow_id=row.workflow_id,
        customer=personal.customer if personal else None,
        category=row.category,
        policy_version=row.policy_version,
        event=Event(
            operation_id=row.operation_id,
            sequence=row.item_sequence,
            kind=EventKind(row.kind),
            at=row.at,
            person=row.person,
            channel=Channel(row.channel) if row.channel else None,
            summary=row.summary,
            facts={**row.facts, **(personal.facts if personal else {})},
        ),
        recorded_at=row.recorded_at,
        digest=row.digest,
    )


def item_values(item: IndexedItem) -> dict[str, Any]:
    """The values of one row of `item_index`."""
    return {**item.model_dump(), "signature": list(item.signature)}


def indexed_item(row: ItemRow) -> IndexedItem:
    """One row of `item_index` as a value."""
    return IndexedItem(
        issue_id=row.issue_id,
        issue_key=row.issue_key,
        workflow_id=row.workflow_id,
        customer=row.customer,
        category=row.category,
        created_at=row.created_at,
        decided_at=row.decided_at,
        watch_until=row.watch_until,
        outcome=row.outcome,
        signature=tuple(row.signature),
    )
