"""What happens by itself, and how often: the sweep of Jira, the look for lost issues, and the archive."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from temporalio.client import (
    Client,
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleAlreadyRunningError,
    ScheduleCalendarSpec,
    ScheduleIntervalSpec,
    ScheduleOverlapPolicy,
    SchedulePolicy,
    ScheduleRange,
    ScheduleSpec,
    ScheduleUpdate,
    ScheduleUpdateInput,
)

from models.base import Frozen
from models.names import (
    ARCHIVE_SCHEDULE,
    ARCHIVE_WORKFLOW,
    INTAKE_SWEEP_SCHEDULE,
    INTAKE_SWEEP_WORKFLOW,
    RECONCILE_SCHEDULE,
    RECONCILE_WORKFLOW,
    REVIEW_PREFIX,
    REVIEW_SCHEDULE,
    REVIEW_WORKFLOW,
    ROLLOUT_SWEEP_SCHEDULE,
    ROLLOUT_SWEEP_WORKFLOW,
    THEME_SWEEP_SCHEDULE,
    THEME_SWEEP_WORKFLOW,
)
from models.review import ReviewStart
from policies.loader import load

CATCH_UP = timedelta(minutes=10)
"""Runs missed for longer than this are not made up for: the next one looks back far enough."""


A_WEEK = timedelta(days=7)
"""A review whose hour passed while nothing ran is held when it runs again."""


@dataclass(frozen=True)
class Weekly:
    """A time of the week: `day` counts from Sunday, which is 0; `zone` is an IANA name."""

    day: int
    hour: int
    minute: int
    zone: str

    def spec(self) -> ScheduleSpec:
        """When that is, as a schedule says it."""
        when = ScheduleCalendarSpec(
            day_of_week=[ScheduleRange(self.day)],
            hour=[ScheduleRange(self.hour)],
            minute=[ScheduleRange(self.minute)],
        )
        return ScheduleSpec(calendars=[when], time_zone_name=self.zone)


@dataclass(frozen=True)
class Recurring:
    """A workflow that is started again and again; one run waits for the one before it.

    `part` is what people call it, and `starts` how the ids of its runs begin where that is not the
    schedule's own. `at_once` lets a run begin while the one before it still waits.
    """

    part: str
    schedule_id: str
    workflow: str
    every: timedelta | Weekly
    summary: str
    starts: str = ""
    arguments: tuple[Frozen, ...] = ()
    at_once: bool = False

    @property
    def rhythm(self) -> str:
        """How often, in words."""
        if isinstance(self.every, Weekly):
            return f"weekly, at {self.every.hour:02d}:{self.every.minute:02d} {self.every.zone}"
        return f"every {self.every.total_seconds() / 60:.0f} minutes"


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
    Recurring(
        "rollouts",
        ROLLOUT_SWEEP_SCHEDULE,
        ROLLOUT_SWEEP_WORKFLOW,
        timedelta(minutes=15),
        "Look at the versions of the project",
    ),
    Recurring(
        "themes",
        THEME_SWEEP_SCHEDULE,
        THEME_SWEEP_WORKFLOW,
        timedelta(hours=1),
        "Look for items that tell of the same problem",
    ),
)


def recurring(policies: Path) -> tuple[Recurring, ...]:
    """Everything that happens by itself under these policies: a review only if they hold one.

    Raises `PolicyError` when the policies do not load.
    """
    review = load(policies).review
    if review is None:
        return RECURRING
    hour, minute = map(int, review.at.split(":"))
    held = Recurring(
        "reviews",
        REVIEW_SCHEDULE,
        REVIEW_WORKFLOW,
        Weekly(day=(review.day.number + 1) % 7, hour=hour, minute=minute, zone=review.zone),
        "The review of what happened since the last one",
        starts=REVIEW_PREFIX,
        arguments=(ReviewStart(),),
        at_once=True,
    )
    return (*RECURRING, held)


async def ensure_schedules(
    client: Client, task_queue: str, wanted: Sequence[Recurring] = RECURRING
) -> None:
    """Create every schedule, or bring it up to date. Several workers may do so at once."""
    for one in wanted:
        await _ensure(client, task_queue, one)


async def _ensure(client: Client, task_queue: str, wanted: Recurring) -> None:
    every = wanted.every
    overlap = ScheduleOverlapPolicy.ALLOW_ALL if wanted.at_once else ScheduleOverlapPolicy.SKIP
    schedule = Schedule(
        action=ScheduleActionStartWorkflow(
            wanted.workflow,
            args=list(wanted.arguments),
            id=wanted.starts or wanted.schedule_id,
            task_queue=task_queue,
            static_summary=wanted.summary,
        ),
        spec=every.spec()
        if isinstance(every, Weekly)
        else ScheduleSpec(intervals=[ScheduleIntervalSpec(every=every)]),
        policy=SchedulePolicy(
            overlap=overlap, catchup_window=A_WEEK if wanted.at_once else CATCH_UP
        ),
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
