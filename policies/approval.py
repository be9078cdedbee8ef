"""When a request is decided. One serial place decides, exactly once, and keeps the order of steps.

Everything here makes the next `ApprovalRequest` out of the one before; nothing else does.
"""

from __future__ import annotations

from datetime import datetime

from models.approval import (
    ApprovalOutcome,
    ApprovalPlan,
    Ballot,
    Choice,
    RefusedBallot,
    RequestEvent,
    RequestStep,
    StageClock,
    StagePlan,
    Vote,
)
from models.approval_request import ApprovalRequest, stages_of
from models.approval_rule import OnExpiry
from models.events import Fact
from models.failures import Failure
from models.people import Actor, Delegation
from policies import ballots, quorum

MOST_REFUSED = 200
"""So many refused votes and other acts are kept as evidence with one request."""


def opened(plan: ApprovalPlan, digest: str, now: datetime) -> ApprovalRequest:
    """The request as it is asked; one that needs nobody, or that nobody can grant, ends at once."""
    request = ApprovalRequest(plan=plan, digest=digest, clock=_first_clock(plan, now))
    return _settle(_noted(request, RequestStep.OPENED, now, rule=plan.rule, digest=digest), now)


def amended(
    request: ApprovalRequest, plan: ApprovalPlan, digest: str, editor: Actor, now: datetime
) -> ApprovalRequest:
    """The request with other content, and so with its own plan. One that was decided stays.

    Who had let somebody else vote did so for what was asked before.
    """
    if request.outcome is not None:
        return request
    request = request.model_copy(
        update={
            "plan": plan,
            "digest": digest,
            "stage": 0,
            "clock": _first_clock(plan, now),
            "reminded": False,
            "deputies_asked": False,
            "delegations": (),
        }
    )
    request = _noted(request, RequestStep.AMENDED, now, editor, rule=plan.rule, digest=digest)
    return _settle(request, now)


def cast(
    request: ApprovalRequest, ballot: Ballot, subject: str, now: datetime
) -> tuple[ApprovalRequest, Vote | RefusedBallot]:
    """Judge a ballot and count it, or keep it as refused. `subject` is what its proof must name."""
    judged = ballots.judge(request, ballot, subject, now)
    if isinstance(judged, RefusedBallot) and _enough_refused(request):
        return request, judged
    if isinstance(judged, RefusedBallot):
        request = request.model_copy(update={"refused": (*request.refused, judged)})
        facts: dict[str, Fact] = {
            "choice": judged.choice,
            "reason": judged.why,
            "failure": judged.failure,
        }
        step = RequestStep.BALLOT_REFUSED
    else:
        request = request.model_copy(update={"votes": (*request.votes, judged)})
        facts = {"choice": judged.choice, "reason": judged.reason}
        facts |= {"on_behalf_of": judged.on_behalf_of} if judged.on_behalf_of else {}
        step = RequestStep.VOTED
    return _settle(_noted(request, step, now, ballot.actor, **facts), now), judged


def delegated(
    request: ApprovalRequest, actor: Actor, delegation: Delegation, now: datetime
) -> ApprovalRequest:
    """Let somebody vote on this request in the actor's place; nothing is judged here."""
    request = request.model_copy(update={"delegations": (*request.delegations, delegation)})
    until = delegation.until.isoformat()
    return _noted(request, RequestStep.DELEGATED, now, actor, to=delegation.delegate, until=until)


def refuse_act(
    request: ApprovalRequest, actor: Actor, act: str, failure: Failure, why: str, now: datetime
) -> ApprovalRequest:
    """Keep an act other than a vote that was refused."""
    if _enough_refused(request):
        return request
    facts: dict[str, Fact] = {"act": act, "failure": failure.type, "reason": why}
    return _noted(request, RequestStep.ACT_REFUSED, now, actor, **facts)


def timed(request: ApprovalRequest, clock: StageClock) -> ApprovalRequest:
    """The request with the times of the stage that was just reached."""
    return request.model_copy(update={"clock": clock})


