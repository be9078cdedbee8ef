"""The ladder of one item: started by its clocks, climbed until somebody takes the item on."""

from __future__ import annotations

from datetime import datetime

from models.approval import ActionKind, ActionProposal
from models.events import EventKind
from models.item_state import ItemState, LadderState, OpenAction, Outgoing
from models.ladder import Ladder, LevelFound, Rung
from models.lifecycle import Severity
from models.names import action_workflow_id
from models.people import Actor, Channel
from policies import clocks, escalation
from policies.ladder_steps import (
    Climbed,
    Exhausted,
    HandedOff,
    Lapsed,
    LeaveNeeded,
    Queued,
    Repeated,
    Skipped,
    Step,
    WhoNeeded,
)
from policies.lifecycle import changed_rules, clock_notes, notices, record, words
from policies.lifecycle.facts import digest_now
from policies.lifecycle.running_clocks import pinned, reached, running
from policies.lifecycle.stages import ladder_rules
from policies.lifecycle.taking_on import around, handed_off


def climb_if_due(state: ItemState, now: datetime) -> ItemState:
    """Start or climb the ladder if that is due and a clock is counting.

    It stops where it has to be found out who is on a level (`question`).
    """
    rules = ladder_rules(state)
    if rules is None or not rules.rungs or not running(state):
        return state
    if _starts(state, rules, now):
        state = _with(state, escalation.begin(state.ladder, now))
    advance = escalation.advance(rules, state.ladder, around(state), now)
    state = _with(state, advance.state)
    for step in advance.steps:
        state = _carry_out(state, step, now)
    return state


def question(state: ItemState) -> Rung | None:
    """The rung of which somebody has to find out who is on it now, before the ladder goes on."""
    rules, level = ladder_rules(state), state.ladder.looking_up
    if rules is None or level is None or state.decision is not None or not running(state):
        return None
    return next((rung for rung in rules.rungs if rung.level == level), None)


def looked_up(state: ItemState, found: LevelFound, now: datetime) -> ItemState:
    """Go on with who is on the level. What is found is used at this moment or not at all."""
    if state.ladder.looking_up != found.level:
        return state
    who = ", ".join(person.id for person in found.people)
    state = record.happened(
        notices.know(state, found),
        EventKind.LEVEL_LOOKED_UP,
        now,
        f"On level {found.level} now: {who or 'nobody'}.",
        level=found.level,
        people=who,
        rotas=", ".join(found.rotas),
        on_call=", ".join(found.on_call),
        changes_at=found.changes_at.isoformat() if found.changes_at else None,
    )
    state = climb_if_due(_with(state, escalation.answer_lookup(state.ladder, found)), now)
    return _with(state, state.ladder.model_copy(update={"found": None}))


def as_pinned(state: ItemState, rung: Rung, failure: str, now: datetime) -> ItemState:
    """Go on with whom the item was pinned with, since who is on the level could not be found out."""
    state = record.happened(
        state,
        EventKind.PROBLEM,
        now,
        f"Who is on level {rung.level} now could not be found out ({failure}); those are told who "
        "were on it when the item began.",
        failure=failure,
        level=rung.level,
    )
    people = tuple(p for one in rung.notify if (p := pinned(state).person(one)) is not None)
    return looked_up(state, LevelFound(level=rung.level, people=people), now)


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
    """Another severity: new targets from the original start, and its own ladder from the foot."""
    before, why = ladder_rules(state), f"severity {state.severity} → {severity}"
    state = state.model_copy(update={"severity": severity})
    state = changed_rules.retarget_all(state, now, why)
    return begin_anew_if_other(state, before)


def begin_anew_if_other(state: ItemState, before: Ladder | None) -> ItemState:
    """Another ladder than `before` is climbed from its foot; one of the same name goes on.

    Leave that was asked or given on the ladder before is worth nothing on another one.
    """
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


