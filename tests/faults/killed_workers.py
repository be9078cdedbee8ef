"""Workers as real processes, and items whose one next step is a projection of a chosen kind."""

from __future__ import annotations

import asyncio
import dataclasses
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from temporalio.client import Client, WorkflowHandle
from temporalio.testing import ActivityEnvironment
from temporalio.worker import Worker

from ledger.store import open_ledger
from local_jira.testing import RunningLocalJira
from models.activity_io import Received, ReceiveInput
from models.item_state import ItemState
from models.jira_view import DesiredView
from models.lifecycle import Outcome
from models.messages import ItemStart, Resolve
from models.names import feedback_workflow_id
from models.people import Actor, Channel
from policies.lifecycle import acts, receiving, record, view
from runtime.connection import connect
from runtime.part import Part
from runtime.settings import Settings
from runtime.stack_plan import StackPlan, StackPorts, plan_stack
from tests.faults.earlier_run import EarlierRun
from tests.faults.fault_rig import Rig
from tests.faults.write_kinds import FOREIGN, Write
from worker import build_activities

ANY_PORT = StackPorts(temporal=0, temporal_ui=0, jira=0, effects=0, desk=0)
VICTIMS = 5
"""Together they have more hands than there are calls to hang."""
ELSEWHERE = "PROD"
"""What the workers' sweep looks through, so that it starts no items for issues made here."""
PATIENCE_SECONDS = 90.0
OPENING_QUEUE = "opening"
"""Where the first run of an item is played; the workers that get killed do not listen there."""
LEFT_ALONE: dict[str, Any] = {"status_category": None, "resolution": None, "comments": ()}
OMAR = Actor(person="omar", channel=Channel.DESK)


@dataclass(frozen=True)
class Item:
    """An item that is about to project, what it wants of its issue, and since when Jira counts."""

    issue: tuple[str, str]
    state: ItemState
    wanted: DesiredView
    since: int

    @property
    def workflow_id(self) -> str:
        return feedback_workflow_id(self.issue[0])


@dataclass
class Shop:
    """A Temporal server, a Jira, and workers that can be killed."""

    plan: StackPlan
    client: Client
    receive: Callable[[ReceiveInput], Received]
    rig: Rig
    other: str
    workers: list[Part] = field(default_factory=list)
    started: int = 0

    def start_worker(self) -> Part:
        """One more process of `worker.py`; it is not waited for."""
        self.started += 1
        usual = self.plan.parts["worker"]
        worker = dataclasses.replace(
            usual,
            log=usual.log.with_name(f"worker-{self.started}.log"),
            environment={**usual.environment, "JIRA_PROJECT": ELSEWHERE},
        )
        worker.start()
        self.workers.append(worker)
        return worker

    def kill_workers(self) -> None:
        """`kill -9` every worker, as when a machine goes down."""
        for worker in self.workers:
            worker.kill()
        self.workers.clear()

    def item(self, write: Write) -> Item:
        """An item that was received and whose issue shows all that it wants but this write."""
        issue = self.rig.new_issue(*FOREIGN)
        state = self._received(issue)
        if "status_category" in write.wishes:
            message = Resolve(actor=OMAR, outcome=Outcome.ANSWERED, reason="Explained.")
            state = acts.decide(state, message, datetime.now(UTC)).state
        state = state.model_copy(update={"comments": ()})
        if "comments" in write.wishes:
            state = record.say(record.say(state, "Between us."), "Dear customer", public=True)
        if write.linked:
            state = record.link_to(state, "Duplicate", self.other)
        wanted = view.desired_view(state)
        missing = {name: DesiredView.model_fields[name].get_default() for name in write.wishes}
        before = wanted.model_copy(update={**LEFT_ALONE, **missing, "links": ()})
        seen = self.rig.attempt(before).observed
        state = state.model_copy(update={"seen": seen.fields, "cursor": seen.cursor})
        return Item(issue, state, wanted, self.rig.position())

    def _received(self, issue: tuple[str, str]) -> ItemState:
        """The state after the real receiving activity; nobody has decided anything yet."""
        now = datetime.now(UTC)
        workflow_id = feedback_workflow_id(issue[0])
        request = ReceiveInput(issue_id=issue[0], workflow_id=workflow_id, now=now)
        received: Received = ActivityEnvironment().run(self.receive, request)
        state = ItemState(issue_id=issue[0], workflow_id=workflow_id, life="firstlif")
        return receiving.receive(state, received, now)

    async def begin(self, item: Item) -> None:
        """Let the item go on from where it stands, in a run that continues an earlier one."""
        start = ItemStart(issue_id=item.issue[0], issue_key=item.issue[1], carried=item.state)
        await self.client.start_workflow(
            EarlierRun.run,
            args=[start, self.plan.settings.task_queue],
            id=item.workflow_id,
            task_queue=OPENING_QUEUE,
        )

    def handle(self, item: Item) -> WorkflowHandle[Any, Any]:
        return self.client.get_workflow_handle(item.workflow_id)


async def eventually(question: Callable[[], Awaitable[bool]], *, say: Callable[[], str]) -> None:
    """Wait until the answer is yes."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not await question():
        assert time.monotonic() < deadline, f"waited in vain: {say()}"
        await asyncio.sleep(0.1)


@asynccontextmanager
async def open_shop(settings: Settings) -> AsyncIterator[Shop]:
    """A shop without workers; all that was started in it is stopped at the end."""
    plan = plan_stack(settings, ANY_PORT, say=lambda _: None, commands={}, extra_environment={})
    with _running(plan.parts["temporal"], plan.parts["jira"]):
        client = await connect(plan.settings)
        ledger = open_ledger(plan.settings.ledger_url.get_secret_value())
        activities = build_activities(plan.settings, client, ledger)
        receive = next(one for one in activities if one.__name__ == "receive_item")
        rig = Rig.at(RunningLocalJira(plan.urls.jira, Path(settings.data_dir) / "jira"))
        shop = Shop(plan, client, receive, rig, rig.ada.create()[1])
        try:
            async with Worker(client, task_queue=OPENING_QUEUE, workflows=[EarlierRun]):
                yield shop
        finally:
            shop.kill_workers()
            ledger.close()


@contextmanager
def _running(*parts: Part) -> Iterator[None]:
    for part in parts:
        part.start()
    try:
        for part in parts:
            part.wait_until_ready()
        yield
    finally:
        for part in reversed(parts):
            part.stop()
