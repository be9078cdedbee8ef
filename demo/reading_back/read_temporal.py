"""Reads every workflow back from Temporal: its status, its timeline, its history."""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import timedelta
from typing import TypeVar

from temporalio.api.enums.v1 import EventType
from temporalio.client import (
    Client,
    WorkflowExecution,
    WorkflowExecutionStatus,
    WorkflowQueryFailedError,
    WorkflowQueryRejectedError,
)
from temporalio.service import RPCError

from bench.actions import count_actions
from demo.reading_back.evidence import ReadItem, ReadRequest
from models.approval import ActionStatus
from models.base import Frozen
from models.messages import ItemStatus, Timeline
from models.names import (
    FEEDBACK_ITEM_WORKFLOW,
    POLICY_ACTION_WORKFLOW,
    QUERY_STATUS,
    QUERY_TIMELINE,
)

AT_ONCE = 8
ANSWER_SECONDS = 30.0
AnswerModel = TypeVar("AnswerModel", bound=Frozen)


async def read_items(client: Client) -> dict[str, ReadItem]:
    """Every item's workflow by its issue id."""
    runs = await _executions(client, FEEDBACK_ITEM_WORKFLOW)
    gate = asyncio.Semaphore(AT_ONCE)

    async def read(workflow_id: str, executions: Sequence[WorkflowExecution]) -> ReadItem:
        async with gate:
            return await _item(client, workflow_id, executions)

    items = await asyncio.gather(*(read(name, found) for name, found in runs.items()))
    return {item.workflow_id.removeprefix("feedback-"): item for item in items}


async def read_requests(client: Client) -> dict[str, ReadRequest]:
    """Every policy action's workflow by its request id."""
    runs = await _executions(client, POLICY_ACTION_WORKFLOW)
    gate = asyncio.Semaphore(AT_ONCE)

    async def read(workflow_id: str, executions: Sequence[WorkflowExecution]) -> ReadRequest:
        async with gate:
            return await _request(client, workflow_id, executions)

    requests = await asyncio.gather(*(read(name, found) for name, found in runs.items()))
    return {request.workflow_id.removeprefix("action-"): request for request in requests}


async def _executions(client: Client, kind: str) -> dict[str, list[WorkflowExecution]]:
    found: dict[str, list[WorkflowExecution]] = defaultdict(list)
    async for execution in client.list_workflows(f"WorkflowType = '{kind}'"):
        found[execution.id].append(execution)
    return found


async def _item(
    client: Client, workflow_id: str, executions: Sequence[WorkflowExecution]
) -> ReadItem:
    actions, workers = await _cost(client, executions)
    status: ItemStatus | None = None
    timeline: Timeline | None = None
    problem: str | None = None
    try:
        status = await _ask(client, workflow_id, QUERY_STATUS, ItemStatus)
        timeline = await _ask(client, workflow_id, QUERY_TIMELINE, Timeline)
    except (RPCError, WorkflowQueryFailedError, WorkflowQueryRejectedError) as error:
        problem = f"did not answer ({type(error).__name__})"
    return ReadItem(
        workflow_id=workflow_id,
        runs=_lives(executions),
        status=status,
        events=timeline.events if timeline else (),
        actions=actions,
        workers=workers,
        problem=problem,
    )


async def _request(
    client: Client, workflow_id: str, executions: Sequence[WorkflowExecution]
) -> ReadRequest:
    actions, _ = await _cost(client, executions)
    status: ActionStatus | None = None
    problem: str | None = None
    try:
        status = await _ask(client, workflow_id, QUERY_STATUS, ActionStatus)
    except (RPCError, WorkflowQueryFailedError, WorkflowQueryRejectedError) as error:
        problem = f"did not answer ({type(error).__name__})"
    return ReadRequest(
        workflow_id=workflow_id,
        runs=_lives(executions),
        status=status,
        actions=actions,
        problem=problem,
    )


def _lives(executions: Sequence[WorkflowExecution]) -> int:
    return sum(
        execution.status is not WorkflowExecutionStatus.CONTINUED_AS_NEW for execution in executions
    )


async def _ask(
    client: Client, workflow_id: str, query: str, answer_type: type[AnswerModel]
) -> AnswerModel:
    answer: AnswerModel = await client.get_workflow_handle(workflow_id).query(
        query, result_type=answer_type, rpc_timeout=timedelta(seconds=ANSWER_SECONDS)
    )
    return answer


async def _cost(
    client: Client, executions: Sequence[WorkflowExecution]
) -> tuple[Counter[str], frozenset[str]]:
    """Billed actions of all runs together, and which worker processes took part."""
    actions: Counter[str] = Counter()
    workers: set[str] = set()
    for execution in executions:
        handle = client.get_workflow_handle(execution.id, run_id=execution.run_id)
        events = list((await handle.fetch_history()).events)
        actions += count_actions(events)
        workers |= {
            event.workflow_task_completed_event_attributes.identity
            for event in events
            if event.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED
        }
    return actions, frozenset(workers)
