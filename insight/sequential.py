"""Says as early as it may whether too large a share of something is bad, however often one looks.

Wald's likelihood ratio of two shares. Under either share the ratio (or its inverse) is a
nonnegative martingale that starts at 1, so by Ville's inequality it ever exceeds 1/x with a chance
of at most x. That bounds both errors over the whole time of watching, with no need to fix in
advance how much is looked at or when.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import log

from models.rollout import SentimentRule, SentimentVerdict


@dataclass(frozen=True)
class SequentialResult:
    """What the test says; `log_likelihood_ratio` is above 0 when the bad share fits better."""

    verdict: SentimentVerdict
    log_likelihood_ratio: float


def judge(bad: Iterable[bool], rule: SentimentRule) -> SequentialResult:
    """The verdict over observations in the order in which they came.

    `BAD` once the ratio has ever said so: with a share of at most `fine_at` that happens in at
    most `false_alarm` of all runs. `FINE` likewise: with a share of at least `bad_at` in at most
    `miss` of them. What was called fine is still watched, and becomes `BAD` if it turns.
    """
    when_bad = log(rule.bad_at / rule.fine_at)
    when_good = log((1 - rule.bad_at) / (1 - rule.fine_at))
    too_much, enough = -log(rule.false_alarm), log(rule.miss)
    ratio = 0.0
    verdict = SentimentVerdict.UNDECIDED
    for one in bad:
        ratio += when_bad if one else when_good
        if ratio >= too_much:
            verdict = SentimentVerdict.BAD
        elif ratio <= enough and verdict is not SentimentVerdict.BAD:
            verdict = SentimentVerdict.FINE
    return SequentialResult(verdict=verdict, log_likelihood_ratio=ratio)
