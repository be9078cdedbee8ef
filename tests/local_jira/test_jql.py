"""JQL: what matches, in which order, page by page, and the sentences for what cannot be read."""

import contextlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from local_jira_tools import Maker

from local_jira.jql.dates import date_function, date_value
from local_jira.jql.lexer import JqlError
from local_jira.jql.parser import parse_jql
from local_jira.testing import RunningLocalJira, running_local_jira


@pytest.fixture(scope="module")
def filled() -> Iterator[httpx.Client]:
    """FT-1: refund, high, Omar. FT-2: outage, lowest, nobody, done. FT-3: praise, due. PROD-1."""
    with running_local_jira() as running, running.client() as http:
        make = Maker(http)
        make(
            "Refund: charged twice",
            description="Please pay the money back.",
            labels=["billing", "refund"],
            priority={"name": "High"},
            assignee={"accountId": "acc-omar-owner"},
            reporter={"accountId": "acc-cora-customer"},
            customfield_10101="Cora & Co",
            customfield_10102=1200,
            components=[{"name": "Billing"}],
        )
        make("Outage of the reports", issuetype={"name": "Bug"}, priority={"name": "Lowest"})
        make("Thanks, lovely release", labels=["praise"], duedate="2026-12-01")
        make("Build it", project={"key": "PROD"}, issuetype={"name": "Task"})
        http.put(
            "/rest/api/3/issue/FT-1/properties/followthrough",
            json={"stage": "approve", "score": 7, "who": {"team": "billing"}},
        )
        http.put("/rest/api/3/issue/FT-1/properties/private", json={"stage": "approve"})
        http.post("/rest/api/3/issue/FT-2/transitions", json={"transition": {"id": "41"}})
        http.post("/rest/api/2/issue/FT-3/comment", json={"body": "a unicorn appeared"})
        yield http


def search(http: httpx.Client, jql: str) -> list[str]:
    answer = http.post("/rest/api/3/search/jql", json={"jql": jql, "fields": ["key"]})
    assert answer.status_code == 200, answer.text
    return [issue["key"] for issue in answer.json()["issues"]]


@pytest.mark.parametrize(
    ("jql", "keys"),
    [
        ("project = FT", {"FT-1", "FT-2", "FT-3"}),
        ("project = Feedback", {"FT-1", "FT-2", "FT-3"}),
        ("project != FT", {"PROD-1"}),
        ("project in (FT, PROD) AND key = FT-2", {"FT-2"}),
        ("key in (FT-1, prod-1)", {"FT-1", "PROD-1"}),
        ("issuekey >= FT-2", {"FT-2", "FT-3"}),
        ("id = 10001", {"FT-1"}),
        ("issuetype = Bug", {"FT-2"}),
        ("type in (Bug, Task)", {"FT-2", "PROD-1"}),
        ("status = Done", {"FT-2"}),
        ("status != Done", {"FT-1", "FT-3", "PROD-1"}),
        ("statusCategory = 'To Do' AND project = FT", {"FT-1", "FT-3"}),
        ("statusCategory = done", {"FT-2"}),
        ("priority = High", {"FT-1"}),
        ("priority > Medium", {"FT-1"}),
        ("priority <= Low", {"FT-2"}),
        ("resolution IS EMPTY", {"FT-1", "FT-3", "PROD-1"}),
        ("resolution = Done", {"FT-2"}),
        ("assignee = acc-omar-owner", {"FT-1"}),
        ("assignee is empty AND project = FT", {"FT-2", "FT-3"}),
        ("assignee IS NOT EMPTY", {"FT-1"}),
        ("assignee != acc-ada-agent", {"FT-1"}),
        ("assignee in (acc-omar-owner, EMPTY) AND project = PROD", {"PROD-1"}),
        ("reporter = currentUser() AND project = FT", {"FT-2", "FT-3"}),
        ("assignee in membersOf('support')", {"FT-1"}),
        ("labels = refund", {"FT-1"}),
        ("labels in (praise, refund)", {"FT-1", "FT-3"}),
        ("labels != refund", {"FT-3"}),
        ("labels not in (refund) OR labels is EMPTY", {"FT-2", "FT-3", "PROD-1"}),
        ("component = Billing", {"FT-1"}),
        ("summary ~ refund", {"FT-1"}),
        ("summary ~ 'CHARGED refund'", {"FT-1"}),
        ("summary ~ 'out*'", {"FT-2"}),
        ("summary !~ refund AND project = FT", {"FT-2", "FT-3"}),
        ("text ~ money", {"FT-1"}),
        ('text ~ "\\"money back\\""', {"FT-1"}),
        ("text ~ '\"back money\"'", set()),
        ("text ~ unicorn", {"FT-3"}),
        ("created >= -1d AND project = FT", {"FT-1", "FT-2", "FT-3"}),
        ("created < -1d", set()),
        ("created <= now() AND project = PROD", {"PROD-1"}),
        (
            "updated >= startOfDay('-1d') AND updated <= endOfDay('+1d') AND project=PROD",
            {"PROD-1"},
        ),
        ("duedate = 2026-12-01", {"FT-3"}),
        ("due < '2026/12/02'", {"FT-3"}),
        ("due is not empty", {"FT-3"}),
        ("resolved >= -1h", {"FT-2"}),
        ("issue.property[followthrough].stage = approve", {"FT-1"}),
        ("issue.property[followthrough].who.team = billing", {"FT-1"}),
        ("issue.property[followthrough].score > 6", {"FT-1"}),
        ("issue.property[followthrough].score = 7", {"FT-1"}),
        ("issue.property[followthrough].stage IS EMPTY AND project = PROD", {"PROD-1"}),
        ("cf[10101] ~ cora", {"FT-1"}),
        ("'Revenue at risk' >= 1000", {"FT-1"}),
        ("NOT project = FT", {"PROD-1"}),
        ("! (project = FT OR labels = x)", {"PROD-1"}),
        ("project = FT AND (labels = refund OR labels = praise)", {"FT-1", "FT-3"}),
        ("project = PROD OR project = FT AND status = Done", {"PROD-1", "FT-2"}),
        ("project = FT && status = Done || key = PROD-1", {"PROD-1", "FT-2"}),
    ],
)
def test_a_query_finds_exactly_these(filled: httpx.Client, jql: str, keys: set[str]) -> None:
    assert set(search(filled, jql)) == keys
    count = filled.post("/rest/api/3/search/approximate-count", json={"jql": jql})
    assert count.json() == {"count": len(keys)}


