"""The outbox: one row per event and webhook, written in the transaction of the change itself."""

import json
import sqlite3
import uuid
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from local_jira.jql.search import issue_matches
from local_jira.store.dynamic_webhooks import DynamicWebhook, live_webhooks
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
    registered = _matched(work, name, issue, content)
    if not webhooks and not registered:
        return 0
    payload = event_payload(work, name, issue, content)
    posted = 0
    for webhook in webhooks:
        if _wanted(work, webhook, issue):
            body = b"" if webhook.exclude_body else _encoded(payload)
            posted += _insert(work, webhook.id, name, issue, _address(webhook, issue), body)
    for url, ids in registered.items():
        body = _encoded({**payload, "matchedWebhookIds": ids})
        posted += _insert(work, ids[0], name, issue, url, body)
    return posted


def _encoded(payload: Json) -> bytes:
    return json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode()


def _matched(
    work: "Work", name: str, issue: IssueRecord | None, content: Json
) -> dict[str, list[int]]:
    """The dynamic webhooks that want the event, by address: one delivery serves all of one."""
    matched: dict[str, list[int]] = {}
    for webhook in live_webhooks(work.connection, work.now):
        if name in webhook.events and issue is not None and _passes(work, webhook, issue, content):
            matched.setdefault(webhook.url, []).append(webhook.id)
    return matched


def _passes(work: "Work", webhook: DynamicWebhook, issue: IssueRecord, content: Json) -> bool:
    history = content.get("history")
    if webhook.fields and "property" not in content and history is not None:
        changed = {item.field_id for item in content.get("items", history.items)}
        if not changed & set(webhook.fields):
            return False
    of_property = webhook.property_keys and "property" in content
    if of_property and content["property"]["key"] not in webhook.property_keys:
        return False
    return issue_matches(work.site, work.connection, issue, webhook.jql, work.actor)


def _insert(
    work: "Work", webhook_id: int, name: str, issue: IssueRecord | None, url: str, body: bytes
) -> int:
    """Queue one delivery; answers 1, or 0 when the body is larger than Jira sends."""
    if len(body) > LARGEST_BODY:
        return 0
    work.connection.execute(
        "INSERT INTO delivery (webhook_id, identifier, event, issue_key, url, body, flow, "
        "created, next_attempt, state) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'pending')",
        (
            webhook_id,
            str(uuid.uuid4()),
            name,
            issue.key if issue else None,
            url,
            body,
            work.flow,
            work.now,
            work.now,
        ),
    )
    return 1


_COLUMNS = (
    "id, webhook_id, identifier, event, issue_key, url, flow, created, attempts, retries, "
    "next_attempt, state, last_status, last_error"
)


def newest_deliveries(
    connection: sqlite3.Connection, state: str | None, limit: int
) -> list[sqlite3.Row]:
    """The last deliveries, newest first, perhaps only those in one state."""
    return connection.execute(
        f"SELECT {_COLUMNS} FROM delivery WHERE ? IS NULL OR state = ? ORDER BY id DESC LIMIT ?",  # noqa: S608 - names from the constant above
        (state, state, limit),
    ).fetchall()


def deliveries(connection: sqlite3.Connection, since_id: int, limit: int) -> list[Json]:
    """What was sent or waits to be sent, oldest first; bodies are left out."""
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM delivery WHERE id > ? ORDER BY id LIMIT ?",  # noqa: S608 - as above
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
