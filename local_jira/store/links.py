"""Links between issues. The source is Jira's `inwardIssue`: "source blocks target"."""

import sqlite3
from dataclasses import dataclass

from local_jira.database import is_row_id, next_number

FIRST_LINK_ID = 10000


@dataclass(frozen=True)
class LinkRecord:
    """One link of a type from one issue to another."""

    id: int
    type_id: str
    source_id: int
    target_id: int

    def other_end(self, issue_id: int) -> int:
        """The issue at the other end, seen from one of them."""
        return self.target_id if issue_id == self.source_id else self.source_id


def _record(row: sqlite3.Row) -> LinkRecord:
    return LinkRecord(row["id"], row["type_id"], row["source_id"], row["target_id"])


def links_of(connection: sqlite3.Connection, issue_id: int) -> list[LinkRecord]:
    """The links that start or end at the issue, oldest first."""
    rows = connection.execute(
        "SELECT * FROM link WHERE source_id = ? OR target_id = ? ORDER BY id",
        (issue_id, issue_id),
    )
    return [_record(row) for row in rows]


def find_link(connection: sqlite3.Connection, link_id: str) -> LinkRecord | None:
    """The link of that id."""
    if not is_row_id(link_id):
        return None
    row = connection.execute("SELECT * FROM link WHERE id = ?", (int(link_id),)).fetchone()
    return _record(row) if row else None


def add_link(
    connection: sqlite3.Connection, type_id: str, source_id: int, target_id: int
) -> LinkRecord | None:
    """Link two issues; answers None when that link is there already."""
    known = connection.execute(
        "SELECT 1 FROM link WHERE type_id = ? AND source_id = ? AND target_id = ?",
        (type_id, source_id, target_id),
    ).fetchone()
    if known:
        return None
    link = LinkRecord(next_number(connection, "link", FIRST_LINK_ID), type_id, source_id, target_id)
    connection.execute(
        "INSERT INTO link (id, type_id, source_id, target_id) VALUES (?, ?, ?, ?)",
        (link.id, link.type_id, link.source_id, link.target_id),
    )
    return link


def remove_link(connection: sqlite3.Connection, link_id: int) -> None:
    """Delete a link."""
    connection.execute("DELETE FROM link WHERE id = ?", (link_id,))
