"""Whether an action may be carried out, judged again where it is done.

Nothing that the caller says is believed: the rules must carry a worker's seal, the proposal and
every vote the proof of their person, and from these it is worked out anew, by the same functions
as in the workflow, who had to agree and whether they did. It evaluates policy conditions, so it is
for activities.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from models.approval import ActionProposal
from models.effects import Approval, EffectInput
from models.failures import Failure
from models.messages import ProposeAction
from models.names import action_workflow_id, feedback_workflow_id
from models.people import Act, Actor, Channel
from models.policy import PolicySnapshot
from policies import approval_acts, proof, seal
from policies.approval_evidence import why_not_granted
from policies.proof_content import of_message


@dataclass(frozen=True)
class Trust:
    """Whom this installation believes, whatever a workflow's input says.

    `keys` maps a signing key's id to its public half in hex. `allow_unproven` is for trying out.
    """

    keys: dict[str, str] = field(default_factory=dict)
    allow_unproven: bool = False


def why_not(
    request: EffectInput,
    trust: Trust,
    today: Callable[[PolicySnapshot], PolicySnapshot] | None = None,
) -> str | None:
    """Why this may not be carried out, in words for the operator; None when it was approved.

    Who may vote is looked up in the sealed rules, and with `today` also among those who are there
    now: people join and leave between the sealing of an item's rules and a request.
    """
    given, proposal = request.approval, request.proposal
    if given is None:
        return "no approval was handed over"
    if not seal.holds(given.snapshot, trust.keys):
        return "the rules carry no seal of a worker that is trusted here"
    if given.report_to != feedback_workflow_id(given.item.issue_id):
        return "the item and the workflow that it reports to are not the same"
    sealed = given.snapshot.model_copy(
        update={
            "trusted_keys": trust.keys,
            "allow_unproven": trust.allow_unproven,
            "joined": (),
        }
    )
    why = _proposed(given, proposal, sealed)
    if why is not None:
        return why
    why = why_not_granted(given, proposal, sealed)
    if why is None or today is None:
        return why
    return why_not_granted(given, proposal, today(sealed)) and why


def _proposed(given: Approval, proposal: ActionProposal, snapshot: PolicySnapshot) -> str | None:
    """Somebody who may propose has asked for exactly this, and whoever changed it might."""
    asked = given.first or proposal
    failure = _asked_for(given, asked, snapshot)
    for amended in given.amendments:
        if failure is None:
            asked = approval_acts.amend(asked, amended.change)
            failure = proof.entitled(
                amended.change.actor,
                Act.PROPOSE,
                snapshot,
                action_workflow_id(amended.change.request_id),
                amended.at,
                content=of_message(amended.change),
            )
    if failure is not None:
        return f"whoever proposed it may not, or did not prove it ({failure.type})"
    renamed = {"request_id": proposal.request_id, "renews": proposal.renews}
    if asked.model_copy(update=renamed) != proposal:
        return "whoever proposed it asked for something else"
    return None


def _asked_for(given: Approval, asked: ActionProposal, snapshot: PolicySnapshot) -> Failure | None:
    """Why whoever asked first may not have done so; None for a person or a rule that may.

    That a rule asks by itself is known to the worker that found it, which signed it; roles are of
    people.
    """
    actor = asked.proposed_by.model_copy(update={"proof": given.asked})
    content, at = _said(asked, actor), asked.proposed_at
    if actor.channel is not Channel.AUTOMATION:
        return proof.entitled(actor, Act.PROPOSE, snapshot, given.report_to, at, content=content)
    return proof.check(
        actor,
        Act.PROPOSE,
        given.report_to,
        snapshot.trusted_keys,
        at,
        snapshot.allow_unproven,
        content=content,
    )


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
