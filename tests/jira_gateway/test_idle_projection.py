"""A projection with nothing to do costs one reading, on Cloud and on Data Center."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest

from jira_gateway.gateway import JiraGateway
from local_jira.testing import RunningLocalJira, running_local_jira
from models.jira_view import Cursor, DesiredComment, DesiredLink, DesiredView, ProjectionResult
from models.lifecycle import StatusCategory
from models.names import ITEM_PROPERTY
from tests.jira_gateway.jira_people import INTERPRETER, Desk, gateway_of, view_of

SAID = DesiredComment(operation_id="life/1", body="Triaged.")
MANY = 130
"""More than a page of Jira's holds."""

Issue = tuple[str, str]


@pytest.fixture(scope="module", params=["cloud", "datacenter"])
def kind(request: pytest.FixtureRequest) -> Iterator[RunningLocalJira]:
    with running_local_jira(mode=request.param) as running:
        yield running


@pytest.fixture
def ada(kind: RunningLocalJira) -> Desk:
    return Desk(kind)


def new_process(site: RunningLocalJira) -> JiraGateway:
    """A gateway that has only said who it is."""
    gateway = gateway_of(site)
    gateway.own_account()
    return gateway


def project(site: RunningLocalJira, view: DesiredView) -> ProjectionResult:
    """One projection by a process that remembers nothing; its calls are checked by the journal."""
    gateway, before = new_process(site), site.journal_position()
    result = gateway.project(view, INTERPRETER).result
    lines = [one for one in site.journal(before) if one["requestSource"] == "followthrough"]
    assert len(lines) == result.calls
    return result


def a_word_of_ours(ada: Desk, other: str) -> dict[str, Any]:
    """It stands after the cursor, since no reading has told of it."""
    return {"comments": (SAID,)}


def an_assignee(ada: Desk, other: str) -> dict[str, Any]:
    return {"assignee_account_id": "acc-omar-owner"}


def everything(ada: Desk, other: str) -> dict[str, Any]:
    return {
        "priority": "High",
        "due_date": date(2026, 4, 1),
        "assignee_account_id": "acc-omar-owner",
        "labels": ("ft-breached",),
        "properties": {ITEM_PROPERTY: {"life": "one"}},
        "comments": (SAID,),
        "links": (DesiredLink(operation_id="life/2", kind="Duplicate", other_issue_key=other),),
        "status_category": StatusCategory.DONE,
        "resolution": "Answered",
    }


@pytest.mark.parametrize("wishes", [a_word_of_ours, an_assignee, everything])
def test_what_is_as_wanted_costs_one_call(
    kind: RunningLocalJira, ada: Desk, wishes: Callable[[Desk, str], dict[str, Any]]
) -> None:
    wanted = view_of(ada.create(), **wishes(ada, ada.create()[1]))
    assert project(kind, wanted).written
    again = project(kind, wanted)
    assert (again.calls, again.written) == (1, ())


@pytest.mark.parametrize("wish", [{}, {"status_category": StatusCategory.TO_DO}])
def test_an_issue_that_nobody_touched_costs_one_call(
    kind: RunningLocalJira, ada: Desk, wish: dict[str, Any]
) -> None:
    assert project(kind, view_of(ada.create(), **wish)).calls == 1


def test_what_a_person_set_otherwise_costs_one_call(kind: RunningLocalJira, ada: Desk) -> None:
    issue = ada.create()
    before = project(kind, view_of(issue)).observed.fields
    person = {"name": "ada-agent"} if kind.mode == "datacenter" else {"accountId": "acc-ada-agent"}
    ada.edit(issue[0], assignee=person)
    wanted = view_of(issue, assignee_account_id="acc-omar-owner", last_seen=before)
    result = project(kind, wanted)
    assert (result.calls, result.written, result.kept) == (1, (), ("assignee",))


def test_a_long_talk_and_history_that_were_read_cost_one_call(
    kind: RunningLocalJira, ada: Desk
) -> None:
    issue = ada.create()
    for number in range(MANY):
        ada.comment(issue[0], f"word {number}", internal=number % 2 == 0)
        ada.edit(issue[0], summary=f"summary {number}")
    told = project(kind, view_of(issue)).observed
    assert [one.public for one in told.comments] == [number % 2 == 1 for number in range(MANY)]
    assert project(kind, view_of(issue, cursor=told.cursor)).calls == 1


def test_a_note_among_words_of_ours_is_never_taken_for_public(
    kind: RunningLocalJira, ada: Desk
) -> None:
    """On Data Center a second call says who may see it; when it was told, one call is enough."""
    issue = ada.create()
    project(kind, view_of(issue, comments=(SAID,)))
    note = ada.comment(issue[0], "Between us", internal=True)
    word = ada.comment(issue[0], "Dear customer")
    more = DesiredComment(operation_id="life/2", body="Escalated.")
    project(kind, view_of(issue, comments=(SAID, more), cursor=Cursor(comment_id=word)))

    told = project(kind, view_of(issue)).observed
    seen = [(one.comment_id, one.public) for one in told.comments]
    assert seen == [(note, False), (word, True)]
    assert project(kind, view_of(issue, cursor=told.cursor)).calls == 1
