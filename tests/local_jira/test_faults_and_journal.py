"""Faults on purpose, and the journal that says what was committed all the same."""

import time
from typing import Any

import httpx
import pytest
from jira import JIRA, JIRAError
from local_jira_tools import Maker
from requests.exceptions import ConnectionError as LostConnectionError

from local_jira.testing import RunningLocalJira

COMMENT = {"body": "Hello"}
LONGER_THAN_THE_CALLER_WAITS = 2.0


def comments(http: httpx.Client, key: str) -> int:
    return int(http.get(f"/rest/api/2/issue/{key}/comment").json()["total"])


@pytest.mark.parametrize(
    ("retry_after", "header"),
    [(3, "3"), ("3", "3"), (1.5, "1.5"), ("Sat, 21 Nov 2026 10:00:00 GMT",) * 2, (None, None)],
)
def test_a_limit_names_its_wait_in_every_form(
    local_jira: RunningLocalJira, http: httpx.Client, retry_after: Any, header: str | None
) -> None:
    local_jira.add_fault(path_pattern="*/myself", action="retry_after", retry_after=retry_after)
    limited = http.get("/rest/api/2/myself")
    assert limited.status_code == 429
    assert limited.headers.get("retry-after") == header
    assert limited.headers["ratelimit-reason"] == "jira-burst-based"
    assert http.get("/rest/api/2/myself").status_code == 200


def test_an_error_before_the_commit_leaves_nothing_behind(
    local_jira: RunningLocalJira, http: httpx.Client, make: Maker
) -> None:
    key = make()
    local_jira.add_fault(method="POST", path_pattern="*/comment", action="status", status=500)
    before = local_jira.journal_position()
    assert http.post(f"/rest/api/2/issue/{key}/comment", json=COMMENT).status_code == 500
    assert comments(http, key) == 0
    assert (
        local_jira.journal(before)[0] | {"committed": False, "fault": "status"}
        == (local_jira.journal(before)[0])
    )


def test_an_error_after_the_commit_leaves_the_work_done(
    local_jira: RunningLocalJira, http: httpx.Client, make: Maker
) -> None:
    key = make()
    local_jira.add_fault(
        method="POST", path_pattern="*/comment", action="error_after_commit", status=503
    )
    before = local_jira.journal_position()
    assert http.post(f"/rest/api/2/issue/{key}/comment", json=COMMENT).status_code == 503
    assert comments(http, key) == 1
    entry = local_jira.journal(before)[0]
    assert (entry["committed"], entry["status"]) == (True, 503)


@pytest.mark.parametrize(
    ("action", "kept"), [("reset_before", 0), ("reset_after", 1), ("truncate", 1)]
)
def test_a_dropped_connection_is_journaled_with_what_was_committed(
    local_jira: RunningLocalJira, http: httpx.Client, make: Maker, action: str, kept: int
) -> None:
    key = make()
    local_jira.add_fault(method="POST", path_pattern="*/comment", action=action)
    before = local_jira.journal_position()
    with pytest.raises(httpx.TransportError):
        http.post(f"/rest/api/2/issue/{key}/comment", json=COMMENT)
    assert comments(http, key) == kept
    entry = local_jira.journal(before)[0]
    assert (entry["committed"], entry["status"], entry["fault"]) == (bool(kept), None, action)


def test_the_jira_package_sees_a_lost_connection_once(
    local_jira: RunningLocalJira, jira2: JIRA, make: Maker
) -> None:
    key = make()
    local_jira.add_fault(method="POST", path_pattern="*/comment", action="reset_after", times=1)
    with pytest.raises((LostConnectionError, JIRAError)):
        jira2.add_comment(key, "Hello")
    assert len(jira2.comments(key)) == 1


def test_a_fault_can_wait_for_its_turn_and_strike_several_times(
    local_jira: RunningLocalJira, http: httpx.Client
) -> None:
    local_jira.add_fault(path_pattern="*/myself", action="status", status=502, skip=1, times=2)
    answers = [http.get("/rest/api/3/myself").status_code for _ in range(4)]
    assert answers == [200, 502, 502, 200]


def test_a_slow_call_times_out_at_the_caller_and_is_done_all_the_same(
    local_jira: RunningLocalJira, http: httpx.Client, make: Maker
) -> None:
    key = make()
    local_jira.add_fault(method="POST", path_pattern="*/comment", action="slow", delay_seconds=0.6)
    with pytest.raises(httpx.ReadTimeout):
        http.post(f"/rest/api/2/issue/{key}/comment", json=COMMENT, timeout=0.2)
    deadline = time.monotonic() + 20
    while comments(http, key) == 0:
        assert time.monotonic() < deadline, "the slow call was never carried out"
        time.sleep(0.05)


@pytest.mark.parametrize(
    ("action", "kept"),
    [("reset_before", 0), ("conflict", 0), ("error_after_commit", 1), ("reset_after", 1)],
)
def test_a_fault_can_keep_the_caller_waiting_where_it_strikes(
    local_jira: RunningLocalJira, http: httpx.Client, make: Maker, action: str, kept: int
) -> None:
    key = make()
    local_jira.add_fault(
        method="POST",
        path_pattern="*/comment",
        action=action,
        delay_seconds=LONGER_THAN_THE_CALLER_WAITS,
    )
    with pytest.raises(httpx.ReadTimeout):
        http.post(f"/rest/api/2/issue/{key}/comment", json=COMMENT, timeout=0.5)
    assert comments(http, key) == kept


def test_faults_can_be_listed_lifted_and_refused_in_words(
    local_jira: RunningLocalJira, http: httpx.Client
) -> None:
    local_jira.add_fault(action="status", status=500)
    assert len(http.get("/__local__/faults").json()["faults"]) == 1
    local_jira.clear_faults()
    assert http.get("/rest/api/3/myself").status_code == 200
    bad = http.post("/__local__/faults", json={"action": "explode"})
    assert bad.status_code == 400
    assert "action" in bad.json()["errors"]


def test_the_journal_counts_endpoints_and_names_the_source(
    local_jira: RunningLocalJira, http: httpx.Client, make: Maker
) -> None:
    key = make()
    before = local_jira.journal_position()
    http.get(f"/rest/api/3/issue/{key}", headers={"X-Request-Source": "projection"})
    http.get(f"/rest/api/3/issue/{key}")
    http.put(f"/rest/api/3/issue/{key}", json={"fields": {"summary": "New"}})
    assert local_jira.counts(before) == {
        "GET /rest/api/3/issue/{issueIdOrKey}": 2,
        "PUT /rest/api/3/issue/{issueIdOrKey}": 1,
    }
    lines = local_jira.journal(before)
    assert [line["requestSource"] for line in lines] == ["projection", None, None]
    assert [line["committed"] for line in lines] == [False, False, True]
    assert {line["account"] for line in lines} == {"acc-followthrough-bot"}


def test_a_reset_goes_back_to_the_seed(
    local_jira: RunningLocalJira, http: httpx.Client, make: Maker
) -> None:
    make()
    local_jira.reset()
    assert http.get("/rest/api/3/issue/FT-1").status_code == 404
    assert make() == "FT-1"
