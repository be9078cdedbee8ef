from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from temporalio.exceptions import ApplicationError

from jira_gateway import intake
from jira_gateway.client import JiraClients
from jira_gateway.gateway import JiraGateway
from local_jira.testing import RunningLocalJira, running_local_jira
from models.intake import IntakeRow
from models.jira_view import Cursor, DesiredComment, Side
from models.lifecycle import StatusCategory
from models.names import SOURCE_PROPERTY
from tests.jira_gateway.jira_people import INTERPRETER, Desk, clients_of, gateway_of, view_of


@pytest.fixture(scope="module")
def server() -> Iterator[RunningLocalJira]:
    with running_local_jira(mode="datacenter", context_path="/jira") as site:
        yield site


@pytest.fixture
def clients(server: RunningLocalJira) -> JiraClients:
    """Our own account with a personal access token."""
    return clients_of(server)


@pytest.fixture
def gateway(clients: JiraClients) -> JiraGateway:
    return JiraGateway(clients, "FT")


def nap(seconds: float) -> None:
    """The local Jira's search does not lag."""


def row(number: str, **more: object) -> IntakeRow:
    values = {"summary": "The export fails", "description": "Since 4.2.", **more}
    return IntakeRow.model_validate({"source": "form", "submission_id": number, **values})


def test_we_are_known_by_our_key(clients: JiraClients) -> None:
    assert clients.myself().account_id == "acc-followthrough-bot"


def test_a_reading_knows_internal_notes_and_who_did_what(
    server: RunningLocalJira, gateway: JiraGateway
) -> None:
    ada, cora = Desk(server), Desk(server, "cora")
    issue_id, _ = cora.create("My invoice is wrong")
    said = cora.comment(issue_id, "Please look")
    note = ada.comment(issue_id, "Between us", internal=True)
    ada.edit(issue_id, assignee={"name": "omar-owner"}, priority={"name": "High"})
    seen = gateway.read_issue(issue_id, Cursor(), INTERPRETER).observed
    assert [(one.comment_id, one.side, one.public) for one in seen.comments] == [
        (said, Side.CUSTOMER, True),
        (note, Side.STAFF, False),
    ]
    assert seen.fields.assignee_account_id == "acc-omar-owner"
    edits = {one.field: (one.before, one.after) for one in seen.edits}
    assert edits == {"assignee": (None, "acc-omar-owner"), "priority": ("Medium", "High")}


def test_a_projection_writes_once_and_finds_its_work_again(
    server: RunningLocalJira, gateway: JiraGateway
) -> None:
    issue, other = Desk(server).create(), Desk(server).create()
    view = view_of(
        issue,
        status_category=StatusCategory.IN_PROGRESS,
        priority="High",
        assignee_account_id="acc-omar-owner",
        due_date=date(2026, 5, 1),
        comments=(DesiredComment(operation_id="op-1", body="We are on it", public=False),),
    )
    gateway.own_account()
    done = gateway.project(view, INTERPRETER).result
    assert done.problems == ()
    assert "op-1" in done.confirmed
    again = gateway.project(view, INTERPRETER).result
    assert again.written == ()
    shown = Desk(server).look(issue[0])["fields"]
    assert (shown["assignee"]["name"], shown["priority"]["name"]) == ("omar-owner", "High")
    assert shown["status"]["statusCategory"]["key"] == "indeterminate"
    comments = Desk(server).comments(issue[0])
    assert [comment["body"] for comment in comments] == ["We are on it"]
    marks = {entry["key"]: entry["value"] for entry in comments[0]["properties"]}
    assert marks["sd.public.comment"] == {"internal": True}
    assert other[0] != issue[0]


def test_a_projection_assigns_by_name_as_well_as_by_key(
    server: RunningLocalJira, gateway: JiraGateway
) -> None:
    issue = Desk(server).create()
    result = gateway.project(view_of(issue, assignee_account_id="ada-agent"), INTERPRETER).result
    assert result.problems == ()
    assert Desk(server).look(issue[0])["fields"]["assignee"]["name"] == "ada-agent"


