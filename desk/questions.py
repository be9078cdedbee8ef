"""Questions to the running items: one by id, or all that wait."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TypeVar

from pydantic import Field
from temporalio.client import Client, WorkflowExecution, WorkflowQueryFailedError
from temporalio.common import SearchAttributeKey
from temporalio.service import RPCError

from desk.answers import (
    NO_WORKER_SECONDS,
    CannotAnswer,
    cannot_answer,
    sentence_for,
    temporal_silent,
)
from desk.approval_view import open_to
from models import names
from models.approval import ActionStatus
from models.base import Frozen, Moment
from models.clocks import ClockName
from models.effects import ExceptionStatus
from models.explanation import ClockFacts
from models.lifecycle import Awaiting
from models.messages import ItemStatus, ItemSubject, Timeline
from runtime.problems import Problem, Unreachable

AnswerModel = TypeVar("AnswerModel", bound=Frozen)

WAITS_FOR_A_WORD = (
    Awaiting.OPERATOR,
    Awaiting.APPROVAL,
    Awaiting.ACKNOWLEDGEMENT,
    Awaiting.TRIAGE,
)
"""What stands still until somebody has said something; comes before everything else."""
WAITS_FOR_PEOPLE = (*WAITS_FOR_A_WORD, Awaiting.OWNER)
"""What the inbox shows unless somebody asks for more."""
MOST_LISTED = 2000
MOST_EXCEPTIONS = 100
MOST_ASKED = 60
"""So many items are asked whose word they await, for the list of one person."""
AT_ONCE = 8
LIST_SECONDS = 3.0
"""How long a list waits for each item; shorter than for a single one, since nobody asked for it."""
_AWAITING = SearchAttributeKey.for_keyword("FtAwaiting")
_STAGE = SearchAttributeKey.for_keyword("FtStage")
_SEVERITY = SearchAttributeKey.for_keyword("FtSeverity")
_OWNER = SearchAttributeKey.for_keyword("FtOwner")
_CATEGORY = SearchAttributeKey.for_keyword("FtCategory")
_DUE_AT = SearchAttributeKey.for_datetime("FtDueAt")
_BREACHED = SearchAttributeKey.for_bool("FtBreached")


class ListedItem(Frozen):
    """One running item as Temporal's visibility knows it; seconds behind the item itself.

    `status` is the item's own answer; None when it was not asked or did not answer, and then
    `problem` says why. `voters` are the people who may still vote, for each open request.
    """

    workflow_id: str
    run_id: str | None = None
    awaiting: str | None = None
    stage: str | None = None
    severity: str | None = None
    category: str | None = None
    owner: str | None = None
    due_at: Moment | None = None
    breached: bool = False
    status: ItemStatus | None = None
    voters: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    problem: str | None = None


class ItemList(Frozen):
    """A page of items: first what waits for a word, then the rest, soonest due first. `total` counts all that match; `capped` when more do.

    `exceptions` are those from policy that are in force, also where their item has ended.
    """

    total: int
    capped: bool
    items: tuple[ListedItem, ...]
    exceptions: tuple[ExceptionStatus, ...] = ()


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


async def list_items_for(
    client: Client, person: str, *, offset: int = 0, limit: int = 25
) -> ItemList:
    """What awaits this person: their own items, and what waits for their word.

    Visibility does not know whose word is awaited, so the `MOST_ASKED` that are due soonest are
    asked; `capped` when there were more. What does not answer is listed, since it may be theirs.
    Raises `Unreachable`.
    """
    waiting = await most_urgent(client, WAITS_FOR_PEOPLE)
    for_a_word = [one for one in waiting if one.awaiting in WAITS_FOR_A_WORD]
    asked = await _with_status(client, for_a_word[:MOST_ASKED])
    mine = [one for one in asked if one.status is None or _awaits(one.status, one.voters, person)]
    mine += [one for one in waiting if one.awaiting == Awaiting.OWNER and one.owner == person]
    page = mine[offset : offset + limit]
    unasked = [one for one in page if one.status is None]
    known = {one.workflow_id: one for one in await _with_status(client, unasked)}
    return ItemList(
        total=len(mine),
        capped=len(waiting) > MOST_LISTED or len(for_a_word) > MOST_ASKED,
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
) -> ItemList:
    """A page of the running items that await one of `awaiting` (empty: every running item).

    Only the items of the page are asked for their status. Raises `Unreachable`.
    """
    found = await most_urgent(client, awaiting)
    page = found[:MOST_LISTED][offset : offset + limit]
    return ItemList(
        total=min(len(found), MOST_LISTED),
        capped=len(found) > MOST_LISTED,
        items=tuple(await _with_status(client, page)),
    )


async def most_urgent(client: Client, awaiting: Sequence[Awaiting]) -> list[ListedItem]:
    """Up to `MOST_LISTED` and one of what runs and awaits these, the most urgent first.

    Sorted here, since visibility of a SQL store cannot sort. Raises `Unreachable`.
    """
    found: list[ListedItem] = []
    query = _visibility_query(awaiting)
    try:
        listing = client.list_workflows(
            query, limit=MOST_LISTED + 1, rpc_timeout=timedelta(seconds=NO_WORKER_SECONDS)
        )
        async for execution in listing:
            found.append(_listed(execution))
    except RPCError as error:
        raise temporal_silent() from error
    return sorted(found, key=urgency)


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


def _visibility_query(awaiting: Sequence[Awaiting]) -> str:
    query = f"WorkflowType = '{names.FEEDBACK_ITEM_WORKFLOW}' AND ExecutionStatus = 'Running'"
    if awaiting:
        wanted = ", ".join(f"'{one.value}'" for one in awaiting)
        query += f" AND FtAwaiting IN ({wanted})"
    return query


def _listed(execution: WorkflowExecution) -> ListedItem:
    known = execution.typed_search_attributes
    return ListedItem(
        workflow_id=execution.id,
        run_id=execution.run_id,
        awaiting=known.get(_AWAITING),
        stage=known.get(_STAGE),
        severity=known.get(_SEVERITY),
        category=known.get(_CATEGORY),
        owner=known.get(_OWNER),
        due_at=known.get(_DUE_AT),
        breached=bool(known.get(_BREACHED)),
    )


def urgency(item: ListedItem) -> tuple[int, bool, float, str, str]:
    """Sorts a list: what waits for a word, then for its owner, then the rest.

    Each of them soonest due first; what has no due time comes last, worse severities first.
    """
    rank = 0 if item.awaiting in WAITS_FOR_A_WORD else 1 if item.awaiting == Awaiting.OWNER else 2
    due = item.due_at.timestamp() if isinstance(item.due_at, datetime) else 0.0
    return (rank, item.due_at is None, due, item.severity or "S9", item.workflow_id)


async def _with_status(client: Client, page: Sequence[ListedItem]) -> list[ListedItem]:
    gate = asyncio.Semaphore(AT_ONCE)
    silent: list[Unreachable] = []

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

    return list(await asyncio.gather(*(asked(item) for item in page)))
