"""Catches up with Jira on a schedule, because webhooks can be lost."""

from __future__ import annotations

from temporalio import workflow

from workflows import options

with workflow.unsafe.imports_passed_through():
    from activities.sweep import SweepActivities
    from models.activity_io import SweepInput, SweepResult
    from models.names import INTAKE_SWEEP_WORKFLOW


@workflow.defn(name=INTAKE_SWEEP_WORKFLOW)
class IntakeSweepWorkflow:
    """One sweep. It begins where the last one that succeeded ended, with an overlap."""

    @workflow.run
    async def run(self) -> SweepResult:
        """Find what changed and wake its items; the result is the next sweep's beginning."""
        last = (
            workflow.get_last_completion_result(SweepResult)
            if workflow.has_last_completion_result()
            else None
        )
        result = await workflow.execute_activity_method(
            SweepActivities.sweep,
            SweepInput(since=last.until if last else None),
            **options.sweep("Look for issues that changed and were not told of"),
        )
        workflow.set_current_details(
            f"Looked at {result.looked_at}, woke {result.told}, knew {result.already_known}."
        )
        return result
