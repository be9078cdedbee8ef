"""Reading the whole chain in order, row by row, also where somebody has damaged a row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from sqlalchemy import Connection, RowMapping, Select, select
from sqlalchemy.exc import StatementError

from ledger.tables import EventRow, PersonalTextRow

PAGE = 1000
_EVENT = EventRow.__table__
_TEXT = PersonalTextRow.__table__
_BOTH = select(
    _EVENT,
    _TEXT.c.sequence.label("text_sequence"),
    _TEXT.c.customer.label("text_customer"),
    _TEXT.c.facts.label("text_facts"),
    _TEXT.c.salt.label("text_salt"),
).select_from(_EVENT.outerjoin(_TEXT, _TEXT.c.sequence == _EVENT.c.sequence))


class Step(NamedTuple):
    """A row of the chain and its personal text. `row` None: what stands there cannot be read."""

    sequence: int
    row: Mapping[str, Any] | None
    text: Mapping[str, Any] | None


def steps(connection: Connection) -> Iterator[Step]:
    """Every row, in the order of sequences. Memory stays small however long the ledger is."""
    last: int | None = None
    while True:
        page = _BOTH.order_by(_EVENT.c.sequence).limit(PAGE)
        if last is not None:
            page = page.where(_EVENT.c.sequence > last)
        found = list(_read(connection, page))
        yield from found
        if len(found) < PAGE:
            return
        last = found[-1].sequence


def _read(connection: Connection, page: Select[Any]) -> Iterator[Step]:
    try:
        rows = connection.execute(page).mappings().all()
    except (ValueError, TypeError, StatementError):
        yield from _one_by_one(connection, page)
        return
    for row in rows:
        yield _step(row)


def _one_by_one(connection: Connection, page: Select[Any]) -> Iterator[Step]:
    for sequence in connection.scalars(page.with_only_columns(_EVENT.c.sequence)).all():
        try:
            row = connection.execute(_BOTH.where(_EVENT.c.sequence == sequence)).mappings().one()
        except (ValueError, TypeError, StatementError):
            yield Step(sequence, None, None)
        else:
            yield _step(row)


def _step(found: RowMapping) -> Step:
    row: dict[str, Any] = {str(name): value for name, value in found.items()}
    if row["text_sequence"] is None:
        return Step(row["sequence"], row, None)
    text = {
        "sequence": row["text_sequence"],
        "customer": row["text_customer"],
        "facts": row["text_facts"],
        "salt": row["text_salt"],
    }
    return Step(row["sequence"], row, text)