def _carry_out(state: ItemState, step: Step, now: datetime) -> ItemState:
    match step:
        case Climbed(rung=rung, people=people, reminder=reminder):
            return _climbed(state, rung, people, now, reminder=reminder)
        case Skipped(rung=rung, why=why):
            return _passed_over(state, rung, why, now)
        case Queued():
            return _queued(state, step, now)
        case LeaveNeeded(rung=rung):
            return _ask_leave(state, rung, now)
        case Repeated():
            return _repeated(state, step, now)
        case Lapsed():
            return _lapsed(state, step, now)
        case HandedOff(rung=rung, before=before, people=people):
            return handed_off(state, rung, before, people, now)
        case Exhausted():
            what = "The ladder has no further level."
            return record.happened(state, EventKind.RUNG_SKIPPED, now, what)
        case WhoNeeded():
            return state  # asked by whoever carries out what the item wants


def _climbed(
    state: ItemState, rung: Rung, people: tuple[str, ...], now: datetime, *, reminder: bool
) -> ItemState:
    highest = max(state.highest_level, rung.level)
    state = state.model_copy(update={"highest_level": highest})
    why = _why(state, now)
    state = record.say(state, words.climb_note(pinned(state), rung, people, why, reminder=reminder))
    state = record.happened(
        state,
        EventKind.CLIMBED,
        now,
        f"{'Reminded' if reminder else 'Escalated to'} level {rung.level}: {rung.name}.",
        level=rung.level,
        rung=rung.name,
        notified=", ".join(people),
        reminder=reminder,
    )
    return notices.ask(state, rung, people, "still waiting" if reminder else "escalated", now)


def _passed_over(state: ItemState, rung: Rung, why: str, now: datetime) -> ItemState:
    return record.happened(
        state,
        EventKind.RUNG_SKIPPED,
        now,
        f"Level {rung.level} ({rung.name}) is passed over: {why}",
        level=rung.level,
        rung=rung.name,
    )


def _queued(state: ItemState, step: Queued, now: datetime) -> ItemState:
    rung, until = step.rung, step.until
    moment = words.moment(until, pinned(state).calendar.zone)
    return record.happened(
        state,
        EventKind.RUNG_QUEUED,
        now,
        f"Level {rung.level} ({rung.name}) waits until {moment}: {step.why}",
        level=rung.level,
        rung=rung.name,
        until=until.isoformat(),
    )


def _repeated(state: ItemState, step: Repeated, now: datetime) -> ItemState:
    after = f"After level {step.rung.level}" if step.rung else "After its last level"
    return record.happened(
        state,
        EventKind.LADDER_REPEATED,
        now,
        f"{after} the ladder goes back to level {step.to_level}; so it may {step.times_left} times "
        "more.",
        to_level=step.to_level,
        times_left=step.times_left,
    )


def _lapsed(state: ItemState, step: Lapsed, now: datetime) -> ItemState:
    person = step.acknowledgement.actor.person
    return record.happened(
        state,
        EventKind.ACKNOWLEDGEMENT_LAPSED,
        now,
        f"{person}'s acknowledgement has run out; the climb goes on ({step.goes_on} level).",
        taken_on_by=person,
        goes_on=step.goes_on,
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
    digest = digest_now(state, proposal)
    action = OpenAction(
        proposal=proposal, workflow_id=action_workflow_id(request_id), digest=digest
    )
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
    return record.say(
        state, words.asked_note(proposal, digest, "The level below stays on it meanwhile.")
    )


def _why(state: ItemState, now: datetime) -> str:
    """How the clock stands that has the least time left, in the line that explains it."""
    calendar = pinned(state).calendar
    left = {run: run.target - clocks.elapsed_at(run, calendar, now) for run in running(state)}
    return clock_notes.verdict_of_run(state, min(left, key=left.__getitem__), now) if left else ""


def _with(state: ItemState, ladder: LadderState) -> ItemState:
    return state.model_copy(update={"ladder": ladder})
