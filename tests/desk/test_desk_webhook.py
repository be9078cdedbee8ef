from __future__ import annotations

import asyncio
import json
import threading
import uuid
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from pydantic import SecretStr
from stage import TASK_QUEUE, client_of, temporal_server, worker
from temporalio.client import Client
from temporalio.common import WorkflowIDConflictPolicy

from desk.signature import sign_body, signature_holds
from desk.temporal_link import TemporalLink
from desk.webhook import WebhookIntake, webhook_routes
from desk.webhook_payload import Hint
from models.messages import ItemStart, JiraChanged
from models.names import FEEDBACK_ITEM_WORKFLOW, SIGNAL_JIRA_CHANGED, feedback_workflow_id
from runtime.problems import Unreachable
from tests.browser import served

SECRET = "a secret made up for these tests"
OURSELVES = "557058:our-own-account"


class Book:
    def __init__(self) -> None:
        self.known: set[str] = set()
        self.lock = threading.Lock()

    def seen_delivery(self, identifier: str) -> bool:
        with self.lock:
            return identifier in self.known

    def remember_delivery(self, identifier: str, issue_id: str | None) -> bool:
        with self.lock:
            self.known.add(identifier)
        return True


class BrokenBook:
    def seen_delivery(self, identifier: str) -> bool:
        raise OSError("disk is gone")

    def remember_delivery(self, identifier: str, issue_id: str | None) -> bool:
        raise OSError("disk is gone")


async def start_or_wake(client: Client, hint: Hint, delivery: str) -> bool:
    await client.start_workflow(
        FEEDBACK_ITEM_WORKFLOW,
        ItemStart(issue_id=hint.issue_id or "", issue_key=hint.issue_key or ""),
        id=feedback_workflow_id(hint.issue_id or ""),
        task_queue=TASK_QUEUE,
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        start_signal=SIGNAL_JIRA_CHANGED,
        start_signal_args=[JiraChanged(delivery=delivery, event=hint.event)],
    )
    return True


def an_intake(temporal: TemporalLink, **changes: Any) -> WebhookIntake:
    parts: dict[str, Any] = {
        "secret": SecretStr(SECRET),
        "project": "FT",
        "temporal": temporal,
        "start_item": start_or_wake,
        "deliveries": Book(),
        "own_account": lambda: OURSELVES,
    }
    return WebhookIntake(**{**parts, **changes})


def app_of(intake: WebhookIntake) -> FastAPI:
    app = FastAPI()
    app.include_router(webhook_routes(intake))
    return app


def a_payload(issue_id: str, event: str = "jira:issue_updated", **members: Any) -> dict[str, Any]:
    return {
        "timestamp": 1764000000000,
        "webhookEvent": event,
        "user": {"accountId": "70121:a-person"},
        "issue": {"id": issue_id, "key": f"FT-{issue_id}", "fields": {"summary": "My words"}},
        **members,
    }


async def post(
    address: str, payload: Any, *, delivery: str | None = None, signed: str | None = "right"
) -> httpx.Response:
    body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    headers = {"Content-Type": "application/json"}
    if signed == "right":
        headers["X-Hub-Signature"] = sign_body(SECRET, body)
    elif signed is not None:
        headers["X-Hub-Signature"] = signed
    if delivery:
        headers["X-Atlassian-Webhook-Identifier"] = delivery
    async with httpx.AsyncClient(timeout=30) as http:
        return await http.post(f"{address}/webhooks/jira", content=body, headers=headers)


async def told(client: Client, issue_id: str) -> list[str]:
    handle = client.get_workflow_handle(feedback_workflow_id(issue_id))
    answer: list[str] = await handle.query("told")
    return answer


def fresh_id() -> str:
    return str(uuid.uuid4().int % 10**12)


@pytest.fixture
async def client(temporal_address: str) -> AsyncIterator[Client]:
    client = await client_of(temporal_address)
    async with worker(client):
        yield client


def link_to(client: Client) -> TemporalLink:
    async def connect() -> Client:
        return client

    return TemporalLink(connect)


async def test_a_signed_change_starts_the_item_before_jira_gets_its_200(client: Client) -> None:
    issue_id = fresh_id()
    async with served(app_of(an_intake(link_to(client)))) as address:
        answer = await post(address, a_payload(issue_id, "jira:issue_created"), delivery="d-1")

    assert answer.status_code == 200, answer.text
    assert answer.json()["outcome"] == "accepted"
    assert await told(client, issue_id) == ["jira:issue_created:d-1"]


