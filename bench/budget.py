"""What one item costs: Temporal actions, history and Jira calls, from recorded histories."""

from __future__ import annotations

from dataclasses import dataclass

from bench.actions import count_actions
from bench.recordings import Recording

LIMITS: dict[str, tuple[int, int]] = {
    "plain": (15, 8),
    "escalated-twice-approved-by-two": (36, 16),
}
"""Scenario → most Temporal actions and most Jira calls that it may cost."""


@dataclass(frozen=True)
class Cost:
    """What a scenario cost, all of its workflows together."""

    scenario: str
    actions: int
    events: int
    bytes: int
    jira_calls: int

    @property
    def within_limits(self) -> bool | None:
        """Whether it keeps its budget; None where none is set."""
        if self.scenario not in LIMITS:
            return None
        actions, calls = LIMITS[self.scenario]
        return self.actions <= actions and self.jira_calls <= calls


def cost_of(recording: Recording) -> Cost:
    """Count one recording. A child counts once: as the start of its own history."""
    actions = events = size = 0
    for history in recording.histories:
        counted = count_actions(history.events)
        actions += counted.total() - counted["child"]
        events += len(history.events)
        size += sum(event.ByteSize() for event in history.events)
    return Cost(recording.scenario, actions, events, size, recording.jira_calls)
