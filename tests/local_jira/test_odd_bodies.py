"""Whatever is sent, the answer is a refusal in words or a success, never a stumble."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from local_jira_tools import Maker, adf

from local_jira.testing import running_local_jira

MEMBERS = [
    "fields", "update", "properties", "historyMetadata", "transition", "summary", "description",
    "labels", "priority", "assignee", "duedate", "comment", "issuelinks", "body", "add", "set",
    "remove", "key", "value", "id", "name", "type", "accountId", "project", "issuetype",
    "inwardIssue", "outwardIssue", "object", "url", "title", "globalId", "jql", "reconcileIssues",
    "maxResults", "nextPageToken", "expand", "events", "filters", "secret", "emailAddress",
    "products", "issueUpdates", "issueIdsOrKeys", "ids", "queries", "jqls", "issueIds",
    "fixVersions", "components", "customfield_10102", "customfield_10103", "resolution",
    "visibility", "content", "version", "changelogIds",
]  # fmt: skip
LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=12),
    st.sampled_from(["FT", "FT-1", "10001", "41", "11", "Bug", "doc", "High", "project = FT"]),
    st.just(adf("x")),
)
BODIES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(MEMBERS), inner, max_size=5),
    ),
    max_leaves=12,
)
OPERATIONS = [
    ("POST", "/rest/api/3/issue"),
    ("POST", "/rest/api/3/issue/bulk"),
    ("PUT", "/rest/api/2/issue/FT-1"),
    ("PUT", "/rest/api/3/issue/FT-1"),
    ("PUT", "/rest/api/3/issue/FT-1/assignee"),
    ("POST", "/rest/api/3/issue/FT-1/transitions"),
    ("POST", "/rest/api/2/issue/FT-1/comment"),
    ("PUT", "/rest/api/3/issue/FT-1/properties/x"),
    ("POST", "/rest/api/3/issue/FT-1/remotelink"),
    ("POST", "/rest/api/3/issue/FT-1/watchers"),
    ("POST", "/rest/api/3/issue/FT-1/changelog/list"),
    ("POST", "/rest/api/3/issue/bulkfetch"),
    ("POST", "/rest/api/3/issueLink"),
    ("POST", "/rest/api/3/comment/list"),
    ("POST", "/rest/api/3/search/jql"),
    ("POST", "/rest/api/3/search/approximate-count"),
    ("POST", "/rest/api/3/jql/match"),
    ("POST", "/rest/api/3/jql/parse"),
    ("POST", "/rest/api/3/user"),
    ("POST", "/rest/webhooks/1.0/webhook"),
    ("POST", "/__local__/faults"),
]


@pytest.fixture(scope="module")
def site() -> Iterator[httpx.Client]:
    with running_local_jira() as running, running.client() as http:
        Maker(http)()
        yield http


def _wrapped(body: Any, path: str) -> Any:
    if path.endswith("/issue") and isinstance(body, dict):
        start = {"project": {"key": "FT"}, "issuetype": {"name": "Bug"}, "summary": "x"}
        return {"fields": {**start, **body}}
    return body


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(body=BODIES)
@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_no_body_makes_the_site_stumble(
    site: httpx.Client, method: str, path: str, body: Any
) -> None:
    for sent in (body, _wrapped(body, path)):
        answer = site.request(method, path, json=sent)
        if path.endswith("search/jql") and isinstance(sent, dict) and "reconcileIssues" in sent:
            continue
        assert answer.status_code < 500, f"{method} {path} {sent!r}: {answer.text}"
    site.delete("/__local__/faults")


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/rest/api/3/issue/bulkfetch", {"issueIdsOrKeys": ["FT-1"], "fields": [1]}),
        ("POST", "/rest/api/3/issue/bulkfetch", {"issueIdsOrKeys": ["FT-1"], "expand": 5}),
        ("POST", "/rest/api/3/user", {"emailAddress": "a@b.example", "products": [["x"]]}),
        ("POST", "/rest/api/2/issue/FT-1/comment", {"body": "x", "visibility": "y"}),
        ("PUT", "/rest/api/2/issue/FT-1", {"update": {"labels": [{"add": 5}]}}),
        ("PUT", "/rest/api/2/issue/FT-1", {"update": {"labels": [{"add": "a", "remove": "b"}]}}),
        ("PUT", "/rest/api/2/issue/FT-1", {"update": {"components": [{"add": {"id": []}}]}}),
        ("PUT", "/rest/api/2/issue/FT-1", {"fields": {"priority": {"id": {"a": 1}}}}),
        ("PUT", "/rest/api/2/issue/FT-1", {"fields": {"fixVersions": [None]}}),
        ("PUT", "/rest/api/2/issue/FT-1", {"fields": {"customfield_10102": "many"}}),
        ("PUT", "/rest/api/2/issue/FT-1", {"fields": {"duedate": "tomorrow"}}),
        ("POST", "/rest/api/2/issue/FT-1/transitions", {"transition": {"id": "²"}}),
        ("POST", "/rest/api/3/jql/parse", {"queries": [[]]}),
        ("POST", "/rest/api/3/jql/match", {"jqls": [5], "issueIds": [10001]}),
        ("GET", "/rest/webhooks/1.0/webhook/²", None),
        ("GET", "/rest/api/3/search/jql?jql=project=FT&reconcileIssues=²", None),
        ("POST", "/__local__/deliveries/²/send-again", None),
        ("GET", "/rest/api/3/issue/99999999999999999999999", None),
        ("GET", "/rest/api/3/issue/FT-1/comment?startAt=x", None),
    ],
)
def test_these_odd_requests_are_refused(
    site: httpx.Client, method: str, path: str, body: Any
) -> None:
    answer = site.request(method, path, json=body)
    assert 400 <= answer.status_code < 500, answer.text
