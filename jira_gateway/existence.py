"""Asks for many issues at once whether they are still there.

A deleted issue never turns up in a search for what changed, so somebody has to ask for it by id.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from jira_gateway.client import JiraClients
from jira_gateway.search import issues_by_id

ASKED_AT_ONCE = 100
"""Jira Cloud fetches no more issues in one call."""


def missing(clients: JiraClients, issue_ids: Sequence[str]) -> frozenset[str]:
    """Those of these numeric ids that Jira has no more, or hides from us; a call per hundred.

    Jira shows strangers nothing, so before anything is called missing it is asked who we are to
    it. Raises `ApplicationError` of `models.failures`.
    """
    found: set[str] = set()
    for start in range(0, len(issue_ids), ASKED_AT_ONCE):
        asked = issue_ids[start : start + ASKED_AT_ONCE]
        with clients.counter.operation("reconcile"):
            found.update(str(raw.get("id")) for raw in _fetched(clients, asked))
    absent = frozenset(issue_ids) - found
    if absent:
        clients.myself(fresh=True)
    return absent


def _fetched(clients: JiraClients, asked: Sequence[str]) -> list[dict[str, Any]]:
    if clients.kind == "cloud":
        answer = clients.post(
            "issue/bulkfetch", {"issueIdsOrKeys": list(asked), "fields": ["updated"]}
        )
    else:
        answer = issues_by_id(clients, asked)
    return [one for one in answer.get("issues") or [] if isinstance(one, dict)]
