"""Starts an item's workflow or wakes it: the one way in for webhooks, the sweep and intake."""

from __future__ import annotations

from enum import StrEnum

from temporalio.client import Client
from temporalio.common import (
    Priority,
    SearchAttributeKey,
    SearchAttributePair,
    TypedSearchAttributes,
    WorkflowIDConflictPolicy,
    WorkflowIDReusePolicy,
)
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from models.lifecycle import Stage
from models.messages import ItemStart, JiraChanged
from models.names import FEEDBACK_ITEM_WORKFLOW, SIGNAL_JIRA_CHANGED, feedback_workflow_id

STAGE = SearchAttributeKey.for_keyword("FtStage")
ABOUT_AN_ITEM = """\
One run for one issue, from the day it came in until the watch after its decision has ended.

Where it stands is in the *current details*; what it waits for is its pending activities and its \
timer. Every act has a form here under *Send an Update*, but the desk fills it in for you."""
USUAL_PRIORITY = Priority(priority_key=3)
"""Nobody knows an item's severity before triage; the workflow corrects it afterwards."""


class Started(StrEnum):
    """What telling Temporal of an issue came to."""

    TOLD = "told"
    ENDED = "ended"


async def start_item(
    client: Client,
    task_queue: str,
    issue_id: str,
    issue_key: str,
    delivery: str,
    event: str,
    *,
    created: bool,
) -> Started:
    """Make sure that the issue's item runs and looks at it again.

    An issue that was just `created` needs no signal beside the start, which saves an action: its
    item reads the issue first thing. An item that has ended is left in peace (`ENDED`), since a
    webhook may come late or twice; the sweep looks whether there is real news, and then calls
    `start_again`. Raises `temporalio.service.RPCError`.
    """
    start = ItemStart(issue_id=issue_id, issue_key=issue_key)
    changed = JiraChanged(delivery=delivery, event=event)
    once = WorkflowIDReusePolicy.REJECT_DUPLICATE
    try:
        await _start(
            client, task_queue, start, None if created else changed, once, f"{issue_key} · feedback"
        )
    except WorkflowAlreadyStartedError:
        return Started.ENDED
    return Started.TOLD


async def tell_running_item(client: Client, issue_id: str, delivery: str, event: str) -> bool:
    """Wake the item of an issue outside our project; False when no item of it runs.

    Such an issue begins no item, since only those of our project are ours to take in. Raises
    `temporalio.service.RPCError`.
    """
    return await wake(client, feedback_workflow_id(issue_id), delivery, event)


async def wake(client: Client, workflow_id: str, delivery: str, event: str) -> bool:
    """Tell a workflow that something changed in Jira; False when none of this id runs.

    Raises `temporalio.service.RPCError`.
    """
    handle = client.get_workflow_handle(workflow_id)
    try:
        await handle.signal(SIGNAL_JIRA_CHANGED, JiraChanged(delivery=delivery, event=event))
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            return False
        raise
    return True


async def start_again(client: Client, task_queue: str, issue_id: str, issue_key: str) -> None:
    """Begin a new life of an item that has ended; one that runs goes on as it is.

    Raises `temporalio.service.RPCError`.
    """
    start = ItemStart(issue_id=issue_id, issue_key=issue_key)
    again = WorkflowIDReusePolicy.ALLOW_DUPLICATE
    summary = f"{issue_key} · feedback that came back after it was closed"
    await _start(client, task_queue, start, None, again, summary)


async def start_unless_known(
    client: Client, task_queue: str, issue_id: str, issue_key: str
) -> bool:
    """Start the item of an issue that nobody seems to have read; False when it has a run already.

    Raises `temporalio.service.RPCError`.
    """
    start = ItemStart(issue_id=issue_id, issue_key=issue_key)
    try:
        await _start(
            client,
            task_queue,
            start,
            None,
            WorkflowIDReusePolicy.REJECT_DUPLICATE,
            f"{issue_key} · feedback found by the sweep",
            conflict=WorkflowIDConflictPolicy.FAIL,
        )
    except WorkflowAlreadyStartedError:
        return False
    return True


async def _start(
    client: Client,
    task_queue: str,
    start: ItemStart,
    changed: JiraChanged | None,
    reuse: WorkflowIDReusePolicy,
    summary: str,
    *,
    conflict: WorkflowIDConflictPolicy = WorkflowIDConflictPolicy.USE_EXISTING,
) -> None:
    await client.start_workflow(
        FEEDBACK_ITEM_WORKFLOW,
        start,
        id=feedback_workflow_id(start.issue_id),
        task_queue=task_queue,
        id_conflict_policy=conflict,
        id_reuse_policy=reuse,
        start_signal=SIGNAL_JIRA_CHANGED if changed is not None else None,
        start_signal_args=[changed] if changed is not None else [],
        static_summary=summary,
        static_details=ABOUT_AN_ITEM,
        search_attributes=TypedSearchAttributes([SearchAttributePair(STAGE, Stage.RECEIVE.value)]),
        priority=USUAL_PRIORITY,
    )
