from __future__ import annotations

import pytest

from bench import drift

NULL_RUNS, PLANTED_RUNS = 300, 60
"""`make bench` runs ten thousand."""


@pytest.mark.parametrize(
    "detector", [drift.weekly_tests, drift.change_points, drift.streaming, drift.silent]
)
def test_chance_alone_raises_no_more_alarms_than_stated(detector):
    found = detector(NULL_RUNS, 1)
    assert found.false_alarms <= max(found.stated * NULL_RUNS, 1), found


@pytest.mark.parametrize(
    "detector", [drift.weekly_tests, drift.change_points, drift.streaming, drift.silent]
)
def test_a_planted_change_is_found_within_the_stated_delay(detector):
    found = detector(1, PLANTED_RUNS)
    assert found.found >= 0.9 * PLANTED_RUNS, found
