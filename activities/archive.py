"""Keeps the histories of closed runs before Temporal's retention throws them away."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any, Protocol

import structlog
from temporalio import activity
from temporalio.client import Client, WorkflowExecution, WorkflowHistory
from temporalio.service import RPCError, RPCStatusCode

from activities.receive import ledger_failures
from ledger.records import ClosedRun
from models.activity_io import ArchiveInput, ArchiveResult
from models.events import LedgerAnchor
from models.names import (
    FEEDBACK_ITEM_WORKFLOW,
    POLICY_ACTION_WORKFLOW,
    POLICY_EXCEPTION_WORKFLOW,
    REVIEW_WORKFLOW,
    ROLLOUT_WORKFLOW,
    THEME_WORKFLOW,
)

ISSUE_IN_START: dict[str, tuple[str, ...]] = {
    FEEDBACK_ITEM_WORKFLOW: ("issue_id",),
    POLICY_ACTION_WORKFLOW: ("item", "issue_id"),
    POLICY_EXCEPTION_WORKFLOW: ("begun", "approval", "item", "issue_id"),
    ROLLOUT_WORKFLOW: (),
    REVIEW_WORKFLOW: (),
    THEME_WORKFLOW: (),
}
"""Workflow whose runs are kept → where its start names the issue that it is about, if it does."""
CLOSED = (
    f"WorkflowType IN ({', '.join(repr(name) for name in ISSUE_IN_START)}) "
    "AND ExecutionStatus != 'Running'"
)
LAG = timedelta(hours=1)
"""Temporal's list of runs may lag; what was looked at before is known by its id."""
ASKED_AT_ONCE = 100

log = structlog.get_logger("archive")


class Archive(Protocol):
    """Where histories are kept."""

    def runs_kept(self, run_ids: list[str]) -> frozenset[str]:
        """Those of these runs that were archived before."""
        ...

    def keep_history(self, run: ClosedRun) -> bool:
        """Archive the history of a run."""
        ...

    def head(self) -> LedgerAnchor | None:
        """How far the ledger goes."""
        ...


class ArchiveActivities:
    """Copies histories from Temporal into the ledger."""

    def __init__(self, client: Client, archive: Archive) -> None:
        self._client = client
        self._archive = archive

    @activity.defn
    async def archive_closed_runs(self, request: ArchiveInput) -> ArchiveResult:
        """Archive every run that closed since then and is not archived yet.

        What was archived stays so when a later run fails, and is passed over when this is repeated.
        A run that Temporal has deleted meanwhile is passed over too. Reports a heartbeat for each
        run. Raises `ApplicationError` of type `LedgerUnavailable`.
        """
        looked_at = archived = 0
        until = request.since
        async for page in self._closed(request.since):
            for run in await self._unknown(page):
                archived += await self._keep(run)
                activity.heartbeat(archived)
            looked_at += len(page)
            closed = [run.close_time for run in page if run.close_time is not None]
            until = max([*closed, *([until] if until else [])], default=None)
        with ledger_failures():
            head = await asyncio.to_thread(self._archive.head)
        return ArchiveResult(until=until, looked_at=looked_at, archived=archived, ledger=head)

    async def _closed(self, since: datetime | None) -> AsyncIterator[list[WorkflowExecution]]:
        later = f" AND CloseTime >= '{(since - LAG).isoformat()}'" if since else ""
        page: list[WorkflowExecution] = []
        async for run in self._client.list_workflows(CLOSED + later):
            page.append(run)
            if len(page) == ASKED_AT_ONCE:
                yield page
                page = []
        if page:
            yield page

    async def _unknown(self, page: list[WorkflowExecution]) -> list[WorkflowExecution]:
        with ledger_failures():
            kept = await asyncio.to_thread(self._archive.runs_kept, [run.run_id for run in page])
        return [run for run in page if run.run_id not in kept]

    async def _keep(self, run: WorkflowExecution) -> bool:
        handle = self._client.get_workflow_handle(run.id, run_id=run.run_id)
        try:
            history = await handle.fetch_history()
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise
            log.warning("run_deleted_before_it_was_archived", workflow_id=run.id, run_id=run.run_id)
            return False
        closed = ClosedRun(
            run_id=run.run_id,
            workflow_id=run.id,
            issue_id=await self._issue_of(run, history),
            status=run.status.name.lower() if run.status else "unknown",
            closed_at=run.close_time or activity.info().started_time,
            history=history.to_json(),
        )
        with ledger_failures():
            return await asyncio.to_thread(self._archive.keep_history, closed)

    async def _issue_of(self, run: WorkflowExecution, history: WorkflowHistory) -> str:
        """The issue that the start names; the workflow's own id for a start that names none."""
        started = history.events[0].workflow_execution_started_event_attributes
        values = await self._client.data_converter.decode(started.input.payloads, [dict])
        named: Any = values[0] if values else None
        for member in ISSUE_IN_START[run.workflow_type]:
            named = named.get(member) if isinstance(named, dict) else None
        return named if isinstance(named, str) and named else run.id
