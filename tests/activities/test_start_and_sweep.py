from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from temporalio.client import Client, WorkflowExecutionStatus, WorkflowHandle
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError
from temporalio.testing import ActivityEnvironment
from temporalio.worker import Worker

import local_jira.clock
from activities.reconcile import RUNNING, ReconcileActivities
from activities.start_item import STAGE, Started, start_again, start_item
from activities.sweep import SweepActivities
from jira_gateway.gateway import JiraGateway
from ledger.store import Ledger
from local_jira.testing import RunningLocalJira
from models.activity_io import ReconcileResult, SweepInput, SweepResult
from models.events import Event, EventKind, LedgerEntry
from models.jira_view import Cursor, DesiredComment
from models.lifecycle import StatusCategory
from models.names import ITEM_LABEL
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


async def tell(client: Client, issue_id: str, delivery: str, *, created: bool = False) -> Started:
    return await start_item(
        client, QUEUE, issue_id, f"FT-{issue_id}", delivery, "jira:issue_updated", created=created
    )


async def test_a_created_issue_starts_its_item_without_a_signal(
    client: Client, issue_id: str
) -> None:
    assert await tell(client, issue_id, "one", created=True) is Started.TOLD
    assert await told(client, issue_id) == []
    description = await item_of(client, issue_id).describe()
    assert await description.static_summary() == f"FT-{issue_id} · feedback"
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


async def test_an_ended_item_can_begin_a_new_life_and_a_running_one_goes_on(
    client: Client, issue_id: str
) -> None:
    await tell(client, issue_id, "one", created=True)
    first = (await item_of(client, issue_id).describe()).run_id
    await start_again(client, QUEUE, issue_id, f"FT-{issue_id}")
    assert (await item_of(client, issue_id).describe()).run_id == first
    await end(client, issue_id)
    await start_again(client, QUEUE, issue_id, f"FT-{issue_id}")
    description = await item_of(client, issue_id).describe()
    assert description.run_id != first
    assert description.status is WorkflowExecutionStatus.RUNNING


class Sweeping:
    """The sweep over the local Jira, with a ledger for the marks."""

    def __init__(self, client: Client, site: RunningLocalJira, ledger: Ledger) -> None:
        self.client, self.ledger = client, ledger
        self.gateway = gateway_of(site)
        self.begin: datetime | None = datetime.now(UTC)

    async def run(self, gateway: JiraGateway | None = None) -> SweepResult:
        """One sweep over everything since the test began."""
        activities = SweepActivities(self.client, gateway or self.gateway, self.ledger, INTERPRETER)
        environment = ActivityEnvironment()
        environment.info = environment.info.__class__(
            **{**environment.info.__dict__, "task_queue": QUEUE}
        )
        return await environment.run(activities.sweep, SweepInput(since=self.begin, overlap=0))

    def lived(self, issue_id: str, **taken_in: int) -> None:
        """What a life that ends now leaves in the ledger."""
        facts = {EventKind.CUSTOMER_WROTE: dict(taken_in)} if taken_in else {}
        kinds = (EventKind.RECEIVED, *facts, EventKind.CLOSED)
        self.ledger.append(
            tuple(
                LedgerEntry(
                    issue_id=issue_id,
                    issue_key=f"FT-{issue_id}",
                    workflow_id=f"feedback-{issue_id}",
                    event=Event(
                        operation_id=f"{issue_id}/{place}",
                        sequence=place,
                        kind=kind,
                        at=datetime.now(UTC),
                        summary=kind,
                        facts=facts.get(kind, {}),
                    ),
                )
                for place, kind in enumerate(kinds, 1)
            )
        )

    async def runs(self, issue_id: str) -> bool:
        """Whether the item is alive."""
        status = (await item_of(self.client, issue_id).describe()).status
        return status is WorkflowExecutionStatus.RUNNING

    def read(self, issue_id: str) -> None:
        """What the item's own reading leaves behind."""
        mark = self.gateway.read_issue(issue_id, Cursor(), INTERPRETER).mark
        self.ledger.remember_mark(issue_id, mark)


@pytest.fixture
def sweeping(client: Client, site: RunningLocalJira, ledger: Ledger) -> Sweeping:
    sweeping = Sweeping(client, site, ledger)
    for page in sweeping.gateway.changed_since(datetime.now(UTC) - timedelta(days=1)):
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


async def test_a_comment_shortly_before_the_end_that_nobody_read_brings_the_item_back(
    sweeping: Sweeping, site: RunningLocalJira
) -> None:
    issue_id, _ = Desk(site, "cora").create()
    await sweeping.run()
    read = Desk(site, "cora").comment(issue_id, "Still waiting")
    sweeping.read(issue_id)
    Desk(site, "cora").comment(issue_id, "It is back")
    sweeping.lived(issue_id, comment=read)
    await end(sweeping.client, issue_id)
    assert (await sweeping.run()).told == 1
    assert await sweeping.runs(issue_id)
    await item_of(sweeping.client, issue_id).terminate()


