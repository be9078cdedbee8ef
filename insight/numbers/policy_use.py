"""Where policy bends: exceptions and whether they become the rule, and decisions at its edge."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from insight.numbers import definitions
from insight.numbers.differences import shares_by
from insight.numbers.findings import Finding, FindingKind
from insight.numbers.metric import Breakdown, Metric, share
from insight.numbers.own_items import PolicyRequest
from insight.numbers.periods import Period
from insight.numbers.sections import Section
from models.approval import ActionKind, ApprovalOutcome
from models.contact import OWN, Contact

THE_RULE = 0.1
"""An exception is becoming the rule where even the lower bound of its share is above this."""


def policy_use(
    contacts: Sequence[Contact], requests: Sequence[PolicyRequest], period: Period
) -> Section:
    """Requests that ended in the period, and decisions made in it, of our own items."""
    real = [one for one in requests if not one.dry_run]
    ended = [one for one in real if period.holds(one.ended_at)]
    decided = [one for one in contacts if one.source == OWN and period.holds(one.resolved_at)]
    granted = [one for one in real if one.action is ActionKind.POLICY_EXCEPTION and one.granted]
    excepted = {one.item for one in granted}
    by_category = shares_by(
        definitions.BECOMING_RULE,
        decided,
        lambda one: one.id in excepted,
        "category",
        lambda one: one.category,
    )
    metrics = (
        share(
            definitions.EXCEPTIONS, (one.id for one in decided if one.id in excepted), len(decided)
        ),
        _prolonged([one for one in granted if period.holds(one.ended_at)]),
        *_edges(ended),
    )
    return Section(
        id="policy",
        name="Where does policy bend?",
        metrics=tuple(one for one in metrics if one.denominator) if real else (),
        breakdowns=(by_category,) if by_category and real else (),
        findings=tuple(_becoming_rule(by_category)) if by_category else (),
    )


def _prolonged(granted: Sequence[PolicyRequest]) -> Metric:
    again = (_name(one) for one in granted if one.prolonged)
    return share(definitions.EXCEPTION_PROLONGED, again, len(granted))


def _edges(ended: Sequence[PolicyRequest]) -> tuple[Metric, ...]:
    approved = [one for one in ended if one.granted or one.outcome is ApprovalOutcome.STALE]
    voted = [one for one in ended if one.choices or one.refused_ballots]
    automatic = [one for one in ended if one.by_automation]
    return (
        share(
            definitions.OVERTURNED,
            (_name(one) for one in approved if one.undone or one.outcome is ApprovalOutcome.STALE),
            len(approved),
        ),
        share(
            definitions.NEAR_MISS,
            (_name(one) for one in voted if len(set(one.choices)) > 1 or one.refused_ballots),
            len(voted),
        ),
        share(
            definitions.REFUSED_TO_AUTOMATION,
            (_name(one) for one in automatic if one.outcome is ApprovalOutcome.REJECTED),
            len(automatic),
        ),
    )


def _becoming_rule(found: Breakdown) -> Iterator[Finding]:
    for group in found.groups:
        metric = group.metric
        if metric.enough and metric.low is not None and metric.low > THE_RULE:
            yield Finding(
                kind=FindingKind.BECOMING_RULE,
                about=group.name,
                says=f"In “{group.name}” the exception is becoming the rule: {metric.numerator} of "
                f"{metric.denominator} decided items had one.",
                items=metric.items,
            )


def _name(request: PolicyRequest) -> str:
    return f"{request.item} ({request.id})"
