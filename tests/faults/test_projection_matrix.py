"""Every kind of write under every kind of fault, in the same worker and in a new one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest

from jira_gateway.difference import operation_ids
from models.jira_view import DesiredComment, DesiredLink, DesiredView, SeenFields
from models.lifecycle import StatusCategory
from models.names import ITEM_PROPERTY
from tests.faults.fault_kinds import ALL_FAULTS, Fault
from tests.faults.fault_rig import Rig, Shown
from tests.jira_gateway.jira_people import view_of

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
CASES = [
    *(pytest.param(write, "GET", False, id=f"{write.name}, reading") for write in WRITES),
    *(
        pytest.param(
            write, method, new, id=f"{write.name}, {method}, {'new' if new else 'same'} worker"
        )
        for write in WRITES
        for method in write.commits
        for new in (False, True)
    ),
]


@pytest.fixture(scope="module")
def other(shared_rig: Rig) -> str:
    """The issue at the other end of links."""
    return shared_rig.ada.create()[1]


@pytest.mark.parametrize("fault", ALL_FAULTS, ids=lambda fault: fault.name)
@pytest.mark.parametrize(("write", "method", "new_worker"), CASES)
def test_a_fault_leaves_the_issue_as_wanted_and_everything_there_once(
    rig: Rig, other: str, write: Write, method: str, fault: Fault, new_worker: bool
) -> None:
    issue = rig.new_issue(*FOREIGN)
    wanted = _view(write, issue, other, rig.seen(issue))
    since = rig.position()
    rig.fault({"method": method, "path_pattern": "*/issue/*", **fault.rule})
    result, failed = rig.project(wanted, rig.restart_worker if new_worker else None)
    again, late = rig.project(wanted)
    _failed_as_it_should([*failed, *late], fault)
    assert result.problems == ()
    assert result.kept == ()
    assert (again.written, again.calls) == ((), 1), "a projection with nothing to do costs one GET"
    assert set(again.confirmed) == _operations(wanted)
    assert tuple(rig.committed(since, issue[0])) == write.commits
    _looks_as_wanted(rig.show(issue), wanted, other)


@pytest.mark.parametrize("fault", ALL_FAULTS, ids=lambda fault: fault.name)
@pytest.mark.parametrize("path", ["*/myself", "*/serverInfo"])
def test_a_new_workers_first_calls_may_fail_too(
    rig: Rig, other: str, path: str, fault: Fault
) -> None:
    issue = rig.new_issue(*FOREIGN)
    wanted = _view(WRITES[-1], issue, other, rig.seen(issue))
    rig.restart_worker()
    since = rig.position()
    rig.fault({"method": "GET", "path_pattern": path, **fault.rule})
    _, failed = rig.project(wanted)
    _failed_as_it_should(failed, fault)
    assert tuple(rig.committed(since, issue[0])) == WRITES[-1].commits
    _looks_as_wanted(rig.show(issue), wanted, other)


def _view(write: Write, issue: tuple[str, str], other: str, seen: SeenFields) -> DesiredView:
    link = DesiredLink(operation_id=LINK, kind="Duplicate", other_issue_key=other)
    wishes = {**write.wishes, "links": (link,) if write.linked else ()}
    return view_of(issue, **wishes, last_seen=seen)


def _operations(wanted: DesiredView) -> set[str]:
    return set(operation_ids(wanted.comments, wanted.links))


def _failed_as_it_should(failed: list[Any], fault: Fault) -> None:
    """An answer without a body cannot be cut off, and a broken connection may show itself late."""
    if fault.breaks_connection:
        assert len(failed) <= 2, failed
    else:
        assert len(failed) == (fault.times if fault.failure else 0), failed
    assert {one.failure for one in failed} <= {fault.failure}
    assert {one.delay for one in failed} <= {fault.delay}


def _looks_as_wanted(shown: Shown, wanted: DesiredView, other: str) -> None:
    fields = shown.fields
    moved = wanted.status_category is StatusCategory.DONE
    assert set(fields["labels"]) == {*FOREIGN, *wanted.labels}
    assert fields["priority"]["name"] == (wanted.priority or "Medium")
    assert fields["duedate"] == (wanted.due_date.isoformat() if wanted.due_date else None)
    assignee = (fields["assignee"] or {}).get("accountId")
    assert assignee == wanted.assignee_account_id
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
    assert sorted(stored.get("ops", [])) == sorted(_operations(wanted))
