"""What an item does when one of its policy actions has ended."""

from __future__ import annotations

from datetime import datetime

from models.approval import ActionKind, ActionResult, ApprovalOutcome
from models.events import EventKind
from models.item_state import ClimbState, ItemState
from models.messages import ActionReminder
from policies import escalation
from policies.lifecycle import record, running_clocks, words
from policies.lifecycle.running_clocks import pinned

_ANSWERS = {
    ApprovalOutcome.APPROVED: ClimbState.GRANTED,
    ApprovalOutcome.NOT_NEEDED: ClimbState.GRANTED,
    ApprovalOutcome.EXPIRED: ClimbState.EXPIRED,
}
"""What a request's end means for its rung; any other end refuses."""


def ended(state: ItemState, result: ActionResult, now: datetime) -> ItemState:
    """Take in the result once; a report that arrives twice changes nothing."""
    action = next(
        (a for a in state.actions if a.proposal.request_id == result.request_id and a.waiting),
        None,
    )
    if action is None:
        return state
    proposal = action.proposal
    actions = tuple(
        a.model_copy(update={"result": result, "stuck": None, "asked": None}) if a is action else a
        for a in state.actions
    )
    state = state.model_copy(update={"actions": actions})
    state = record.happened(
        state,
        EventKind.ACTION_ENDED,
        now,
        f"{words.sentence(words.what_of(proposal))} {words.OUTCOME_WORDS[result.outcome]}.",
        request=result.request_id,
        action=proposal.kind,
        outcome=result.outcome,
        rule=result.rule,
        votes=", ".join(f"{vote.person}: {vote.choice}" for vote in result.votes),
        refused_ballots=len(result.refused),
        effect=result.effect.state if result.effect else None,
        effect_reference=result.effect.reference if result.effect else None,
        would_send=result.effect.would_send if result.effect else None,
        failure=result.failure,
    )
    state = running_clocks.follow(state)
    if state.decision is None:
        state = record.say(state, words.ended_note(proposal, result))
    if proposal.kind is ActionKind.CLIMB:
        return _leave_settled(state, result, now)
    return state


def reminded(state: ItemState, reminder: ActionReminder, now: datetime) -> ItemState:
    """Say on the issue who is still waited for; nothing once the request has ended."""
    action = next(
        (a for a in state.actions if a.proposal.request_id == reminder.request_id and a.waiting),
        None,
    )
    if action is None or state.decision is not None:
        return state
    state = record.happened(
        state,
        EventKind.ACTION_REMINDED,
        now,
        f"Reminded those who may decide: {words.what_of(action.proposal)}.",
        request=reminder.request_id,
        people=", ".join(reminder.people),
    )
    note = words.reminder_note(pinned(state), action.proposal, reminder.people)
    return record.say(state, note)


def _leave_settled(state: ItemState, result: ActionResult, now: datetime) -> ItemState:
    if state.decision is not None:
        return state
    answer = _ANSWERS.get(result.outcome, ClimbState.REFUSED)
    ladder = escalation.settle_leave(state.ladder, result.request_id, answer, now)
    if not result.outcome.granted:
        state = record.happened(
            state,
            EventKind.CLIMB_REFUSED,
            now,
            f"Leave to escalate was not given: {result.outcome}.",
            request=result.request_id,
            outcome=result.outcome,
        )
    return state.model_copy(update={"ladder": ladder})
