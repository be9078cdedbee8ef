"""Exceptions end by themselves or by approved requests; whoever goes round the workflow gets nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from temporalio.exceptions import WorkflowAlreadyStartedError

from models.action_parameters import AT_ONCE, ActionParameters
from models.approval import ActionKind, ActionResult, ApprovalOutcome
from models.failures import (
    EFFECT_NOT_PERMITTED,
    STALE,
)
from models.names import (
    POLICY_ACTION_WORKFLOW,
    action_workflow_id,
    exception_workflow_id,
)
from tests.workflows.deeds import REFUND, propose, triaged, turned_away
from tests.workflows.effect_deeds import (
    exception,
    forged_start,
    started_beforehand,
    steps_of,
)
from tests.workflows.office import Office
from tests.workflows.opening import real_office, skipping_office


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    async with skipping_office(tmp_path) as opened:
        yield opened


async def test_automation_that_starts_the_workflow_itself_gets_no_effect(office: Office) -> None:
    issue = await triaged(office, REFUND)
    start = forged_start(office, issue, f"{issue.id}-forged-1", "bot")

    result = await office.client.execute_workflow(
        POLICY_ACTION_WORKFLOW,
        start,
        id=action_workflow_id(start.proposal.request_id),
        task_queue=office.settings.task_queue,
        result_type=ActionResult,
    )

    assert result.outcome is ApprovalOutcome.NOT_NEEDED
    assert result.failure == EFFECT_NOT_PERMITTED.type
    assert office.effects() == []


async def test_a_request_that_somebody_starts_beforehand_on_facts_of_their_own_gets_no_effect(
    office: Office,
) -> None:
    issue = await triaged(office, REFUND)
    starts = await started_beforehand(office, issue, confidence=0.01, stage="clocks")
    for start in starts:
        await office.client.start_workflow(
            POLICY_ACTION_WORKFLOW,
            start,
            id=action_workflow_id(start.proposal.request_id),
            task_queue=office.settings.task_queue,
        )

    request = await propose(office, issue, ActionKind.REFUND, 9900)
    assert request in [start.proposal.request_id for start in starts]
    await office.vote(request, "fay")
    await office.vote(request, "finn")

    said = await office.until_request(
        request, lambda s: s.outcome is ApprovalOutcome.STALE, say="it is found stale"
    )
    assert (said.outcome, said.parked) == (ApprovalOutcome.STALE, STALE.type)
    assert office.effects() == []


async def test_a_second_start_of_a_request_under_way_is_refused(office: Office) -> None:
    issue = await triaged(office, REFUND)
    request = await propose(office, issue, ActionKind.REFUND, 9900)

    with pytest.raises(WorkflowAlreadyStartedError):
        await office.client.start_workflow(
            POLICY_ACTION_WORKFLOW,
            forged_start(office, issue, request, "bot"),
            id=action_workflow_id(request),
            task_queue=office.settings.task_queue,
        )


async def test_a_second_start_of_an_ended_request_does_nothing_twice(office: Office) -> None:
    issue = await triaged(office, REFUND)
    request = await propose(office, issue, ActionKind.CREDIT, 500)
    await office.until(issue, lambda s: s.actions[0].outcome, say="the credit is given")

    result = await office.client.execute_workflow(
        POLICY_ACTION_WORKFLOW,
        forged_start(office, issue, request, "bot"),
        id=action_workflow_id(request),
        task_queue=office.settings.task_queue,
        result_type=ActionResult,
    )

    assert result.failure == EFFECT_NOT_PERMITTED.type
    assert [effect["request"]["amount_minor"] for effect in office.effects()] == [500]


async def test_an_exception_is_prolonged_and_ended_early_by_approved_requests_only(
    office: Office,
) -> None:
    issue = await triaged(office, REFUND)
    now = await office.now()
    request = await exception(office, issue, ActionParameters(ends_at=now + timedelta(days=30)))
    await office.until(issue, lambda s: s.actions[0].ends_at, say="it is in force")

    later = now + timedelta(days=60)
    await exception(office, issue, ActionParameters(ends_at=later, changes=request))
    await office.until(issue, lambda s: s.actions[0].ends_at == later, say="it lasts longer")
    await office.sleep(timedelta(days=40))
    assert (await office.status(issue)).actions[0].ended is False

    await exception(office, issue, ActionParameters(ends_at=AT_ONCE, changes=request))
    await office.until(issue, lambda s: s.actions[0].ended, say="it ended early")
    first = next(one for one in office.effects() if one["key"] == request)
    assert first["status"] == "voided"


async def test_a_signal_that_claims_a_new_end_is_not_believed(office: Office) -> None:
    issue = await triaged(office, REFUND)
    now = await office.now()
    request = await exception(office, issue, ActionParameters(ends_at=now + timedelta(days=30)))
    before = await office.until(issue, lambda s: s.actions[0].ends_at, say="it is in force")
    handle = office.client.get_workflow_handle(exception_workflow_id(request))
    start = forged_start(office, issue, f"{issue.id}-forged-2", "omar").proposal
    claimed = start.model_copy(
        update={
            "kind": ActionKind.POLICY_EXCEPTION,
            "parameters": ActionParameters(ends_at=AT_ONCE, changes=request),
        }
    )

    await handle.signal("exception_changed", {"proposal": claimed.model_dump(mode="json")})
    await office.sleep(timedelta(days=1))

    status = await office.status(issue)
    assert status.actions[0].ends_at == before.actions[0].ends_at
    assert status.actions[0].ended is False


async def test_an_exception_ends_itself_and_cannot_be_changed_any_more(tmp_path: Path) -> None:
    """On a real server: the time-skipping one stands still once an abandoned child has ended."""
    async with real_office(tmp_path) as office:
        issue = await triaged(office, REFUND)
        ends_at = await office.now() + timedelta(minutes=10)
        request = await exception(office, issue, ActionParameters(ends_at=ends_at))
        await office.until(issue, lambda s: s.actions[0].ends_at, say="it is in force")
        assert [effect["status"] for effect in office.effects()] == ["executed"]

        await office.until(issue, lambda s: s.actions[0].ended, say="it ended by itself")
        longer = ActionParameters(ends_at=ends_at + timedelta(days=9), changes=request)
        failure, told = await turned_away(exception(office, issue, longer))

        assert [effect["status"] for effect in office.effects()] == ["voided"]
        assert "The exception ended." in steps_of(office, issue)
        assert (failure, "in force" in told) == ("ParametersWrong", True)
