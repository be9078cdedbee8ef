"""What `doctor` and `jira-setup` both look at in Jira: the credential, the project, the webhook."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import httpx
from temporalio.exceptions import ApplicationError

from desk.examining.checks import ASK_SECONDS, Finding, is_local, note, ok, unreachable, wrong
from desk.finding import jira_clients
from models.failures import FAILURES_BY_TYPE, ISSUE_GONE, JIRA_AUTHENTICATION, JIRA_UNAVAILABLE
from models.names import ITEM_LABEL
from runtime.jira_webhook import EVENTS, WEBHOOK_PATH, WEBHOOKS, webhook_filter
from runtime.settings import JiraSettings, Settings

if TYPE_CHECKING:
    from jira_gateway.client import JiraClients

WEBHOOK_PAGE = "/plugins/servlet/webhooks"
"""Where an administrator finds webhooks, on Cloud and on Data Center."""


def check_jira(settings: Settings) -> Iterable[Finding]:
    """What every installation needs of Jira. Blocking."""
    clients = jira_clients(settings.jira)
    credential = check_credential(settings.jira, clients)
    yield credential
    if credential.remedy is not None:
        return
    yield check_project(settings.jira, clients)
    yield check_webhook(settings, clients)


def check_credential(jira: JiraSettings, clients: JiraClients) -> Finding:
    """Whether Jira knows us. One that lost its worth is told apart from a Jira without news."""
    part = "jira"
    try:
        clients.myself(fresh=True)
    except ApplicationError as error:
        return failed(part, jira, error)
    return ok(part, f"{jira.url} answers and knows us.")


def check_project(jira: JiraSettings, clients: JiraClients) -> Finding:
    """Whether the project exists for us."""
    part = "jira project"
    try:
        clients.get(f"project/{jira.project}")
    except ApplicationError as error:
        if _missing(error):
            return wrong(
                part,
                f"there is no project {jira.project} that we may see.",
                "Set JIRA_PROJECT to the project's key, or let our account browse it.",
            )
        return failed(part, jira, error)
    return ok(part, f"{jira.project} is there.")


def failed(part: str, jira: JiraSettings, error: ApplicationError) -> Finding:
    """A question that Jira did not answer, or refused."""
    if error.type == JIRA_UNAVAILABLE.type:
        return unreachable(
            part,
            f"{jira.url} does not answer.",
            "Start the local stack with `followthrough up`, or set JIRA_URL to a Jira that runs.",
        )
    known = FAILURES_BY_TYPE.get(error.type or "")
    how = "takes us for a stranger" if error.type == JIRA_AUTHENTICATION.type else "refused us"
    return wrong(part, f"{jira.url} {how}.", known.remedy if known else None)


def _missing(error: ApplicationError) -> bool:
    """A project that is not there, or not for us, is answered with 404."""
    status = error.details[0].get("status") if error.details else None
    return error.type == ISSUE_GONE.type or status == 404


def check_webhook(settings: Settings, clients: JiraClients) -> Finding:
    """Whether Jira tells the desk of changes: all that matter, and signed."""
    part = "jira webhook"
    wanted = f"{settings.desk_url}{WEBHOOK_PATH}"
    page = f"{_site(settings.jira, clients)}{WEBHOOK_PAGE}"
    by_hand = (
        f"As an administrator, open {page} and add a webhook to {wanted} with the secret of "
        f"JIRA_WEBHOOK_SECRET, the filter `{webhook_filter(settings.jira.project)}` and the events "
        f"{', '.join(EVENTS)}. Until then the sweep finds changes."
    )
    try:
        hooks = _webhooks(settings.jira)
    except httpx.HTTPError as error:
        return unreachable(part, f"could not be asked for ({type(error).__name__}).", by_hand)
    if hooks is None:
        look = (
            f"Look at {page} by hand: one webhook has the URL {wanted}, is enabled, has a secret, "
            f"and sends {', '.join(EVENTS)}. If none does, add it there."
        )
        return note(part, "only an administrator may list webhooks, and we need not be one.", look)
    ours = [hook for hook in hooks if hook.get("url") == wanted]
    if not ours:
        return wrong(part, f"none of Jira's webhooks leads to {wanted}.", by_hand)
    enabled = [hook for hook in ours if hook.get("enabled", True)]
    if not enabled:
        return wrong(part, "it is switched off.", f"Switch it on at {page}.")
    signed = [hook for hook in enabled if _is_signed(hook)]
    if not signed:
        return wrong(part, "it is not signed, so the desk refuses what it sends.", by_hand)
    return _sent(part, wanted, page, settings.jira.project, signed)


def _sent(part: str, wanted: str, page: str, project: str, hooks: list[dict[str, Any]]) -> Finding:
    """Whether these send every event of every issue that concerns us."""
    sent = {event for hook in hooks for event in hook.get("events") or ()}
    missing = [event for event in EVENTS if event not in sent]
    if missing:
        return wrong(
            part,
            f"it does not send {', '.join(missing)}.",
            f"Tick these events of the webhook at {page}; until then the sweep finds the changes.",
        )
    if not any(_tells_of_moved(hook) for hook in hooks):
        return note(
            part,
            "its filter leaves out issues that were moved to another project; the sweep finds them.",
            f"Give it the filter `{webhook_filter(project)}` at {page}.",
        )
    return ok(part, f"leads to {wanted}, signed, with every event.")


def _tells_of_moved(hook: dict[str, Any]) -> bool:
    filters = hook.get("filters") or {}
    return not any(filters.values()) or any(ITEM_LABEL in str(jql) for jql in filters.values())


def _site(jira: JiraSettings, clients: JiraClients) -> str:
    """Where people open Jira; behind a gateway that is another address than ours."""
    try:
        told = str(clients.server_info().get("baseUrl") or "")
    except ApplicationError:
        return jira.url
    return told.rstrip("/") if urlsplit(told).hostname else jira.url


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
