"""Properties: JSON values that programs keep at an issue or a comment."""

import json
import sqlite3
from typing import Any, Literal

Owner = Literal["issue", "comment"]


def property_keys(connection: sqlite3.Connection, owner: Owner, owner_id: int) -> list[str]:
    """The keys in use, sorted."""
    rows = connection.execute(
        "SELECT key FROM property WHERE owner = ? AND owner_id = ? ORDER BY key",
        (owner, owner_id),
    )
    return [row["key"] for row in rows]


def properties_of(connection: sqlite3.Connection, owner: Owner, owner_id: int) -> dict[str, Any]:
    """All keys with their values."""
    rows = connection.execute(
        "SELECT key, value FROM property WHERE owner = ? AND owner_id = ? ORDER BY key",
        (owner, owner_id),
    )
    return {row["key"]: json.loads(row["value"]) for row in rows}


def set_property(
    connection: sqlite3.Connection, owner: Owner, owner_id: int, key: str, value: Any
) -> bool:
    """Write a property; answers whether it is new."""
    known = connection.execute(
        "SELECT 1 FROM property WHERE owner = ? AND owner_id = ? AND key = ?",
        (owner, owner_id, key),
    ).fetchone()
    connection.execute(
        "INSERT OR REPLACE INTO property (owner, owner_id, key, value) VALUES (?, ?, ?, ?)",
        (owner, owner_id, key, json.dumps(value, ensure_ascii=False)),
    )
    return known is None


def remove_property(connection: sqlite3.Connection, owner: Owner, owner_id: int, key: str) -> bool:
    """Delete a property; answers whether there was one."""
    cursor = connection.execute(
        "DELETE FROM property WHERE owner = ? AND owner_id = ? AND key = ?",
        (owner, owner_id, key),
    )
    return cursor.rowcount > 0