@pytest.mark.parametrize(
    ("jql", "keys"),
    [
        ("project = FT ORDER BY key", ["FT-1", "FT-2", "FT-3"]),
        ("project = FT ORDER BY key DESC", ["FT-3", "FT-2", "FT-1"]),
        ("project = FT ORDER BY priority DESC, key", ["FT-1", "FT-3", "FT-2"]),
        ("project = FT ORDER BY duedate ASC, created ASC", ["FT-3", "FT-1", "FT-2"]),
        ("project = FT order by summary", ["FT-2", "FT-1", "FT-3"]),
        ("project = FT", ["FT-3", "FT-2", "FT-1"]),
    ],
)
def test_the_order_is_the_one_asked_for(filled: httpx.Client, jql: str, keys: list[str]) -> None:
    assert search(filled, jql) == keys


EXPECTED = "Error in the JQL Query: "


@pytest.mark.parametrize(
    ("jql", "sentence"),
    [
        (
            "order by key",
            "Unbounded JQL queries are not allowed here. Please add a search restriction to your "
            "query.",
        ),
        (
            "",
            "Unbounded JQL queries are not allowed here. Please add a search restriction to your query.",
        ),
        (
            "project = PUB status",
            EXPECTED + "Expecting either 'OR' or 'AND' but got 'status'. (line 1, character 15)",
        ),
        ("project = PUB AND", EXPECTED + "Expecting a field name at the end of the query."),
        (
            "project =",
            "Error in JQL Query: Expecting either a value, list or function before the end of the "
            "query.",
        ),
        ("(status = Open", EXPECTED + "Expecting ')' before the end of the query."),
        ("x = 1", "Field 'x' does not exist or you do not have permission to view it."),
        ("project = NOPE", "The value 'NOPE' does not exist for the field 'project'."),
        ("status = Nope", "The value 'Nope' does not exist for the field 'status'."),
        ("summary = x", "The operator '=' is not supported by the 'summary' field."),
        ("labels ~ x", "The operator '~' is not supported by the 'labels' field."),
        (
            "created > yesterday",
            "Date value 'yesterday' for field 'created' is invalid. Valid formats include: "
            "'yyyy/MM/dd HH:mm', 'yyyy-MM-dd HH:mm', 'yyyy/MM/dd', 'yyyy-MM-dd', or a period "
            "format e.g. '-5d', '4w 2d'.",
        ),
        (
            "issue.property[private].stage = approve",
            "Field 'issue.property[private].stage' does not exist or you do not have permission "
            "to view it.",
        ),
    ],
)
def test_a_bad_query_is_refused_in_the_recorded_words(
    filled: httpx.Client, jql: str, sentence: str
) -> None:
    answer = filled.get("/rest/api/3/search/jql", params={"jql": jql})
    assert answer.status_code == 400
    assert answer.json() == {"errorMessages": [sentence], "errors": {}}


@pytest.mark.parametrize(
    "jql",
    [
        "(" * 5000 + "a = 1" + ")" * 5000,
        "NOT " * 5000 + "a = 1",
        "a = 'open",
        "a = @",
        "a ? b",
        "= 1",
    ],
)
def test_a_query_bomb_is_a_plain_refusal(filled: httpx.Client, jql: str) -> None:
    answer = filled.post("/rest/api/3/search/jql", json={"jql": jql})
    assert answer.status_code == 400
    assert answer.json()["errorMessages"][0].startswith(EXPECTED)


