"""Looks at the project's versions on a schedule, so that every rollout is opened in time."""

from __future__ import annotations

from temporalio import workflow

from workflows import options

with workflow.unsafe.imports_passed_through():
    from activities.rollout_sweep import RolloutSweepActivities
    from models.names import ROLLOUT_SWEEP_WORKFLOW
    from models.rollout import RolloutSweepInput, RolloutSweepResult


@workflow.defn(name=ROLLOUT_SWEEP_WORKFLOW)
class RolloutSweepWorkflow:
    """One look at all versions."""

    @workflow.run
    async def run(self) -> RolloutSweepResult:
        """Start the rollouts whose time has come, and wake those whose version changed."""
        result = await workflow.execute_activity_method(
            RolloutSweepActivities.sweep_versions,
            RolloutSweepInput(now=workflow.now()),
            **options.sweep("Look at the versions of the project"),
        )
        workflow.set_current_details(f"Saw {result.versions} versions, told {result.told}.")
        return result
