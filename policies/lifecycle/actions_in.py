"""What an item does when one of its policy actions has ended."""

from __future__ import annotations

from datetime import datetime

from models.approval import (
    ActionKind,
    ActionProposal,
    ActionResult,
    AmendedAt,
    ApprovalOutcome,
    Ballot,
    Choice,
    EffectState,
)
from models.events import EventKind
from models.failures import EFFECT_UNVERIFIED, TOO_LATE, UNPROVEN
from models.item_state import ClimbState, ItemState, OpenAction
from models.messages import ActionChanged, ActionReminder, BallotRefused
from models.people import Act, Channel
from policies import approval_acts, escalation, proof
from policies.lifecycle import asking, record, running_clocks, words
from policies.lifecycle.facts import digest_now
from policies.lifecycle.running_clocks import pinned
from policies.proof_content import of_message

_ANSWERS = {
    ApprovalOutcome.APPROVED: ClimbState.GRANTED,
    ApprovalOutcome.NOT_NEEDED: ClimbState.GRANTED,
    ApprovalOutcome.APPROVED_BY_EXPIRY: ClimbState.GRANTED,
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
    proposal = result.proposal or action.proposal
    actions = tuple(
        a.model_copy(update={"result": result, "stuck": None, "asked": None}) if a is action else a
        for a in state.actions
    )
    state = state.model_copy(update={"actions": actions})
    state = record.happened(
        state,
        EventKind.ACTION_ENDED,
        now,
        f"{words.sentence(words.what_of(proposal))} {words.OUTCOME_WORDS[result.outcome]}."
        f"{_rehearsed(result)}",
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
        digest=result.digest or None,
    )
    state = running_clocks.follow(state)
    if state.decision is None:
        state = record.say(state, words.ended_note(proposal, result))
    if proposal.kind is ActionKind.CLIMB:
        return _leave_settled(state, result, now)
    if result.outcome is ApprovalOutcome.STALE and state.decision is None and not state.gone:
        state = asking.ask_anew(state, action.model_copy(update={"proposal": proposal}), now)
    return state


def _rehearsed(result: ActionResult) -> str:
    rehearsed = result.effect is not None and result.effect.state is EffectState.DRY_RUN
    return " Dry run: nothing was sent." if rehearsed else ""


def changed(state: ItemState, change: ActionChanged, now: datetime) -> ItemState:
    """Take in that what is asked was amended, or whether its rule lets the clocks stand still."""
    action = next(
        (a for a in state.actions if a.proposal.request_id == change.request_id and a.waiting),
        None,
    )
    if action is None or state.decision is not None:
        return state
    if change.proposal is not None:
        state = _amended(state, action, change, change.proposal, now)
    says = None if change.pause_as_usual else change.pause_clocks
    if not change.pause_as_usual and (says is None or not _some_rule_says(state, action, says)):
        return state
    state = record.happened(
        state,
        EventKind.ACTION_PLANNED,
        now,
        _MEANWHILE[says],
        request=change.request_id,
        pauses=says,
    )
    return running_clocks.follow(state)


_MEANWHILE = {
    True: "The rule lets the clocks stand still meanwhile.",
    False: "The rule lets the clocks run on meanwhile.",
    None: "The rule of now says nothing of the clocks, so they go by sla.yaml.",
}


def _some_rule_says(state: ItemState, action: OpenAction, pause_clocks: bool) -> bool:
    """The signal may come from anybody, so it only chooses between what the pinned rules say."""
    return any(
        rule.pause_clocks is pause_clocks
        for rule in pinned(state).approvals
        if action.proposal.kind in rule.actions
    )


def _amended(
    state: ItemState,
    action: OpenAction,
    change: ActionChanged,
    proposal: ActionProposal,
    now: datetime,
) -> ItemState:
    """The signal may come from anybody, so only what somebody has proved to have changed is taken
    in, and only once: people decide by what the issue says.
    """
    amendment, before = change.amendment, action.proposal
    if amendment is None or not _proved(state, action, amendment, proposal):
        return record.happened(
            state,
            EventKind.ACT_REFUSED,
            now,
            "Refused: a change of what is asked that nobody has proved.",
            act="amend",
            failure=UNPROVEN.type,
            request=change.request_id,
        )
    digest = digest_now(state, proposal)
    state = _replace(
        state,
        action,
        proposal=proposal,
        digest=digest,
        first=action.first or before,
        amendments=(*action.amendments, amendment),
    )
    editor = proposal.edited_by[-1]
    state = record.happened(
        state,
        EventKind.ACTION_AMENDED,
        now,
        f"{editor.person} changed what is asked: {words.what_of(proposal)}.",
        actor=editor,
        request=proposal.request_id,
        amount_minor=proposal.amount.minor if proposal.amount else None,
        currency=proposal.amount.currency if proposal.amount else None,
        digest=digest,
    )
    return record.say(state, words.asked_note(proposal, digest, f"{editor.person} changed it."))


def _proved(
    state: ItemState, action: OpenAction, amendment: AmendedAt, proposal: ActionProposal
) -> bool:
    if amendment in action.amendments:
        return False
    change = amendment.change
    failure = proof.entitled(
        change.actor,
        Act.PROPOSE,
        pinned(state),
        action.workflow_id,
        amendment.at,
        content=of_message(change),
    )
    return failure is None and approval_acts.amend(action.proposal, change) == proposal


def _replace(state: ItemState, old: OpenAction, **update: object) -> ItemState:
    request_id = old.proposal.request_id
    actions = tuple(
        a.model_copy(update=update) if a.proposal.request_id == request_id else a
        for a in state.actions
    )
    return state.model_copy(update={"actions": actions})


def reported(state: ItemState, request_id: str) -> ItemState:
    """Somebody says that a request ended; one that waits has to confirm it."""
    waiting = any(a.waiting for a in state.actions if a.proposal.request_id == request_id)
    if not waiting or request_id in state.reported:
        return state
    return state.model_copy(update={"reported": (*state.reported, request_id)})


def confirmed(
    state: ItemState, request_id: str, result: ActionResult | None, now: datetime
) -> ItemState:
    """Take in what the request itself says; that it has not ended at all is kept as evidence."""
    rest = tuple(one for one in state.reported if one != request_id)
    state = state.model_copy(update={"reported": rest})
    if result is not None:
        return ended(state, result, now)
    return record.happened(
        state,
        EventKind.ACT_REFUSED,
        now,
        "Refused: a report of an action's end that its own request does not confirm.",
        act="report",
        failure=UNPROVEN.type,
        request=request_id,
    )


def lost(request_id: str, now: datetime) -> ActionResult:
    """How a request ended whose workflow was terminated from outside: nobody knows the effect."""
    return ActionResult(
        request_id=request_id,
        outcome=ApprovalOutcome.WITHDRAWN,
        failure=EFFECT_UNVERIFIED.type,
        ended_at=now,
    )


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
        why=reminder.why,
    )
    note = words.reminder_note(
        pinned(state), action.proposal, action.digest, reminder.people, reminder.why
    )
    return record.say(state, note)


def ballot_refused(state: ItemState, notice: BallotRefused) -> ItemState:
    """Tell whoever voted in Jira that it did not count; the request itself keeps the evidence."""
    known = any(a.proposal.request_id == notice.request_id for a in state.actions)
    if not known or state.decision is not None:
        return state
    refused = notice.refused
    return _say_no_vote(state, refused.person, refused.choice, refused.why)


def came_too_late(state: ItemState, ballot: Ballot) -> ItemState:
    """As `ballot_refused`, for a vote that found its request ended."""
    if ballot.actor.channel is not Channel.JIRA or state.decision is not None:
        return state
    return _say_no_vote(state, ballot.actor.person, ballot.choice, TOO_LATE.remedy)


def _say_no_vote(state: ItemState, person: str, choice: Choice, why: str) -> ItemState:
    return record.say(state, f"{person}'s vote to {choice} did not count: {why}")


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
