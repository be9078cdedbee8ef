"""Where the ledger is anchored in Temporal, gathered for a verification."""

from __future__ import annotations

from collections.abc import AsyncIterator

from pydantic import ValidationError
from temporalio.client import Client, WorkflowExecution, WorkflowExecutionStatus
from temporalio.service import RPCError, RPCStatusCode

from desk.answers import temporal_silent
from models.events import LedgerAnchor
from models.messages import ItemResult
from models.names import ARCHIVE_WORKFLOW, FEEDBACK_ITEM_WORKFLOW, LEDGER_MEMBER


async def anchors_in_temporal(client: Client) -> list[tuple[str, LedgerAnchor]]:
    """Workflow id and anchor: the results of closed items and the memos of looks for closed runs.

    Only what Temporal still holds. Raises `Unreachable` when it does not answer.
    """
    found = []
    try:
        async for run in _completed(client, FEEDBACK_ITEM_WORKFLOW):
            anchor = await _in_result(client, run)
            if anchor is not None:
                found.append((run.id, anchor))
        async for run in _completed(client, ARCHIVE_WORKFLOW):
            anchor = _anchor_of(await run.memo_value(LEDGER_MEMBER, None))
            if anchor is not None:
                found.append((run.id, anchor))
    except RPCError as error:
        raise temporal_silent() from error
    return found


async def _completed(client: Client, workflow: str) -> AsyncIterator[WorkflowExecution]:
    asked = f"WorkflowType = '{workflow}' AND ExecutionStatus = 'Completed'"
    async for run in client.list_workflows(asked):
        if run.status is WorkflowExecutionStatus.COMPLETED:
            yield run


async def _in_result(client: Client, run: WorkflowExecution) -> LedgerAnchor | None:
    """None also for a run whose retention ended while others were read."""
    handle = client.get_workflow_handle(run.id, run_id=run.run_id, result_type=ItemResult)
    try:
        result: ItemResult = await handle.result(follow_runs=False)
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise
        return None
    return result.ledger


def _anchor_of(stored: object) -> LedgerAnchor | None:
    try:
        return LedgerAnchor.model_validate(stored)
    except ValidationError:
        return None
