"""How many actions a workflow's history costs, counted as the engine bills them.

One action each: a start (also after continue-as-new), a signal that arrives, an update that is
accepted, an activity (its first attempt; retries stand in no history), a timer, a child workflow
that is asked for, a signal that is sent to another workflow and finds nobody, and an upsert of
search attributes. What only the server does is free.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent

BILLED: dict[int, str] = {
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED: "start",
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED: "signal",
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED: "update",
    EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED: "activity",
    EventType.EVENT_TYPE_TIMER_STARTED: "timer",
    EventType.EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_INITIATED: "child",
    EventType.EVENT_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_FAILED: "signal",
    EventType.EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES: "search attributes",
}
"""Type of a history event → the kind of action that it is. Others are not billed."""


def count_actions(events: Iterable[HistoryEvent]) -> Counter[str]:
    """Actions by kind in one history. A signal between workflows counts where it arrives."""
    return Counter(BILLED[event.event_type] for event in events if event.event_type in BILLED)
