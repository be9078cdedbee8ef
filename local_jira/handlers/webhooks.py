"""Admin webhooks (/rest/webhooks/1.0/webhook)."""

from dataclasses import replace
from typing import Any

from local_jira.calls import Answer, Call
from local_jira.changes.work import Work
from local_jira.database import is_row_id
from local_jira.failures import BadRequestError, NotFoundError
from local_jira.handlers.common import Json, no_content
from local_jira.jql.lexer import JqlError
from local_jira.jql.parser import parse_jql
from local_jira.permissions import require_admin
from local_jira.routing import Route
from local_jira.store.webhooks import (
    Webhook,
    all_webhooks,
    find_webhook,
    next_webhook_id,
    remove_webhook,
    save_webhook,
)
from local_jira.views.context import view_for
from local_jira.webhooks.addresses import is_address

KNOWN_EVENTS = frozenset(
    {
        "jira:issue_created", "jira:issue_updated", "jira:issue_deleted", "comment_created",
        "comment_updated", "comment_deleted", "issue_property_set", "issue_property_deleted",
        "issuelink_created", "issuelink_deleted", "attachment_created", "attachment_deleted",
        "worklog_created", "worklog_updated", "worklog_deleted", "jira:worklog_updated",
        "project_created", "project_updated", "project_deleted", "jira:version_created",
        "jira:version_updated", "jira:version_released", "jira:version_unreleased",
        "jira:version_moved", "jira:version_deleted", "user_created", "user_updated",
        "user_deleted", "sprint_created", "sprint_updated", "sprint_started", "sprint_closed",
        "sprint_deleted", "board_created", "board_updated", "board_deleted",
    }
)  # fmt: skip


def _webhook_json(call: Call, webhook: Webhook) -> Json:
    view = view_for(call)
    editor = view.account(webhook.updated_by)
    return {
        "self": f"{call.site.settings.base_url}/rest/webhooks/1.0/webhook/{webhook.id}",
        "name": webhook.name,
        "description": webhook.description,
        "url": webhook.url,
        "excludeBody": webhook.exclude_body,
        "filters": webhook.filters,
        "events": list(webhook.events),
        "enabled": webhook.enabled,
        "isSigned": webhook.secret is not None,
        "lastUpdatedUser": webhook.updated_by,
        "lastUpdatedDisplayName": editor.display_name if editor else None,
        "lastUpdated": webhook.updated,
    }


def _text(document: Json, name: str, default: str) -> str:
    value = document.get(name, default)
    if not isinstance(value, str):
        raise BadRequestError(errors={name: f"'{name}' must be a string."})
    return value


def _flag(document: Json, name: str, default: bool) -> bool:
    value = document.get(name, default)
    if not isinstance(value, bool):
        raise BadRequestError(errors={name: f"'{name}' must be true or false."})
    return value


def _events(document: Json, default: tuple[str, ...]) -> tuple[str, ...]:
    events: Any = document.get("events", list(default))
    if not isinstance(events, list) or not all(isinstance(event, str) for event in events):
        raise BadRequestError(errors={"events": "'events' must be an array of event names."})
    unknown = sorted(set(events) - KNOWN_EVENTS)
    if unknown:
        raise BadRequestError(errors={"events": f"Unknown event '{unknown[0]}'."})
    return tuple(dict.fromkeys(events))


def _changed(work: Work, webhook: Webhook, document: Json) -> Webhook:
    url = _text(document, "url", webhook.url)
    if not is_address(url):
        raise BadRequestError(
            errors={"url": "The webhook's URL must be a whole one, http:// or https://."}
        )
    name = _text(document, "name", webhook.name)
    if not name:
        raise BadRequestError(errors={"name": "A webhook must have a name."})
    filters = document.get("filters", webhook.filters)
    if not isinstance(filters, dict):
        raise BadRequestError(errors={"filters": "'filters' must be an object."})
    for jql in filters.values():
        _check_filter(jql)
    secret = document.get("secret", webhook.secret)
    if secret is not None and not isinstance(secret, str):
        raise BadRequestError(errors={"secret": "'secret' must be a string."})
    return replace(
        webhook,
        name=name,
        description=_text(document, "description", webhook.description),
        url=url,
        events=_events(document, webhook.events),
        filters={str(section): str(jql) for section, jql in filters.items()},
        exclude_body=_flag(document, "excludeBody", webhook.exclude_body),
        enabled=_flag(document, "enabled", webhook.enabled),
        secret=secret or None,
        updated=work.now,
        updated_by=work.actor.account_id,
    )


def _check_filter(jql: Any) -> None:
    try:
        parse_jql(str(jql))
    except JqlError as error:
        raise BadRequestError(errors={"filters": error.message}) from None


def get_webhooks(call: Call) -> Answer:
    """GET webhook."""
    require_admin(call)
    webhooks = all_webhooks(call.site.database.reader())
    return Answer(200, [_webhook_json(call, webhook) for webhook in webhooks])


def _found(call: Call, work: Work | None = None) -> Webhook:
    connection = work.connection if work else call.site.database.reader()
    wanted = call.parameters["id"]
    webhook = find_webhook(connection, int(wanted)) if is_row_id(wanted) else None
    if webhook is None:
        raise NotFoundError(f"A webhook with id '{wanted}' does not exist.")
    return webhook


def get_webhook(call: Call) -> Answer:
    """GET webhook/{id}."""
    require_admin(call)
    return Answer(200, _webhook_json(call, _found(call)))


def post_webhook(call: Call) -> Answer:
    """POST webhook."""
    require_admin(call)
    document = call.json_object()
    with call.site.write(call) as work:
        blank = Webhook(0, "", "", "", (), {}, False, True, None, work.now, "")
        webhook = replace(_changed(work, blank, document), id=next_webhook_id(work.connection))
        save_webhook(work.connection, webhook)
    shown = _webhook_json(call, webhook)
    return Answer(201, shown, {"Location": shown["self"]})


def put_webhook(call: Call) -> Answer:
    """PUT webhook/{id}: members that are left out stay as they are."""
    require_admin(call)
    document = call.json_object()
    with call.site.write(call) as work:
        webhook = _changed(work, _found(call, work), document)
        save_webhook(work.connection, webhook)
    return Answer(200, _webhook_json(call, webhook))


def delete_webhook(call: Call) -> Answer:
    """DELETE webhook/{id}."""
    require_admin(call)
    with call.site.write(call) as work:
        remove_webhook(work.connection, _found(call, work).id)
    return no_content()


ADMIN_ROUTES = [
    Route("GET", "webhook", get_webhooks),
    Route("POST", "webhook", post_webhook),
    Route("GET", "webhook/{id}", get_webhook),
    Route("PUT", "webhook/{id}", put_webhook),
    Route("DELETE", "webhook/{id}", delete_webhook),
]
