"""Rules are read from the top, so one that stands below a broader one is never used."""

from __future__ import annotations

from collections.abc import Sequence

from models.approval import ActionKind
from policies.checks.findings import Problems
from policies.documents.approval import ApprovalEntry
from policies.documents.sla import CalendarChoice, TargetRule
from policies.documents.triage import Route
from policies.problems import PathPart, PolicyProblem, shown
from policies.yaml_source import Source


def falls_through(
    source: Source, path: tuple[PathPart, ...], rules: Sequence[Route | CalendarChoice]
) -> Problems:
    """Only the last rule, and that one always, has no `when`."""
    last = len(rules) - 1
    for index, rule in enumerate(rules):
        where = (*path, index)
        if index == last and rule.when is not None:
            what = "is the last one and must take everything else"
            yield source.problem(where, what, remedy="add one without `when` below it")
        elif index < last and rule.when is None:
            what = "takes everything, so what stands below it is never used"
            yield source.problem(where, what, remedy="give it a `when`, or move it to the end")


def hidden_targets(source: Source, rules: Sequence[TargetRule]) -> Problems:
    """Targets that an earlier rule takes all items of."""
    for index, rule in enumerate(rules):
        above = next((one for one in rules[:index] if _takes_all_of(one, rule)), None)
        if above is not None:
            yield _never_used(source, ("targets", index, "name"), rule.name, above.name)


def hidden_approvals(source: Source, rules: Sequence[ApprovalEntry]) -> Problems:
    """Approval rules whose every action is decided by an earlier rule, without a condition or
    with the same.

    A climb names its rule, so there the order does not matter.
    """
    for index, rule in enumerate(rules):
        kinds = set(rule.actions)
        above = next(
            (
                one
                for one in rules[:index]
                if one.when in ("true", rule.when) and kinds <= set(one.actions)
            ),
            None,
        )
        if above is not None and ActionKind.CLIMB not in kinds:
            yield _never_used(source, ("rules", index, "name"), rule.name, above.name)


def _takes_all_of(above: TargetRule, rule: TargetRule) -> bool:
    return all(
        not broad or (bool(narrow) and set(narrow) <= set(broad))
        for broad, narrow in (
            (above.severity, rule.severity),
            (above.segment, rule.segment),
            (above.category, rule.category),
        )
    )


def _never_used(source: Source, path: Sequence[PathPart], name: str, above: str) -> PolicyProblem:
    what = f"is never used, since {above!r} above it takes everything that it would"
    return source.problem(path, what, got=shown(name), remedy="move it above that one")