def next_moment(request: ApprovalRequest) -> tuple[datetime, str] | None:
    """The next moment at which something happens by itself, and what, in words."""
    clock = request.clock
    if request.outcome is not None or clock is None:
        return None
    ahead = [(clock.expires_at, "The request expires")]
    if clock.deputies_at is not None and request.present.deputies and not request.deputies_asked:
        ahead.append((clock.deputies_at, "Ask the deputies"))
    if clock.remind_at is not None and not request.reminded:
        ahead.append((clock.remind_at, "Remind"))
    return min(ahead)


def pass_time(request: ApprovalRequest, now: datetime) -> ApprovalRequest:
    """The request after everything that fell due by `now` has happened."""
    clock = request.clock
    if request.outcome is not None or clock is None:
        return request
    if clock.remind_at is not None and clock.remind_at <= now and not request.reminded:
        request = request.model_copy(update={"reminded": True})
        request = _noted(request, RequestStep.REMINDED, now)
    due = clock.deputies_at is not None and clock.deputies_at <= now
    if due and request.present.deputies and not request.deputies_asked:
        request = request.model_copy(update={"deputies_asked": True})
        request = _noted(request, RequestStep.DEPUTIES_ASKED, now)
    return _expired(request, now) if clock.expires_at <= now else request


def withdrawn(request: ApprovalRequest, now: datetime) -> ApprovalRequest:
    """Nobody needs it any more; what was decided before stays decided."""
    return request if request.outcome else _decided(request, ApprovalOutcome.WITHDRAWN, now)


def subject_changed(request: ApprovalRequest, digest: str, now: datetime) -> ApprovalRequest:
    """Something that the request rests on may have changed: another hash makes it void."""
    if request.outcome is not None or digest == request.digest:
        return request
    return _decided(request, ApprovalOutcome.STALE, now, digest=digest)


def voided(request: ApprovalRequest, now: datetime) -> ApprovalRequest:
    """Granted, but found stale before it was carried out."""
    request = request.model_copy(update={"outcome": ApprovalOutcome.STALE})
    return _noted(request, RequestStep.VOIDED, now)


def missing_people(request: ApprovalRequest) -> tuple[str, ...]:
    """The ids of those of the present stage whose vote is not given yet."""
    done = ballots.given_for(request) | ballots.given_by(request)
    return tuple(one.id for one in ballots.electorate(request) if one.human not in done)


def newest_asking(request: ApprovalRequest) -> RequestStep:
    """Why people were asked last."""
    steps = [event.step for event in request.log if event.step in _ASKING]
    return steps[-1] if steps else RequestStep.OPENED


_ASKING = (
    RequestStep.REMINDED,
    RequestStep.DEPUTIES_ASKED,
    RequestStep.STAGE_ASKED,
    RequestStep.ESCALATED,
)


def reached_at(request: ApprovalRequest) -> datetime:
    """When the present stage was reached; its clock counts from then."""
    steps = (
        RequestStep.OPENED,
        RequestStep.AMENDED,
        RequestStep.STAGE_ASKED,
        RequestStep.ESCALATED,
    )
    return next(event.at for event in reversed(request.log) if event.step in steps)


def lacking(request: ApprovalRequest) -> tuple[tuple[str, int], ...]:
    """Which groups of the present stage (empty: all together) still need how many."""
    return quorum.lacking(request.present, _approving(request), _deputies(request))


def _enough_refused(request: ApprovalRequest) -> bool:
    """Whoever tries without end does not make the request too large to be recorded."""
    refused = (RequestStep.BALLOT_REFUSED, RequestStep.ACT_REFUSED)
    return sum(event.step in refused for event in request.log) >= MOST_REFUSED


