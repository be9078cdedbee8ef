"""Questions to the running items: one by id, or all that wait."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import TypeVar

from temporalio.client import Client, WorkflowQueryFailedError
from temporalio.service import RPCError

from desk.answers import (
    NO_WORKER_SECONDS,
    CannotAnswer,
    cannot_answer,
    sentence_for,
    temporal_silent,
)
from desk.approval_view import open_to
from desk.listing import (
    WAITS_FOR_A_WORD,
    WAITS_FOR_PEOPLE,
    ItemList,
    ListedItem,
    Stretch,
    most_urgent,
)
from desk.recent_answers import RecentAnswers
from models import names
from models.approval import ActionStatus
from models.base import Frozen
from models.clocks import ClockName
from models.effects import ExceptionStatus
from models.explanation import ClockFacts
from models.lifecycle import Awaiting
from models.messages import ItemStatus, ItemSubject, Timeline
from runtime.problems import Problem, Unreachable

AnswerModel = TypeVar("AnswerModel", bound=Frozen)

MOST_EXCEPTIONS = 100
MOST_ASKED = 60
"""So many items are asked whose word they await, for the list of one person."""
AT_ONCE = 8
LIST_SECONDS = 3.0
"""How long a list waits for each item; shorter than for a single one, since nobody asked for it."""


async def ask_item(client: Client, workflow_id: str) -> ItemStatus:
    """The item's status. Raises `NotFollowed` or `Unreachable`."""
    return await _ask(client, workflow_id, names.QUERY_STATUS, ItemStatus)


async def ask_timeline(client: Client, workflow_id: str) -> Timeline:
    """The item's timeline. Raises `NotFollowed` or `Unreachable`."""
    return await _ask(client, workflow_id, names.QUERY_TIMELINE, Timeline)


async def ask_clocks(client: Client, workflow_id: str) -> ClockFacts:
    """What the item's clocks counted. Raises `NotFollowed` or `Unreachable`."""
    return await _ask(client, workflow_id, names.QUERY_CLOCKS, ClockFacts)


async def ask_subject(client: Client, workflow_id: str) -> ItemSubject:
    """What the item's rules are, and what they rest on. Raises `NotFollowed` or `Unreachable`."""
    return await _ask(client, workflow_id, names.QUERY_SUBJECT, ItemSubject)


async def ask_request(client: Client, request_id: str) -> ActionStatus:
    """How a request stands. Raises `NotFollowed` or `Unreachable`."""
    workflow_id = names.action_workflow_id(request_id)
    return await _ask(client, workflow_id, names.QUERY_STATUS, ActionStatus)


async def ask_exception(client: Client, request_id: str) -> ExceptionStatus:
    """How the exception that a request began stands. Raises `NotFollowed` or `Unreachable`."""
    workflow_id = names.exception_workflow_id(request_id)
    return await _ask(client, workflow_id, names.QUERY_STATUS, ExceptionStatus)


async def list_exceptions(client: Client) -> tuple[ExceptionStatus, ...]:
    """The exceptions from policy that are in force, soonest to end first.

    One that does not answer is left out. Raises `Unreachable`.
    """
    query = f"WorkflowType = '{names.POLICY_EXCEPTION_WORKFLOW}' AND ExecutionStatus = 'Running'"
    found = await ask_all(client, query, ExceptionStatus, MOST_EXCEPTIONS)
    return tuple(sorted(found, key=lambda one: one.ends_at))


async def ask_all(
    client: Client, query: str, answer_type: type[AnswerModel], limit: int
) -> list[AnswerModel]:
    """How each workflow stands that visibility finds; one that does not answer is left out.

    Raises `Unreachable` when Temporal does not answer at all.
    """
    found: list[AnswerModel] = []
    try:
        listing = client.list_workflows(
            query, limit=limit, rpc_timeout=timedelta(seconds=NO_WORKER_SECONDS)
        )
        known = [execution.id async for execution in listing]
    except RPCError as error:
        raise temporal_silent() from error
    for workflow_id in known:
        try:
            found.append(
                await _ask(client, workflow_id, names.QUERY_STATUS, answer_type, LIST_SECONDS)
            )
        except Unreachable:
            break
        except Problem:
            continue
    return found


async def _ask(
    client: Client,
    workflow_id: str,
    query: str,
    answer_type: type[AnswerModel],
    patience: float | None = None,
) -> AnswerModel:
    handle = client.get_workflow_handle(workflow_id)
    try:
        answer: AnswerModel = await handle.query(
            query,
            result_type=answer_type,
            rpc_timeout=timedelta(seconds=patience or NO_WORKER_SECONDS),
        )
    except WorkflowQueryFailedError as error:
        raise cannot_answer(workflow_id) from error
    except RPCError as error:
        raise await sentence_for(client, workflow_id, error) from error
    return answer


def stretches_for(person: str, limit: int) -> tuple[Stretch, Stretch]:
    """What is looked at for one person: what waits for anybody's word, and their own items."""
    return (
        Stretch(awaiting=WAITS_FOR_A_WORD, limit=MOST_ASKED),
        Stretch(awaiting=(Awaiting.OWNER,), limit=limit, owner=person),
    )