async def test_what_an_ended_item_read_or_what_is_no_news_leaves_it_in_peace(
    sweeping: Sweeping, site: RunningLocalJira
) -> None:
    issue_id, _ = Desk(site, "cora").create()
    await sweeping.run()
    read = Desk(site, "cora").comment(issue_id, "Still waiting")
    sweeping.lived(issue_id, comment=read)
    await end(sweeping.client, issue_id)
    Desk(site, "lena").edit(issue_id, labels=["seen"])
    Desk(site, "lena").comment(issue_id, "A note for us", internal=True)
    first = await sweeping.run()
    assert first.told == 0
    assert not await sweeping.runs(issue_id)
    second = await sweeping.run()
    assert second.already_known == second.looked_at, "the state must count as read by now"


async def test_a_person_who_moves_the_issue_out_of_done_brings_the_item_back(
    sweeping: Sweeping, site: RunningLocalJira
) -> None:
    issue_id, _ = Desk(site, "cora").create()
    await sweeping.run()
    move(site, issue_id, StatusCategory.DONE)
    sweeping.lived(issue_id)
    await end(sweeping.client, issue_id)
    assert (await sweeping.run()).told == 0
    move(site, issue_id, StatusCategory.TO_DO)
    assert (await sweeping.run()).told == 1
    assert await sweeping.runs(issue_id)
    await item_of(sweeping.client, issue_id).terminate()


def move(site: RunningLocalJira, issue_id: str, category: StatusCategory) -> None:
    """Lena takes the first transition that leads there."""
    desk = Desk(site, "lena")
    offered = desk.client.get(f"/rest/api/2/issue/{issue_id}/transitions").json()["transitions"]
    fits = [one for one in offered if one["to"]["statusCategory"]["key"] == category.value]
    desk.move(issue_id, fits[0]["id"])


async def test_an_issue_that_left_our_project_is_told_only_while_its_item_runs(
    sweeping: Sweeping, site: RunningLocalJira
) -> None:
    ours, strangers = Desk(site).create(), Desk(site).create()
    await sweeping.run()
    await end(sweeping.client, strangers[0])
    for issue_id, key in (ours, strangers):
        Desk(site).edit(issue_id, labels=[ITEM_LABEL])
        sweeping.read(issue_id)
        Desk(site).leave_for(key, "PROD")
    assert (await sweeping.run()).told == 1
    assert len(await told(sweeping.client, ours[0])) == 1
    assert not await sweeping.runs(strangers[0])
    await item_of(sweeping.client, ours[0]).terminate()


async def test_an_issue_of_another_project_begins_no_item(
    sweeping: Sweeping, site: RunningLocalJira
) -> None:
    issue_id, key = Desk(site).create()
    Desk(site).edit(issue_id, labels=[ITEM_LABEL])
    Desk(site).leave_for(key, "PROD")
    assert (await sweeping.run()).told == 0
    with pytest.raises(RPCError, match="not found"):
        await item_of(sweeping.client, issue_id).describe()


@pytest.mark.parametrize("hours", [-7, 5])
async def test_a_jira_whose_clock_is_hours_off_is_swept_all_the_same(
    sweeping: Sweeping, site: RunningLocalJira, hours: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(local_jira.clock, "_ahead_milliseconds", hours * 3_600_000)
    sweeping.begin = None
    sweeping.begin = (await sweeping.run()).until
    issue_id, _ = Desk(site).create()
    assert (await sweeping.run()).told == 1
    assert await sweeping.runs(issue_id)
    await item_of(sweeping.client, issue_id).terminate()


async def test_an_item_whose_issue_is_gone_is_told_although_no_search_shows_it(
    sweeping: Sweeping, site: RunningLocalJira
) -> None:
    gone, there = Desk(site).create()[0], Desk(site).create()[0]
    await sweeping.run()
    for issue_id in (gone, there):
        sweeping.read(issue_id)
    with site.client(site.admin_auth) as http:
        http.delete(f"/rest/api/2/issue/{gone}").raise_for_status()
    assert (await sweeping.run()).told == 0, "a search cannot find what was deleted"
    await until_visible(sweeping.client, gone, there)
    await reconcile(sweeping)
    (delivery,) = await told(sweeping.client, gone)
    assert delivery.startswith("reconcile-")
    assert await told(sweeping.client, there) == []
    for issue_id in (gone, there):
        await item_of(sweeping.client, issue_id).terminate()


async def reconcile(sweeping: Sweeping) -> ReconcileResult:
    activities = ReconcileActivities(sweeping.client, sweeping.gateway)
    return await ActivityEnvironment().run(activities.reconcile)


async def until_visible(client: Client, *issue_ids: str) -> None:
    """Visibility is some moments behind; wait until it lists these items."""
    wanted = {f"feedback-{issue_id}" for issue_id in issue_ids}
    for _ in range(200):
        if wanted <= {one.id async for one in client.list_workflows(RUNNING)}:
            return
        await asyncio.sleep(0.05)
    raise AssertionError(f"visibility did not list {sorted(wanted)} within 10 s")


async def test_a_sweep_with_a_lost_credential_fails_instead_of_finding_nothing(
    sweeping: Sweeping, site: RunningLocalJira
) -> None:
    with pytest.raises(ApplicationError) as caught:
        await sweeping.run(JiraGateway(clients_of(site, "wrong"), "FT"))
    assert caught.value.type == "JiraAuthentication"
