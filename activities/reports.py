"""Asking a request itself how it ended, because a signal that says so may come from anybody."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from temporalio import activity
from temporalio.client import Client, WorkflowExecutionStatus, WorkflowFailureError
from temporalio.service import RPCError, RPCStatusCode

from models.activity_io import ReportAnswer, ReportInput
from models.approval import ActionResult
from models.names import action_workflow_id
from policies.lifecycle.actions_in import lost

TRIES = 10
PAUSE_SECONDS = 0.5
"""A request reports a moment before it ends."""


class ReportActivities:
    """Looks at requests through the server."""

    def __init__(self, client: Client) -> None:
        self._client = client

    @activity.defn
    async def confirm_report(self, request: ReportInput) -> ReportAnswer:
        """The result as the server holds it; none while the request runs on."""
        handle = self._client.get_workflow_handle(
            action_workflow_id(request.request_id), result_type=ActionResult
        )
        try:
            for _ in range(TRIES):
                if (await handle.describe()).status is not WorkflowExecutionStatus.RUNNING:
                    return ReportAnswer(
                        result=await handle.result(rpc_timeout=timedelta(seconds=5))
                    )
                await asyncio.sleep(PAUSE_SECONDS)
        except WorkflowFailureError:
            return ReportAnswer(result=lost(request.request_id, request.now))
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise
        return ReportAnswer()
