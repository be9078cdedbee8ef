"""How many Jira calls a projection makes: idle, writing, and with a call that fails in between."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from pydantic import SecretStr
from temporalio.exceptions import ApplicationError

from jira_gateway.client import JiraClients, JiraCredentials, JiraKind
from jira_gateway.gateway import JiraGateway
from jira_gateway.interpreter import Author, CommentMeaning, EditMeaning, IssueContext
from local_jira.testing import RunningLocalJira, running_local_jira
from models.intake import IntakeRow
from models.jira_view import DesiredComment, DesiredView, Side
from models.lifecycle import StatusCategory
from models.names import ITEM_PROPERTY

MOST_ATTEMPTS = 5
KINDS: tuple[JiraKind, ...] = ("cloud", "datacenter")
SAID = DesiredComment(operation_id="bench/1", body="We look into it.", public=True)
EDIT: dict[str, Any] = {"priority": "High", "labels": ("ft-bench",), "comments": (SAID,)}
MOVE: dict[str, Any] = {"status_category": StatusCategory.DONE, "resolution": "Answered"}
IDLE = "nothing to do"
WISHES: dict[str, dict[str, Any]] = {
    IDLE: {},
    f"{IDLE}, all of it done before": {**EDIT, **MOVE, "assignee_account_id": "acc-omar-owner"},
    "an edit with a comment": EDIT,
    "a move": MOVE,
    "a move that takes the edit along": {**EDIT, **MOVE},
    "an edit and a move apart": {**EDIT, **MOVE, "due_date": date(2026, 4, 1)},
}
"""What a projection has to do → the wishes that make it so."""
FAULTS: dict[str, dict[str, Any]] = {
    "no fault": {},
    "429": {"action": "retry_after", "retry_after": "1"},
    "503 before": {"action": "status", "status": 503},
    "502 after": {"action": "error_after_commit", "status": 502},
    "reset after": {"action": "reset_after"},
    "409": {"action": "status", "status": 409},
}
"""What happens to the first write, or to the reading where there is none → the local Jira's rule."""


@dataclass(frozen=True)
class ProjectionCost:
    """HTTP calls of one projection, all attempts together, by the fault that struck it."""

    kind: JiraKind
    work: str
    calls: dict[str, int]


class _Nobody:
    """Reads nothing into anything; nobody writes in this benchmark."""

    def comment(
        self, issue: IssueContext, author: Author, text: str, at: datetime, *, public: bool
    ) -> CommentMeaning:
        return CommentMeaning(side=Side.STAFF)

    def edit(
        self,
        issue: IssueContext,
        author: Author,
        field: str,
        at: datetime,
        after: str | None = None,
    ) -> EditMeaning:
        return EditMeaning(side=Side.STAFF)


def costs_of_projections() -> list[ProjectionCost]:
    """Every kind of work on each kind of Jira under every fault, each on an issue of its own."""
    costs = []
    for kind in KINDS:
        with running_local_jira(mode=kind) as site:
            for work in WISHES:
                calls = {fault: _calls(site, kind, work, fault) for fault in FAULTS}
                costs.append(ProjectionCost(kind, work, calls))
    return costs


def most_idle_calls(costs: list[ProjectionCost]) -> int:
    """Calls of the dearest projection that had nothing to do and met no fault."""
    return max(cost.calls["no fault"] for cost in costs if cost.work.startswith(IDLE))


def _clients(site: RunningLocalJira, kind: JiraKind) -> JiraClients:
    """A new process: it knows nobody. Data Center takes an access token, Cloud user and token."""
    user, token = site.bot_auth
    known_as = user if kind == "cloud" else ""
    return JiraClients(site.url, JiraCredentials(user=known_as, token=SecretStr(token)), kind)


def _calls(site: RunningLocalJira, kind: JiraKind, work: str, fault: str) -> int:
    """Calls until the projection is through, as when Temporal repeats it."""
    clients = _clients(site, kind)
    gateway = JiraGateway(clients, "FT")
    row = IntakeRow(
        source="bench", submission_id=f"{work}/{fault}", summary="A bench", description=""
    )
    issue = gateway.create_or_update(row)
    view = DesiredView(
        issue_id=issue.issue_id,
        issue_key=issue.issue_key,
        sequence=1,
        properties={ITEM_PROPERTY: {"workflow": "bench"}} if WISHES[work] is not MOVE else {},
        **WISHES[work],
    )
    if work.startswith(IDLE):
        # Somebody else's process did it, so that nothing is remembered here.
        JiraGateway(_clients(site, kind), "FT").project(view, _Nobody())
    gateway.own_account()
    if FAULTS[fault]:
        struck = {"method": "GET"} if work.startswith(IDLE) else {"skip": 1}
        site.add_fault(path_pattern="*/issue/*", **struck, **FAULTS[fault])
    before = clients.counter.totals().get("project", 0)
    _project(gateway, view)
    return clients.counter.totals()["project"] - before


def _project(gateway: JiraGateway, view: DesiredView) -> None:
    """Repeat what may be repeated, at once. Raises `ApplicationError` when it never gets through."""
    for attempt in range(1, MOST_ATTEMPTS + 1):
        try:
            gateway.project(view, _Nobody())
        except ApplicationError as error:
            if error.non_retryable or attempt == MOST_ATTEMPTS:
                raise
        else:
            return
