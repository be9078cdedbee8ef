"""Archived issues: read by id, found by no search, written by nobody until they are restored."""

from collections.abc import Iterator

import httpx
import pytest
from local_jira_tools import Maker

from local_jira.testing import RunningLocalJira

ARCHIVE, UNARCHIVE = "/rest/api/3/issue/archive", "/rest/api/3/issue/unarchive"


@pytest.fixture
def http(local_jira: RunningLocalJira) -> Iterator[httpx.Client]:
    """An admin of the local_jira."""
    with local_jira.client(local_jira.admin_auth) as client:
        yield client


def put(http: httpx.Client, path: str, *names: str) -> httpx.Response:
    return http.put(path, json={"issueIdsOrKeys": list(names)})


def found(http: httpx.Client, key: str) -> bool:
    answer = http.post(
        "/rest/api/3/search/jql", json={"jql": "project = FT", "fields": ["summary"]}
    )
    return key in {issue["key"] for issue in answer.json()["issues"]}


def test_an_archived_issue_is_read_by_id_and_found_by_no_search(
    http: httpx.Client, make: Maker
) -> None:
    key = make("Old")
    assert put(http, ARCHIVE, key).json() == {"numberOfIssuesUpdated": 1, "errors": {}}
    fields = http.get(f"/rest/api/2/issue/{key}").json()["fields"]
    assert fields["archiveddate"] is not None
    assert fields["archivedby"] is not None
    assert not found(http, key)
    assert put(http, UNARCHIVE, key).json()["numberOfIssuesUpdated"] == 1
    assert http.get(f"/rest/api/2/issue/{key}").json()["fields"]["archiveddate"] is None
    assert found(http, key)


def test_nothing_of_an_archived_issue_can_be_written(http: httpx.Client, make: Maker) -> None:
    key = make("Old")
    put(http, ARCHIVE, key)
    writes = [
        http.put(f"/rest/api/2/issue/{key}", json={"fields": {"summary": "New"}}),
        http.post(f"/rest/api/2/issue/{key}/comment", json={"body": "Word"}),
        http.put(f"/rest/api/2/issue/{key}/properties/mine", json={"a": 1}),
        http.delete(f"/rest/api/2/issue/{key}"),
    ]
    assert {answer.status_code for answer in writes} == {403}
    put(http, UNARCHIVE, key)
    assert http.post(f"/rest/api/2/issue/{key}/comment", json={"body": "Word"}).is_success


def test_archiving_says_which_issues_it_left_and_takes_sub_tasks_along(
    http: httpx.Client, make: Maker
) -> None:
    parent = make("Whole")
    fields = {
        "project": {"key": "FT"},
        "issuetype": {"name": "Sub-task"},
        "summary": "A part",
        "parent": {"key": parent},
    }
    child = http.post("/rest/api/2/issue", json={"fields": fields}).json()["key"]
    answer = put(http, ARCHIVE, child, "FT-99999", parent).json()
    assert answer["numberOfIssuesUpdated"] == 1
    assert answer["errors"]["issueIsSubtask"]["issueIdsOrKeys"] == [child]
    assert answer["errors"]["issuesNotFound"]["issueIdsOrKeys"] == ["FT-99999"]
    shown = http.get(f"/rest/api/2/issue/{child}").json()["fields"]
    assert shown["archiveddate"] is not None


def test_only_admins_archive(local_jira: RunningLocalJira, make: Maker) -> None:
    with local_jira.client(local_jira.auth_of("ada")) as ada:
        assert put(ada, ARCHIVE, make("Old")).status_code == 403


def test_an_archive_of_nothing_is_refused(http: httpx.Client) -> None:
    assert put(http, ARCHIVE).status_code == 400


def test_of_an_archive_no_webhook_tells(local_jira: RunningLocalJira, make: Maker) -> None:
    key = make("Old")
    before = local_jira.deliveries()
    with local_jira.client(local_jira.admin_auth) as http:
        put(http, ARCHIVE, key)
        put(http, UNARCHIVE, key)
    assert local_jira.deliveries() == before
