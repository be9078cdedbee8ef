from datetime import date
from typing import Any

import pytest
from temporalio.exceptions import ApplicationError

from local_jira.testing import RunningLocalJira
from models.jira_view import Cursor, DesiredComment, DesiredLink
from models.lifecycle import StatusCategory
from models.names import ITEM_PROPERTY
from tests.jira_gateway.jira_people import INTERPRETER, Desk, gateway_of, seen_of, view_of

INTERNAL = DesiredComment(operation_id="life/1", body="Triaged: S2, billing.")
ANSWER = DesiredComment(operation_id="life/2", body="We look into it.", public=True)


def everything(**more: Any) -> dict[str, Any]:
    return {
        "priority": "High",
        "assignee_account_id": "acc-omar-owner",
        "due_date": date(2026, 4, 1),
        "labels": ("ft-category-billing",),
        "properties": {ITEM_PROPERTY: {"severity": "S2"}},
        "comments": (INTERNAL, ANSWER),
        **more,
    }


def test_an_issue_that_is_already_right_costs_one_call(site: RunningLocalJira) -> None:
    gateway, issue = gateway_of(site), Desk(site).create()
    view = view_of(issue, **everything())
    gateway.own_account()
    gateway.project(view, INTERPRETER)
    before = site.journal_position()
    result = gateway.project(view, INTERPRETER).result
    assert result.calls == 1
    assert sum(site.counts(before).values()) == 1, site.counts(before)
    assert result.written == ()
    assert set(result.confirmed) == {"life/1", "life/2"}


def test_fields_labels_comments_and_property_go_in_one_edit(site: RunningLocalJira) -> None:
    gateway, ada = gateway_of(site), Desk(site)
    issue = ada.create(labels=["vip"])
    result = gateway.project(view_of(issue, **everything()), INTERPRETER).result
    assert result.calls == 2
    assert result.problems == ()
    assert set(result.confirmed) == {"life/1", "life/2"}
    shown = ada.look(issue[0])
    fields = shown["fields"]
    assert fields["priority"]["name"] == "High"
    assert fields["assignee"]["accountId"] == "acc-omar-owner"
    assert fields["duedate"] == "2026-04-01"
    assert set(fields["labels"]) == {"vip", "ft-category-billing"}
    assert shown["properties"][ITEM_PROPERTY] == {
        "severity": "S2",
        "sequence": 1,
        "ops": ["life/1", "life/2"],
    }
    assert result.observed.fields == seen_of(site, issue)


def test_an_internal_comment_never_reaches_the_customer(site: RunningLocalJira) -> None:
    gateway, cora = gateway_of(site), Desk(site, "cora")
    issue = cora.create()
    gateway.project(view_of(issue, comments=(INTERNAL, ANSWER)), INTERPRETER)
    visible = [one["body"] for one in cora.comments(issue[0])]
    assert visible == ["We look into it."]
    marks = {
        one["body"]: {entry["key"]: entry["value"] for entry in one["properties"]}
        for one in Desk(site).comments(issue[0])
    }
    assert marks["Triaged: S2, billing."]["sd.public.comment"] == {"internal": True}
    assert marks["We look into it."]["sd.public.comment"] == {"internal": False}


def test_our_own_comments_and_edits_are_not_told_back(site: RunningLocalJira) -> None:
    gateway, issue = gateway_of(site), Desk(site).create()
    first = gateway.project(view_of(issue, **everything()), INTERPRETER)
    reading = gateway.read_issue(issue[0], first.result.observed.cursor, INTERPRETER)
    assert reading.observed.comments == ()
    assert reading.observed.edits == ()
    assert reading.mark == first.mark


