"""Where an item stands and whose move it is. Computed from the state, never stored."""

from __future__ import annotations

from models.approval import ActionKind
from models.clocks import ClockName, ClockRun
from models.item_state import ClimbState, ItemState, OpenAction
from models.ladder import Ladder, Rung
from models.lifecycle import Awaiting, Stage
from policies import escalation


def stage_of(state: ItemState) -> Stage:
    """The one stage that the item is in."""
    if state.closed_at is not None or state.gone:
        return Stage.CLOSE
    if state.item is None:
        return Stage.RECEIVE
    if state.decision is not None:
        return Stage.WATCH
    if needs_triage(state):
        return Stage.TRIAGE
    if waiting_actions(state):
        return Stage.APPROVE
    if escalating(state):
        return Stage.ESCALATE
    return Stage.DECIDE if answered(state) else Stage.CLOCKS


def awaiting_of(state: ItemState) -> Awaiting:
    """Whose move it is."""
    stage = stage_of(state)
    if state.parked is not None or any(action.stuck for action in state.actions):
        return Awaiting.OPERATOR
    if stage in (Stage.RECEIVE, Stage.WATCH, Stage.CLOSE):
        return Awaiting.NOBODY
    if stage is Stage.TRIAGE or open_questions(state):
        return Awaiting.TRIAGE
    if stage is Stage.APPROVE or climb_waits(state):
        return Awaiting.APPROVAL
    if stage is Stage.ESCALATE:
        return Awaiting.ACKNOWLEDGEMENT
    if waiting_for_customer(state):
        return Awaiting.CUSTOMER
    return Awaiting.OWNER


def awaited_people(state: ItemState) -> tuple[str, ...]:
    """The person ids whose move it is, as far as the state names them."""
    awaiting = awaiting_of(state)
    if awaiting is Awaiting.ACKNOWLEDGEMENT:
        told = state.ladder.told
        return tuple(one for one in told.people if one not in told.acknowledged_by) if told else ()
    if awaiting in (Awaiting.OWNER, Awaiting.TRIAGE) and state.owner:
        return (state.owner,)
    return ()


def needs_triage(state: ItemState) -> bool:
    """Triage was unsure and no person has confirmed or corrected it."""
    return state.triage is not None and state.triage.unsure and not state.triage_confirmed


def open_questions(state: ItemState) -> tuple[str, ...]:
    """Fields over which a person is asked to decide; any correction of triage settles them."""
    return () if state.triage_confirmed or state.decision is not None else state.asked


def waiting_actions(state: ItemState) -> tuple[OpenAction, ...]:
    """Policy actions that have not ended; climbs count with the ladder instead."""
    return tuple(
        action
        for action in state.actions
        if action.waiting and action.proposal.kind is not ActionKind.CLIMB
    )


def open_requests(state: ItemState) -> tuple[OpenAction, ...]:
    """Requests on which people may still vote, leave to climb among them."""
    return tuple(action for action in state.actions if action.waiting and not action.stuck)


def climb_waits(state: ItemState) -> bool:
    """Leave to climb a rung has been asked and not answered."""
    return state.decision is None and any(
        leave.state is ClimbState.ASKED for leave in state.ladder.leaves
    )


def escalating(state: ItemState) -> bool:
    """A rung has been climbed and nobody has taken the item on since."""
    ladder = state.ladder
    return ladder.level > 0 and ladder.acknowledgement is None


def answered(state: ItemState) -> bool:
    """A person has answered the customer and nothing newer of theirs waits for an answer."""
    first = clock(state, ClockName.FIRST_RESPONSE)
    next_response = clock(state, ClockName.NEXT_RESPONSE)
    return (
        first is not None
        and not first.running
        and (next_response is None or not next_response.running)
    )


def waiting_for_customer(state: ItemState) -> bool:
    """The issue stands in a status that pauses, and the customer has not written since."""
    if state.snapshot is None or state.seen is None:
        return False
    return state.seen.status in state.snapshot.statuses.pause_when and any(
        run.paused for run in state.clocks
    )


def clock(state: ItemState, name: ClockName) -> ClockRun | None:
    """The newest cycle of this clock."""
    return next((run for run in reversed(state.clocks) if run.name is name), None)


def ladder_rules(state: ItemState) -> Ladder | None:
    """The ladder pinned for the item's present severity."""
    if state.snapshot is None or state.severity is None:
        return None
    return state.snapshot.rules[state.severity].ladder


def current_rung(state: ItemState) -> Rung | None:
    """The rung whose people know of the item."""
    ladder = ladder_rules(state)
    return escalation.rung_told(ladder, state.ladder) if ladder else None
