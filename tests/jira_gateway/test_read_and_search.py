from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from pydantic import SecretStr
from temporalio.exceptions import ApplicationError

from jira_gateway import read
from jira_gateway.client import JiraClients, JiraCredentials
from jira_gateway.gateway import JiraGateway
from jira_gateway.search import changed_jql
from local_jira.testing import RunningLocalJira
from models.jira_view import CommandName, Cursor, Side
from models.lifecycle import StatusCategory
from tests.jira_gateway.jira_people import INTERPRETER, Desk, clients_of, gateway_of


def test_an_issue_is_read_in_one_call_with_what_people_did(site: RunningLocalJira) -> None:
    gateway, ada, cora = gateway_of(site), Desk(site), Desk(site, "cora")
    issue_id, key = cora.create("My invoice is wrong", description="Twice charged")
    said = cora.comment(issue_id, "Please look")
    note = ada.comment(issue_id, "/ack mine", internal=True)
    ada.edit(issue_id, priority={"name": "High"})
    ada.move(issue_id, "11")
    gateway.own_account()
    reading = gateway.read_issue(issue_id, Cursor(), INTERPRETER)
    assert reading.calls == 1
    seen = reading.observed
    assert (seen.issue_id, seen.issue_key) == (issue_id, key)
    assert seen.fields.status_category is StatusCategory.IN_PROGRESS
    assert seen.fields.priority == "High"
    assert [(one.comment_id, one.side, one.public) for one in seen.comments] == [
        (said, Side.CUSTOMER, True),
        (note, Side.STAFF, False),
    ]
    assert seen.comments[1].command is not None
    assert seen.comments[1].command.name is CommandName.ACK
    edits = {one.field: (one.before, one.after) for one in seen.edits}
    assert edits["priority"] == ("Medium", "High")
    assert edits["status"] == ("Open", "In Progress")


def test_what_was_read_is_not_told_again(site: RunningLocalJira) -> None:
    gateway, ada = gateway_of(site), Desk(site)
    issue_id, _ = ada.create()
    ada.comment(issue_id, "one")
    first = gateway.read_issue(issue_id, Cursor(), INTERPRETER)
    second_comment = ada.comment(issue_id, "two")
    second = gateway.read_issue(issue_id, first.observed.cursor, INTERPRETER)
    assert [one.comment_id for one in second.observed.comments] == [second_comment]
    third = gateway.read_issue(issue_id, second.observed.cursor, INTERPRETER)
    assert third.observed.comments == ()
    assert third.mark == second.mark != first.mark


def test_the_words_come_only_with_a_full_reading(site: RunningLocalJira) -> None:
    gateway, cora = gateway_of(site), Desk(site, "cora")
    issue_id, _ = cora.create("請求書が間違っています", description="二重に請求されました")
    full = gateway.read_full(issue_id, INTERPRETER)
    assert full.summary == "請求書が間違っています"
    assert full.description == "二重に請求されました"
    assert full.project == "FT"
    assert full.issue_type == "Feedback"
    assert "請求書" not in full.reading.observed.model_dump_json()


def test_a_deleted_issue_is_gone(site: RunningLocalJira) -> None:
    gateway, ada = gateway_of(site), Desk(site)
    issue_id, _ = ada.create()
    ada.client.delete(f"/rest/api/2/issue/{issue_id}")
    with pytest.raises(ApplicationError) as caught:
        gateway.read_issue(issue_id, Cursor(), INTERPRETER)
    assert caught.value.type == "IssueGone"
    assert caught.value.non_retryable


def test_a_search_names_changed_issues_with_the_mark_of_a_reading(site: RunningLocalJira) -> None:
    gateway, ada = gateway_of(site), Desk(site)
    issue = ada.create()
    ada.comment(issue[0], "hello")
    mark = gateway.read_issue(issue[0], Cursor(), INTERPRETER).mark
    assert _found(gateway)[issue[0]] == mark
    ada.edit(issue[0], priority={"name": "Low"})
    assert _found(gateway)[issue[0]] != mark


def test_a_search_turns_all_pages(site: RunningLocalJira, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jira_gateway.search.PAGE", 2)
    gateway, ada = gateway_of(site), Desk(site)
    made = {ada.create(f"number {number}")[0] for number in range(5)}
    assert made <= set(_found(gateway))


def test_the_search_asks_in_jiras_own_zone_and_whole_minutes() -> None:
    since = datetime(2026, 3, 1, 12, 30, 59, tzinfo=UTC)
    assert 'updated >= "2026-03-01 21:30"' in changed_jql("FT", since, "Asia/Tokyo")
    assert 'updated >= "2026-03-01 12:30"' in changed_jql("FT", since, "Nowhere/Else")


def _found(gateway: JiraGateway) -> dict[str, str | None]:
    since = datetime.now(UTC) - timedelta(minutes=10)
    return {one.issue_id: one.mark for page in gateway.changed_since(since) for one in page}


def test_a_search_costs_one_call_a_page_and_one_for_the_zone(site: RunningLocalJira) -> None:
    gateway = gateway_of(site)
    gateway.clients.client()
    before = site.journal_position()
    pages = len(list(gateway.changed_since(datetime.now(UTC) - timedelta(minutes=10))))
    assert site.counts(before) == {
        "GET /rest/api/2/search/jql": pages,
        "GET /rest/api/2/myself": 1,
    }


def test_all_pages_of_a_long_history_are_turned(
    site: RunningLocalJira, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jira_gateway.read.PAGE", 2)
    gateway, ada = gateway_of(site), Desk(site)
    issue_id, _ = ada.create()
    made = [ada.comment(issue_id, f"number {number}") for number in range(5)]
    pages = read._all_pages(gateway.clients, f"issue/{issue_id}/comment", "comments")
    assert [int(one["id"]) for one in pages] == made
    ada.edit(issue_id, priority={"name": "Low"})
    ada.edit(issue_id, priority={"name": "High"})
    ada.edit(issue_id, duedate="2026-04-01")
    pages = read._all_pages(gateway.clients, f"issue/{issue_id}/changelog", "values")
    assert [one["items"][0]["field"] for one in pages][-3:] == ["priority", "priority", "duedate"]


@pytest.mark.parametrize(
    ("ids", "total", "known", "complete"),
    [
        ((3, 2, 1), 3, 0, True),
        ((), 0, 0, True),
        ((9, 8, 7), 9, 7, True),
        ((9, 8, 7), 9, 6, False),
        ((1, 2, 3), 9, 2, False),
        ((), 4, 2, False),
        ((2, 1), None, 0, True),
    ],
)
def test_a_page_is_enough_when_nothing_new_can_be_missing(
    ids: tuple[int, ...], total: int | None, known: int, complete: bool
) -> None:
    entries = tuple({"id": str(number)} for number in ids)
    assert read._complete(entries, total, known) is complete


def test_threads_have_clients_of_their_own_and_ask_for_the_version_once(
    site: RunningLocalJira,
) -> None:
    clients = clients_of(site)
    before = site.journal_position()
    first = clients.client()
    with ThreadPoolExecutor(1) as other_thread:
        second = other_thread.submit(clients.client).result()
    assert first is not second
    assert first is clients.client()
    assert sum(site.counts(before).values()) == 1


def test_a_token_without_a_user_is_sent_as_a_bearer_token(site: RunningLocalJira) -> None:
    token = SecretStr(site.bot_auth[1])
    clients = JiraClients(site.url, JiraCredentials(token=token))
    assert clients.myself().account_id == "acc-followthrough-bot"