@pytest.mark.parametrize(
    "fault",
    [
        {"action": "error_after_commit", "status": 502},
        {"action": "error_after_commit", "status": 503, "retry_after": 1},
        {"action": "reset_after"},
        {"action": "truncate"},
        {"action": "reset_before"},
        {"action": "status", "status": 500},
        {"action": "status", "status": 409},
    ],
)
@pytest.mark.parametrize(
    ("method", "due"), [("PUT", date(2026, 4, 1)), ("POST", date(2026, 4, 1)), ("POST", None)]
)
def test_a_write_that_was_cut_off_is_not_doubled(
    site: RunningLocalJira, fault: dict[str, Any], method: str, due: date | None
) -> None:
    gateway, ada = gateway_of(site), Desk(site)
    issue, other = ada.create(), ada.create()
    link = DesiredLink(operation_id="life/3", kind="Duplicate", other_issue_key=other[1])
    view = view_of(
        issue,
        **everything(links=(link,) if due else (), due_date=due, last_seen=seen_of(site, issue)),
        status_category=StatusCategory.DONE,
        resolution="Fixed",
    )
    gateway.own_account()
    site.add_fault(method=method, path_pattern="*/issue/*", **fault)
    with _may_fail():
        gateway.project(view, INTERPRETER)
    with _may_fail():  # a connection that broke off may show itself in the next call
        gateway.project(view, INTERPRETER)
    result = gateway.project(view, INTERPRETER).result
    assert result.problems == ()
    assert result.kept == ()
    assert set(result.confirmed) == {"life/1", "life/2", *(["life/3"] if due else [])}
    shown = ada.look(issue[0])
    assert len(ada.comments(issue[0])) == 2
    assert len(shown["fields"]["issuelinks"]) == (1 if due else 0)
    assert shown["fields"]["status"]["name"] == "Done"
    assert shown["fields"]["resolution"]["name"] == "Fixed"
    moves = [
        item
        for change in shown["changelog"]["histories"]
        for item in change["items"]
        if item["field"] == "status"
    ]
    assert len(moves) == 1


def test_a_move_costs_one_call_more_and_takes_the_preferred_way(site: RunningLocalJira) -> None:
    gateway, issue = gateway_of(site), Desk(site).create()
    view = view_of(
        issue,
        status_category=StatusCategory.IN_PROGRESS,
        preferred_statuses=("Waiting for customer",),
    )
    result = gateway.project(view, INTERPRETER).result
    assert result.calls == 2
    assert result.written == ("status",)
    assert result.observed.fields == seen_of(site, issue)
    assert result.observed.fields.status == "Waiting for customer"


def test_a_resolution_goes_with_the_move_whose_screen_takes_it(site: RunningLocalJira) -> None:
    gateway, issue = gateway_of(site), Desk(site).create()
    view = view_of(issue, status_category=StatusCategory.DONE, resolution="Duplicate")
    result = gateway.project(view, INTERPRETER).result
    assert result.calls == 2
    assert seen_of(site, issue).resolution == "Duplicate"
    assert result.observed.fields == seen_of(site, issue)


def test_a_move_takes_comment_labels_and_property_along(site: RunningLocalJira) -> None:
    gateway, ada = gateway_of(site), Desk(site)
    issue = Desk(site, "cora").create()
    view = view_of(
        issue,
        **everything(due_date=None),
        status_category=StatusCategory.DONE,
        resolution="Answered",
        last_seen=seen_of(site, issue),
    )
    result = gateway.project(view, INTERPRETER).result
    assert result.calls == 2
    assert set(result.confirmed) == {"life/1", "life/2"}
    assert result.observed.fields == seen_of(site, issue)
    visible = [one["body"] for one in Desk(site, "cora").comments(issue[0])]
    assert visible == ["We look into it."]
    assert len(ada.comments(issue[0])) == 2
    assert ada.look(issue[0])["properties"][ITEM_PROPERTY]["ops"] == ["life/1", "life/2"]