@given(st.text(alphabet="projectFT=()!~<> \"'\\ANDORNOTIS,[].-15dw\n", max_size=60))
def test_any_text_is_read_or_refused_never_a_crash(text: str) -> None:
    with contextlib.suppress(JqlError):
        parse_jql(text)


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ({"maxResults": 0}, "The max results parameter has to be between 1 and 5,000."),
        ({"maxResults": 5001}, "The max results parameter has to be between 1 and 5,000."),
        ({"nextPageToken": "garbage"}, "The provided next page token is invalid or expired."),
        (
            {"reconcileIssues": list(range(51))},
            "The max number of issues to reconcile is 50.",
        ),
        (
            {"surprise": 1},
            "Invalid request payload. Refer to the REST API documentation and try again.",
        ),
    ],
)
def test_bad_search_parameters_are_refused(
    filled: httpx.Client, body: dict[str, object], sentence: str
) -> None:
    answer = filled.post("/rest/api/3/search/jql", json={"jql": "project = FT", **body})
    assert answer.status_code == 400
    assert answer.json()["errorMessages"] == [sentence]


def test_reconcile_null_is_the_real_services_own_500(filled: httpx.Client) -> None:
    body = {"jql": "project = FT", "reconcileIssues": None}
    assert filled.post("/rest/api/3/search/jql", json=body).status_code == 500


def test_without_fields_only_ids_come_back(filled: httpx.Client) -> None:
    answer = filled.get("/rest/api/3/search/jql", params={"jql": "key = FT-1"}).json()
    assert answer == {"issues": [{"id": "10001"}], "isLast": True}


def test_fields_may_repeat_or_be_separated_by_commas(filled: httpx.Client) -> None:
    path = "/rest/api/3/search/jql?jql=key%20%3D%20FT-1&properties=followthrough"
    repeated = filled.get(path + "&fields=summary&fields=labels").json()["issues"][0]
    joined = filled.get(path + "&fields=summary,labels").json()["issues"][0]
    assert repeated == joined
    assert set(joined["fields"]) == {"summary", "labels"}
    assert joined["properties"]["followthrough"]["score"] == 7


def test_pages_neither_skip_nor_repeat_while_issues_change(local_jira: RunningLocalJira) -> None:
    with local_jira.client() as http:
        make = Maker(http)
        keys = [make(f"Number {number}") for number in range(9)]
        seen: list[str] = []
        body = {"jql": "project = FT ORDER BY key", "maxResults": 4, "fields": ["key"]}
        while True:
            page = http.post("/rest/api/3/search/jql", json=body).json()
            seen += [issue["key"] for issue in page["issues"]]
            make("Arrived in between")
            http.delete(f"/rest/api/3/issue/{seen[0]}")
            if page["isLast"] or len(seen) >= len(keys):
                break
            body["nextPageToken"] = page["nextPageToken"]
        assert seen[:9] == keys


def test_a_token_is_only_good_for_its_own_query(local_jira: RunningLocalJira, make: Maker) -> None:
    for _ in range(3):
        make()
    with local_jira.client() as http:
        path = "/rest/api/3/search/jql"
        token = http.get(path, params={"jql": "project = FT", "maxResults": "2"}).json()[
            "nextPageToken"
        ]
        other = http.get(path, params={"jql": "project = PROD", "nextPageToken": token})
        assert other.status_code == 400


def test_a_lagging_search_shows_an_issue_late_unless_it_is_reconciled() -> None:
    with running_local_jira(search_lag_seconds=3600) as late, late.client() as http:
        key = Maker(http)()
        issue_id = int(http.get(f"/rest/api/3/issue/{key}").json()["id"])
        assert search(http, "project = FT") == []
        body = {"jql": "project = FT", "reconcileIssues": [issue_id], "fields": ["key"]}
        found = http.post("/rest/api/3/search/jql", json=body).json()["issues"]
        assert [issue["key"] for issue in found] == [key]


def test_dates_are_read_in_the_callers_zone() -> None:
    now = round(datetime(2026, 3, 10, 12, 30, tzinfo=UTC).timestamp() * 1000)
    moment = date_value("2026-03-01 09:00", "created", now, "Asia/Tokyo")
    assert moment.astimezone(UTC) == datetime(2026, 3, 1, 0, 0, tzinfo=UTC)
    ago = date_value("-1w 2d", "created", now, "UTC")
    assert ago == datetime(2026, 3, 1, 12, 30, tzinfo=UTC)
    start = date_function("startOfDay", (), "created", now, "Asia/Tokyo")
    assert start is not None
    assert start.astimezone(UTC) == datetime(2026, 3, 9, 15, 0, tzinfo=UTC)
    end = date_function("endOfMonth", (), "created", now, "UTC")
    assert end == datetime(2026, 4, 1, tzinfo=UTC) - timedelta(milliseconds=1)
