"""Contacts from an export of another tool, by the columns that a mapping names.

Bad rows are told by line and the rest goes on. The customer's words are counted here and left
behind: no text of theirs is in what this module hands out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from models.contact import Contact
from models.contact import Path as Way
from models.decision import Confidence
from policies.documents.contacts import Columns, ContactColumns, Values, YesOrNo
from runtime.contact_threads import Counted, counted
from runtime.intake_lines import BadRow, Record, read_records
from runtime.problems import WrongSettings

LITERAL = "="
EPOCH_DIGITS = (9, 10)
"""A moment written as so many digits is seconds since 1970, as some exports write it."""
LONGEST_WORD = 120
"""Characters of a category or fact; what is longer is free text and does not belong there."""
_MOMENTS: Final = (
    "opened_at",
    "answered_at",
    "recommended_at",
    "resolved_at",
    "escalated_at",
    "acknowledged_at",
    "joined_at",
)
_WORDS: Final = ("category", "theme", "segment", "release")
_COUNTS: Final = ("reopened", "reassigned", "revenue_minor")
_ANSWERS: Final = ("contained", "kept", "complaint", "automated")


class _Unusable(Exception):  # noqa: N818 - becomes a BadRow, never leaves this module
    def __init__(self, what: str, remedy: str) -> None:
        self.what = what
        self.remedy = remedy
        super().__init__(what)


def read_contacts(
    path: Path,
    columns: ContactColumns,
    *,
    source: str | None,
    otherwise: str,
    pseudonym: Callable[[str], str],
) -> Iterator[Contact | BadRow]:
    """The contacts of a file in its order; `source` for all of them, or else what the rows say.

    `pseudonym` turns the tool's id of a customer into ours. Raises `UnreadableFile`, and
    `WrongSettings` for a mapping that cannot be used with the file.
    """
    if columns.id is None or (columns.opened_at is None and columns.messages is None):
        raise WrongSettings(
            "the mapping names no column for id or for opened_at.",
            remedy="Take another --shape, or add them to --mapping.",
        )
    reader = _Reader(columns, source, otherwise, pseudonym)
    records = read_records(path)
    return reader.log(records) if columns.log else reader.rows(records)


class _Reader:
    def __init__(
        self,
        columns: ContactColumns,
        source: str | None,
        otherwise: str,
        pseudonym: Callable[[str], str],
    ) -> None:
        self._columns = columns
        self._source = source
        self._otherwise = otherwise
        self._pseudonym = pseudonym
        self._zone = ZoneInfo(columns.zone)
        self._empty = frozenset(word.casefold() for word in columns.empty)

    def rows(self, records: Iterable[Record | BadRow]) -> Iterator[Contact | BadRow]:
        """Each row a contact."""
        for record in records:
            yield record if isinstance(record, BadRow) else self._contact_or_bad(record)

    def log(self, records: Iterable[Record | BadRow]) -> Iterator[Contact | BadRow]:
        """The rows of an item together one contact; the item's last row is what counts."""
        items: dict[str, list[tuple[float, Record]]] = {}
        for record in records:
            if isinstance(record, BadRow):
                yield record
                continue
            number = self._number_of_row(record)
            if isinstance(number, BadRow):
                yield number
            else:
                name = self._cell(record.values, self._columns.id or ())
                items.setdefault(name, []).append((number, record))
        for rows in items.values():
            rows.sort(key=lambda row: row[0])
            changes = self._changes([record for _, record in rows])
            yield self._contact_or_bad(rows[-1][1], changes)

    def _number_of_row(self, record: Record) -> float | BadRow:
        log = self._columns.log
        written = self._cell(record.values, log.number) if log else ""
        try:
            return float(written)
        except ValueError:
            return BadRow(
                line=record.line,
                what="the row has no number among its item's rows",
                remedy="The column named by log.number must hold one.",
            )

    def _changes(self, rows: list[Record]) -> dict[str, int]:
        log = self._columns.log
        found: dict[str, int] = {}
        for name, column in (log.changes if log else {}).items():
            held = [self._cell(row.values, column) for row in rows]
            found[name] = sum(a != b for a, b in pairwise(held))
        return found

    def _contact_or_bad(
        self, record: Record, changes: dict[str, int] | None = None
    ) -> Contact | BadRow:
        try:
            return self._contact(record.values, changes or {})
        except _Unusable as unusable:
            return BadRow(line=record.line, what=unusable.what, remedy=unusable.remedy)

    def _contact(self, values: Mapping[str, Any], changes: dict[str, int]) -> Contact:
        columns = self._columns
        identifier = self._cell(values, columns.id or ())
        if not identifier or len(identifier) > 200:
            raise _Unusable("the row has no id, or one beyond 200 characters", "Name its column.")
        read: dict[str, Any] = {name: self._moment_in(values, name) for name in _MOMENTS}
        thread = self._thread(values)
        if thread is not None:
            read["opened_at"] = read["opened_at"] or thread.opened_at
            read["answered_at"] = read["answered_at"] or thread.answered_at
        if read["opened_at"] is None:
            raise _Unusable("the row does not say when it began", "Fill the column of opened_at.")
        read |= {name: self._word(values, getattr(columns, name), name) for name in _WORDS}
        read |= {name: self._count(values, name) for name in _COUNTS}
        read |= {name: self._answer(values, getattr(columns, name)) for name in _ANSWERS}
        read["category"] = read["category"] or ""
        customer = self._cell(values, columns.customer or ())
        facts = {name: self._word(values, column, name) for name, column in columns.facts.items()}
        return Contact(
            source=self._source_of(values),
            id=identifier,
            customer=self._pseudonym(customer) if customer else None,
            **read,
            **self._judged(values),
            changes=changes,
            facts={name: word for name, word in facts.items() if word},
            thread=thread.thread if thread else None,
        )

    def _source_of(self, values: Mapping[str, Any]) -> str:
        named = self._source or self._cell(values, self._columns.source or ())
        return (named or self._otherwise)[:64]

    def _judged(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Path, resolution and score."""
        columns, found = self._columns, dict[str, Any]()
        if columns.path is not None:
            kinds = {way: getattr(columns.path, way.value) for way in Way}
            found["path"] = self._one_of(values, columns.path.column, kinds)
        if columns.resolution is not None:
            results = {one: getattr(columns.resolution, one.value) for one in Confidence}
            found["resolution"] = self._one_of(values, columns.resolution.column, results)
        if columns.score is not None:
            found["score_kind"] = columns.score.kind
            written = self._cell(values, columns.score.column)
            words = {word.casefold(): value for word, value in columns.score.words.items()}
            meant = words.get(written.casefold())
            found["score"] = self._number(written, "score") if meant is None else meant
        return found

    def _one_of(
        self, values: Mapping[str, Any], column: Columns, kinds: Mapping[Any, Values]
    ) -> Any:
        written = self._cell(values, column).casefold()
        for kind, words in kinds.items():
            if written and written in (word.casefold() for word in words):
                return kind
        return None

    def _answer(self, values: Mapping[str, Any], answer: YesOrNo | None) -> bool | None:
        if answer is None:
            return None
        return self._one_of(values, answer.column, {True: answer.yes, False: answer.no})  # type: ignore[no-any-return]  # one of the two keys or None

    def _thread(self, values: Mapping[str, Any]) -> Counted | None:
        columns = self._columns.messages
        if columns is None:
            return None
        listed = _found(values, columns.list)
        if not isinstance(listed, list):
            raise _Unusable("the row has no list of messages", "Name its column in messages.list.")
        customer = self._cell(values, self._columns.customer or ())
        return counted(listed, customer, columns, self._cell, self._moment)

    def _word(self, values: Mapping[str, Any], column: Columns | None, name: str) -> str | None:
        written = " ".join(self._cell(values, column or ()).split())
        if len(written) > LONGEST_WORD:
            raise _Unusable(
                f"{name} is longer than {LONGEST_WORD} characters",
                "Only short words are kept, never a customer's text: name another column.",
            )
        return written or None

    def _count(self, values: Mapping[str, Any], name: str) -> int | None:
        number = self._number(self._cell(values, getattr(self._columns, name) or ()), name)
        return None if number is None else round(number)

    def _number(self, written: str, name: str) -> float | None:
        if not written:
            return None
        try:
            number = float(written)
        except ValueError:
            raise _Unusable(f"{name} is not a number", "Correct it or leave it empty.") from None
        if not abs(number) < 1e15:  # also what is not a number at all
            raise _Unusable(f"{name} is not a number", "Correct it or leave it empty.")
        return number

    def _moment_in(self, values: Mapping[str, Any], name: str) -> datetime | None:
        try:
            return self._moment(self._cell(values, getattr(self._columns, name) or ()))
        except (ValueError, OverflowError):
            raise _Unusable(
                f"{name} is not a moment",
                "Write it as 2026-01-31T09:30, or say with `moments` how it is written.",
            ) from None

    def _moment(self, written: str) -> datetime | None:
        if not written:
            return None
        if written.isdecimal() and not self._columns.moments and len(written) in EPOCH_DIGITS:
            return datetime.fromtimestamp(int(written), UTC)
        if self._columns.moments:
            moment = datetime.strptime(written, self._columns.moments)  # noqa: DTZ007 - the zone of the file is put on below
        else:
            moment = datetime.fromisoformat(written)
        aware = moment if moment.tzinfo is not None else moment.replace(tzinfo=self._zone)
        return aware.astimezone(UTC)

    def _cell(self, values: Mapping[str, Any], columns: Columns) -> str:
        """The value as a text; nothing for what counts as empty."""
        if len(columns) == 1 and columns[0].startswith(LITERAL):
            return columns[0].removeprefix(LITERAL)
        value = _found(values, columns)
        if value is None or isinstance(value, dict | list):
            return ""
        text = ("true" if value else "false") if isinstance(value, bool) else str(value).strip()
        return "" if text.casefold() in self._empty else text


def _found(values: Mapping[str, Any], columns: Columns) -> Any:
    """What stands in the first of the columns that the row has."""
    for column in columns:
        if column in values:
            return values[column]
        inner: Any = values
        for part in column.split("."):
            inner = inner.get(part) if isinstance(inner, Mapping) else None
        if inner is not None:
            return inner
    return None
