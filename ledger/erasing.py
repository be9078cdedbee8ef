"""Erasing what is personal of one customer. The rows stay, and go on proving what was decided.

Gone afterwards: the pseudonym, reasons, notes and accounts of every row of the customer's items,
their archived histories, what the index held for recognising the customer again, and contacts of
theirs that were imported from other tools.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from itertools import groupby
from typing import NamedTuple, TypeVar

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import Session

from ledger import chain
from ledger.keys import KeySource
from ledger.personal import numbers_written
from ledger.records import Erased
from ledger.rows import OWN, in_parts
from ledger.tables import ArchivedRunRow, EventRow, ImportedContactRow, ItemRow, PersonalTextRow
from models.events import Event, EventKind, Fact, LedgerEntry
from models.people import Channel

Value = TypeVar("Value", int, str)


class Request(NamedTuple):
    """Who wants what erased and why. `references` are the pseudonyms that mean the customer."""

    references: Collection[str]
    person: str
    reason: str
    at: datetime


def erase(session: Session, keys: KeySource, request: Request) -> Erased:
    """Erase in this transaction, and say so in one row for each item. Nothing found: nothing done.

    Raises `LedgerKeysWrong`.
    """
    head = chain.lock(session)
    items = _items_of(session, request.references)
    texts, runs = _texts_of(session, items), _runs_of(session, items)
    contacts = _forget_contacts(session, request.references)
    entries = [
        _entry(
            (item, chain.key_of(session, item)),
            texts.get(item, []),
            runs.get(item, []),
            request,
            head.sequence,
        )
        for item in items
    ]
    if contacts:
        entries.append(_contacts_entry(contacts, request, head.sequence))
    if entries:
        chain.add(session, head, entries, keys.for_head(head.key_id), request.at)
    _forget(session, items, [row for rows in texts.values() for row in rows])
    return Erased(
        items=len(items),
        texts=sum(map(len, texts.values())),
        histories=sum(map(len, runs.values())),
        still_open=sum(_open_of(session, asked, request.at) for asked in in_parts(items)),
        contacts=contacts,
    )


def _items_of(session: Session, references: Collection[str]) -> list[str]:
    """The issues whose rows, or whose place in the index, name the customer."""
    told = (
        select(EventRow.issue_id)
        .join(PersonalTextRow, PersonalTextRow.sequence == EventRow.sequence)
        .where(PersonalTextRow.customer.in_(references))
    )
    indexed = select(ItemRow.issue_id).where(ItemRow.customer.in_(references))
    return sorted({*session.scalars(told), *session.scalars(indexed)})


def _texts_of(session: Session, items: list[str]) -> dict[str, list[int]]:
    """Issue → its rows that have personal text. Why something was erased before is kept."""
    found: list[tuple[str, int]] = []
    for asked in in_parts(items):
        rows = (
            select(EventRow.issue_id, EventRow.sequence)
            .join(PersonalTextRow, PersonalTextRow.sequence == EventRow.sequence)
            .where(EventRow.issue_id.in_(asked))
            .where(EventRow.kind != EventKind.PERSONAL_TEXT_ERASED)
        )
        found += [(issue, row) for issue, row in session.execute(rows)]
    return _by_item(found)


def _runs_of(session: Session, items: list[str]) -> dict[str, list[str]]:
    found: list[tuple[str, str]] = []
    for asked in in_parts(items):
        runs = select(ArchivedRunRow.issue_id, ArchivedRunRow.run_id)
        here = runs.where(ArchivedRunRow.issue_id.in_(asked))
        found += [(issue, run) for issue, run in session.execute(here)]
    return _by_item(found)


def _open_of(session: Session, items: Sequence[str], at: datetime) -> int:
    not_over = or_(ItemRow.watch_until.is_(None), ItemRow.watch_until > at)
    counted = select(func.count()).select_from(ItemRow)
    return session.scalar(counted.where(ItemRow.issue_id.in_(items), not_over)) or 0


def _by_item(found: list[tuple[str, Value]]) -> dict[str, list[Value]]:
    ordered = sorted(found)
    return {
        issue: [value for _, value in rows]
        for issue, rows in groupby(ordered, key=lambda pair: pair[0])
    }


def _entry(
    item: tuple[str, str], rows: list[int], runs: list[str], request: Request, after: int
) -> LedgerEntry:
    what = f"the personal text of {len(rows)} rows and {len(runs)} archived histories"
    facts: dict[str, Fact] = {"rows": numbers_written(rows), "runs": " ".join(sorted(runs))}
    return _said(item, what, facts, request, after)


def _contacts_entry(contacts: int, request: Request, after: int) -> LedgerEntry:
    return _said(
        (OWN, OWN), f"{contacts} imported contacts", {"contacts": contacts}, request, after
    )


def _said(
    item: tuple[str, str], what: str, facts: dict[str, Fact], request: Request, after: int
) -> LedgerEntry:
    issue, key = item
    return LedgerEntry(
        issue_id=issue,
        issue_key=key,
        workflow_id=OWN,
        event=Event(
            operation_id=f"{OWN}/erased/{issue}/{after}",
            sequence=0,
            kind=EventKind.PERSONAL_TEXT_ERASED,
            at=request.at,
            person=request.person,
            channel=Channel.CLI,
            summary=f"{request.person} had {what} erased.",
            facts={**facts, "reason": request.reason},
        ),
    )


def _forget_contacts(session: Session, references: Collection[str]) -> int:
    """Whole rows: they are no evidence, and their ids would lead back to the customer."""
    named = ImportedContactRow.content["customer"].as_string().in_(references)
    gone = delete(ImportedContactRow).where(named).returning(ImportedContactRow.id)
    return len(session.scalars(gone).all())


def _forget(session: Session, items: list[str], rows: list[int]) -> None:
    for numbers in in_parts(rows):
        session.execute(delete(PersonalTextRow).where(PersonalTextRow.sequence.in_(numbers)))
    for asked in in_parts(items):
        session.execute(delete(ArchivedRunRow).where(ArchivedRunRow.issue_id.in_(asked)))
        session.execute(
            update(ItemRow).where(ItemRow.issue_id.in_(asked)).values(customer=None, signature=[])
        )
