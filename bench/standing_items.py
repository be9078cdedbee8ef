"""Items that stand and answer as real ones do, so that ten thousand of them are there in minutes.

A real item takes thirteen actions and six calls of Jira until it waits for its owner. What stands
here has the real workflow's name, search attributes and queries, and a state that the real rules
made; it was only never received, and nothing happens to it.
"""

from __future__ import annotations

import asyncio
import gzip
import json
from base64 import b64decode
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import cache

from temporalio import workflow
from temporalio.client import Client, WorkflowQueryFailedError
from temporalio.common import SearchAttributeKey, SearchAttributePair, TypedSearchAttributes
from temporalio.service import RPCError
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from bench.recordings import RECORDINGS, SUFFIX
from ledger.records import IndexedItem
from models.activity_io import AppendInput
from models.events import LedgerEntry
from models.item_state import ItemState
from models.lifecycle import Awaiting
from models.names import FEEDBACK_ITEM_WORKFLOW, QUERY_STATUS, feedback_workflow_id
from policies import business_time
from policies.lifecycle.receiving import receive
from tests.samples import T0, empty_state, received
from workflows.feedback_item import FeedbackItemWorkflow

TASK_QUEUE = "standing-items"
STARTED_AT_ONCE = 40
ONE_UNSURE_IN = 100
"""So many items have one that waits for a word about its triage; the rest are with their owner."""
SCENARIO = "plain"
DAYS_COVERED = 10_000
PATIENCE_SECONDS = 300.0
FIRST_ID = 10_000
"""Ids as the local Jira gives them, which need not have all of these issues."""


@cache
def _sample(unsure: bool) -> ItemState:
    told = received(unsure=unsure)
    reaching_now = business_time.always_open(T0 - timedelta(days=1), DAYS_COVERED)
    pinned = told.snapshot.model_copy(update={"calendar": reaching_now})
    return receive(empty_state(), told.model_copy(update={"snapshot": pinned}), T0)


def is_unsure(number: int) -> bool:
    """Whether this item waits for a word about its triage."""
    return number % ONE_UNSURE_IN == 0


@workflow.defn(name=FEEDBACK_ITEM_WORKFLOW)
class StandingItem(FeedbackItemWorkflow):
    """The real item with its queries, without its life."""

    @workflow.init
    def __init__(self, issue_id: str, issue_key: str, unsure: bool) -> None:
        sample = _sample(unsure)
        assert sample.item is not None
        named = {"issue_id": issue_id, "issue_key": issue_key}
        self.state = sample.model_copy(
            update={
                "issue_id": issue_id,
                "workflow_id": feedback_workflow_id(issue_id),
                "item": sample.item.model_copy(update=named),
            }
        )

    @workflow.run
    async def run(self, issue_id: str, issue_key: str, unsure: bool) -> None:  # type: ignore[override] # it stands, and needs other words to begin
        """Stand until the server ends."""
        await workflow.wait_condition(lambda: False)


@asynccontextmanager
async def standing_worker(client: Client, most: int) -> AsyncIterator[None]:
    """A worker that keeps so many items in memory, as one that is not short of it does."""
    async with Worker(
        client,
        task_queue=TASK_QUEUE,
        workflows=[StandingItem],
        workflow_runner=UnsandboxedWorkflowRunner(),
        max_cached_workflows=most,
    ):
        yield


async def start_items(client: Client, numbers: Sequence[int]) -> None:
    """Start them, and wait until the last one answers."""
    gate = asyncio.Semaphore(STARTED_AT_ONCE)

    async def start(number: int) -> None:
        issue_id, issue_key = named(number)
        async with gate:
            await client.start_workflow(
                FEEDBACK_ITEM_WORKFLOW,
                args=[issue_id, issue_key, is_unsure(number)],
                id=feedback_workflow_id(issue_id),
                task_queue=TASK_QUEUE,
                search_attributes=_search_attributes(number),
            )

    await asyncio.gather(*(start(number) for number in numbers))
    await _answering(client, numbers[-1])


def named(number: int) -> tuple[str, str]:
    """The issue id and key of an item."""
    return str(FIRST_ID + number), f"FT-{number}"


def past_of(number: int, began: datetime) -> tuple[IndexedItem, tuple[LedgerEntry, ...]]:
    """What the ledger has of an item that went the way of the recorded plain one, from `began` on."""
    issue_id, issue_key = named(number)
    entries = _recorded_entries()
    moved = began - entries[0].event.at
    workflow_id = feedback_workflow_id(issue_id)
    customer = f"{number % 4001:016x}"
    told = tuple(
        entry.model_copy(
            update={
                "issue_id": issue_id,
                "issue_key": issue_key,
                "workflow_id": workflow_id,
                "customer": customer,
                "event": entry.event.model_copy(
                    update={
                        "operation_id": f"{workflow_id}/past/{entry.event.sequence}",
                        "at": entry.event.at + moved,
                    }
                ),
            }
        )
        for entry in entries
    )
    indexed = IndexedItem(
        issue_id=issue_id,
        issue_key=issue_key,
        workflow_id=workflow_id,
        customer=customer,
        category=entries[-1].category,
        created_at=began,
        signature=tuple(sorted({(number * step) % 5003 for step in range(1, 13)})),
    )
    return indexed, told


def moments(many: int) -> Iterator[datetime]:
    """When items began: spread evenly over the last ninety days."""
    now = datetime.now(UTC)
    for number in range(many):
        yield now - timedelta(days=90) * (many - number) / many


@cache
def _recorded_entries() -> tuple[LedgerEntry, ...]:
    """Every entry that the recorded plain item appended to the ledger."""
    document = json.loads(gzip.decompress((RECORDINGS / f"{SCENARIO}{SUFFIX}").read_bytes()))
    found: list[LedgerEntry] = []
    for history in document["histories"].values():
        for event in history["events"]:
            scheduled = event.get("activityTaskScheduledEventAttributes", {})
            if scheduled.get("activityType", {}).get("name") == "append_to_ledger":
                payload = b64decode(scheduled["input"]["payloads"][0]["data"])
                found += AppendInput.model_validate_json(payload).entries
    return tuple(found)


def _search_attributes(number: int) -> TypedSearchAttributes:
    awaiting = Awaiting.TRIAGE if is_unsure(number) else Awaiting.OWNER
    due = datetime.now(UTC) + timedelta(minutes=number % 5000)
    words = {
        "FtAwaiting": awaiting.value,
        "FtStage": "clocks",
        "FtSeverity": "S3",
        "FtOwner": "omar" if number % 10 else "lena",
        "FtCategory": "billing",
    }
    pairs = [
        SearchAttributePair(SearchAttributeKey.for_keyword(name), value)
        for name, value in words.items()
    ]
    return TypedSearchAttributes(
        [*pairs, SearchAttributePair(SearchAttributeKey.for_datetime("FtDueAt"), due)]
    )


async def _answering(client: Client, number: int) -> None:
    """Wait until this item has had its first task, before which it answers nothing."""
    handle = client.get_workflow_handle(feedback_workflow_id(named(number)[0]))
    deadline = asyncio.get_running_loop().time() + PATIENCE_SECONDS
    while True:
        try:
            await handle.query(QUERY_STATUS)
        except (WorkflowQueryFailedError, RPCError):
            if asyncio.get_running_loop().time() > deadline:
                raise
            await asyncio.sleep(0.5)
        else:
            return
