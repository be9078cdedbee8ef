"""Faults that a single request asks for, and those that change what a call finds."""

from typing import Any

import httpx
import pytest
from local_jira_tools import Maker

from local_jira.testing import RunningLocalJira, running_local_jira

COMMENT = {"body": "Hello"}


def fault(text: str) -> dict[str, str]:
    return {"X-Local-Fault": text}


@pytest.mark.parametrize(
    ("text", "status", "committed"),
    [
        ("status; status=502", 502, False),
        ("conflict", 409, False),
        ('{"action": "error_after_commit", "status": 504}', 504, True),
        ("retry_after; retry_after=3; reason=jira-per-issue-on-write", 429, False),
    ],
)
def test_one_request_can_ask_for_its_own_fault(
    local_jira: RunningLocalJira,
    http: httpx.Client,
    make: Maker,
    text: str,
    status: int,
    committed: bool,
) -> None:
    path = f"/rest/api/2/issue/{make()}/comment"
    waiting = local_jira.add_fault(method="DELETE", action="status", status=500)
    before = local_jira.journal_position()
    answer = http.post(path, json=COMMENT, headers=fault(text))
    assert answer.status_code == status
    assert http.get(path).json()["total"] == int(committed)
    first = local_jira.journal(before)[0]
    assert (first["committed"], first["status"]) == (committed, status)
    assert http.post(path, json=COMMENT).status_code == 201, "only the one request is struck"
    assert http.get("/__local__/faults").json()["faults"][0]["id"] == waiting["id"]


@pytest.mark.parametrize("text", ["explode", "status; status=200", "{", "status; nonsense"])
def test_a_fault_that_makes_no_sense_is_refused_and_nothing_done(
    local_jira: RunningLocalJira, http: httpx.Client, make: Maker, text: str
) -> None:
    path = f"/rest/api/2/issue/{make()}/comment"
    answer = http.post(path, json=COMMENT, headers=fault(text))
    assert answer.status_code == 400
    assert "X-Local-Fault" in answer.json()["errorMessages"][0]
    assert http.get(path).json()["total"] == 0


def test_a_conflict_comes_as_often_as_told(
    local_jira: RunningLocalJira, http: httpx.Client, make: Maker
) -> None:
    key = make()
    local_jira.add_fault(method="PUT", path_pattern="*/issue/*", action="conflict", times=2)
    edit = {"fields": {"summary": "New"}}
    answers = [http.put(f"/rest/api/2/issue/{key}", json=edit).status_code for _ in range(3)]
    assert answers == [409, 409, 204]


def test_a_limit_has_all_headers_and_further_ones(
    local_jira: RunningLocalJira, http: httpx.Client
) -> None:
    local_jira.add_fault(
        action="retry_after",
        reason="jira-quota-tenant-based",
        retry_after=7,
        headers={"Beta-RateLimit": '"tenant-app-quota";r=0;t=7'},
    )
    answer = http.get("/rest/api/3/myself")
    assert answer.headers["ratelimit-reason"] == "jira-quota-tenant-based"
    assert answer.headers["retry-after"] == "7"
    assert answer.headers["x-ratelimit-remaining"] == "0"
    assert answer.headers["x-ratelimit-nearlimit"] == "true"
    assert answer.headers["x-ratelimit-reset"].endswith("Z")
    assert answer.headers["beta-ratelimit"].startswith('"tenant-app-quota"')


@pytest.mark.parametrize(
    "rule",
    [
        {"headers": {"X": "a\r\nSet-Cookie: b=c"}},
        {"headers": {"X: y\r\n": "a"}},
        {"retry_after": "1\r\nX: y"},
        {"reason": "a\nb"},
    ],
)
def test_no_header_can_be_smuggled_into_an_answer(http: httpx.Client, rule: dict[str, Any]) -> None:
    answer = http.post("/__local__/faults", json={"action": "retry_after", **rule})
    assert answer.status_code == 400


def test_a_stale_search_overlooks_what_just_changed_unless_it_is_reconciled(
    local_jira: RunningLocalJira, http: httpx.Client, make: Maker
) -> None:
    key = make()
    issue_id = http.get(f"/rest/api/3/issue/{key}").json()["id"]
    asked = {"jql": "project = FT"}
    local_jira.add_fault(path_pattern="*/search/jql", action="stale_search", times=2)
    assert http.get("/rest/api/3/search/jql", params=asked).json()["issues"] == []
    reconciled = {**asked, "reconcileIssues": [int(issue_id)]}
    found = http.post("/rest/api/3/search/jql", json=reconciled).json()["issues"]
    assert [issue["id"] for issue in found] == [issue_id]
    assert http.get("/rest/api/3/search/jql", params=asked).json()["issues"] == found


def test_a_credential_that_ends_is_401_and_an_empty_search(
    local_jira: RunningLocalJira, http: httpx.Client, make: Maker
) -> None:
    key = make()
    local_jira.add_fault(action="expire_credential", times=2)
    assert http.get(f"/rest/api/3/issue/{key}").status_code == 401
    found = http.get("/rest/api/3/search/jql", params={"jql": "project = FT"})
    assert (found.status_code, found.json()["issues"]) == (200, [])
    assert http.get(f"/rest/api/3/issue/{key}").status_code == 200


def test_on_datacenter_a_stale_search_overlooks_too() -> None:
    with running_local_jira(mode="datacenter") as site, site.client() as http:
        Maker(http)()
        site.add_fault(path_pattern="*/search", action="stale_search")
        asked = {"jql": "project = FT"}
        assert http.get("/rest/api/2/search", params=asked).json()["issues"] == []
        assert len(http.get("/rest/api/2/search", params=asked).json()["issues"]) == 1
