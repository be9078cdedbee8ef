"""What customers thought of it, and whether it still holds after they came back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from insight.numbers import definitions
from insight.numbers.intervals import BOOTSTRAP
from insight.numbers.intervals import mean as bounded_mean
from insight.numbers.metric import Metric, Observation, mean, share
from insight.numbers.periods import Period
from insight.numbers.recontact import Resolution
from models.contact import Contact, ScoreKind
from models.decision import Confidence

SATISFIED_FROM = 4.0
PROMOTER_FROM = 9.0
DETRACTOR_TO = 6.0

UNUSABLE = "negative or missing"
_RESPONSE_BINS = (
    (6.0, "up to 6 min"),
    (60.0, "6 min to 1 h"),
    (360.0, "1 to 6 h"),
    (1440.0, "6 to 24 h"),
)
OVER_A_DAY = "over 24 h"
RESPONSE_BINS = (*(name for _, name in _RESPONSE_BINS), OVER_A_DAY, UNUSABLE)


def scores(contacts: Sequence[Contact]) -> list[Observation]:
    """The scores from 1 to 5."""
    return [
        (one.reference, one.score)
        for one in contacts
        if one.score is not None and one.score_kind is not ScoreKind.NPS
    ]


def satisfaction(
    contacts: Sequence[Contact],
    resolutions: Sequence[Resolution],
    period: Period,
    now: datetime,
) -> tuple[Metric, ...]:
    """Mean, satisfied, and satisfied for good; the last as it stood at the period's end too."""
    scored = scores(contacts)
    satisfied = [reference for reference, score in scored if score >= SATISFIED_FROM]
    outcomes = {one.contact.reference: one for one in resolutions}
    said_none = {one.reference for one in contacts if one.resolution is Confidence.FAILED}

    def held(moment: datetime) -> list[str]:
        return [
            reference
            for reference in satisfied
            if reference not in said_none
            and not (reference in outcomes and outcomes[reference].back_by(moment))
        ]

    restated = share(definitions.SATISFIED_RESTATED, held(now), len(scored))
    if scored and period.ends is not None and period.ends < now:
        as_then = len(held(period.ends)) / len(scored)
        restated = restated.model_copy(update={"as_then": as_then})
    numbers = (
        mean(definitions.SCORE_MEAN, scored),
        share(definitions.SATISFIED, satisfied, len(scored)),
    )
    followed = any(reference in outcomes or reference in said_none for reference, _ in scored)
    return (*numbers, restated) if followed else numbers


def promoters(contacts: Sequence[Contact]) -> Metric:
    """The net promoter score of scores from 0 to 10."""
    told = [
        (one.reference, _side(one.score))
        for one in contacts
        if one.score is not None and one.score_kind is ScoreKind.NPS
    ]
    found = bounded_mean([side for _, side in told])
    return Metric(
        definition=definitions.PROMOTERS,
        numerator=sum(side > 0 for _, side in told),
        denominator=len(told),
        value=found.value,
        low=found.low,
        high=found.high,
        method=BOOTSTRAP,
        items=tuple(reference for reference, side in told if side < 0),
    )


def _side(score: float) -> float:
    return float(score >= PROMOTER_FROM) - float(score <= DETRACTOR_TO)


def response_bin(contact: Contact) -> str:
    """Which class of first response time the contact falls in."""
    if contact.answered_at is None or contact.answered_at < contact.opened_at:
        return UNUSABLE
    minutes = (contact.answered_at - contact.opened_at).total_seconds() / 60
    return next((name for limit, name in _RESPONSE_BINS if minutes <= limit), OVER_A_DAY)


def response_minutes(contacts: Sequence[Contact]) -> Mapping[str, float]:
    """Minutes to the first answer, by reference, where they can be used."""
    return {
        one.reference: (one.answered_at - one.opened_at).total_seconds() / 60
        for one in contacts
        if one.answered_at is not None and one.answered_at >= one.opened_at
    }
