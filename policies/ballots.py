"""Which votes count. Four eyes means two humans: people are compared by the human who answers for
an account, never by the account, and a delegate gives nobody a second vote.
"""

from __future__ import annotations

from datetime import datetime

from models.approval import Ballot, RefusedBallot, RequestStep, Vote
from models.approval_request import ApprovalRequest
from models.failures import (
    ALREADY_VOTED,
    NOT_ENTITLED,
    REASON_MISSING,
    STALE,
    TOO_LATE,
    UNPROVEN,
    Failure,
)
from models.names import action_workflow_id
from models.people import Act, Delegation, Person
from policies import proof
from policies.proof_content import expected_of
from policies.request_digest import short


def judge(
    request: ApprovalRequest, ballot: Ballot, subject: str, now: datetime
) -> Vote | RefusedBallot:
    """Count a ballot, or say why it does not count; a refused ballot is kept as evidence.

    `subject` is the workflow id that the proof must name. A ballot that arrives when its stage
    expires still counts, one after it does not.
    """
    refusal = _out_of_time(request, now) or _unproven(request, ballot, subject, now)
    if refusal is None and not _same_request(request, ballot):
        refusal = (
            STALE,
            f"It was for another state of the request; it is {short(request.digest)} now.",
        )
    person = ballot.actor.person
    seat = seat_of(request, person, now)
    if refusal is None:
        refusal = _not_entitled(request, person, seat, now)
    if refusal is None and not ballot.reason.strip():
        refusal = (REASON_MISSING, REASON_MISSING.remedy)
    if refusal is not None or seat is None:
        failure, why = refusal or (NOT_ENTITLED, NOT_ENTITLED.remedy)
        return _refused(ballot, failure, why, now)
    return Vote(
        person=person,
        human=human_of(request, person),
        choice=ballot.choice,
        reason=ballot.reason,
        channel=ballot.actor.channel,
        at=now,
        on_behalf_of=seat if seat != human_of(request, person) else None,
        stage=request.stage,
    )


def seat_of(request: ApprovalRequest, person: str, now: datetime) -> str | None:
    """Whose vote this person would give: their own, or that of one who delegated it to them.

    None for somebody without either, and for one whose vote or whose human's was given.
    """
    human = human_of(request, person)
    if human in given_by(request) or _excluded(request, person) is not None:
        return None
    if any(one.id == person for one in electorate(request)):
        return None if human in given_for(request) else human
    free = {one.human for one in electorate(request)} - given_for(request)
    principals = [one.principal for one in delegations_to(request, person, now)]
    return next((principal for principal in principals if principal in free), None)


def electorate(request: ApprovalRequest) -> tuple[Person, ...]:
    """Whose vote the present stage is about, with its deputies once they are asked."""
    stage = request.present
    return (*stage.eligible, *(stage.deputies if request.deputies_asked else ()))


def delegations_to(request: ApprovalRequest, person: str, now: datetime) -> tuple[Delegation, ...]:
    """Those who let this person vote in their place now."""
    return tuple(one for one in request.in_force if one.delegate == person and one.in_force(now))


def given_by(request: ApprovalRequest) -> frozenset[str]:
    """The humans who have voted, for themselves or for others."""
    return frozenset(vote.human for vote in request.votes)


def given_for(request: ApprovalRequest) -> frozenset[str]:
    """The humans whose vote was given, by themselves or by a delegate."""
    return frozenset(vote.on_behalf_of or vote.human for vote in request.votes)


def may_delegate(request: ApprovalRequest, person: str, to: str, now: datetime) -> str | None:
    """Why this person cannot let `to` vote on this request; None when they can."""
    if seat_of(request, person, now) != human_of(request, person):
        return _without_a_vote(request, person, now)
    substitute = next((one for one in request.plan.substitutes if one.id == to), None)
    if substitute is None or _excluded(request, to) is not None:
        return _excluded(request, to) or f"{to} is nobody who may vote for others here."
    if any(one.human == substitute.human for one in electorate(request)):
        return f"{substitute.name} votes on this already, and nobody votes twice."
    return None


