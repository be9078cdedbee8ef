"""Checks of sla.yaml against the calendars and the categories."""

from __future__ import annotations

from models.lifecycle import Severity, StatusCategory
from policies.checks.bundle import Bundle
from policies.checks.clock_conditions import check_clocks
from policies.checks.findings import Problems, unknown
from policies.checks.order import falls_through, hidden_targets
from policies.documents.sla import SlaDocument
from policies.problems import PathPart, shown


def check_sla(bundle: Bundle, document: SlaDocument) -> Problems:
    """Severities without a target, and names that no other file knows."""
    source = bundle.sources["sla"]
    yield from falls_through(source, ("calendars",), document.calendars)
    if bundle.calendars:
        calendars = [entry.name for entry in bundle.calendars.calendars]
        for index, choice in enumerate(document.calendars):
            if choice.calendar not in calendars:
                path: tuple[PathPart, ...] = ("calendars", index, "calendar")
                yield unknown(source, path, choice.calendar, calendars, "calendar")
    if bundle.triage:
        categories = [entry.name for entry in bundle.triage.categories]
        for index, rule in enumerate(document.targets):
            for place, category in enumerate(rule.category):
                if category not in categories:
                    path = ("targets", index, "category", place)
                    yield unknown(source, path, category, categories, "category")
    yield from hidden_targets(source, document.targets)
    yield from check_clocks(source, document)
    for severity in Severity:
        if not any(
            (not rule.severity or severity in rule.severity)
            and not rule.segment
            and not rule.category
            for rule in document.targets
        ):
            yield source.problem(
                ("targets",),
                f"leaves some {severity} items without a target",
                remedy=f"end with a rule for {severity} without segment and category",
                of_key=True,
            )
    yield from _votes(bundle, document)
    for outcome, resolution in document.statuses.resolutions.items():
        if resolution not in document.statuses.outcomes:
            yield source.problem(
                ("statuses", "resolutions", outcome.value),
                "is not read back",
                got=shown(resolution),
                remedy=f"add {resolution!r} to statuses.outcomes",
            )


def _votes(bundle: Bundle, document: SlaDocument) -> Problems:
    """A move is either a vote for or one against, and never a decision of the item as well."""
    source, statuses = bundle.sources["sla"], document.statuses
    done = statuses.preferred.get(StatusCategory.DONE, ())
    for list_name in ("approve_when", "reject_when"):
        for place, status in enumerate(getattr(statuses, list_name)):
            path: tuple[PathPart, ...] = ("statuses", list_name, place)
            if list_name == "reject_when" and status in statuses.approve_when:
                yield source.problem(
                    path,
                    "is in approve_when as well",
                    got=shown(status),
                    remedy="leave it in one of the two lists",
                )
            if status in done:
                yield source.problem(
                    path,
                    "is a status in which items are done",
                    got=shown(status),
                    remedy="name a status on the way there: a vote decides no item",
                )
