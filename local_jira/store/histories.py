"""The changelog: who changed which fields of an issue, and when."""

import json
import sqlite3
from dataclasses import dataclass
from typing import Any

from local_jira.database import next_number

FIRST_HISTORY_ID = 10000


@dataclass(frozen=True)
class ChangeItem:
    """One field's change: `old` and `new` are ids, the texts are what people read."""

    field: str
    field_id: str | None
    field_type: str
    old: str | None
    old_text: str | None
    new: str | None
    new_text: str | None
    is_user: bool = False


@dataclass(frozen=True)
class HistoryRecord:
    """All changes of one write."""

    id: int
    issue_id: int
    author: str
    created: int
    metadata: dict[str, Any] | None
    items: tuple[ChangeItem, ...]


def add_history(
    connection: sqlite3.Connection,
    issue_id: int,
    *,
    author: str,
    created: int,
    items: list[ChangeItem],
    metadata: dict[str, Any] | None,
) -> HistoryRecord:
    """Keep the changes of one write."""
    record = HistoryRecord(
        next_number(connection, "history", FIRST_HISTORY_ID),
        issue_id,
        author,
        created,
        metadata,
        tuple(items),
    )
    connection.execute(
        "INSERT INTO history VALUES (?, ?, ?, ?, ?, ?)",
        (
            record.id,
            issue_id,
            author,
            created,
            json.dumps(metadata) if metadata else None,
            json.dumps([vars(item) for item in items], ensure_ascii=False),
        ),
    )
    return record


def histories_of(connection: sqlite3.Connection, issue_id: int) -> list[HistoryRecord]:
    """The issue's changes, oldest first."""
    rows = connection.execute("SELECT * FROM history WHERE issue_id = ? ORDER BY id", (issue_id,))
    return [
        HistoryRecord(
            row["id"],
            row["issue_id"],
            row["author"],
            row["created"],
            json.loads(row["metadata"]) if row["metadata"] else None,
            tuple(ChangeItem(**item) for item in json.loads(row["items"])),
        )
        for row in rows
    ]
