"""Where the ledger is anchored outside its database, gathered for a verification."""

from __future__ import annotations

from typing import TYPE_CHECKING

from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.service import RPCError

from desk.answers import temporal_silent
from models.messages import ItemResult
from models.names import FEEDBACK_ITEM_WORKFLOW

if TYPE_CHECKING:
    from models.events import LedgerAnchor

COMPLETED = f"WorkflowType = '{FEEDBACK_ITEM_WORKFLOW}' AND ExecutionStatus = 'Completed'"


async def anchors_of_results(client: Client) -> list[tuple[str, LedgerAnchor]]:
    """Workflow id and anchor of every closed item that Temporal still holds.

    Raises `Unreachable` when Temporal does not answer.
    """
    found = []
    try:
        async for run in client.list_workflows(COMPLETED):
            if run.status is not WorkflowExecutionStatus.COMPLETED:
                continue
            handle = client.get_workflow_handle(run.id, run_id=run.run_id, result_type=ItemResult)
            result: ItemResult = await handle.result(follow_runs=False)
            if result.ledger is not None:
                found.append((run.id, result.ledger))
    except RPCError as error:
        raise temporal_silent() from error
    return found
