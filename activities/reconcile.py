"""Finds items whose issue is gone or archived although nobody told, and what came back from there.

The webhook may be lost, or there may be none, and no search shows such an issue.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from temporalio import activity
from temporalio.client import Client, WorkflowQueryFailedError
from temporalio.service import RPCError

from activities.start_item import tell_running_item
from jira_gateway.existence import ASKED_AT_ONCE
from jira_gateway.gateway import JiraGateway
from models.activity_io import ReconcileResult
from models.failures import ISSUE_ARCHIVED
from models.lifecycle import Awaiting
from models.messages import ItemStatus
from models.names import FEEDBACK_ITEM_WORKFLOW, feedback_workflow_id

EVENT = "reconcile"
RUNNING = f"WorkflowType = '{FEEDBACK_ITEM_WORKFLOW}' AND ExecutionStatus = 'Running'"
STOPPED = f"{RUNNING} AND FtAwaiting = '{Awaiting.OPERATOR}'"
_PREFIX = feedback_workflow_id("")


class ReconcileActivities:
    """Compares the items that run with the issues that exist."""

    def __init__(self, client: Client, gateway: JiraGateway) -> None:
        self._client = client
        self._gateway = gateway

    @activity.defn
    async def reconcile(self) -> ReconcileResult:
        """Wake every running item whose issue Jira does not show, or has put into its archive.

        It reads, and ends or stops if that is so. One that stopped for an archive is woken when its
        issue was restored, and left alone until then. Reports a heartbeat for each hundred. Raises
        `ApplicationError` of `models.failures`.
        """
        running = told = 0
        stopped = await self._stopped_for_an_archive()
        async for issue_ids in self._running():
            running += len(issue_ids)
            found = await asyncio.to_thread(self._gateway.out_of_reach, issue_ids)
            # Of those that are out of reach or stopped, an archived one that stopped is as it should.
            for issue_id in sorted(found.gone | (found.archived ^ (stopped & set(issue_ids)))):
                delivery = f"{EVENT}-{activity.info().workflow_run_id}"
                told += await tell_running_item(self._client, issue_id, delivery, EVENT)
            activity.heartbeat(running)
        return ReconcileResult(running=running, told=told)

    async def _stopped_for_an_archive(self) -> set[str]:
        """Ids of the issues whose items say that they wait for them to be restored."""
        found: set[str] = set()
        async for execution in self._client.list_workflows(STOPPED):
            item = self._client.get_workflow_handle(execution.id)
            try:
                status = await item.query("status", result_type=ItemStatus)
            except (RPCError, WorkflowQueryFailedError):
                continue  # what does not answer now is asked again the next time
            if status.parked == ISSUE_ARCHIVED.type:
                found.add(execution.id.removeprefix(_PREFIX))
        return found

    async def _running(self) -> AsyncIterator[list[str]]:
        page: list[str] = []
        async for execution in self._client.list_workflows(RUNNING):
            page.append(execution.id.removeprefix(_PREFIX))
            if len(page) == ASKED_AT_ONCE:
                yield page
                page = []
        if page:
            yield page
