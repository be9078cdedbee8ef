"""Dynamic webhooks (/rest/api/3/webhook): what an app registers for itself."""

from dataclasses import replace
from typing import Any

from local_jira.calls import Answer, Call
from local_jira.database import is_row_id
from local_jira.failures import BadRequestError, ForbiddenError, invalid_payload
from local_jira.handlers.common import Json, last_page_of
from local_jira.jql.lexer import JqlError
from local_jira.routing import Route
from local_jira.store.accounts import Account
from local_jira.store.dynamic_webhooks import (
    LIFETIME_MILLISECONDS,
    DynamicWebhook,
    drop_webhooks,
    keep_webhook,
    live_webhooks,
)
from local_jira.store.webhooks import next_webhook_id
from local_jira.webhooks.addresses import is_address
from local_jira.webhooks.filters import check_filter

EVENTS = frozenset(
    {
        "jira:issue_created", "jira:issue_updated", "jira:issue_deleted", "comment_created",
        "comment_updated", "comment_deleted", "issue_property_set", "issue_property_deleted",
        "sprint_created", "sprint_updated", "sprint_closed", "sprint_deleted", "sprint_started",
        "jira:version_released", "jira:version_unreleased", "jira:version_created",
        "jira:version_moved", "jira:version_updated", "jira:version_merged",
        "jira:version_deleted",
    }
)  # fmt: skip
MOST_OF_AN_APP = 5
KEPT_MILLISECONDS = 72 * 3_600_000


def _app(call: Call) -> Account:
    """The app that asks; raises ForbiddenError for people and for API tokens."""
    account = call.actor
    if account.account_type != "app" or not call.has_bearer_token:
        raise ForbiddenError("The caller isn't an app.")
    return account


def _texts(entry: Json, name: str) -> tuple[str, ...]:
    value = entry.get(name) or []
    if not isinstance(value, list) or not all(isinstance(part, str) for part in value):
        raise invalid_payload()
    return tuple(value)


def _errors(call: Call, entry: Json, room: int) -> list[str]:
    """Why an entry cannot be registered."""
    errors: list[str] = []
    events = _texts(entry, "events")
    if not events:
        errors.append("At least one event must be given.")
    errors += [f"The event '{event}' is not supported." for event in events if event not in EVENTS]
    try:
        check_filter(call.site, str(entry.get("jqlFilter") or ""))
    except JqlError as error:
        errors.append(error.message)
    if room < 1:
        errors.append(f"An app can register at most {MOST_OF_AN_APP} webhooks.")
    return errors


def post_webhooks(call: Call) -> Answer:
    """POST webhook: each entry is registered, or answered with what is wrong with it."""
    app, document = _app(call), call.json_object()
    url, entries = document.get("url"), document.get("webhooks")
    if not isinstance(url, str) or not is_address(url):
        raise BadRequestError("The webhook's URL must be a whole one, http:// or https://.")
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise invalid_payload()
    results: list[Json] = []
    with call.site.write(call) as work:
        room = MOST_OF_AN_APP - len(live_webhooks(work.connection, work.now, app.account_id))
        for entry in entries:
            errors = _errors(call, entry, room)
            if errors:
                results.append({"errors": errors})
                continue
            webhook = DynamicWebhook(
                id=next_webhook_id(work.connection),
                owner=app.account_id,
                url=url,
                events=_texts(entry, "events"),
                jql=str(entry["jqlFilter"]),
                fields=_texts(entry, "fieldIdsFilter"),
                property_keys=_texts(entry, "issuePropertyKeysFilter"),
                expires=work.now + LIFETIME_MILLISECONDS,
            )
            keep_webhook(work.connection, webhook)
            room -= 1
            results.append({"createdWebhookId": webhook.id})
    return Answer(200, {"webhookRegistrationResult": results})


def _shown(webhook: DynamicWebhook) -> Json:
    shown: Json = {
        "id": webhook.id,
        "jqlFilter": webhook.jql,
        "events": list(webhook.events),
        "expirationDate": webhook.expires,
        "url": webhook.url,
    }
    if webhook.fields:
        shown["fieldIdsFilter"] = list(webhook.fields)
    if webhook.property_keys:
        shown["issuePropertyKeysFilter"] = list(webhook.property_keys)
    return shown


def get_webhooks(call: Call) -> Answer:
    """GET webhook: the app's own."""
    app = _app(call)
    found = live_webhooks(call.site.database.reader(), call.site.clock(), app.account_id)
    return Answer(200, last_page_of(call, [_shown(webhook) for webhook in found], 100))


def _ids(call: Call) -> list[int]:
    ids: Any = call.json_object().get("webhookIds")
    if not isinstance(ids, list) or not ids:
        raise BadRequestError("At least one webhook id must be given.")
    if not all(isinstance(i, int) and not isinstance(i, bool) and is_row_id(str(i)) for i in ids):
        raise invalid_payload()
    return ids


def delete_webhooks(call: Call) -> Answer:
    """DELETE webhook: what is not the app's own is passed over."""
    app, ids = _app(call), _ids(call)
    with call.site.write(call) as work:
        drop_webhooks(work.connection, ids, app.account_id)
    return Answer(202)


def put_refresh(call: Call) -> Answer:
    """PUT webhook/refresh: thirty more days from now."""
    app, ids = _app(call), _ids(call)
    with call.site.write(call) as work:
        expires = work.now + LIFETIME_MILLISECONDS
        for webhook in live_webhooks(work.connection, work.now, app.account_id):
            if webhook.id in ids:
                keep_webhook(work.connection, replace(webhook, expires=expires))
    return Answer(200, {"expirationDate": expires})


def get_failed(call: Call) -> Answer:
    """GET webhook/failed: what was given up in the last 72 hours, oldest first."""
    app = _app(call)
    size = min(100, max(1, call.number("maxResults", 100)))
    after = call.number("after", call.site.clock() - KEPT_MILLISECONDS)
    rows = call.site.database.reader().execute(
        "SELECT delivery.* FROM delivery JOIN dynamic_webhook ON dynamic_webhook.id = webhook_id "
        "WHERE owner = ? AND state = 'failed' AND next_attempt > ? ORDER BY next_attempt LIMIT ?",
        (app.account_id, max(after, call.site.clock() - KEPT_MILLISECONDS), size),
    )
    values = [
        {
            "id": row["identifier"],
            "body": bytes(row["body"]).decode(),
            "url": row["url"],
            "failureTime": row["next_attempt"],
        }
        for row in rows
    ]
    answer: Json = {"values": values, "maxResults": size}
    if values:
        base = f"{call.site.settings.base_url}/rest/api/{call.api}/webhook/failed"
        answer["next"] = f"{base}?maxResults={size}&after={values[-1]['failureTime']}"
    return Answer(200, answer)


ROUTES = [
    Route("GET", "webhook", get_webhooks),
    Route("POST", "webhook", post_webhooks),
    Route("DELETE", "webhook", delete_webhooks),
    Route("GET", "webhook/failed", get_failed),
    Route("PUT", "webhook/refresh", put_refresh),
]
