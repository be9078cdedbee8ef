"""Dynamic webhooks as they are kept: registered by apps, gone after thirty days."""

import json
import sqlite3
from dataclasses import dataclass

LIFETIME_MILLISECONDS = 30 * 24 * 3_600_000


@dataclass(frozen=True)
class DynamicWebhook:
    """One registration. `expires` is in milliseconds; empty filters let everything through."""

    id: int
    owner: str
    url: str
    events: tuple[str, ...]
    jql: str
    fields: tuple[str, ...]
    property_keys: tuple[str, ...]
    expires: int


def _webhook(row: sqlite3.Row) -> DynamicWebhook:
    return DynamicWebhook(
        id=row["id"],
        owner=row["owner"],
        url=row["url"],
        events=tuple(json.loads(row["events"])),
        jql=row["jql"],
        fields=tuple(json.loads(row["fields"])),
        property_keys=tuple(json.loads(row["property_keys"])),
        expires=row["expires"],
    )


def live_webhooks(
    connection: sqlite3.Connection, now: int, owner: str | None = None
) -> list[DynamicWebhook]:
    """The webhooks that have not expired, oldest first: of one app, or of all."""
    rows = connection.execute(
        "SELECT * FROM dynamic_webhook WHERE expires > ? AND (? IS NULL OR owner = ?) ORDER BY id",
        (now, owner, owner),
    )
    return [_webhook(row) for row in rows]


def keep_webhook(connection: sqlite3.Connection, webhook: DynamicWebhook) -> None:
    """Create or replace a webhook."""
    connection.execute(
        "INSERT OR REPLACE INTO dynamic_webhook VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            webhook.id,
            webhook.owner,
            webhook.url,
            json.dumps(webhook.events),
            webhook.jql,
            json.dumps(webhook.fields),
            json.dumps(webhook.property_keys),
            webhook.expires,
        ),
    )


def drop_webhooks(connection: sqlite3.Connection, ids: list[int], owner: str) -> None:
    """Delete those of the ids that the app owns."""
    connection.execute(
        "DELETE FROM dynamic_webhook WHERE owner = ? AND id IN (SELECT value FROM json_each(?))",
        (owner, json.dumps(ids)),
    )
