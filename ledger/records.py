"""What the ledger hands out: rows as frozen values."""

from __future__ import annotations

from models.base import Frozen, Moment
from models.events import Event, LedgerEntry

_APPENDED = tuple(LedgerEntry.model_fields)


class RecordedEvent(Frozen):
    """One row of the ledger. `sequence` is its place in the whole book, not within its item.

    `event.sequence` is the place within the item. `recorded_at` is when the row was written.
    `digest` is the row's, which covers every row before it too.
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
    digest: str = ""

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


class Anchor(Frozen):
    """A row's digest as it was written down outside the ledger; `where` says where."""

    sequence: int
    digest: str
    where: str


class BadRow(Frozen):
    """A row that is not what was sealed, or not there. `why` is a clause, without stored values."""

    sequence: int
    why: str


class Verdict(Frozen):
    """What a verification found. `rows` counts those that are good up to the first bad one.

    `erased_texts` counts rows whose personal text was erased by an event that says so.
    """

    rows: int
    head: Anchor | None = None
    anchors: int = 0
    erased_texts: int = 0
    first_bad: BadRow | None = None

    @property
    def sound(self) -> bool:
        """Whether nothing is wrong."""
        return self.first_bad is None


class ClosedRun(Frozen):
    """A run that has ended, with its history as Temporal's own JSON."""

    run_id: str
    workflow_id: str
    issue_id: str
    status: str
    closed_at: Moment
    history: str


class ArchivedRun(Frozen):
    """A run out of the archive. `history` is JSON as `temporal workflow show` and replayers take it."""

    run_id: str
    workflow_id: str
    closed_at: Moment
    history: str


class Erased(Frozen):
    """How much was erased: rows' personal text and archived histories, of so many items.

    `still_open` of them had not closed, and may write more. `contacts` came from other tools.
    """

    items: int
    texts: int
    histories: int
    still_open: int = 0
    contacts: int = 0
