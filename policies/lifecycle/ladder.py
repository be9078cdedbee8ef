"""The ladder of one item: started by its clocks, climbed until somebody takes the item on."""

from __future__ import annotations

from datetime import datetime

from models.approval import ActionKind, ActionProposal
from models.events import EventKind
from models.item_state import ItemState, LadderState, OpenAction, Outgoing
from models.ladder import Ladder, Rung
from models.lifecycle import Severity
from models.names import action_workflow_id
from models.people import Actor, Channel
from policies import clocks, escalation
from policies.escalation import Climbed, Exhausted, LeaveNeeded, Skipped
from policies.lifecycle import record, running_clocks, words
from policies.lifecycle.running_clocks import TITLES, pinned, reached, running
from policies.lifecycle.stages import ladder_rules


def climb_if_due(state: ItemState, now: datetime) -> ItemState:
    """Start or climb the ladder if that is due and a clock is counting."""
    rules = ladder_rules(state)
    if rules is None or not rules.rungs or not running(state):
        return state
    if _starts(state, rules, now):
        state = _with(state, escalation.begin(state.ladder, now))
    if state.ladder.next_at is None or now < state.ladder.next_at:
        return state
    advance = escalation.advance(rules, state.ladder, pinned(state).calendar, now)
    state = _with(state, advance.state)
    for step in advance.steps:
        match step:
            case Climbed(rung=rung, reminder=reminder):
                state = _climbed(state, rung, now, reminder=reminder)
            case Skipped(rung=rung, why=why):
                state = _passed_over(state, rung, why, now)
            case LeaveNeeded(rung=rung):
                state = _ask_leave(state, rung, now)
            case Exhausted():
                state = record.happened(
                    state, EventKind.RUNG_SKIPPED, now, "The ladder has no further level."
                )
    return state


def stand_down_if_calm(state: ItemState, now: datetime) -> ItemState:
    """Begin the ladder anew later if no running clock is past the share that started it."""
    rules = ladder_rules(state)
    if rules is None or state.ladder == LadderState() or _pressing(state, rules, now):
        return state
    return _with(withdraw_climbs(state), LadderState())


def withdraw_climbs(state: ItemState) -> ItemState:
    """Take back what leave to climb is still asked; the requests are told."""
    asked = tuple(
        Outgoing(workflow_id=action.workflow_id)
        for action in state.actions
        if action.waiting and action.proposal.kind is ActionKind.CLIMB
    )
    return state.model_copy(update={"outgoing": (*state.outgoing, *asked)}) if asked else state


def change_severity(state: ItemState, severity: Severity, now: datetime) -> ItemState:
    """Another severity: new targets from the original start, and its own ladder from the foot.

    Leave that was asked or given on the ladder before is worth nothing on this one.
    """
    before = ladder_rules(state)
    state = running_clocks.retarget_all(state.model_copy(update={"severity": severity}))
    rules = ladder_rules(state)
    if before is None or rules is None or before.name == rules.name:
        return state
    return _with(withdraw_climbs(state), LadderState())


def _pressing(state: ItemState, rules: Ladder, now: datetime) -> bool:
    return any(
        at <= now
        for run in running(state)
        if (at := reached(state, run, rules.starts_at_percent)) is not None
    )


def _starts(state: ItemState, rules: Ladder, now: datetime) -> bool:
    ladder = state.ladder
    begun = ladder.level or ladder.exhausted or ladder.next_at is not None
    return not begun and _pressing(state, rules, now)


def _climbed(state: ItemState, rung: Rung, now: datetime, *, reminder: bool) -> ItemState:
    highest = max(state.highest_level, rung.level)
    state = state.model_copy(update={"highest_level": highest})
    state = record.say(
        state, words.climb_note(pinned(state), rung, _why(state, now), reminder=reminder)
    )
    return record.happened(
        state,
        EventKind.CLIMBED,
        now,
        f"{'Reminded' if reminder else 'Escalated to'} level {rung.level}: {rung.name}.",
        level=rung.level,
        rung=rung.name,
        notified=", ".join(rung.notify),
        reminder=reminder,
    )


def _passed_over(state: ItemState, rung: Rung, why: str, now: datetime) -> ItemState:
    return record.happened(
        state,
        EventKind.RUNG_SKIPPED,
        now,
        f"Level {rung.level} ({rung.name}) is passed over: {why}",
        level=rung.level,
        rung=rung.name,
    )


def _ask_leave(state: ItemState, rung: Rung, now: datetime) -> ItemState:
    request_id = f"{state.issue_id}-{state.life}-{state.sequence + 1}"
    proposal = ActionProposal(
        request_id=request_id,
        kind=ActionKind.CLIMB,
        subject=rung.name,
        summary=f"Escalate to level {rung.level} ({rung.name}).",
        rung=rung.level,
        proposed_by=Actor(person="followthrough", channel=Channel.AUTOMATION),
        proposed_at=now,
    )
    action = OpenAction(proposal=proposal, workflow_id=action_workflow_id(request_id))
    state = state.model_copy(update={"actions": (*state.actions, action)})
    state = _with(state, escalation.ask_leave(state.ladder, rung.level, request_id))
    state = record.happened(
        state,
        EventKind.CLIMB_REQUESTED,
        now,
        f"Leave asked to escalate to level {rung.level} ({rung.name}).",
        level=rung.level,
        request=request_id,
    )
    return record.say(state, words.asked_note(proposal, "The level below stays on it meanwhile."))


def _why(state: ItemState, now: datetime) -> str:
    readings = [clocks.read(run, pinned(state).calendar, now) for run in running(state)]
    worst = min(readings, key=lambda reading: reading.remaining, default=None)
    if worst is None:
        return ""
    if worst.breached:
        return f"The {TITLES[worst.name]} is overdue."
    due = f" by {words.moment(worst.due_at, pinned(state).calendar.zone)}" if worst.due_at else ""
    return f"The {TITLES[worst.name]} is due{due}."


def _with(state: ItemState, ladder: LadderState) -> ItemState:
    return state.model_copy(update={"ladder": ladder})
