from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from temporalio.client import Client, WorkflowExecutionStatus, WorkflowHandle
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment
from temporalio.worker import Worker

from activities.start_item import STAGE, Started, start_item
from activities.sweep import SweepActivities
from jira_gateway.gateway import JiraGateway
from ledger.store import Ledger
from local_jira.testing import RunningLocalJira
from models.activity_io import SweepInput, SweepResult
from models.jira_view import Cursor, DesiredComment
from runtime.plugin import followthrough_plugin
from tests.activities.waiting_item import WaitingItem
from tests.jira_gateway.jira_people import (
    INTERPRETER,
    Desk,
    clients_of,
    gateway_of,
    view_of,
)

QUEUE = "start-tests"


@pytest.fixture
async def client(temporal_address: str) -> AsyncIterator[Client]:
    connected = await Client.connect(temporal_address, plugins=[followthrough_plugin()])
    async with Worker(connected, task_queue=QUEUE, workflows=[WaitingItem]):
        yield connected


@pytest.fixture
def issue_id() -> str:
    return str(uuid.uuid4().int % 10**12)


def item_of(client: Client, issue_id: str) -> WorkflowHandle[object, object]:
    return client.get_workflow_handle(f"feedback-{issue_id}")


async def told(client: Client, issue_id: str) -> list[str]:
    return await item_of(client, issue_id).query("told", result_type=list[str])


async def end(client: Client, issue_id: str) -> None:
    await item_of(client, issue_id).signal("end")
    await item_of(client, issue_id).result()


async def tell(client: Client, issue_id: str, delivery: str, **more: object) -> Started:
    created = bool(more.pop("created", False))
    return await start_item(
        client, QUEUE, issue_id, f"FT-{issue_id}", delivery, "jira:issue_updated",
        created=created, **more,  # type: ignore[arg-type] # only changed_at is ever given
    )  # fmt: skip


async def test_a_created_issue_starts_its_item_without_a_signal(
    client: Client, issue_id: str
) -> None:
    assert await tell(client, issue_id, "one", created=True) is Started.TOLD
    assert await told(client, issue_id) == []
    description = await item_of(client, issue_id).describe()
    assert await description.static_summary() == f"FT-{issue_id}"
    assert description.typed_search_attributes[STAGE] == "receive"
    history = await item_of(client, issue_id).fetch_history()
    kinds = {event.event_type for event in history.events}
    assert history.events[0].workflow_execution_started_event_attributes.priority.priority_key == 3
    assert len([kind for kind in kinds if "SIGNAL" in str(kind)]) == 0


async def test_a_change_starts_an_item_once_and_wakes_it_every_time(
    client: Client, issue_id: str
) -> None:
    assert await tell(client, issue_id, "one") is Started.TOLD
    first = (await item_of(client, issue_id).describe()).run_id
    assert await tell(client, issue_id, "two") is Started.TOLD
    assert await tell(client, issue_id, "late", created=True) is Started.TOLD
    assert (await item_of(client, issue_id).describe()).run_id == first
    assert await told(client, issue_id) == ["one", "two"]


@pytest.mark.parametrize("created", [True, False])
async def test_a_late_webhook_leaves_an_ended_item_in_peace(
    client: Client, issue_id: str, created: bool
) -> None:
    await tell(client, issue_id, "one", created=True)
    await end(client, issue_id)
    assert await tell(client, issue_id, "late", created=created) is Started.ENDED
    status = (await item_of(client, issue_id).describe()).status
    assert status is WorkflowExecutionStatus.COMPLETED


async def test_an_issue_that_changed_after_its_item_ended_gets_a_new_life(
    client: Client, issue_id: str
) -> None:
    await tell(client, issue_id, "one", created=True)
    await end(client, issue_id)
    before, after = datetime.now(UTC) - timedelta(hours=1), datetime.now(UTC) + timedelta(hours=1)
    assert await tell(client, issue_id, "old", changed_at=before) is Started.ENDED
    assert await tell(client, issue_id, "new", changed_at=after) is Started.REOPENED
    status = (await item_of(client, issue_id).describe()).status
    assert status is WorkflowExecutionStatus.RUNNING


