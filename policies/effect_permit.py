"""Whether an action may be carried out, judged again where it is done.

Nothing that the caller says is believed: the rules must carry a worker's seal, the proposal and
every vote the proof of their person, and from these it is worked out anew, by the same functions
as in the workflow, who had to agree and whether they did. It evaluates policy conditions, so it is
for activities.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from models.approval import ActionProposal, RefusedBallot, Vote
from models.effects import Approval, EffectInput
from models.messages import ProposeAction
from models.names import action_workflow_id, feedback_workflow_id
from models.people import Act, Actor, Channel
from policies import approval, approval_plan, proof, seal
from policies.proof_content import of_message


@dataclass(frozen=True)
class Trust:
    """Whom this installation believes, whatever a workflow's input says.

    `keys` maps a signing key's id to its public half in hex. `allow_unproven` is for trying out.
    """

    keys: dict[str, str] = field(default_factory=dict)
    allow_unproven: bool = False


def why_not(request: EffectInput, trust: Trust) -> str | None:
    """Why this may not be carried out, in words for the operator; None when it was approved."""
    given, proposal = request.approval, request.proposal
    if given is None:
        return "no approval was handed over"
    if not seal.holds(given.snapshot, trust.keys):
        return "the rules carry no seal of a worker that is trusted here"
    if given.report_to != feedback_workflow_id(given.item.issue_id):
        return "the item and the workflow that it reports to are not the same"
    return _proposed(given, proposal, trust) or _granted(given, proposal, trust)


def _proposed(given: Approval, proposal: ActionProposal, trust: Trust) -> str | None:
    """Somebody who may propose has asked for exactly this."""
    actor = proposal.proposed_by.model_copy(update={"proof": given.asked})
    snapshot = given.snapshot.model_copy(
        update={
            "trusted_keys": trust.keys,
            "allow_unproven": trust.allow_unproven,
            "joined": (),
        }
    )
    failure = proof.entitled(
        actor,
        Act.PROPOSE,
        snapshot,
        given.report_to,
        proposal.proposed_at,
        content=_said(proposal, actor),
    )
    return f"whoever proposed it may not, or did not prove it ({failure.type})" if failure else None


def _said(proposal: ActionProposal, actor: Actor) -> str | None:
    """What the proof must be bound to; of what was read in Jira only the reading is proved."""
    if actor.channel is Channel.JIRA:
        return None
    message = ProposeAction(
        actor=actor,
        kind=proposal.kind,
        summary=proposal.summary,
        amount=proposal.amount,
        evidence=proposal.evidence,
        parameters=proposal.parameters,
        dry_run=proposal.dry_run,
    )
    return of_message(message)


def _granted(given: Approval, proposal: ActionProposal, trust: Trust) -> str | None:
    """The ballots, judged again one by one, decide for it under the rules as they were pinned."""
    plan = approval_plan.plan(proposal, given.item, given.snapshot, given.opened_at)
    plan = plan.model_copy(
        update={"trusted_keys": trust.keys, "allow_unproven": trust.allow_unproven}
    )
    subjects = (given.report_to, action_workflow_id(proposal.request_id))
    votes: tuple[Vote, ...] = ()
    for counted in given.ballots:
        ballot = counted.ballot
        if ballot.request_id != proposal.request_id or counted.subject not in subjects:
            return "a vote is for another request"
        judged = approval.judge(ballot, plan, votes, None, counted.subject, counted.at)
        if isinstance(judged, RefusedBallot):
            return f"a vote does not count ({judged.failure})"
        votes = (*votes, judged)
    outcome = approval.tally(plan, votes, given.decided_at)
    if outcome is None or not outcome.granted:
        return f"the votes do not allow it ({outcome or 'undecided'})"
    return None
