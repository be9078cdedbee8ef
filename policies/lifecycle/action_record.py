"""What a policy action leaves in the ledger: every vote, counted or refused."""

from __future__ import annotations

from datetime import datetime

from models.approval import ActionProposal, ApprovalPlan, ItemFacts, RefusedBallot, Vote
from models.effects import EffectInput
from models.events import Event, EventKind, Fact, LedgerEntry
from models.messages import ActionStart


def entries(
    start: ActionStart,
    plan: ApprovalPlan | None,
    votes: tuple[Vote, ...],
    refused: tuple[RefusedBallot, ...],
    workflow_id: str,
) -> tuple[LedgerEntry, ...]:
    """Ledger entries for the votes so far, in the order in which they arrived."""
    everything: list[Vote | RefusedBallot] = [*votes, *refused]
    judged = sorted(everything, key=lambda vote: vote.at)
    events = (
        _event(start, plan, vote, f"{workflow_id}/{number}", number)
        for number, vote in enumerate(judged, start=1)
    )
    return tuple(
        _entry(start.proposal, start.item, start.snapshot.version, workflow_id, event)
        for event in events
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
    start: ActionStart,
    plan: ApprovalPlan | None,
    vote: Vote | RefusedBallot,
    operation_id: str,
    number: int,
) -> Event:
    counted = isinstance(vote, Vote)
    verb = f"voted to {vote.choice}" if counted else f"was refused a vote to {vote.choice}"
    return Event(
        operation_id=operation_id,
        sequence=number,
        kind=EventKind.VOTED if counted else EventKind.BALLOT_REFUSED,
        at=vote.at,
        person=vote.person,
        channel=vote.channel,
        summary=f"{vote.person} {verb}: {start.proposal.kind}.",
        facts={
            "request": start.proposal.request_id,
            "choice": vote.choice,
            "reason": vote.reason if isinstance(vote, Vote) else vote.why,
            "failure": None if isinstance(vote, Vote) else vote.failure,
            "rule": plan.rule if plan else None,
        },
    )
