"""What the ledger hands out: rows as frozen values."""

from __future__ import annotations

from models.base import Frozen, Moment
from models.events import Event, LedgerEntry

_APPENDED = tuple(LedgerEntry.model_fields)


class RecordedEvent(Frozen):
    """One row of the ledger. `sequence` is its place in the whole book, not within its item.

    `event.sequence` is the place within the item. `recorded_at` is when the row was written.
    """

    sequence: int
    issue_id: str
    issue_key: str
    workflow_id: str
    customer: str | None
    category: str | None
    policy_version: str | None
    event: Event
    recorded_at: Moment

    @property
    def entry(self) -> LedgerEntry:
        """The row as it was appended."""
        return LedgerEntry.model_validate({name: getattr(self, name) for name in _APPENDED})


class IndexedItem(Frozen):
    """What is kept of an item for finding it again: no word of the customer's text.

    `customer` is the pseudonymous reference. `watch_until` is the end of the recontact window.
    `signature` is the hashed fingerprint from `insight.similar`.
    """

    issue_id: str
    issue_key: str
    workflow_id: str
    customer: str | None = None
    category: str | None = None
    created_at: Moment
    decided_at: Moment | None = None
    watch_until: Moment | None = None
    outcome: str | None = None
    signature: tuple[int, ...] = ()