def human_of(request: ApprovalRequest, person: str) -> str:
    """The human who answers for this account, as far as the plan knows it."""
    plan = request.plan
    known = (*electorate(request), *plan.eligible, *plan.substitutes)
    return next((one.human for one in known if one.id == person), person)


def _out_of_time(request: ApprovalRequest, now: datetime) -> tuple[Failure, str] | None:
    if request.outcome is not None:
        words = request.outcome.value.replace("_", " ")
        return TOO_LATE, f"This was decided before: {words}."
    if request.clock is not None and now > request.clock.expires_at:
        return TOO_LATE, "The time to decide ran out."
    return None


def _unproven(
    request: ApprovalRequest, ballot: Ballot, subject: str, now: datetime
) -> tuple[Failure, str] | None:
    """A proof is bound to what was said; one for the whole item counts for no later request.

    Whoever votes by moving the issue proves the move, which means what the plan says it means.
    """
    plan = request.plan
    named = subject == action_workflow_id(ballot.request_id)
    opened = None if named or plan.opened_at is None else plan.opened_at.replace(microsecond=0)
    failure = proof.check(
        ballot.actor,
        Act.RESOLVE if ballot.moved_to else Act.VOTE,
        subject,
        plan.trusted_keys,
        now,
        plan.allow_unproven,
        content=expected_of(ballot, named=named),
        made_after=opened,
    )
    if failure is None and ballot.moved_to and plan.moves.get(ballot.moved_to) != ballot.choice:
        failure = UNPROVEN
    return (failure, failure.remedy) if failure else None


def _same_request(request: ApprovalRequest, ballot: Ballot) -> bool:
    """A ballot that names no hash counts for what the request said when it was written."""
    if ballot.digest:
        return request.digest.startswith(ballot.digest)
    amended = [event.at for event in request.log if event.step is RequestStep.AMENDED]
    if not amended or ballot.actor.proof is None:
        return True
    made_at = ballot.actor.proof.claim.made_at
    return made_at is not None and made_at >= amended[-1].replace(microsecond=0)


def _not_entitled(
    request: ApprovalRequest, person: str, seat: str | None, now: datetime
) -> tuple[Failure, str] | None:
    if seat is not None:
        return None
    voted = human_of(request, person) in given_by(request) | given_for(request)
    failure = ALREADY_VOTED if voted and _excluded(request, person) is None else NOT_ENTITLED
    return failure, _without_a_vote(request, person, now)


def _without_a_vote(request: ApprovalRequest, person: str, now: datetime) -> str:
    told = _excluded(request, person)
    if told is not None:
        return told
    human = human_of(request, person)
    for vote in request.votes:
        if vote.human == human:
            return f"{_name(request, person)} has voted on this. Votes are final."
        if vote.on_behalf_of == human:
            return f"{vote.person} has voted on this in {_name(request, person)}'s place."
    if delegations_to(request, person, now):
        return "The vote of whoever delegated to you was given."
    able = ", ".join(one.name for one in electorate(request)) or "nobody"
    return f"Not one of those who may decide this. Able to decide: {able}."


def _excluded(request: ApprovalRequest, person: str) -> str | None:
    return next((one.why for one in request.plan.excluded if one.person == person), None)


def _name(request: ApprovalRequest, person: str) -> str:
    known = (*electorate(request), *request.plan.eligible, *request.plan.substitutes)
    return next((one.name for one in known if one.id == person), person)


def _refused(ballot: Ballot, failure: Failure, why: str, now: datetime) -> RefusedBallot:
    return RefusedBallot(
        person=ballot.actor.person,
        channel=ballot.actor.channel,
        choice=ballot.choice,
        failure=failure.type,
        why=why,
        at=now,
    )
