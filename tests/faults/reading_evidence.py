"""Reads the evidence together: from Jira over HTTP, from Temporal, the ledger and the effects' book."""

from __future__ import annotations

import asyncio
import dataclasses
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from temporalio.api.enums.v1 import EventType, WorkflowTaskFailedCause
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import (
    Client,
    WorkflowExecution,
    WorkflowExecutionStatus,
    WorkflowQueryFailedError,
    WorkflowQueryRejectedError,
)
from temporalio.service import RPCError

from ledger.store import Ledger
from tests.faults.evidence import (
    Ballot,
    Comment,
    Evidence,
    Happened,
    Issue,
    Item,
    Json,
    Move,
    Request,
    Row,
)

PAGE = 100
AT_ONCE = 8
ANSWER = timedelta(seconds=30)
OPERATION = "followthrough.op"
OWN_SHEETS = ("ft-theme-", "ft-review-", "ft-rollout-")
HARMLESS = (
    # A person's signal came while the task was answered; the server asks again by itself.
    WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_UNHANDLED_COMMAND,
    WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_FORCE_CLOSE_COMMAND,
    WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_RESET_STICKY_TASK_QUEUE,
    WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_GRPC_MESSAGE_TOO_LARGE,
)


async def read_evidence(
    client: Client, jira: httpx.Client, ledger: Ledger, effects_url: str, project: str = "FT"
) -> Evidence:
    """Everything as it stands now. `jira` reads as an administrator; a worker has to run."""
    executions = await _executions(client)
    items = await _each(client, executions, "feedback-", _item)
    requests = await _each(client, executions, "action-", _request)
    outside = await asyncio.to_thread(_outside, jira, ledger, effects_url, project)
    return dataclasses.replace(outside, items=items, requests=requests)


def _outside(jira: httpx.Client, ledger: Ledger, effects_url: str, project: str) -> Evidence:
    """All but Temporal."""
    book = httpx.get(f"{effects_url}/__local__/journal", trust_env=False, timeout=30).json()
    bad = ledger.verify().first_bad
    return Evidence(
        issues={one.id: one for one in _issues(jira, project)},
        items={},
        rows=tuple(_rows(ledger)),
        journal=tuple(_journal(jira)),
        effects=tuple(book["effects"]),
        doubles=int(book["doubles"]),
        bad_row=None if bad is None else f"row {bad.sequence}: {bad.why}",
    )


def _journal(jira: httpx.Client) -> Iterator[Json]:
    since = 0
    while True:
        answer = jira.get("/__local__/journal", params={"since_id": since, "limit": 1000})
        lines: list[Json] = answer.raise_for_status().json()["requests"]
        yield from lines
        if not lines:
            return
        since = lines[-1]["id"]


def _issues(jira: httpx.Client, project: str) -> Iterator[Issue]:
    token: str | None = None
    while True:
        asked: Json = {"jql": f"project = {project}", "fields": "labels", "maxResults": PAGE}
        asked |= {"nextPageToken": token} if token else {}
        page = jira.get("/rest/api/2/search/jql", params=asked).raise_for_status().json()
        for found in page["issues"]:
            if not any(label.startswith(OWN_SHEETS) for label in found["fields"]["labels"]):
                yield _issue(jira, found["id"])
        token = page.get("nextPageToken")
        if not token:
            return


def _issue(jira: httpx.Client, issue_id: str) -> Issue:
    path = f"/rest/api/2/issue/{issue_id}"
    raw = jira.get(path, params={"expand": "changelog"}).raise_for_status().json()
    fields = raw["fields"]
    comments = jira.get(f"{path}/comment", params={"expand": "properties", "maxResults": 1000})
    changes = jira.get(f"{path}/changelog", params={"maxResults": 1000}).raise_for_status().json()
    return Issue(
        id=raw["id"],
        key=raw["key"],
        created=_moment(fields["created"]),
        done=fields["status"]["statusCategory"]["key"] == "done",
        comments=tuple(_comment(one) for one in comments.raise_for_status().json()["comments"]),
        moves=tuple(
            Move(
                change["author"]["accountId"], _moment(change["created"]),
                item["fromString"], item["toString"],
            )
            for change in changes["values"]
            for item in change["items"]
            if item["field"] == "status"
        ),
        links=tuple(_link(one) for one in fields.get("issuelinks") or ()),
    )  # fmt: skip


def _comment(raw: Json) -> Comment:
    properties = {one["key"]: one["value"] for one in raw.get("properties") or ()}
    return Comment(
        id=int(raw["id"]),
        author=raw["author"]["accountId"],
        at=_moment(raw["created"]),
        body=raw["body"],
        public=raw.get("jsdPublic") is not False,
        operation=(properties.get(OPERATION) or {}).get("id"),
    )


def _link(raw: Json) -> tuple[str, str, str]:
    direction = "outward" if "outwardIssue" in raw else "inward"
    return raw["type"]["name"], direction, raw[f"{direction}Issue"]["key"]


def _rows(ledger: Ledger) -> Iterator[Row]:
    after = 0
    while found := ledger.events_after(after, 1000):
        for one in found:
            event = _happened(one.event.model_dump(mode="json"))
            yield Row(one.sequence, one.issue_id, one.workflow_id, event)
        after = found[-1].sequence


