"""Finds items whose issue is gone although nobody told: a lost webhook, and no search shows it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from temporalio import activity
from temporalio.client import Client

from activities.start_item import tell_running_item
from jira_gateway.existence import ASKED_AT_ONCE
from jira_gateway.gateway import JiraGateway
from models.activity_io import ReconcileResult
from models.names import FEEDBACK_ITEM_WORKFLOW, feedback_workflow_id

EVENT = "reconcile"
RUNNING = f"WorkflowType = '{FEEDBACK_ITEM_WORKFLOW}' AND ExecutionStatus = 'Running'"
_PREFIX = feedback_workflow_id("")


class ReconcileActivities:
    """Compares the items that run with the issues that exist."""

    def __init__(self, client: Client, gateway: JiraGateway) -> None:
        self._client = client
        self._gateway = gateway

    @activity.defn
    async def reconcile(self) -> ReconcileResult:
        """Wake every running item whose issue Jira does not show; it reads, and ends if that is so.

        Reports a heartbeat for each hundred. Raises `ApplicationError` of `models.failures`.
        """
        running = told = 0
        async for issue_ids in self._running():
            running += len(issue_ids)
            missing = await asyncio.to_thread(self._gateway.missing, issue_ids)
            for issue_id in sorted(missing):
                delivery = f"{EVENT}-{activity.info().workflow_run_id}"
                told += await tell_running_item(self._client, issue_id, delivery, EVENT)
            activity.heartbeat(running)
        return ReconcileResult(running=running, told=told)

    async def _running(self) -> AsyncIterator[list[str]]:
        page: list[str] = []
        async for execution in self._client.list_workflows(RUNNING):
            page.append(execution.id.removeprefix(_PREFIX))
            if len(page) == ASKED_AT_ONCE:
                yield page
                page = []
        if page:
            yield page
