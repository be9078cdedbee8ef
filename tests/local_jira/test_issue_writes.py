"""One request is one transaction: fields, properties, comments, links and metadata together."""

from typing import Any

import httpx
import pytest
from local_jira_tools import Maker, adf

from local_jira.testing import RunningLocalJira

CREATE = {"project": {"key": "FT"}, "issuetype": {"name": "Feedback"}, "summary": "Charged twice"}


def create(http: httpx.Client, **body: Any) -> httpx.Response:
    return http.post("/rest/api/2/issue", json={"fields": CREATE, **body})


def test_one_put_carries_everything(http: httpx.Client, make: Maker) -> None:
    key, other = make(labels=["old", "kept"]), make("The other one")
    answer = http.put(
        f"/rest/api/3/issue/{key}",
        params={"notifyUsers": "false", "returnIssue": "true", "properties": "followthrough"},
        json={
            "fields": {"priority": {"name": "High"}, "assignee": {"accountId": "acc-omar-owner"}},
            "update": {
                "labels": [{"add": "new"}, {"remove": "old"}],
                "comment": [
                    {"add": {"body": adf("Noted."), "properties": [{"key": "x.op", "value": 7}]}}
                ],
                "issuelinks": [
                    {"add": {"type": {"name": "Duplicate"}, "outwardIssue": {"key": other}}}
                ],
            },
            "properties": [{"key": "followthrough", "value": {"seq": 3}}],
            "historyMetadata": {"type": "followthrough", "extraData": {"op": "op-1"}},
        },
    )

    assert answer.status_code == 200, answer.text
    issue = answer.json()
    assert issue["fields"]["labels"] == ["kept", "new"]
    assert issue["fields"]["priority"]["name"] == "High"
    assert issue["properties"] == {"followthrough": {"seq": 3}}
    assert issue["fields"]["issuelinks"][0]["outwardIssue"]["key"] == other
    comments = http.get(
        f"/rest/api/3/issue/{key}/comment", params={"expand": "properties", "orderBy": "-created"}
    ).json()["comments"]
    assert comments[0]["properties"] == [{"key": "x.op", "value": 7}]
    histories = http.get(f"/rest/api/3/issue/{key}/changelog").json()["values"]
    assert histories[0]["historyMetadata"]["extraData"] == {"op": "op-1"}
    assert {item["field"] for item in histories[0]["items"]} == {"priority", "assignee", "labels"}


@pytest.mark.parametrize(
    "broken",
    [
        {"fields": {"nonsense": 1}},
        {"update": {"comment": [{"add": {"body": "plain text in version 3"}}]}},
        {"update": {"issuelinks": [{"add": {"type": {"name": "Haunts"}}}]}},
        {"properties": [{"key": "", "value": 1}]},
        {"properties": [{"key": "big", "value": "x" * 40_000}]},
    ],
)
def test_a_put_that_fails_in_one_part_changes_nothing(
    http: httpx.Client, make: Maker, broken: dict[str, Any]
) -> None:
    key = make()
    before = http.get(f"/rest/api/3/issue/{key}").json()
    fields = {"summary": "Changed", **broken.get("fields", {})}
    answer = http.put(f"/rest/api/3/issue/{key}", json={**broken, "fields": fields})

    assert answer.status_code in (400, 404), answer.text
    assert http.get(f"/rest/api/3/issue/{key}").json() == before


def test_a_created_issue_has_its_properties_and_links_from_the_start(
    http: httpx.Client, make: Maker
) -> None:
    source = make()
    link = {"add": {"type": {"name": "Relates"}, "inwardIssue": {"key": source}}}
    created = create(
        http,
        properties=[{"key": "followthrough.op", "value": {"id": "op-9"}}],
        update={"issuelinks": [link]},
    )
    assert created.status_code == 201
    key = created.json()["key"]
    shown = http.get(f"/rest/api/2/issue/{source}").json()["fields"]["issuelinks"]
    assert [entry["outwardIssue"]["key"] for entry in shown] == [key]
    stored = http.get(f"/rest/api/2/issue/{key}/properties/followthrough.op").json()
    assert stored == {"key": "followthrough.op", "value": {"id": "op-9"}}


