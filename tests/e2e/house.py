"""A whole installation as processes: the office of the workflow tests, but every part can be killed."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
from temporalio.api.enums.v1 import PendingActivityState
from temporalio.client import WorkflowHandle

from ledger.store import open_ledger
from local_jira.testing import RunningLocalJira
from models.messages import ItemStatus
from models.names import feedback_workflow_id
from runtime.connection import connect
from runtime.part import Part
from runtime.stack import LocalStack
from tests.workflows.office import Issue, Office

LONG_SECONDS = 90.0
"""A killed worker's activity is missed after 12 s, and a new worker needs some seconds to start."""
STARTED = PendingActivityState.PENDING_ACTIVITY_STATE_STARTED


class House(Office):
    """What a test does and sees. Items start and are told by Jira's webhooks."""

    stack: LocalStack

    async def now(self) -> datetime:
        """The machine's present."""
        return datetime.now(UTC)

    async def report(
        self, summary: str, description: str = "", *, by: str = "cora", **fields: Any
    ) -> Issue:
        """A customer creates an issue; the webhook begins its item."""
        issue = await self.create(summary, description, by=by, **fields)
        await self.begun(issue)
        return issue

    async def tell(self, issue: Issue) -> None:
        """Jira tells by itself."""

    async def commented(self, issue: Issue, at_least: int) -> None:
        """Wait until so many comments stand on the issue."""
        await self.settled(
            lambda: len(self.comments(issue)) >= at_least,
            say=f"{issue.key} has {at_least} comments",
        )

    async def until(
        self, issue: Issue, condition: Callable[[ItemStatus], object], *, say: str
    ) -> ItemStatus:
        """As in the office, with the patience that a killed worker needs."""
        status: ItemStatus | None = None

        async def fulfilled() -> ItemStatus | None:
            nonlocal status
            status = await self.status(issue)
            return status if condition(status) else None

        try:
            found: ItemStatus = await self.eventually(fulfilled, say=say)
        except AssertionError as error:
            raise AssertionError(f"{error}; it stands: {status}") from None
        return found

    async def settled(self, check: Callable[[], object], *, say: str) -> None:
        """As in the office, with the patience that a killed worker needs."""

        async def settled() -> object:
            return check()

        await self.eventually(settled, say=say)

    async def at_rest(self, issue: Issue) -> None:
        """Wait until the item has heard of everything and does nothing: it hears of our writes too.

        Whatever is taken away from now on is missed first by what the test has it do next.
        """
        await self.settled(
            lambda: "pending" not in [one["state"] for one in self.jira.deliveries()],
            say=f"{issue.key} has been told everything",
        )

        async def idle() -> bool:
            found = (await self.handle(issue).describe()).raw_description
            return not found.pending_activities and not found.HasField("pending_workflow_task")

        await self.eventually(idle, say=f"{issue.key} is at rest")

    async def begun(self, issue: Issue) -> None:
        """Wait until the item's workflow runs."""

        async def runs() -> object:
            return await self.runs_of(issue)

        await self.eventually(runs, say=f"the item of {issue.key} begins")

    async def runs_of(self, issue: Issue) -> list[str]:
        """The run ids of the item's workflow; more than one would be a doubled item."""
        query = f"WorkflowId = '{feedback_workflow_id(issue.id)}'"
        return [run.run_id async for run in self.client.list_workflows(query)]

    async def eventually(self, question: Callable[[], Awaitable[Any]], *, say: str) -> Any:
        """Wait until a question has a truthy answer."""
        deadline = time.monotonic() + LONG_SECONDS
        while not (answer := await question()):
            assert time.monotonic() < deadline, f"waited in vain until {say}"
            await asyncio.sleep(0.1)
        return answer

    async def under_way(self, workflow: WorkflowHandle[Any, Any], activity: str) -> None:
        """Wait until a worker is in the middle of this activity."""

        async def started() -> bool:
            pending = (await workflow.describe()).raw_description.pending_activities
            return any(a.activity_type.name == activity and a.state == STARTED for a in pending)

        await self.eventually(started, say=f"{activity} of {workflow.id} is under way")

    async def tried_in_vain(
        self, tried: Issue | WorkflowHandle[Any, Any], activity: str, times: int = 2
    ) -> bool:
        """Whether this activity has failed and is being repeated."""
        workflow = self.handle(tried) if isinstance(tried, Issue) else tried
        pending = (await workflow.describe()).raw_description.pending_activities
        return any(a.activity_type.name == activity and a.attempt > times for a in pending)

    async def hold(
        self, method: str, path: str, seconds: float, **rule: Any
    ) -> Callable[[], Awaitable[None]]:
        """Let Jira hold the next matching call open; await the answer to know that it does."""
        fault = self.jira.add_fault(
            method=method, path_pattern=path, action="slow", delay_seconds=seconds, **rule
        )["id"]

        async def struck() -> None:
            async def used_up() -> bool:
                with self.jira.client() as http:
                    left = http.get("/__local__/faults").json()["faults"]
                return fault not in [one["id"] for one in left]

            await self.eventually(used_up, say=f"Jira holds {method} {path} open")

        return struck

    def effects_fail(self, times: int) -> None:
        """The effects endpoint does the next writes, but answers that it failed; 0 mends it."""
        fault = {"times": times, "status": 503, "after_commit": True}
        url = f"{self.effects_url}/__local__/faults"
        httpx.post(url, json=fault, trust_env=False).raise_for_status()

    def doubled_effects(self) -> int:
        """How many effects the endpoint carried out more than once."""
        journal = httpx.get(f"{self.effects_url}/__local__/journal", trust_env=False).json()
        return int(journal["doubles"])

    @contextmanager
    def somebody_writes_the_ledger(self) -> Iterator[None]:
        """Another process holds the ledger's write lock."""
        holder = sqlite3.connect(self.settings.data_dir / "ledger.db", isolation_level=None)
        holder.execute("BEGIN IMMEDIATE")
        try:
            yield
        finally:
            holder.execute("ROLLBACK")
            holder.close()

    async def kill(self, name: str) -> None:
        """`kill -9` a part."""
        await asyncio.to_thread(self._part(name).kill)

    async def bring_back(self, name: str) -> None:
        """Start a killed part again, on its own files, and wait until it answers."""
        part = self._part(name)
        await asyncio.to_thread(part.start)
        await asyncio.to_thread(part.wait_until_ready)

    async def restart_worker_with(self, **variables: str) -> None:
        """A worker whose environment differs from the stack's."""
        part = self._part("worker")
        usual = part.environment
        part.environment = {**usual, **variables}
        try:
            await asyncio.to_thread(self.stack.restart_worker)
        finally:
            part.environment = usual

    def _part(self, name: str) -> Part:
        return self.stack._planned().parts[name]


async def open_house(stack: LocalStack) -> AsyncIterator[House]:
    """A house in the running loop, over a stack that runs already."""
    settings = stack.settings
    ledger = open_ledger(settings.ledger_url.get_secret_value())
    jira = RunningLocalJira(settings.jira.url, Path(settings.data_dir) / "jira")
    client = await connect(settings)
    house = House(client, jira, ledger, settings, stack.urls.effects, None)
    house.stack = stack
    try:
        yield house
    finally:
        ledger.close()
        # A test that failed halfway must not take the next ones with it.
        for name in [name for name, part in stack._planned().parts.items() if not part.is_alive()]:
            await house.bring_back(name)
