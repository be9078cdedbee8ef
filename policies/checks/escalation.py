"""Checks of escalation.yaml against the people and the approval rules."""

from __future__ import annotations

from collections.abc import Sequence

from models.lifecycle import Severity
from policies.checks.bundle import Bundle
from policies.checks.findings import Problems, unknown, used_twice
from policies.directory import Directory
from policies.documents.approval import ApprovalDocument
from policies.documents.escalation import EscalationDocument
from policies.levels import ITEM_OWNER
from policies.problems import PathPart
from policies.yaml_source import Source


def check_escalation(
    bundle: Bundle, document: EscalationDocument, directory: Directory | None
) -> Problems:
    """Severities without a ladder, levels that reach nobody, and unknown names."""
    source = bundle.sources["escalation"]
    ladders = document.ladders
    yield from used_twice(
        source, [(("ladders", i, "name"), one.name) for i, one in enumerate(ladders)]
    )
    for severity in Severity:
        if not any(severity in ladder.severity for ladder in ladders):
            what = f"have no ladder for {severity}"
            yield source.problem(("ladders",), what, remedy="add one", of_key=True)
    for index, ladder in enumerate(ladders):
        for level, rung in enumerate(ladder.rungs):
            path: tuple[PathPart, ...] = ("ladders", index, "rungs", level)
            if directory:
                yield from _notify(source, path, rung.notify, directory)
            if rung.needs_approval and bundle.approval:
                yield from _leave_rule(source, path, rung.needs_approval, bundle.approval)


def _notify(
    source: Source, path: tuple[PathPart, ...], notify: Sequence[str], directory: Directory
) -> Problems:
    reached: set[str] = set()
    for index, written in enumerate(notify):
        kind, _, name = written.rpartition(":")
        found, known = _reached(kind, name, directory)
        reached |= found
        if name not in known or kind not in ("", "role", "group"):
            what = {"role": "role that anybody has", "group": "group that anybody is in"}
            yield unknown(
                source, (*path, "notify", index), written, known, what.get(kind, "person")
            )
    if not reached:
        remedy = "name at least one active person"
        yield source.problem((*path, "notify"), "reaches nobody", remedy=remedy, of_key=True)


def _reached(kind: str, name: str, directory: Directory) -> tuple[set[str], frozenset[str]]:
    if kind == "role":
        return {person.id for person in directory.with_role(name)}, directory.roles
    if kind == "group":
        return {person.id for person in directory.in_group(name)}, directory.groups
    known = frozenset(person.id for person in directory.people) | {ITEM_OWNER}
    person = directory.by_id(name)
    active = name == ITEM_OWNER or (person is not None and person.active)
    return ({name} if active else set()), known


def _leave_rule(
    source: Source, path: tuple[PathPart, ...], name: str, approval: ApprovalDocument
) -> Problems:
    rules = [rule.name for rule in approval.rules if "climb" in rule.actions]
    if name not in rules:
        where = (*path, "needs_approval")
        yield unknown(source, where, name, rules, "approval rule for climb")
