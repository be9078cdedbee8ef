"""Admin webhooks as they are kept."""

import json
import sqlite3
from dataclasses import dataclass

from local_jira.database import next_number

ISSUE_SECTION = "issue-related-events-section"


@dataclass(frozen=True)
class Webhook:
    """One webhook: where to send which events, and with which secret they are signed."""

    id: int
    name: str
    description: str
    url: str
    events: tuple[str, ...]
    filters: dict[str, str]
    exclude_body: bool
    enabled: bool
    secret: str | None
    updated: int
    updated_by: str

    @property
    def jql(self) -> str:
        """The filter that an issue must match, or nothing."""
        return self.filters.get(ISSUE_SECTION, "")


def _webhook(row: sqlite3.Row) -> Webhook:
    return Webhook(
        id=row["id"],
        name=row["name"],
        description=row["description"],
        url=row["url"],
        events=tuple(json.loads(row["events"])),
        filters=json.loads(row["filters"]),
        exclude_body=bool(row["exclude_body"]),
        enabled=bool(row["enabled"]),
        secret=row["secret"],
        updated=row["updated"],
        updated_by=row["updated_by"],
    )


def next_webhook_id(connection: sqlite3.Connection) -> int:
    """The next webhook's id."""
    return next_number(connection, "webhook", 1)


def all_webhooks(connection: sqlite3.Connection) -> list[Webhook]:
    """Every webhook, oldest first."""
    return [_webhook(row) for row in connection.execute("SELECT * FROM webhook ORDER BY id")]


def enabled_webhooks(connection: sqlite3.Connection) -> list[Webhook]:
    """The webhooks that are switched on."""
    return [webhook for webhook in all_webhooks(connection) if webhook.enabled]


def find_webhook(connection: sqlite3.Connection, webhook_id: int) -> Webhook | None:
    """The webhook of that id."""
    row = connection.execute("SELECT * FROM webhook WHERE id = ?", (webhook_id,)).fetchone()
    return _webhook(row) if row else None


def save_webhook(connection: sqlite3.Connection, webhook: Webhook) -> None:
    """Create or replace a webhook."""
    connection.execute(
        "INSERT OR REPLACE INTO webhook VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            webhook.id,
            webhook.name,
            webhook.description,
            webhook.url,
            json.dumps(list(webhook.events)),
            json.dumps(webhook.filters),
            int(webhook.exclude_body),
            int(webhook.enabled),
            webhook.secret,
            webhook.updated,
            webhook.updated_by,
        ),
    )


def remove_webhook(connection: sqlite3.Connection, webhook_id: int) -> None:
    """Delete a webhook; what waits for it will not be sent."""
    connection.execute(
        "DELETE FROM delivery WHERE webhook_id = ? AND state = 'pending'", (webhook_id,)
    )
    connection.execute("DELETE FROM webhook WHERE id = ?", (webhook_id,))
