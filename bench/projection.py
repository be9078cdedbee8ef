"""How many Jira calls a projection makes: idle, writing, and with a call that fails in between."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from pydantic import SecretStr
from temporalio.exceptions import ApplicationError

from jira_gateway.client import JiraClients, JiraCredentials
from jira_gateway.gateway import JiraGateway
from jira_gateway.interpreter import Author, CommentMeaning, EditMeaning, IssueContext
from local_jira.testing import RunningLocalJira, running_local_jira
from models.intake import IntakeRow
from models.jira_view import DesiredComment, DesiredView, Side
from models.lifecycle import StatusCategory
from models.names import ITEM_PROPERTY

MOST_ATTEMPTS = 5
SAID = DesiredComment(operation_id="bench/1", body="We look into it.", public=True)
EDIT: dict[str, Any] = {"priority": "High", "labels": ("ft-bench",), "comments": (SAID,)}
MOVE: dict[str, Any] = {"status_category": StatusCategory.DONE, "resolution": "Answered"}
WISHES: dict[str, dict[str, Any]] = {
    "nothing to do": {},
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

    work: str
    calls: dict[str, int]


class _Nobody:
    """Reads nothing into anything; nobody writes in this benchmark."""

    def comment(
        self, issue: IssueContext, author: Author, text: str, at: datetime, *, public: bool
    ) -> CommentMeaning:
        return CommentMeaning(side=Side.STAFF)

    def edit(self, issue: IssueContext, author: Author, field: str, at: datetime) -> EditMeaning:
        return EditMeaning(side=Side.STAFF)


def costs_of_projections() -> list[ProjectionCost]:
    """Every kind of work under every fault, each on an issue of its own."""
    with running_local_jira() as site:
        return [
            ProjectionCost(
                work, {fault: _calls(site, f"{work}/{fault}", work, fault) for fault in FAULTS}
            )
            for work in WISHES
        ]


def _calls(site: RunningLocalJira, name: str, work: str, fault: str) -> int:
    """Calls until the projection is through, as when Temporal repeats it."""
    user, token = site.bot_auth
    clients = JiraClients(site.url, JiraCredentials(user=user, token=SecretStr(token)))
    gateway = JiraGateway(clients, "FT")
    row = IntakeRow(source="bench", submission_id=name, summary="A bench", description="")
    issue = gateway.create_or_update(row)
    view = DesiredView(
        issue_id=issue.issue_id,
        issue_key=issue.issue_key,
        sequence=1,
        properties={ITEM_PROPERTY: {"workflow": "bench"}} if WISHES[work] is not MOVE else {},
        **WISHES[work],
    )
    if not WISHES[work]:
        gateway.project(view, _Nobody())
    gateway.own_account()
    if FAULTS[fault]:
        method = "*" if WISHES[work] else "GET"
        skip = 1 if WISHES[work] else 0
        site.add_fault(method=method, path_pattern="*/issue/*", skip=skip, **FAULTS[fault])
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
