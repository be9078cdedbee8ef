"""Pure: what must be written so that an issue looks as wanted, and what a person has decided.

State (status, labels, fields, properties) is compared three ways: what Jira shows, what is wanted,
and what we last saw. Already right means nothing to do; changed by a person since we looked means
that the person wins; only the rest is written. Events (a comment, a link) are told apart by
operation id and never repeated.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from models.jira_view import DesiredComment, DesiredLink, DesiredView, SeenFields
from models.lifecycle import StatusCategory
from models.names import ITEM_PROPERTY, LABEL_PREFIX

SOURCE_LABEL_PREFIX = f"{LABEL_PREFIX}src-"
"""Labels of intake. They carry our prefix, and a projection leaves them alone all the same."""
OPERATIONS = "ops"
SEQUENCE = "sequence"
LIFE = "life"
OPERATIONS_KEPT = 200
PROPERTY_CHARACTERS = 30_000
"""Jira refuses a property beyond 32,768 characters."""


@dataclass(frozen=True)
class Transition:
    """One move that the issue's Jira workflow offers now. `takes` None: the screen is not known."""

    id: str
    name: str
    to_status: str
    to_category: StatusCategory
    takes: frozenset[str] | None = None


@dataclass(frozen=True)
class LinkSeen:
    """A link that the issue has. `outward` means that this issue is the one that acts."""

    kind: str
    other_issue_key: str
    outward: bool
    symmetric: bool


@dataclass(frozen=True)
class CurrentIssue:
    """The issue as read: the base of the comparison.

    `ours` names fields that we were the last to change, `theirs` those that somebody else was the
    last to change since we looked, `operations` what was ever written by us.
    """

    fields: SeenFields
    properties: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    operations: frozenset[str] = frozenset()
    links: tuple[LinkSeen, ...] = ()
    transitions: tuple[Transition, ...] = ()
    ours: frozenset[str] = frozenset()
    theirs: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Changes:
    """What to write. `kept` names the fields in which a person's edit stands."""

    values: Mapping[str, Any] = field(default_factory=dict)
    labels_added: tuple[str, ...] = ()
    labels_removed: tuple[str, ...] = ()
    comments: tuple[DesiredComment, ...] = ()
    links: tuple[DesiredLink, ...] = ()
    properties: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    move: bool = False
    kept: tuple[str, ...] = ()
    confirmed: tuple[str, ...] = ()
    outdated: bool = False

    @property
    def edits(self) -> bool:
        """Whether anything but a move is to be written."""
        return bool(
            self.values
            or self.labels_added
            or self.labels_removed
            or self.comments
            or self.links
            or self.properties
        )


def difference(current: CurrentIssue, view: DesiredView) -> Changes:
    """What closes the gap between an issue and the view wanted of it.

    A wish of None leaves its field alone. A view older than the one last written (same life of
    the item, lower sequence) is outdated and writes nothing.
    """
    confirmed = tuple(
        operation
        for operation in operation_ids(view.comments, view.links)
        if operation in current.operations
    )
    if _outdated(current, view):
        return Changes(confirmed=confirmed, outdated=True)
    # What the policy lets us write over anybody's edit counts as our own writing.
    current = replace(current, ours=current.ours | frozenset(view.workflow_wins))
    values, kept = _values(current, view)
    move, move_kept = _move(current, view)
    comments = tuple(one for one in view.comments if one.operation_id not in current.operations)
    missing = tuple(one for one in view.links if one.operation_id not in current.operations)
    links = tuple(one for one in missing if not _linked(current, one))
    found = tuple(one.operation_id for one in missing if one not in links)
    ours = {label for label in current.fields.labels if is_ours(label)}
    changes = Changes(
        values=values,
        labels_added=tuple(sorted(set(view.labels) - set(current.fields.labels))),
        labels_removed=tuple(sorted(ours - set(view.labels))),
        comments=comments,
        links=links,
        move=move,
        kept=(*kept, *move_kept),
        confirmed=(*confirmed, *found),
    )
    return _with_properties(changes, current, view)


def choose_transition(
    transitions: tuple[Transition, ...], category: StatusCategory, preferred: tuple[str, ...]
) -> Transition | None:
    """The move into a category whose target comes first in the order of preference."""
    order = {name.casefold(): place for place, name in enumerate(preferred)}
    leading = [move for move in transitions if move.to_category is category]
    return min(
        leading, key=lambda move: order.get(move.to_status.casefold(), len(order)), default=None
    )


