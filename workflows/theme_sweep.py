"""Looks for themes on a schedule: items that resemble each other join one, or found a new one."""

from __future__ import annotations

from temporalio import workflow

from workflows import options

with workflow.unsafe.imports_passed_through():
    from activities.theme_groups import ThemeGroupActivities
    from models.names import THEME_SWEEP_WORKFLOW
    from models.theme_messages import ThemeSweepInput, ThemeSweepResult


@workflow.defn(name=THEME_SWEEP_WORKFLOW)
class ThemeSweepWorkflow:
    """One look at the items of the last months."""

    @workflow.run
    async def run(self) -> ThemeSweepResult:
        """Place new items, start the themes that are new, wake those that grew."""
        result = await workflow.execute_activity_method(
            ThemeGroupActivities.find_themes,
            ThemeSweepInput(now=workflow.now()),
            **options.sweep("Look for items that tell of the same problem"),
        )
        workflow.set_current_details(
            f"Looked at {result.items} items: {result.joined} joined a theme, "
            f"{result.founded} new themes."
        )
        return result
