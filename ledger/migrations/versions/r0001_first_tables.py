"""The first tables, and the triggers that make the events append-only.

Written out rather than taken from `ledger.tables`: a migration must do for ever what it does today.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "r0001"
down_revision = None
branch_labels = None
depends_on = None

_DOCUMENT = sa.JSON().with_variant(JSONB(), "postgresql")
_MOMENT = sa.DateTime(timezone=True)
_REFUSAL = "the ledger only grows: its events are never changed or removed"


def upgrade() -> None:
    """Create the four tables and guard the events."""
    _create_events()
    _create_item_index()
    op.create_table(
        "watermarks",
        sa.Column("issue_id", sa.String(64), primary_key=True),
        sa.Column("mark", sa.String(255), nullable=False),
    )
    op.create_table(
        "deliveries",
        sa.Column("identifier", sa.String(255), primary_key=True),
        sa.Column("issue_id", sa.String(64)),
        sa.Column("received_at", _MOMENT, nullable=False),
    )
    op.create_index("ix_deliveries_received_at", "deliveries", ["received_at"])
    for statement in _guards(op.get_bind().dialect.name):
        op.execute(statement)


def downgrade() -> None:
    """Refuse: going back would throw the evidence away."""
    raise RuntimeError("The ledger is not taken back. Restore a copy made before the upgrade.")


def _create_events() -> None:
    op.create_table(
        "events",
        sa.Column(
            "sequence",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            primary_key=True,
            autoincrement=True,
        ),
        sa.Column("operation_id", sa.String(255), nullable=False),
        sa.Column("issue_id", sa.String(64), nullable=False),
        sa.Column("issue_key", sa.String(64), nullable=False),
        sa.Column("workflow_id", sa.String(255), nullable=False),
        sa.Column("customer", sa.String(64)),
        sa.Column("category", sa.String(128)),
        sa.Column("policy_version", sa.String(64)),
        sa.Column("item_sequence", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(64), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("person", sa.String(255)),
        sa.Column("channel", sa.String(32)),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("facts", _DOCUMENT, nullable=False),
        sa.Column("recorded_at", _MOMENT, nullable=False),
        sa.UniqueConstraint("operation_id", name="uq_events_operation_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_events_issue_id", "events", ["issue_id", "sequence"])


def _create_item_index() -> None:
    op.create_table(
        "item_index",
        sa.Column("issue_id", sa.String(64), primary_key=True),
        sa.Column("issue_key", sa.String(64), nullable=False),
        sa.Column("workflow_id", sa.String(255), nullable=False),
        sa.Column("customer", sa.String(64)),
        sa.Column("category", sa.String(128)),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("decided_at", _MOMENT),
        sa.Column("watch_until", _MOMENT),
        sa.Column("outcome", sa.String(32)),
        sa.Column("signature", _DOCUMENT, nullable=False),
    )
    op.create_index("ix_item_index_issue_key", "item_index", ["issue_key"])
    op.create_index("ix_item_index_created_at", "item_index", ["created_at"])
    op.create_index("ix_item_index_customer", "item_index", ["customer", "watch_until"])


def _guards(dialect: str) -> tuple[str, ...]:
    """Triggers are the one thing that the two databases do not write alike."""
    if dialect == "sqlite":
        refusing = tuple(
            f"CREATE TRIGGER events_refuse_{act.lower()} BEFORE {act} ON events "
            f"BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END"
            for act in ("UPDATE", "DELETE")
        )
        # INSERT OR REPLACE removes the old row without waking the trigger on DELETE.
        keeping = (
            "CREATE TRIGGER events_keep_first BEFORE INSERT ON events WHEN EXISTS (SELECT 1 FROM "
            "events WHERE operation_id = NEW.operation_id OR sequence = NEW.sequence) "
            "BEGIN SELECT RAISE(IGNORE); END"
        )
        return (*refusing, keeping)
    return (
        "CREATE FUNCTION events_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{_REFUSAL}'; END $$",
        "CREATE TRIGGER events_refuse_change BEFORE UPDATE OR DELETE ON events "
        "FOR EACH ROW EXECUTE FUNCTION events_refuse()",
        "CREATE TRIGGER events_refuse_truncate BEFORE TRUNCATE ON events "
        "FOR EACH STATEMENT EXECUTE FUNCTION events_refuse()",
    )
