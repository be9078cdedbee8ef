"""What a policy action leaves in the ledger: every vote, counted or refused."""

from __future__ import annotations

from models.approval import ApprovalPlan, RefusedBallot, Vote
from models.events import Event, EventKind, LedgerEntry
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
        LedgerEntry(
            issue_id=start.item.issue_id,
            issue_key=start.item.issue_key,
            workflow_id=workflow_id,
            customer=start.proposal.subject,
            category=start.item.category,
            policy_version=start.snapshot.version,
            event=event,
        )
        for event in events
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
