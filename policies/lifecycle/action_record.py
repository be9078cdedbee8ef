"""What a policy action shows of itself, and what it leaves in the ledger: every step, in order."""

from __future__ import annotations

from datetime import datetime

from models.approval import (
    ActionProposal,
    ActionStatus,
    ItemFacts,
    RequestEvent,
    RequestStep,
)
from models.approval_request import ApprovalRequest
from models.effects import EffectInput
from models.events import Event, EventKind, Fact, LedgerEntry
from models.messages import ActionStart
from policies import approval_clock

_KINDS = {
    RequestStep.VOTED: EventKind.VOTED,
    RequestStep.BALLOT_REFUSED: EventKind.BALLOT_REFUSED,
    RequestStep.ACT_REFUSED: EventKind.ACT_REFUSED,
    RequestStep.AMENDED: EventKind.ACTION_AMENDED,
}


def entries(
    start: ActionStart, request: ApprovalRequest, workflow_id: str
) -> tuple[LedgerEntry, ...]:
    """Ledger entries for the steps so far, in the order in which they happened.

    None for a request on which nobody acted: the item's own record of its end says all there is.
    """
    if not any(event.person for event in request.log):
        return ()
    return tuple(
        _entry(
            start.proposal,
            start.item,
            start.snapshot.version,
            workflow_id,
            _event(start, request, event, workflow_id),
        )
        for event in request.log
    )


def status(start: ActionStart, request: ApprovalRequest | None, now: datetime) -> ActionStatus:
    """How the request stands, without what became of its effect; `request` None while planned."""
    if request is None:
        return ActionStatus(
            proposal=start.proposal,
            item=start.item,
            plan=None,
            votes=(),
            refused=(),
            outcome=None,
        )
    return ActionStatus(
        proposal=start.proposal,
        item=start.item,
        plan=request.plan,
        votes=request.votes,
        refused=request.refused,
        outcome=request.outcome,
        digest=request.digest,
        stage=request.stage,
        clock=approval_clock.reading(request, start.snapshot.calendar, now),
        stage_clock=request.clock,
        deputies_asked=request.deputies_asked,
        delegations=request.delegations,
        log=request.log,
    )


def effect_step(
    request: EffectInput,
    workflow_id: str,
    number: int,
    at: datetime,
    summary: str,
    *,
    kind: EventKind = EventKind.EFFECT_STEP,
    person: str | None = None,
    **facts: Fact,
) -> LedgerEntry:
    """One step of carrying an approved action out. A workflow numbers its steps from 1.

    Raises `ValueError` for what was not approved: that has no steps.
    """
    if request.approval is None:
        raise ValueError("only what was approved is carried out")
    proposal = request.proposal
    event = Event(
        operation_id=f"{workflow_id}/effect/{number}",
        sequence=number,
        kind=kind,
        at=at,
        person=person,
        summary=summary,
        facts={
            "request": proposal.request_id,
            "action": proposal.kind,
            "dry_run": request.dry_run,
            **facts,
        },
    )
    version = request.approval.snapshot.version
    return _entry(proposal, request.approval.item, version, workflow_id, event)


def _entry(
    proposal: ActionProposal, item: ItemFacts, version: str, workflow_id: str, event: Event
) -> LedgerEntry:
    return LedgerEntry(
        issue_id=item.issue_id,
        issue_key=item.issue_key,
        workflow_id=workflow_id,
        customer=proposal.subject,
        category=item.category,
        policy_version=version,
        event=event,
    )


def _event(
    start: ActionStart, request: ApprovalRequest, event: RequestEvent, workflow_id: str
) -> Event:
    facts: dict[str, Fact] = {"request": start.proposal.request_id, "failure": None}
    return Event(
        operation_id=f"{workflow_id}/{event.sequence}",
        sequence=event.sequence,
        kind=_KINDS.get(event.step, EventKind.ACTION_STEP),
        at=event.at,
        person=event.person,
        channel=event.channel,
        summary=_summary(start, event),
        facts={**facts, "step": event.step, "rule": request.plan.rule, **event.facts},
    )


def _summary(start: ActionStart, event: RequestEvent) -> str:
    kind = start.proposal.kind
    match event.step:
        case RequestStep.VOTED:
            return f"{event.person} voted to {event.facts['choice']}: {kind}."
        case RequestStep.BALLOT_REFUSED:
            return f"{event.person} was refused a vote to {event.facts['choice']}: {kind}."
        case RequestStep.DELEGATED:
            return f"{event.person} lets {event.facts['to']} vote: {kind}."
        case RequestStep.DECIDED:
            return f"Decided as {event.facts['outcome']}: {kind}."
        case _:
            who = f" by {event.person}" if event.person else ""
            return f"{event.step.replace('_', ' ').capitalize()}{who}: {kind}."