class Sweeping:
    """The sweep over the local Jira, with a ledger for the marks."""

    def __init__(self, client: Client, site: RunningLocalJira, ledger: Ledger) -> None:
        self.client, self.ledger = client, ledger
        self.gateway = gateway_of(site)
        self.begin = datetime.now(UTC)

    async def run(self, gateway: JiraGateway | None = None) -> SweepResult:
        """One sweep over everything since the test began."""
        activities = SweepActivities(self.client, gateway or self.gateway, self.ledger)
        environment = ActivityEnvironment()
        environment.info = environment.info.__class__(
            **{**environment.info.__dict__, "task_queue": QUEUE}
        )
        request = SweepInput(since=self.begin, now=datetime.now(UTC), overlap=0)
        return await environment.run(activities.sweep, request)

    def read(self, issue_id: str) -> None:
        """What the item's own reading leaves behind."""
        mark = self.gateway.read_issue(issue_id, Cursor(), INTERPRETER).mark
        self.ledger.remember_mark(issue_id, mark)


@pytest.fixture
def sweeping(client: Client, site: RunningLocalJira, ledger: Ledger) -> Sweeping:
    sweeping = Sweeping(client, site, ledger)
    for page in sweeping.gateway.changed_since(sweeping.begin):
        for issue in page:  # what other tests made is known already
            ledger.remember_mark(issue.issue_id, issue.mark or "")
    return sweeping


async def test_the_sweep_starts_what_no_webhook_told_and_then_lets_it_be(
    sweeping: Sweeping, site: RunningLocalJira
) -> None:
    made = [Desk(site).create() for _ in range(3)]
    first = await sweeping.run()
    assert first.told == 3
    for issue_id, _ in made:
        assert await told(sweeping.client, issue_id) == []
        sweeping.read(issue_id)
    second = await sweeping.run()
    assert second.told == 0
    assert second.looked_at == second.already_known >= 3
    assert second.until > first.until
    for issue_id, _ in made:
        await item_of(sweeping.client, issue_id).terminate()


async def test_the_sweep_wakes_for_a_person_and_not_for_our_own_writing(
    sweeping: Sweeping, site: RunningLocalJira
) -> None:
    issue = Desk(site).create()
    await sweeping.run()
    sweeping.read(issue[0])
    note = DesiredComment(operation_id="life/1", body="Triaged.")
    sweeping.gateway.project(view_of(issue, comments=(note,), priority="High"), INTERPRETER)
    assert (await sweeping.run()).told == 0
    Desk(site, "lena").comment(issue[0], "/ack")
    assert (await sweeping.run()).told == 1
    (delivery,) = await told(sweeping.client, issue[0])
    assert delivery.startswith("sweep-")
    await item_of(sweeping.client, issue[0]).terminate()


async def test_the_sweep_wakes_a_running_item_whose_mark_was_lost(
    sweeping: Sweeping, site: RunningLocalJira
) -> None:
    issue_id, _ = Desk(site).create()
    await tell(sweeping.client, issue_id, "webhook", created=True)
    assert (await sweeping.run()).told == 1
    assert len(await told(sweeping.client, issue_id)) == 1
    await item_of(sweeping.client, issue_id).terminate()


async def test_the_sweep_gives_a_new_life_to_an_ended_item_that_a_customer_comes_back_to(
    sweeping: Sweeping, site: RunningLocalJira
) -> None:
    issue_id, _ = Desk(site, "cora").create()
    await sweeping.run()
    sweeping.read(issue_id)
    await end(sweeping.client, issue_id)
    assert (await sweeping.run()).told == 0
    Desk(site, "cora").comment(issue_id, "It is back")
    assert (await sweeping.run()).told == 1
    status = (await item_of(sweeping.client, issue_id).describe()).status
    assert status is WorkflowExecutionStatus.RUNNING
    await item_of(sweeping.client, issue_id).terminate()


async def test_a_sweep_with_a_lost_credential_fails_instead_of_finding_nothing(
    sweeping: Sweeping, site: RunningLocalJira
) -> None:
    with pytest.raises(ApplicationError) as caught:
        await sweeping.run(JiraGateway(clients_of(site, "wrong"), "FT"))
    assert caught.value.type == "JiraAuthentication"