def test_a_transition_carries_comment_property_and_metadata(
    http: httpx.Client, make: Maker
) -> None:
    key = make()
    answer = http.post(
        f"/rest/api/2/issue/{key}/transitions",
        json={
            "transition": {"id": "41"},
            "fields": {"resolution": {"name": "Fixed"}},
            "update": {"comment": [{"add": {"body": "Mended.", "properties": []}}]},
            "properties": [{"key": "followthrough", "value": {"stage": "decided"}}],
            "historyMetadata": {"type": "followthrough"},
        },
    )
    assert answer.status_code == 204, answer.text
    issue = http.get(
        f"/rest/api/2/issue/{key}",
        params={"properties": "followthrough", "expand": "transitions,changelog,names"},
    ).json()
    assert issue["fields"]["resolution"]["name"] == "Fixed"
    assert issue["fields"]["resolutiondate"] is not None
    assert issue["fields"]["comment"]["comments"][0]["body"] == "Mended."
    assert "properties" not in issue["fields"]["comment"]["comments"][0]
    assert issue["properties"]["followthrough"] == {"stage": "decided"}
    assert [step["name"] for step in issue["transitions"]] == ["Reopen"]
    assert issue["changelog"]["histories"][0]["historyMetadata"] == {"type": "followthrough"}
    assert issue["names"]["duedate"] == "Due date"


def test_a_transition_refuses_what_is_off_its_screen_or_not_open(
    http: httpx.Client, make: Maker
) -> None:
    path = f"/rest/api/2/issue/{make()}/transitions"
    off_screen = http.post(
        path, json={"transition": {"id": "11"}, "fields": {"resolution": {"name": "Fixed"}}}
    )
    assert off_screen.status_code == 400
    assert off_screen.json()["errors"] == {
        "resolution": "Field 'resolution' cannot be set. It is not on the appropriate screen, "
        "or unknown."
    }
    assert http.post(path, json={"transition": {"id": "51"}}).status_code == 400
    assert http.post(path, json={}).json()["errorMessages"] == ["Missing 'transition' identifier"]
    fields = http.get(path, params={"expand": "transitions.fields"}).json()["transitions"][-1]
    assert fields["fields"]["resolution"]["required"] is False


@pytest.mark.parametrize(
    ("body", "messages", "errors"),
    [
        ({"fields": {}}, [], {"project": "Specify a valid project ID or key"}),
        ({"fields": {"project": {"key": "FT"}}}, [], {"issuetype": "Specify an issue type"}),
        (
            {"fields": {**CREATE, "summary": "two\nlines"}},
            [],
            {"summary": "The summary is invalid because it contains newline characters."},
        ),
        (
            {"fields": {**CREATE, "labels": ["a b"]}},
            [],
            {"labels": "The label 'a b' contains spaces which is invalid."},
        ),
        (
            {"fields": {**CREATE, "priority": {"name": "Extreme"}}},
            [],
            {"priority": "The priority selected is invalid."},
        ),
        (
            {"fields": {**CREATE, "summary": "x"}, "update": {"summary": [{"set": "y"}]}},
            [],
            {"summary": "Field 'summary' cannot appear in both 'fields' and 'update'"},
        ),
        (
            {"fields": {**CREATE, "description": "x" * 32_768}},
            [],
            {
                "description": "The entered text is too long. It exceeds the allowed limit of "
                "32,767 characters."
            },
        ),
    ],
)
def test_a_bad_issue_is_refused_in_words(
    http: httpx.Client, body: dict[str, Any], messages: list[str], errors: dict[str, str]
) -> None:
    answer = http.post("/rest/api/2/issue", json=body)
    assert answer.status_code == 400
    assert answer.json() == {"errorMessages": messages, "errors": errors}


def test_empty_and_broken_bodies_have_their_own_sentences(http: httpx.Client) -> None:
    empty = http.post("/rest/api/3/issue")
    assert empty.json()["errorMessages"] == ["No Issue Create payload supplied"]
    broken = http.post(
        "/rest/api/3/issue", content=b"{", headers={"Content-Type": "application/json"}
    )
    assert broken.json()["errorMessages"] == [
        "There was an error parsing JSON. Check that your request body is valid."
    ]


@pytest.mark.parametrize("text", ["NaN", "1e999", '"\\ud800"', "[" * 100_000])
def test_json_that_nothing_can_store_is_refused(http: httpx.Client, make: Maker, text: str) -> None:
    answer = http.put(
        f"/rest/api/3/issue/{make()}/properties/odd",
        content=text.encode(),
        headers={"Content-Type": "application/json"},
    )
    assert answer.status_code == 400


def test_a_property_answers_201_when_new_and_200_when_replaced(
    http: httpx.Client, make: Maker
) -> None:
    path = f"/rest/api/3/issue/{make()}/properties/followthrough"
    assert http.get(path).status_code == 404
    assert http.put(path, json={"seq": 1}).status_code == 201
    assert http.put(path, json={"seq": 2}).status_code == 200
    assert http.get(path).json()["value"] == {"seq": 2}
    assert http.delete(path).status_code == 204
    assert http.delete(path).status_code == 404


