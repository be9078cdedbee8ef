"""Every kind of write that a projection makes, and how an issue has to look after it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from jira_gateway.difference import operation_ids
from jira_gateway.fields import account_id_of
from models.jira_view import DesiredComment, DesiredView
from models.lifecycle import StatusCategory
from models.names import ITEM_PROPERTY
from tests.faults.fault_rig import Shown

FOREIGN = ("vip", "ft-src-0123456789abcdef")
INTERNAL = DesiredComment(operation_id="life/1", body="Triaged: S2, billing.")
PUBLIC = DesiredComment(operation_id="life/2", body="We look into it.", public=True)
LINK = "life/3"

FIELDS: dict[str, Any] = {
    "priority": "High",
    "assignee_account_id": "acc-omar-owner",
    "due_date": date(2026, 4, 1),
}
LABELS: dict[str, Any] = {"labels": ("ft-category-billing", "ft-sev-2")}
COMMENTS: dict[str, Any] = {"comments": (INTERNAL, PUBLIC)}
PROPERTY: dict[str, Any] = {"properties": {ITEM_PROPERTY: {"life": "one", "severity": "S2"}}}
MOVE: dict[str, Any] = {"status_category": StatusCategory.DONE, "resolution": "Answered"}


@dataclass(frozen=True)
class Write:
    """A kind of write: the wishes, whether a link is among them, and what Jira has to commit."""

    name: str
    wishes: dict[str, Any]
    commits: tuple[str, ...]
    linked: bool = False


WRITES = (
    Write("fields", FIELDS, ("PUT",)),
    Write("labels", LABELS, ("PUT",)),
    Write("comments", COMMENTS, ("PUT",)),
    Write("property", PROPERTY, ("PUT",)),
    Write("link", {}, ("PUT",), linked=True),
    Write("move", MOVE, ("POST",)),
    Write("move with words", {**LABELS, **COMMENTS, **PROPERTY, **MOVE}, ("POST",)),
    Write(
        "everything",
        {**FIELDS, **LABELS, **COMMENTS, **PROPERTY, **MOVE},
        ("PUT", "POST"),
        linked=True,
    ),
)


def operations_of(wanted: DesiredView) -> set[str]:
    """The operation ids of its comments and links."""
    return set(operation_ids(wanted.comments, wanted.links))


def looks_as_wanted(shown: Shown, wanted: DesiredView, other: str) -> None:
    """Assert that the issue shows all that is wanted, once each, and nothing of people's is lost.

    `other` is the key of the issue at the other end of links.
    """
    fields = shown.fields
    moved = wanted.status_category is StatusCategory.DONE
    assert set(fields["labels"]) == {*FOREIGN, *wanted.labels}
    assert fields["priority"]["name"] == (wanted.priority or "Medium")
    assert fields["duedate"] == (wanted.due_date.isoformat() if wanted.due_date else None)
    assert account_id_of(fields["assignee"]) == wanted.assignee_account_id
    assert shown.moves == (["Done"] if moved else [])
    assert (fields["resolution"] or {}).get("name") == wanted.resolution
    links = [link["outwardIssue"]["key"] for link in fields["issuelinks"]]
    assert links == [other for _ in wanted.links]
    assert shown.operations == {one.operation_id: 1 for one in wanted.comments}
    assert shown.bodies == [one.body for one in wanted.comments]
    assert shown.public_bodies == [one.body for one in wanted.comments if one.public]
    stored = shown.properties.get(ITEM_PROPERTY, {})
    own = wanted.properties.get(ITEM_PROPERTY, {})
    assert {key: stored.get(key) for key in own} == own
    assert sorted(stored.get("ops", [])) == sorted(operations_of(wanted))
