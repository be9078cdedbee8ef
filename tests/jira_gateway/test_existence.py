from __future__ import annotations

from collections.abc import Iterator

import pytest
from temporalio.exceptions import ApplicationError

from jira_gateway import existence
from jira_gateway.client import JiraClients
from jira_gateway.existence import OutOfReach
from local_jira.testing import RunningLocalJira, running_local_jira
from models.failures import JIRA_AUTHENTICATION
from tests.jira_gateway.jira_people import Desk, clients_of


@pytest.fixture(scope="module", params=["cloud", "datacenter"])
def either(request: pytest.FixtureRequest) -> Iterator[RunningLocalJira]:
    with running_local_jira(mode=request.param) as site:
        yield site


@pytest.fixture
def clients(either: RunningLocalJira) -> JiraClients:
    return clients_of(either)


def test_only_deleted_issues_are_missing_and_a_moved_one_is_there(
    either: RunningLocalJira, clients: JiraClients
) -> None:
    ada = Desk(either)
    there, moved, gone = (ada.create() for _ in range(3))
    ada.leave_for(moved[1], "PROD")
    with either.client(either.admin_auth) as http:
        http.delete(f"/rest/api/2/issue/{gone[0]}").raise_for_status()
    asked = [issue_id for issue_id, _ in (there, moved, gone)]
    assert existence.out_of_reach(clients, asked).gone == {gone[0]}


def test_an_archived_issue_is_archived_and_not_gone(
    site: RunningLocalJira,
) -> None:
    issue_id, key = Desk(site).create()
    with site.client(site.admin_auth) as http:
        answer = http.put("/rest/api/3/issue/archive", json={"issueIdsOrKeys": [key]})
        answer.raise_for_status()
    expected = OutOfReach(gone=frozenset(), archived=frozenset({issue_id}))
    assert existence.out_of_reach(clients_of(site), [issue_id]) == expected


def test_a_call_is_made_for_each_page_of_ids(
    either: RunningLocalJira, clients: JiraClients, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(existence, "ASKED_AT_ONCE", 2)
    ids = [Desk(either).create()[0] for _ in range(5)]
    clients.client()
    since = either.journal_position()
    assert existence.out_of_reach(clients, ids) == OutOfReach(frozenset(), frozenset())
    assert sum(either.counts(since).values()) == 3


def test_to_a_stranger_nothing_is_missing(site: RunningLocalJira) -> None:
    with pytest.raises(ApplicationError) as caught:
        existence.out_of_reach(clients_of(site, "withdrawn"), [Desk(site).create()[0]])
    assert caught.value.type == JIRA_AUTHENTICATION.type
