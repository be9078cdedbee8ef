"""What no single policy file can know: whether the files fit together.

Every check looks at what could be read, so that one broken file does not hide what is wrong with
the others.
"""

from __future__ import annotations

from policies.checks.approval import check_approval
from policies.checks.bundle import Bundle
from policies.checks.calendars import check_calendars
from policies.checks.conditions import VOCABULARIES, conditions_of
from policies.checks.escalation import check_escalation
from policies.checks.findings import Problems
from policies.checks.lengths import bounds_of, long_expiries, long_targets, long_waits, slow_ladders
from policies.checks.people import check_people
from policies.checks.review import check_review
from policies.checks.rollout import check_rollout
from policies.checks.sla import check_sla
from policies.checks.themes import check_themes
from policies.checks.triage import check_triage
from policies.directory import directory_of
from policies.problems import PolicyProblem


def check(bundle: Bundle) -> list[PolicyProblem]:
    """Everything that is wrong between the files, and every condition that does not compile."""
    return list(_findings(bundle))


def _findings(bundle: Bundle) -> Problems:
    for name, vocabulary in VOCABULARIES.items():
        if name in bundle.sources:
            yield from conditions_of(bundle.sources[name], vocabulary)
    directory = directory_of(bundle.people) if bundle.people else None
    if bundle.people and directory:
        yield from check_people(bundle.sources["people"], bundle.people, directory)
    if bundle.triage:
        yield from check_triage(bundle, bundle.triage, directory)
    if bundle.calendars:
        yield from check_calendars(bundle.sources["calendars"], bundle.calendars)
    bounds = bounds_of(bundle.calendars)
    if bundle.sla:
        yield from check_sla(bundle, bundle.sla)
        yield from long_targets(bundle.sources["sla"], bundle.sla, bounds)
    if bundle.escalation:
        yield from check_escalation(bundle, bundle.escalation, directory)
        yield from long_waits(bundle.sources["escalation"], bundle.escalation, bounds)
    if bundle.escalation and bundle.sla:
        yield from slow_ladders(bundle.sources["escalation"], bundle.escalation, bundle.sla, bounds)
    if bundle.approval:
        yield from check_approval(bundle.sources["approval"], bundle.approval, directory)
        yield from long_expiries(bundle.sources["approval"], bundle.approval, bounds)
    if bundle.rollout:
        yield from check_rollout(bundle.sources["rollout"], bundle.rollout, directory)
    if bundle.review:
        yield from check_review(bundle.sources["review"], bundle.review, directory)
    if bundle.themes:
        yield from check_themes(bundle.sources["themes"], bundle.themes, directory)
