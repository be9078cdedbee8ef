"""What Temporal keeps of an item is unreadable without the keys, and the item lives all the same."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from temporalio.api.enums.v1 import EventType
from temporalio.client import Client, WorkflowFailureError, WorkflowHistory
from temporalio.worker import Replayer, Worker

from ledger import private_file
from models.approval import ActionKind
from models.lifecycle import Outcome, StatusCategory
from models.messages import Resolve
from models.names import action_workflow_id, feedback_workflow_id
from models.people import Act
from runtime.decrypted_history import decrypted_history
from runtime.payload_codec import EncryptionCodec, PayloadKeyUnknown
from runtime.payload_keys import PayloadKeyRing, prepare_key, rotate_key
from runtime.plugin import followthrough_plugin
from tests.stored import stored
from tests.workflows.deeds import OUTAGE, REFUND, archived_until, propose, triaged
from tests.workflows.office import Issue, Office, by
from tests.workflows.opening import real_office
from tests.workflows.telltale import TelltaleWorkflow, tell_tales
from worker import WORKFLOWS

pytestmark = pytest.mark.e2e

CANARY = "marzipan-locomotive"
LOOKS = 300


@pytest.fixture
def keys_file(tmp_path: Path) -> Path:
    file = tmp_path / "here" / "payload-keys"
    rotate_key(file)
    return file


@pytest.fixture
def workers_file(tmp_path: Path, keys_file: Path) -> Path:
    """The keys of another machine, on which the worker runs."""
    file = tmp_path / "there" / "payload-keys"
    _copy(keys_file, file)
    return file


@pytest.fixture
async def office(tmp_path: Path, keys_file: Path, workers_file: Path) -> AsyncIterator[Office]:
    """An office whose worker has its keys elsewhere than the people."""
    async with real_office(tmp_path, payload_keys=PayloadKeyRing(workers_file)) as opened:
        opened.client = await _connected(opened.client, PayloadKeyRing(keys_file))
        yield opened


def _copy(source: Path, target: Path) -> None:
    with private_file.alone(target):
        private_file.replace(target, source.read_text())


async def _connected(client: Client, ring: PayloadKeyRing | None) -> Client:
    address = client.service_client.config.target_host
    return await Client.connect(address, plugins=[followthrough_plugin(ring)])


async def _resolve(office: Office, issue: Issue) -> None:
    reason = f"As we told them: {CANARY}."
    message = Resolve(actor=by("omar"), outcome=Outcome.ANSWERED, reason=reason)
    signed = await office.signed(message, Act.RESOLVE, issue)
    await office.handle(issue).execute_update("resolve", signed)


async def _decided(office: Office, issue: Issue) -> None:
    await office.settled(
        lambda: office.category(issue) is StatusCategory.DONE, say="the issue is Done"
    )


async def _histories(office: Office) -> list[WorkflowHistory]:
    """Everything that the server has, fetched by somebody without keys."""
    stranger = await _connected(office.client, None)
    return [
        await stranger.get_workflow_handle(run.id, run_id=run.run_id).fetch_history()
        async for run in stranger.list_workflows("")
    ]


async def _read_with(file: Path, history: WorkflowHistory) -> str:
    codec = EncryptionCodec(PayloadKeyRing(file))
    return stored(WorkflowHistory.from_json("", await decrypted_history(history.to_json(), codec)))


async def _failed_tasks(office: Office, issue: Issue) -> int:
    history = await office.handle(issue).fetch_history()
    failed = EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED
    return sum(event.event_type == failed for event in history.events)


async def _until_a_task_fails(office: Office, issue: Issue) -> None:
    for _ in range(LOOKS):
        if await _failed_tasks(office, issue):
            return
        await asyncio.sleep(0.1)
    raise AssertionError("the worker did not notice that it lacks a key")


async def test_what_people_wrote_is_unreadable_in_every_history_and_replays_with_the_keys(
    office: Office, keys_file: Path
) -> None:
    issue = await triaged(office, REFUND)
    request = await propose(office, issue, ActionKind.REFUND, 9900)
    await office.vote(request, "fay", reason=f"I looked: {CANARY}.")
    await office.vote(request, "finn", reason=f"I looked too: {CANARY}.")
    await office.until(issue, lambda s: s.actions[0].outcome, say="the refund is done")
    await _resolve(office, issue)
    await office.handle(issue).result()

    histories = await _histories(office)

    ids = {one.workflow_id for one in histories}
    assert ids == {feedback_workflow_id(issue.id), action_workflow_id(request)}
    kept = "".join(map(stored, histories))
    readable = "".join([await _read_with(keys_file, one) for one in histories])
    for words in (CANARY, "I looked", "The customer was charged twice."):
        assert words in readable
        assert words not in kept
    replayer = Replayer(
        workflows=WORKFLOWS, plugins=[followthrough_plugin(PayloadKeyRing(keys_file))]
    )
    for one in histories:
        await replayer.replay_workflow(one)


async def test_the_archive_keeps_a_history_encrypted_beside_its_issue(
    office: Office, keys_file: Path
) -> None:
    issue = await triaged(office, OUTAGE)
    await _resolve(office, issue)
    await office.handle(issue).result()

    await archived_until(office, issue.id, runs=1)

    [kept] = office.ledger.histories_of(issue.id)
    history = WorkflowHistory.from_json(kept.workflow_id, kept.history)
    assert CANARY not in stored(history)
    assert CANARY in await _read_with(keys_file, history)


async def test_the_message_of_a_failure_and_where_it_happened_are_unreadable(
    office: Office, keys_file: Path
) -> None:
    async with Worker(
        office.client, task_queue="tales", workflows=[TelltaleWorkflow], activities=[tell_tales]
    ):
        with pytest.raises(WorkflowFailureError) as failed:
            await office.client.execute_workflow(
                TelltaleWorkflow.run, CANARY, id="tales", task_queue="tales"
            )

    [history] = await _histories(office)

    assert CANARY in str(failed.value.cause.__cause__)
    assert "TelltaleError" in stored(history)
    readable = await _read_with(keys_file, history)
    for words in (CANARY, "telltale.py"):
        assert words in readable
        assert words not in stored(history)


async def test_a_key_that_reached_every_machine_first_is_rotated_unnoticed(
    office: Office, keys_file: Path, workers_file: Path
) -> None:
    issue = await triaged(office, OUTAGE)
    prepare_key(keys_file)
    _copy(keys_file, workers_file)
    new = rotate_key(keys_file).active

    await _resolve(office, issue)
    await _decided(office, issue)
    _copy(keys_file, workers_file)
    await office.handle(issue).result()

    [history] = await _histories(office)
    assert await _failed_tasks(office, issue) == 0
    assert new.key_id in stored(history)


async def test_a_worker_without_the_newest_key_waits_for_it(
    office: Office, keys_file: Path, workers_file: Path
) -> None:
    issue = await triaged(office, OUTAGE)
    rotate_key(keys_file)
    await office.tell(issue)
    await _until_a_task_fails(office, issue)

    _copy(keys_file, workers_file)

    await _resolve(office, issue)
    await _decided(office, issue)


async def test_an_item_that_began_before_encryption_goes_on_under_it(
    office: Office, keys_file: Path
) -> None:
    encrypting, office.client = office.client, await _connected(office.client, None)
    issue = await office.report(OUTAGE[:100], OUTAGE)
    with pytest.raises(PayloadKeyUnknown, match="FOLLOWTHROUGH_PAYLOAD_KEYS_FILE"):
        await office.status(issue)

    office.client = encrypting

    await office.until(issue, lambda s: s.severity is not None, say="it is triaged")
    await _resolve(office, issue)
    await _decided(office, issue)
