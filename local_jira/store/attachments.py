"""Files that hang on issues; the bytes live in the same database."""

import sqlite3
from dataclasses import dataclass

from local_jira.database import is_row_id, next_number

FIRST_ATTACHMENT_ID = 10000


@dataclass(frozen=True)
class AttachmentRecord:
    """One file without its bytes; `size` counts them."""

    id: int
    issue_id: int
    author: str
    created: int
    filename: str
    mime_type: str
    size: int


_COLUMNS = "id, issue_id, author, created, filename, mime_type, size"


def add_attachment(
    connection: sqlite3.Connection,
    issue_id: int,
    *,
    author: str,
    created: int,
    filename: str,
    mime_type: str,
    content: bytes,
) -> AttachmentRecord:
    """Keep a file."""
    record = AttachmentRecord(
        next_number(connection, "attachment", FIRST_ATTACHMENT_ID),
        issue_id,
        author,
        created,
        filename,
        mime_type,
        len(content),
    )
    connection.execute(
        f"INSERT INTO attachment ({_COLUMNS}, content) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608 - a constant
        (*vars(record).values(), content),
    )
    return record


def attachments_of(connection: sqlite3.Connection, issue_id: int) -> list[AttachmentRecord]:
    """The issue's files, oldest first."""
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM attachment WHERE issue_id = ? ORDER BY id",  # noqa: S608 - a constant
        (issue_id,),
    )
    return [AttachmentRecord(**dict(row)) for row in rows]


def find_attachment(connection: sqlite3.Connection, wanted: str) -> AttachmentRecord | None:
    """The file of that id."""
    if not is_row_id(wanted):
        return None
    row = connection.execute(
        f"SELECT {_COLUMNS} FROM attachment WHERE id = ?",  # noqa: S608 - a constant
        (int(wanted),),
    ).fetchone()
    return AttachmentRecord(**dict(row)) if row else None


def attachment_content(connection: sqlite3.Connection, attachment_id: int) -> bytes:
    """The bytes of a file that exists."""
    row = connection.execute(
        "SELECT content FROM attachment WHERE id = ?", (attachment_id,)
    ).fetchone()
    return bytes(row["content"])


def remove_attachment(connection: sqlite3.Connection, attachment_id: int) -> None:
    """Delete a file."""
    connection.execute("DELETE FROM attachment WHERE id = ?", (attachment_id,))