def test_a_move_with_a_refused_value_is_made_without_it(site: RunningLocalJira) -> None:
    gateway, ada = gateway_of(site), Desk(site)
    issue = ada.create()
    view = view_of(
        issue,
        **everything(due_date=None, priority="Apocalyptic"),
        status_category=StatusCategory.DONE,
        resolution="Answered",
    )
    result = gateway.project(view, INTERPRETER).result
    assert [one.field for one in result.problems] == ["priority"]
    assert len(ada.comments(issue[0])) == 2
    assert seen_of(site, issue).resolution == "Answered"


def test_a_resolution_that_does_not_exist_leaves_the_status_and_is_told(
    site: RunningLocalJira,
) -> None:
    gateway, ada = gateway_of(site), Desk(site)
    issue = ada.create()
    wishes = everything(due_date=None)
    view = view_of(issue, **wishes, status_category=StatusCategory.DONE, resolution="Vanished")
    result = gateway.project(view, INTERPRETER).result
    (problem,) = result.problems
    assert (problem.failure, problem.field) == ("JiraRefused", "status")
    assert problem.detail == {"transition": "Resolve", "fields": "resolution"}
    assert len(ada.comments(issue[0])) == 2
    assert seen_of(site, issue).status == "Open"


def test_a_status_without_a_way_to_it_is_told_and_the_rest_is_written(
    site: RunningLocalJira,
) -> None:
    gateway, ada = gateway_of(site), Desk(site)
    issue = ada.create()
    ada.move(issue[0], "11")
    view = view_of(issue, status_category=StatusCategory.TO_DO, **everything())
    result = gateway.project(view, INTERPRETER).result
    (problem,) = result.problems
    assert (problem.failure, problem.field) == ("StatusUnreachable", "status")
    assert problem.detail == {"wanted": "new", "offered": "Waiting for customer, Done"}
    assert set(result.confirmed) == {"life/1", "life/2"}
    assert ada.look(issue[0])["fields"]["priority"]["name"] == "High"


def test_a_persons_edit_wins_and_is_told(site: RunningLocalJira) -> None:
    gateway, ada = gateway_of(site), Desk(site)
    issue = ada.create()
    seen = gateway.read_issue(issue[0], Cursor(), INTERPRETER).observed
    ada.edit(issue[0], priority={"name": "Lowest"}, duedate="2026-12-24")
    view = view_of(
        issue,
        priority="High",
        due_date=date(2026, 4, 1),
        assignee_account_id="acc-omar-owner",
        last_seen=seen.fields,
        cursor=seen.cursor,
    )
    result = gateway.project(view, INTERPRETER).result
    assert set(result.kept) == {"priority", "due_date"}
    assert {edit.field for edit in result.observed.edits} == {"priority", "duedate"}
    fields = ada.look(issue[0])["fields"]
    assert fields["priority"]["name"] == "Lowest"
    assert fields["duedate"] == "2026-12-24"
    assert fields["assignee"]["accountId"] == "acc-omar-owner"


def test_a_field_that_a_person_set_back_to_what_we_saw_stays_theirs(
    site: RunningLocalJira,
) -> None:
    gateway, ada = gateway_of(site), Desk(site)
    issue = ada.create(duedate="2026-04-05")
    seen = gateway.read_issue(issue[0], Cursor(), INTERPRETER).observed
    ada.edit(issue[0], duedate="2026-04-03")
    ada.edit(issue[0], duedate="2026-04-05")
    view = view_of(issue, due_date=date(2026, 4, 1), last_seen=seen.fields, cursor=seen.cursor)
    result = gateway.project(view, INTERPRETER).result
    assert result.kept == ("due_date",)
    assert ada.look(issue[0])["fields"]["duedate"] == "2026-04-05"


def test_a_status_that_a_person_moved_meanwhile_is_kept(site: RunningLocalJira) -> None:
    gateway, ada = gateway_of(site), Desk(site)
    issue = ada.create()
    seen = seen_of(site, issue)
    ada.move(issue[0], "41")
    view = view_of(issue, status_category=StatusCategory.IN_PROGRESS, last_seen=seen)
    result = gateway.project(view, INTERPRETER).result
    assert result.kept == ("status",)
    assert result.observed.fields.status == "Done"


