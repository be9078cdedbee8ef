"""Reads an item back from Jira, the ledger, Temporal and the effects endpoint, and compares."""

from __future__ import annotations

from typing import Any

from temporalio.api.enums.v1 import EventType
from temporalio.client import WorkflowExecutionStatus

from models.approval import ActionKind
from models.lifecycle import Stage, StatusCategory
from models.messages import ItemStatus, Timeline
from models.names import OPERATION_PROPERTY
from tests.e2e.house import House
from tests.workflows.office import Issue

SAID_ONCE = {
    "decided": "*Decided:",
    "reopened": "*Reopened:",
    "action_proposed": "*Approval asked:",
}
"""Kind of event → how the one comment begins that tells of it."""
TRIAGE_SIGN = "(rule: "


async def nothing_is_lost_or_doubled(house: House, issue: Issue) -> None:
    """Everything that happened to the item stands exactly once, in every book, in order."""
    timeline = await house.handle(issue).query("timeline", result_type=Timeline)
    kinds = [event.kind.value for event in timeline.events]
    _comments_stand_once(house, issue, kinds)
    _ledger_agrees(house, issue, timeline)
    _effects_stand_once(house, issue, timeline)
    _jira_shows(house, issue, await _temporal_is_well(house, issue))


def _jira_shows(house: House, issue: Issue, status: ItemStatus) -> None:
    fields = house.fields(issue)
    assert fields["status"]["statusCategory"]["key"] == StatusCategory.DONE
    assert f"ft-category-{status.category}" in fields["labels"]
    assert "ft-unsure" not in fields["labels"]
    assert fields["assignee"] is not None, f"{issue.key} has no owner in Jira"


def _comments_stand_once(house: House, issue: Issue, kinds: list[str]) -> None:
    ours = [c for c in house.comments(issue) if c["author"]["accountId"] == "acc-followthrough-bot"]
    operations = [_operation(comment) for comment in ours]
    assert len(operations) == len(set(operations)), f"{issue.key}: a comment stands twice: {ours}"
    bodies = [comment["body"] for comment in ours]
    assert len(bodies) == len(set(bodies)), f"{issue.key}: a comment was repeated: {bodies}"
    assert TRIAGE_SIGN in bodies[0], f"{issue.key}: its first comment does not tell of triage"
    for kind, beginning in SAID_ONCE.items():
        told = [body for body in bodies if body.startswith(beginning)]
        assert len(told) == kinds.count(kind), f"{issue.key}: {kind} is told {len(told)} times"


def _operation(comment: dict[str, Any]) -> str:
    (operation,) = [
        p["value"]["id"] for p in comment["properties"] if p["key"] == OPERATION_PROPERTY
    ]
    return str(operation)


def _ledger_agrees(house: House, issue: Issue, timeline: Timeline) -> None:
    rows = [row.event for row in house.ledger.events_of(issue.id)]
    operations = [event.operation_id for event in rows]
    assert len(operations) == len(set(operations)), f"{issue.key}: an operation is recorded twice"
    of_item = [event for event in rows if event.operation_id.startswith(f"feedback-{issue.id}/")]
    happened = [event.operation_id for event in timeline.events]
    # What is not binding may still wait for the next record; what is recorded is the beginning.
    recorded = [event.operation_id for event in of_item]
    assert recorded == happened[: len(recorded)], f"{issue.key}: the ledger tells another story"
    decisions = [event for event in timeline.events if event.kind == "decided"]
    assert all(event in of_item for event in decisions), f"{issue.key}: a decision is not recorded"


def _effects_stand_once(house: House, issue: Issue, timeline: Timeline) -> None:
    granted = [
        event.facts["request"]
        for event in timeline.events
        if event.kind == "action_ended"
        and event.facts["outcome"] in ("approved", "not_needed")
        and event.facts["action"] != ActionKind.CLIMB
    ]
    carried_out = [e["key"] for e in house.effects() if e["key"].startswith(f"{issue.id}-")]
    assert sorted(carried_out) == sorted(granted), f"{issue.key}: effects differ from approvals"
    assert house.doubled_effects() == 0


async def _temporal_is_well(house: House, issue: Issue) -> ItemStatus:
    runs = await house.runs_of(issue)
    assert len(runs) == 1, f"{issue.key}: the item has {len(runs)} runs"
    described = await house.handle(issue).describe()
    assert described.status in (WorkflowExecutionStatus.RUNNING, WorkflowExecutionStatus.COMPLETED)
    assert not described.raw_description.pending_activities, f"{issue.key}: work is left over"
    history = await house.handle(issue).fetch_history()
    failed = [
        e for e in history.events if e.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED
    ]
    assert failed == [], f"{issue.key}: workflow code failed; look at its history"
    status = await house.status(issue)
    assert status.parked is None
    assert status.outcome is not None
    assert status.stage in (Stage.WATCH, Stage.CLOSE)
    return status
