"""Working out anew, from the signed acts alone, whether a request was granted.

No outcome is believed that somebody reports. The rule is looked up again, the people and the
numbers follow from it, and every act is judged again by the same functions as in the workflow.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from models.approval import ActionProposal, ApprovalPlan, StagePlan
from models.approval_request import ApprovalRequest, stages_of
from models.effects import Approval, CountedBallot, CountedDelegation
from models.names import action_workflow_id
from models.policy import PolicySnapshot
from policies import approval, approval_acts, approval_plan
from policies.request_digest import digest_of

Act = CountedBallot | CountedDelegation


def why_not_granted(
    given: Approval, proposal: ActionProposal, snapshot: PolicySnapshot
) -> str | None:
    """Why the signed acts do not grant this under these rules and people; None when they do.

    Acts are held against the keys of `snapshot`. It evaluates policy conditions.
    """
    if given.digest and given.digest != digest_of(proposal, given.item, snapshot.version):
        return "it is not what was voted on"
    anew = approval_plan.plan(proposal, given.item, snapshot, given.opened_at)
    plan = anew if given.plan is None else _with_frozen_numbers(anew, given.plan)
    if plan is None:
        return "its plan is not that of the rule"
    counted: tuple[Act, ...] = (*given.delegations, *given.ballots)
    acts = sorted(counted, key=lambda act: act.at)
    subjects = (given.report_to, action_workflow_id(proposal.request_id))
    if any(_request_of(act) != proposal.request_id or act.subject not in subjects for act in acts):
        return "a vote is for another request"
    request = _held_again(approval.opened(plan, given.digest, given.opened_at), acts, snapshot)
    if request.refused:
        return f"a vote does not count ({request.refused[0].failure})"
    if request.outcome is None:
        request = approval.pass_time(approval_plan.timed(request, snapshot), given.decided_at)
    if request.outcome is None or not request.outcome.granted:
        return f"the votes do not allow it ({request.outcome or 'undecided'})"
    return None


def _with_frozen_numbers(anew: ApprovalPlan, frozen: ApprovalPlan) -> ApprovalPlan | None:
    """The plan of now with the numbers of then; None if the rule would have asked for more."""
    if anew.rule != frozen.rule or len(stages_of(anew)) != len(stages_of(frozen)):
        return None
    pairs = zip(stages_of(anew), stages_of(frozen), strict=True)
    stages = [_frozen(now, then) for now, then in pairs]
    stand_in = anew.stand_in
    if stand_in is not None and frozen.stand_in is not None:
        stand_in = _frozen(stand_in, frozen.stand_in)
    if stand_in is None and anew.stand_in is not None:
        return None
    kept = tuple(stage for stage in stages if stage is not None)
    if len(kept) != len(stages):
        return None
    return anew.model_copy(update={"stages": kept, "stand_in": stand_in})


def _frozen(now: StagePlan, then: StagePlan) -> StagePlan | None:
    if [quorum.group for quorum in now.quorums] != [quorum.group for quorum in then.quorums]:
        return None
    pairs = list(zip(now.quorums, then.quorums, strict=True))
    if any(before.needed < fresh.needed for fresh, before in pairs):
        return None
    quorums = tuple(fresh.model_copy(update={"needed": before.needed}) for fresh, before in pairs)
    return now.model_copy(update={"quorums": quorums})


def _held_again(
    request: ApprovalRequest,
    acts: Sequence[Act],
    snapshot: PolicySnapshot,
) -> ApprovalRequest:
    for act in acts:
        request = approval_plan.timed(_until(request, act.at), snapshot)
        if isinstance(act, CountedBallot):
            request, _ = approval.cast(request, act.ballot, act.subject, act.at)
        else:
            request, _ = approval_acts.delegate(request, act.delegation, act.subject, act.at)
    return request


def _until(request: ApprovalRequest, now: datetime) -> ApprovalRequest:
    """Time passes until an act; one at the very moment of expiry came before it."""
    at_expiry = request.clock is not None and request.clock.expires_at == now
    return approval.pass_time(request, now - timedelta(microseconds=1) if at_expiry else now)


def _request_of(act: Act) -> str:
    said = act.ballot if isinstance(act, CountedBallot) else act.delegation
    return said.request_id
