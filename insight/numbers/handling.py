"""How contacts were handled: how fast, as promised or not, how often handed on, how automatically."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from insight.numbers import definitions
from insight.numbers.metric import Metric, Observation, mean, percentile, share
from models.contact import Contact

HOUR = 3600.0
DAY = 24 * HOUR
Moments = Callable[[Contact], tuple[datetime | None, datetime | None]]


def times(contacts: Sequence[Contact]) -> tuple[Metric, ...]:
    """First response, recommendation and decision; the contacts are those of the period."""
    answers = first_responses(contacts)
    decided = _spans(contacts, lambda one: (one.opened_at, one.resolved_at), HOUR)
    recommended = _spans(contacts, lambda one: (one.opened_at, one.recommended_at), DAY)
    return (
        percentile(definitions.FIRST_RESPONSE, answers, 50),
        percentile(definitions.FIRST_RESPONSE_90, answers, 90),
        percentile(definitions.RECOMMENDATION, recommended, 50),
        percentile(definitions.RESOLUTION_TIME, decided, 50),
        percentile(definitions.RESOLUTION_TIME_90, decided, 90),
    )


def first_responses(contacts: Sequence[Contact]) -> list[Observation]:
    """Minutes to the first answer of each contact that has one."""
    return _spans(contacts, lambda one: (one.opened_at, one.answered_at), 60.0)


def escalations(contacts: Sequence[Contact]) -> tuple[Metric, ...]:
    """How late escalations come, how late people take them on, and how often nobody does."""
    climbed = [one for one in contacts if one.escalated_at is not None]
    late = [
        (one.reference, max((one.escalated_at - one.escalation_due_at).total_seconds(), 0) / HOUR)
        for one in climbed
        if one.escalated_at is not None and one.escalation_due_at is not None
    ]
    taken = _spans(climbed, lambda one: (one.escalated_at, one.acknowledged_at), HOUR)
    nobody = [one.reference for one in climbed if one.acknowledged_at is None]
    return (
        percentile(definitions.ESCALATION_LAG, late, 50),
        percentile(definitions.ACKNOWLEDGEMENT_LAG, taken, 50),
        share(definitions.UNACKNOWLEDGED, nobody, len(climbed)),
    )


def kept(contacts: Sequence[Contact]) -> Metric:
    """The share of promises that were kept."""
    judged = [one for one in contacts if one.kept is not None]
    return share(definitions.KEPT, (one.reference for one in judged if one.kept), len(judged))


def hand_overs(contacts: Sequence[Contact]) -> tuple[Metric, ...]:
    """Reopened, handed on, and how often."""
    reopened = [one for one in contacts if one.reopened is not None]
    moved = [one for one in contacts if one.reassigned is not None]
    return (
        share(
            definitions.REOPENED, (one.reference for one in reopened if one.reopened), len(reopened)
        ),
        share(
            definitions.REASSIGNED, (one.reference for one in moved if one.reassigned), len(moved)
        ),
        mean(
            definitions.REASSIGNED_MEAN,
            [(one.reference, float(one.reassigned or 0)) for one in moved],
        ),
    )


def changes(contacts: Sequence[Contact]) -> tuple[Metric, ...]:
    """For each kind of change that a log shows: how many contacts had one."""
    names = sorted({name for one in contacts for name in one.changes})
    found = []
    for name in names:
        logged = [one for one in contacts if name in one.changes]
        changed = (one.reference for one in logged if one.changes[name])
        wording = {"id": f"changed_{name}", "name": f"Changed on the way: {name}"}
        found.append(share(definitions.CHANGED.model_copy(update=wording), changed, len(logged)))
    return tuple(found)


def automated(contacts: Sequence[Contact]) -> Metric:
    """The share of analysis that stood as suggested."""
    triaged = [one for one in contacts if one.automated is not None]
    stood = (one.reference for one in triaged if one.automated)
    return share(definitions.AUTOMATED, stood, len(triaged))


def _spans(contacts: Sequence[Contact], of: Moments, unit: float) -> list[Observation]:
    """How long it took, in the unit; a span that ends before it begins is an error of the source."""
    found = []
    for one in contacts:
        begins, ends = of(one)
        if begins is not None and ends is not None and ends >= begins:
            found.append((one.reference, (ends - begins).total_seconds() / unit))
    return found
