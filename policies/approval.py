"""Which votes count, and when a request is decided. One serial place decides, exactly once.

Four eyes means two humans: people are compared by the human who answers for an account, never by
the account.
"""

from __future__ import annotations

from datetime import datetime

from models.approval import (
    ApprovalOutcome,
    ApprovalPlan,
    Ballot,
    Choice,
    RefusedBallot,
    Vote,
)
from models.failures import ALREADY_VOTED, NOT_ENTITLED, REASON_MISSING, TOO_LATE, Failure
from models.names import action_workflow_id
from models.people import Act, Person
from policies import proof
from policies.proof_content import expected_of


def judge(
    ballot: Ballot,
    plan: ApprovalPlan,
    votes: tuple[Vote, ...],
    outcome: ApprovalOutcome | None,
    subject: str,
    now: datetime,
) -> Vote | RefusedBallot:
    """Count a ballot, or say why it does not count; a refused ballot is kept as evidence.

    `votes` are those that counted so far, `outcome` is None while the request is open, `subject`
    is the workflow id that the proof must name. A ballot that arrives at `expires_at` still
    counts, one after it does not.
    """
    if outcome is not None:
        return _refused(ballot, TOO_LATE, f"This was decided before: {_words(outcome)}.", now)
    if now > plan.expires_at:
        return _refused(ballot, TOO_LATE, "The time to decide ran out.", now)
    unproven = _unproven(ballot, plan, subject, now)
    if unproven is not None:
        return _refused(ballot, unproven, unproven.remedy, now)
    voter = _eligible(plan, ballot.actor.person)
    if voter is None:
        return _refused(ballot, NOT_ENTITLED, _why_not_eligible(plan, ballot.actor.person), now)
    if not ballot.reason.strip():
        return _refused(ballot, REASON_MISSING, REASON_MISSING.remedy, now)
    if any(vote.human == voter.human for vote in votes):
        return _refused(
            ballot, ALREADY_VOTED, f"{voter.name} has voted on this. Votes are final.", now
        )
    return Vote(
        person=voter.id,
        human=voter.human,
        choice=ballot.choice,
        reason=ballot.reason,
        channel=ballot.actor.channel,
        at=now,
    )


def _unproven(ballot: Ballot, plan: ApprovalPlan, subject: str, now: datetime) -> Failure | None:
    """A proof is bound to what was said; one for the whole item counts for no later request."""
    named = subject == action_workflow_id(ballot.request_id)
    opened = None if named or plan.opened_at is None else plan.opened_at.replace(microsecond=0)
    return proof.check(
        ballot.actor,
        Act.VOTE,
        subject,
        plan.trusted_keys,
        now,
        plan.allow_unproven,
        content=expected_of(ballot, named=named),
        made_after=opened,
    )


def tally(plan: ApprovalPlan, votes: tuple[Vote, ...], now: datetime) -> ApprovalOutcome | None:
    """How the request ends with these votes, or None while it is open.

    Votes are looked at in the order in which they counted, so the first of them that decides is
    the one. From `expires_at` on, what no vote at or before it has decided is expired. A quorum that can no longer be
    reached ends the request at once instead of at expiry, also at its opening.
    """
    if plan.quorum == 0:
        return ApprovalOutcome.NOT_NEEDED
    approvals = 0
    for vote in votes:
        if vote.at > plan.expires_at:
            break
        if vote.choice is Choice.APPROVE:
            approvals += 1
            if approvals >= plan.quorum:
                return ApprovalOutcome.APPROVED
        elif plan.refusal_ends:
            return ApprovalOutcome.REJECTED
    undecided = {person.human for person in plan.eligible} - {vote.human for vote in votes}
    if approvals + len(undecided) < plan.quorum:
        return ApprovalOutcome.IMPOSSIBLE
    return ApprovalOutcome.EXPIRED if now >= plan.expires_at else None


def _eligible(plan: ApprovalPlan, person_id: str) -> Person | None:
    return next((person for person in plan.eligible if person.id == person_id), None)


def _why_not_eligible(plan: ApprovalPlan, person_id: str) -> str:
    told = next((one.why for one in plan.excluded if one.person == person_id), None)
    if told is not None:
        return told
    able = ", ".join(person.name for person in plan.eligible) or "nobody"
    return f"Not one of those who may decide this. Able to decide: {able}."


def _refused(ballot: Ballot, failure: Failure, why: str, now: datetime) -> RefusedBallot:
    return RefusedBallot(
        person=ballot.actor.person,
        channel=ballot.actor.channel,
        choice=ballot.choice,
        failure=failure.type,
        why=why,
        at=now,
    )


def _words(outcome: ApprovalOutcome) -> str:
    return outcome.value.replace("_", " ")
