"""What customers and other sites' pages must not get at, and what the log must not tell."""

import concurrent.futures
import sqlite3
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from local_jira_tools import Maker
from structlog.testing import capture_logs

from local_jira.testing import RunningLocalJira

INTERNAL = {"key": "sd.public.comment", "value": {"internal": True}}
OURS = {"key": "ours", "value": "SECRET-PROPERTY"}


@pytest.fixture
def cora(local_jira: RunningLocalJira) -> Iterator[httpx.Client]:
    with local_jira.client(local_jira.auth_of("cora")) as client:
        yield client


@pytest.fixture
def key(http: httpx.Client, cora: httpx.Client, make: Maker) -> str:
    """Cora's request, with what agents keep to themselves around it."""
    values = {"summary": "Mine", "description": "Too slow"}
    body = {"serviceDeskId": "1", "requestTypeId": "10", "requestFieldValues": values}
    found = str(cora.post("/rest/servicedeskapi/request", json=body).json()["issueKey"])
    issue = f"/rest/api/2/issue/{found}"
    other = make("SECRET-LINK")
    ends = {"inwardIssue": {"key": other}, "outwardIssue": {"key": found}}
    http.post("/rest/api/2/issueLink", json={"type": {"name": "Blocks"}, **ends})
    make("SECRET-CHILD", issuetype={"name": "Sub-task"}, parent={"key": found})
    http.post(f"{issue}/comment", json={"body": "SECRET-COMMENT", "properties": [INTERNAL, OURS]})
    http.post(f"{issue}/comment", json={"body": "A public word"})
    http.put(f"{issue}/properties/ours", json="SECRET-PROPERTY")
    remote = {"url": "https://crm.example/SECRET-REMOTE", "title": "SECRET-REMOTE"}
    http.post(f"{issue}/remotelink", json={"object": remote})
    return found


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "issue/{key}?fields=*all&properties=*all&expand=changelog,renderedFields", None),
        ("GET", "issue/{key}/comment?expand=properties,renderedBody", None),
        ("GET", "issue/{key}/remotelink", None),
        ("GET", "issue/{key}/remotelink/10000", None),
        ("GET", "issue/{key}/changelog", None),
        ("GET", "issueLink/10000", None),
        ("GET", "comment/10000/properties/ours", None),
        ("POST", "comment/list", {"ids": [10000]}),
        ("POST", "search/jql", {"jql": "project = FT", "fields": ["*all"], "properties": ["ours"]}),
        ("POST", "issue/bulkfetch", {"issueIdsOrKeys": ["{key}", "FT-2"], "fields": ["*all"]}),
    ],
)
def test_nothing_of_the_agents_reaches_the_customer(
    cora: httpx.Client, key: str, method: str, path: str, body: Any
) -> None:
    answer = cora.request(method, f"/rest/api/3/{path.format(key=key)}", json=body)
    assert answer.status_code < 500
    assert "SECRET" not in answer.text


@pytest.mark.parametrize("field", ["text", "comment"])
def test_a_customers_search_does_not_tell_what_internal_comments_say(
    http: httpx.Client, cora: httpx.Client, key: str, field: str
) -> None:
    def count(client: httpx.Client, words: str) -> int:
        body = {"jql": f'{field} ~ "{words}"'}
        found: int = client.post("/rest/api/3/search/approximate-count", json=body).json()["count"]
        return found

    assert (count(http, "SECRET-COMMENT"), count(cora, "SECRET-COMMENT")) == (1, 0)
    assert (count(http, "public word"), count(cora, "public word")) == (1, 1)
    asked = {"jqls": [f"{field} ~ SECRET-COMMENT"], "issueIds": [10001]}
    [matched] = cora.post("/rest/api/3/jql/match", json=asked).json()["matches"]
    assert matched["matchedIssues"] == []


def test_agents_see_the_links_and_the_sub_tasks(http: httpx.Client, key: str) -> None:
    fields = http.get(f"/rest/api/3/issue/{key}").json()["fields"]
    assert fields["issuelinks"][0]["inwardIssue"]["fields"]["summary"] == "SECRET-LINK"
    assert fields["subtasks"][0]["fields"]["summary"] == "SECRET-CHILD"


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:{port}", "[x", "127.0.0.1.evil.example"]
)
def test_a_page_whose_name_leads_here_gets_nothing(
    local_jira: RunningLocalJira, http: httpx.Client, make: Maker, host: str
) -> None:
    name = host.format(port=httpx.URL(local_jira.url).port)
    headers = {"Host": name, "Origin": f"http://{name}", "Sec-Fetch-Site": "same-origin"}
    path = f"/browse/{make()}"
    assert http.get(path, headers=headers).status_code == 403
    assert http.post(f"{path}/comment", headers=headers, data={"body": "x"}).status_code == 403
    assert http.get("/__local__/journal", headers=headers).status_code == 403
    assert http.post("/__local__/reset", headers=headers).status_code == 403
    assert http.get(path).status_code == 200


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]"])
def test_this_machines_own_names_are_welcome(
    local_jira: RunningLocalJira, http: httpx.Client, make: Maker, host: str
) -> None:
    name = f"{host}:{httpx.URL(local_jira.url).port}"
    headers = {"Host": name, "Origin": f"http://{name}"}
    sent = http.post(f"/browse/{make()}/comment", headers=headers, data={"body": "x"})
    assert sent.status_code == 303


def test_an_unexpected_failure_is_logged_without_words_and_tokens(
    local_jira: RunningLocalJira, http: httpx.Client, make: Maker
) -> None:
    key = make()
    broken = sqlite3.connect(local_jira.data_dir / "local_jira.sqlite3")
    broken.execute("ALTER TABLE remote_link RENAME TO elsewhere")
    try:
        with capture_logs() as logs:
            remote = {"object": {"url": "https://shop.example", "title": "SECRET-TITLE"}}
            answer = http.post(f"/rest/api/2/issue/{key}/remotelink", json=remote)
    finally:
        broken.execute("ALTER TABLE elsewhere RENAME TO remote_link")
        broken.close()
    assert answer.status_code == 500
    assert answer.json() == {"errorMessages": ["Internal server error"], "errors": {}}
    [line] = logs
    assert (line["error"], line["method"]) == ("OperationalError", "POST")
    assert "remote_links.py" in line["place"]
    told = str(line)
    assert "SECRET-TITLE" not in told
    assert http.headers.get("authorization", "Basic") not in told


def test_a_reset_in_the_middle_of_work_breaks_no_request(local_jira: RunningLocalJira) -> None:
    def work(_: int) -> list[int]:
        with local_jira.client() as http:
            body = {"project": {"key": "FT"}, "issuetype": {"name": "Bug"}, "summary": "x"}
            return [
                answer.status_code
                for _ in range(12)
                for answer in (
                    http.post("/rest/api/2/issue", json={"fields": body}),
                    http.get("/rest/api/3/issue/FT-1?fields=*all&expand=changelog"),
                    http.get("/rest/api/3/search/jql?jql=project=FT&fields=*all"),
                    http.get("/issues"),
                )
            ]

    with concurrent.futures.ThreadPoolExecutor(3) as pool:
        running = [pool.submit(work, number) for number in range(3)]
        while not all(future.done() for future in running):
            local_jira.reset()
    statuses = {status for future in running for status in future.result()}
    assert statuses <= {200, 201, 404}