async def _executions(client: Client) -> dict[str, list[WorkflowExecution]]:
    found: dict[str, list[WorkflowExecution]] = defaultdict(list)
    async for one in client.list_workflows():
        found[one.id].append(one)
    return found


async def _each(client: Client, found: Any, prefix: str, read: Any) -> dict[str, Any]:
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(name: str) -> Any:
        async with gate:
            return await read(client, name, found[name])

    names = [name for name in found if name.startswith(prefix)]
    read_all = await asyncio.gather(*(one(name) for name in names))
    return {name.removeprefix(prefix): it for name, it in zip(names, read_all, strict=True)}


async def _item(client: Client, name: str, runs: list[WorkflowExecution]) -> Item:
    handle = client.get_workflow_handle(name)
    described = await handle.describe()
    status, events = await _ask(client, name, "status"), await _ask(client, name, "timeline")
    history = await _history(client, runs)
    raw = described.raw_description
    due = [one.value for one in described.typed_search_attributes if one.key.name == "FtDueAt"]
    return Item(
        workflow_id=name,
        lives=_lives(runs),
        running=described.status is WorkflowExecutionStatus.RUNNING,
        status=status,
        timeline=tuple(_happened(one) for one in (events or {}).get("events", ())),
        broken=sum(map(_broken, history)),
        idle=not raw.pending_activities and not raw.HasField("pending_workflow_task"),
        due_shown=due[0] if due else None,
    )


async def _ask(client: Client, name: str, query: str) -> Json | None:
    try:
        answer: Json = await client.get_workflow_handle(name).query(query, rpc_timeout=ANSWER)
    except (RPCError, WorkflowQueryFailedError, WorkflowQueryRejectedError):
        return None
    return answer


async def _request(client: Client, name: str, runs: list[WorkflowExecution]) -> Request:
    history = await _history(client, runs)
    decode = client.data_converter.decode
    begun = next(e for e in history if e.HasField("workflow_execution_started_event_attributes"))
    payloads = begun.workflow_execution_started_event_attributes.input.payloads
    (start,) = await decode(payloads)
    result: Json = {}
    for event in history:
        if event.HasField("workflow_execution_completed_event_attributes"):
            ended = event.workflow_execution_completed_event_attributes.result.payloads
            (result,) = await decode(ended)
    proposal = start["proposal"]
    return Request(
        request_id=proposal["request_id"],
        issue_id=start["item"]["issue_id"],
        lives=_lives(runs),
        running=any(one.status is WorkflowExecutionStatus.RUNNING for one in runs),
        kind=proposal["kind"],
        proposer=proposal["proposed_by"]["person"],
        amount=(proposal.get("amount") or {}).get("minor"),
        ballots=tuple([one async for one in _ballots(client, history)]),
        outcome=result.get("outcome"),
        effect=(result.get("effect") or {}).get("state"),
        broken=sum(map(_broken, history)),
    )


async def _ballots(client: Client, history: list[HistoryEvent]) -> Any:
    """Every vote as it was sent, by update or by signal; what is no vote is passed over."""
    for event in history:
        if event.HasField("workflow_execution_update_accepted_event_attributes"):
            asked = event.workflow_execution_update_accepted_event_attributes.accepted_request.input
            name, payloads = asked.name, asked.args.payloads
        elif event.HasField("workflow_execution_signaled_event_attributes"):
            sent = event.workflow_execution_signaled_event_attributes
            name, payloads = sent.signal_name, sent.input.payloads
        else:
            continue
        if name != "decide":
            continue
        (vote,) = await client.data_converter.decode(payloads)
        yield Ballot(
            person=vote["actor"]["person"],
            channel=vote["actor"]["channel"],
            choice=vote["choice"],
            reason=vote.get("reason") or "",
            at=event.event_time.ToDatetime().replace(tzinfo=UTC),
            digest=vote.get("digest") or "",
            moved_to=vote.get("moved_to") or "",
            proof=vote["actor"].get("proof"),
        )


async def _history(client: Client, runs: list[WorkflowExecution]) -> list[HistoryEvent]:
    found: list[HistoryEvent] = []
    for run in sorted(runs, key=lambda one: one.start_time):
        handle = client.get_workflow_handle(run.id, run_id=run.run_id)
        found += (await handle.fetch_history()).events
    return found


def _broken(event: HistoryEvent) -> bool:
    failed = event.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED
    return failed and event.workflow_task_failed_event_attributes.cause not in HARMLESS


def _lives(runs: list[WorkflowExecution]) -> int:
    again = WorkflowExecutionStatus.CONTINUED_AS_NEW
    return sum(one.status is not again for one in runs)


def _happened(raw: Json) -> Happened:
    return Happened(
        operation=raw["operation_id"],
        sequence=raw["sequence"],
        kind=raw["kind"],
        at=datetime.fromisoformat(raw["at"]),
        person=raw.get("person"),
        channel=raw.get("channel"),
        facts=dict(raw.get("facts") or {}),
    )


def _moment(written: str) -> datetime:
    return datetime.strptime(written, "%Y-%m-%dT%H:%M:%S.%f%z")
