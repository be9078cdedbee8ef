"""What an event means for its item's row in the index. Runs within the append's transaction."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from ledger.tables import ItemRow
from models.events import Event, EventKind, LedgerEntry

_TELLING = {
    EventKind.TRIAGED,
    EventKind.OVERRIDDEN,
    EventKind.DECIDED,
    EventKind.RECONTACTED,
    EventKind.REOPENED,
    EventKind.CLOSED,
}


def follow(session: Session, entry: LedgerEntry) -> None:
    """Bring the item's row up to date; an item that was never indexed gets a row without signature."""
    if entry.event.kind not in _TELLING:
        return
    row = session.get(ItemRow, entry.issue_id)
    if row is None:
        row = ItemRow(
            issue_id=entry.issue_id,
            issue_key=entry.issue_key,
            workflow_id=entry.workflow_id,
            customer=entry.customer,
            category=entry.category,
            created_at=entry.event.at,
            signature=[],
        )
        session.add(row)
    row.issue_key = entry.issue_key
    row.category = entry.category or row.category
    for name, value in changes(entry.event, row.watch_until).items():
        setattr(row, name, value)
    session.flush()


def changes(event: Event, watched_until: datetime | None) -> dict[str, Any]:
    """The columns that an event sets.

    Facts read: `outcome`, and `watch_until` as an ISO moment. Closing ends the watch; reopening
    takes the decision back.
    """
    if event.kind is EventKind.REOPENED:
        return {"decided_at": None, "watch_until": None, "outcome": None}
    if event.kind not in (EventKind.DECIDED, EventKind.RECONTACTED, EventKind.CLOSED):
        return {}
    told: dict[str, Any] = {}
    if event.kind is EventKind.DECIDED:
        told["decided_at"] = event.at
    outcome = event.facts.get("outcome")
    if isinstance(outcome, str):
        told["outcome"] = outcome
    until = _moment(event.facts.get("watch_until"))
    if until is not None:
        told["watch_until"] = until
    if event.kind is EventKind.CLOSED:
        known = until or watched_until or event.at
        told["watch_until"] = min(known, event.at)
    return told


def _moment(value: object) -> datetime | None:
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else None
