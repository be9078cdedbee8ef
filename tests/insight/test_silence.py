"""Silence is told after the stated delay, and not more often than stated when there is none."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from insight.silence import DAY, pause_that_is_silence, silent_from

RELEASED = datetime(2026, 6, 1, tzinfo=UTC)
WATCHED = 28.0
RATE = 2.0
FALSE_ALARM = 0.05
NULL_RUNS = 10_000


def feedback(chance: random.Random, days: float, rate: float = RATE) -> list[datetime]:
    """Feedback at a steady rate for so many days."""
    moments, at = [], chance.expovariate(rate)
    while at < days:
        moments.append(RELEASED + timedelta(days=at))
        at += chance.expovariate(rate)
    return moments


def longest_pause(moments: list[datetime], until: datetime) -> float:
    edges = [RELEASED, *moments, until]
    return max((after - before) / DAY for before, after in pairwise(edges))


def test_a_rollout_with_feedback_is_called_silent_no_more_often_than_stated() -> None:
    pause = pause_that_is_silence(RATE, WATCHED, FALSE_ALARM)
    assert pause is not None
    chance, until = random.Random(19), RELEASED + WATCHED * DAY

    alarms = sum(longest_pause(feedback(chance, WATCHED), until) >= pause for _ in range(NULL_RUNS))

    assert alarms / NULL_RUNS <= FALSE_ALARM, f"{alarms} of {NULL_RUNS} null runs"


def test_planted_silence_is_noticed_exactly_after_the_stated_delay() -> None:
    pause = pause_that_is_silence(RATE, WATCHED, FALSE_ALARM)
    assert pause is not None
    moments = feedback(random.Random(20), 7)

    noticed = silent_from(RELEASED, moments, pause, RELEASED + WATCHED * DAY)

    assert noticed is not None
    assert noticed - moments[-1] == pause * DAY
    assert pause < 4


def test_without_any_feedback_the_pause_counts_from_the_release() -> None:
    assert silent_from(RELEASED, [], 3, RELEASED + WATCHED * DAY) == RELEASED + 3 * DAY


def test_where_too_little_is_to_be_expected_silence_cannot_be_told() -> None:
    assert pause_that_is_silence(0.05, WATCHED, FALSE_ALARM) is None


def test_where_nothing_is_to_be_expected_silence_cannot_be_told() -> None:
    assert pause_that_is_silence(0, WATCHED, FALSE_ALARM) is None


def test_a_pause_that_would_end_after_the_watch_is_no_silence() -> None:
    assert silent_from(RELEASED, [RELEASED + 27 * DAY], 3, RELEASED + WATCHED * DAY) is None
