"""Checks of approval.yaml against the people."""

from __future__ import annotations

from models.people import Person
from policies.checks.findings import Problems, unknown, used_twice
from policies.checks.order import hidden_approvals
from policies.directory import Directory
from policies.documents.approval import ApprovalDocument, ApprovalEntry
from policies.durations import seconds_in
from policies.problems import PathPart
from policies.voters import voters
from policies.yaml_source import Source


def check_approval(
    source: Source, document: ApprovalDocument, directory: Directory | None
) -> Problems:
    """What is wrong with the rules themselves, and quorums that nobody can reach."""
    rules = document.rules
    yield from used_twice(
        source, [(("rules", i, "name"), rule.name) for i, rule in enumerate(rules)]
    )
    yield from hidden_approvals(source, rules)
    for index, rule in enumerate(rules):
        path: tuple[PathPart, ...] = ("rules", index)
        if rule.remind_after and seconds_in(rule.remind_after) >= seconds_in(rule.expires_after):
            yield source.problem(
                (*path, "remind_after"),
                "is not before expires_after",
                got=rule.remind_after,
                remedy="remind earlier",
            )
        if directory:
            yield from _quorum(source, path, rule, directory)


def _quorum(
    source: Source, path: tuple[PathPart, ...], rule: ApprovalEntry, directory: Directory
) -> Problems:
    for index, group in enumerate(rule.groups):
        if group not in directory.groups:
            where = (*path, "groups", index)
            yield unknown(source, where, group, directory.groups, "group that anybody is in")
    able: tuple[Person, ...] = voters(directory.people, rule.groups, directory.permissions)
    if len(able) < rule.quorum:
        names = ", ".join(person.id for person in able) or "nobody"
        yield source.problem(
            (*path, "quorum"),
            f"can never be reached, since only these may vote: {names}",
            got=str(rule.quorum),
            remedy="lower it, or add people or groups",
        )
