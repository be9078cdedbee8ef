"""Votes given by moving the issue in Jira, where the policy says that a status means one.

A move is only ever a ballot of whoever moved it: it carries nothing out, however many ways lead
into that status.
"""

from __future__ import annotations

from datetime import datetime

from models.approval import Ballot, Choice
from models.events import EventKind
from models.failures import NOT_ENTITLED, NOTHING_TO_ACT_ON
from models.item_state import ItemState, Outgoing
from models.jira_view import ObservedEdit
from policies.lifecycle import record
from policies.lifecycle.running_clocks import pinned
from policies.lifecycle.stages import waiting_actions


def vote_by(state: ItemState, edit: ObservedEdit, now: datetime) -> ItemState:
    """Pass the vote on, or keep why it is none; another move changes nothing."""
    choice = _meant(state, edit)
    if choice is None:
        return state
    waiting = waiting_actions(state)
    if edit.actor is None or len(waiting) != 1:
        failure = NOT_ENTITLED if edit.actor is None else NOTHING_TO_ACT_ON
        state = record.happened(
            state,
            EventKind.BALLOT_REFUSED,
            now,
            f"Refused: the move to {edit.after} is no vote ({failure.type}).",
            actor=edit.actor,
            choice=choice,
            failure=failure.type,
            account=edit.author_account_id,
        )
        return record.say(state, f"The move to {edit.after} was no vote: {failure.remedy}")
    ballot = Ballot(
        request_id=waiting[0].proposal.request_id,
        choice=choice,
        reason=f"Moved to {edit.after} in Jira.",
        actor=edit.actor,
        moved_to=edit.after or "",
    )
    message = Outgoing(workflow_id=waiting[0].workflow_id, ballot=ballot)
    return state.model_copy(update={"outgoing": (*state.outgoing, message)})


def _meant(state: ItemState, edit: ObservedEdit) -> Choice | None:
    statuses = pinned(state).statuses
    if edit.after in statuses.approve_when:
        return Choice.APPROVE
    return Choice.REJECT if edit.after in statuses.reject_when else None
