"""Asks for many issues at once whether they are still there, and can be written.

An issue that was deleted or archived never turns up in a search for what changed, so somebody has
to ask for it by id.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from temporalio.exceptions import ApplicationError

from jira_gateway.client import JiraClients
from jira_gateway.fields import is_archived
from jira_gateway.search import issues_by_id
from models.failures import ISSUE_GONE

ASKED_AT_ONCE = 100
"""Jira Cloud fetches no more issues in one call."""
LOOKED_AT = "updated,archiveddate"


@dataclass(frozen=True)
class OutOfReach:
    """Ids of issues that Jira has no more or hides from us, and of those that are archived."""

    gone: frozenset[str]
    archived: frozenset[str]


def out_of_reach(clients: JiraClients, issue_ids: Sequence[str]) -> OutOfReach:
    """Those of these numeric ids with which nothing can be done; a call per hundred.

    An issue that an answer about many leaves out is looked at by itself, since Data Center's search
    leaves out archived ones. Jira shows strangers nothing, so before that it is asked who we are to
    it. Raises `ApplicationError` of `models.failures`.
    """
    found: dict[str, bool] = {}
    for start in range(0, len(issue_ids), ASKED_AT_ONCE):
        asked = issue_ids[start : start + ASKED_AT_ONCE]
        with clients.counter.operation("reconcile"):
            for raw in _fetched(clients, asked):
                found[str(raw.get("id"))] = is_archived(raw.get("fields") or {})
    absent = frozenset(issue_ids) - frozenset(found)
    if absent:
        clients.myself(fresh=True)
    looked = {issue_id: _looked_at(clients, issue_id) for issue_id in sorted(absent)}
    return OutOfReach(
        gone=frozenset(one for one, archived in looked.items() if archived is None),
        archived=frozenset(one for one, archived in {**found, **looked}.items() if archived),
    )


def _looked_at(clients: JiraClients, issue_id: str) -> bool | None:
    """Whether the issue is archived; None when it is gone."""
    try:
        with clients.counter.operation("reconcile"):
            raw = clients.get(f"issue/{issue_id}", {"fields": LOOKED_AT})
    except ApplicationError as error:
        if error.type == ISSUE_GONE.type:
            return None
        raise
    return is_archived(raw.get("fields") or {})


def _fetched(clients: JiraClients, asked: Sequence[str]) -> list[dict[str, Any]]:
    if clients.kind == "cloud":
        answer = clients.post(
            "issue/bulkfetch", {"issueIdsOrKeys": list(asked), "fields": LOOKED_AT.split(",")}
        )
    else:
        answer = issues_by_id(clients, asked)
    return [one for one in answer.get("issues") or [] if isinstance(one, dict)]
