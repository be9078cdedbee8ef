"""The ledger: events that outlive Temporal's retention, and an index of items to find again.

Sync and safe to share among threads; every method is one short transaction. Every method raises
`LedgerUnavailable` when the database cannot be reached, read or written, and ValueError for a moment
without a time zone.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from contextlib import AbstractContextManager
from datetime import UTC, datetime

from sqlalchemy import Engine, Select, delete, func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from ledger.database import bring_up_to_date, make_engine
from ledger.failures import unavailable
from ledger.imported import ImportedContacts
from ledger.indexing import follow
from ledger.records import IndexedItem, RecordedEvent
from ledger.rows import event_row, indexed_item, insert_into, item_values, recorded_event
from ledger.tables import DeliveryRow, EventRow, ItemRow, WatermarkRow
from ledger.transactions import reading, writing
from models.activity_io import AppendResult
from models.events import EventKind, LedgerEntry


def utc_now() -> datetime:
    """The wall clock, in UTC."""
    return datetime.now(UTC)


def open_ledger(url: str, now: Callable[[], datetime] = utc_now) -> Ledger:
    """Open the ledger at a SQLAlchemy address and bring its tables up to date.

    Raises `LedgerUnavailable`, or `LedgerNotOurs` when a newer version of this program wrote it.
    """
    engine = None
    try:
        engine = make_engine(url)
        bring_up_to_date(engine)
    except (SQLAlchemyError, OSError) as error:
        if engine is not None:
            engine.dispose()
        raise unavailable("be opened", error) from error
    return Ledger(engine, now)


class Ledger:
    """See the module. `now` is the clock for when rows were written."""

    def __init__(self, engine: Engine, now: Callable[[], datetime] = utc_now) -> None:
        self._engine = engine
        self._now = now

    def close(self) -> None:
        """Close every connection; the ledger is not used after that."""
        self._engine.dispose()

    @property
    def imported(self) -> ImportedContacts:
        """What was imported from other tools, beside the events and apart from them."""
        return ImportedContacts(self._engine, self._now)

    def append(self, entries: tuple[LedgerEntry, ...]) -> AppendResult:
        """Add each entry exactly once, known by its operation id, and keep the item index true.

        All or nothing. An entry whose operation id stands already adds no row and changes nothing.
        """
        recorded_at = self._now()
        appended = 0
        with self._writing("append") as session:
            for entry in entries:
                statement = insert_into(session, EventRow).values(event_row(entry, recorded_at))
                added = session.scalar(
                    statement.on_conflict_do_nothing(
                        index_elements=[EventRow.operation_id]
                    ).returning(EventRow.sequence)
                )
                if added is not None:
                    appended += 1
                    follow(session, entry)
            head = session.scalar(select(func.max(EventRow.sequence)))
        return AppendResult(appended=appended, head=head or 0)

    def events_of(self, issue_id: str) -> tuple[RecordedEvent, ...]:
        """All events of one item, oldest first."""
        return self._events(
            select(EventRow).where(EventRow.issue_id == issue_id).order_by(EventRow.sequence)
        )

    def recent_events(self, limit: int) -> tuple[RecordedEvent, ...]:
        """The newest events of all items, newest first."""
        return self._events(select(EventRow).order_by(EventRow.sequence.desc()).limit(limit))

    def events_after(self, sequence: int, limit: int) -> tuple[RecordedEvent, ...]:
        """The next events after a place in the book, oldest first; for reading it page by page."""
        following = select(EventRow).where(EventRow.sequence > sequence)
        return self._events(following.order_by(EventRow.sequence).limit(limit))

    def events_between(
        self, kinds: Collection[EventKind], since: datetime, until: datetime
    ) -> tuple[RecordedEvent, ...]:
        """The events of these kinds that happened from `since` on and before `until`, in order."""
        wanted = select(EventRow).where(
            EventRow.kind.in_([kind.value for kind in kinds]),
            EventRow.at >= since,
            EventRow.at < until,
        )
        return self._events(wanted.order_by(EventRow.sequence))

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

    def _events(self, chosen: Select[EventRow]) -> tuple[RecordedEvent, ...]:
        with self._reading("read events") as session:
            return tuple(recorded_event(row) for row in session.scalars(chosen))

    def _items(self, chosen: Select[ItemRow]) -> tuple[IndexedItem, ...]:
        with self._reading("read the item index") as session:
            return tuple(indexed_item(row) for row in session.scalars(chosen))

    def _writing(self, doing: str) -> AbstractContextManager[Session]:
        return writing(self._engine, doing)

    def _reading(self, doing: str) -> AbstractContextManager[Session]:
        return reading(self._engine, doing)
