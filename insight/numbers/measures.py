"""The measures of a review's digest: the report's own numbers over the time between two reviews.

A measure is told only where its sample is large enough to say anything, so nobody is asked to
decide on three items.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from insight.digest import BEHIND
from insight.numbers import definitions, handling
from insight.numbers.metric import Definition, Metric
from insight.numbers.own_items import OwnItem, PolicyRequest
from insight.numbers.periods import Period
from insight.numbers.policy_use import policy_use
from insight.numbers.recontact import WINDOW, Resolution, recontact, resolutions
from models.review import Figure, FigureName


class Measure(NamedTuple):
    """Which number of the report it is, what it says, and by what the number is multiplied."""

    name: FigureName
    of: Definition
    words: str
    unit: str
    times: float


MEASURES = (
    Measure(
        FigureName.RECONTACT_PERCENT,
        definitions.RECONTACT,
        "of the resolutions whose seven days ended in this time: those after which the customer "
        "came back",
        "%",
        100.0,
    ),
    Measure(
        FigureName.FIRST_RESPONSE_HOURS,
        definitions.FIRST_RESPONSE,
        "to the first answer, median of what came in",
        "h",
        1 / 60,
    ),
    Measure(
        FigureName.DECISION_HOURS,
        definitions.RESOLUTION_TIME,
        "to the decision, median of what was decided",
        "h",
        1.0,
    ),
    Measure(
        FigureName.ESCALATION_LAG_HOURS,
        definitions.ESCALATION_LAG,
        "from a broken promise to the escalation, median of what was escalated",
        "h",
        1.0,
    ),
    Measure(
        FigureName.EXCEPTION_PERCENT,
        definitions.EXCEPTIONS,
        "of what was decided: items for which an exception from policy was granted",
        "%",
        100.0,
    ),
)


def measured(items: Sequence[OwnItem], since: datetime, until: datetime) -> tuple[Figure, ...]:
    """The measures from `since` on and before `until`, as known then, beside the time before."""
    contacts = [one.contact for one in items]
    found = resolutions(contacts, until)
    now = _metrics(items, found, since, until, until)
    before = _metrics(items, found, since - (until - since), since, until)
    return tuple(
        _figure(measure, now[measure.of.id], before.get(measure.of.id))
        for measure in MEASURES
        if measure.of.id in now
    )


def _metrics(
    items: Sequence[OwnItem],
    found: Sequence[Resolution],
    since: datetime,
    until: datetime,
    known_at: datetime,
) -> dict[str, Metric]:
    """Number's id → number, of those that say anything."""
    period = Period(name="", begins=since, ends=until)
    over = Period(name="", begins=since - WINDOW, ends=until - WINDOW)
    contacts = [one.contact for one in items]
    came_in = [one for one in contacts if period.holds(one.opened_at)]
    decided = [one for one in contacts if period.holds(one.resolved_at)]
    escalated = [one for one in contacts if period.holds(one.escalated_at)]
    every = (
        recontact(found, over, known_at),
        *_only(definitions.FIRST_RESPONSE, handling.times(came_in)),
        *_only(definitions.RESOLUTION_TIME, handling.times(decided)),
        *_only(definitions.ESCALATION_LAG, handling.escalations(escalated)),
        *_only(
            definitions.EXCEPTIONS, policy_use(contacts, list(_requests(items)), period).metrics
        ),
    )
    return {one.definition.id: one for one in every if one.enough and one.value is not None}


def _only(definition: Definition, metrics: Sequence[Metric]) -> Iterator[Metric]:
    """The one number that is meant among several that are counted together, if it is there."""
    return (one for one in metrics if one.definition.id == definition.id)


def _requests(items: Sequence[OwnItem]) -> Iterator[PolicyRequest]:
    for one in items:
        yield from one.requests


def _figure(measure: Measure, now: Metric, before: Metric | None) -> Figure:
    def scaled(value: float | None) -> float | None:
        return None if value is None else value * measure.times

    return Figure(
        name=measure.name,
        words=measure.words,
        value=(now.value or 0.0) * measure.times,
        before=scaled(before.value) if before else None,
        of=now.denominator,
        behind=now.items[:BEHIND],
        unit=measure.unit,
        low=scaled(now.low),
        high=scaled(now.high),
    )