def test_an_assignee_given_by_name_is_recognised_without_a_call(
    server: RunningLocalJira, gateway: JiraGateway
) -> None:
    wanted = view_of(Desk(server).create(), assignee_account_id="omar-owner")
    first = gateway.project(wanted, INTERPRETER).result
    assert first.observed.fields.assignee_account_id == "acc-omar-owner"
    again = gateway_of(server).project(wanted, INTERPRETER).result
    assert (again.calls, again.written) == (1, ())


def test_an_assignee_whom_nobody_knows_is_a_problem_of_that_field(
    server: RunningLocalJira, gateway: JiraGateway
) -> None:
    issue = Desk(server).create()
    view = view_of(issue, assignee_account_id="nobody", priority="Low")
    result = gateway.project(view, INTERPRETER).result
    assert [problem.field for problem in result.problems] == ["assignee"]
    assert Desk(server).look(issue[0])["fields"]["priority"]["name"] == "Low"


def test_a_sweep_turns_all_pages_with_the_marks_of_readings(
    server: RunningLocalJira, gateway: JiraGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jira_gateway.search.PAGE", 2)
    ada = Desk(server)
    made = [ada.create(f"number {number}")[0] for number in range(5)]
    ada.comment(made[0], "hello")
    ada.edit(made[1], priority={"name": "Low"})
    since = datetime.now(UTC) - timedelta(minutes=10)
    before = server.journal_position()
    found = {one.issue_id: one.mark for page in gateway.changed_since(since) for one in page}
    assert set(made) <= set(found)
    assert {line.split("/")[-1] for line in server.counts(before)} == {
        "search", "myself", "serverInfo",
    }  # fmt: skip
    for issue_id in made:
        assert gateway.read_issue(issue_id, Cursor(), INTERPRETER).mark == found[issue_id]


def test_a_row_becomes_one_issue_however_often_it_is_sent(
    server: RunningLocalJira, clients: JiraClients
) -> None:
    sent = row("dc-1", customer="C-7", reporter_account_id="acc-cora-customer")
    first = intake.create_or_update(clients, "FT", sent, nap)
    assert first.created
    shown = Desk(server).look(first.issue_id)
    assert shown["fields"]["reporter"]["name"] == "cora-customer"
    assert shown["properties"][SOURCE_PROPERTY]["submission_id"] == "dc-1"
    again = intake.create_or_update(clients, "FT", sent, nap)
    assert (again.issue_id, again.created, again.updated) == (first.issue_id, False, False)
    changed = row("dc-1", summary="Still fails")
    assert intake.create_or_update(clients, "FT", changed, nap).updated
    assert intake.look_up(clients, "FT", [sent, row("dc-2")]) == {
        ("form", "dc-1"): (first.issue_id, first.issue_key)
    }


@pytest.mark.parametrize("action", ["reset_after", "error_after_commit", "truncate"])
def test_a_creation_that_was_cut_off_is_not_repeated(
    server: RunningLocalJira, clients: JiraClients, action: str
) -> None:
    sent = row(f"dc-{action}")
    server.add_fault(method="POST", path_pattern="*/issue", action=action)
    assert intake.create_or_update(clients, "FT", sent, nap).created
    found = server.client().get(
        "/rest/api/2/search", params={"jql": f'labels = "{intake.source_label(sent)}"'}
    )
    assert found.json()["total"] == 1


def test_a_label_that_a_person_copied_does_not_make_an_issue_the_rows(
    server: RunningLocalJira, clients: JiraClients
) -> None:
    copied = Desk(server).create(labels=[intake.source_label(row("dc-9"))])
    outcome = intake.create_or_update(clients, "FT", row("dc-9"), nap)
    assert outcome.created
    assert outcome.issue_id != copied[0]


def test_a_lost_token_stops_everything(server: RunningLocalJira) -> None:
    with pytest.raises(ApplicationError) as caught:
        list(JiraGateway(clients_of(server, "expired"), "FT").changed_since(datetime.now(UTC)))
    assert caught.value.type == "JiraAuthentication"
