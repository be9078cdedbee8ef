from __future__ import annotations

from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent

from bench.actions import count_actions


def history(*kinds: str) -> list[HistoryEvent]:
    return [HistoryEvent(event_type=EventType.Value(f"EVENT_TYPE_{kind}")) for kind in kinds]


def test_every_billed_kind_counts_one_action():
    counted = count_actions(
        history(
            "WORKFLOW_EXECUTION_STARTED",
            "WORKFLOW_EXECUTION_SIGNALED",
            "WORKFLOW_EXECUTION_UPDATE_ACCEPTED",
            "ACTIVITY_TASK_SCHEDULED",
            "TIMER_STARTED",
            "START_CHILD_WORKFLOW_EXECUTION_INITIATED",
            "UPSERT_WORKFLOW_SEARCH_ATTRIBUTES",
        )
    )
    assert counted == {
        "start": 1,
        "signal": 1,
        "update": 1,
        "activity": 1,
        "timer": 1,
        "child": 1,
        "search attributes": 1,
    }


def test_what_only_the_server_does_is_free():
    free = history(
        "WORKFLOW_TASK_SCHEDULED",
        "WORKFLOW_TASK_COMPLETED",
        "ACTIVITY_TASK_STARTED",
        "ACTIVITY_TASK_COMPLETED",
        "TIMER_FIRED",
        "TIMER_CANCELED",
        "WORKFLOW_EXECUTION_UPDATE_COMPLETED",
        "EXTERNAL_WORKFLOW_EXECUTION_SIGNALED",
        "WORKFLOW_EXECUTION_COMPLETED",
    )
    assert count_actions(free).total() == 0
