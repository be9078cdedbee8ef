"""Rate limits: how much is let in, in which words the rest is refused, and when it is let in again."""

from collections.abc import Iterator

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as some
from local_jira_tools import Maker, adf

from local_jira.limits import HOUR, SECOND, Asked, LimitBook, Limits, points_of
from local_jira.testing import RunningLocalJira

ISSUE = "/rest/api/3/issue/{issueIdOrKey}"
NOW = 500_000 * HOUR


def book(**limits: object) -> LimitBook:
    return LimitBook(Limits.model_validate({"enabled": True, **limits}))


def admitted(kept: LimitBook, asked: Asked, times: int, now: int = NOW) -> int:
    return sum(kept.admit(asked, now).allowed for _ in range(times))


@pytest.mark.parametrize(
    ("method", "template", "rate"),
    [
        ("GET", "/rest/api/3/myself", 100),
        ("POST", "/rest/api/3/search/jql", 100),
        ("PUT", ISSUE, 50),
        ("DELETE", ISSUE, 50),
        ("GET", ISSUE, 150),
        ("GET", ISSUE + "/changelog", 200),
    ],
)
def test_a_burst_takes_one_second_of_the_documented_rate(
    method: str, template: str, rate: int
) -> None:
    kept = book()
    asked = Asked(method, template, "ada")
    assert admitted(kept, asked, rate + 20) == rate
    assert admitted(kept, Asked("GET", "/rest/api/3/other", "ada"), 1) == 1
    refused = kept.admit(asked, NOW)
    assert refused.headers["RateLimit-Reason"] == "jira-burst-based"
    assert refused.headers["Retry-After"] == "1"
    assert admitted(kept, asked, rate + 20, NOW + SECOND) == rate


def test_one_issue_takes_20_writes_in_2_seconds_and_100_in_30() -> None:
    kept = book()
    write = Asked("PUT", ISSUE, "ada", issue=1)
    assert admitted(kept, write, 25) == 20
    refused = kept.admit(write, NOW)
    assert refused.headers["RateLimit-Reason"] == "jira-per-issue-on-write"
    assert refused.headers["Retry-After"] == "2"
    assert admitted(kept, Asked("PUT", ISSUE, "ada", issue=2), 1) == 1
    later = [admitted(kept, write, 25, NOW + turn * 2 * SECOND) for turn in range(1, 6)]
    assert later == [20, 20, 20, 20, 0], "the hundredth write in half a minute is the last"
    assert kept.admit(write, NOW + 10 * SECOND).headers["Retry-After"] == "20"
    assert admitted(kept, write, 25, NOW + 30 * SECOND) == 20


@pytest.mark.parametrize("reason", ["jira-quota-global-based", "jira-quota-tenant-based"])
def test_points_are_used_up_until_the_next_hour(reason: str) -> None:
    kept = book(points_per_hour=10, points_reason=reason)
    app = Asked("GET", ISSUE, "app", costs_points=True)
    assert kept.admit(app, NOW).allowed
    headers = kept.charge(9, NOW)
    assert headers["X-RateLimit-NearLimit"] == "true"
    assert headers["Beta-RateLimit"].endswith(";r=1;t=3600")
    assert headers["Beta-RateLimit-Policy"].endswith(";q=10;w=3600")
    kept.charge(1, NOW)
    refused = kept.admit(app, NOW)
    assert refused.headers["RateLimit-Reason"] == reason
    assert refused.headers["Retry-After"] == "3600"
    assert kept.admit(Asked("GET", ISSUE, "ada"), NOW).allowed, "an API token costs no points"
    assert kept.admit(app, NOW + HOUR).allowed


@pytest.mark.parametrize(
    ("method", "rest", "body", "points"),
    [
        ("GET", "issue/FT-1", {"key": "FT-1"}, 2),
        ("GET", "search/jql", {"issues": [1, 2, 3]}, 4),
        ("POST", "search/jql", {"issues": [1, 2, 3]}, 4),
        ("GET", "user/search", [1, 2], 5),
        ("GET", "mypermissions", {"permissions": {}}, 3),
        ("PUT", "issue/FT-1", None, 1),
    ],
)
def test_what_a_call_costs(method: str, rest: str, body: object, points: int) -> None:
    assert points_of(method, rest, body) == points


