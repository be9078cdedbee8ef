from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from jira_gateway.difference import CurrentIssue, difference
from local_jira.testing import RunningLocalJira
from models.jira_view import DesiredView, SeenFields
from models.lifecycle import StatusCategory
from tests.jira_gateway.jira_people import INTERPRETER, Desk, gateway_of, seen_of, view_of

SEEN = SeenFields(
    status="Open",
    status_category=StatusCategory.TO_DO,
    priority="Medium",
    assignee_account_id="acc-omar",
    due_date=date(2026, 4, 1),
)
WISHES: dict[str, tuple[str, Any, Any]] = {
    "priority": ("priority", "Low", "High"),
    "assignee": ("assignee_account_id", "acc-lena", "acc-ada"),
    "due_date": ("due_date", date(2026, 5, 1), date(2026, 4, 2)),
}


@pytest.mark.parametrize("field", WISHES)
def test_only_where_the_workflow_wins_a_persons_value_is_written_over(field: str) -> None:
    name, theirs, ours = WISHES[field]
    current = CurrentIssue(fields=SEEN.model_copy(update={name: theirs}))
    wanted = DesiredView(issue_id="1", issue_key="FT-1", sequence=3, last_seen=SEEN, **{name: ours})
    others = tuple(other for other in WISHES if other != field)

    jira_wins = difference(current, wanted.model_copy(update={"workflow_wins": others}))
    ours_wins = difference(current, wanted.model_copy(update={"workflow_wins": (field,)}))

    assert (jira_wins.values, jira_wins.kept) == ({}, (field,))
    assert (ours_wins.values, ours_wins.kept) == ({field: ours}, ())


def test_the_same_for_the_status() -> None:
    moved = {"status": "Done", "status_category": StatusCategory.DONE}
    current = CurrentIssue(fields=SEEN.model_copy(update=moved))
    wanted = DesiredView(
        issue_id="1",
        issue_key="FT-1",
        sequence=3,
        last_seen=SEEN,
        status_category=StatusCategory.IN_PROGRESS,
    )

    assert not difference(current, wanted).move
    assert difference(current, wanted.model_copy(update={"workflow_wins": ("status",)})).move


def test_in_jira_the_edit_is_written_over_and_still_told_to_the_item(
    site: RunningLocalJira,
) -> None:
    ada = Desk(site)
    issue = ada.create(priority={"name": "Medium"})
    gateway, last_seen = gateway_of(site), seen_of(site, issue)
    ada.edit(issue[0], priority={"name": "Low"})

    kept = gateway.project(view_of(issue, priority="High", last_seen=last_seen), INTERPRETER).result
    after_keeping = ada.look(issue[0])["fields"]["priority"]["name"]
    wanted = view_of(issue, priority="High", last_seen=last_seen, workflow_wins=("priority",))
    written = gateway.project(wanted, INTERPRETER).result

    assert (kept.kept, after_keeping) == (("priority",), "Low")
    assert ada.look(issue[0])["fields"]["priority"]["name"] == "High"
    assert "priority" in written.written
    assert [(edit.field, edit.after) for edit in written.observed.edits] == [("priority", "Low")]
