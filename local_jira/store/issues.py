"""Issues as they are kept: identity, times and one JSON document of field values."""

import json
import sqlite3
from dataclasses import dataclass
from typing import Any

from local_jira.database import is_row_id, next_number

FIRST_ISSUE_ID = 10001


@dataclass
class IssueRecord:
    """One issue. `fields` holds internal values: ids instead of objects, texts as bodies."""

    id: int
    key: str
    project_id: str
    created: int
    updated: int
    fields: dict[str, Any]


def _record(row: sqlite3.Row) -> IssueRecord:
    return IssueRecord(
        id=row["id"],
        key=row["key"],
        project_id=row["project_id"],
        created=row["created"],
        updated=row["updated"],
        fields=json.loads(row["fields"]),
    )


def find_issue(connection: sqlite3.Connection, id_or_key: str) -> IssueRecord | None:
    """The issue of that numeric id or key."""
    if is_row_id(id_or_key):
        row = connection.execute("SELECT * FROM issue WHERE id = ?", (int(id_or_key),)).fetchone()
    else:
        row = connection.execute(
            "SELECT * FROM issue WHERE key = ?", (id_or_key.upper(),)
        ).fetchone()
    if row is None:
        # The key may be one that the issue had before it moved to another project.
        row = connection.execute(
            "SELECT issue.* FROM old_key JOIN issue ON issue.id = old_key.issue_id "
            "WHERE old_key.key = ?",
            (id_or_key.upper(),),
        ).fetchone()
    return _record(row) if row else None


def children_of(connection: sqlite3.Connection, issue_id: int) -> list[IssueRecord]:
    """The sub-tasks of an issue, in the order of creation."""
    rows = connection.execute(
        "SELECT * FROM issue WHERE json_extract(fields, '$.parent') = ? ORDER BY id", (issue_id,)
    )
    return [_record(row) for row in rows]


def rename_issue(
    connection: sqlite3.Connection, issue: IssueRecord, project_id: str, project_key: str
) -> None:
    """Give an issue the next key of another project; the old key goes on leading to it."""
    connection.execute(
        "INSERT OR REPLACE INTO old_key (key, issue_id) VALUES (?, ?)", (issue.key, issue.id)
    )
    number = next_number(connection, f"project:{project_id}", 1)
    issue.key, issue.project_id = f"{project_key}-{number}", project_id


def all_issues(connection: sqlite3.Connection) -> list[IssueRecord]:
    """Every issue, in the order of creation."""
    return [_record(row) for row in connection.execute("SELECT * FROM issue ORDER BY id")]


def new_issue(
    connection: sqlite3.Connection, project_id: str, project_key: str, now: int
) -> IssueRecord:
    """A fresh issue with the next id and key; it is kept only once `save_issue` is called."""
    issue_id = next_number(connection, "issue", FIRST_ISSUE_ID)
    number = next_number(connection, f"project:{project_id}", 1)
    return IssueRecord(issue_id, f"{project_key}-{number}", project_id, now, now, {})


def save_issue(connection: sqlite3.Connection, issue: IssueRecord) -> None:
    """Create the issue or write what changed."""
    connection.execute(
        "INSERT INTO issue (id, key, project_id, created, updated, fields) "
        "VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET key = excluded.key, "
        "project_id = excluded.project_id, updated = excluded.updated, fields = excluded.fields",
        (
            issue.id,
            issue.key,
            issue.project_id,
            issue.created,
            issue.updated,
            json.dumps(issue.fields, ensure_ascii=False),
        ),
    )


def remove_issue(connection: sqlite3.Connection, issue_id: int) -> None:
    """Delete the issue and all that belongs to it."""
    connection.execute(
        "DELETE FROM property WHERE owner = 'comment' "
        "AND owner_id IN (SELECT id FROM comment WHERE issue_id = ?)",
        (issue_id,),
    )
    connection.execute("DELETE FROM property WHERE owner = 'issue' AND owner_id = ?", (issue_id,))
    connection.execute("DELETE FROM search_index WHERE issue_id = ?", (issue_id,))
    connection.execute("DELETE FROM search_pending WHERE issue_id = ?", (issue_id,))
    connection.execute("DELETE FROM issue WHERE id = ?", (issue_id,))
