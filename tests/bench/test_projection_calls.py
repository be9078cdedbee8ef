"""A projection's calls are counted on the local Jira, so a hidden call fails here."""

from __future__ import annotations

import pytest

from bench.projection import FAULTS, WISHES, costs_of_projections

Costs = dict[str, dict[str, int]]


@pytest.fixture(scope="module")
def costs() -> Costs:
    return {cost.work: cost.calls for cost in costs_of_projections()}


def test_a_projection_with_nothing_to_do_costs_one_call(costs: Costs) -> None:
    assert costs["nothing to do"]["no fault"] == 1


@pytest.mark.parametrize("work", WISHES)
def test_a_fault_costs_no_more_than_doing_it_once_again(costs: Costs, work: str) -> None:
    """If this fails: an attempt after a fault does more than read again and write the rest."""
    usual = costs[work]["no fault"]
    for fault in FAULTS:
        assert costs[work][fault] <= 2 * usual, fault


@pytest.mark.parametrize("fault", ["502 after", "reset after"])
def test_what_was_committed_is_not_written_again(costs: Costs, fault: str) -> None:
    """An edit that got through without an answer costs its one reading more, not its write."""
    for work in ("an edit with a comment", "a move", "a move that takes the edit along"):
        assert costs[work][fault] == costs[work]["no fault"] + 1
