"""Seals every row, and puts personal text beside the chain, where it can be erased.

The rows that stand already are taken in as they are: they are proved from this migration on, and
its own row at their end says so. An older version of this program that still runs can no longer
append, since it does not know what a row now needs; its work waits until it is replaced.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import context, op
from sqlalchemy.dialects.postgresql import JSONB

from ledger.chain import Head, sealed
from ledger.migrations.guards import lift, refuse_changes
from ledger.personal import parted
from ledger.tables import UtcMoment

revision = "r0011"
down_revision = "r0010"
branch_labels = None
depends_on = None

_DOCUMENT = sa.JSON().with_variant(JSONB(), "postgresql")
_SEQUENCE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_NEW = ("personal_digest", "key_id", "digest", "seal")
_OURS = ("taken_in", "personal_text_erased", "run_archived", "ledger_key_changed")
"""Kinds of events that the version before does not know."""

_EVENTS = sa.table(
    "events",
    sa.column("sequence", _SEQUENCE),
    *(
        sa.column(name, sa.String())
        for name in (
            "operation_id", "issue_id", "issue_key", "workflow_id", "category", "policy_version",
            "kind", "person", "channel", "summary", "customer", *_NEW,
        )
    ),
    sa.column("item_sequence", sa.Integer()),
    sa.column("facts", _DOCUMENT),
    sa.column("at", UtcMoment()),
    sa.column("recorded_at", UtcMoment()),
)  # fmt: skip
_TEXTS = sa.table(
    "personal_texts",
    sa.column("sequence", _SEQUENCE),
    sa.column("customer", sa.String()),
    sa.column("facts", _DOCUMENT),
    sa.column("salt", sa.String()),
)


def upgrade() -> None:
    """Add what a sealed row has, seal the rows there are, and guard all of it."""
    _create_tables()
    lift("events")
    for name, length in zip(_NEW, (64, 16, 64, 64), strict=True):
        op.add_column("events", sa.Column(name, sa.String(length)))
    _take_in()
    with op.batch_alter_table("events", table_kwargs={"sqlite_autoincrement": True}) as table:
        table.drop_column("customer")
        for name in ("key_id", "digest", "seal"):
            table.alter_column(name, existing_type=sa.String(), nullable=False)
    refuse_changes("events", removing=False)
    refuse_changes("personal_texts", removing=True)
    refuse_changes("archived_runs", removing=True)


def downgrade() -> None:
    """Put personal text back into the rows and forget the seals.

    Refuses (RuntimeError) while there are archived histories, which have no place there. What was
    erased stays erased. Rows of kinds that the version before does not know are dropped.
    """
    connection = op.get_bind()
    if connection.scalar(sa.text("SELECT count(*) FROM archived_runs")):
        raise RuntimeError(
            "Archived histories would be lost. Export them and empty archived_runs first."
        )
    for name in ("events", "personal_texts", "archived_runs"):
        lift(name)
    with op.batch_alter_table("events", table_kwargs={"sqlite_autoincrement": True}) as table:
        table.add_column(sa.Column("customer", sa.String(64)))
        for name in _NEW:
            table.drop_column(name)
    connection.execute(sa.delete(_EVENTS).where(_EVENTS.c.kind.in_(_OURS)))
    for text in connection.execute(sa.select(_TEXTS)).mappings().all():
        here = _EVENTS.c.sequence == text["sequence"]
        facts = connection.scalar(sa.select(_EVENTS.c.facts).where(here)) or {}
        told = {"facts": {**facts, **text["facts"]}, "customer": text["customer"]}
        connection.execute(sa.update(_EVENTS).where(here).values(told))
    op.drop_table("personal_texts")
    op.drop_table("archived_runs")
    refuse_changes("events", removing=False)


def _create_tables() -> None:
    op.create_table(
        "personal_texts",
        sa.Column("sequence", _SEQUENCE, primary_key=True, autoincrement=False),
        sa.Column("customer", sa.String(64)),
        sa.Column("facts", _DOCUMENT, nullable=False),
        sa.Column("salt", sa.String(64), nullable=False),
    )
    op.create_index("ix_personal_texts_customer", "personal_texts", ["customer"])
    op.create_table(
        "archived_runs",
        sa.Column("run_id", sa.String(64), primary_key=True),
        sa.Column("workflow_id", sa.String(255), nullable=False),
        sa.Column("issue_id", sa.String(64), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("salt", sa.String(64), nullable=False),
        sa.Column("history", sa.LargeBinary(), nullable=False),
    )
    op.create_index("ix_archived_runs_workflow_id", "archived_runs", ["workflow_id"])
    op.create_index("ix_archived_runs_issue_id", "archived_runs", ["issue_id"])


def _take_in() -> None:
    connection = op.get_bind()
    there = sa.select(_EVENTS).order_by(_EVENTS.c.sequence)
    rows = [dict(row) for row in connection.execute(there).mappings()]
    if not rows:
        return
    keys = context.config.attributes["keys"]()
    ready = sealed(Head(0, "", None), _parted([*rows, _note(rows)]), keys)
    connection.execute(sa.insert(_EVENTS), ready.events[-1:])
    for row in ready.events[:-1]:
        new = {name: row[name] for name in ("facts", *_NEW)}
        connection.execute(
            sa.update(_EVENTS).where(_EVENTS.c.sequence == row["sequence"]).values(new)
        )
    if ready.texts:
        connection.execute(sa.insert(_TEXTS), ready.texts)


def _parted(
    rows: list[dict[str, Any]],
) -> Iterator[tuple[dict[str, Any], str | None, dict[str, Any]]]:
    for row in rows:
        bare = {name: value for name, value in row.items() if name not in ("customer", *_NEW)}
        bare["facts"], personal = parted(row["facts"])
        yield bare, row.get("customer"), personal


def _note(rows: list[dict[str, Any]]) -> dict[str, Any]:
    now = datetime.now(UTC)
    return {
        "operation_id": "ledger/taken-in",
        "issue_id": "ledger",
        "issue_key": "ledger",
        "workflow_id": "ledger",
        "category": None,
        "policy_version": None,
        "item_sequence": 1,
        "kind": "taken_in",
        "at": now,
        "person": None,
        "channel": None,
        "summary": f"{len(rows)} rows from before there were seals were taken in as they stood.",
        "facts": {"rows": len(rows), "through": rows[-1]["sequence"]},
        "recorded_at": now,
    }
