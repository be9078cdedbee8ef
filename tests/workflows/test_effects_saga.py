"""An approved effect to its end: carried out, refused, undone, rehearsed, or waiting for a person."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from temporalio.exceptions import WorkflowAlreadyStartedError

from models.action_parameters import AT_ONCE, ActionParameters
from models.approval import ActionKind, ActionProposal, ActionResult, ApprovalOutcome, EffectState
from models.failures import (
    EFFECT_IN_DOUBT,
    EFFECT_IRREVERSIBLE,
    EFFECT_NOT_PERMITTED,
    EFFECT_REFUSED,
    EFFECT_UNVERIFIED,
)
from models.lifecycle import Awaiting
from models.messages import ActionStart, Answer, ProposeAction, Resume
from models.names import (
    POLICY_ACTION_WORKFLOW,
    action_workflow_id,
    exception_workflow_id,
    feedback_workflow_id,
)
from models.people import Act, Actor, Channel
from policies.proof_content import of_message
from tests.samples import T0, snapshot
from tests.workflows.deeds import REFUND, propose, triaged, turned_away
from tests.workflows.office import Issue, Office, by
from tests.workflows.opening import skipping_office


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    async with skipping_office(tmp_path) as opened:
        yield opened


def fail_next(office: Office, **fault: Any) -> None:
    """The endpoint fails on purpose."""
    url = f"{office.effects_url}/__local__/faults"
    httpx.post(url, json=fault, trust_env=False).raise_for_status()


def counts(office: Office) -> tuple[int, int]:
    """How many effects the endpoint carried out, and how many of them twice."""
    journal = httpx.get(f"{office.effects_url}/__local__/journal", trust_env=False).json()
    return journal["executions"], journal["doubles"]


async def ask(office: Office, issue: Issue, message: ProposeAction) -> str:
    """Propose an action as its actor; the request's id."""
    signed = await office.signed(message, Act.PROPOSE, issue)
    handle = office.handle(issue)
    answer = await handle.execute_update("propose_action", signed, result_type=Answer)
    assert answer.request_id is not None
    return answer.request_id


async def resume(office: Office, issue: Issue, person: str, *, undo: bool = False) -> None:
    """A person lets what stands still go on, or has it undone."""
    message = Resume(undo=undo)
    subject = feedback_workflow_id(issue.id)
    actor = await office.actor(person, Act.RESUME, subject, content=of_message(message))
    await office.handle(issue).signal("resume", message.model_copy(update={"actor": actor}))


async def stuck_refund(office: Office) -> tuple[Issue, str]:
    """A refund that was approved and of which the endpoint holds another amount."""
    issue = await triaged(office, REFUND)
    request = await propose(office, issue, ActionKind.REFUND, 3000)
    fail_next(office, kind="wrong_record")
    await office.vote(request, "lena")
    await office.until(issue, lambda s: s.parked, say="the refund stands still")
    return issue, request


def steps_of(office: Office, issue: Issue) -> list[str]:
    """What the ledger keeps of the effect."""
    kinds = ("effect_step", "action_stuck", "exception_changed", "exception_ended")
    events = [row.event for row in office.ledger.events_of(issue.id)]
    return [event.summary for event in events if event.kind in kinds]


async def test_a_wrong_record_waits_for_a_person_with_the_remedy_everywhere(office: Office) -> None:
    issue, request = await stuck_refund(office)

    status = await office.status(issue)
    card = await office.request(request)
    await office.settled(
        lambda: "stands still* (EffectUnverified)" in office.comments(issue)[-1]["body"],
        say="the issue tells it",
    )

    assert status.parked == EFFECT_UNVERIFIED.type
    assert status.remedy == EFFECT_UNVERIFIED.remedy
    assert status.awaiting is Awaiting.OPERATOR
    assert status.actions[0].stuck == EFFECT_UNVERIFIED.type
    assert card.stuck == EFFECT_UNVERIFIED.type
    assert any("Stands still" in step for step in steps_of(office, issue))


async def test_a_stuck_effect_is_undone_when_a_person_says_so(office: Office) -> None:
    issue, request = await stuck_refund(office)

    await resume(office, issue, "lena", undo=True)
    status = await office.until(issue, lambda s: s.actions[0].outcome, say="it is undone")

    done = await office.request(request)
    assert status.parked is None
    assert done.effect is not None
    assert done.effect.state is EffectState.COMPENSATED
    assert [effect["status"] for effect in office.effects()] == ["voided"]
    assert any("lena wants it undone" in step for step in steps_of(office, issue))


