"""What people and the endpoint do around an approved effect, in one line each."""

from __future__ import annotations

from typing import Any

import httpx

from models.action_parameters import ActionParameters
from models.approval import ActionKind, ActionProposal, Money
from models.messages import ActionStart, Answer, ItemSubject, ProposeAction, Resume, Timeline
from models.names import (
    feedback_workflow_id,
)
from models.people import Act, Channel
from policies.proof_content import of_message
from tests.samples import T0, snapshot
from tests.workflows.deeds import REFUND, propose, triaged
from tests.workflows.office import Issue, Office, by


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


async def started_beforehand(office: Office, issue: Issue, **facts: Any) -> list[ActionStart]:
    """Starts of the item's next refund, with some facts of the item as one would like them.

    The number that it will get can only be guessed, so there are several.
    """
    handle = office.handle(issue)
    true = await handle.query("subject", result_type=ItemSubject)
    so_far = await handle.query("timeline", result_type=Timeline)
    life = ((await handle.describe()).run_id or "")[-8:]
    message = ProposeAction(
        actor=by("omar"),
        kind=ActionKind.REFUND,
        summary="The customer was charged twice.",
        amount=Money(minor=9900, currency="EUR"),
    )
    signed = await office.signed(message, Act.PROPOSE, issue)
    number = so_far.events[-1].sequence
    proposal = ActionProposal(
        request_id="guessed below",
        kind=message.kind,
        subject=true.item.customer,
        summary=message.summary,
        amount=message.amount,
        proposed_by=message.actor,
        proposed_at=await office.now(),
    )
    guesses = [f"{issue.id}-{life}-{number + ahead}" for ahead in range(1, 6)]
    return [
        ActionStart(
            proposal=proposal.model_copy(update={"request_id": guess}),
            item=true.item.model_copy(update=facts),
            snapshot=true.snapshot,
            report_to=feedback_workflow_id(issue.id),
            asked=signed.actor.proof,
        )
        for guess in guesses
    ]


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
