"""Dynamic webhooks: what an app registers for itself, and nobody else can."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from local_jira_tools import Maker
from webhook_tools import Receiver, settled

from local_jira.testing import RunningLocalJira

PATH = "/rest/api/3/webhook"


@pytest.fixture
def app(local_jira: RunningLocalJira) -> Iterator[httpx.Client]:
    as_app = {"Authorization": f"Bearer {local_jira.bot_auth[1]}"}
    with httpx.Client(base_url=local_jira.url, headers=as_app, trust_env=False) as client:
        yield client


def register(app: httpx.Client, url: str, *entries: dict[str, Any]) -> list[dict[str, Any]]:
    answer = app.post(PATH, json={"url": url, "webhooks": list(entries)})
    assert answer.status_code == 200, answer.text
    results: list[dict[str, Any]] = answer.json()["webhookRegistrationResult"]
    return results


def wish(jql: str = "project = FT", *events: str, **more: Any) -> dict[str, Any]:
    return {"jqlFilter": jql, "events": list(events or ("jira:issue_created",)), **more}


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", ""), ("POST", ""), ("DELETE", ""), ("PUT", "/refresh"), ("GET", "/failed")],
)
def test_an_api_token_and_a_person_are_no_app(
    local_jira: RunningLocalJira, http: httpx.Client, method: str, path: str
) -> None:
    person = {"Authorization": "Bearer local-ada-token"}
    for headers in ({}, person):
        with (
            local_jira.client()
            if not headers
            else httpx.Client(base_url=local_jira.url, headers=headers, trust_env=False) as caller
        ):
            answer = caller.request(method, PATH + path, json={"webhookIds": [1]})
            assert answer.status_code == 403
            assert answer.json()["errorMessages"] == ["The caller isn't an app."]


def test_webhooks_are_registered_listed_refreshed_and_deleted(
    app: httpx.Client, receiver: Receiver
) -> None:
    [result] = register(app, receiver.url, wish())
    [listed] = app.get(PATH).json()["values"]
    assert listed["id"] == result["createdWebhookId"]
    month = 30 * 24 * 3_600_000
    refreshed = app.put(f"{PATH}/refresh", json={"webhookIds": [listed["id"]]}).json()
    assert 0 <= refreshed["expirationDate"] - listed["expirationDate"] < month
    assert app.get(PATH).json()["values"][0]["expirationDate"] == refreshed["expirationDate"]
    assert app.request("DELETE", PATH, json={"webhookIds": [listed["id"]]}).status_code == 202
    assert app.get(PATH).json()["total"] == 0


@pytest.mark.parametrize(
    ("entry", "sentence"),
    [
        (wish("priority = High"), "The field 'priority' is not supported"),
        (wish("project = FT AND summary ~ x"), "The field 'summary' is not supported"),
        (wish("status is EMPTY"), "The operator 'is' is not supported"),
        (wish("NOT (project = FT OR labels = x)"), "The field 'labels' is not supported"),
        (wish(""), "must restrict"),
        (wish("project ="), "Expecting either a value"),
        (wish("project = FT", "user_created"), "The event 'user_created' is not supported."),
    ],
)
def test_what_cannot_be_registered_says_why_and_the_rest_is(
    app: httpx.Client, receiver: Receiver, entry: dict[str, Any], sentence: str
) -> None:
    bad, good = register(app, receiver.url, entry, wish("status != Done"))
    assert sentence in bad["errors"][0]
    assert good["createdWebhookId"]


def test_an_app_has_five_webhooks_at_most(app: httpx.Client, receiver: Receiver) -> None:
    results = register(app, receiver.url, *[wish() for _ in range(6)])
    assert [len(result.get("errors", [])) for result in results] == [0, 0, 0, 0, 0, 1]


def test_one_delivery_names_all_webhooks_that_matched(
    app: httpx.Client, receiver: Receiver, make: Maker
) -> None:
    results = register(
        app,
        receiver.url,
        wish("issuetype = Feedback"),
        wish("issuetype = Bug"),
        wish("project in (FT)"),
    )
    ids = [result["createdWebhookId"] for result in results]
    make()
    [payload] = receiver.wait_for_count(1)
    assert payload["matchedWebhookIds"] == [ids[0], ids[2]]
    assert "X-Hub-Signature" not in receiver.received[0][0]


def test_fields_and_property_keys_narrow_what_arrives(
    app: httpx.Client, http: httpx.Client, receiver: Receiver, make: Maker
) -> None:
    events = ("jira:issue_updated", "issue_property_set")
    narrow = {"fieldIdsFilter": ["priority"], "issuePropertyKeysFilter": ["wanted"]}
    register(app, receiver.url, wish("project = FT", *events, **narrow))
    key = make()
    http.put(f"/rest/api/2/issue/{key}", json={"fields": {"summary": "Not this"}})
    http.put(f"/rest/api/2/issue/{key}/properties/other", json=1)
    http.put(f"/rest/api/2/issue/{key}", json={"fields": {"priority": {"name": "High"}}})
    http.put(f"/rest/api/2/issue/{key}/properties/wanted", json=1)
    payloads = receiver.wait_for_count(2)
    assert {payload["webhookEvent"] for payload in payloads} == set(events)
    updated = next(one for one in payloads if "changelog" in one)
    assert [item["field"] for item in updated["changelog"]["items"]] == ["priority"]


def test_what_was_given_up_is_listed_as_failed(
    local_jira: RunningLocalJira, app: httpx.Client, receiver: Receiver, make: Maker
) -> None:
    register(app, receiver.url, wish())
    receiver.statuses = [500] * 6
    key = make()
    assert settled(local_jira)["state"] == "failed"
    failed = app.get(f"{PATH}/failed").json()
    [entry] = failed["values"]
    assert entry["id"] == receiver.received[0][0]["X-Atlassian-Webhook-Identifier"]
    assert key in entry["body"]
    assert app.get(failed["next"]).json()["values"] == []
