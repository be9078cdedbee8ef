"""Remote links: addresses outside the site that an issue refers to."""

import json
import sqlite3
from typing import Any

from local_jira.database import next_number

FIRST_REMOTE_LINK_ID = 10000
Json = dict[str, Any]


def remote_links_of(connection: sqlite3.Connection, issue_id: int) -> list[tuple[int, Json]]:
    """Ids and documents, oldest first."""
    rows = connection.execute(
        "SELECT id, document FROM remote_link WHERE issue_id = ? ORDER BY id", (issue_id,)
    )
    return [(row["id"], json.loads(row["document"])) for row in rows]


def save_remote_link(
    connection: sqlite3.Connection, issue_id: int, document: Json, link_id: int | None = None
) -> tuple[int, bool]:
    """Create a remote link, or replace the one with that id or the same global id.

    Answers the id and whether the link is new.
    """
    global_id = document.get("globalId")
    if link_id is None and global_id is not None:
        row = connection.execute(
            "SELECT id FROM remote_link WHERE issue_id = ? AND global_id = ?",
            (issue_id, global_id),
        ).fetchone()
        link_id = row["id"] if row else None
    if link_id is not None:
        connection.execute(
            "UPDATE remote_link SET global_id = ?, document = ? WHERE id = ?",
            (global_id, json.dumps(document), link_id),
        )
        return link_id, False
    link_id = next_number(connection, "remote_link", FIRST_REMOTE_LINK_ID)
    connection.execute(
        "INSERT INTO remote_link (id, issue_id, global_id, document) VALUES (?, ?, ?, ?)",
        (link_id, issue_id, global_id, json.dumps(document)),
    )
    return link_id, True


def remove_remote_link(connection: sqlite3.Connection, issue_id: int, link_id: int) -> bool:
    """Delete a remote link; answers whether there was one."""
    cursor = connection.execute(
        "DELETE FROM remote_link WHERE issue_id = ? AND id = ?", (issue_id, link_id)
    )
    return cursor.rowcount > 0
