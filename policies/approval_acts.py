"""What people do to a request besides voting: let somebody else vote, or change what is asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from models.approval import ActionKind, ActionProposal, AmendAction, Delegate
from models.approval_request import ApprovalRequest
from models.failures import (
    AMOUNT_MISSING,
    MALFORMED,
    NOT_ENTITLED,
    NOTHING_TO_ACT_ON,
    TOO_LATE,
    UNDER_VOTE,
    Failure,
)
from models.messages import ActionStart
from models.names import action_workflow_id
from models.people import Act, Actor, Channel, Delegation
from policies import action_needs, approval, ballots, proof
from policies.proof_content import of_delegation, of_message

_NOBODY = Actor(person="unknown", channel=Channel.TEMPORAL_UI)


@dataclass(frozen=True)
class Refusal:
    """Why an act was refused: the row of the failure table, and the sentence for this case."""

    failure: Failure
    why: str


def delegate(
    request: ApprovalRequest, message: Delegate, subject: str, now: datetime
) -> tuple[ApprovalRequest, Refusal | None]:
    """Let somebody vote in the actor's place; `subject` is the workflow id the proof must name."""
    refusal = _why_not_delegate(request, message, subject, now)
    actor = message.actor
    if refusal is not None:
        kept = approval.refuse_act(request, actor, "delegate", refusal.failure, refusal.why, now)
        return kept, refusal
    delegation = Delegation(
        principal=actor.person, delegate=message.to, since=now, until=message.until
    )
    return approval.delegated(request, actor, delegation, now), None


def _why_not_delegate(
    request: ApprovalRequest, message: Delegate, subject: str, now: datetime
) -> Refusal | None:
    if request.outcome is not None:
        return too_late(request)
    named = subject == action_workflow_id(message.request_id)
    said = of_delegation(message.request_id if named else "", message.to, message.until)
    plan = request.plan
    failure = proof.check(
        message.actor, Act.VOTE, subject, plan.trusted_keys, now, plan.allow_unproven, content=said
    )
    if failure is not None:
        return Refusal(failure, failure.remedy)
    if message.until <= now:
        return Refusal(MALFORMED, "The last day of it is over already.")
    why = ballots.may_delegate(request, message.actor.person, message.to, now)
    return Refusal(NOT_ENTITLED, why) if why else None


def why_not_amend(
    request: ApprovalRequest, change: AmendAction, start: ActionStart, subject: str, now: datetime
) -> Refusal | None:
    """Why this person may not change the request now; None when they may.

    Whoever may ask for an action may change what is asked, as long as nobody has voted on it.
    """
    if request.outcome is not None:
        return too_late(request)
    content = of_message(change)
    failure = proof.entitled(
        change.actor, Act.PROPOSE, start.snapshot, subject, now, content=content
    )
    if failure is None and request.votes:
        failure = UNDER_VOTE
    if failure is None and start.proposal.kind is ActionKind.CLIMB:
        failure = NOTHING_TO_ACT_ON
    paying = start.proposal.kind in action_needs.PAYING
    if failure is None and paying and change.amount is not None and change.amount.minor == 0:
        failure = AMOUNT_MISSING
    return Refusal(failure, failure.remedy) if failure else None


def amend(proposal: ActionProposal, change: AmendAction) -> ActionProposal:
    """The proposal as changed, and by whom."""
    changed = {
        name: value
        for name, value in (
            ("summary", change.summary),
            ("amount", change.amount),
            ("evidence", change.evidence),
        )
        if value is not None
    }
    editors = (*proposal.edited_by, change.actor.without_proof())
    return proposal.model_copy(update={**changed, "edited_by": editors})


def too_late(request: ApprovalRequest) -> Refusal:
    """The request was decided before."""
    return Refusal(TOO_LATE, f"This was decided before: {request.outcome}.")


def malformed(request: ApprovalRequest, what: str, now: datetime) -> ApprovalRequest:
    """Keep that a message came which nobody could understand."""
    return approval.refuse_act(request, _NOBODY, what, MALFORMED, MALFORMED.remedy, now)
