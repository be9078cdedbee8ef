"""Register the desk's webhook in the local Jira, as an administrator does by hand in a real one."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

import httpx

from models.names import ITEM_LABEL
from runtime.problems import Unreachable
from runtime.settings import JiraSettings

WEBHOOK_NAME = "Followthrough desk"
WEBHOOK_PATH = "/webhooks/jira"
WEBHOOKS = "/rest/webhooks/1.0/webhook"
EVENTS = (
    "jira:issue_created",
    "jira:issue_updated",
    "jira:issue_deleted",
    "comment_created",
    "comment_updated",
    "comment_deleted",
)


def register_webhook(jira: JiraSettings, desk_url: str, *, timeout_seconds: float = 10.0) -> None:
    """Make sure that exactly one webhook of ours points at this desk, with the shared secret.

    Raises `Unreachable` when Jira does not answer or refuses.
    """
    token = jira.token.get_secret_value() if jira.token else ""
    secret = jira.webhook_secret.get_secret_value() if jira.webhook_secret else ""
    body = _body(jira, f"{desk_url}{WEBHOOK_PATH}", secret)
    try:
        with httpx.Client(
            base_url=jira.url,
            auth=(jira.user, token),
            timeout=timeout_seconds,
            trust_env=False,  # a proxy of this machine does not lead to 127.0.0.1
        ) as client:
            ours = [hook for hook in _webhooks(client) if hook.get("name") == WEBHOOK_NAME]
            keep = next((hook for hook in ours if _is_same(hook, body)), None)
            for hook in ours:
                if hook is not keep:
                    client.delete(str(hook["self"])).raise_for_status()
            if keep is None:
                client.post(WEBHOOKS, json=body).raise_for_status()
    except httpx.HTTPStatusError as error:
        raise _refused(jira, f"answered {error.response.status_code}") from error
    except httpx.HTTPError as error:
        raise _refused(jira, "did not answer") from error


def webhook_filter(project: str) -> str:
    """The JQL of an administrator's webhook: our project, and items that were moved elsewhere."""
    return f'project = "{project}" OR labels = "{ITEM_LABEL}"'


def _webhooks(client: httpx.Client) -> list[dict[str, Any]]:
    answer = client.get(WEBHOOKS)
    answer.raise_for_status()
    found = answer.json()
    return [hook for hook in found if isinstance(hook, dict)] if isinstance(found, list) else []


def _is_same(hook: dict[str, Any], body: dict[str, Any]) -> bool:
    """Jira never shows a secret, so the description carries its fingerprint."""
    return all(hook.get(name) == body[name] for name in ("url", "description", "events", "filters"))


def _body(jira: JiraSettings, url: str, secret: str) -> dict[str, Any]:
    return {
        "name": WEBHOOK_NAME,
        "description": f"Signed with the secret {sha256(secret.encode()).hexdigest()[:12]}…",
        "url": url,
        "events": list(EVENTS),
        "filters": {"issue-related-events-section": webhook_filter(jira.project)},
        "excludeBody": False,
        "secret": secret,
    }


def _refused(jira: JiraSettings, how: str) -> Unreachable:
    return Unreachable(
        f"Jira {how} when the webhook was to be registered.",
        where=jira.url,
        remedy="Look at that Jira's log; without the webhook, items arrive only by the sweep.",
    )
