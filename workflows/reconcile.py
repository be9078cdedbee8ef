"""Asks now and then which issues still exist, because an end can go untold for ever."""

from __future__ import annotations

from temporalio import workflow

from workflows import options

with workflow.unsafe.imports_passed_through():
    from activities.reconcile import ReconcileActivities
    from models.activity_io import ReconcileResult
    from models.names import RECONCILE_WORKFLOW


@workflow.defn(name=RECONCILE_WORKFLOW)
class ReconcileWorkflow:
    """One comparison of the items that run with the issues that exist."""

    @workflow.run
    async def run(self) -> ReconcileResult:
        """Wake every item whose issue is gone, was archived, or was restored."""
        result = await workflow.execute_activity_method(
            ReconcileActivities.reconcile,
            **options.sweep("Look whether the issues of running items still exist"),
        )
        workflow.set_current_details(
            f"Of {result.running} running items, {result.told} were told of their issue."
        )
        return result
