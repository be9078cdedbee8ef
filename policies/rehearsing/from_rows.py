"""Past items from another tool's log of changes: a row for each change, an item's rows together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from zoneinfo import ZoneInfo

from models.clocks import ClockName
from models.events import Event, EventKind, Fact
from models.item import CustomerFacts, FeedbackItem
from models.lifecycle import Severity
from models.rehearsal import NotRehearsed, PastItem, RecordedVerdict
from policies.documents.history import HistoryColumns

Row = Mapping[str, str | None]
"""A row by the names of its columns; a row that is too short has None for the rest."""
NOT_TOGETHER = "the rows of an item do not stand together; sort the file by item"


@dataclass(frozen=True)
class _Change:
    """One row that could be read."""

    line: int
    key: str
    sequence: int
    opened_at: datetime
    at: datetime
    status: str
    severity: Severity
    category: str
    recorded: RecordedVerdict


def past_items(
    rows: Iterable[tuple[int, Row]], columns: HistoryColumns
) -> Iterator[PastItem | NotRehearsed]:
    """Items as soon as their last row has come, and every row that says nothing, by its line.

    A row that cannot be read is left out and the rest of its item goes on. Holds one item at a
    time in memory, and the keys of those before.
    """
    seen: set[str] = set()
    for key, group in groupby(rows, key=lambda numbered: _cell(numbered[1], columns.key, columns)):
        changes: list[_Change] = []
        for line, row in group:
            if key is None:
                yield NotRehearsed(where=f"line {line}", why=f"{columns.key} is empty")
            elif key in seen:
                yield NotRehearsed(where=f"line {line}", why=NOT_TOGETHER)
            else:
                change = _change(line, key, row, columns)
                if isinstance(change, NotRehearsed):
                    yield change
                else:
                    changes.append(change)
        if changes:
            yield _item(changes, columns)
        seen.add(key or "")


def _change(line: int, key: str, row: Row, columns: HistoryColumns) -> _Change | NotRehearsed:
    reading = _Reading(line, row, columns)
    try:
        priority, status = reading.needed(columns.priority), reading.needed(columns.status)
        if priority not in columns.severities:
            raise ValueError(f"{columns.priority} has a value that no severity is written for")
        return _Change(
            line=line,
            key=key,
            sequence=reading.number(columns.sequence),
            opened_at=reading.needed_moment(columns.opened_at),
            at=reading.needed_moment(columns.updated_at),
            status=status,
            severity=columns.severities[priority],
            category=reading.cell(columns.category) or "",
            recorded=RecordedVerdict(
                in_time=reading.verdict(),
                resolved_at=reading.moment(columns.resolved_at),
                closed_at=reading.moment(columns.closed_at),
            ),
        )
    except ValueError as error:
        return NotRehearsed(where=f"line {line}", why=str(error))


class _Reading:
    """The cells of one row. What is wrong is raised as ValueError, without the cell's text."""

    def __init__(self, line: int, row: Row, columns: HistoryColumns) -> None:
        self._line = line
        self._row = row
        self._columns = columns
        self._zone = ZoneInfo(columns.zone)

    def cell(self, column: str | None) -> str | None:
        """The value, or None where there is none."""
        return _cell(self._row, column, self._columns)

    def needed(self, column: str) -> str:
        """The value that must be there."""
        value = self.cell(column)
        if value is None:
            raise ValueError(f"{column} is empty")
        return value

    def number(self, column: str | None) -> int:
        """The row's number, or its line where rows have none."""
        if column is None:
            return self._line
        try:
            return int(self.needed(column))
        except ValueError:
            raise ValueError(f"{column} is no whole number") from None

    def moment(self, column: str | None) -> datetime | None:
        """The moment, in the file's zone unless it names its own."""
        written = self.cell(column)
        if written is None:
            return None
        try:
            form = self._columns.moments
            read = datetime.strptime(written, form) if form else datetime.fromisoformat(written)  # noqa: DTZ007 - the file's zone is given below
        except ValueError:
            raise ValueError(f"{column} is no moment") from None
        return read if read.tzinfo else read.replace(tzinfo=self._zone)

    def needed_moment(self, column: str) -> datetime:
        """The moment that must be there."""
        self.needed(column)
        found = self.moment(column)
        assert found is not None
        return found

    def verdict(self) -> bool | None:
        """What was recorded of the promise, if anything."""
        written = (self.cell(self._columns.in_time) or "").lower()
        if written in self._columns.yes:
            return True
        return False if written in self._columns.no else None


def _cell(row: Row, column: str | None, columns: HistoryColumns) -> str | None:
    value = (row.get(column) or "").strip() if column else ""
    return None if value in columns.empty else value


def _item(changes: list[_Change], columns: HistoryColumns) -> PastItem:
    """Rows in the order of their numbers; a moment before that of the row before counts as it."""
    ordered = sorted(changes, key=lambda change: change.sequence)
    first, last = ordered[0], ordered[-1]
    events = tuple(_numbered(_events(ordered, columns)))
    return PastItem(
        key=first.key,
        item=FeedbackItem(
            issue_id=first.key,
            issue_key=first.key,
            project="",
            issue_type="",
            created_at=first.opened_at,
            text_digest="",
            text_length=0,
            customer=CustomerFacts(reference="", segment=columns.segment),
        ),
        category=_named(first.category, columns),
        severity=first.severity,
        until=events[-1].at,
        events=events,
        pausing=columns.pausing,
        # A log of changes does not hold what was written to the customer, and when.
        judged=(ClockName.RESOLUTION,),
        recorded=last.recorded,
    )


_Told = tuple[datetime, EventKind, dict[str, Fact]]


def _events(changes: list[_Change], columns: HistoryColumns) -> Iterator[_Told]:
    """What each row changed of the row before it."""
    first = changes[0]
    opened = first.opened_at
    begun: dict[str, Fact] = {"status": first.status, "since": opened.isoformat()}
    yield opened, EventKind.TRIAGED, begun
    before = first
    if first.status in (*columns.pausing, *columns.resolved):
        # The log begins with a status that it does not say the item came to.
        yield from _moved("", first.status, max(first.at, opened), columns)
    at = max(first.at, opened)
    for change in changes[1:]:
        at = max(at, change.at)
        corrected: dict[str, Fact] = {}
        if change.severity is not before.severity:
            corrected["severity_before"] = before.severity
            corrected["severity_after"] = change.severity
        if change.category != before.category:
            corrected["category_after"] = _named(change.category, columns)
        if corrected:
            yield at, EventKind.OVERRIDDEN, corrected
        if change.status != before.status:
            yield from _moved(before.status, change.status, at, columns)
        before = change
    yield at, EventKind.CLOSED, {}


def _moved(before: str, after: str, at: datetime, columns: HistoryColumns) -> Iterator[_Told]:
    was_resolved, is_resolved = before in columns.resolved, after in columns.resolved
    if not (was_resolved and is_resolved):
        if was_resolved:
            yield at, EventKind.REOPENED, {}
        moved: dict[str, Fact] = {"field": "status", "before": before, "after": after}
        yield at, EventKind.EDITED_IN_JIRA, moved
        if is_resolved:
            yield at, EventKind.DECIDED, {}


def _numbered(told: Iterable[_Told]) -> Iterator[Event]:
    for sequence, (at, kind, facts) in enumerate(told, 1):
        yield Event(
            operation_id=str(sequence),
            sequence=sequence,
            kind=kind,
            at=at,
            summary="",
            facts=facts,
        )


def _named(category: str, columns: HistoryColumns) -> str:
    return columns.categories.get(category, category)
