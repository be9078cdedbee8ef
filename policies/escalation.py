"""The ladder: who is told next when nobody takes an item on.

The workflow sleeps until `state.next_at`, calls `advance`, carries out the steps it returns and
keeps the state it returns. An acknowledgement holds the ladder off for a time and never for ever:
when it lapses, the climb goes on with the next rung. After the last rung the ladder begins again
as often as its `repeat` says, and then it is exhausted.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from models.clocks import BusinessCalendar
from models.item_state import Acknowledgement, ClimbState, LadderState, RungLeave
from models.ladder import Ladder, Rung
from models.people import Actor
from policies.business_time import CalendarExhausted, add_seconds


@dataclass(frozen=True)
class Climbed:
    """Notify the people of this rung: for the first time, or once more as a reminder."""

    rung: Rung
    reminder: bool = False


@dataclass(frozen=True)
class Skipped:
    """This rung was passed over; `why` says so in words."""

    rung: Rung
    why: str


@dataclass(frozen=True)
class LeaveNeeded:
    """A person must approve before this rung is climbed: ask, then call `ask_leave`."""

    rung: Rung


@dataclass(frozen=True)
class Exhausted:
    """Nobody is left to notify; the ladder has been climbed as often as it may be."""


Step = Climbed | Skipped | LeaveNeeded | Exhausted


@dataclass(frozen=True)
class Advance:
    """The ladder after a move, and what to do about it, in order."""

    state: LadderState
    steps: tuple[Step, ...] = ()


NOBODY_THERE = "nobody is on it."
LEAVE_REFUSED = "its approval was refused, or nobody decided on it in time."


def begin(state: LadderState, at: datetime) -> LadderState:
    """Make the first rung due at `at`, or when an earlier acknowledgement lapses.

    A ladder that has been begun before does not change.
    """
    if state.level or state.passes or state.exhausted or state.next_at:
        return state
    held = state.acknowledgement.holds_until if state.acknowledgement else at
    return _with(state, next_at=max(at, held))


def advance(
    ladder: Ladder, state: LadderState, calendar: BusinessCalendar, now: datetime
) -> Advance:
    """Move on when `state.next_at` has come; before that nothing changes.

    At most one rung is climbed by one call. Rungs that have nobody, or whose approval was refused,
    are passed over on the way. A wait in business time that the calendar does not
    cover is waited in wall-clock time.
    """
    if state.exhausted or state.next_at is None or now < state.next_at:
        return Advance(state)
    state, rung, steps = _next_rung(ladder, _with(state, acknowledgement=None))
    if rung is None:
        ended = _with(state, next_at=None, exhausted=True)
        return Advance(ended, (*steps, Exhausted()))
    if _may_climb(state, rung):
        steps.append(Climbed(rung))
        return Advance(
            _with(state, level=rung.level, climbed_at=now, next_at=_after(rung, calendar, now)),
            tuple(steps),
        )
    if _leave(state, rung) is None:
        steps.append(LeaveNeeded(rung))
    # The rung may not be climbed yet, so those who know already are reminded.
    lower = _highest_climbed(ladder, state)
    if lower is not None:
        steps.append(Climbed(lower, reminder=True))
    return Advance(_with(state, next_at=_after(lower or rung, calendar, now)), tuple(steps))


def ask_leave(state: LadderState, level: int, request_id: str) -> LadderState:
    """Record that leave to climb this level was asked for; asking twice changes nothing."""
    if any(leave.level == level for leave in state.leaves):
        return state
    asked = RungLeave(level=level, request_id=request_id, state=ClimbState.ASKED)
    return _with(state, leaves=(*state.leaves, asked))


def settle_leave(state: LadderState, request_id: str, granted: bool, now: datetime) -> LadderState:
    """Record the answer; the rung is then climbed, or passed over, at once.

    While an acknowledgement holds, the answer waits until that lapses. An answer to an unknown
    request, or to one that is settled, changes nothing.
    """
    answer = ClimbState.GRANTED if granted else ClimbState.REFUSED
    leaves = tuple(
        leave.model_copy(update={"state": answer})
        if leave.request_id == request_id and leave.state is ClimbState.ASKED
        else leave
        for leave in state.leaves
    )
    if leaves == state.leaves:
        return state
    held = state.acknowledgement is not None and now < state.acknowledgement.holds_until
    due = state.next_at if state.next_at is None or held else now
    return _with(state, leaves=leaves, next_at=due)


def acknowledge(ladder: Ladder, state: LadderState, actor: Actor, at: datetime) -> LadderState:
    """Somebody takes it on: nothing is due until the acknowledgement lapses.

    A ladder on which nothing is due stays so; a later `begin` respects the acknowledgement. The
    proof is not kept.
    """
    holds_until = at + timedelta(seconds=ladder.acknowledgement_lasts)
    taken = Acknowledgement(
        actor=actor.without_proof(), at=at, level=state.level, holds_until=holds_until
    )
    due = None if state.next_at is None else holds_until
    return _with(state, acknowledgement=taken, next_at=due)


def stand_down(state: LadderState) -> LadderState:
    """Nothing is due any more, for instance because the item is decided."""
    return _with(state, next_at=None)


def _next_rung(ladder: Ladder, state: LadderState) -> tuple[LadderState, Rung | None, list[Step]]:
    """Pass over what cannot be climbed; None when the ladder is exhausted."""
    steps: list[Step] = []
    while True:
        rung = _rung(ladder, state.level + 1)
        if rung is None:
            if state.passes >= ladder.repeat or not any(one.notify for one in ladder.rungs):
                return state, None, steps
            state = _with(state, level=0, passes=state.passes + 1, leaves=())
            continue
        why = _why_passed_over(state, rung)
        if why is None:
            return state, rung, steps
        steps.append(Skipped(rung, why))
        state = _with(state, level=rung.level)


def _why_passed_over(state: LadderState, rung: Rung) -> str | None:
    if not rung.notify:
        return NOBODY_THERE
    if _leave(state, rung) is ClimbState.REFUSED:
        return LEAVE_REFUSED
    return None


def _may_climb(state: LadderState, rung: Rung) -> bool:
    return rung.needs_approval is None or _leave(state, rung) is ClimbState.GRANTED


def _leave(state: LadderState, rung: Rung) -> ClimbState | None:
    return next((leave.state for leave in state.leaves if leave.level == rung.level), None)


def _highest_climbed(ladder: Ladder, state: LadderState) -> Rung | None:
    """The highest rung of this pass whose people have been notified."""
    for level in range(state.level, 0, -1):
        rung = _rung(ladder, level)
        if rung and _why_passed_over(state, rung) is None and _may_climb(state, rung):
            return rung
    return None


def _rung(ladder: Ladder, level: int) -> Rung | None:
    return next((rung for rung in ladder.rungs if rung.level == level), None)


def _after(rung: Rung, calendar: BusinessCalendar, now: datetime) -> datetime:
    wall = now + timedelta(seconds=rung.wait)
    if not rung.business:
        return wall
    try:
        return add_seconds(calendar, now, rung.wait)
    except CalendarExhausted:
        return wall  # sooner than meant, and never stuck


def _with(state: LadderState, **changes: object) -> LadderState:
    return state.model_copy(update=changes)
