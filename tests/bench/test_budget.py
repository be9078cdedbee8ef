"""The budget of an item is counted in recorded histories, so a dearer one fails here."""

from __future__ import annotations

import pytest

from bench.actions import count_actions
from bench.budget import LIMITS, cost_of
from bench.recordings import all_recordings

COSTS = {recording.scenario: cost_of(recording) for recording in all_recordings()}


@pytest.mark.parametrize("scenario", LIMITS)
def test_a_scenario_keeps_its_budget(scenario: str) -> None:
    """If this fails: look which event now costs one more action or call, before raising a limit."""
    actions, calls = LIMITS[scenario]

    assert COSTS[scenario].actions <= actions
    assert COSTS[scenario].jira_calls <= calls


def test_a_child_is_counted_once() -> None:
    recording = next(r for r in all_recordings() if r.scenario == "refund-refused")
    kinds = [count_actions(history.events) for history in recording.histories]

    assert sum(counted["child"] for counted in kinds) == 1
    assert cost_of(recording).actions == sum(counted.total() for counted in kinds) - 1
