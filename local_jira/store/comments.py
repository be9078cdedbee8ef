"""Comments as they are kept; their properties live in `store.properties`."""

import json
import sqlite3
from dataclasses import dataclass

from local_jira.body.codec import Body
from local_jira.database import is_row_id, next_number

FIRST_COMMENT_ID = 10000


@dataclass
class CommentRecord:
    """One comment and who wrote and last changed it."""

    id: int
    issue_id: int
    author: str
    update_author: str
    created: int
    updated: int
    body: Body
    visibility: dict[str, str] | None = None


def _record(row: sqlite3.Row) -> CommentRecord:
    return CommentRecord(
        id=row["id"],
        issue_id=row["issue_id"],
        author=row["author"],
        update_author=row["update_author"],
        created=row["created"],
        updated=row["updated"],
        body=json.loads(row["body"]),
        visibility=json.loads(row["visibility"]) if row["visibility"] else None,
    )


def next_comment_id(connection: sqlite3.Connection) -> int:
    """The next comment's id."""
    return next_number(connection, "comment", FIRST_COMMENT_ID)


def comments_of(
    connection: sqlite3.Connection, issue_id: int, newest_first: bool = False
) -> list[CommentRecord]:
    """The issue's comments in the order they were written, or the other way round."""
    order = "created DESC, id DESC" if newest_first else "created, id"
    rows = connection.execute(
        f"SELECT * FROM comment WHERE issue_id = ? ORDER BY {order}",  # noqa: S608 - one of two constants
        (issue_id,),
    )
    return [_record(row) for row in rows]


def find_comment(connection: sqlite3.Connection, comment_id: str) -> CommentRecord | None:
    """The comment of that id."""
    if not is_row_id(comment_id):
        return None
    row = connection.execute("SELECT * FROM comment WHERE id = ?", (int(comment_id),)).fetchone()
    return _record(row) if row else None


def save_comment(connection: sqlite3.Connection, comment: CommentRecord) -> None:
    """Create or change a comment."""
    connection.execute(
        "INSERT INTO comment VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET "
        "update_author = excluded.update_author, updated = excluded.updated, "
        "body = excluded.body, visibility = excluded.visibility",
        (
            comment.id,
            comment.issue_id,
            comment.author,
            comment.update_author,
            comment.created,
            comment.updated,
            json.dumps(comment.body, ensure_ascii=False),
            json.dumps(comment.visibility) if comment.visibility else None,
        ),
    )


def remove_comment(connection: sqlite3.Connection, comment_id: int) -> None:
    """Delete a comment and its properties."""
    connection.execute(
        "DELETE FROM property WHERE owner = 'comment' AND owner_id = ?", (comment_id,)
    )
    connection.execute("DELETE FROM comment WHERE id = ?", (comment_id,))
