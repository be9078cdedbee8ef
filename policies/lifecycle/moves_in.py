"""Votes given by moving the issue in Jira, where the policy says that a status means one.

A move is only ever a ballot of whoever moved it: it carries nothing out, however many ways lead
into that status.
"""

from __future__ import annotations

from datetime import datetime

from models.approval import Ballot, Choice
from models.events import EventKind
from models.failures import NOT_ENTITLED, NOTHING_TO_ACT_ON, Failure
from models.item_state import ItemState, OpenAction, Outgoing
from models.jira_view import ObservedEdit
from policies.lifecycle import record
from policies.lifecycle.running_clocks import pinned
from policies.lifecycle.stages import open_requests


def meant_by(state: ItemState, edit: ObservedEdit) -> Choice | None:
    """The vote that a move into this status is by the pinned rules; None for any other move."""
    statuses = pinned(state).statuses
    if edit.after in statuses.approve_when:
        return Choice.APPROVE
    return Choice.REJECT if edit.after in statuses.reject_when else None


def vote_by(state: ItemState, edit: ObservedEdit, now: datetime) -> ItemState:
    """Pass the vote on, or keep why it is none; another move changes nothing."""
    choice = meant_by(state, edit)
    if choice is None:
        return state
    waiting = open_requests(state)
    if edit.actor is None:
        return _refused(state, edit, choice, NOT_ENTITLED, _UNKNOWN, now)
    if len(waiting) != 1:
        why = _which(choice, waiting) if waiting else NOTHING_TO_ACT_ON.remedy
        return _refused(state, edit, choice, NOTHING_TO_ACT_ON, why, now)
    ballot = Ballot(
        request_id=waiting[0].proposal.request_id,
        choice=choice,
        reason=f"Moved to {edit.after} in Jira.",
        actor=edit.actor,
        moved_to=edit.after or "",
    )
    message = Outgoing(workflow_id=waiting[0].workflow_id, ballot=ballot)
    return state.model_copy(update={"outgoing": (*state.outgoing, message)})


_UNKNOWN = (
    "The Jira account that moved it belongs to nobody in people.yaml. Add the account to the "
    "person there, or vote from an account that is listed."
)


def _which(choice: Choice, waiting: tuple[OpenAction, ...]) -> str:
    """A move cannot say which request it is meant for; a comment can."""
    commands = " or ".join(f"`/{choice} {one.proposal.request_id}`" for one in waiting)
    return f"{len(waiting)} requests wait. Say which one is meant: {commands} and the reason."


def _refused(
    state: ItemState,
    edit: ObservedEdit,
    choice: Choice,
    failure: Failure,
    why: str,
    now: datetime,
) -> ItemState:
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
    return record.say(state, f"The move to {edit.after} was no vote: {why}")
