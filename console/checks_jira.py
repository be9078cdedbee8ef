"""What `doctor` looks at in Jira: the credential, the project, the webhook and its signature."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import httpx
from temporalio.exceptions import ApplicationError

from console.checks import ASK_SECONDS, Finding, is_local, note, ok, unreachable, wrong
from desk.finding import jira_clients
from models.failures import FAILURES_BY_TYPE, ISSUE_GONE, JIRA_UNAVAILABLE
from runtime.jira_webhook import WEBHOOK_PATH, WEBHOOKS
from runtime.settings import JiraSettings, Settings


def check_jira(settings: Settings) -> Iterable[Finding]:
    """Everything that can be asked of Jira. Blocking."""
    part = "jira"
    clients = jira_clients(settings.jira)
    try:
        account = clients.myself().account_id
    except ApplicationError as error:
        yield _failed(part, settings.jira, error)
        return
    if not account:
        yield wrong(
            part,
            f"{settings.jira.url} takes us for a stranger, so searches find nothing.",
            "Set JIRA_USER and JIRA_TOKEN to an account of Jira.",
        )
        return
    yield ok(part, f"{settings.jira.url} answers and knows us.")
    try:
        clients.get(f"project/{settings.jira.project}")
        yield ok("jira project", f"{settings.jira.project} is there.")
    except ApplicationError as error:
        yield _project(settings.jira, error)
    yield check_webhook(settings)


def _failed(part: str, jira: JiraSettings, error: ApplicationError) -> Finding:
    if error.type == JIRA_UNAVAILABLE.type:
        return unreachable(
            part,
            f"{jira.url} does not answer.",
            "Start the local stack with `followthrough up`, or set JIRA_URL to a Jira that runs.",
        )
    known = FAILURES_BY_TYPE.get(error.type or "")
    return wrong(part, f"{jira.url} refused us.", known.remedy if known else None)


def _project(jira: JiraSettings, error: ApplicationError) -> Finding:
    if error.type == ISSUE_GONE.type:
        return wrong(
            "jira project",
            f"there is no project {jira.project} that we may see.",
            "Set JIRA_PROJECT to the project's key, or let our account browse it.",
        )
    return _failed("jira project", jira, error)


def check_webhook(settings: Settings) -> Finding:
    """Whether Jira tells the desk of changes, signed."""
    part = "jira webhook"
    wanted = f"{settings.desk_url}{WEBHOOK_PATH}"
    by_hand = (
        f"In Jira's administration, add a webhook to {wanted} with the secret of "
        "JIRA_WEBHOOK_SECRET for issue and comment events. Until then the sweep finds changes."
    )
    try:
        hooks = _webhooks(settings.jira)
    except httpx.HTTPError as error:
        return unreachable(part, f"could not be asked for ({type(error).__name__}).", by_hand)
    if hooks is None:
        return note(part, "only a Jira administrator may see webhooks; look there.", by_hand)
    ours = [hook for hook in hooks if hook.get("url") == wanted]
    if not ours:
        return wrong(part, f"none of Jira's webhooks leads to {wanted}.", by_hand)
    if not any(hook.get("enabled", True) for hook in ours):
        return wrong(part, "it is switched off.", "Switch it on in Jira's administration.")
    if not any(_is_signed(hook) for hook in ours):
        return wrong(part, "it is not signed, so the desk refuses what it sends.", by_hand)
    return ok(part, f"leads to {wanted}, signed.")


def _is_signed(hook: dict[str, Any]) -> bool:
    """Not every Jira tells; one that does not is given the benefit of the doubt."""
    return bool(hook.get("isSigned", True))


def _webhooks(jira: JiraSettings) -> list[dict[str, Any]] | None:
    """Jira's webhooks, or None when our account may not see them."""
    token = jira.token.get_secret_value() if jira.token else ""
    headers = {} if jira.user or not token else {"Authorization": f"Bearer {token}"}
    answer = httpx.get(
        f"{jira.url}{WEBHOOKS}",
        auth=(jira.user, token) if jira.user else None,
        headers=headers,
        timeout=ASK_SECONDS,
        trust_env=not is_local(jira.url),
    )
    if answer.status_code != 200:
        return None
    try:
        found = answer.json()
    except ValueError:
        return None
    return [hook for hook in found if isinstance(hook, dict)] if isinstance(found, list) else None
