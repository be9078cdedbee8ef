"""Rollouts on a real Temporal server: found by the look at the project, and never taken for feedback."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.service import RPCError, RPCStatusCode

from desk.app import make_intake
from desk.temporal_link import TemporalLink
from desk.webhook_payload import Hint
from models.activity_io import SweepResult
from models.names import (
    INTAKE_SWEEP_WORKFLOW,
    ROLLOUT_SWEEP_WORKFLOW,
    feedback_workflow_id,
)
from models.rollout import RolloutPhase, RolloutSweepResult
from tests.workflows.office import Office
from tests.workflows.opening import real_office
from tests.workflows.rollout_deeds import (
    change,
    issue_of,
    jira,
    line,
    planned,
    rollout,
    status,
    until,
)
from tests.workflows.sheet_deeds import run_once

pytestmark = pytest.mark.e2e


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    """An office whose clocks run as in life."""
    async with real_office(tmp_path, kind=Office) as opened:
        yield opened


async def look(office: Office) -> RolloutSweepResult:
    """One look at the versions of the project."""
    return await run_once(office, ROLLOUT_SWEEP_WORKFLOW, RolloutSweepResult)


async def sweep(office: Office) -> SweepResult:
    """One look at the issues that changed."""
    return await run_once(office, INTAKE_SWEEP_WORKFLOW, SweepResult)


async def test_a_version_is_found_signed_off_through_the_sweep_and_ended(office: Office) -> None:
    near, far = await planned(office, in_days=30), await planned(office, in_days=90, name="6.0")

    first, second = await look(office), await look(office)

    assert (first.told, second.told) == (1, 0), "what was told is not told again"
    found = await until(office, near, lambda s: s.issue_key, say="its checklist is open")
    with pytest.raises(RPCError) as unknown:
        await rollout(office, far).describe()
    assert unknown.value.status is RPCStatusCode.NOT_FOUND

    issue = issue_of(office, found)
    await office.comment(issue, "petra", "/signoff documentation Done.", internal=True, tell=False)
    await sweep(office)
    await until(office, near, lambda s: line(s, "documentation").given, say="it is signed off")
    with pytest.raises(RPCError) as no_item:
        await office.client.get_workflow_handle(feedback_workflow_id(issue.id)).describe()
    assert no_item.value.status is RPCStatusCode.NOT_FOUND, "a checklist is no feedback"

    jira(office, "PUT", f"version/{near}", {"archived": True})
    assert (await look(office)).told == 1
    await until(office, near, lambda s: s.phase is RolloutPhase.ENDED, say="it has ended")
    assert await rollout(office, near).result()
    jira(office, "PUT", f"version/{near}", {"archived": False})
    await look(office)
    described = await rollout(office, near).describe()
    assert described.status is WorkflowExecutionStatus.COMPLETED, "a version is followed once"


async def test_a_change_that_does_not_matter_makes_no_second_checklist(office: Office) -> None:
    version = await planned(office, in_days=30)
    await look(office)
    before = await until(office, version, lambda s: s.issue_key, say="its checklist is open")

    await change(office, version, description="Nothing that matters.")

    after = await status(office, version)
    assert (after.issue_key, after.questions) == (before.issue_key, before.questions)
    found = jira(office, "GET", f'search/jql?jql=labels="ft-rollout-{version}"&fields=key')
    assert len(found["issues"]) == 1


async def test_what_webhooks_tell_of_a_checklist_wakes_its_rollout_and_starts_no_item(
    office: Office,
) -> None:
    version = await planned(office, in_days=30)
    await look(office)
    found = await until(office, version, lambda s: s.issue_key, say="its checklist is open")
    issue = issue_of(office, found)
    await office.comment(issue, "petra", "/signoff documentation Done.", internal=True, tell=False)

    async def client() -> Client:
        return office.client

    start = make_intake(office.settings, TemporalLink(client)).start_item
    created = Hint(
        event="jira:issue_created",
        issue_id=issue.id,
        issue_key=issue.key,
        author=None,
        labels=(f"ft-rollout-{version}",),
    )
    commented = created.model_copy(update={"event": "comment_created", "labels": ()})
    told = [await start(office.client, hint, "d-1") for hint in (created, commented)]

    assert told == [True, True]
    await until(office, version, lambda s: line(s, "documentation").given, say="it is signed off")
    with pytest.raises(RPCError) as no_item:
        await office.client.get_workflow_handle(feedback_workflow_id(issue.id)).describe()
    assert no_item.value.status is RPCStatusCode.NOT_FOUND
