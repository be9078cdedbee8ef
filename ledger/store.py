"""The ledger: events that outlive Temporal's retention, and an index of items to find again.

Sync and safe to share among threads; every method is one short transaction. Every method raises
`LedgerUnavailable` when the database cannot be reached, read or written, and ValueError for a moment
without a time zone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine, Select, delete, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from ledger import archive, chain, erasing
from ledger.checkpoints import Checkpoint, Sign, checkpoint
from ledger.database import bring_up_to_date, leave_no_copy, make_engine
from ledger.export import Export, write_export
from ledger.failures import unavailable
from ledger.imported import ImportedContacts
from ledger.indexing import follow
from ledger.keys import KeySource, keys_beside
from ledger.language_model_use import LanguageModelUse
from ledger.one_time_links import OneTimeLinks
from ledger.reading import steps
from ledger.records import (
    Anchor,
    ArchivedRun,
    ClosedRun,
    Erased,
    IndexedItem,
    RecordedEvent,
    Verdict,
)
from ledger.rows import in_parts, indexed_item, insert_into, item_values, own_entry, recorded_event
from ledger.tables import DeliveryRow, EventRow, ItemRow, PersonalTextRow, WatermarkRow
from ledger.themes import Themes
from ledger.transactions import reading, reading_one_moment, writing
from ledger.verify import taken_in_through, verify
from models.activity_io import AppendResult
from models.events import EventKind, LedgerAnchor, LedgerEntry

_Rows = Select[EventRow, PersonalTextRow | None]
_WITH_TEXT: _Rows = select(EventRow, PersonalTextRow).outerjoin(
    PersonalTextRow, PersonalTextRow.sequence == EventRow.sequence
)


def utc_now() -> datetime:
    """The wall clock, in UTC."""
    return datetime.now(UTC)


def open_ledger(
    url: str, now: Callable[[], datetime] = utc_now, keys: Path | None = None
) -> Ledger:
    """Open the ledger at a SQLAlchemy address and bring its tables up to date.

    `keys` is the directory of the keys that rows are sealed with, which is read when the first row
    is written; left out: `ledger-keys` beside an SQLite file.
    Raises `LedgerUnavailable`, `LedgerNotOurs` when a newer version of this program wrote it, or
    `LedgerKeysWrong` when it holds rows from before there were seals and there is no key for them.
    """
    engine = None
    ring = KeySource(keys or keys_beside(url))
    try:
        engine = make_engine(url)
        bring_up_to_date(engine, ring.made)
    except (SQLAlchemyError, OSError) as error:
        if engine is not None:
            engine.dispose()
        raise unavailable("be opened", error) from error
    return Ledger(engine, now, ring)


class Ledger:
    """See the module. `now` is the clock for when rows were written."""

    def __init__(self, engine: Engine, now: Callable[[], datetime], keys: KeySource) -> None:
        self._engine = engine
        self._now = now
        self._keys = keys

    def close(self) -> None:
        """Close every connection; the ledger is not used after that."""
        self._engine.dispose()

    @property
    def imported(self) -> ImportedContacts:
        """What was imported from other tools, beside the events and apart from them."""
        return ImportedContacts(self._engine, self._now)

    @property
    def themes(self) -> Themes:
        """Which item is in which theme, and how themes stand; beside the events."""
        return Themes(self._engine, self._now)

    @property
    def language_model_use(self) -> LanguageModelUse:
        """How much a language model was used, beside the events and apart from them."""
        return LanguageModelUse(self._engine, self._now)

    @property
    def one_time_links(self) -> OneTimeLinks:
        """The links of notices, beside the events and apart from them."""
        return OneTimeLinks(self._engine, self._now)

    def append(self, entries: tuple[LedgerEntry, ...]) -> AppendResult:
        """Add each entry exactly once, known by its operation id, and keep the item index true.

        All or nothing. An entry whose operation id stands already adds no row and changes nothing.
        Raises `LedgerKeysWrong` when there is no key, or the newest row has one unknown here.
        """
        with self._writing("append") as session:
            head = chain.lock(session)
            fresh = chain.not_yet_there(session, entries)
            if fresh:
                keys = self._keys.for_head(head.key_id)
                head = chain.add(session, head, fresh, keys, self._now())
            for entry in fresh:
                follow(session, entry)
        return AppendResult(appended=len(fresh), head=head.sequence, digest=head.digest)

    def events_of(self, issue_id: str) -> tuple[RecordedEvent, ...]:
        """All events of one item, oldest first."""
        return self._events(
            _WITH_TEXT.where(EventRow.issue_id == issue_id).order_by(EventRow.sequence)
        )

    def events_of_each(self, issue_ids: Sequence[str]) -> Mapping[str, tuple[RecordedEvent, ...]]:
        """All events of each of these items, oldest first; an item without any is left out."""
        found: dict[str, list[RecordedEvent]] = defaultdict(list)
        for asked in in_parts(issue_ids):
            chosen = _WITH_TEXT.where(EventRow.issue_id.in_(asked)).order_by(EventRow.sequence)
            for row in self._events(chosen):
                found[row.issue_id].append(row)
        return {issue_id: tuple(rows) for issue_id, rows in found.items()}

    def recent_events(self, limit: int) -> tuple[RecordedEvent, ...]:
        """The newest events of all items, newest first."""
        return self._events(_WITH_TEXT.order_by(EventRow.sequence.desc()).limit(limit))

    def events_after(self, sequence: int, limit: int) -> tuple[RecordedEvent, ...]:
        """The next events after a place in the book, oldest first; for reading it page by page."""
        following = _WITH_TEXT.where(EventRow.sequence > sequence)
        return self._events(following.order_by(EventRow.sequence).limit(limit))

    def events_between(
        self, kinds: Collection[EventKind], since: datetime, until: datetime
    ) -> tuple[RecordedEvent, ...]:
        """The events of these kinds that happened from `since` on and before `until`, in order."""
        wanted = _WITH_TEXT.where(
            EventRow.kind.in_([kind.value for kind in kinds]),
            EventRow.at >= since,
            EventRow.at < until,
        )
        return self._events(wanted.order_by(EventRow.sequence))

    def verify(self, anchors: Sequence[Anchor] = ()) -> Verdict:
        """Check every row, and what was written down of rows elsewhere.

        Raises `LedgerKeysWrong` for keys that are damaged; without keys no row is good.
        """
        keys = self._keys.existing()
        with reading_one_moment(self._engine, "be verified") as session:
            return verify(session.connection(), keys, anchors)

    def export(self, directory: Path, sign: Sign, *, personal: bool = True) -> Export:
        """Write all rows and signed checkpoints. Raises `ExportUnusable`."""
        with reading_one_moment(self._engine, "be exported") as session:
            connection = session.connection()
            return write_export(
                steps(connection),
                directory,
                sign,
                self._now(),
                personal=personal,
                gapless_after=taken_in_through(connection),
            )

    def checkpoint(self, sign: Sign) -> Checkpoint | None:
        """Sign how far the ledger goes; None while it has no rows."""
        head = self.head()
        return checkpoint(head.row, head.digest, self._now(), sign) if head else None

    def head(self) -> LedgerAnchor | None:
        """How far the ledger goes, to be written down elsewhere; None while it has no rows."""
        with self._reading("be read") as session:
            head = chain.head_of(session)
        return LedgerAnchor(row=head.sequence, digest=head.digest) if head.sequence else None

    def erase(self, references: Collection[str], person: str, reason: str) -> Erased:
        """Erase what is personal of the customer with one of these pseudonyms.

        Contacts of theirs that were imported from elsewhere go whole. Raises `LedgerKeysWrong`.
        """
        request = erasing.Request(references, person, reason, self._now())
        with self._writing("erase") as session:
            erased = erasing.erase(session, self._keys, request)
        leave_no_copy(self._engine)
        return erased

    def keep_history(self, run: ClosedRun) -> bool:
        """Archive the history of a run; False when that was done before, even if erased since.

        Also False when what is personal of its item was erased after the run had closed.
        """
        with self._writing("archive a history") as session:
            return archive.keep(session, self._keys, run, self._now())

    def runs_kept(self, run_ids: Sequence[str]) -> frozenset[str]:
        """Those of these runs that were archived before."""
        with self._reading("read the archive") as session:
            return archive.kept_already(session, run_ids)

    def histories_of(self, issue_id: str) -> tuple[ArchivedRun, ...]:
        """The archived runs of an item and of its requests, in the order in which they closed."""
        with self._reading("read the archive") as session:
            return archive.histories_of(session, issue_id)

    def change_key(self) -> tuple[str, int]:
        """Seal with a new key from now on; answers its id and the first row that it seals.

        That row is written at once, so that nobody seals with the old key after it.
        """
        with self._writing("change its key") as session:
            head = chain.lock(session)
            self._keys.for_head(head.key_id)
            keys = self._keys.add()
            changed = own_entry(
                EventKind.LEDGER_KEY_CHANGED, f"key/{keys.newest.key_id}", self._now(),
                "The ledger is sealed with a new key from here on.",
            )  # fmt: skip
            head = chain.add(session, head, (changed,), keys, self._now())
        return keys.newest.key_id, head.sequence

    def index_item(self, item: IndexedItem) -> None:
        """Remember an item for finding it again.

        Again for the same issue: what arrived is brought up to date; what was decided stays.
        """
        values = item_values(item)
        arrived = ("issue_key", "workflow_id", "customer", "category", "signature")
        with self._writing("index an item") as session:
            session.execute(
                insert_into(session, ItemRow)
                .values(values)
                .on_conflict_do_update(
                    index_elements=[ItemRow.issue_id],
                    set_={name: values[name] for name in arrived},
                )
            )

    def indexed_item(self, issue_id: str) -> IndexedItem | None:
        """What the index holds of one item."""
        found = self._items(select(ItemRow).where(ItemRow.issue_id == issue_id))
        return found[0] if found else None

    def item_by_key(self, issue_key: str) -> IndexedItem | None:
        """What the index holds of the item with this key. A moved issue is found by its last key."""
        named = select(ItemRow).where(ItemRow.issue_key == issue_key)
        found = self._items(named.order_by(ItemRow.created_at.desc()).limit(1))
        return found[0] if found else None

    def recent_items(self, limit: int) -> tuple[IndexedItem, ...]:
        """The items that arrived last, newest first: candidates for being similar."""
        newest = select(ItemRow).order_by(ItemRow.created_at.desc(), ItemRow.issue_id)
        return self._items(newest.limit(limit))

    def items_created(self, since: datetime, until: datetime) -> tuple[IndexedItem, ...]:
        """The items that arrived from `since` on and before `until`, oldest first."""
        between = select(ItemRow).where(ItemRow.created_at >= since, ItemRow.created_at < until)
        return self._items(between.order_by(ItemRow.created_at, ItemRow.issue_id))

    def items_of(self, customers: Collection[str]) -> tuple[IndexedItem, ...]:
        """Every item of a customer, whom each of these pseudonyms means, oldest first."""
        theirs = select(ItemRow).where(ItemRow.customer.in_(customers))
        return self._items(theirs.order_by(ItemRow.created_at, ItemRow.issue_id))

    def decided_items_of(
        self, customer: str, category: str | None, now: datetime
    ) -> tuple[IndexedItem, ...]:
        """This customer's decided items that are still watched at `now`, last decided first.

        `category` None takes every category.
        """
        watched = select(ItemRow).where(
            ItemRow.customer == customer,
            ItemRow.decided_at.is_not(None),
            ItemRow.watch_until > now,
        )
        if category is not None:
            watched = watched.where(ItemRow.category == category)
        return self._items(watched.order_by(ItemRow.decided_at.desc(), ItemRow.issue_id))

    def remember_mark(self, issue_id: str, mark: str) -> None:
        """Remember how far this issue's changes were told; replaces the mark before."""
        with self._writing("remember a mark") as session:
            session.execute(
                insert_into(session, WatermarkRow)
                .values(issue_id=issue_id, mark=mark)
                .on_conflict_do_update(index_elements=[WatermarkRow.issue_id], set_={"mark": mark})
            )

    def known_mark(self, issue_id: str) -> str | None:
        """The mark remembered for this issue."""
        with self._reading("look up a mark") as session:
            return session.scalar(
                select(WatermarkRow.mark).where(WatermarkRow.issue_id == issue_id)
            )

    def seen_delivery(self, identifier: str) -> bool:
        """Whether a webhook delivery with this identifier was taken in before."""
        with self._reading("look up a delivery") as session:
            known = select(DeliveryRow.identifier).where(DeliveryRow.identifier == identifier)
            return session.scalar(known) is not None

    def remember_delivery(self, identifier: str, issue_id: str | None) -> bool:
        """Note that a webhook delivery was taken in; False when it was noted before."""
        with self._writing("remember a delivery") as session:
            noted = session.scalar(
                insert_into(session, DeliveryRow)
                .values(identifier=identifier, issue_id=issue_id, received_at=self._now())
                .on_conflict_do_nothing(index_elements=[DeliveryRow.identifier])
                .returning(DeliveryRow.identifier)
            )
        return noted is not None

    def forget_deliveries(self, before: datetime) -> int:
        """Drop notes of deliveries older than `before`; answers how many. Senders retry for hours."""
        with self._writing("forget old deliveries") as session:
            dropped = session.scalars(
                delete(DeliveryRow)
                .where(DeliveryRow.received_at < before)
                .returning(DeliveryRow.identifier)
            )
            return len(dropped.all())

    def _events(self, chosen: _Rows) -> tuple[RecordedEvent, ...]:
        with self._reading("read events") as session:
            return tuple(recorded_event(row, text) for row, text in session.execute(chosen))

    def _items(self, chosen: Select[ItemRow]) -> tuple[IndexedItem, ...]:
        with self._reading("read the item index") as session:
            return tuple(indexed_item(row) for row in session.scalars(chosen))

    def _writing(self, doing: str) -> AbstractContextManager[Session]:
        return writing(self._engine, doing)

    def _reading(self, doing: str) -> AbstractContextManager[Session]:
        return reading(self._engine, doing)