async def test_a_stuck_effect_that_is_tried_again_in_vain_stands_still_again(
    office: Office,
) -> None:
    issue, _ = await stuck_refund(office)
    seen = (await office.status(issue)).parked_since

    await resume(office, issue, "lena")
    again = await office.until(
        issue, lambda s: s.parked and s.parked_since != seen, say="it stands still again"
    )

    assert again.parked == EFFECT_UNVERIFIED.type
    assert len(office.effects()) == 1


async def test_somebody_who_may_not_resume_changes_nothing(office: Office) -> None:
    issue, request = await stuck_refund(office)
    stranger = Actor(person="lena", channel=Channel.DESK)
    handle = office.client.get_workflow_handle(action_workflow_id(request))

    await handle.signal("resume", Resume(actor=stranger, undo=True))
    await handle.signal("resume", Resume())
    await resume(office, issue, "fay")

    assert (await office.request(request)).stuck == EFFECT_UNVERIFIED.type
    assert [effect["status"] for effect in office.effects()] == ["executed"]


async def test_a_proof_to_look_again_does_not_undo(office: Office) -> None:
    _, request = await stuck_refund(office)
    subject = action_workflow_id(request)
    actor = await office.actor("lena", Act.RESUME, subject, content=of_message(Resume()))

    await office.client.get_workflow_handle(subject).signal(
        "resume", Resume(actor=actor, undo=True)
    )

    assert (await office.request(request)).stuck == EFFECT_UNVERIFIED.type
    assert [effect["status"] for effect in office.effects()] == ["executed"]


async def test_an_endpoint_that_refuses_ends_it_and_nothing_stands_still(office: Office) -> None:
    issue = await triaged(office, REFUND)
    request = await propose(office, issue, ActionKind.REFUND, 3000)
    fail_next(office, status=403)
    await office.vote(request, "lena")

    status = await office.until(issue, lambda s: s.actions[0].outcome, say="it is refused")

    assert status.actions[0].failure == EFFECT_REFUSED.type
    assert status.parked is None
    assert office.effects() == []


@pytest.mark.parametrize(
    "fault",
    [
        {"status": 503, "times": 2},
        {"status": 500, "after_commit": True, "times": 2},
        {"kind": "lost_answer"},
        {"kind": "slow", "delay_seconds": 0.5},
    ],
    ids=["before the work", "after the work", "lost answer", "slow"],
)
async def test_a_breakdown_of_the_endpoint_leads_to_one_effect(
    office: Office, fault: dict[str, Any]
) -> None:
    issue = await triaged(office, REFUND)
    request = await propose(office, issue, ActionKind.REFUND, 3000)
    fail_next(office, **fault)
    await office.vote(request, "lena")

    await office.until(issue, lambda s: s.actions[0].outcome, say="the refund is done")

    assert counts(office) == (1, 0)


@pytest.mark.parametrize(
    ("kind", "minor", "voter", "expected"),
    [
        (ActionKind.CREDIT, 500, None, EFFECT_IN_DOUBT),
        (ActionKind.DATA_EXPORT, None, "sam", EFFECT_IRREVERSIBLE),
    ],
)
async def test_an_endpoint_that_is_gone_for_a_day_leaves_the_effect_to_a_person(
    office: Office, kind: ActionKind, minor: int | None, voter: str | None, expected: Any
) -> None:
    issue = await triaged(office, REFUND)
    fail_next(office, status=503, times=100_000)
    request = await propose(office, issue, kind, minor)
    if voter is not None:
        await office.vote(request, voter)

    for _ in range(9):
        await office.sleep(timedelta(hours=3))
    status = await office.until(issue, lambda s: s.parked, say="it stands still")
    assert status.parked == expected.type

    fail_next(office, times=0)
    await resume(office, issue, "lena")
    await office.until(issue, lambda s: s.actions[0].outcome, say="it is done")
    assert [effect["status"] for effect in office.effects()] == ["executed"]


