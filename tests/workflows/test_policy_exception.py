"""An exception from policy that lives through its own continue-as-new, and past its item."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from temporalio.client import Client, WorkflowHandle
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from activities.effects.carrying_out import EffectActivities
from activities.effects.endpoint import Endpoints
from activities.ledger import LedgerActivities
from ledger.store import Ledger, open_ledger
from models.action_parameters import ActionParameters
from models.approval import ActionKind, EffectReceipt, EffectState
from models.effects import EffectInput, ExceptionStart, ExceptionStatus
from models.names import POLICY_EXCEPTION_WORKFLOW, exception_workflow_id
from runtime.plugin import followthrough_plugin
from runtime.temporal_server import find_temporal_binary
from tests.approved_effects import KEY, Approver, activity_of
from tests.samples import after
from tests.workflows.opening import running_effects
from workflows.policy_exception import PolicyExceptionWorkflow

QUEUE = "exceptions"


@pytest.fixture
def endpoint(tmp_path: Path) -> Iterator[str]:
    with running_effects(tmp_path / "effects") as url:
        yield url


def _approved(approver: Approver, until: datetime, **changes: str) -> EffectInput:
    parameters = ActionParameters(ends_at=until, **changes)
    request_id = "10001-1-9" if changes else KEY
    return approver.request(
        ActionKind.POLICY_EXCEPTION, None, parameters=parameters, request_id=request_id
    )


def _effects(endpoint: str) -> list[str]:
    journal = httpx.get(f"{endpoint}/__local__/journal", trust_env=False).json()
    return [effect["status"] for effect in journal["effects"]]


async def _status(client: Client) -> ExceptionStatus:
    handle = client.get_workflow_handle(exception_workflow_id(KEY))
    return await handle.query("status", result_type=ExceptionStatus)


@asynccontextmanager
async def _worker(
    environment: WorkflowEnvironment, effects: EffectActivities, ledger: Ledger
) -> AsyncIterator[None]:
    with ThreadPoolExecutor(4) as threads:
        async with Worker(
            environment.client,
            task_queue=QUEUE,
            workflows=[PolicyExceptionWorkflow],
            activities=[
                effects.end_exception,
                effects.confirm_change,
                LedgerActivities(ledger).append_to_ledger,
            ],
            activity_executor=threads,
        ):
            yield


async def _begin(client: Client, start: ExceptionStart) -> WorkflowHandle[Any, EffectReceipt]:
    handle: WorkflowHandle[Any, EffectReceipt] = await client.start_workflow(
        POLICY_EXCEPTION_WORKFLOW,
        start,
        id=exception_workflow_id(KEY),
        task_queue=QUEUE,
        result_type=EffectReceipt,
    )
    return handle


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    opened = open_ledger(f"sqlite:///{tmp_path / 'ledger.db'}")
    yield opened
    opened.close()


async def test_an_exception_ends_itself_months_later(
    endpoint: str, tmp_path: Path, ledger: Ledger
) -> None:
    approver = Approver(tmp_path / "keys")
    effects = EffectActivities(Endpoints(endpoint), approver.trust)
    binary = Path(sys.executable).with_name("temporal-test-server")
    environment = await WorkflowEnvironment.start_time_skipping(
        test_server_existing_path=str(binary), plugins=[followthrough_plugin()]
    )
    async with environment, _worker(environment, effects, ledger):
        now = await environment.get_current_time()
        begun = _approved(approver, now + timedelta(days=120))
        activity_of().run(effects.execute, begun)
        handle = await _begin(environment.client, ExceptionStart(begun=begun, began_at=now))
        await environment.sleep(timedelta(days=119))
        before = _effects(endpoint)
        receipt = await asyncio.wait_for(handle.result(), 60)

    assert (before, _effects(endpoint)) == (["executed"], ["voided"])
    assert receipt.state is EffectState.COMPENSATED
    kinds = [row.event.kind for row in ledger.events_of("10001")]
    assert kinds == ["effect_step", "exception_ended"]


async def test_an_exception_carries_its_changed_end_over_and_ends_with_its_item_gone(
    endpoint: str, tmp_path: Path, ledger: Ledger
) -> None:
    approver = Approver(tmp_path / "keys")
    effects = EffectActivities(Endpoints(endpoint), approver.trust)
    begun = _approved(approver, after(48))
    activity_of().run(effects.execute, begun)
    changed = _approved(approver, datetime.now(UTC) + timedelta(seconds=2), changes=KEY)
    environment = await WorkflowEnvironment.start_local(
        dev_server_existing_path=str(find_temporal_binary()), plugins=[followthrough_plugin()]
    )
    # What a continue-as-new starts with: the change taken in, its steps recorded.
    start = ExceptionStart(
        begun=begun, began_at=after(2), changed=changed, changed_at=after(3), steps=2
    )
    async with environment, _worker(environment, effects, ledger):
        handle = await _begin(environment.client, start)
        status = await _status(environment.client)
        receipt = await asyncio.wait_for(handle.result(), 60)

    recorded = [row.event for row in ledger.events_of("10001")]
    assert status.ends_at == changed.proposal.parameters.ends_at
    assert receipt.state is EffectState.COMPENSATED
    assert [event.kind for event in recorded] == ["exception_ended"]
    assert recorded[0].sequence == 3
    assert _effects(endpoint) == ["voided"]