async def test_a_deleted_issue_wakes_its_item(client: Client) -> None:
    issue_id = fresh_id()
    async with served(app_of(an_intake(link_to(client)))) as address:
        await post(address, a_payload(issue_id, "jira:issue_created"), delivery="d-1")
        await post(address, a_payload(issue_id, "jira:issue_deleted"), delivery="d-2")

    assert (await told(client, issue_id))[-1] == "jira:issue_deleted:d-2"


async def test_a_replayed_delivery_wakes_the_item_once(client: Client) -> None:
    issue_id = fresh_id()
    async with served(app_of(an_intake(link_to(client)))) as address:
        first = await post(address, a_payload(issue_id), delivery="same")
        second = await post(address, a_payload(issue_id), delivery="same")

    assert first.json()["outcome"] == "accepted"
    assert (second.status_code, second.json()["outcome"]) == (200, "duplicate")
    assert await told(client, issue_id) == ["jira:issue_updated:same"]


@pytest.mark.parametrize(
    "signature",
    [None, "", "sha256=", "sha256=" + "0" * 64, "sha1=" + "0" * 40, "sha256=ümlaut"],
)
async def test_an_unsigned_or_wrongly_signed_delivery_gets_401(
    client: Client, signature: str | None
) -> None:
    async with served(app_of(an_intake(link_to(client)))) as address:
        body = json.dumps(a_payload(fresh_id())).encode()
        headers = {} if signature is None else {"X-Hub-Signature": signature.encode()}
        async with httpx.AsyncClient() as http:
            answer = await http.post(f"{address}/webhooks/jira", content=body, headers=headers)

    assert (answer.status_code, answer.json()["outcome"]) == (401, "unsigned")


async def test_a_signature_of_another_body_gets_401(client: Client) -> None:
    async with served(app_of(an_intake(link_to(client)))) as address:
        answer = await post(address, a_payload(fresh_id()), signed=sign_body(SECRET, b"{}"))

    assert answer.status_code == 401


async def test_an_oversized_body_gets_413_whether_announced_or_streamed(client: Client) -> None:
    async def streamed() -> AsyncIterator[bytes]:
        for _ in range(40):
            yield b" " * 1000

    async with served(app_of(an_intake(link_to(client), largest_body=10_000))) as address:
        announced = await post(address, b" " * 10_001)
        async with httpx.AsyncClient() as http:
            chunked = await http.post(f"{address}/webhooks/jira", content=streamed())
        fits = await post(address, a_payload(fresh_id()))

    assert (announced.status_code, chunked.status_code) == (413, 413)
    assert fits.status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xff\xfe\x00",
        b"[]",
        b"null",
        b'{"webhookEvent": 7}',
        b"[" * 200_000,
        b'{"webhookEvent": "jira:issue_updated"}',
        b'{"webhookEvent": "jira:issue_updated", "issue": {"id": "../1", "key": "FT-1"}}',
        b'{"webhookEvent": "jira:issue_updated", "issue": {"id": "1", "key": "FT 1 words"}}',
    ],
)
async def test_a_signed_body_that_is_no_webhook_gets_a_400_that_jira_does_not_retry(
    client: Client, body: bytes
) -> None:
    intake = an_intake(link_to(client))
    async with served(app_of(intake)) as address:
        answer = await post(address, body)

    assert (answer.status_code, answer.json()["outcome"]) == (400, "malformed")
    assert intake.counts["malformed"] == 1, "a malformed delivery must be counted"


@pytest.mark.parametrize("event", ["sprint_started", "issuelink_created", "no such event"])
async def test_an_event_we_do_not_know_is_ignored_with_200(client: Client, event: str) -> None:
    async with served(app_of(an_intake(link_to(client)))) as address:
        answer = await post(address, a_payload(fresh_id(), event))

    assert (answer.status_code, answer.json()["outcome"]) == (200, "ignored")


async def test_a_comment_event_without_its_issue_is_left_to_the_sweep(client: Client) -> None:
    async with served(app_of(an_intake(link_to(client)))) as address:
        answer = await post(address, {"webhookEvent": "comment_created", "comment": {"id": "9"}})

    assert answer.json()["outcome"] == "ignored"