async def test_a_dry_run_goes_the_whole_way_and_says_so_everywhere(office: Office) -> None:
    issue = await triaged(office, REFUND)
    message = ProposeAction(
        actor=by("omar"),
        kind=ActionKind.FEATURE_OFF,
        summary="Payments fail.",
        parameters=ActionParameters(feature="new-checkout"),
        dry_run=True,
    )
    request = await ask(office, issue, message)
    await office.vote(request, "petra")

    await office.until(issue, lambda s: s.actions[0].outcome, say="the dry run is done")
    done = await office.request(request)
    await office.settled(
        lambda: "Dry run: nothing was sent" in office.comments(issue)[-1]["body"],
        say="the issue tells it",
    )

    assert office.effects() == []
    assert done.plan is not None
    assert done.plan.dry_run
    assert done.effect is not None
    assert done.effect.state is EffectState.DRY_RUN
    assert '"feature": "new-checkout"' in str(done.effect.would_send)
    assert steps_of(office, issue) == [
        "Dry run, nothing was sent: feature off (new-checkout) (dry run)."
    ]


async def test_what_an_action_does_not_know_is_asked_for_in_plain_words(office: Office) -> None:
    issue = await triaged(office, REFUND)
    message = ProposeAction(actor=by("omar"), kind=ActionKind.FEATURE_OFF, summary="It fails.")

    failure, told = await turned_away(ask(office, issue, message))

    assert failure == "ParametersWrong"
    assert "which feature" in told


def forged_start(office: Office, issue: Issue, request_id: str, person: str) -> ActionStart:
    """A start with rules of one's own, under which nobody needs to agree to a small credit."""
    proposal = ActionProposal.model_validate(
        {
            "request_id": request_id,
            "kind": ActionKind.CREDIT,
            "subject": "c0ffee",
            "summary": "Mine.",
            "amount": {"minor": 99_900, "currency": "EUR"},
            "proposed_by": {"person": person, "channel": Channel.AUTOMATION},
            "proposed_at": T0,
        }
    )
    facts = {
        "issue_id": issue.id, "issue_key": issue.key,
        "workflow_id": feedback_workflow_id(issue.id), "severity": "S3", "category": "billing",
        "segment": "smb", "stage": "approve",
    }  # fmt: skip
    return ActionStart.model_validate(
        {
            "proposal": proposal,
            "item": facts,
            "snapshot": snapshot(),
            "report_to": feedback_workflow_id(issue.id),
        }
    )


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


async def exception(office: Office, issue: Issue, parameters: ActionParameters) -> str:
    """An exception from a policy that a lead approved."""
    message = ProposeAction(
        actor=by("omar"),
        kind=ActionKind.POLICY_EXCEPTION,
        summary="School price for the club.",
        parameters=parameters,
    )
    request = await ask(office, issue, message)
    await office.vote(request, "lena")
    return request


async def test_an_exception_ends_itself_months_later(office: Office) -> None:
    issue = await triaged(office, REFUND)
    ends_at = await office.now() + timedelta(days=120)
    await exception(office, issue, ActionParameters(ends_at=ends_at))
    status = await office.until(issue, lambda s: s.actions[0].ends_at, say="it is in force")
    assert [effect["status"] for effect in office.effects()] == ["executed"]
    assert status.actions[0].ended is False

    await office.sleep(timedelta(days=119))
    assert [effect["status"] for effect in office.effects()] == ["executed"]
    await office.sleep(timedelta(days=2))

    await office.until(issue, lambda s: s.actions[0].ended, say="the item knows")
    assert [effect["status"] for effect in office.effects()] == ["voided"]
    assert {"The exception ended."} <= set(steps_of(office, issue))


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


async def test_an_exception_that_has_ended_cannot_be_changed(office: Office) -> None:
    issue = await triaged(office, REFUND)
    ends_at = await office.now() + timedelta(days=1)
    request = await exception(office, issue, ActionParameters(ends_at=ends_at))
    await office.until(issue, lambda s: s.actions[0].ends_at, say="it is in force")
    await office.sleep(timedelta(days=2))
    await office.until(issue, lambda s: s.actions[0].ended, say="it ended")

    longer = ActionParameters(ends_at=ends_at + timedelta(days=9), changes=request)
    failure, told = await turned_away(exception(office, issue, longer))

    assert failure == "ParametersWrong"
    assert "in force" in told