def operation_ids(
    comments: tuple[DesiredComment, ...], links: tuple[DesiredLink, ...]
) -> tuple[str, ...]:
    """The operation ids of events, comments first."""
    return (
        *(comment.operation_id for comment in comments),
        *(link.operation_id for link in links),
    )


def is_ours(label: str) -> bool:
    """Whether a label is the projection's to remove."""
    return label.startswith(LABEL_PREFIX) and not label.startswith(SOURCE_LABEL_PREFIX)


def item_property(
    current: CurrentIssue, view: DesiredView, written: tuple[str, ...]
) -> dict[str, Any]:
    """Our issue property: the view's own content, its sequence, and the operations ever written.

    The newest operations are kept, as many as Jira's limit for a property allows.
    """
    before = (current.properties.get(ITEM_PROPERTY) or {}).get(OPERATIONS) or ()
    operations = [*dict.fromkeys((*map(str, before), *written))][-OPERATIONS_KEPT:]
    content: dict[str, Any] = {**view.properties.get(ITEM_PROPERTY, {}), SEQUENCE: view.sequence}
    while len(json.dumps({**content, OPERATIONS: operations})) > PROPERTY_CHARACTERS and operations:
        operations = operations[1:]
    return {**content, OPERATIONS: operations}


def _values(current: CurrentIssue, view: DesiredView) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Wanted values by field name, and the fields that a person has set otherwise."""
    now, before = current.fields, view.last_seen
    rows = (
        ("priority", now.priority, view.priority, before and before.priority),
        (
            "assignee",
            now.assignee_account_id,
            view.assignee_account_id,
            before and before.assignee_account_id,
        ),
        ("due_date", now.due_date, view.due_date, before and before.due_date),
        ("resolution", now.resolution, view.resolution, before and before.resolution),
    )
    values: dict[str, Any] = {}
    kept = []
    for name, shown, wanted, last_seen in rows:
        if wanted is None or wanted == shown:
            continue
        # A person may have set a field back to what we saw, after somebody or we had changed it.
        untouched = shown == last_seen and name not in current.theirs
        if before is None or untouched or name in current.ours:
            values[name] = wanted
        else:
            kept.append(name)
    return values, tuple(kept)


def _move(current: CurrentIssue, view: DesiredView) -> tuple[bool, tuple[str, ...]]:
    if view.status_category in (None, current.fields.status_category):
        return False, ()
    before = view.last_seen
    if before is None or before.status == current.fields.status or "status" in current.ours:
        return True, ()
    return False, ("status",)


def _outdated(current: CurrentIssue, view: DesiredView) -> bool:
    stored = current.properties.get(ITEM_PROPERTY) or {}
    life = view.properties.get(ITEM_PROPERTY, {}).get(LIFE)
    sequence = stored.get(SEQUENCE)
    same_life = life is not None and stored.get(LIFE) == life
    return same_life and isinstance(sequence, int) and sequence > view.sequence


def _linked(current: CurrentIssue, link: DesiredLink) -> bool:
    """Whether the link is there. A symmetric one counts in both directions."""
    return any(
        seen.kind == link.kind
        and seen.other_issue_key == link.other_issue_key
        and (seen.outward or seen.symmetric)
        for seen in current.links
    )


def _with_properties(changes: Changes, current: CurrentIssue, view: DesiredView) -> Changes:
    operations = operation_ids(changes.comments, changes.links)
    differing = {
        key: value
        for key, value in view.properties.items()
        if key != ITEM_PROPERTY and current.properties.get(key) != value
    }
    stored = current.properties.get(ITEM_PROPERTY) or {}
    content = {key: value for key, value in stored.items() if key not in (OPERATIONS, SEQUENCE)}
    own = view.properties.get(ITEM_PROPERTY)
    # A resolution usually goes with the move and is no reason for an edit of its own.
    alone = {name: value for name, value in changes.values.items() if name != "resolution"}
    edits = replace(changes, values=alone).edits
    if edits or differing or (own is not None and own != content):
        written = (*operations, *changes.confirmed)
        differing[ITEM_PROPERTY] = item_property(current, view, written)
    return replace(changes, properties=differing)