@given(
    some.lists(some.integers(min_value=0, max_value=3000), max_size=60),
    some.integers(min_value=1, max_value=30),
)
def test_whoever_waits_as_told_is_let_in(pauses: list[int], rate: int) -> None:
    kept = book(put=rate, issue_writes_in_2_seconds=5, issue_writes_in_30_seconds=9)
    write, now = Asked("PUT", ISSUE, "ada", issue=1), NOW
    for pause in pauses:
        now += pause
        verdict = kept.admit(write, now)
        if not verdict.allowed:
            now += int(verdict.headers["Retry-After"]) * SECOND
            assert kept.admit(write, now).allowed


@pytest.fixture
def limited(local_jira: RunningLocalJira, http: httpx.Client) -> Iterator[httpx.Client]:
    yield http
    local_jira.lift_limits()


def test_limits_are_off_until_they_are_set(limited: httpx.Client) -> None:
    assert limited.get("/__local__/limits").json()["enabled"] is False
    assert "x-ratelimit-limit" not in limited.get("/rest/api/3/myself").headers


def test_a_limit_that_makes_no_sense_is_refused(limited: httpx.Client) -> None:
    answer = limited.put("/__local__/limits", json={"put": 0})
    assert answer.status_code == 400
    assert "put" in answer.json()["errors"]


def test_a_burst_is_refused_with_all_headers_and_changes_nothing(
    local_jira: RunningLocalJira, limited: httpx.Client, make: Maker
) -> None:
    key = make()
    local_jira.set_limits(post=0.01)
    path = f"/rest/api/3/issue/{key}/comment"
    body = {"body": adf("Hello")}
    first, second = limited.post(path, json=body), limited.post(path, json=body)
    assert (first.status_code, second.status_code) == (201, 429)
    assert first.headers["x-ratelimit-limit"] == "1"
    assert first.headers["x-ratelimit-remaining"] == "0"
    assert first.headers["x-ratelimit-nearlimit"] == "true"
    assert second.headers["ratelimit-reason"] == "jira-burst-based"
    assert int(second.headers["retry-after"]) > 1
    assert second.headers["x-ratelimit-reset"].endswith("Z")
    assert limited.get(path).json()["total"] == 1
    assert [line["committed"] for line in local_jira.journal()][-3:] == [True, False, False]


def test_writes_to_one_issue_are_limited_and_others_go_on(
    local_jira: RunningLocalJira, limited: httpx.Client, make: Maker
) -> None:
    busy, calm = make(), make()
    local_jira.set_limits(issue_writes_in_30_seconds=2)
    # The same issue by key and by id, by different operations.
    issue_id = limited.get(f"/rest/api/2/issue/{busy}").json()["id"]
    assert limited.put(f"/rest/api/2/issue/{busy}/properties/x", json=1).status_code == 201
    edit = {"fields": {"priority": {"name": "High"}}}
    assert limited.put(f"/rest/api/2/issue/{issue_id}", json=edit).status_code == 204
    refused = limited.put(f"/rest/api/2/issue/{busy}", json=edit)
    assert refused.status_code == 429
    assert refused.headers["ratelimit-reason"] == "jira-per-issue-on-write"
    assert limited.put(f"/rest/api/2/issue/{calm}", json=edit).status_code == 204
    assert limited.get(f"/rest/api/2/issue/{busy}").status_code == 200


def test_points_are_an_apps_and_not_an_api_tokens(
    local_jira: RunningLocalJira, limited: httpx.Client
) -> None:
    local_jira.set_limits(points_per_hour=2)
    as_app = {"Authorization": f"Bearer {local_jira.bot_auth[1]}"}
    with httpx.Client(base_url=local_jira.url, headers=as_app, trust_env=False) as app:
        first = app.get("/rest/api/3/serverInfo")
        assert first.headers["beta-ratelimit"].startswith('"global-app-quota";r=0;t=')
        second = app.get("/rest/api/3/serverInfo")
    assert second.status_code == 429
    assert second.headers["ratelimit-reason"] == "jira-quota-global-based"
    assert limited.get("/rest/api/3/myself").status_code == 200


def test_the_wait_can_be_left_out(local_jira: RunningLocalJira, limited: httpx.Client) -> None:
    local_jira.set_limits(get=0.01, retry_after="absent")
    limited.get("/rest/api/3/myself")
    refused = limited.get("/rest/api/3/myself")
    assert refused.status_code == 429
    assert "retry-after" not in refused.headers
    assert "x-ratelimit-reset" in refused.headers
