"""Keeps closed runs on a schedule, so that doing so costs no item an action."""

from __future__ import annotations

from temporalio import workflow

from workflows import options

with workflow.unsafe.imports_passed_through():
    from activities.archive import ArchiveActivities
    from models.activity_io import ArchiveInput, ArchiveResult
    from models.names import ARCHIVE_WORKFLOW, LEDGER_MEMBER


@workflow.defn(name=ARCHIVE_WORKFLOW)
class ArchiveWorkflow:
    """One look for runs that have closed. It begins where the last one that succeeded ended."""

    @workflow.run
    async def run(self) -> ArchiveResult:
        """Archive what closed; the result is the next look's beginning.

        The memo shows how far the ledger goes, for whoever verifies it later.
        """
        last = (
            workflow.get_last_completion_result(ArchiveResult)
            if workflow.has_last_completion_result()
            else None
        )
        result = await workflow.execute_activity_method(
            ArchiveActivities.archive_closed_runs,
            ArchiveInput(since=last.until if last else None),
            **options.sweep("Archive the histories of runs that have closed"),
        )
        if result.ledger is not None:
            workflow.upsert_memo({LEDGER_MEMBER: result.ledger.model_dump()})
        workflow.set_current_details(
            f"Looked at {result.looked_at} closed runs, archived {result.archived}."
        )
        return result
