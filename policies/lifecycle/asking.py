"""Putting a policy action on its way: for a person, for a rule, or anew when it became void."""

from __future__ import annotations

from datetime import datetime

from models.approval import ActionProposal
from models.events import EventKind
from models.item_state import ItemState, OpenAction
from models.messages import ProposeAction
from models.names import action_workflow_id
from models.people import Channel
from policies.lifecycle import effects_in, record, running_clocks, words
from policies.lifecycle.facts import confidence, digest_now


def open_action(state: ItemState, message: ProposeAction, now: datetime) -> ItemState:
    """Ask for what the message says; the newest of the state's actions is the one asked for."""
    item = state.item
    automatic = message.actor.channel is Channel.AUTOMATION
    proposal = ActionProposal(
        request_id=_new_id(state),
        kind=message.kind,
        subject=item.customer.reference if item else state.issue_id,
        summary=message.summary,
        amount=message.amount,
        evidence=message.evidence,
        proposed_by=message.actor.without_proof(),
        proposed_at=now,
        parameters=message.parameters,
        dry_run=message.dry_run,
        confidence=confidence(state) if automatic else None,
    )
    action = OpenAction(
        proposal=proposal,
        workflow_id=action_workflow_id(proposal.request_id),
        asked=message.actor.proof,
    )
    return _asked(state, action, now, asked_before(state, proposal))


def ask_anew(state: ItemState, void: OpenAction, now: datetime) -> ItemState:
    """Ask for the same once more, with the item's facts as they are now: nothing is voted on yet.

    Whoever asked or changed the void request has the same part in the new one, and what they
    proved then holds for it.
    """
    before = void.proposal
    fresh = {"request_id": _new_id(state), "renews": before.request_id}
    proposal = before.model_copy(update=fresh)
    action = OpenAction(
        proposal=proposal,
        workflow_id=action_workflow_id(proposal.request_id),
        asked=void.asked,
        first=void.first,
        amendments=void.amendments,
    )
    return _asked(state, action, now, f"It is asked anew in place of {before.request_id}.")


def asked_before(state: ItemState, proposal: ActionProposal) -> str:
    """Warns those who decide when the same was asked on this item before."""
    before = [
        f"{action.proposal.request_id} ({action.result.outcome if action.result else 'waiting'})"
        for action in state.actions
        if action.proposal.request_id != proposal.request_id
        and words.what_of(action.proposal) == words.what_of(proposal)
    ]
    return f"Beware: the same was asked before as {', '.join(before)}." if before else ""


def _asked(state: ItemState, action: OpenAction, now: datetime, hint: str) -> ItemState:
    proposal = action.proposal
    digest = digest_now(state, proposal) if state.item else ""
    action = action.model_copy(update={"digest": digest})
    state = state.model_copy(update={"actions": (*state.actions, action)})
    by, amount = proposal.proposed_by, proposal.amount
    state = record.happened(
        state,
        EventKind.ACTION_PROPOSED,
        now,
        f"{by.person} proposed: {words.what_of(proposal)}.",
        actor=by,
        request=proposal.request_id,
        action=proposal.kind,
        amount_minor=amount.minor if amount else None,
        currency=amount.currency if amount else None,
        digest=digest,
        renews=proposal.renews,
        **effects_in.facts_of(proposal),
    )
    state = running_clocks.follow(state)
    return record.say(state, words.asked_note(proposal, digest, hint))


def _new_id(state: ItemState) -> str:
    return f"{state.issue_id}-{state.life}-{state.sequence + 1}"
