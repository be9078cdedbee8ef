"""Named sets of activity options. Temporal owns every retry; clients never retry by themselves.

Each takes the plain-words summary that the Temporal UI shows beside the activity.
"""

from __future__ import annotations

from datetime import timedelta

from temporalio import workflow
from temporalio.common import Priority, RetryPolicy
from temporalio.workflow import ActivityConfig

with workflow.unsafe.imports_passed_through():
    from policies.fitting import fitting

_PATIENT = RetryPolicy(
    initial_interval=timedelta(seconds=1),
    backoff_coefficient=2.0,
    maximum_interval=timedelta(minutes=1),
)

_FOR_HOURS = RetryPolicy(
    initial_interval=timedelta(seconds=1),
    backoff_coefficient=2.0,
    maximum_interval=timedelta(minutes=10),
)
"""A system that is down for a day is not asked a thousand times for one refund."""

CRASH_NOTICED = timedelta(seconds=12)
"""A worker that dies is missed after this; `runtime.heartbeats` beats for whatever takes longer."""


def jira(summary: str, priority: Priority = Priority.default) -> ActivityConfig:
    """Calls to Jira: as long as it takes; a 429 brings its own delay."""
    return ActivityConfig(
        start_to_close_timeout=timedelta(minutes=2),
        heartbeat_timeout=CRASH_NOTICED,
        retry_policy=_PATIENT,
        summary=fitting(summary),
        priority=priority,
    )


def ledger(summary: str) -> ActivityConfig:
    """Writing evidence: never given up, because decisions wait for it."""
    return ActivityConfig(
        start_to_close_timeout=timedelta(seconds=30),
        heartbeat_timeout=CRASH_NOTICED,
        retry_policy=_PATIENT,
        summary=fitting(summary),
    )


def effect(summary: str, priority: Priority, *, lasts: timedelta) -> ActivityConfig:
    """Carrying out an action, or undoing it: tried for so long, then a person is asked."""
    return ActivityConfig(
        start_to_close_timeout=timedelta(minutes=1),
        schedule_to_close_timeout=lasts,
        heartbeat_timeout=CRASH_NOTICED,
        retry_policy=_FOR_HOURS,
        summary=fitting(summary),
        priority=priority,
    )


def planning(summary: str) -> ActivityConfig:
    """Evaluating policy on this machine: quick, no network."""
    return ActivityConfig(
        start_to_close_timeout=timedelta(seconds=30),
        heartbeat_timeout=CRASH_NOTICED,
        retry_policy=_PATIENT,
        summary=fitting(summary),
    )


def notice(summary: str) -> ActivityConfig:
    """Telling people: what fails is in the result, so only a worker that dies is tried again."""
    return ActivityConfig(
        start_to_close_timeout=timedelta(minutes=2),
        heartbeat_timeout=CRASH_NOTICED,
        retry_policy=RetryPolicy(maximum_attempts=3),
        summary=fitting(summary),
    )


def sweep(summary: str) -> ActivityConfig:
    """Looking through a project page by page."""
    return ActivityConfig(
        start_to_close_timeout=timedelta(minutes=10),
        heartbeat_timeout=timedelta(minutes=1),
        retry_policy=_PATIENT,
        summary=fitting(summary),
    )
