"""The request journal: what was asked of the tracker, and whether it was committed."""

import sqlite3
from typing import Any

from local_jira.clock import jira_time


def record_request(connection: sqlite3.Connection, entry: dict[str, Any]) -> int:
    """Add a line; `entry` has the columns of the table except the id."""
    cursor = connection.execute(
        "INSERT INTO journal (at, method, path, endpoint, account_id, status, committed, "
        "request_source, body_hash, fault) VALUES (:at, :method, :path, :endpoint, :account_id, "
        ":status, :committed, :request_source, :body_hash, :fault)",
        entry,
    )
    return int(cursor.lastrowid or 0)


def finish_request(
    connection: sqlite3.Connection, journal_id: int, status: int | None, fault: str | None
) -> None:
    """Note how a committed write was answered; a status of None means it never was."""
    connection.execute(
        "UPDATE journal SET status = ?, fault = ? WHERE id = ?", (status, fault, journal_id)
    )


def requests_since(
    connection: sqlite3.Connection, since_id: int, limit: int
) -> list[dict[str, Any]]:
    """The lines after `since_id`, oldest first."""
    rows = connection.execute(
        "SELECT * FROM journal WHERE id > ? ORDER BY id LIMIT ?", (since_id, limit)
    )
    return [
        {
            "id": row["id"],
            "at": jira_time(row["at"]),
            "method": row["method"],
            "path": row["path"],
            "endpoint": row["endpoint"],
            "account": row["account_id"],
            "status": row["status"],
            "committed": bool(row["committed"]),
            "requestSource": row["request_source"],
            "bodyHash": row["body_hash"],
            "fault": row["fault"],
        }
        for row in rows
    ]


def counts_since(connection: sqlite3.Connection, since_id: int) -> list[dict[str, Any]]:
    """How many requests each endpoint had after `since_id`, and how many were committed."""
    rows = connection.execute(
        "SELECT method, endpoint, count(*) AS requests, sum(committed) AS committed FROM journal "
        "WHERE id > ? GROUP BY method, endpoint ORDER BY requests DESC, endpoint, method",
        (since_id,),
    )
    return [dict(row) for row in rows]
