"""Makes an issue look as wanted with the fewest calls: one GET, at most one PUT, at most one POST.

An attempt may be cut off after Jira has committed and be made again by Temporal. That is why every
event's operation id is written in the same PUT as the event itself, and why the status is compared
before it is moved: a second attempt finds the work of the first.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from temporalio.exceptions import ApplicationError

from jira_gateway.client import JiraClients
from jira_gateway.difference import (
    Changes,
    CurrentIssue,
    LinkSeen,
    Transition,
    choose_transition,
    difference,
    operation_ids,
)
from jira_gateway.failures import jira_failures
from jira_gateway.fields import category_of, name_of, seen_fields
from jira_gateway.interpreter import Interpreter
from jira_gateway.observation import (
    PUBLIC_PROPERTY,
    RawIssue,
    change_mark,
    last_editor,
    observe,
    operations_on_comments,
)
from jira_gateway.read import fetch
from models.failures import ISSUE_GONE, JIRA_REFUSED, STATUS_UNREACHABLE
from models.jira_view import (
    DesiredComment,
    DesiredView,
    ProjectionProblem,
    ProjectionResult,
    SeenFields,
)
from models.names import ITEM_PROPERTY, OPERATION_PROPERTY, SOURCE_PROPERTY

FIELD_IDS = {
    "status": "status",
    "priority": "priority",
    "assignee": "assignee",
    "due_date": "duedate",
    "resolution": "resolution",
}
"""Our name of a field → Jira's."""
TEXT_CHARACTERS = 32_000
"""Jira refuses a comment beyond 32,767 characters."""
NAMES = {theirs: ours for ours, theirs in FIELD_IDS.items()}


@dataclass
class _Done:
    """What one projection has achieved so far."""

    written: list[str] = field(default_factory=list)
    confirmed: list[str] = field(default_factory=list)
    problems: list[ProjectionProblem] = field(default_factory=list)
    values: dict[str, Any] = field(default_factory=dict)
    labels_added: tuple[str, ...] = ()
    labels_removed: tuple[str, ...] = ()
    moved_to: Transition | None = None


@dataclass(frozen=True)
class Projected:
    """A projection's result, and the mark by which a later sweep knows the state it saw."""

    result: ProjectionResult
    mark: str


def project(clients: JiraClients, view: DesiredView, interpreter: Interpreter) -> Projected:
    """Close the difference between the issue and the view, and report what people did meanwhile.

    What Jira's configuration refuses (a field off the screen, a status without a way to it) is a
    problem in the result, and everything else is written all the same. Raises `ApplicationError`
    for what stops the whole: rate limit, outage, conflict, credential, permission, issue gone.
    """
    own = clients.myself().account_id
    clients.client()
    with clients.counter.operation("project") as tally:
        issue = fetch(clients, view.issue_id, view.cursor, with_transitions=True)
        current = _current(issue, own)
        changes = difference(current, view)
        done = _Done(confirmed=list(changes.confirmed))
        move = _chosen(current, view, changes, done)
        at_move, at_edit = _split_resolution(changes, move)
        if at_edit.edits:
            _edit(clients, view, at_edit, done)
        if move is not None:
            _transition(clients, view, move, at_move, done)
    observed = observe(issue, view.cursor, own, interpreter)
    result = ProjectionResult(
        observed=observed.model_copy(update={"fields": _afterwards(observed.fields, done)}),
        confirmed=tuple(done.confirmed),
        kept=changes.kept,
        written=tuple(done.written),
        problems=tuple(done.problems),
        calls=tally.calls,
    )
    mark = change_mark(issue.comments, issue.changes, issue.fields.get("created"), own)
    return Projected(result=result, mark=mark)


def _current(issue: RawIssue, own: str) -> CurrentIssue:
    properties = {
        key: value
        for key in (ITEM_PROPERTY, SOURCE_PROPERTY)
        if (value := issue.issue_property(key)) is not None
    }
    stored = properties.get(ITEM_PROPERTY, {}).get("ops") or ()
    return CurrentIssue(
        fields=seen_fields(issue.fields),
        properties=properties,
        operations=frozenset(map(str, stored)) | operations_on_comments(issue.comments),
        links=tuple(_links(issue.fields.get("issuelinks") or ())),
        transitions=tuple(_transitions(issue.raw.get("transitions") or ())),
        ours=frozenset(
            name for name, theirs in FIELD_IDS.items() if last_editor(issue, theirs) == own
        ),
    )


