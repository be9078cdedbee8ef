"""What `jira-setup` looks at beyond `doctor`: server, account, permissions, names, edit screen.

It only reads, and needs no more rights than those it lists.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from temporalio.exceptions import ApplicationError

from desk.examining.checks import Finding, is_local, note, ok, wrong
from desk.examining.jira import check_credential, check_project, check_webhook, failed
from desk.finding import jira_clients
from models.lifecycle import StatusCategory
from models.status_map import StatusMap
from policies.loader import load
from policies.problems import PolicyError
from runtime.settings import JiraSettings, Settings

if TYPE_CHECKING:
    from jira_gateway.client import JiraClients
    from policies.policy_set import PolicySet

EDITED = ("priority", "assignee", "duedate", "labels")
"""Jira's ids of the fields that we set."""
EDITED_ALONG = ("comment", "issuelinks")
"""These go along with an edit. Not every Jira lists them with the screen's fields."""
LINK_TYPES = {"Duplicate", "Relates"}
"""A decision as duplicate links by the first, a customer who came back by the second."""
CATEGORY_WORDS = {
    StatusCategory.TO_DO: "To Do",
    StatusCategory.IN_PROGRESS: "In Progress",
    StatusCategory.DONE: "Done",
}


def check_setup(settings: Settings) -> Iterable[Finding]:
    """Every line of `jira-setup`, in the order in which an administrator mends them. Blocking."""
    jira, clients = settings.jira, jira_clients(settings.jira)
    credential = check_credential(jira, clients)
    yield credential
    if credential.remedy is not None:
        return
    try:
        policy_set = load(settings.policies)
    except PolicyError as error:
        yield wrong(
            "policies", str(error.problems[0]), "Mend the policy files; `followthrough doctor`."
        )
        return
    yield from _asked("jira server", jira, lambda: _server(settings, clients))
    yield from _asked("jira account", jira, lambda: _account(clients, policy_set))
    project = check_project(jira, clients)
    yield project
    if project.remedy is None:
        for part, look in (
            ("permissions", lambda: _permissions(clients, jira.project)),
            ("statuses", lambda: _statuses(clients, jira.project, policy_set)),
            ("priorities", lambda: _priorities(clients)),
            ("resolutions", lambda: _resolutions(clients, policy_set)),
            ("link types", lambda: _link_types(clients)),
            ("edit screen", lambda: _edit_screen(clients, jira.project)),
        ):
            yield from _asked(part, jira, look)
    yield check_webhook(settings, clients)


def _asked(part: str, jira: JiraSettings, look: Callable[[], Iterable[Finding]]) -> list[Finding]:
    """The findings of one question; a refusal becomes a finding too."""
    try:
        return list(look())
    except ApplicationError as error:
        return [failed(part, jira, error)]


def _server(settings: Settings, clients: JiraClients) -> Iterable[Finding]:
    part, info = "jira server", clients.server_info()
    is_cloud = info.get("deploymentType") == "Cloud"
    kind = "cloud" if is_cloud else "datacenter"
    if kind != settings.jira.kind:
        yield wrong(
            part,
            f"this is Jira {info.get('deploymentType')}, but JIRA_KIND is {settings.jira.kind}.",
            f"Set JIRA_KIND={kind}.",
        )
    else:
        yield ok(
            part, f"Jira {info.get('deploymentType')} {info.get('version')}, as JIRA_KIND says."
        )
    desk = urlsplit(settings.desk_url)
    outside = is_cloud and not is_local(str(info.get("baseUrl") or settings.jira.url))
    if outside and (desk.scheme != "https" or is_local(settings.desk_url)):
        yield wrong(
            "desk address",
            f"Jira Cloud sends webhooks to public https addresses only, not to {settings.desk_url}.",
            "Put the desk behind https and set FOLLOWTHROUGH_DESK_URL to that address.",
        )


def _account(clients: JiraClients, policy_set: PolicySet) -> Iterable[Finding]:
    part, account = "jira account", clients.myself().account_id
    known = policy_set.directory.by_account(account)
    if known is not None and known.behind is None:
        yield wrong(
            part,
            f"we act as {account}, which people.yaml says is {known.name}. What that person does "
            "would be taken for our own doing.",
            "Make an account for Followthrough alone, and put its address and token into "
            "JIRA_USER and JIRA_TOKEN.",
        )
    elif known is None:
        yield note(
            part,
            f"we act as {account}, which people.yaml does not know.",
            "If no person signs in with it, add it under `automation` in people.yaml.",
        )
    else:
        yield ok(part, f"we act as {account}, an account of its own.")


def _permissions(clients: JiraClients, project: str) -> Iterable[Finding]:
    from jira_gateway.permissions import ADMINISTER, NEEDED, rights_in  # noqa: PLC0415 - loads the whole Jira package

    part, rights = "permissions", rights_in(clients, project)
    for key in rights.lacking:
        name = rights.name(key)
        yield wrong(
            part,
            f"our account lacks {name}, needed to {NEEDED[key]}.",
            f"In project {project}, Project settings → Permissions, grant {name} to a "
            "role that our account has.",
        )
    if not rights.lacking:
        yield ok(part, f"all {len(NEEDED)} that are needed in {project}.")
    if ADMINISTER in rights.held:
        yield note(
            part,
            "our account may administer Jira, which is never needed.",
            "Take it out of the administrators' group; the webhook can be looked at by hand.",
        )