async def test_our_own_writes_come_back_as_echo_and_wake_nobody(client: Client) -> None:
    issue_id = fresh_id()
    ours = {"accountId": OURSELVES}
    comment = {
        "webhookEvent": "comment_created",
        "issue": {"id": issue_id, "key": f"FT-{issue_id}"},
        "comment": {"id": "5", "author": ours},
    }
    async with served(app_of(an_intake(link_to(client)))) as address:
        edit = await post(address, a_payload(issue_id, user=ours))
        said = await post(address, comment)

    assert (edit.json()["outcome"], said.json()["outcome"]) == ("echo", "echo")
    found = [run async for run in client.list_workflows(f"WorkflowId = 'feedback-{issue_id}'")]
    assert found == []


async def test_an_issue_that_our_own_intake_made_starts_its_item(client: Client) -> None:
    issue_id = fresh_id()
    ours = {"accountId": OURSELVES}
    async with served(app_of(an_intake(link_to(client)))) as address:
        made = await post(address, a_payload(issue_id, "jira:issue_created", user=ours))

    assert made.json()["outcome"] == "accepted"


async def test_another_projects_issue_is_ignored_but_a_moved_item_is_told(client: Client) -> None:
    stranger, moved = fresh_id(), fresh_id()
    async with served(app_of(an_intake(link_to(client)))) as address:
        await post(address, a_payload(moved), delivery="d-1")
        elsewhere = {"id": stranger, "key": f"OPS-{stranger}"}
        first = await post(address, a_payload(stranger, issue=elsewhere), delivery="d-2")
        after = {"id": moved, "key": "OPS-12"}
        second = await post(address, a_payload(moved, issue=after), delivery="d-3")

    assert first.json()["outcome"] == "ignored"
    assert second.json()["outcome"] == "accepted"
    assert await told(client, moved) == ["jira:issue_updated:d-1", "jira:issue_updated:d-3"]


async def test_while_temporal_is_down_jira_is_asked_to_come_again(client: Client) -> None:
    book = Book()

    async def refuse() -> Client:
        raise Unreachable("Temporal does not answer.")

    async with served(app_of(an_intake(TemporalLink(refuse), deliveries=book))) as address:
        answer = await post(address, a_payload(fresh_id()), delivery="d-1")

    assert (answer.status_code, answer.json()["outcome"]) == (503, "unavailable")
    assert int(answer.headers["Retry-After"]) > 0
    assert not book.seen_delivery("d-1"), "the retry must not be taken for a duplicate"


async def test_when_the_server_dies_under_the_desk_jira_is_asked_to_come_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("desk.webhook.TEMPORAL_SECONDS", 2.0)
    with temporal_server(tmp_path) as address_of_server:
        link = link_to(await client_of(address_of_server))
    async with served(app_of(an_intake(link))) as address:
        answer = await post(address, a_payload(fresh_id()), delivery="d-1")

    assert (answer.status_code, answer.json()["outcome"]) == (503, "unavailable")


async def test_a_broken_ledger_costs_no_delivery(client: Client) -> None:
    issue_id = fresh_id()
    async with served(app_of(an_intake(link_to(client), deliveries=BrokenBook()))) as address:
        answer = await post(address, a_payload(issue_id), delivery="d-1")

    assert answer.json()["outcome"] == "accepted"
    assert await told(client, issue_id) == ["jira:issue_updated:d-1"]


async def test_without_a_secret_nothing_is_trusted(client: Client) -> None:
    async with served(app_of(an_intake(link_to(client), secret=None))) as address:
        answer = await post(address, a_payload(fresh_id()))

    assert (answer.status_code, answer.json()["outcome"]) == (503, "unconfigured")


async def test_the_payload_never_reaches_a_log_line(
    client: Client, capfd: pytest.CaptureFixture[str]
) -> None:
    async with served(app_of(an_intake(link_to(client)))) as address:
        await post(address, a_payload(fresh_id()), delivery="d-1")
        await post(address, b'{"webhookEvent": "jira:issue_updated", "words": "My words"}')
        await asyncio.sleep(0)

    output = capfd.readouterr()
    assert "My words" not in output.out + output.err


def test_the_signature_agrees_with_jiras_published_example() -> None:
    signature = "sha256=a4771c39fbe90f317c7824e83ddef3caae9cb3d976c214ace1f2937e133263c9"

    assert signature_holds("It's a Secret to Everybody", b"Hello World!", signature)
    assert not signature_holds("It's a Secret to Everybody", b"Hello World", signature)
