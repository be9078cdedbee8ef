"""What happens by itself, and how often: the sweep of Jira, the look for lost issues, and the archive."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
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

from models.names import (
    ARCHIVE_SCHEDULE,
    ARCHIVE_WORKFLOW,
    INTAKE_SWEEP_SCHEDULE,
    INTAKE_SWEEP_WORKFLOW,
    RECONCILE_SCHEDULE,
    RECONCILE_WORKFLOW,
)

CATCH_UP = timedelta(minutes=10)
"""Runs missed for longer than this are not made up for: the next one looks back far enough."""


@dataclass(frozen=True)
class Recurring:
    """A workflow that is started again and again; one run waits for the one before it.

    `part` is what people call it.
    """

    part: str
    schedule_id: str
    workflow: str
    every: timedelta
    summary: str


RECURRING: tuple[Recurring, ...] = (
    Recurring(
        "sweep",
        INTAKE_SWEEP_SCHEDULE,
        INTAKE_SWEEP_WORKFLOW,
        timedelta(minutes=5),
        "Look in Jira for what webhooks lost",
    ),
    Recurring(
        "reconcile",
        RECONCILE_SCHEDULE,
        RECONCILE_WORKFLOW,
        timedelta(hours=1),
        "Look whether the issues of running items still exist",
    ),
    Recurring(
        "archive",
        ARCHIVE_SCHEDULE,
        ARCHIVE_WORKFLOW,
        timedelta(hours=1),
        "Archive the histories of runs that have closed",
    ),
)


async def ensure_schedules(
    client: Client, task_queue: str, wanted: Sequence[Recurring] = RECURRING
) -> None:
    """Create every schedule, or bring it up to date. Several workers may do so at once."""
    for one in wanted:
        await _ensure(client, task_queue, one)


async def _ensure(client: Client, task_queue: str, wanted: Recurring) -> None:
    schedule = Schedule(
        action=ScheduleActionStartWorkflow(
            wanted.workflow,
            id=wanted.schedule_id,
            task_queue=task_queue,
            static_summary=wanted.summary,
        ),
        spec=ScheduleSpec(intervals=[ScheduleIntervalSpec(every=wanted.every)]),
        policy=SchedulePolicy(overlap=ScheduleOverlapPolicy.SKIP, catchup_window=CATCH_UP),
    )
    try:
        await client.create_schedule(wanted.schedule_id, schedule)
    except ScheduleAlreadyRunningError:
        handle = client.get_schedule_handle(wanted.schedule_id)

        def bring_up_to_date(found: ScheduleUpdateInput) -> ScheduleUpdate:
            # What a person paused stays paused.
            schedule.state = found.description.schedule.state
            return ScheduleUpdate(schedule=schedule)

        await handle.update(bring_up_to_date)
