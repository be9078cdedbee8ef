"""Input that is broken or meant to break something: the right status, words, and still alive."""

import json
import socket
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from local_jira_tools import Maker, adf

from local_jira.testing import RunningLocalJira

JSON_TYPE = {"Content-Type": "application/json"}
DEEP = 5000


@pytest.fixture(autouse=True)
def _alive_afterwards(http: httpx.Client) -> Any:
    yield
    assert http.get("/rest/api/3/myself").status_code == 200


def refused_in_words(answer: httpx.Response) -> bool:
    document = answer.json()
    return bool(document["errorMessages"] or document["errors"])


@pytest.mark.parametrize(
    "body",
    [
        b"{", b"[]", b"null", b"\xff\xfe", b'{"fields": NaN}', b'{"fields": 1e999}', b'"x"', b"",
        b"[" * 100_000, b'{"a":' * 100_000, b'{"fields": {"summary": "\\ud800"}}', b"{'a': 1}",
        '{"fields": {"summary": "\\ud800"}}'.encode("utf-16"), b'{"fields": {"summary": "\xed\xa0\x80"}}',
        b'{"fields": []}', b'{"fields": "x"}', b'{"update": 1}', b'{"fields": {"project": []}}',
    ],
    ids=lambda body: repr(body[:24]),
)  # fmt: skip
@pytest.mark.parametrize("version", ["2", "3"])
def test_a_body_that_is_not_what_it_should_be_is_400(
    http: httpx.Client, version: str, body: bytes
) -> None:
    answer = http.post(f"/rest/api/{version}/issue", content=body, headers=JSON_TYPE)
    assert answer.status_code == 400
    assert refused_in_words(answer)


def test_a_body_may_be_in_any_unicode_encoding(http: httpx.Client) -> None:
    fields = {"project": {"key": "FT"}, "issuetype": {"name": "Bug"}, "summary": "Größe ☂ 😀"}
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "utf-32"):
        body = json.dumps({"fields": fields}, ensure_ascii=False).encode(encoding)
        made = http.post("/rest/api/2/issue", content=body, headers=JSON_TYPE)
        shown = http.get(made.json()["self"]).json()["fields"]
        assert shown["summary"] == fields["summary"]


def nested(depth: int) -> dict[str, Any]:
    node: dict[str, Any] = {"type": "paragraph", "content": []}
    for _ in range(depth):
        node = {"type": "blockquote", "content": [node]}
    return {"type": "doc", "version": 1, "content": [node]}


@pytest.mark.parametrize(
    "document",
    [
        "plain words", 1, True, [], {}, {"type": "doc"}, {"type": "doc", "version": 2, "content": []},
        {"type": "doc", "version": 1, "content": [{"type": "script"}]},
        {"type": "doc", "version": 1, "content": [{"type": "text", "text": "x"}]},
        {"type": "doc", "version": 1, "content": ["x", None, 3]},
        {"type": "doc", "version": 1, "content": [{"type": "heading", "attrs": {"level": 99}}]},
        {"type": "doc", "version": 1, "content": [{"type": "paragraph", "content": [{"type": "text",
         "text": "x", "marks": [{"type": "blink"}]}]}]},
        nested(200),
    ],
    ids=lambda document: json.dumps(document)[:60],
)  # fmt: skip
def test_adf_that_is_not_adf_is_400(http: httpx.Client, make: Maker, document: Any) -> None:
    key = make()
    comment = http.post(f"/rest/api/3/issue/{key}/comment", json={"body": document})
    edit = http.put(f"/rest/api/3/issue/{key}", json={"fields": {"description": document}})
    for answer in (comment, edit):
        assert answer.status_code == 400
        assert refused_in_words(answer)
    assert http.get(f"/rest/api/3/issue/{key}/comment").json()["total"] == 0


BOMBS = {
    "parentheses": "(" * DEEP + "project = FT" + ")" * DEEP,
    "open parentheses": "(" * 90_000,
    "negations": "NOT " * DEEP + "project = FT",
    "bangs": "!" * DEEP + "project = FT",
    "100k characters": 'summary ~ "' + "a" * 100_000 + '"',
    "open string": '"' + "\\" * 50_000,
    "many values": f"labels IN ({', '.join(['x'] * 40_000)})",
    "many conditions": " OR ".join(["project = FT"] * 6_000),
    "stars": "summary ~ " + "*" * 100,
    "many sortings": "project = FT ORDER BY " + ", ".join(["key"] * 5_000),
}


