"""Triggers that keep rows as they are: the one thing that the two databases do not write alike.

They stand against mistakes and against whoever may write rows but not alter tables. Whoever owns
the database can drop them; the seals are against those.
"""

from __future__ import annotations

from alembic import op

REFUSAL = "the ledger only grows: its events are never changed or removed"
_IDENTITY = {
    "events": "operation_id = NEW.operation_id OR sequence = NEW.sequence",
    "personal_texts": "sequence = NEW.sequence",
    "archived_runs": "run_id = NEW.run_id",
}


def lift(table: str) -> None:
    """Drop the triggers of a table, so that a migration can rewrite it."""
    if op.get_bind().dialect.name == "sqlite":
        for name in ("refuse_update", "refuse_delete", "keep_first"):
            op.execute(f"DROP TRIGGER IF EXISTS {table}_{name}")
        return
    op.execute(f"DROP TRIGGER IF EXISTS {table}_refuse_change ON {table}")
    op.execute(f"DROP TRIGGER IF EXISTS {table}_refuse_truncate ON {table}")


def refuse_changes(table: str, *, removing: bool) -> None:
    """Refuse to change a row, and to remove one unless `removing` is allowed."""
    acts = ("UPDATE",) if removing else ("UPDATE", "DELETE")
    if op.get_bind().dialect.name == "sqlite":
        for act in acts:
            op.execute(
                f"CREATE TRIGGER {table}_refuse_{act.lower()} BEFORE {act} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
            )
        # INSERT OR REPLACE removes the old row without waking the trigger on DELETE.
        there = f"EXISTS (SELECT 1 FROM {table} WHERE {_IDENTITY[table]})"  # noqa: S608 - constants of this module
        op.execute(
            f"CREATE TRIGGER {table}_keep_first BEFORE INSERT ON {table} WHEN {there} "
            "BEGIN SELECT RAISE(IGNORE); END"
        )
        return
    op.execute(
        f"CREATE TRIGGER {table}_refuse_change BEFORE {' OR '.join(acts)} ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION events_refuse()"
    )
    op.execute(
        f"CREATE TRIGGER {table}_refuse_truncate BEFORE TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION events_refuse()"
    )
