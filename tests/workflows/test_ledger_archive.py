"""What Temporal forgets after its retention is in the ledger, and replays from there."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer

from desk.anchors import anchors_in_temporal
from ledger.records import Anchor
from models.approval import ActionKind
from models.events import LedgerAnchor
from models.names import action_workflow_id
from runtime.plugin import followthrough_plugin
from tests.workflows.deeds import REFUND, archive, archived_until, propose, resolve, triaged
from tests.workflows.office import Office
from tests.workflows.opening import real_office
from worker import WORKFLOWS

LOOKS = 50


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    async with real_office(tmp_path) as opened:
        yield opened


async def test_closed_runs_are_archived_once_and_replay_out_of_the_archive(office: Office) -> None:
    issue = await triaged(office, REFUND)
    request = await propose(office, issue, ActionKind.REFUND, 9900)
    await office.vote(request, "fay")
    await office.vote(request, "finn")
    await office.until(issue, lambda s: s.actions[0].outcome, say="the refund is done")
    await resolve(office, issue)
    await office.handle(issue).result()
    await office.client.get_workflow_handle(action_workflow_id(request)).result()

    await archived_until(office, issue.id, runs=2)
    again = await archive(office, "archive-again")

    assert again.archived == 0
    kept = office.ledger.histories_of(issue.id)
    assert {run.workflow_id for run in kept} == {
        f"feedback-{issue.id}",
        action_workflow_id(request),
    }
    replayer = Replayer(workflows=WORKFLOWS, plugins=[followthrough_plugin()])
    for run in kept:
        await replayer.replay_workflow(WorkflowHistory.from_json(run.workflow_id, run.history))
    assert again.ledger == office.ledger.head()
    assert office.ledger.verify().sound


async def test_closed_items_and_each_look_for_closed_runs_anchor_the_ledger(office: Office) -> None:
    issue = await triaged(office, REFUND)
    await resolve(office, issue)
    await office.handle(issue).result()
    await archived_until(office, issue.id, runs=1)
    look = await archive(office, "archive-last")

    found = await _anchors_until(office, {f"feedback-{issue.id}", "archive-last"})
    assert found["archive-last"] == look.ledger == office.ledger.head()
    anchors = [
        Anchor(sequence=one.row, digest=one.digest, where=where) for where, one in found.items()
    ]
    assert office.ledger.verify(anchors).sound


async def _anchors_until(office: Office, there: set[str]) -> dict[str, LedgerAnchor]:
    for _ in range(LOOKS):
        found = dict(await anchors_in_temporal(office.client))
        if there <= found.keys():
            return found
        await asyncio.sleep(0.2)
    raise AssertionError(f"not all of {there} were found")
