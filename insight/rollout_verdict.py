"""What the feedback on a release says, and what it suggests; a person decides."""

from __future__ import annotations

from datetime import timedelta

from insight import sequential, silence
from models.rollout import (
    FeedbackReading,
    JudgeInput,
    Recommendation,
    SentimentVerdict,
    Verdict,
)


def verdict_of(reading: FeedbackReading, request: JudgeInput) -> Verdict:
    """What the figures say. Without an exposed count there is no response rate and no silence."""
    rules, exposed = request.rules, reading.exposed
    test = sequential.judge(reading.negative, rules.sentiment)
    days = timedelta(seconds=rules.lasts) / silence.DAY
    rate = (exposed or 0) * rules.silence.per_exposed_a_day
    pause = silence.pause_that_is_silence(rate, days, rules.silence.false_alarm)
    ends = request.released_at + timedelta(seconds=rules.lasts)
    silent_from = (
        silence.silent_from(request.released_at, reading.moments, pause, ends)
        if pause is not None
        else None
    )
    silent = silent_from is not None and silent_from <= request.now
    recommendation, why = _recommend(test.verdict, silent=silent, heard=bool(reading.moments))
    return Verdict(
        feedback=len(reading.moments),
        exposed=exposed,
        customers=reading.customers,
        response_rate=reading.customers / exposed if exposed else None,
        response_goal=rules.response_goal,
        negative=sum(reading.negative),
        sentiment=test.verdict,
        log_likelihood_ratio=test.log_likelihood_ratio,
        silence_after_days=pause,
        silent_since=max((request.released_at, *reading.moments)) if silent else None,
        silent_from=silent_from,
        recommendation=recommendation,
        why=why,
    )


def _recommend(
    sentiment: SentimentVerdict, *, silent: bool, heard: bool
) -> tuple[Recommendation, str]:
    if sentiment is SentimentVerdict.BAD:
        return Recommendation.ROLL_BACK, "Too large a share of the feedback is negative."
    if silent:
        why = "Nothing is heard although something should be, so nobody knows how it goes."
        return Recommendation.PAUSE, why
    if sentiment is SentimentVerdict.FINE:
        return Recommendation.CONTINUE, "The share of negative feedback is as it should be."
    if heard:
        return Recommendation.CONTINUE, "Nothing speaks against it so far; the test is undecided."
    return Recommendation.CONTINUE, "Nothing has been heard yet, and nothing had to be."