@pytest.mark.parametrize("bomb", BOMBS.values(), ids=BOMBS)
@pytest.mark.parametrize("path", ["search/jql", "search/approximate-count", "jql/parse"])
def test_a_bomb_of_a_query_is_refused(http: httpx.Client, bomb: str, path: str) -> None:
    body = {"queries": [bomb]} if path == "jql/parse" else {"jql": bomb}
    answer = http.post(f"/rest/api/3/{path}", json=body, timeout=20)
    # The language itself allows some; what counts is that they are read or refused, and soon.
    assert answer.status_code in (200, 400)
    if answer.status_code == 400:
        assert len(answer.text) < 1000


@pytest.mark.parametrize(
    ("query", "status"),
    [
        (r'summary ~ "\ud800"', 400), (r"summary ~ a\udc00b", 400), (r'summary ~ "\ud83d\ude00"', 200),
        ('created > now("1d")', 400), ('created > startOfDay("1d", "2d")', 400),
    ],
)  # fmt: skip
def test_an_escape_or_argument_that_makes_no_sense_is_refused(
    http: httpx.Client, query: str, status: int
) -> None:
    answer = http.post("/rest/api/3/search/jql", json={"jql": query})
    assert answer.status_code == status, answer.text


@pytest.mark.parametrize(
    "asked", ["startAt=1_0", "startAt=%EF%BC%91", "maxResults=1e3", "startAt=%201"]
)
def test_a_number_is_made_of_digits(http: httpx.Client, asked: str) -> None:
    answer = http.get(f"/rest/api/3/users/search?{asked}")
    assert answer.status_code == 400
    assert refused_in_words(answer)


@pytest.mark.parametrize(
    "path", ["users/search?", "user/search?query=a&", "user/assignable/search?project=FT&"]
)
def test_no_page_begins_before_the_first(http: httpx.Client, path: str) -> None:
    whole = http.get(f"/rest/api/3/{path}").json()
    assert http.get(f"/rest/api/3/{path}startAt=-2").json() == whole
    assert http.get(f"/rest/api/3/{path}maxResults=-1").json() == []


def test_a_body_of_ten_megabytes_is_refused_or_read(http: httpx.Client, make: Maker) -> None:
    key = make()
    long_text = {"body": "x" * 9_900_000}
    refused = http.post(f"/rest/api/2/issue/{key}/comment", json=long_text)
    assert refused.status_code == 400
    assert "32,767" in refused.text
    too_large = http.post(f"/rest/api/2/issue/{key}/comment", json={"body": "x" * 10_000_001})
    assert too_large.status_code == 413
    big = http.put(f"/rest/api/3/issue/{key}/properties/x", json="x" * 9_900_000)
    assert big.status_code in (400, 413)


@pytest.mark.parametrize(
    "path",
    [
        "/rest/api/3/issue/..%2f..%2f..%2fetc%2fpasswd", "/rest/api/3/issue/%2e%2e",
        "/rest/api/3/../../../__local__/reset", "/rest/api/3//issue//FT-1", "/rest/api/3/issue/%00",
        "/rest/api/3/issue/FT-1%0d%0aX-Evil:%20yes", "/rest/api/4/myself", "/rest/api/3/",
        "/rest/api/3/issue/" + "9" * 400, "/rest/api/3/issue/" + "A" * 4000 + "-1",
        "/rest/api/3/issue/%f0%28%8c%bc", "/browse/%2e%2e%2f%2e%2e", "/style.css/../../app.py",
        "/__local__/icon/..%2f..%2fapp.py%00.svg/x", "/rest/api/3/issue/%0aFT-1",
    ],
)  # fmt: skip
def test_a_trick_in_the_path_finds_nothing_and_echoes_no_header(
    local_jira: RunningLocalJira, path: str
) -> None:
    status, headers = raw_get(local_jira, path)
    assert status == 404
    assert "x-evil" not in headers.lower()
    assert "/etc/" not in headers


