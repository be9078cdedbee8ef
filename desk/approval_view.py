"""How a request stands, in the words that an approver needs."""

from __future__ import annotations

from datetime import UTC, datetime

from models.approval import ActionStatus, RequestStep, StagePlan
from models.approval_request import ApprovalRequest, stages_of
from models.base import Frozen
from models.failures import FAILURES_BY_TYPE
from policies import approval, ballots
from policies.approval_words import stage_words


class StageView(Frozen):
    """One stage as the request's page shows it."""

    name: str
    words: str
    state: str
    deputies: tuple[str, ...] = ()


def request_of(status: ActionStatus) -> ApprovalRequest | None:
    """The request behind a status; None while it is being planned."""
    if status.plan is None:
        return None
    return ApprovalRequest(
        plan=status.plan,
        digest=status.digest,
        stage=status.stage,
        clock=status.stage_clock,
        deputies_asked=status.deputies_asked,
        votes=status.votes,
        refused=status.refused,
        delegations=status.delegations,
        outcome=status.outcome,
        log=status.log,
    )


def missing(status: ActionStatus) -> str:
    """What is missing for a yes; empty when the request has ended or is not planned yet."""
    request = request_of(status)
    if request is None or request.outcome is not None:
        return ""
    lacking = approval.lacking(request)
    if not lacking:
        return ""
    done = ballots.given_for(request) | ballots.given_by(request)
    free = [one.name for one in ballots.electorate(request) if one.human not in done]
    count = " and ".join(_more(number, group) for group, number in lacking)
    return f"{count}, from {', '.join(free) or 'nobody who is left'}"


def remedy_of(status: ActionStatus) -> str:
    """What to do about an effect that stands still or failed; empty when there is nothing."""
    known = FAILURES_BY_TYPE.get(status.stuck or status.parked or "")
    return known.remedy if known else ""


def stages(status: ActionStatus) -> tuple[StageView, ...]:
    """Every stage with its groups and how far it is."""
    request = request_of(status)
    if request is None or request.plan.quorum == 0:
        return ()
    planned = [*stages_of(request.plan)]
    if request.plan.stand_in is not None:
        planned.append(request.plan.stand_in)
    return tuple(
        StageView(
            name=stage.name,
            words=stage_words(stage),
            state=_state(request, number, stage),
            deputies=tuple(person.name for person in stage.deputies),
        )
        for number, stage in enumerate(planned)
    )


def open_to(status: ActionStatus) -> tuple[str, ...]:
    """The ids of those whose vote could count now, in the order of the plan, delegates last."""
    request = request_of(status)
    if request is None or request.outcome is not None:
        return ()
    able = [one.id for one in ballots.electorate(request)]
    able += [one.delegate for one in request.in_force]
    return tuple(one for one in dict.fromkeys(able) if may_vote(status, one))


def may_vote(status: ActionStatus, person: str) -> bool:
    """Whether a vote of this person could count now; the workflow judges in the end."""
    request = request_of(status)
    if request is None or request.outcome is not None:
        return False
    return ballots.seat_of(request, person, datetime.now(UTC)) is not None


def why_not(status: ActionStatus, person: str) -> str:
    """Why this person's vote would not count; empty when it could."""
    request = request_of(status)
    if request is None:
        return "The request is being planned; look again in a moment."
    if request.outcome is not None or may_vote(status, person):
        return ""
    excluded = next((one for one in request.plan.excluded if one.person == person), None)
    if excluded is not None:
        return f"You may not vote: {excluded.why.rstrip('.')}."
    if any(vote.person == person for vote in status.votes):
        return "You have voted. Votes are final."
    if any(vote.on_behalf_of == person for vote in status.votes):
        return "A delegate has voted in your place. Votes are final."
    return "You are not among those who may vote on this now."


def _more(number: int, group: str) -> str:
    count = "one more yes" if number == 1 else f"{number} more yes"
    return f"{count} of {group}" if group else count


def _state(request: ApprovalRequest, number: int, stage: StagePlan) -> str:
    if number < request.stage:
        agreed = sum(event.step is RequestStep.STAGE_ASKED for event in request.log)
        return "agreed" if number < agreed else "passed over"
    if number > request.stage:
        in_reserve = stage is request.plan.stand_in
        return "only if nobody decides in time" if in_reserve else "not asked yet"
    return request.outcome.value.replace("_", " ") if request.outcome else "asked now"
