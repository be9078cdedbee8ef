"""Looks for issues that changed and were not told of, because webhooks can be lost."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Protocol

from temporalio import activity
from temporalio.client import Client
from temporalio.exceptions import ApplicationError

from activities.earlier_life import Records, earlier_life, news_since, wants_a_new_life
from activities.jira import remember
from activities.marks import Watermarks
from activities.receive import ledger_failures
from activities.sheet_news import sheet_of
from activities.start_item import (
    Started,
    start_again,
    start_item,
    start_unless_known,
    tell_running_item,
    wake,
)
from jira_gateway.gateway import JiraGateway
from jira_gateway.interpreter import Interpreter
from jira_gateway.search import ChangedIssue
from models.activity_io import SweepInput, SweepResult
from models.failures import ISSUE_GONE
from models.jira_view import Cursor

FIRST_LOOK_BACK = timedelta(days=7)
"""How far the very first sweep looks back; older issues are taken in when somebody touches them."""
EVENT = "sweep"


class Memory(Watermarks, Records, Protocol):
    """What the sweep asks the ledger: which states were read, and what was made of them."""


class SweepActivities:
    """Wakes the items of issues whose present state nobody has read yet."""

    def __init__(
        self, client: Client, gateway: JiraGateway, memory: Memory, interpreter: Interpreter
    ) -> None:
        self._client = client
        self._gateway = gateway
        self._memory = memory
        self._interpreter = interpreter

    @activity.defn
    async def sweep(self, request: SweepInput) -> SweepResult:
        """Tell every issue's item that changed since the last sweep, oldest change first.

        The window is kept on Jira's clock, which may be hours off ours, and overlaps the last one
        by `request.overlap` seconds, since a search lags; an issue whose mark is known is passed
        over. Reports a heartbeat for each page. Raises
        `ApplicationError` of `models.failures`.
        """
        until = await asyncio.to_thread(self._gateway.clock)
        begin = request.since or until - FIRST_LOOK_BACK
        pages = self._gateway.changed_since(begin - timedelta(seconds=request.overlap))
        seen: set[tuple[str, str | None]] = set()
        told = known = 0
        while (page := await asyncio.to_thread(next, pages, None)) is not None:
            # An issue that changes while we turn pages is found on two of them.
            fresh = [issue for issue in page if (issue.issue_id, issue.mark) not in seen]
            seen.update((issue.issue_id, issue.mark) for issue in fresh)
            for issue, mark in await asyncio.to_thread(self._with_marks, fresh):
                if mark is not None and mark == issue.mark:
                    known += 1
                elif await self._tell(issue, new=mark is None):
                    told += 1
            activity.heartbeat(len(seen))
        return SweepResult(
            until=until,
            looked_at=len({issue_id for issue_id, _ in seen}),
            told=told,
            already_known=known,
        )

    def _with_marks(self, issues: list[ChangedIssue]) -> list[tuple[ChangedIssue, str | None]]:
        return [(issue, self._memory.known_mark(issue.issue_id)) for issue in issues]

    async def _tell(self, issue: ChangedIssue, *, new: bool) -> bool:
        """Wake the issue's item, or start it; False when it ended and nothing calls it back."""
        queue = activity.info().task_queue
        delivery = f"sweep-{issue.mark or issue.updated_at.isoformat()}"
        sheet = await asyncio.to_thread(sheet_of, self._memory, issue.issue_id, issue.labels)
        if sheet is not None:
            return await wake(self._client, sheet, delivery, EVENT)
        if issue.project != self._gateway.project_key:
            return await tell_running_item(self._client, issue.issue_id, delivery, EVENT)
        if new and await start_unless_known(self._client, queue, issue.issue_id, issue.issue_key):
            return True
        outcome = await start_item(
            self._client,
            queue,
            issue.issue_id,
            issue.issue_key,
            delivery,
            EVENT,
            created=False,
        )
        if outcome is not Started.ENDED:
            return True
        if not await asyncio.to_thread(self._calls_back, issue.issue_id):
            return False
        await start_again(self._client, queue, issue.issue_id, issue.issue_key)
        return True

    def _calls_back(self, issue_id: str) -> bool:
        """Whether something that the ended item never read is worth a new life.

        If not, the state counts as read, so that the next sweep passes it over.
        """
        try:
            reading = self._gateway.read_issue(issue_id, Cursor(), self._interpreter)
        except ApplicationError as error:
            if error.type == ISSUE_GONE.type:
                return False
            raise
        with ledger_failures():
            life = earlier_life(self._memory.events_of(issue_id))
        wanted = wants_a_new_life(news_since(reading.observed, life), life)
        if not wanted:
            remember(self._memory, issue_id, reading.mark)
        return wanted
