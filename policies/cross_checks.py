"""What no single policy file can know: whether the files fit together.

Every check looks at what could be read, so that one broken file does not hide what is wrong with
the others.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from models.lifecycle import Severity
from models.people import Act, Person
from policies.calendar_checks import check_calendars
from policies.conditions import NAMES, ConditionError, Vocabulary, compile_condition
from policies.directory import Directory, directory_of
from policies.documents import (
    ITEM_OWNER,
    ApprovalDocument,
    ApprovalEntry,
    CalendarsDocument,
    EscalationDocument,
    PeopleDocument,
    SlaDocument,
    TriageDocument,
)
from policies.durations import seconds_in
from policies.length_checks import bounds_of, long_expiries, long_targets, long_waits
from policies.order_checks import falls_through, hidden_approvals, hidden_targets
from policies.problems import PathPart, PolicyProblem, shown, suggestion
from policies.voters import voters
from policies.yaml_source import Source

VOCABULARIES = {
    "triage": Vocabulary.ITEM,
    "sla": Vocabulary.CUSTOMER,
    "approval": Vocabulary.APPROVAL,
}
"""Which names a condition may use in which file."""

Problems = Iterator[PolicyProblem]


@dataclass(frozen=True)
class Bundle:
    """Everything that could be read of a directory; None for a file that has problems itself."""

    sources: dict[str, Source]
    people: PeopleDocument | None
    triage: TriageDocument | None
    calendars: CalendarsDocument | None
    sla: SlaDocument | None
    escalation: EscalationDocument | None
    approval: ApprovalDocument | None


def check(bundle: Bundle) -> list[PolicyProblem]:
    """Everything that is wrong between the files, and every condition that does not compile."""
    return list(_findings(bundle))


def _findings(bundle: Bundle) -> Problems:
    for name, vocabulary in VOCABULARIES.items():
        if name in bundle.sources:
            yield from _conditions(bundle.sources[name], vocabulary)
    directory = directory_of(bundle.people) if bundle.people else None
    if bundle.people and directory:
        yield from _people(bundle.sources["people"], bundle.people, directory)
    if bundle.triage:
        yield from _triage(bundle, bundle.triage, directory)
    if bundle.calendars:
        yield from check_calendars(bundle.sources["calendars"], bundle.calendars)
    bounds = bounds_of(bundle.calendars)
    if bundle.sla:
        yield from _sla(bundle, bundle.sla)
        yield from long_targets(bundle.sources["sla"], bundle.sla, bounds)
    if bundle.escalation:
        yield from _escalation(bundle, bundle.escalation, directory)
        yield from long_waits(bundle.sources["escalation"], bundle.escalation, bounds)
    if bundle.approval:
        yield from _approval(bundle.sources["approval"], bundle.approval, directory)
        yield from long_expiries(bundle.sources["approval"], bundle.approval, bounds)


def _conditions(source: Source, vocabulary: Vocabulary) -> Problems:
    for path, text in _whens(source.data, ()):
        try:
            compile_condition(text, vocabulary)
        except ConditionError as error:
            yield source.problem(
                path,
                error.what,
                got=shown(text),
                remedy=_condition_remedy(error, vocabulary),
                at=source.place_in_text(path, error.line, error.column),
            )


def _condition_remedy(error: ConditionError, vocabulary: Vocabulary) -> str:
    if "undeclared reference to '" in error.what:
        name = error.what.split("'")[1]
        return suggestion(name, NAMES[vocabulary])
    return "correct the condition"


def _whens(node: Any, path: tuple[PathPart, ...]) -> Iterator[tuple[tuple[PathPart, ...], str]]:
    if isinstance(node, dict):
        for key, value in node.items():
            if key == "when" and isinstance(value, str):
                yield (*path, key), value
            else:
                yield from _whens(value, (*path, key))
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from _whens(value, (*path, index))


def _people(source: Source, document: PeopleDocument, directory: Directory) -> Problems:
    entries: list[tuple[tuple[PathPart, ...], str, str | None]] = []
    entries += [
        (("people", index), person.id, person.jira) for index, person in enumerate(document.people)
    ]
    entries += [
        (("automation", index), robot.id, robot.jira)
        for index, robot in enumerate(document.automation)
    ]
    yield from _twice(source, [((*path, "id"), id_) for path, id_, _ in entries])
    yield from _twice(source, [((*path, "jira"), jira) for path, _, jira in entries if jira])
    humans = {person.id for person in document.people}
    for index, robot in enumerate(document.automation):
        if robot.behind not in humans:
            yield _unknown(source, ("automation", index, "behind"), robot.behind, humans, "person")
    for act in Act:
        if act not in document.permissions:
            remedy = f"add {act}, with [] if nobody may"
            yield source.problem(("permissions", act.value), "is missing", remedy=remedy)
    for act, roles in document.permissions.items():
        for index, role in enumerate(roles):
            if role not in directory.roles:
                path = ("permissions", act.value, index)
                yield _unknown(source, path, role, directory.roles, "role that anybody has")


def _triage(bundle: Bundle, document: TriageDocument, directory: Directory | None) -> Problems:
    source = bundle.sources["triage"]
    names = [entry.name for entry in document.categories]
    yield from _twice(
        source, [(("categories", index, "name"), name) for index, name in enumerate(names)]
    )
    if document.fallback_category not in names:
        yield _unknown(
            source, ("fallback_category",), document.fallback_category, names, "category"
        )
    yield from falls_through(source, ("routes",), document.routes)
    yield from _twice(
        source, [(("routes", i, "name"), route.name) for i, route in enumerate(document.routes)]
    )
    decided = (
        {kind for rule in bundle.approval.rules for kind in rule.actions}
        if bundle.approval
        else None
    )
    for index, route in enumerate(document.routes):
        if directory:
            yield from _owner(source, ("routes", index, "owner"), route.owner, directory)
        for place, action in enumerate(route.actions):
            if decided is not None and action.kind not in decided:
                yield source.problem(
                    ("routes", index, "actions", place, "kind"),
                    "has no approval rule, so it would always be refused",
                    got=action.kind,
                    remedy="add a rule for it to approval.yaml",
                )


def _owner(
    source: Source, path: tuple[PathPart, ...], owner: str, directory: Directory
) -> Problems:
    person = directory.by_id(owner)
    if person is None:
        known = [one.id for one in directory.people if one.active and not one.behind]
        yield _unknown(source, path, owner, known, "person")
    elif not person.active or person.behind:
        what = "has left" if not person.active else "is an automation account"
        yield source.problem(path, what, got=owner, remedy="name an active person")


def _sla(bundle: Bundle, document: SlaDocument) -> Problems:
    source = bundle.sources["sla"]
    yield from falls_through(source, ("calendars",), document.calendars)
    if bundle.calendars:
        calendars = [entry.name for entry in bundle.calendars.calendars]
        for index, choice in enumerate(document.calendars):
            if choice.calendar not in calendars:
                path: tuple[PathPart, ...] = ("calendars", index, "calendar")
                yield _unknown(source, path, choice.calendar, calendars, "calendar")
    if bundle.triage:
        categories = [entry.name for entry in bundle.triage.categories]
        for index, rule in enumerate(document.targets):
            for place, category in enumerate(rule.category):
                if category not in categories:
                    path = ("targets", index, "category", place)
                    yield _unknown(source, path, category, categories, "category")
    yield from hidden_targets(source, document.targets)
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
    for outcome, resolution in document.statuses.resolutions.items():
        if resolution not in document.statuses.outcomes:
            yield source.problem(
                ("statuses", "resolutions", outcome.value),
                "is not read back",
                got=shown(resolution),
                remedy=f"add {resolution!r} to statuses.outcomes",
            )


def _escalation(
    bundle: Bundle, document: EscalationDocument, directory: Directory | None
) -> Problems:
    source = bundle.sources["escalation"]
    ladders = document.ladders
    yield from _twice(source, [(("ladders", i, "name"), one.name) for i, one in enumerate(ladders)])
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
            yield _unknown(
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
        yield _unknown(source, where, name, rules, "approval rule for climb")


def _approval(source: Source, document: ApprovalDocument, directory: Directory | None) -> Problems:
    rules = document.rules
    yield from _twice(source, [(("rules", i, "name"), rule.name) for i, rule in enumerate(rules)])
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
            yield _unknown(source, where, group, directory.groups, "group that anybody is in")
    able: tuple[Person, ...] = voters(directory.people, rule.groups, directory.permissions)
    if len(able) < rule.quorum:
        names = ", ".join(person.id for person in able) or "nobody"
        yield source.problem(
            (*path, "quorum"),
            f"can never be reached, since only these may vote: {names}",
            got=str(rule.quorum),
            remedy="lower it, or add people or groups",
        )


def _twice(source: Source, named: Iterable[tuple[tuple[PathPart, ...], str]]) -> Problems:
    seen: dict[str, tuple[PathPart, ...]] = {}
    for path, name in named:
        if name in seen:
            line, _ = source.place(seen[name])
            what = f"is used before, in line {line}"
            yield source.problem(path, what, got=shown(name), remedy="choose another")
        else:
            seen[name] = path


def _unknown(
    source: Source, path: Sequence[PathPart], name: str, known: Iterable[str], kind: str
) -> PolicyProblem:
    return source.problem(path, f"is no {kind}", got=shown(name), remedy=suggestion(name, known))