def raw_get(site: RunningLocalJira, path: str, *lines: str) -> tuple[int, str]:
    """A request as written, which no client has tidied up; answers status and headers."""
    parts = urlsplit(site.url)
    asked = "\r\n".join(
        (f"GET {parts.path}{path} HTTP/1.1", f"Host: {parts.netloc}", "Connection: close", *lines)
    )
    with socket.create_connection((parts.hostname or "", parts.port or 0), timeout=20) as wire:
        wire.sendall(
            (asked + "\r\nAuthorization: Bearer local-bot-token\r\n\r\n").encode("latin-1")
        )
        answer = b""
        while received := wire.recv(65536):
            answer += received
    head = answer.partition(b"\r\n\r\n")[0].decode("latin-1")
    return int(head.split()[1]), head


@pytest.mark.parametrize(
    "line",
    [
        "X-Request-Source: a\rb",
        "X\x00: a",
        "Content-Length: -1",
        "Bad Header: x",
        "X-Local-Fault: \xff",
    ],
)
def test_a_broken_header_is_refused(local_jira: RunningLocalJira, line: str) -> None:
    status, _ = raw_get(local_jira, "/rest/api/3/myself", line)
    assert status == 400


def test_no_line_break_gets_into_a_header_of_an_answer(
    local_jira: RunningLocalJira, http: httpx.Client
) -> None:
    evil = "http://127.0.0.1:9/\r\nX-Evil: yes"
    body = {"name": "x\r\nX-Evil: yes", "url": evil, "events": []}
    answer = http.post("/rest/webhooks/1.0/webhook", json=body)
    assert answer.status_code == 400
    answer = http.post("/rest/webhooks/1.0/webhook", json={**body, "url": "http://127.0.0.1:9/"})
    assert "x-evil" not in answer.headers


@pytest.mark.parametrize("version", ["2", "3"])
def test_markup_in_every_text_is_shown_as_text(
    local_jira: RunningLocalJira, http: httpx.Client, version: str
) -> None:
    evil = "<script>alert(1)</script>*b*{code}<img src=x onerror=alert(1)>[x|javascript:alert(1)]"
    text: Any = evil if version == "2" else adf(evil)
    fields = {
        "project": {"key": "FT"},
        "issuetype": {"name": "Feedback"},
        "summary": evil,
        "description": text,
        "labels": ["<script>alert(1)</script>"],
    }
    key = http.post(f"/rest/api/{version}/issue", json={"fields": fields}).json()["key"]
    http.post(f"/rest/api/{version}/issue/{key}/comment", json={"body": text})
    page = http.get(f"/browse/{key}").text + http.get("/issues?jql=project=FT").text
    rendered = http.get(f"/rest/api/3/issue/{key}", params={"expand": "renderedFields"}).json()
    for shown in (page, rendered["renderedFields"]["description"]):
        assert "<script" not in shown
        assert "<img src=x" not in shown
        assert 'href="javascript:' not in shown


@given(
    some.sampled_from(["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "TRACE"]),
    some.sampled_from(
        ["issue", "issue/FT-1", "issue/FT-1/comment", "issue/FT-1/comment/1", "issueLink", "search/jql",
         "issue/FT-1/properties/x", "issue/FT-1/transitions", "issue/bulk", "issue/bulkfetch", "webhook",
         "jql/match", "user/search", "issue/FT-1/watchers", "issue/FT-1/assignee", "project/FT"]
    ),
    some.dictionaries(
        some.sampled_from(
            ["fields", "update", "jql", "body", "properties", "transition", "issueIdsOrKeys", "type",
             "inwardIssue", "outwardIssue", "webhooks", "url", "webhookIds", "maxResults", "name"]
        ),
        some.recursive(
            some.none() | some.booleans() | some.integers() | some.text(max_size=6),
            lambda inner: some.lists(inner, max_size=3)
            | some.dictionaries(some.text(max_size=6), inner, max_size=3),
            max_leaves=6,
        ),
        max_size=4,
    ),
)  # fmt: skip
@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_no_request_makes_the_site_fail(
    local_jira: RunningLocalJira, http: httpx.Client, method: str, path: str, body: Any
) -> None:
    answer = http.request(method, f"/rest/api/3/{path}", json=body)
    # 501 is the honest answer where a documented operation is not served.
    assert answer.status_code < 500 or answer.status_code == 501, answer.text
