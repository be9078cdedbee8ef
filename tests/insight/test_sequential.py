"""The sequential test keeps its promises however often one looks, and sees what is planted."""

from __future__ import annotations

import random
from itertools import chain

import pytest

from insight.sequential import judge
from models.rollout import SentimentRule, SentimentVerdict

RULE = SentimentRule(fine_at=0.2, bad_at=0.4, false_alarm=0.05, miss=0.1)
NULL_RUNS = 10_000
LENGTH = 120


def drawn(share: float, runs: int, seed: int) -> list[SentimentVerdict]:
    chance = random.Random(seed)
    return [
        judge((chance.random() < share for _ in range(LENGTH)), RULE).verdict for _ in range(runs)
    ]


def test_a_rollout_that_is_fine_is_called_bad_no_more_often_than_stated() -> None:
    called = drawn(RULE.fine_at, NULL_RUNS, seed=17)

    alarms = called.count(SentimentVerdict.BAD)

    assert alarms / NULL_RUNS <= RULE.false_alarm, f"{alarms} of {NULL_RUNS} null runs"


def test_a_rollout_that_is_bad_is_found_in_all_but_the_stated_share() -> None:
    called = drawn(RULE.bad_at, 2_000, seed=18)

    assert called.count(SentimentVerdict.BAD) / len(called) >= 1 - RULE.miss


def test_without_feedback_nothing_is_decided() -> None:
    assert judge((), RULE).verdict is SentimentVerdict.UNDECIDED


def test_what_was_called_fine_and_turns_is_called_bad() -> None:
    calm, storm = [False] * 12, [True] * 30

    assert judge(calm, RULE).verdict is SentimentVerdict.FINE
    assert judge(chain(calm, storm), RULE).verdict is SentimentVerdict.BAD


def test_an_alarm_is_not_taken_back_by_good_news_later() -> None:
    assert judge([True] * 20 + [False] * 200, RULE).verdict is SentimentVerdict.BAD


@pytest.mark.parametrize(("bad", "sign"), [(True, 1), (False, -1)])
def test_each_observation_moves_the_ratio_to_its_side(bad: bool, sign: int) -> None:
    assert judge([bad], RULE).log_likelihood_ratio * sign > 0
