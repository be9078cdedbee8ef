"""The schedule of the intake sweep: how often Jira is asked what webhooks may have lost."""

from __future__ import annotations

from datetime import timedelta

from temporalio.client import (
    Client,
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleAlreadyRunningError,
    ScheduleIntervalSpec,
    ScheduleOverlapPolicy,
    SchedulePolicy,
    ScheduleSpec,
    ScheduleUpdate,
    ScheduleUpdateInput,
)

from models.names import INTAKE_SWEEP_SCHEDULE, INTAKE_SWEEP_WORKFLOW

EVERY = timedelta(minutes=5)
CATCH_UP = timedelta(minutes=10)
"""Sweeps missed for longer than this are not made up for: the next one looks back far enough."""


async def ensure_sweep_schedule(client: Client, task_queue: str, every: timedelta = EVERY) -> None:
    """Create the schedule, or bring it up to date. Several workers may do so at once."""
    schedule = Schedule(
        action=ScheduleActionStartWorkflow(
            INTAKE_SWEEP_WORKFLOW,
            id=INTAKE_SWEEP_SCHEDULE,
            task_queue=task_queue,
            static_summary="Look in Jira for what webhooks lost",
        ),
        spec=ScheduleSpec(intervals=[ScheduleIntervalSpec(every=every)]),
        policy=SchedulePolicy(overlap=ScheduleOverlapPolicy.SKIP, catchup_window=CATCH_UP),
    )
    try:
        await client.create_schedule(INTAKE_SWEEP_SCHEDULE, schedule)
    except ScheduleAlreadyRunningError:
        handle = client.get_schedule_handle(INTAKE_SWEEP_SCHEDULE)

        def bring_up_to_date(found: ScheduleUpdateInput) -> ScheduleUpdate:
            # What a person paused stays paused.
            schedule.state = found.description.schedule.state
            return ScheduleUpdate(schedule=schedule)

        await handle.update(bring_up_to_date)