def _links(raw: Iterable[Mapping[str, Any]]) -> Iterable[LinkSeen]:
    for link in raw:
        kind = link.get("type") or {}
        other = link.get("outwardIssue") or link.get("inwardIssue") or {}
        yield LinkSeen(
            kind=str(kind.get("name")),
            other_issue_key=str(other.get("key")),
            outward="outwardIssue" in link,
            symmetric=kind.get("inward") == kind.get("outward"),
        )


def _transitions(raw: Iterable[Mapping[str, Any]]) -> Iterable[Transition]:
    for move in raw:
        if move.get("isAvailable") is False:
            continue
        screen = move.get("fields")
        yield Transition(
            id=str(move.get("id")),
            name=str(move.get("name")),
            to_status=name_of(move.get("to")) or "",
            to_category=category_of(move.get("to")),
            takes=frozenset(screen) if isinstance(screen, Mapping) else None,
        )


def _chosen(
    current: CurrentIssue, view: DesiredView, changes: Changes, done: _Done
) -> Transition | None:
    if not changes.move or view.status_category is None:
        return None
    move = choose_transition(current.transitions, view.status_category, view.preferred_statuses)
    if move is None:
        offered = ", ".join(one.to_status for one in current.transitions) or "none"
        done.problems.append(
            ProjectionProblem(
                failure=STATUS_UNREACHABLE.type,
                field="status",
                detail={"wanted": view.status_category.value, "offered": offered},
            )
        )
    return move


def _split_resolution(
    changes: Changes, move: Transition | None
) -> tuple[Mapping[str, Any], Changes]:
    """The resolution goes with the move when the move's screen takes it, else with the edit."""
    takes = move is not None and (move.takes is None or "resolution" in move.takes)
    if not takes or "resolution" not in changes.values:
        return {}, changes
    rest = {name: value for name, value in changes.values.items() if name != "resolution"}
    return {"resolution": changes.values["resolution"]}, replace(changes, values=rest)


def _edit(clients: JiraClients, view: DesiredView, changes: Changes, done: _Done) -> None:
    """One PUT; a second one only when Jira refused fields, without them."""
    try:
        clients.put(f"issue/{view.issue_id}", _edit_body(clients, changes))
    except ApplicationError as error:
        changes = _without_refused(changes, error, done)
        if changes.edits:
            clients.put(f"issue/{view.issue_id}", _edit_body(clients, changes))
    done.values.update(changes.values)
    done.labels_added, done.labels_removed = changes.labels_added, changes.labels_removed
    done.written.extend(_names(changes))
    done.confirmed.extend(operation_ids(changes.comments, changes.links))


def _without_refused(changes: Changes, error: ApplicationError, done: _Done) -> Changes:
    """The changes that Jira has no objection to; the others become problems.

    Raises the error again when it does not say what to leave out.
    """
    refused: set[str] = set()
    if error.type == JIRA_REFUSED.type and error.details:
        named = {NAMES.get(name, name) for name in error.details[0]["fields"]}
        refused = named & set(_names(changes))
    if not refused and changes.links and error.type in (ISSUE_GONE.type, JIRA_REFUSED.type):
        # The issue was read a moment ago, and nothing else is named: it is a link's other end.
        refused = {"issuelinks"}
    if not refused:
        raise error
    left = _left_over(changes, refused)
    dropped = {
        "comment": operation_ids(changes.comments, ()),
        "issuelinks": operation_ids((), changes.links),
    }
    for name in sorted(refused):
        operations = dropped.get(name, ())
        detail = {"operations": ", ".join(operations)} if operations else {}
        done.problems.append(ProjectionProblem(failure=str(error.type), field=name, detail=detail))
    return left


