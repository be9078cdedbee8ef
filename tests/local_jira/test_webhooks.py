"""Webhooks as a receiver sees them: signed, identified, retried, and never lost with the process."""

import hashlib
import hmac
from pathlib import Path

import httpx
from local_jira_tools import Maker
from webhook_tools import Receiver, settled, subscribe

from local_jira.testing import RunningLocalJira, running_local_jira
from local_jira.webhooks.signing import signature


def test_the_documented_signature_example_holds() -> None:
    assert signature("It's a Secret to Everybody", b"Hello World!") == (
        "sha256=a4771c39fbe90f317c7824e83ddef3caae9cb3d976c214ace1f2937e133263c9"
    )


def test_a_webhook_can_be_created_read_changed_and_deleted(
    http: httpx.Client, receiver: Receiver
) -> None:
    created = subscribe(http, receiver)
    assert created["isSigned"] is True
    assert "secret" not in created
    path = created["self"]
    changed = http.put(path, json={"enabled": False}).json()
    assert changed["enabled"] is False
    assert changed["isSigned"] is True
    assert [hook["name"] for hook in http.get("/rest/webhooks/1.0/webhook").json()] == ["Test"]
    assert http.delete(path).status_code == 204
    assert http.get(path).status_code == 404


def test_only_admins_manage_webhooks(local_jira: RunningLocalJira) -> None:
    with local_jira.client(local_jira.auth_of("ada")) as ada:
        assert ada.get("/rest/webhooks/1.0/webhook").status_code == 403
        assert ada.post("/rest/api/3/webhook", json={}).status_code == 403


def test_every_write_by_anybody_arrives_signed(
    local_jira: RunningLocalJira, http: httpx.Client, receiver: Receiver, make: Maker
) -> None:
    subscribe(http, receiver)
    key = make()
    with local_jira.client(local_jira.auth_of("ada")) as ada:
        ada.post(f"/rest/api/2/issue/{key}/comment", json={"body": "Hello"})
        ada.put(f"/rest/api/2/issue/{key}", json={"fields": {"priority": {"name": "High"}}})
    http.put(f"/rest/api/2/issue/{key}/properties/x", json=1)
    http.delete(f"/rest/api/2/issue/{key}")

    payloads = receiver.wait_for_count(5)
    assert {payload["webhookEvent"] for payload in payloads} == {
        "jira:issue_created",
        "comment_created",
        "jira:issue_updated",
        "issue_property_set",
        "jira:issue_deleted",
    }
    for headers, body in receiver.received:
        expected = hmac.new(b"s3cret", body, hashlib.sha256).hexdigest()
        assert headers["X-Hub-Signature"] == f"sha256={expected}"
        assert headers["X-Atlassian-Webhook-Flow"] == "Primary"
        assert "X-Atlassian-Webhook-Retry" not in headers
    identifiers = {headers["X-Atlassian-Webhook-Identifier"] for headers, _ in receiver.received}
    assert len(identifiers) == 5


def test_the_payloads_have_the_quirks_of_real_ones(
    http: httpx.Client, receiver: Receiver, make: Maker
) -> None:
    subscribe(http, receiver)
    key = make(description="Plain *wiki* text")
    http.post(f"/rest/api/2/issue/{key}/comment", json={"body": "Hello"})
    http.post(f"/rest/api/2/issue/{key}/transitions", json={"transition": {"id": "11"}})
    payloads = {p["webhookEvent"]: p for p in receiver.wait_for_count(3)}

    created = payloads["jira:issue_created"]
    assert created["issue_event_type_name"] == "issue_created"
    assert created["issue"]["self"].endswith("/rest/api/2/10001")
    assert created["issue"]["fields"]["description"] == "Plain *wiki* text"
    assert isinstance(created["changelog"]["id"], str)
    assert {"summary", "status"} <= {item["fieldId"] for item in created["changelog"]["items"]}
    assert "emailAddress" not in created["user"]

    comment = payloads["comment_created"]
    assert comment["comment"]["author"]["accountId"] == "acc-followthrough-bot"
    assert comment["comment"]["body"] == "Hello"
    assert comment["issue"]["key"] == key
    assert set(comment["issue"]["fields"]) <= {
        "summary", "issuetype", "project", "assignee", "priority", "status",
    }  # fmt: skip

    updated = payloads["jira:issue_updated"]
    assert updated["issue_event_type_name"] == "issue_generic"
    [item] = updated["changelog"]["items"]
    assert (item["field"], item["fromString"], item["toString"]) == (
        "status",
        "Open",
        "In Progress",
    )


def test_a_filter_lets_only_matching_issues_through(
    http: httpx.Client, receiver: Receiver, make: Maker
) -> None:
    jql = {"issue-related-events-section": "project = FT AND labels = watched"}
    subscribe(http, receiver, filters=jql, url=receiver.url + "?key=${issue.key}")
    make("Ignored")
    watched = make("Watched", labels=["watched"])
    payloads = receiver.wait_for_count(1)
    assert [payload["issue"]["key"] for payload in payloads] == [watched]


def test_a_refused_webhook_is_retried_with_the_same_identifier(
    http: httpx.Client, receiver: Receiver, make: Maker
) -> None:
    subscribe(http, receiver)
    receiver.statuses = [503, 429, 408]
    make()
    receiver.wait_for_count(4)
    headers = [sent for sent, _ in receiver.received]
    assert len({sent["X-Atlassian-Webhook-Identifier"] for sent in headers}) == 1
    assert [sent.get("X-Atlassian-Webhook-Retry") for sent in headers] == [None, "1", "2", "3"]
    assert len({body for _, body in receiver.received}) == 1


def test_after_five_retries_a_webhook_is_lost_until_somebody_sends_it_again(
    local_jira: RunningLocalJira, http: httpx.Client, receiver: Receiver, make: Maker
) -> None:
    subscribe(http, receiver)
    receiver.statuses = [500] * 6
    make()
    delivery = settled(local_jira)
    assert delivery["state"] == "failed"
    assert delivery["attempts"] == 6
    local_jira.send_again(delivery["id"])
    receiver.wait_for_count(7)
    assert settled(local_jira)["state"] == "delivered"


def test_an_answer_that_no_retry_can_mend_is_final(
    local_jira: RunningLocalJira, http: httpx.Client, receiver: Receiver, make: Maker
) -> None:
    subscribe(http, receiver)
    receiver.statuses = [401]
    make()
    assert settled(local_jira)["attempts"] == 1


def test_a_write_that_fails_sends_nothing(
    local_jira: RunningLocalJira, http: httpx.Client, receiver: Receiver, make: Maker
) -> None:
    key = make()
    subscribe(http, receiver)
    body = {"fields": {"summary": "x"}, "update": {"comment": [{"add": {"body": 1}}]}}
    assert http.put(f"/rest/api/2/issue/{key}", json=body).status_code == 400
    assert local_jira.deliveries() == []


def test_what_waits_in_the_outbox_survives_a_restart(tmp_path: Path, receiver: Receiver) -> None:
    receiver.statuses = [503]
    with running_local_jira(tmp_path, webhook_retry_scale=100.0) as first, first.client() as http:
        subscribe(http, receiver)
        Maker(http)()
        receiver.wait_for_count(1)
        identifier = first.deliveries()[0]["identifier"]
    with running_local_jira(tmp_path) as second:
        [waiting] = second.deliveries()
        assert waiting["identifier"] == identifier
        second.send_again(waiting["id"])
        receiver.wait_for_count(2)
    assert receiver.received[-1][0]["X-Atlassian-Webhook-Identifier"] == identifier
