"""What runs and waits, as Temporal's visibility knows it, the most urgent first.

Visibility is seconds behind. Thousands of rows may come back of which a page shows a few, so they
are read as they arrive; the SDK's own listing decodes every row at half a millisecond each.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from pydantic import Field
from temporalio.api.workflow.v1 import WorkflowExecutionInfo
from temporalio.api.workflowservice.v1 import ListWorkflowExecutionsRequest
from temporalio.client import Client
from temporalio.service import RPCError

from desk.answers import NO_WORKER_SECONDS, temporal_silent
from desk.list_memory import ListMemory
from models import names
from models.base import Frozen, Moment
from models.effects import ExceptionStatus
from models.lifecycle import Awaiting
from models.messages import ItemStatus

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
PAGE_OF_VISIBILITY = 1000
FEW = 25
"""So many more rows than needed are read without a thought: each costs the server most of a
millisecond, and a count as much as dozens of them."""
REACHES = (
    timedelta(days=-30),
    timedelta(days=-3),
    timedelta(0),
    timedelta(hours=1),
    timedelta(hours=8),
    timedelta(days=3),
    timedelta(days=30),
    timedelta(days=3650),
)
"""From now; between two of them the right moment is looked for by halving."""
NARROWED = 8


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


class Stretch(Frozen):
    """The beginning of a list: what is awaited, of whom, and how much of it is looked at."""

    awaiting: tuple[Awaiting, ...]
    limit: int
    owner: str | None = None


class Urgent(Frozen):
    """A stretch of a list, most urgent first, and how many there are in all."""

    total: int
    items: tuple[ListedItem, ...]


async def most_urgent(
    client: Client,
    awaiting: Sequence[Awaiting],
    *,
    offset: int = 0,
    limit: int = MOST_LISTED,
    owner: str | None = None,
    memory: ListMemory | None = None,
    anew: bool = False,
) -> Urgent:
    """What runs and awaits one of these (empty: everything), beginning after the first `offset`.

    `owner` narrows it to the items of one person. What `memory` knows is good enough, unless it
    has to be looked at `anew`. Raises `Unreachable`.
    """
    memory = memory or ListMemory()
    ranks = tuple(_query(condition, owner) for condition in _ranks(awaiting))
    key = (ranks, offset, limit)
    found: Urgent | None = None if anew else memory.stretch(key)
    if found is None:
        found = await _looked_up(_Visibility(client, memory, anew), ranks, offset, limit)
        memory.keep_stretch(key, found)
    return found


async def _looked_up(
    visibility: _Visibility, ranks: Sequence[str], offset: int, limit: int
) -> Urgent:
    try:
        counts = await asyncio.gather(*(visibility.total(query) for query in ranks))
        found: list[ListedItem] = []
        for query, count in zip(ranks, counts, strict=True):
            wanted = min(limit - len(found), count - offset)
            if wanted > 0:
                found += await visibility.soonest(query, count, offset, wanted)
            offset = max(0, offset - count)
    except RPCError as error:
        raise temporal_silent() from error
    return Urgent(total=sum(counts), items=tuple(found))


def _ranks(awaiting: Sequence[Awaiting]) -> list[str]:
    """The conditions of what comes first, second and last in a list; see `urgency`."""
    if not awaiting:
        others = f"(FtAwaiting IS NULL OR FtAwaiting NOT IN ({_named(WAITS_FOR_PEOPLE)}))"
        return [*_ranks(WAITS_FOR_PEOPLE), others]
    ranks = (
        [one for one in awaiting if one in WAITS_FOR_A_WORD],
        [one for one in awaiting if one is Awaiting.OWNER],
        [one for one in awaiting if one not in WAITS_FOR_PEOPLE],
    )
    return [f"FtAwaiting IN ({_named(rank)})" for rank in ranks if rank]


def _named(awaiting: Sequence[Awaiting]) -> str:
    return ", ".join(f"'{one.value}'" for one in awaiting)


class _Visibility:
    """Questions to visibility; each may raise `RPCError`."""

    def __init__(self, client: Client, memory: ListMemory, anew: bool) -> None:
        self._client = client
        self._memory = memory
        self._anew = anew

    async def total(self, query: str) -> int:
        """How many match, or did a few seconds ago unless it has to be looked at anew."""
        known = None if self._anew else self._memory.total(query)
        if known is None:
            known = await self._count(query)
            self._memory.keep_total(query, known)
        return known

    async def soonest(self, query: str, count: int, offset: int, limit: int) -> list[ListedItem]:
        """A stretch of one rank. Visibility of a SQL store cannot sort, but it can count."""
        needed = offset + limit
        due_soon = query
        if count > needed + FEW:
            bound = await self._due_before(query, needed)
            if bound is not None:
                due_soon = _before(query, bound)
        return sorted(await self._rows(due_soon), key=urgency)[offset:needed]

    async def _due_before(self, query: str, needed: int) -> datetime | None:
        """A moment before which at least so many are due, and few more; None for never."""
        known = self._memory.bound(query, needed)
        if known is not None and needed <= await self._due_by(query, known) <= needed + FEW:
            return known
        now = datetime.now(UTC)
        sooner = later = now
        many = 0
        for reach in REACHES:
            sooner, later = later, now + reach
            many = await self._due_by(query, later)
            if many >= needed:
                break
        else:
            return None
        for _ in range(NARROWED):
            if many <= needed + FEW:
                break
            middle = sooner + (later - sooner) / 2
            between = await self._due_by(query, middle)
            if between >= needed:
                later, many = middle, between
            else:
                sooner = middle
        self._memory.keep_bound(query, needed, later)
        return later

    async def _due_by(self, query: str, moment: datetime) -> int:
        return await self._count(_before(query, moment))

    async def _count(self, query: str) -> int:
        timeout = timedelta(seconds=NO_WORKER_SECONDS)
        return (await self._client.count_workflows(query, rpc_timeout=timeout)).count

    async def _rows(self, query: str) -> list[ListedItem]:
        found: list[ListedItem] = []
        request = ListWorkflowExecutionsRequest(
            namespace=self._client.namespace, page_size=PAGE_OF_VISIBILITY, query=query
        )
        while len(found) < MOST_LISTED:
            answer = await self._client.workflow_service.list_workflow_executions(
                request, timeout=timedelta(seconds=NO_WORKER_SECONDS)
            )
            found += map(_listed, answer.executions)
            if not answer.next_page_token:
                break
            request.next_page_token = answer.next_page_token
        return found[:MOST_LISTED]


def _before(query: str, moment: datetime) -> str:
    return f"{query} AND FtDueAt < '{moment.isoformat()}'"


def urgency(item: ListedItem) -> tuple[int, bool, float, str, str]:
    """Sorts a list: what waits for a word, then for its owner, then the rest.

    Each of them soonest due first; what has no due time comes last, worse severities first.
    """
    rank = 0 if item.awaiting in WAITS_FOR_A_WORD else 1 if item.awaiting == Awaiting.OWNER else 2
    due = item.due_at.timestamp() if isinstance(item.due_at, datetime) else 0.0
    return (rank, item.due_at is None, due, item.severity or "S9", item.workflow_id)


def _query(condition: str, owner: str | None) -> str:
    running = f"WorkflowType = '{names.FEEDBACK_ITEM_WORKFLOW}' AND ExecutionStatus = 'Running'"
    whose = " AND FtOwner = '{}'".format(owner.replace("'", "''")) if owner is not None else ""
    return f"{running} AND {condition}{whose}"


def _listed(execution: WorkflowExecutionInfo) -> ListedItem:
    fields = execution.search_attributes.indexed_fields
    known = {name: json.loads(fields[name].data) for name in _TOLD if name in fields}
    due_at = known.get("FtDueAt")
    return ListedItem.model_construct(
        workflow_id=execution.execution.workflow_id,
        run_id=execution.execution.run_id,
        awaiting=known.get("FtAwaiting"),
        stage=known.get("FtStage"),
        severity=known.get("FtSeverity"),
        category=known.get("FtCategory"),
        owner=known.get("FtOwner"),
        due_at=datetime.fromisoformat(due_at) if due_at else None,
        breached=bool(known.get("FtBreached")),
    )


_TOLD = ("FtAwaiting", "FtStage", "FtSeverity", "FtCategory", "FtOwner", "FtDueAt", "FtBreached")
