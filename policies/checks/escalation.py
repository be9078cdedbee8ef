"""Checks of escalation.yaml against the people, the rotas and the approval rules."""

from __future__ import annotations

from collections.abc import Sequence

from models.ladder import Hours, OutOfHours
from models.lifecycle import Severity
from policies.checks.bundle import Bundle
from policies.checks.findings import Problems, unknown, used_twice
from policies.checks.ladders import check_course
from policies.checks.notified import check_notify
from policies.directory import Directory
from policies.documents.approval import ApprovalDocument
from policies.documents.escalation import EscalationDocument, LadderEntry, RungEntry
from policies.levels import ITEM_OWNER
from policies.problems import PathPart
from policies.yaml_source import Source

Path = tuple[PathPart, ...]


def check_escalation(
    bundle: Bundle, document: EscalationDocument, directory: Directory | None
) -> Problems:
    """Severities without a ladder, levels that reach nobody or never, and unknown names."""
    source = bundle.sources["escalation"]
    ladders = document.ladders
    yield from used_twice(
        source, [(("ladders", i, "name"), one.name) for i, one in enumerate(ladders)]
    )
    for severity in Severity:
        if not any(severity in ladder.severity for ladder in ladders):
            what = f"have no ladder for {severity}"
            yield source.problem(("ladders",), what, remedy="add one", of_key=True)
    yield from _overshadowed(source, ladders)
    for index, ladder in enumerate(ladders):
        yield from check_course(source, ("ladders", index), ladder)
        for level, rung in enumerate(ladder.rungs):
            path: Path = ("ladders", index, "rungs", level)
            yield from _timing(source, path, rung)
            if directory:
                yield from check_notify(
                    source, path, rung.notify, directory, frozenset({ITEM_OWNER})
                )
            if rung.needs_approval and bundle.approval:
                yield from _leave_rule(source, path, rung.needs_approval, bundle.approval)


def _overshadowed(source: Source, ladders: Sequence[LadderEntry]) -> Problems:
    """A ladder whose severities all have an earlier one is never climbed."""
    taken: set[Severity] = set()
    for index, ladder in enumerate(ladders):
        if taken.issuperset(ladder.severity):
            remedy = "take it out, or give it a severity of its own"
            yield source.problem(
                ("ladders", index, "severity"), "all have a ladder above", remedy=remedy
            )
        taken.update(ladder.severity)


def _timing(source: Source, path: Path, rung: RungEntry) -> Problems:
    if rung.when is Hours.OUT and rung.out_of_hours is OutOfHours.QUEUE:
        what = "waits for working hours, but the level is told out of hours only"
        yield source.problem((*path, "out_of_hours"), what, remedy="leave one of them out")
    if rung.needs_approval is None and "if_nobody_decides" in rung.model_fields_set:
        what = "says what becomes of an approval, but the level needs none"
        remedy = "add needs_approval, or leave it out"
        yield source.problem((*path, "if_nobody_decides"), what, remedy=remedy)


def _leave_rule(source: Source, path: Path, name: str, approval: ApprovalDocument) -> Problems:
    rules = [rule.name for rule in approval.rules if "climb" in rule.actions]
    if name not in rules:
        where = (*path, "needs_approval")
        yield unknown(source, where, name, rules, "approval rule for climb")