def _left_over(changes: Changes, refused: set[str]) -> Changes:
    comments = () if "comment" in refused else changes.comments
    links = () if "issuelinks" in refused else changes.links
    dropped = set(operation_ids(changes.comments, changes.links))
    dropped -= set(operation_ids(comments, links))
    properties = {key: dict(value) for key, value in changes.properties.items()}
    if ITEM_PROPERTY in properties:
        kept = [one for one in properties[ITEM_PROPERTY]["ops"] if one not in dropped]
        properties[ITEM_PROPERTY]["ops"] = kept
    return replace(
        changes,
        values={name: value for name, value in changes.values.items() if name not in refused},
        labels_added=() if "labels" in refused else changes.labels_added,
        labels_removed=() if "labels" in refused else changes.labels_removed,
        comments=comments,
        links=links,
        properties=properties,
    )


def _edit_body(clients: JiraClients, changes: Changes) -> dict[str, Any]:
    labels = [
        *({"add": label} for label in changes.labels_added),
        *({"remove": label} for label in changes.labels_removed),
    ]
    update = {
        "labels": labels,
        "comment": [{"add": _comment(one)} for one in changes.comments],
        "issuelinks": [
            {"add": {"type": {"name": one.kind}, "outwardIssue": {"key": one.other_issue_key}}}
            for one in changes.links
        ],
    }
    body: dict[str, Any] = {
        "fields": _as_sent(clients, changes.values),
        "update": {name: operations for name, operations in update.items() if operations},
        "properties": [{"key": key, "value": value} for key, value in changes.properties.items()],
    }
    return {name: part for name, part in body.items() if part}


def _comment(comment: DesiredComment) -> dict[str, Any]:
    """Who may see a comment is said each time: a comment that does not say so is public."""
    return {
        "body": comment.body[:TEXT_CHARACTERS],
        "properties": [
            {"key": PUBLIC_PROPERTY, "value": {"internal": not comment.public}},
            {"key": OPERATION_PROPERTY, "value": {"id": comment.operation_id}},
        ],
    }


def _as_sent(clients: JiraClients, values: Mapping[str, Any]) -> dict[str, Any]:
    """Wanted values in Jira's own shapes, by its field ids."""
    user = "accountId" if clients.kind == "cloud" else "name"
    sent: dict[str, Any] = {}
    for name, value in values.items():
        if name == "due_date":
            sent[FIELD_IDS[name]] = value.isoformat()
        else:
            sent[FIELD_IDS[name]] = {user if name == "assignee" else "name": value}
    return sent


def _transition(
    clients: JiraClients,
    view: DesiredView,
    move: Transition,
    values: Mapping[str, Any],
    done: _Done,
) -> None:
    client = clients.client()
    try:
        with jira_failures():
            client.transition_issue(view.issue_id, move.id, fields=_as_sent(clients, values))
    except ApplicationError as error:
        if error.type != JIRA_REFUSED.type:
            raise
        named = ", ".join(error.details[0]["fields"]) if error.details else ""
        done.problems.append(
            ProjectionProblem(
                failure=JIRA_REFUSED.type,
                field="status",
                detail={"transition": move.name, "fields": named},
            )
        )
        return
    done.moved_to = move
    done.values.update(values)
    done.written.extend(("status", *values))


def _names(changes: Changes) -> tuple[str, ...]:
    """The parts of a change, for people to read."""
    parts = (
        ("labels", changes.labels_added or changes.labels_removed),
        ("comment", changes.comments),
        ("issuelinks", changes.links),
        ("properties", changes.properties),
    )
    return (*changes.values, *(name for name, part in parts if part))


def _afterwards(before: SeenFields, done: _Done) -> SeenFields:
    """The fields as they stand now, from what was read and what was written."""
    values: dict[str, Any] = {
        "labels": tuple(sorted({*before.labels, *done.labels_added} - {*done.labels_removed})),
        "priority": done.values.get("priority", before.priority),
        "assignee_account_id": done.values.get("assignee", before.assignee_account_id),
        "due_date": done.values.get("due_date", before.due_date),
        "resolution": done.values.get("resolution", before.resolution),
    }
    if done.moved_to is not None:
        values["status"] = done.moved_to.to_status
        values["status_category"] = done.moved_to.to_category
    return before.model_copy(update=values)
