"""Jira's webhooks on their way to the desk, for a test that loses, doubles and mixes them."""

from __future__ import annotations

import asyncio
import dataclasses
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
from fastapi import FastAPI
from pydantic import SecretStr
from temporalio.client import Client
from temporalio.testing import ActivityEnvironment

from activities.reconcile import RUNNING, STOPPED
from desk.app import make_intake
from desk.temporal_link import TemporalLink
from desk.webhook import webhook_routes
from desk.webhook_payload import read_hint
from local_jira.webhooks.signing import signature
from models.activity_io import ReconcileResult, SweepInput, SweepResult
from models.events import Event, EventKind
from models.messages import Timeline
from models.names import INTAKE_SWEEP_WORKFLOW, RECONCILE_WORKFLOW
from runtime.jira_webhook import register_webhook
from tests.faults.fault_rig import BOT
from tests.local_jira.webhook_tools import Receiver, running_receiver
from tests.workflows.office import Issue, Office
from worker import build_activities

Delivery = tuple[dict[str, str], bytes]
SECRET = SecretStr("a secret made up for these tests")
PATIENCE_SECONDS = 20.0


@dataclass
class PostOffice:
    """An office, what Jira has sent to it and is not delivered yet, and the way to the desk."""

    office: Office
    receiver: Receiver
    desk: httpx.AsyncClient
    activities: list[Callable[..., Any]]
    taken: int = field(default=0)

    async def collect(self, count: int) -> list[Delivery]:
        """What Jira has sent since the last time, once so much of it is about people's doings."""
        deadline = asyncio.get_running_loop().time() + PATIENCE_SECONDS
        while len(_by_people(found := self.receiver.received[self.taken :])) < count:
            late = asyncio.get_running_loop().time() > deadline
            assert not late, f"Jira sent {len(found)} webhooks; {count} by people are missed"
            await asyncio.sleep(0.02)
        self.taken += len(found)
        return list(found)

    async def arrived(self, since: int) -> list[Delivery]:
        """What has come since the last time, once Jira is through with all it had to send.

        `since` is the position in Jira's own book of deliveries before the news.
        """

        async def through() -> bool:
            return all(one["state"] != "pending" for one in self.office.jira.deliveries(since))

        await self.patiently(through, say="Jira has sent everything")
        found = self.receiver.received[self.taken :]
        self.taken += len(found)
        return list(found)

    def position(self) -> int:
        """The last delivery in Jira's book."""
        return max((int(one["id"]) for one in self.office.jira.deliveries()), default=0)

    async def deliver(self, delivery: Delivery, *, forged: bool = False) -> httpx.Response:
        """Bring one delivery to the desk, unchanged or with a signature of somebody else's."""
        headers, body = delivery
        sent = {name: value for name, value in headers.items() if name.lower() != "host"}
        if forged:
            sent["X-Hub-Signature"] = signature("somebody else's secret", body)
        return await self.desk.post("/webhooks/jira", content=body, headers=sent)

    async def sweep(self) -> SweepResult:
        """One sweep of the worker's over the last week."""
        now = await self.office.now()
        result: SweepResult = await self.office.client.execute_workflow(
            INTAKE_SWEEP_WORKFLOW,
            id=f"sweep-{now.isoformat()}-{self.taken}",
            task_queue=self.office.settings.task_queue,
            result_type=SweepResult,
        )
        return result

    async def next_sweep(self, last: SweepResult) -> SweepResult:
        """The sweep that follows another one, as the schedule makes it."""
        environment = ActivityEnvironment()
        queue = self.office.settings.task_queue
        environment.info = dataclasses.replace(environment.info, task_queue=queue)
        sweep = next(one for one in self.activities if one.__name__ == "sweep")
        result: SweepResult = await environment.run(sweep, SweepInput(since=last.until))
        return result

    async def reconcile(self) -> ReconcileResult:
        """One comparison of the items that run with the issues that exist."""
        result: ReconcileResult = await self.office.client.execute_workflow(
            RECONCILE_WORKFLOW,
            id="reconcile",
            task_queue=self.office.settings.task_queue,
            result_type=ReconcileResult,
        )
        return result

    async def listed(self, issue: Issue, which: str = RUNNING) -> None:
        """Wait until Temporal's visibility, which is some moments behind, shows that the item runs."""
        item = self.office.handle(issue).id

        async def shown() -> bool:
            return item in [one.id async for one in self.office.client.list_workflows(which)]

        await self.patiently(shown, say=f"visibility lists {issue.key}")

    async def shown_as_stopped(self, issue: Issue) -> None:
        """Wait until Temporal's visibility shows that the item waits for an operator."""
        await self.listed(issue, STOPPED)

    async def goes_on(self, issue: Issue) -> None:
        """Compare the items with their issues until this one is told that it may go on."""
        await self.shown_as_stopped(issue)
        assert (await self.reconcile()).told == 1

    async def at_rest(self, issue: Issue) -> None:
        """Wait until the item has nothing under way and nothing untaken."""

        async def resting() -> bool:
            described = (await self.office.handle(issue).describe()).raw_description
            return not described.pending_activities and not described.HasField(
                "pending_workflow_task"
            )

        await self.patiently(resting, say=f"the item of {issue.key} is at rest")

    async def patiently(self, question: Callable[[], Awaitable[bool]], *, say: str) -> None:
        """Wait until the answer is yes."""
        deadline = asyncio.get_running_loop().time() + PATIENCE_SECONDS
        while not await question():
            late = asyncio.get_running_loop().time() > deadline
            assert not late, f"waited in vain until {say}"
            await asyncio.sleep(0.02)

    async def timeline(self, issue: Issue) -> tuple[Event, ...]:
        """The item's events, in order."""
        timeline = await self.office.handle(issue).query("timeline", result_type=Timeline)
        return timeline.events

    async def events(self, issue: Issue, kind: EventKind) -> list[Event]:
        """The item's events of one kind."""
        return [event for event in await self.timeline(issue) if event.kind is kind]

    async def heard(self, issue: Issue) -> list[int]:
        """The ids of the customer's comments in the item's timeline, in its order."""
        found = await self.events(issue, EventKind.CUSTOMER_WROTE)
        return [int(str(event.facts["comment"])) for event in found]

    def written(self, issue: Issue) -> list[int]:
        """The ids of the customer's comments in Jira, oldest first."""
        return [
            int(one["id"])
            for one in self.office.comments(issue)
            if one["author"]["accountId"] == "acc-cora-customer"
        ]

    async def everything_is_heard(self, issue: Issue) -> None:
        """Wait until every comment of the customer's stands in the timeline, once and in order."""

        async def everything() -> bool:
            return await self.heard(issue) == self.written(issue)

        await self.patiently(everything, say=f"everything of {self.written(issue)} is heard")


def _by_people(deliveries: list[Delivery]) -> list[Delivery]:
    return [one for one in deliveries if read_hint(json.loads(one[1])).author != BOT]


@asynccontextmanager
async def open_post_office(office: Office) -> AsyncIterator[PostOffice]:
    """A post office beside an office: its webhooks wait here until they are delivered."""
    jira = office.settings.jira.model_copy(update={"webhook_secret": SECRET})
    settings = office.settings.model_copy(update={"jira": jira})

    async def connected() -> Client:
        return office.client

    app = FastAPI()
    app.include_router(webhook_routes(make_intake(settings, TemporalLink(connected))))
    transport = httpx.ASGITransport(app=app)
    activities = build_activities(settings, office.client, office.ledger)
    with running_receiver() as receiver:
        register_webhook(jira, receiver.url.removesuffix("/hook"))
        async with httpx.AsyncClient(transport=transport, base_url="http://desk") as desk:
            yield PostOffice(office, receiver, desk, activities)
