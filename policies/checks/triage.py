"""Checks of triage.yaml against the people and the approval rules."""

from __future__ import annotations

from policies.action_needs import needs_a_person
from policies.checks.bundle import Bundle
from policies.checks.findings import Problems, unknown, used_twice
from policies.checks.named_people import check_person
from policies.checks.order import falls_through
from policies.directory import Directory
from policies.documents.triage import TriageDocument


def check_triage(bundle: Bundle, document: TriageDocument, directory: Directory | None) -> Problems:
    """Routes to nobody, categories used twice, and actions that no rule decides."""
    source = bundle.sources["triage"]
    names = [entry.name for entry in document.categories]
    yield from used_twice(
        source, [(("categories", index, "name"), name) for index, name in enumerate(names)]
    )
    if document.fallback_category not in names:
        yield unknown(source, ("fallback_category",), document.fallback_category, names, "category")
    yield from falls_through(source, ("routes",), document.routes)
    yield from used_twice(
        source, [(("routes", i, "name"), route.name) for i, route in enumerate(document.routes)]
    )
    decided = (
        {kind for rule in bundle.approval.rules for kind in rule.actions}
        if bundle.approval
        else None
    )
    for index, route in enumerate(document.routes):
        if directory:
            yield from check_person(source, ("routes", index, "owner"), route.owner, directory)
        for place, action in enumerate(route.actions):
            if decided is not None and action.kind not in decided:
                yield source.problem(
                    ("routes", index, "actions", place, "kind"),
                    "has no approval rule, so it would always be refused",
                    got=action.kind,
                    remedy="add a rule for it to approval.yaml",
                )
            if action.automatic and needs_a_person(action.kind):
                yield source.problem(
                    ("routes", index, "actions", place, "automatic"),
                    "cannot be, since only a person can say what this action needs to know",
                    got=action.kind,
                    remedy="leave automatic out, so that it is only suggested",
                )