def test_labels_of_people_and_of_intake_are_never_touched(site: RunningLocalJira) -> None:
    gateway, ada = gateway_of(site), Desk(site)
    issue = ada.create(labels=["vip", "ft-old", "ft-src-0123456789abcdef"])
    gateway.project(view_of(issue, labels=("ft-new",)), INTERPRETER)
    assert set(ada.look(issue[0])["fields"]["labels"]) == {
        "vip",
        "ft-new",
        "ft-src-0123456789abcdef",
    }


def test_a_value_that_jira_refuses_is_told_and_the_rest_is_written(site: RunningLocalJira) -> None:
    gateway, ada = gateway_of(site), Desk(site)
    issue = ada.create()
    wishes = everything(priority="Apocalyptic", assignee_account_id="acc-nobody")
    result = gateway.project(view_of(issue, **wishes), INTERPRETER).result
    assert {(one.failure, one.field) for one in result.problems} == {
        ("JiraRefused", "priority"),
        ("JiraRefused", "assignee"),
    }
    assert set(result.confirmed) == {"life/1", "life/2"}
    fields = ada.look(issue[0])["fields"]
    assert fields["priority"]["name"] == "Medium"
    assert fields["duedate"] == "2026-04-01"
    assert len(ada.comments(issue[0])) == 2


def test_a_link_to_an_issue_that_is_gone_is_told_and_the_rest_is_written(
    site: RunningLocalJira,
) -> None:
    gateway, ada = gateway_of(site), Desk(site)
    issue = ada.create()
    link = DesiredLink(operation_id="life/3", kind="Duplicate", other_issue_key="FT-99999")
    result = gateway.project(view_of(issue, **everything(links=(link,))), INTERPRETER).result
    (problem,) = result.problems
    assert (problem.field, problem.detail) == ("issuelinks", {"operations": "life/3"})
    assert set(result.confirmed) == {"life/1", "life/2"}
    shown = ada.look(issue[0])
    assert shown["properties"][ITEM_PROPERTY]["ops"] == ["life/1", "life/2"]
    assert len(ada.comments(issue[0])) == 2


def test_a_comment_beyond_jiras_limit_is_shortened(site: RunningLocalJira) -> None:
    gateway, ada = gateway_of(site), Desk(site)
    issue = ada.create()
    long = DesiredComment(operation_id="life/1", body="語" * 100_000)
    result = gateway.project(view_of(issue, comments=(long,)), INTERPRETER).result
    assert (result.confirmed, result.problems) == (("life/1",), ())


def test_a_link_says_that_this_issue_duplicates_the_other(site: RunningLocalJira) -> None:
    gateway, ada = gateway_of(site), Desk(site)
    issue, other = ada.create(), ada.create()
    link = DesiredLink(operation_id="life/3", kind="Duplicate", other_issue_key=other[1])
    gateway.project(view_of(issue, links=(link,)), INTERPRETER)
    (seen,) = ada.look(issue[0])["fields"]["issuelinks"]
    assert seen["outwardIssue"]["key"] == other[1]
    assert seen["type"]["outward"] == "duplicates"


def test_people_who_write_during_a_projection_are_heard(site: RunningLocalJira) -> None:
    gateway, ada = gateway_of(site), Desk(site)
    issue = ada.create()
    said = ada.comment(issue[0], "/ack mine")
    result = gateway.project(view_of(issue, **everything()), INTERPRETER).result
    assert [one.comment_id for one in result.observed.comments] == [said]
    assert result.observed.cursor.comment_id == said


class _may_fail:  # noqa: N801 - it reads as a sentence where it is used
    """An attempt fails with a failure that Temporal repeats, or not at all."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> bool:
        if error is None:
            return True
        assert isinstance(error, ApplicationError), error
        assert not error.non_retryable
        return True