async def list_items_for(
    client: Client,
    person: str,
    *,
    offset: int = 0,
    limit: int = 25,
    recent: RecentAnswers | None = None,
) -> ItemList:
    """What awaits this person: their own items, and what waits for their word.

    Visibility does not know whose word is awaited, so the `MOST_ASKED` that are due soonest are
    asked; `capped` when there were more. What does not answer is listed, since it may be theirs.
    Raises `Unreachable`.
    """
    memory = recent.lists if recent else None
    for_a_word, owned = await asyncio.gather(
        *(
            most_urgent(client, one.awaiting, owner=one.owner, limit=one.limit, memory=memory)
            for one in stretches_for(person, offset + limit)
        )
    )
    asked = await _with_status(client, for_a_word.items, recent)
    mine = [one for one in asked if one.status is None or _awaits(one.status, one.voters, person)]
    page = [*mine, *owned.items][offset : offset + limit]
    unasked = [one for one in page if one.status is None]
    known = {one.workflow_id: one for one in await _with_status(client, unasked, recent)}
    return ItemList(
        total=len(mine) + owned.total,
        capped=for_a_word.total > MOST_ASKED,
        items=tuple(known.get(one.workflow_id, one) for one in page),
    )


def _awaits(status: ItemStatus, voters: Mapping[str, Sequence[str]], person: str) -> bool:
    """Also an operator's part: whoever owns a parked item has to see to it."""
    return (
        person in status.awaited
        or any(person in may_vote for may_vote in voters.values())
        or (status.awaiting is Awaiting.OPERATOR and status.owner == person)
    )


async def list_items(
    client: Client,
    *,
    awaiting: Sequence[Awaiting] = WAITS_FOR_PEOPLE,
    offset: int = 0,
    limit: int = 25,
    recent: RecentAnswers | None = None,
) -> ItemList:
    """A page of the running items that await one of `awaiting` (empty: every running item).

    Only the items of the page are asked for their status. Raises `Unreachable`.
    """
    memory = recent.lists if recent else None
    found = await most_urgent(client, awaiting, offset=offset, limit=limit, memory=memory)
    return ItemList(
        total=found.total,
        capped=False,
        items=tuple(await _with_status(client, found.items, recent)),
    )


async def _open_requests(client: Client, status: ItemStatus) -> dict[str, ActionStatus]:
    """How each open request stands; one that does not answer is left out."""
    requests: dict[str, ActionStatus] = {}
    for action in status.actions:
        if action.outcome is None:
            try:
                requests[action.request_id] = await ask_request(client, action.request_id)
            except Problem:
                continue
    return requests


def _voters(requests: Mapping[str, ActionStatus]) -> dict[str, tuple[str, ...]]:
    """Who may still vote on each open request."""
    return {request_id: open_to(request) for request_id, request in requests.items()}


def with_request_clocks(status: ItemStatus, requests: Iterable[ActionStatus]) -> ItemStatus:
    """The status with the time that each request leaves, unless the item counts that itself."""
    if any(clock.name is ClockName.APPROVAL for clock in status.clocks):
        return status
    added = tuple(request.clock for request in requests if request.clock is not None)
    return status.model_copy(update={"clocks": (*status.clocks, *added)})


def with_voters(status: ItemStatus, voters: Mapping[str, tuple[str, ...]]) -> ItemStatus:
    """The status with those who may vote as the awaited; an item itself does not know them."""
    if status.awaiting is not Awaiting.APPROVAL or status.awaited:
        return status
    people = dict.fromkeys(one for request in voters.values() for one in request)
    return status.model_copy(update={"awaited": tuple(people)})


async def ask_item_and_voters(client: Client, workflow_id: str) -> ItemStatus:
    """The item's status with the people whose votes it awaits. Raises as `ask_item` does."""
    status = await ask_item(client, workflow_id)
    requests = await _open_requests(client, status)
    return with_voters(with_request_clocks(status, requests.values()), _voters(requests))


async def _with_status(
    client: Client, page: Sequence[ListedItem], recent: RecentAnswers | None = None
) -> list[ListedItem]:
    """The items with their answers, of which `recent` may know some."""
    gate = asyncio.Semaphore(AT_ONCE)
    silent: list[Unreachable] = []

    async def answered(item: ListedItem) -> ListedItem:
        known = recent.of(item) if recent else None
        if known is None:
            known = await asked(item)
            if recent:
                recent.keep(item, known)
        return known

    async def asked(item: ListedItem) -> ListedItem:
        async with gate:
            if len(silent) >= AT_ONCE:  # nobody serves the queue; asking on takes only longer
                return item.model_copy(update={"problem": silent[0].what})
            try:
                status = await _ask(
                    client, item.workflow_id, names.QUERY_STATUS, ItemStatus, LIST_SECONDS
                )
            except CannotAnswer as problem:
                return item.model_copy(update={"problem": problem.what})
            except Unreachable as problem:
                silent.append(problem)
                return item.model_copy(update={"problem": problem.what})
            except Problem as problem:
                return item.model_copy(update={"problem": problem.what})
            voters = _voters(await _open_requests(client, status))
        return item.model_copy(update={"status": with_voters(status, voters), "voters": voters})

    return list(await asyncio.gather(*(answered(item) for item in page)))
