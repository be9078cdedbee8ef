"""The tables, the same on SQLite and PostgreSQL."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Date,
    DateTime,
    Dialect,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_name)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcMoment(TypeDecorator[datetime]):
    """A point in time: stored in UTC and read back aware, also where the database keeps no zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a naive moment (ValueError) and store the rest in UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Say that it is UTC, which SQLite forgets."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


Document = JSON().with_variant(JSONB(), "postgresql")
Sequence = BigInteger().with_variant(Integer(), "sqlite")  # SQLite numbers only an INTEGER key


class Base(DeclarativeBase):
    """All tables of the ledger."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {datetime: UtcMoment}  # noqa: RUF012 - SQLAlchemy reads it as a plain dict


class EventRow(Base):
    """Append-only: triggers refuse to change or remove a row.

    `digest` covers the row and the digest before it, `seal` proves it with the key `key_id`, and
    `personal_digest` holds on to the row of `personal_texts` with the same sequence.
    """

    __tablename__ = "events"
    __table_args__ = (
        Index("ix_events_issue_id", "issue_id", "sequence"),
        {"sqlite_autoincrement": True},
    )

    sequence: Mapped[int] = mapped_column(Sequence, primary_key=True, autoincrement=True)
    operation_id: Mapped[str] = mapped_column(String(255), unique=True)
    issue_id: Mapped[str] = mapped_column(String(64))
    issue_key: Mapped[str] = mapped_column(String(64))
    workflow_id: Mapped[str] = mapped_column(String(255))
    category: Mapped[str | None] = mapped_column(String(128))
    policy_version: Mapped[str | None] = mapped_column(String(64))
    item_sequence: Mapped[int]
    kind: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]
    person: Mapped[str | None] = mapped_column(String(255))
    channel: Mapped[str | None] = mapped_column(String(32))
    summary: Mapped[str] = mapped_column(Text)
    facts: Mapped[dict[str, Any]] = mapped_column(Document)
    recorded_at: Mapped[datetime]
    personal_digest: Mapped[str | None] = mapped_column(String(64))
    key_id: Mapped[str] = mapped_column(String(16))
    digest: Mapped[str] = mapped_column(String(64))
    seal: Mapped[str] = mapped_column(String(64))


class PersonalTextRow(Base):
    """What of an event is personal: it may be erased, and is never changed."""

    __tablename__ = "personal_texts"

    sequence: Mapped[int] = mapped_column(Sequence, primary_key=True, autoincrement=False)
    customer: Mapped[str | None] = mapped_column(String(64), index=True)
    facts: Mapped[dict[str, Any]] = mapped_column(Document)
    salt: Mapped[str] = mapped_column(String(64))


class ArchivedRunRow(Base):
    """The history of a run that has closed, compressed. It may be erased, and is never changed."""

    __tablename__ = "archived_runs"

    run_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    workflow_id: Mapped[str] = mapped_column(String(255), index=True)
    issue_id: Mapped[str] = mapped_column(String(64), index=True)
    closed_at: Mapped[datetime]
    salt: Mapped[str] = mapped_column(String(64))
    history: Mapped[bytes] = mapped_column(LargeBinary)


class ItemRow(Base):
    """One row an item, for looking up earlier items; brought up to date as events arrive."""

    __tablename__ = "item_index"
    __table_args__ = (Index("ix_item_index_customer", "customer", "watch_until"),)

    issue_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    issue_key: Mapped[str] = mapped_column(String(64), index=True)
    workflow_id: Mapped[str] = mapped_column(String(255))
    customer: Mapped[str | None] = mapped_column(String(64))
    category: Mapped[str | None] = mapped_column(String(128))
    created_at: Mapped[datetime] = mapped_column(index=True)
    decided_at: Mapped[datetime | None]
    watch_until: Mapped[datetime | None]
    outcome: Mapped[str | None] = mapped_column(String(32))
    signature: Mapped[list[int]] = mapped_column(Document)


class WatermarkRow(Base):
    """How far an issue's changes were told to its workflow."""

    __tablename__ = "watermarks"

    issue_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    mark: Mapped[str] = mapped_column(String(255))


class DeliveryRow(Base):
    """A webhook delivery that has been taken in."""

    __tablename__ = "deliveries"

    identifier: Mapped[str] = mapped_column(String(255), primary_key=True)
    issue_id: Mapped[str | None] = mapped_column(String(64))
    received_at: Mapped[datetime] = mapped_column(index=True)


class ImportedContactRow(Base):
    """A contact from another tool's export; the same export sent again brings it up to date."""

    __tablename__ = "imported_contacts"

    source: Mapped[str] = mapped_column(String(64), primary_key=True)
    id: Mapped[str] = mapped_column(String(255), primary_key=True)
    opened_at: Mapped[datetime] = mapped_column(index=True)
    digest: Mapped[str] = mapped_column(String(64))
    content: Mapped[dict[str, Any]] = mapped_column(Document)
    imported_at: Mapped[datetime]


class ThemeMemberRow(Base):
    """Which theme an item is in. Only merging and splitting themes changes that."""

    __tablename__ = "theme_members"

    issue_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    theme_id: Mapped[str] = mapped_column(String(100), index=True)
    placed_at: Mapped[datetime]


class ThemeRow(Base):
    """One row a theme, for lists; brought up to date by its workflow.

    `origin` is the operation that split it off another theme.
    """

    __tablename__ = "themes"

    theme_id: Mapped[str] = mapped_column(String(100), primary_key=True)
    phase: Mapped[str] = mapped_column(String(32))
    items: Mapped[int]
    customers: Mapped[int]
    worth: Mapped[float]
    origin: Mapped[str | None] = mapped_column(String(255), unique=True)
    content: Mapped[dict[str, Any]] = mapped_column(Document)
    updated_at: Mapped[datetime]


class LanguageModelUseRow(Base):
    """How much a language model was used on a UTC day; counted up as it is used."""

    __tablename__ = "language_model_use"

    day: Mapped[date] = mapped_column(Date, primary_key=True)
    calls: Mapped[int]
    tokens: Mapped[int] = mapped_column(BigInteger)


class OneTimeLinkRow(Base):
    """A link in a notice, by the digest of its secret; removed when it has run out."""

    __tablename__ = "one_time_links"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    person: Mapped[str] = mapped_column(String(100))
    issue_key: Mapped[str] = mapped_column(String(100))
    ends_at: Mapped[datetime] = mapped_column(UtcMoment, index=True)
    used_at: Mapped[datetime | None] = mapped_column(UtcMoment)
