"""What somebody with all rights on the database, but without the keys, may do to it."""

from __future__ import annotations

from sqlalchemy import Connection, Engine, text

from ledger.canonical import COLUMNS
from ledger.database import make_engine


def unguarded(url: str) -> Engine:
    """The database without its triggers, as its owner can have it."""
    engine = make_engine(url)
    with engine.begin() as connection:
        if connection.dialect.name == "sqlite":
            names = connection.scalars(text("SELECT name FROM sqlite_master WHERE type='trigger'"))
            for name in names.all():
                connection.execute(text(f"DROP TRIGGER {name}"))
        else:
            for table in ("events", "personal_texts", "archived_runs"):
                connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER ALL"))
    return engine


EDITS = {
    "summary": "summary || '!'",
    "person": "'mallory'",
    "kind": "'closed'",
    "issue_key": "'FB-666'",
    "operation_id": "operation_id || 'x'",
    "policy_version": "NULL",
    "item_sequence": "item_sequence + 1",
    "at": "recorded_at",
    "digest": "'" + "0" * 64 + "'",
    "seal": "'" + "0" * 64 + "'",
    "key_id": "'0123456789abcdef'",
    "personal_digest": "NULL",
    "facts": '\'{"outcome": "declined"}\'',
}
"""Column → what an insider writes there."""


def edit(connection: Connection, column: str, sequence: int) -> None:
    value = EDITS[column]
    if column == "facts" and connection.dialect.name == "postgresql":
        value = f"{value}::jsonb"
    connection.execute(
        text(f"UPDATE events SET {column} = {value} WHERE sequence = :row"), {"row": sequence}
    )


def delete(connection: Connection, sequence: int) -> None:
    connection.execute(text("DELETE FROM events WHERE sequence = :row"), {"row": sequence})


def swap(connection: Connection, first: int, second: int) -> None:
    for old, new in ((first, -1), (second, first), (-1, second)):
        connection.execute(
            text("UPDATE events SET sequence = :new WHERE sequence = :old"),
            {"old": old, "new": new},
        )


def close_gap(connection: Connection, sequence: int) -> None:
    """Remove a row and number those after it anew."""
    delete(connection, sequence)
    for sign in ("-sequence", "-sequence - 1"):
        connection.execute(
            text(f"UPDATE events SET sequence = {sign} WHERE sequence < 0 OR sequence > :row"),
            {"row": sequence},
        )


def insert(connection: Connection, sequence: int) -> None:
    """Copy a row to a place of its own before it, moving the rest along."""
    for sign in ("-sequence", "-sequence + 1"):
        connection.execute(
            text(f"UPDATE events SET sequence = {sign} WHERE sequence < 0 OR sequence >= :row"),
            {"row": sequence},
        )
    same = ", ".join(name for name in COLUMNS if name not in ("sequence", "operation_id"))
    connection.execute(
        text(
            f"INSERT INTO events (sequence, operation_id, {same}) "
            f"SELECT :row, 'forged', {same} FROM events WHERE sequence = :row + 1"
        ),
        {"row": sequence},
    )
