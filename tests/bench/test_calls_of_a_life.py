"""A plain item's life is played with and without faults, and its calls are counted in the journal."""

from __future__ import annotations

import pytest

from bench.budget import LIMITS
from bench.item_life import LivesCost, costs_of_lives

Costs = tuple[LivesCost, LivesCost]


@pytest.fixture(scope="module")
def costs() -> Costs:
    return costs_of_lives(lives=4)


def test_a_life_without_faults_keeps_its_budget_of_calls(costs: Costs) -> None:
    calm, _ = costs
    assert calm.failed == 0
    assert max(calm.calls) <= LIMITS["plain"][1]


def test_faults_cost_calls_and_never_a_second_write(costs: Costs) -> None:
    calm, struck = costs
    assert struck.failed > 0
    assert [life.committed for life in struck.lives] == [life.committed for life in calm.lives]


def test_a_failed_call_costs_no_more_than_a_whole_projection(costs: Costs) -> None:
    """If this fails: an attempt after a fault does more than read again and write the rest."""
    calm, struck = costs
    usual = max(calm.calls)
    for life in struck.lives:
        assert life.calls <= usual + 2 * life.failed
