"""The outbox: one row per event and webhook, written in the transaction of the change itself."""

import json
import sqlite3
import uuid
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from local_jira.jql.search import issue_matches
from local_jira.store.issues import IssueRecord
from local_jira.store.webhooks import Webhook, enabled_webhooks
from local_jira.webhooks.payloads import event_payload

if TYPE_CHECKING:
    from local_jira.changes.work import Work

Json = dict[str, Any]
LARGEST_BODY = 25_000_000


def _wanted(work: "Work", webhook: Webhook, issue: IssueRecord | None) -> bool:
    if issue is None or not webhook.jql:
        return True
    return issue_matches(work.site, work.connection, issue, webhook.jql, work.actor)


def _address(webhook: Webhook, issue: IssueRecord | None) -> str:
    if issue is None:
        return webhook.url
    values = {
        "issue.id": str(issue.id),
        "issue.key": issue.key,
        "project.id": issue.project_id,
        "project.key": issue.key.rsplit("-", 1)[0],
    }
    address = webhook.url
    for name, value in values.items():
        address = address.replace("${" + name + "}", quote(value, safe=""))
    return address


def post_event(work: "Work", name: str, issue: IssueRecord | None, content: Json) -> int:
    """Queue an event for every webhook that wants it; answers for how many that was.

    The identifier is chosen here, once, so that it stays the same over all retries and restarts.
    """
    webhooks = [hook for hook in enabled_webhooks(work.connection) if name in hook.events]
    if not webhooks:
        return 0
    payload = event_payload(work, name, issue, content)
    body = json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode()
    posted = 0
    for webhook in webhooks:
        if len(body) <= LARGEST_BODY and _wanted(work, webhook, issue):
            _insert(work, webhook, name, issue, body)
            posted += 1
    return posted


def _insert(
    work: "Work", webhook: Webhook, name: str, issue: IssueRecord | None, body: bytes
) -> None:
    work.connection.execute(
        "INSERT INTO delivery (webhook_id, identifier, event, issue_key, url, body, flow, "
        "created, next_attempt, state) VALUES (?, ?, ?, ?, ?, ?, 'Primary', ?, ?, 'pending')",
        (
            webhook.id,
            str(uuid.uuid4()),
            name,
            issue.key if issue else None,
            _address(webhook, issue),
            b"" if webhook.exclude_body else body,
            work.now,
            work.now,
        ),
    )


def deliveries(connection: sqlite3.Connection, since_id: int, limit: int) -> list[Json]:
    """What was sent or waits to be sent, oldest first; bodies are left out."""
    rows = connection.execute(
        "SELECT id, webhook_id, identifier, event, issue_key, url, flow, created, attempts, "
        "retries, next_attempt, state, last_status, last_error FROM delivery "
        "WHERE id > ? ORDER BY id LIMIT ?",
        (since_id, limit),
    )
    return [dict(row) for row in rows]


def send_again(connection: sqlite3.Connection, delivery_id: int, now: int) -> bool:
    """Make a delivery due again with its old identifier; answers whether it exists."""
    cursor = connection.execute(
        "UPDATE delivery SET state = 'pending', retries = 0, next_attempt = ? WHERE id = ?",
        (now, delivery_id),
    )
    return cursor.rowcount > 0
