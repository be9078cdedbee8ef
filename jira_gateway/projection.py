"""Makes an issue look as wanted with the fewest calls: one GET, then one PUT, or one POST that
moves the issue and takes the edit along, or both where the move's screen does not take it.

An attempt may be cut off after Jira has committed and be made again by Temporal. That is why every
event's operation id is written in the same call as the event itself, and why the status is compared
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
from jira_gateway.fields import category_of, name_of, seen_fields
from jira_gateway.interpreter import Interpreter
from jira_gateway.observation import (
    RawIssue,
    change_mark,
    last_change,
    observe,
    operations_on_comments,
)
from jira_gateway.people import as_shown, stable_id
from jira_gateway.read import fetch
from jira_gateway.sending import FIELD_IDS, body_of
from models.failures import ISSUE_GONE, JIRA_REFUSED, STATUS_UNREACHABLE
from models.jira_view import (
    Cursor,
    DesiredView,
    ProjectionProblem,
    ProjectionResult,
    SeenFields,
)
from models.names import ITEM_PROPERTY, SOURCE_PROPERTY

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

    def took(self, changes: Changes, move: Transition | None = None) -> None:
        """Jira has taken these changes, together with a move or without one."""
        self.values.update(changes.values)
        self.labels_added = (*self.labels_added, *changes.labels_added)
        self.labels_removed = (*self.labels_removed, *changes.labels_removed)
        self.confirmed.extend(operation_ids(changes.comments, changes.links))
        if move is not None:
            self.moved_to = move
            self.written.append("status")
        self.written.extend(_names(changes))


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
        assignee = as_shown(clients, view.assignee_account_id, issue.fields.get("assignee"))
        view = view.model_copy(update={"assignee_account_id": assignee})
        current = _current(issue, own, view.cursor)
        changes = difference(current, view)
        done = _Done(confirmed=list(changes.confirmed))
        move = _chosen(current, view, changes, done)
        if move is None or not _moved_with_everything(clients, view, move, changes, done):
            at_move, at_edit = _split_resolution(changes, move)
            if at_edit.edits:
                _edit(clients, view, at_edit, done)
            if move is not None:
                _move(clients, view, move, at_move, done)
        if "assignee" in done.values:
            done.values["assignee"] = stable_id(clients, done.values["assignee"])
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


def _current(issue: RawIssue, own: str, cursor: Cursor) -> CurrentIssue:
    properties = {
        key: value
        for key in (ITEM_PROPERTY, SOURCE_PROPERTY)
        if (value := issue.issue_property(key)) is not None
    }
    stored = properties.get(ITEM_PROPERTY, {}).get("ops") or ()
    changed = {name: last_change(issue, theirs) for name, theirs in FIELD_IDS.items()}
    return CurrentIssue(
        fields=seen_fields(issue.fields),
        properties=properties,
        operations=frozenset(map(str, stored)) | operations_on_comments(issue.comments),
        links=tuple(_links(issue.fields.get("issuelinks") or ())),
        transitions=tuple(_transitions(issue.raw.get("transitions") or ())),
        ours=frozenset(name for name, last in changed.items() if last and last[1] == own),
        theirs=frozenset(
            name
            for name, last in changed.items()
            if last and last[1] != own and last[0] > cursor.change_id
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


def _split_resolution(changes: Changes, move: Transition | None) -> tuple[Changes, Changes]:
    """The resolution goes with the move when the move's screen takes it, else with the edit."""
    takes = move is not None and (move.takes is None or "resolution" in move.takes)
    if not takes or "resolution" not in changes.values:
        return Changes(), changes
    rest = {name: value for name, value in changes.values.items() if name != "resolution"}
    at_move = Changes(values={"resolution": changes.values["resolution"]})
    return at_move, replace(changes, values=rest)


def _edit(clients: JiraClients, view: DesiredView, changes: Changes, done: _Done) -> None:
    """One PUT; a second one only when Jira refused fields, without them."""
    try:
        clients.put(f"issue/{view.issue_id}", body_of(clients, changes))
    except ApplicationError as error:
        changes = _without_refused(changes, error, done)
        if changes.edits:
            clients.put(f"issue/{view.issue_id}", body_of(clients, changes))
    done.took(changes)


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


def _move(
    clients: JiraClients, view: DesiredView, move: Transition, changes: Changes, done: _Done
) -> None:
    """One POST with the move and what goes along. A refusal becomes a problem of the status."""
    try:
        _post_move(clients, view, move, changes)
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
    done.took(changes, move)


def _moved_with_everything(
    clients: JiraClients, view: DesiredView, move: Transition, changes: Changes, done: _Done
) -> bool:
    """Move and edit in one call, where the move's screen takes all of it; False when it does not.

    A refusal commits nothing, so that edit and move can still be tried one after the other, which
    finds out what exactly was refused.
    """
    if not _fits(move, changes):
        return False
    try:
        _post_move(clients, view, move, changes)
    except ApplicationError as error:
        if error.type in (JIRA_REFUSED.type, ISSUE_GONE.type):
            return False
        raise
    done.took(changes, move)
    return True


def _fits(move: Transition, changes: Changes) -> bool:
    """Whether the move has a screen that holds every field; comments go with any screen."""
    if not move.takes:
        return False
    needed = {FIELD_IDS[name] for name in changes.values}
    needed |= {"labels"} if changes.labels_added or changes.labels_removed else set()
    needed |= {"issuelinks"} if changes.links else set()
    return needed <= move.takes


def _post_move(clients: JiraClients, view: DesiredView, move: Transition, changes: Changes) -> None:
    """The package's `transition_issue` takes neither labels nor comment nor issue properties."""
    body = {"transition": {"id": move.id}, **body_of(clients, changes)}
    clients.post(f"issue/{view.issue_id}/transitions", body)


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