def test_the_same_link_twice_is_one_link(http: httpx.Client, make: Maker) -> None:
    first, second = make(), make()
    body = {
        "type": {"name": "Blocks"},
        "inwardIssue": {"key": first},
        "outwardIssue": {"key": second},
    }
    assert [http.post("/rest/api/3/issueLink", json=body).status_code for _ in range(2)] == [
        201
    ] * 2
    assert len(http.get(f"/rest/api/3/issue/{first}").json()["fields"]["issuelinks"]) == 1
    unknown = http.post("/rest/api/3/issueLink", json={**body, "type": {"name": "Haunts"}})
    assert unknown.status_code == 404
    assert unknown.json()["errorMessages"] == ["No issue link type with name 'Haunts' found."]


def test_numbers_of_deleted_issues_are_never_used_again(http: httpx.Client, make: Maker) -> None:
    first = make()
    assert http.delete(f"/rest/api/3/issue/{first}").status_code == 204
    assert make() == "FT-2"


def test_custom_fields_keep_their_kinds(http: httpx.Client, make: Maker) -> None:
    key = make(
        customfield_10101="Cora", customfield_10102=1200.5, customfield_10103={"value": "Team"}
    )
    fields = http.get(f"/rest/api/3/issue/{key}").json()["fields"]
    assert fields["customfield_10102"] == 1200.5
    assert fields["customfield_10103"]["value"] == "Team"


def test_times_are_in_the_callers_zone_with_milliseconds(http: httpx.Client, make: Maker) -> None:
    created = http.get(f"/rest/api/3/issue/{make()}").json()["fields"]["created"]
    assert created[10] == "T"
    assert created[19] == "."
    assert created.endswith("+0000")


def test_comment_order_other_than_created_is_refused(http: httpx.Client, make: Maker) -> None:
    answer = http.get(f"/rest/api/3/issue/{make()}/comment", params={"orderBy": "author"})
    assert answer.status_code == 400
    assert answer.json()["errorMessages"] == [
        "The field to order by should be one of [created]. Instead, it was: author."
    ]


def test_a_customer_sees_and_answers_only_what_is_theirs(
    local_jira: RunningLocalJira, http: httpx.Client, make: Maker
) -> None:
    theirs = make(reporter={"accountId": "acc-cora-customer"})
    other = make()
    http.post(f"/rest/api/2/issue/{theirs}/comment", json={"body": "Hello"})
    mark = [{"key": "sd.public.comment", "value": {"internal": True}}]
    http.post(f"/rest/api/2/issue/{theirs}/comment", json={"body": "Secret", "properties": mark})
    with local_jira.client(local_jira.auth_of("cora")) as cora:
        assert cora.get(f"/rest/api/2/issue/{other}").status_code == 404
        shown = cora.get(f"/rest/api/2/issue/{theirs}", params={"expand": "changelog"}).json()
        assert [c["body"] for c in shown["fields"]["comment"]["comments"]] == ["Hello"]
        assert shown["changelog"]["total"] == 0
        hidden = {"body": "Mine", "properties": mark}
        written = cora.post(f"/rest/api/2/issue/{theirs}/comment", json=hidden).json()
        assert written["jsdPublic"] is True
        assert cora.put(f"/rest/api/2/issue/{theirs}", json={"fields": {}}).status_code == 400
        assert cora.get(f"/rest/api/2/issue/{theirs}/transitions").json()["transitions"] == []
        found = cora.get("/rest/api/2/search/jql", params={"jql": "project = FT", "fields": "key"})
        assert [issue["key"] for issue in found.json()["issues"]] == [theirs]


def test_an_admin_creates_customers_who_can_sign_in(local_jira: RunningLocalJira) -> None:
    person = {
        "emailAddress": "nils.new@customers.example",
        "displayName": "Nils New",
        "password": "nils",
        "products": [],
    }
    with local_jira.client(local_jira.admin_auth) as admin:
        created = admin.post("/rest/api/3/user", json=person)
        assert created.status_code == 201
        assert created.json()["accountType"] == "customer"
        assert created.json()["accountId"] == "acc-nils-new"
        again = admin.post("/rest/api/3/user", json=person).json()
        assert again["accountId"] == "acc-nils-new"
    with local_jira.client(("nils.new@customers.example", "nils")) as nils:
        assert nils.get("/rest/api/3/myself").json()["displayName"] == "Nils New"
        assert nils.post("/rest/api/3/user", json=person).status_code == 403
        written = nils.post("/rest/api/2/issue", json={"fields": CREATE})
        assert written.status_code == 201
        assert nils.get(written.json()["self"]).status_code == 200