def _settle(request: ApprovalRequest, now: datetime) -> ApprovalRequest:
    """The one place where votes decide. The vote that decides is the last one of `votes`."""
    if request.outcome is not None:
        return request
    if request.plan.quorum == 0:
        return _decided(request, ApprovalOutcome.NOT_NEEDED, now)
    here = [vote for vote in request.votes if vote.stage == request.stage]
    if request.plan.refusal_ends and any(vote.choice is Choice.REJECT for vote in here):
        return _decided(request, ApprovalOutcome.REJECTED, now)
    if quorum.agreed(request.present, _approving(request), _deputies(request)):
        last = request.stage + 1 >= len(stages_of(request.plan))
        if last:
            return _decided(request, ApprovalOutcome.APPROVED, now)
        return _settle(_at_stage(request, request.stage + 1, RequestStep.STAGE_ASKED, now), now)
    if _within_reach(request):
        return request
    if request.plan.stand_in is not None and not request.standing_in:
        return _settle(_escalated(request, now), now)
    return _decided(request, ApprovalOutcome.IMPOSSIBLE, now)


def _within_reach(request: ApprovalRequest) -> bool:
    """Whether this stage and all after it can still agree."""
    ahead: tuple[StagePlan, ...] = (request.present,)
    if not request.standing_in:
        ahead = (*ahead, *stages_of(request.plan)[request.stage + 1 :])
    people = {person.human for stage in ahead for person in (*stage.eligible, *stage.deputies)}
    by, for_ = ballots.given_by(request), ballots.given_for(request)
    substituted = {one.principal for one in request.in_force}
    free = {one for one in people - for_ if one not in by or one in substituted}
    deputies = {person.human for person in request.present.deputies}
    return quorum.reachable(ahead, _approving(request), free, deputies)


def _approving(request: ApprovalRequest) -> frozenset[str]:
    """Whose agreement the present stage has."""
    return frozenset(
        vote.on_behalf_of or vote.human
        for vote in request.votes
        if vote.stage == request.stage and vote.choice is Choice.APPROVE
    )


def _deputies(request: ApprovalRequest) -> frozenset[str]:
    asked = request.present.deputies if request.deputies_asked else ()
    return frozenset(person.human for person in asked)


def _expired(request: ApprovalRequest, now: datetime) -> ApprovalRequest:
    plan = request.plan
    if plan.on_expiry is OnExpiry.APPROVE:
        because = plan.because
        return _decided(request, ApprovalOutcome.APPROVED_BY_EXPIRY, now, because=because)
    if plan.on_expiry is OnExpiry.ESCALATE and plan.stand_in and not request.standing_in:
        return _settle(_escalated(request, now), now)
    return _decided(request, ApprovalOutcome.EXPIRED, now)


def _escalated(request: ApprovalRequest, now: datetime) -> ApprovalRequest:
    return _at_stage(request, len(stages_of(request.plan)), RequestStep.ESCALATED, now)


def _at_stage(
    request: ApprovalRequest, stage: int, step: RequestStep, now: datetime
) -> ApprovalRequest:
    update = {"stage": stage, "clock": None, "reminded": False, "deputies_asked": False}
    request = request.model_copy(update=update)
    return _noted(request, step, now, stage=request.present.name)


def _decided(
    request: ApprovalRequest, outcome: ApprovalOutcome, now: datetime, **facts: Fact
) -> ApprovalRequest:
    request = request.model_copy(update={"outcome": outcome})
    return _noted(request, RequestStep.DECIDED, now, outcome=outcome, **facts)


def _noted(
    request: ApprovalRequest,
    step: RequestStep,
    now: datetime,
    actor: Actor | None = None,
    /,
    **facts: Fact,
) -> ApprovalRequest:
    event = RequestEvent(
        sequence=len(request.log) + 1,
        step=step,
        at=now,
        person=actor.person if actor else None,
        channel=actor.channel if actor else None,
        facts=facts,
    )
    return request.model_copy(update={"log": (*request.log, event)})


def _first_clock(plan: ApprovalPlan, now: datetime) -> StageClock:
    return StageClock(
        opened_at=plan.opened_at or now,
        expires_at=plan.expires_at,
        remind_at=plan.remind_at,
        deputies_at=plan.deputies_at,
    )
