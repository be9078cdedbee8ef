"""What an item does when an approved action stands still, and while an exception is in force."""

from __future__ import annotations

from datetime import datetime

from models.action_parameters import ActionParameters
from models.approval import ActionKind, ActionProposal
from models.effects import StuckEffect
from models.events import EventKind, Fact
from models.failures import FAILURES_BY_TYPE
from models.item_state import ItemState, OpenAction, Outgoing
from models.messages import ActionStuck, ExceptionTold, Resume
from models.names import exception_workflow_id
from policies.lifecycle import record, words


def stuck_actions(state: ItemState) -> tuple[OpenAction, ...]:
    """Approved actions that wait for a person to say how they go on."""
    return tuple(action for action in state.actions if action.stuck is not None)


def facts_of(proposal: ActionProposal) -> dict[str, Fact]:
    """What was asked for beside the amount, as the record keeps it; empty for most actions."""
    facts: dict[str, Fact] = dict(
        proposal.parameters.model_dump(mode="json", exclude_none=True, exclude={"statement"})
    )
    return {**facts, "dry_run": True} if proposal.dry_run else facts


def unchangeable(state: ItemState, parameters: ActionParameters) -> str | None:
    """Why the exception that a request would change cannot be; None when it can, or none is.

    One of an earlier life of the item is not known here; whether it still runs is seen later.
    """
    wanted = parameters.changes
    if wanted is None:
        return None
    known = _action(state, wanted)
    if wanted.startswith(f"{state.issue_id}-") and (known is None or in_force(known)):
        return None
    return "No exception of this item that is in force has that id; the item's page lists them."


def in_force(action: OpenAction) -> bool:
    """Whether this action began an exception that has not ended."""
    return action.ends_at is not None and not action.ended


def stopped(state: ItemState, notice: ActionStuck, now: datetime) -> ItemState:
    """An approved action stands still; told once for each time that it stops."""
    action = _action(state, notice.request_id)
    if action is None or not action.waiting or action.stuck is not None:
        return state
    return _stop(state, action, notice.failure, now)


def told(state: ItemState, notice: ExceptionTold, now: datetime) -> ItemState:
    """An exception began, got another end, ended, or could not be ended."""
    action = _action(state, notice.request_id)
    if action is None or action.proposal.kind is not ActionKind.POLICY_EXCEPTION or action.ended:
        return state
    news = action.ends_at is not None and action.ends_at != notice.ends_at
    update = {"ends_at": notice.ends_at, "ended": notice.ended}
    state = _with(state, action, {**update, "stuck": None} if notice.ended else update)
    if notice.ended:
        return _note(state, action, EventKind.EXCEPTION_ENDED, "has ended", now)
    if notice.stuck is not None and action.stuck is None:
        stopping = _action(state, notice.request_id)
        return _stop(state, stopping or action, notice.stuck, now)
    if news:
        ends = f"now ends on {notice.ends_at:%Y-%m-%d}"
        return _note(state, action, EventKind.EXCEPTION_CHANGED, ends, now)
    return state


def pass_on(state: ItemState, message: Resume, now: datetime) -> ItemState:
    """Tell what stands still to go on as a person says; each judges for itself whether they may."""
    stuck = stuck_actions(state)
    if not stuck or message.actor is None:
        return state
    for action in stuck:
        target = action.workflow_id if action.waiting else _exception(action)
        outgoing = Outgoing(workflow_id=target, resumed_by=message.actor, undo=message.undo)
        state = _with(state, action, {"stuck": None})
        state = state.model_copy(update={"outgoing": (*state.outgoing, outgoing)})
    how = "undone" if message.undo else "tried again"
    named = ", ".join(words.what_of(action.proposal) for action in stuck)
    return record.happened(
        state,
        EventKind.RESUMED,
        now,
        f"{message.actor.person} wants it {how}: {named}.",
        actor=message.actor,
        undo=message.undo,
    )


def _stop(state: ItemState, action: OpenAction, failure: str, now: datetime) -> ItemState:
    state = _with(state, action, {"stuck": StuckEffect(failure=failure, since=now)})
    named = words.sentence(words.what_of(action.proposal))
    state = record.happened(
        state,
        EventKind.ACTION_STUCK,
        now,
        f"{named} was approved and stands still: {failure}. A person is needed.",
        request=action.proposal.request_id,
        action=action.proposal.kind,
        failure=failure,
    )
    known = FAILURES_BY_TYPE.get(failure)
    key = state.item.issue_key if state.item else state.issue_id
    return record.say(
        state, words.stuck_note(action.proposal, failure, known.remedy if known else "", key)
    )


def _note(
    state: ItemState, action: OpenAction, kind: EventKind, how: str, now: datetime
) -> ItemState:
    named = words.sentence(words.what_of(action.proposal))
    state = record.happened(state, kind, now, f"{named} {how}.", request=action.proposal.request_id)
    return record.say(state, f"*{named} {how}* ({action.proposal.request_id}).")


def _action(state: ItemState, request_id: str) -> OpenAction | None:
    return next((a for a in state.actions if a.proposal.request_id == request_id), None)


def _exception(action: OpenAction) -> str:
    return exception_workflow_id(action.proposal.request_id)


def _with(state: ItemState, action: OpenAction, update: dict[str, object]) -> ItemState:
    changed = tuple(
        one.model_copy(update=update) if one.workflow_id == action.workflow_id else one
        for one in state.actions
    )
    return state.model_copy(update={"actions": changed})
