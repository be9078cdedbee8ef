"""Which item belongs to which theme, and what themes look like in lists.

Not evidence: what was decided about themes and how they grew stands in the events. This is where a
look for themes finds what an earlier one placed, so that nothing jumps between two looks.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from itertools import count

from sqlalchemy import ColumnElement, Engine, func, select, update
from sqlalchemy.orm import Session

from ledger.records import IndexedItem
from ledger.rows import in_parts, indexed_item, insert_into
from ledger.tables import ItemRow, ThemeMemberRow, ThemeRow
from ledger.transactions import reading, writing
from models.names import theme_id_of
from models.theme import ThemePhase, ThemeStatus


class Themes:
    """Raises `LedgerUnavailable` as every part of the ledger does."""

    def __init__(self, engine: Engine, now: Callable[[], datetime]) -> None:
        self._engine = engine
        self._now = now

    def placements(self) -> Mapping[str, str]:
        """Issue id → the theme that the item is in."""
        chosen = select(ThemeMemberRow.issue_id, ThemeMemberRow.theme_id)
        with reading(self._engine, "read themes") as session:
            return {issue_id: theme_id for issue_id, theme_id in session.execute(chosen)}  # noqa: C416 - rows are not pairs to the types

    def uncounted(self) -> tuple[str, ...]:
        """The themes that have another number of items than they were kept with last."""
        member = ThemeMemberRow
        many = func.count(member.issue_id)
        chosen = (
            select(member.theme_id)
            .outerjoin(ThemeRow, ThemeRow.theme_id == member.theme_id)
            .group_by(member.theme_id, ThemeRow.items)
            .having((ThemeRow.items.is_(None)) | (ThemeRow.items != many))
            .order_by(member.theme_id)
        )
        with reading(self._engine, "read themes") as session:
            return tuple(session.scalars(chosen))

    def place(self, theme_id: str, issue_ids: Sequence[str]) -> None:
        """Put items into a theme; one that has a place already stays where it is."""
        with writing(self._engine, "place items in a theme") as session:
            for part in in_parts(issue_ids):
                rows = [
                    {"issue_id": one, "theme_id": theme_id, "placed_at": self._now()}
                    for one in part
                ]
                adding = insert_into(session, ThemeMemberRow).values(rows)
                session.execute(
                    adding.on_conflict_do_nothing(index_elements=[ThemeMemberRow.issue_id])
                )

    def merge(self, theme_id: str, into: str) -> int:
        """Move every item of a theme into another one; answers how many are in that one now."""
        with writing(self._engine, "merge themes") as session:
            _move(session, into, ThemeMemberRow.theme_id == theme_id)
            return _size(session, into)

    def split(self, theme_id: str, issue_keys: Sequence[str], origin: str) -> tuple[str, int]:
        """Move these items of a theme into a new one; answers its id and how many it has.

        `origin` makes it exactly one new theme, however often it is called. The new theme is named
        after its oldest item, as one is that a look founds. With none of the items in the theme
        there is no new one, and 0.
        """
        with writing(self._engine, "split a theme") as session:
            made = session.scalar(select(ThemeRow.theme_id).where(ThemeRow.origin == origin))
            if made is not None:
                return made, _size(session, made)
            member = ThemeMemberRow
            items = session.execute(
                select(ItemRow.issue_id)
                .join(member, member.issue_id == ItemRow.issue_id)
                .where(member.theme_id == theme_id, ItemRow.issue_key.in_(issue_keys))
                .order_by(ItemRow.created_at, ItemRow.issue_id)
            ).scalars()
            found = tuple(items)
            if not found:
                return "", 0
            new = _free_id(session, found[0])
            session.add(_row(ThemeStatus(theme_id=new), self._now(), origin))
            _move(session, new, member.issue_id.in_(found))
            return new, len(found)

    def members(self, theme_id: str) -> tuple[IndexedItem, ...]:
        """The items of a theme, oldest first."""
        member = ThemeMemberRow
        chosen = (
            select(ItemRow)
            .join(member, member.issue_id == ItemRow.issue_id)
            .where(member.theme_id == theme_id)
            .order_by(ItemRow.created_at, ItemRow.issue_id)
        )
        with reading(self._engine, "read a theme's items") as session:
            return tuple(indexed_item(row) for row in session.scalars(chosen))

    def keep(self, status: ThemeStatus) -> None:
        """Keep how a theme stands, for lists of themes and for the numbers."""
        with writing(self._engine, "keep a theme") as session:
            row = session.get(ThemeRow, status.theme_id)
            if row is None:
                session.add(_row(status, self._now(), None))
            else:
                _fill(row, status, self._now())

    def find(self, theme_id: str) -> ThemeStatus | None:
        """One theme as it was kept last."""
        with reading(self._engine, "read themes") as session:
            row = session.get(ThemeRow, theme_id)
            return ThemeStatus.model_validate(row.content) if row is not None else None

    def all(self, limit: int | None = 500) -> tuple[ThemeStatus, ...]:
        """The themes that were not merged away, the most worth first, then the most customers.

        `limit` None answers with every one.
        """
        row = ThemeRow
        chosen = (
            select(row.content)
            .where(row.phase != ThemePhase.MERGED)
            .order_by(row.worth.desc(), row.customers.desc(), row.theme_id)
            .limit(limit)
        )
        with reading(self._engine, "read themes") as session:
            return tuple(ThemeStatus.model_validate(content) for content in session.scalars(chosen))


def _move(session: Session, theme_id: str, which: ColumnElement[bool]) -> None:
    session.execute(update(ThemeMemberRow).where(which).values(theme_id=theme_id))


def _size(session: Session, theme_id: str) -> int:
    row = ThemeMemberRow
    return session.scalar(select(func.count()).where(row.theme_id == theme_id)) or 0


def _free_id(session: Session, issue_id: str) -> str:
    """The id of a theme whose oldest item this is, numbered where others had it before."""
    wanted = (theme_id_of(issue_id, number) for number in count(1))
    return next(
        one for one in wanted if session.get(ThemeRow, one) is None and not _size(session, one)
    )


def _row(status: ThemeStatus, now: datetime, origin: str | None) -> ThemeRow:
    row = ThemeRow(theme_id=status.theme_id, origin=origin)
    _fill(row, status, now)
    return row


def _fill(row: ThemeRow, status: ThemeStatus, now: datetime) -> None:
    figures = status.figures
    row.phase = status.phase
    row.items = figures.items if figures else 0
    row.customers = figures.customers if figures else 0
    row.worth = figures.worth if figures else 0.0
    row.content = status.model_dump(mode="json")
    row.updated_at = now
