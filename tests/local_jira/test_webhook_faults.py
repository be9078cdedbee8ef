"""Webhooks that go wrong on purpose, many at once, in bulk, and on their page."""

import json
import re
import sqlite3
import time
from typing import Any

import httpx
import pytest
from local_jira_tools import Maker
from webhook_tools import PATIENCE_SECONDS, Receiver, settled, subscribe

from local_jira.testing import RunningLocalJira
from local_jira.webhooks.signing import signature

PAGE = "/__local__/deliveries.html"


def struck(receiver: Receiver, count: int) -> list[tuple[str, str]]:
    """Issue key and identifier of each payload that arrived, in order of arrival."""
    receiver.wait_for_count(count)
    return [
        (json.loads(body)["issue"]["key"], headers["X-Atlassian-Webhook-Identifier"])
        for headers, body in receiver.received
    ]


def wait_until_struck(http: httpx.Client) -> None:
    """The fault has met a delivery, so that the next one goes its way."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while http.get("/__local__/faults").json()["faults"]:
        assert time.monotonic() < deadline, "no delivery met the fault"
        time.sleep(0.01)


def test_a_webhook_can_be_lost_on_the_way_and_sent_again(
    local_jira: RunningLocalJira, http: httpx.Client, receiver: Receiver, make: Maker
) -> None:
    subscribe(http, receiver)
    local_jira.add_fault(action="webhook_drop", event="jira:issue_created")
    lost = make()
    wait_until_struck(http)
    kept = make()
    assert [key for key, _ in struck(receiver, 1)] == [kept]
    [delivery] = [one for one in local_jira.deliveries() if one["issue_key"] == lost]
    assert delivery["state"] == "lost"
    local_jira.send_again(delivery["id"])
    assert {key for key, _ in struck(receiver, 2)} == {lost, kept}


def test_a_webhook_can_come_twice_with_one_identifier(
    local_jira: RunningLocalJira, http: httpx.Client, receiver: Receiver, make: Maker
) -> None:
    subscribe(http, receiver)
    local_jira.add_fault(action="webhook_duplicate")
    make()
    first, second = struck(receiver, 2)
    assert first == second


def test_a_webhook_can_be_overtaken(
    local_jira: RunningLocalJira, http: httpx.Client, receiver: Receiver, make: Maker
) -> None:
    subscribe(http, receiver)
    local_jira.add_fault(action="webhook_reorder", delay_seconds=600)
    early = make()
    wait_until_struck(http)
    late = make()
    assert [key for key, _ in struck(receiver, 2)] == [late, early]


def test_a_webhook_can_be_signed_wrongly(
    local_jira: RunningLocalJira, http: httpx.Client, receiver: Receiver, make: Maker
) -> None:
    subscribe(http, receiver)
    local_jira.add_fault(action="webhook_bad_signature")
    make()
    receiver.wait_for_count(1)
    [(headers, body)] = receiver.received
    assert headers["X-Hub-Signature"] != signature("s3cret", body)


def test_no_more_than_twenty_are_under_way_to_one_host(
    http: httpx.Client, receiver: Receiver, make: Maker
) -> None:
    subscribe(http, receiver)
    receiver.gate.clear()
    for number in range(30):
        make(f"number {number}")
    receiver.wait_for_count(20)
    receiver.gate.set()
    receiver.wait_for_count(30)
    assert receiver.most_at_once == 20


def test_what_is_created_in_bulk_flows_second(
    http: httpx.Client, receiver: Receiver, make: Maker
) -> None:
    subscribe(http, receiver)
    fields = {"project": {"key": "FT"}, "issuetype": {"name": "Bug"}, "summary": "One of many"}
    answer = http.post("/rest/api/3/issue/bulk", json={"issueUpdates": [{"fields": fields}] * 2})
    assert answer.status_code == 201
    receiver.wait_for_count(2)
    assert {sent["X-Atlassian-Webhook-Flow"] for sent, _ in receiver.received} == {"Secondary"}


def test_a_filter_that_cannot_be_read_is_refused(http: httpx.Client, receiver: Receiver) -> None:
    body = {"name": "x", "url": receiver.url, "filters": {"issue-related-events-section": "a ="}}
    answer = http.post("/rest/webhooks/1.0/webhook", json=body)
    assert answer.status_code == 400
    assert "Expecting either a value" in answer.json()["errors"]["filters"]


def test_the_page_shows_deliveries_and_sends_them_again(
    local_jira: RunningLocalJira, http: httpx.Client, receiver: Receiver, make: Maker
) -> None:
    assert "Nothing has been sent" in http.get(PAGE).text
    subscribe(http, receiver, url=receiver.url + "?<script>alert(1)</script>")
    receiver.statuses = [401]
    key = make()
    settled(local_jira)
    page = http.get(PAGE)
    assert page.headers["content-security-policy"].startswith("default-src 'none'")
    assert key in page.text
    assert "failed" in page.text
    assert "<script>" not in page.text
    assert "Nothing" in http.get(PAGE + "?state=delivered").text
    path = re.search(r'action="([^"]+/send-again)"', page.text)
    assert path is not None
    browser = {"Accept": "text/html", "Sec-Fetch-Site": "same-origin"}
    address = httpx.URL(local_jira.url).join(path.group(1))
    answer = http.post(address, headers=browser)
    assert answer.status_code == 303
    assert local_jira.url.endswith(answer.headers["location"].removesuffix(PAGE))
    receiver.wait_for_count(2)
    assert settled(local_jira)["state"] == "delivered"
    foreign = http.post(address, headers={"Sec-Fetch-Site": "cross-site"})
    assert foreign.status_code == 403


@pytest.mark.parametrize(
    "change",
    [
        {"url": "http://[::1"},
        {"url": "http://127.0.0.1:99999/"},
        {"url": "http://" + "a" * 300 + ".example/"},
        {"url": "http://:80/"},
        {"url": "http://127.0.0.1:9/\u0000"},
        {"secret": {"a": 1}},
        {"enabled": "no"},
        {"excludeBody": 1},
    ],
    ids=lambda change: str(change)[:40],
)
def test_a_webhook_that_cannot_be_is_refused(
    http: httpx.Client, receiver: Receiver, change: dict[str, Any]
) -> None:
    body = {"name": "Test", "url": receiver.url, "events": [], **change}
    answer = http.post("/rest/webhooks/1.0/webhook", json=body)
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == list(change)


def test_an_address_that_leads_nowhere_holds_up_nobody_else(
    local_jira: RunningLocalJira, http: httpx.Client, receiver: Receiver, make: Maker
) -> None:
    subscribe(http, receiver, name="Lost")
    subscribe(http, receiver, name="Found", events=["jira:issue_created"])
    # As a site made before such addresses were refused may hold them.
    with sqlite3.connect(local_jira.data_dir / "local_jira.sqlite3") as stored:
        stored.execute("UPDATE webhook SET url = 'http://[::1' WHERE name = 'Lost'")
    make()
    receiver.wait_for_count(1)
    make()
    assert len(receiver.wait_for_count(2)) == 2
