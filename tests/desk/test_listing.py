"""The most urgent of many, which Temporal's visibility on SQL can count and not sort."""

from __future__ import annotations

import asyncio
import random
import uuid
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from stage import client_of
from temporalio.client import Client
from temporalio.common import SearchAttributeKey, SearchAttributePair, TypedSearchAttributes

from desk.list_memory import FRESH_SECONDS as TOTAL_FRESH_SECONDS
from desk.list_memory import STRETCH_SECONDS, ListMemory
from desk.listing import FEW, WAITS_FOR_PEOPLE, ListedItem, most_urgent, urgency
from desk.recent_answers import FRESH_SECONDS, RecentAnswers
from models.lifecycle import Awaiting
from models.messages import ItemStatus
from models.names import FEEDBACK_ITEM_WORKFLOW
from policies.lifecycle import receiving, report
from tests.samples import T0, empty_state, received

PATIENCE_SECONDS = 60
MANY = FEW * 3


def attributes(owner: str, awaiting: Awaiting, due_at: datetime | None) -> TypedSearchAttributes:
    words = {"FtOwner": owner, "FtAwaiting": awaiting.value, "FtSeverity": "S3"}
    pairs = [
        SearchAttributePair(SearchAttributeKey.for_keyword(name), value)
        for name, value in words.items()
    ]
    if due_at is not None:
        pairs.append(SearchAttributePair(SearchAttributeKey.for_datetime("FtDueAt"), due_at))
    return TypedSearchAttributes(pairs)


async def waiting(client: Client, owner: str) -> list[ListedItem]:
    """So many items of one owner, some overdue, some without a due time, once all are listed."""
    chance = random.Random(7)
    now = datetime.now(UTC)
    for number in range(MANY):
        due = now + timedelta(minutes=chance.uniform(-600, 6000)) if number % 10 else None
        awaiting = Awaiting.TRIAGE if number % 40 == 1 else Awaiting.OWNER
        await client.start_workflow(
            FEEDBACK_ITEM_WORKFLOW,
            id=f"listing-{uuid.uuid4()}",
            task_queue="nobody-serves-this",
            search_attributes=attributes(owner, awaiting, due),
        )
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            found = await most_urgent(client, WAITS_FOR_PEOPLE, owner=owner)
            if found.total == len(found.items) == MANY:
                return list(found.items)
            await asyncio.sleep(0.2)


async def test_every_page_is_the_stretch_of_the_whole_list_that_it_should_be(
    temporal_address: str,
) -> None:
    client = await client_of(temporal_address)
    owner = f"o'{uuid.uuid4().hex}"
    everything = await waiting(client, owner)
    assert everything == sorted(everything, key=urgency)
    for offset in (0, 3, 25, FEW, MANY - 20, MANY - 5, MANY):
        page = await most_urgent(client, WAITS_FOR_PEOPLE, owner=owner, offset=offset, limit=10)
        assert list(page.items) == everything[offset : offset + 10], f"from {offset} on"
        assert page.total == MANY
    memory = ListMemory()
    for _ in range(2):  # the second finds what the first kept
        page = await most_urgent(
            client, WAITS_FOR_PEOPLE, owner=owner, offset=25, limit=10, memory=memory
        )
        assert list(page.items) == everything[25:35]
    owned = await most_urgent(client, (Awaiting.OWNER,), owner=owner, limit=5)
    assert list(owned.items) == [one for one in everything if one.awaiting == "owner"][:5]
    assert (await most_urgent(client, (), owner=owner, limit=5)).total == MANY


def test_a_total_is_kept_for_moments_and_a_bound_until_there_is_a_better_one() -> None:
    clock = Clock()
    memory = ListMemory(clock)
    memory.keep_total("these", 7)
    memory.keep_bound("these", 25, T0)
    memory.keep_stretch((("these",), 0, 25), "a stretch")
    assert (memory.total("these"), memory.total("those")) == (7, None)
    assert memory.stretch((("these",), 0, 25)) == "a stretch"
    assert memory.stretch((("these",), 25, 25)) is None
    clock.now += STRETCH_SECONDS
    assert memory.stretch((("these",), 0, 25)) is None
    clock.now += TOTAL_FRESH_SECONDS
    assert memory.total("these") is None
    assert (memory.bound("these", 25), memory.bound("these", 50)) == (T0, None)


async def test_whoever_looks_anew_sees_what_came_since_and_keeps_it_for_others(
    temporal_address: str,
) -> None:
    client = await client_of(temporal_address)
    owner, memory = f"o-{uuid.uuid4().hex}", ListMemory(Clock())
    look = partial(most_urgent, client, (Awaiting.OWNER,), owner=owner, limit=5, memory=memory)
    assert (await look()).total == 0
    await client.start_workflow(
        FEEDBACK_ITEM_WORKFLOW,
        id=f"listing-{uuid.uuid4()}",
        task_queue="nobody-serves-this",
        search_attributes=attributes(owner, Awaiting.OWNER, None),
    )
    assert (await look()).total == 0, "what was just looked at is good enough for a page"
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not (await look(anew=True)).items:  # noqa: ASYNC110 - visibility has no event
            await asyncio.sleep(0.1)
    assert len((await look()).items) == 1


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def status() -> ItemStatus:
    return report.status_of(receiving.receive(empty_state(), received(), T0), T0)


def test_an_answer_is_kept_for_moments_and_only_while_the_item_is_listed_alike(
    status: ItemStatus,
) -> None:
    clock = Clock()
    recent = RecentAnswers(clock)
    listed = ListedItem(workflow_id="feedback-1", awaiting="owner")
    answered = listed.model_copy(update={"status": status})
    recent.keep(listed, answered)
    assert recent.of(listed) is answered
    assert recent.of(listed.model_copy(update={"awaiting": "triage"})) is None
    clock.now += FRESH_SECONDS
    assert recent.of(listed) is None


def test_what_was_kept_is_forgotten_once_somebody_does_something(status: ItemStatus) -> None:
    recent = RecentAnswers()
    listed = ListedItem(workflow_id="feedback-1")
    recent.keep(listed, listed.model_copy(update={"status": status}))
    recent.forget()
    assert recent.of(listed) is None


def test_an_item_that_did_not_answer_is_asked_again() -> None:
    recent = RecentAnswers()
    listed = ListedItem(workflow_id="feedback-1")
    recent.keep(listed, listed.model_copy(update={"problem": "silent"}))
    assert recent.of(listed) is None
