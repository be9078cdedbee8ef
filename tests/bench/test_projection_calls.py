"""A projection's calls are counted on the local Jira, so a hidden call fails here."""

from __future__ import annotations

import pytest

from bench.projection import (
    FAULTS,
    KINDS,
    WISHES,
    ProjectionCost,
    costs_of_projections,
    most_idle_calls,
)

PARTS = ("an edit with a comment", "a move", "a move that takes the edit along")

Costs = dict[tuple[str, str], dict[str, int]]


@pytest.fixture(scope="module")
def counted() -> list[ProjectionCost]:
    return costs_of_projections()


@pytest.fixture
def costs(counted: list[ProjectionCost]) -> Costs:
    return {(cost.kind, cost.work): cost.calls for cost in counted}


def test_a_projection_with_nothing_to_do_costs_one_call(counted: list[ProjectionCost]) -> None:
    assert most_idle_calls(counted) == 1


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("work", WISHES)
def test_a_fault_costs_no_more_than_doing_it_once_again(costs: Costs, kind: str, work: str) -> None:
    """If this fails: an attempt after a fault does more than read again and write the rest."""
    usual = costs[kind, work]["no fault"]
    for fault in FAULTS:
        assert costs[kind, work][fault] <= 2 * usual, fault


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("work", PARTS)
@pytest.mark.parametrize("fault", ["502 after", "reset after"])
def test_what_was_committed_is_not_written_again(
    costs: Costs, kind: str, work: str, fault: str
) -> None:
    """What got through without an answer costs its one reading more, not its write."""
    assert costs[kind, work][fault] == costs[kind, work]["no fault"] + 1
