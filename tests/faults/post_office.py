"""Jira's webhooks on their way to the desk, for a test that loses, doubles and mixes them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from fastapi import FastAPI
from pydantic import SecretStr
from temporalio.client import Client

from desk.app import make_intake
from desk.temporal_link import TemporalLink
from desk.webhook import webhook_routes
from desk.webhook_payload import read_hint
from models.activity_io import SweepResult
from models.events import Event, EventKind
from models.messages import Timeline
from models.names import INTAKE_SWEEP_WORKFLOW
from runtime.jira_webhook import register_webhook
from tests.faults.fault_rig import BOT
from tests.local_jira.webhook_tools import Receiver, running_receiver
from tests.workflows.office import Issue, Office
from tests.workflows.opening import skipping_office

Delivery = tuple[dict[str, str], bytes]
SECRET = SecretStr("a secret made up for these tests")
PATIENCE_SECONDS = 20.0


@dataclass
class PostOffice:
    """An office, what Jira has sent to it and is not delivered yet, and the way to the desk."""

    office: Office
    receiver: Receiver
    desk: httpx.AsyncClient
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

    async def deliver(self, delivery: Delivery, *, forged: bool = False) -> httpx.Response:
        """Bring one delivery to the desk, unchanged or with a signature of somebody else's."""
        headers, body = delivery
        sent = {name: value for name, value in headers.items() if name.lower() != "host"}
        if forged:
            sent["X-Hub-Signature"] = f"sha256={'0' * 64}"
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

    async def events(self, issue: Issue, kind: EventKind) -> list[Event]:
        """The item's events of one kind."""
        timeline = await self.office.handle(issue).query("timeline", result_type=Timeline)
        return [event for event in timeline.events if event.kind is kind]

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
        deadline = asyncio.get_running_loop().time() + PATIENCE_SECONDS
        while (heard := await self.heard(issue)) != (written := self.written(issue)):
            late = asyncio.get_running_loop().time() > deadline
            assert not late, f"{issue.key}: heard {heard} of {written}"
            await asyncio.sleep(0.05)


def _by_people(deliveries: list[Delivery]) -> list[Delivery]:
    return [one for one in deliveries if read_hint(json.loads(one[1])).author != BOT]


@asynccontextmanager
async def open_post_office(directory: Path) -> AsyncIterator[PostOffice]:
    """An office on the time-skipping server whose webhooks wait here until they are delivered."""
    async with skipping_office(directory) as office:
        jira = office.settings.jira.model_copy(update={"webhook_secret": SECRET})
        settings = office.settings.model_copy(update={"jira": jira})

        async def connected() -> Client:
            return office.client

        app = FastAPI()
        app.include_router(webhook_routes(make_intake(settings, TemporalLink(connected))))
        transport = httpx.ASGITransport(app=app)
        with running_receiver() as receiver:
            register_webhook(jira, receiver.url.removesuffix("/hook"))
            async with httpx.AsyncClient(transport=transport, base_url="http://desk") as desk:
                yield PostOffice(office, receiver, desk)