def _statuses(clients: JiraClients, project: str, policy_set: PolicySet) -> Iterable[Finding]:
    part, written = "statuses", policy_set.sla.statuses
    types = clients.get_list(f"project/{project}/statuses")
    every: set[str] = set()
    good = True
    for one in types:
        statuses = one.get("statuses") or []
        every |= {str(status.get("name")) for status in statuses}
        keys = {(status.get("statusCategory") or {}).get("key") for status in statuses}
        lacking = [CATEGORY_WORDS[c] for c in StatusCategory if c.value not in keys]
        if lacking:
            good = False
            yield wrong(
                part,
                f"the workflow of {one.get('name')} has no status of category {', '.join(lacking)}.",
                "Add such a status, and a transition into it, to that workflow.",
            )
    known = {name.casefold() for name in every}
    for category, names in written.preferred.items():
        if names and not any(name.casefold() in known for name in names):
            good = False
            yield note(
                part,
                f"none of {', '.join(names)} exists in {project}; any status of category "
                f"{CATEGORY_WORDS[category]} is used.",
                f"Name your own in sla.yaml under statuses.preferred.{category.value}.",
            )
    for name in written.pause_when:
        if name not in every:
            good = False
            yield wrong(
                part,
                f"{name} does not exist in {project}, so the clocks never stand still.",
                "Name the status in which you wait for the customer in sla.yaml under "
                f"statuses.pause_when. There are: {', '.join(sorted(every))}.",
            )
    if good:
        yield ok(part, f"those of the policy are there, for {len(types)} issue types.")


def _priorities(clients: JiraClients) -> Iterable[Finding]:
    yield _names(
        "priorities",
        set(StatusMap().priorities.values()),
        clients.get_list("priority"),
        "Add it under Jira's priorities, or to the project's priority scheme.",
    )


def _resolutions(clients: JiraClients, policy_set: PolicySet) -> Iterable[Finding]:
    yield _names(
        "resolutions",
        set(policy_set.sla.statuses.resolutions.values()),
        clients.get_list("resolution"),
        "Add it under Jira's resolutions, or name yours in sla.yaml under statuses.resolutions.",
    )


def _link_types(clients: JiraClients) -> Iterable[Finding]:
    answer = clients.get("issueLinkType")
    yield _names(
        "link types",
        LINK_TYPES,
        answer.get("issueLinkTypes") or [],
        "In Jira's administration, switch issue linking on and add the type.",
    )


def _names(part: str, wanted: set[str], found: list[dict[str, Any]], remedy: str) -> Finding:
    missing = sorted(wanted - {str(one.get("name")) for one in found})
    if missing:
        return wrong(part, f"missing: {', '.join(missing)}.", remedy)
    return ok(part, f"{', '.join(sorted(wanted))}.")


def _edit_screen(clients: JiraClients, project: str) -> Iterable[Finding]:
    """By the newest issue, since Jira tells an edit screen only for an issue that exists."""
    from jira_gateway.search import search_page  # noqa: PLC0415 - loads the whole Jira package

    part = "edit screen"
    page = search_page(clients, f'project = "{project}" ORDER BY created DESC', ("issuetype",))
    newest = next(iter(page.get("issues") or ()), None)
    if newest is None:
        yield note(
            part,
            "cannot be seen, since the project has no issue yet.",
            "Create one by hand and run this again.",
        )
        return
    key = str(newest.get("key"))
    fields = clients.get(f"issue/{newest.get('id')}/editmeta").get("fields") or {}
    missing = [name for name in EDITED if name not in fields]
    if missing:
        yield wrong(
            part,
            f"of {key} lacks {', '.join(missing)}.",
            "Add the fields to the project's edit screen (Project settings → Screens).",
        )
    else:
        yield ok(part, f"of {key} takes {', '.join(EDITED)}.")
    unsaid = [name for name in EDITED_ALONG if name not in fields]
    if unsaid:
        yield note(
            part,
            f"of {key} does not say whether it takes {', '.join(unsaid)}.",
            "If items report that these are refused, add Linked issues to the edit screen and "
            "grant Add comments.",
        )
    yield from _ways(clients, key, str(newest.get("id")))


def _ways(clients: JiraClients, key: str, issue_id: str) -> Iterable[Finding]:
    """Where the newest issue can go from where it stands."""
    part = "transitions"
    answer = clients.get(f"issue/{issue_id}/transitions", {"expand": "transitions.fields"})
    moves = answer.get("transitions") or []
    if not moves:
        yield wrong(
            part,
            f"Jira offers us no way for {key} to anywhere.",
            "Grant our account Transition issues, and look at the conditions in its workflow.",
        )
        return
    named = ", ".join(str((move.get("to") or {}).get("name")) for move in moves)
    to_done = [move for move in moves if _category(move) == StatusCategory.DONE]
    if to_done and not any("resolution" in (move.get("fields") or {}) for move in to_done):
        yield note(
            part,
            f"no way of {key} into Done has the resolution on its screen, so it is left to Jira.",
            "Put the field Resolution on the screen of that transition.",
        )
    yield ok(part, f"from where {key} stands: {named}.")


def _category(move: dict[str, Any]) -> str:
    return str(((move.get("to") or {}).get("statusCategory") or {}).get("key"))
